//! Departments (执法部门) after their evaluation: what a department says to its result, and results side by side.
//!
//! The reply comes from the department on paper; an officer of the level that started the evaluation enters it, with who
//! signed it and on which day. Departments stand side by side in the order of their names, with how many took part and
//! with the interval of the score: where intervals touch, the page says that the scores do not tell them apart.
//!
//! Invariants: a reply is never changed, a later one replaces it and both stay (triggers; unique `replaces`); there is no
//! order by score, here or on a page.

mod compare;
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
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("department")
        .post("/api/evaluations/{evaluation_id}/reply", "Enters what a department says to its published result")
        .requires(CAMPAIGN_START)
        .runs(reply::enter)
        .get("/api/department-results", "Shows published results of departments side by side, by name")
        .requires(EVALUATION_READ)
        .runs(compare::compare)
}
