//! Departments (执法部门) after their evaluation: what a department says to its result, and results side by side.
//!
//! The reply comes from the department on paper, and an officer of the level that started the evaluation enters it, with
//! who signed it and on which day; or through a *link* that he makes for the department, which needs no account of ours.
//! A link is good until its day, until it is taken back, or until the reply is in; its secret is kept nowhere. Departments
//! stand side by side in the order of their names, with how many took part and with the interval of the score: where
//! intervals touch, the page says that the scores do not tell them apart.
//!
//! Invariants: a reply is never changed, a later one replaces it and both stay (triggers; unique `replaces`); of an
//! evaluation one link is open at a time, and one reply comes through it (unique index, triggers); each use is an event,
//! and there are so many a day; there is no order by score, here or on a page.

mod compare;
mod link;
pub mod link_entity;
mod link_token;
mod link_use;
mod reply;
pub mod reply_entity;
mod rules;

use kernel::Routes;

use crate::access::{CAMPAIGN_START, EVALUATION_READ};

pub use reply::{DepartmentReply, replies};

kernel::refusals! {
    /// Only a department replies, and only to a published result.
    REPLY_STATE = "department_reply.state", CONFLICT, "只有已经公布结果的执法部门评议可以登记部门回应，请核对后再办。";
    /// The reply cannot be taken.
    REPLY_FORM = "department_reply.form", UNPROCESSABLE_ENTITY, "请填写部门回应的内容（2 到 3000 字）和签署单位或负责人（2 到 100 字）。";
    /// The day lies before the publication or in the future.
    REPLY_DAY = "department_reply.day", UNPROCESSABLE_ENTITY, "回应日期要在结果公布以后、今天以前，请重新选择日期。";
    /// Another reply was entered meanwhile.
    REPLY_REPLACED = "department_reply.replaced", CONFLICT, "这个部门已经有更新的回应，请刷新页面核对后再登记。";
    /// The link is not one of ours.
    LINK_UNKNOWN = "department_link.unknown", NOT_FOUND, "这个链接不对，可能没有复制完整。请从收到的通知里重新打开，或联系发来链接的工会。";
    /// Its last day has passed.
    LINK_EXPIRED = "department_link.expired", GONE, "这个链接已经过期，请联系发来链接的工会重新发一个。";
    /// It was taken back, or another one was made.
    LINK_REVOKED = "department_link.revoked", GONE, "这个链接已经收回，请用最新收到的链接，或联系发来链接的工会。";
    /// The reply is in.
    LINK_DONE = "department_link.done", GONE, "部门的回应已经收到，这个链接不能再用。需要更正的，请联系发来链接的工会重新发一个。";
    /// It was used too often today.
    LINK_OFTEN = "department_link.often", TOO_MANY_REQUESTS, "这个链接今天打开的次数太多，请明天再试，或联系发来链接的工会。";
    /// It has ended before.
    LINK_STATE = "department_link.state", CONFLICT, "这个链接已经用过或收回，请刷新页面查看。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("department")
        .post("/api/evaluations/{evaluation_id}/reply", "Enters what a department says to its published result")
        .requires(CAMPAIGN_START)
        .runs(reply::enter)
        .post("/api/evaluations/{evaluation_id}/reply-links", "Makes a link by which a department files its reply")
        .requires(CAMPAIGN_START)
        .runs(link::make)
        .get(
            "/api/evaluations/{evaluation_id}/reply-links",
            "Lists the links of an evaluation, without what opens them",
        )
        .requires(CAMPAIGN_START)
        .runs(link::list)
        .post("/api/reply-links/{link_id}/revoke", "Takes a department's link back")
        .requires(CAMPAIGN_START)
        .runs(link::revoke)
        .post("/api/department-link", "Tells whoever has a department's link what it is for")
        .public()
        .runs(link_use::open)
        .post("/api/department-link/reply", "Files a department's reply through its link")
        .public()
        .runs(link_use::file)
        .get("/api/department-results", "Shows published results of departments side by side, by name")
        .requires(EVALUATION_READ)
        .runs(compare::compare)
}
