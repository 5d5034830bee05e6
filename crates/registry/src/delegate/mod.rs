//! Delegates (会员代表): members whom the members of a union have elected to speak for them. Who is one can be asked
//! for any past day, and a rule over people asks it with `is_delegate` ([`crate::segment`]).
//!
//! Invariants:
//! * a delegate is a member of the union: the seat hangs on the membership and is over with it;
//! * one open seat for each person and union (index `delegate_one_open`); a seat is ended once, its days stay;
//! * the union's own officers enter and end seats and read the names; the levels above read how many there are;
//! * basis and reason may name people, so they stay in the table; events carry ids and days.
//!
//! Who the delegates are is decided by an election (总工发〔2019〕6号《基层工会会员代表大会条例》: delegates are elected
//! by the members, and sit as long as the congress); this slice only records it. Who lets delegates rate a chair should
//! know that the chair's own office enters them: each seat is an event with its moment, read by the audit administrator.

mod end;
mod enter;
pub mod entity;
mod list;
pub mod rules;

use kernel::Routes;

use crate::access::{DELEGATE_KEEP, ORGANIZATION_READ};

kernel::refusals! {
    /// Who is to be entered is not an active member of the union.
    DELEGATE_PERSON = "delegate.person", UNPROCESSABLE_ENTITY, "会员代表要从本工会的在册会员里选，请从名单里重新选择。";
    /// The member is a delegate already.
    DELEGATE_TWICE = "delegate.twice", CONFLICT, "这位会员已经是会员代表，请核对名单。";
    /// The day of the election or of the end makes no sense.
    DELEGATE_DAY = "delegate.day", UNPROCESSABLE_ENTITY, "当选日期不能早于入会、早于上一次任期结束，也不能晚于今天；终止日期要在当选日期到今天之间，请核对后重新填写。";
    /// The basis or the reason is missing, too long or holds hidden characters.
    DELEGATE_REASON = "delegate.reason", UNPROCESSABLE_ENTITY, "请写明 2 到 200 字，例如“第三届会员代表大会选举当选”或“调离本单位”，它会和记录一起保存。";
    /// The seat is unknown or was ended.
    DELEGATE_ENDED = "delegate.ended", CONFLICT, "这项代表资格已经终止或不存在，请刷新页面查看。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("delegate")
        .get("/api/organizations/{id}/delegates", "How many delegates a union has; who they are for its own officers")
        .requires(ORGANIZATION_READ)
        .runs(list::list)
        .post("/api/organizations/{id}/delegates", "Enters a member as a delegate")
        .requires(DELEGATE_KEEP)
        .runs(enter::enter)
        .post("/api/organizations/{id}/delegates/{delegate_id}/end", "Ends the seat of a delegate with a reason")
        .requires(DELEGATE_KEEP)
        .runs(end::end)
}
