//! Who approves money: another person than who asks, and more levels the more it is.
//!
//! The first stage is the union itself when somebody else there may approve; of a union with one officer it is the level
//! above, the town before all. From a sum on that dated parameters name, the next level above is asked as well, and from
//! a larger one the city ([`rules::ladder`]). Nobody approves what he asked for ([`kernel::approval`]), and nobody
//! approves the same thing at two stages.

mod decide;
mod list;
pub mod rules;
mod stages;
mod waiting;

use kernel::Routes;

use crate::access::POINTS_APPROVE;

pub use stages::{open, open_at};
pub use waiting::{may_decide, source};

/// Money from or back to the bank.
pub const FUNDING: &str = "points_funding";
/// Money from one budget to another.
pub const ALLOCATION: &str = "points_allocation";
/// Points for many.
pub const BATCH: &str = "issue_batch";
/// Points of a batch that are taken back.
pub const CORRECTION: &str = "issue_correction";
/// Points for an event.
pub const RULE: &str = "point_rule";

kernel::refusals! {
    /// Nobody at the union or above it may approve beside the person who asks.
    APPROVAL_NOBODY = "points_approval.nobody", CONFLICT, "本工会和上级工会都没有另一位可以审批的同志，请先请安全管理员授权，再提交。";
    /// The caller approved this at an earlier stage.
    APPROVAL_AGAIN = "points_approval.again", FORBIDDEN, "您在前一个环节已经同意过，这一环节请由另一位同志办理。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/approvals", "Lists money that waits for the caller's approval")
        .requires(POINTS_APPROVE)
        .runs(list::list)
        .post("/api/points/approvals/{kind}/{subject_id}/approve", "Approves money")
        .requires(POINTS_APPROVE)
        .runs(decide::approve)
        .post("/api/points/approvals/{kind}/{subject_id}/return", "Returns a request for money with a reason")
        .requires(POINTS_APPROVE)
        .runs(decide::send_back)
}
