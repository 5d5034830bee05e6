//! Polls (票箱): drawing a ballot while signed in, and casting it while nobody.
//!
//! A poll is one key and one box. To *draw* (`draw.rs`) is to have a token signed, once per elector; the server does not
//! see the token. To *cast* ([`fn@cast`]) is to show the token with a ballot on a route that takes no cookie. What is cast
//! waits in a sealed queue (`queue.rs`) until enough can be shuffled into the box at once ([`fn@flush`]).
//!
//! Invariants, each behind a constraint of the tables:
//! * one draw per elector and poll, over all channels (primary key of `draw`); the same request gets the same answer;
//! * one ballot per token and poll (primary key of `spent`), and the token enters with its ballot or not at all;
//! * nothing is drawn or cast once the poll is closed: both lock its row;
//! * a ballot in the box has a random number, no member, no token, no event and no moment, and its place in the table
//!   says nothing: whole boxes, or batches of many, are written in the order of their random numbers;
//! * of 1 to 4 ballots left at the close nothing is kept but their number.
//!
//! What each kind of attacker could learn stands in `docs/ballot-secrecy.md`.

pub mod ballot_entity;
mod cast;
mod close;
mod counts;
mod draw;
pub mod draw_entity;
pub mod entity;
mod facts;
pub(crate) mod flush;
pub(crate) mod lock;
mod open;
mod opened;
mod paper;
mod queue;
pub mod queue_entity;
mod round;
pub mod rules;
pub mod sheet_entity;
pub mod spent_entity;

use kernel::Routes;
use kernel::job::{Every, Jobs};

pub use cast::{Cast, CastInput, cast};
pub use close::close;
pub use counts::{Counts, counts, destroyed};
pub use flush::flush;
pub use open::{NewPoll, Purpose, open};
pub use opened::{Opened, ballots, each, place, portion};
pub use paper::OnPaper;
#[cfg(test)]
pub(crate) use queue::payload;

kernel::refusals! {
    /// The caller is not among those who may answer.
    POLL_NOT_ELECTOR = "poll.not_elector", FORBIDDEN, "您不在这次参评人员名单里：名单在开启时按会籍定下，本次被评议的人也不参加。有疑问请联系所在工会或拨打 12351。";
    /// The poll has not begun.
    POLL_EARLY = "poll.early", CONFLICT, "还没有到开始的日子，请到时再来。";
    /// The poll is over.
    POLL_CLOSED = "poll.closed", CONFLICT, "这次参评已经截止，不能再领票或投票；结果公布后可以在这里查看。";
    /// The elector has drawn already, with another request: on another device, or on paper.
    POLL_DRAWN = "poll.drawn", CONFLICT, "您已经领过票了，每人只有一张。请用当时领票的手机继续；如果那台手机的浏览数据已被清除，这张票找不回来，也不能补发。";
    /// The token is not one that was signed for this poll.
    POLL_TOKEN = "poll.token", UNPROCESSABLE_ENTITY, "这张票没有通过核验，没有收下。请回到评议页面重新进入；仍不行请拨打 12351，不需要说明您的选择。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("poll")
        .post("/api/polls/{id}/draw", "Draws the caller's one ballot: signs a token without seeing it")
        .signed_in()
        .runs(draw::draw)
        .post("/api/ballots", "Casts a ballot for nobody in particular")
        .anonymous()
        .runs(cast::cast)
}

/// Adds the nightly shuffle.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.every("ballots.shuffle", Every::daily(3, 10), |app| async move { round::round(&app).await })
}
