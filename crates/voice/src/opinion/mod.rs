//! Opinions (意见): what members said in words, what came of it, and what they say to that, without ever being known.
//!
//! The box of opinions is a poll of its own beside that of the ratings (`form.rs`); drawing, casting and shuffling are
//! those of [`crate::poll`]. Once the result is published, [`take_out()`] makes rows of what is in the box. Who answers
//! for the union then answers an opinion, merges it into another one or refuses it with a reason (`answer.rs`,
//! `merge.rs`) until a day (`DutyKind::Answer`); a text may be hidden from members when the level above agrees
//! (`hide.rs`, `decide.rs`). The author comes back with four words (`code.rs`): reads the answer, says something to it,
//! grades it (`mine.rs`, `reply.rs`, `grade.rs`).
//!
//! Invariants, each behind a constraint or a trigger of the tables:
//! * an opinion has no member and no moment. Its id is as random as an HMAC, so that taking out can be cut off at any
//!   moment and goes on, and its place in the table tells nothing of when it was cast;
//! * nothing is there before the result is published, and a box is taken out once, whole;
//! * nothing is deleted: an answer is superseded by a newer one; a hidden text stays, is counted and is answered;
//! * an opinion is merged once, into one that stands by itself: there are no chains and no circles;
//! * an author says at most three things about an opinion and grades an answer once, from wherever and however often it
//!   is sent; nobody else sees it before the next night's shuffle (`echo.rs`).
//!
//! What a code is worth, and to whom: `docs/ballot-secrecy.md`.

mod answer;
pub mod answer_entity;
pub mod box_entity;
mod boxes;
mod code;
mod decide;
mod echo;
pub mod echo_entity;
pub mod entity;
mod figures;
pub mod form;
mod grade;
mod handled;
mod hide;
pub mod hiding_entity;
mod hidings;
mod merge;
mod mine;
mod problem;
mod reach;
mod reply;
pub mod rules;
mod shown;
mod staff;
mod take_out;
mod thread;
pub mod waiting_entity;

use kernel::Routes;
use kernel::app::App;
use kernel::job::{Every, Jobs};

use crate::access::{OPINION_ANSWER, OPINION_MODERATE};

pub use echo::shuffle;
pub use take_out::{round, take_out};

kernel::refusals! {
    /// No opinion has this code: mistyped, not out yet, or never sent. One answer for all of it.
    OPINION_CODE = "opinion.code", NOT_FOUND, "没有查到这条意见。请对照抄下的四个词再试一次；评议结果公布以后才查得到，没有写意见的也查不到。";
    /// The result is not out, or its opinions are just being taken out.
    OPINION_EARLY = "opinion.early", CONFLICT, "评议结果公布以后才公布意见和答复，请过一会儿或到时再来查看。";
    /// The words are too short, too long, or hold strange signs.
    OPINION_WORDS = "opinion.words", UNPROCESSABLE_ENTITY, "文字太短、太长或含有特殊符号，请修改后再提交。";
    /// The opinion is in a state in which this cannot be done.
    OPINION_STATE = "opinion.state", CONFLICT, "这条意见现在的状态不能这样办：已合并的不再单独办理，已答复的请补充新的答复。请刷新页面查看。";
    /// Somebody else dealt with it meanwhile.
    OPINION_CHANGED = "opinion.changed", CONFLICT, "别人刚刚办理过这条意见，请刷新页面查看后再办。";
    /// An opinion cannot be merged into this one.
    OPINION_INTO = "opinion.into", UNPROCESSABLE_ENTITY, "不能合并到这一条：请选择同一次评议里没有被合并的另一条意见；已有别的意见合并进来的，也不能再合并出去。";
    /// Hiding has been proposed before.
    OPINION_HIDING_TWICE = "opinion.hiding_twice", CONFLICT, "这条意见已经提请过不公开，每条只能提请一次，请看上级工会的决定。";
    /// The proposal has been decided, or there is none.
    OPINION_HIDING_DECIDED = "opinion.hiding_decided", CONFLICT, "这条提请已经有决定，请刷新页面查看。";
    /// Nobody decides on his own proposal.
    OPINION_HIDING_OWN = "opinion.hiding_own", FORBIDDEN, "自己提请的不能自己决定，请由上级或本级的另一位工作人员决定。";
    /// The author has said all that there is room for.
    OPINION_REPLIES = "opinion.replies", CONFLICT, "这条意见已经回应过 3 次，不能再写了；还有话说，可以在下次评议时写，或拨打 12351。";
    /// The author has graded this answer with another grade.
    OPINION_GRADED = "opinion.graded", CONFLICT, "这条答复您已经评过，每条答复只评一次。";
    /// What is to be graded is no answer to this opinion.
    OPINION_GRADE = "opinion.grade", UNPROCESSABLE_ENTITY, "只能评这条意见收到的答复，请刷新页面后再评。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    of_authors()
        .merge(of_the_level_above())
        .get("/api/evaluations/{evaluation_id}/opinions", "Lists opinions that were dealt with, to members and staff")
        .signed_in()
        .runs(shown::shown)
        .get("/api/evaluations/{evaluation_id}/opinions/all", "Lists all opinions of an evaluation to those who answer")
        .requires(OPINION_ANSWER)
        .runs(staff::staff)
        .post("/api/opinions/{opinion_id}/answer", "Answers an opinion, or supersedes its answer")
        .requires(OPINION_ANSWER)
        .runs(answer::answer)
        .post("/api/opinions/{opinion_id}/refuse", "Refuses an opinion with a reason")
        .requires(OPINION_ANSWER)
        .runs(answer::refuse)
        .post("/api/opinions/{opinion_id}/merge", "Merges an opinion into another one")
        .requires(OPINION_ANSWER)
        .runs(merge::merge)
        .post("/api/opinions/{opinion_id}/hiding", "Proposes to hide the text of an opinion from members")
        .requires(OPINION_ANSWER)
        .runs(hide::hide)
        .post("/api/opinions/{opinion_id}/problem", "Enters what an opinion speaks of as a problem to be put right")
        .requires(OPINION_ANSWER)
        .runs(problem::problem)
}

/// What the author does, under nobody's name: the code stands in the body, never in an address.
fn of_authors() -> Routes {
    Routes::new("opinion")
        .post("/api/opinions/mine", "Shows an opinion and its answers to whoever has its code")
        .anonymous()
        .runs(mine::mine)
        .post("/api/opinions/mine/reply", "Takes what an author says to the answer")
        .anonymous()
        .runs(reply::reply)
        .post("/api/opinions/mine/grade", "Takes how satisfied an author is with an answer")
        .anonymous()
        .runs(grade::grade)
}

fn of_the_level_above() -> Routes {
    Routes::new("opinion")
        .get("/api/opinion-boxes", "Lists boxes of opinions below the caller, with what is still open")
        .requires(OPINION_MODERATE)
        .runs(boxes::boxes)
        .get("/api/opinion-boxes/figures", "Tells how many opinions are open, due and overdue below the caller")
        .requires(OPINION_MODERATE)
        .runs(figures::figures)
        .get("/api/opinion-hidings", "Lists proposals to hide a text that wait for a decision")
        .requires(OPINION_MODERATE)
        .runs(hidings::hidings)
        .post("/api/opinions/{opinion_id}/hiding/decide", "Decides whether a text is hidden from members")
        .requires(OPINION_MODERATE)
        .runs(decide::decide)
}

/// Adds the taking out and the nightly shuffle of what authors said.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.every("opinions.take_out", Every::Minutes(1), |app: App| async move { round(&app).await }).every(
        "opinions.shuffle",
        Every::daily(3, 20),
        |app: App| async move { shuffle(&app).await },
    )
}
