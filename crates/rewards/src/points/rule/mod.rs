//! Point rules: what happens to a member gives points, without anybody issuing them.
//!
//! A rule names a kind of event, an amount, caps per person and day and year, what it gives altogether, the budget it
//! draws on, and from when to when it holds. Another person approves it before it begins. A consumer of the sealed events ([`feed`]) sees each event
//! once, in order, and makes one *grant* of it for every rule that fits: points, or the reason why not.
//!
//! Invariants:
//! * one grant a rule and event: primary key; grants and the consumer's position are committed together;
//! * caps are compared and counted by one consumer at a time, which holds its position while it works;
//! * a rule gives no more than its total altogether: one statement claims each grant, and a CHECK stands behind it;
//! * what is above a cap, beyond the budget, or nobody's leaves a row that says so.

mod create;
mod end;
pub mod entity;
pub mod feed;
mod give;
mod grants;
mod list;
pub mod rules;
mod turn_on;

use kernel::Routes;
use kernel::app::App;
use kernel::job::{Every, Jobs};

use crate::access::{POINTS_ISSUE, POINTS_READ};

pub use create::{NewRule, enter};
pub use turn_on::{returned, turn_on};

kernel::refusals! {
    /// The event is none that gives points.
    RULE_EVENT = "point_rule.event", UNPROCESSABLE_ENTITY, "这件事不能用来发积分，请从列表里选择。";
    /// The days of the rule are in the wrong order or past.
    RULE_DAYS = "point_rule.days", UNPROCESSABLE_ENTITY, "开始日期不能早于今天，结束日期不能早于开始日期，请重新选择。";
    /// A cap is below what one event gives.
    RULE_CAP = "point_rule.cap", UNPROCESSABLE_ENTITY, "每日、每年上限不能少于一次的积分，请改大一些，或者留空表示不限。";
    /// The total is below what one event gives.
    RULE_TOTAL = "point_rule.total", UNPROCESSABLE_ENTITY, "总额不能少于一次的积分，请改大一些。";
    /// The points would be good for too few or too many days.
    RULE_VALID = "point_rule.valid", UNPROCESSABLE_ENTITY, "积分有效天数请填 1 到 3660 之间的整数。";
    /// The rule is not in force.
    RULE_STATE = "point_rule.state", CONFLICT, "这条规则现在不能这样办，请刷新页面，看看它的状态。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/rules/events", "Lists kinds of events that can give points")
        .requires(POINTS_READ)
        .runs(list::events)
        .get("/api/points/rules", "Lists point rules in the caller's scope")
        .requires(POINTS_READ)
        .runs(list::list)
        .post("/api/points/rules", "Makes a point rule, which another person approves")
        .requires(POINTS_ISSUE)
        .runs(create::create)
        .get("/api/points/rules/{rule_id}", "Shows a point rule with what it gave and what it did not")
        .requires(POINTS_READ)
        .runs(grants::one)
        .get("/api/points/rules/{rule_id}/grants", "Lists what a point rule made of events")
        .requires(POINTS_READ)
        .runs(grants::grants)
        .post("/api/points/rules/{rule_id}/end", "Ends a point rule")
        .requires(POINTS_ISSUE)
        .runs(end::end)
}

/// What the slice carries out beside the requests.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.every("points.rules", Every::Minutes(1), |app: App| async move { feed::follow(&app).await })
}
