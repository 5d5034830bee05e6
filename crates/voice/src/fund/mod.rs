//! Budget items (资金项目): what a union planned to do with money, what it spent, what came of it, and what the members
//! say to that.
//!
//! An item is entered with its target, spending is entered piece by piece, and the item is closed with its outcome. From
//! then on it stands still, and members can be asked about it: an evaluation under a scheme that reviews funds has a
//! closed item as its subject ([`reviewed`]), and the item's page shows what came out.
//!
//! Invariants (constraints and triggers of the tables):
//! * one item of a name in a union and year;
//! * entries are never changed: a mistake is put right by a further entry that names the one it corrects and why;
//! * a closed item is never changed and takes no further spending, only corrections and notes, each with its day;
//! * what was spent is the sum of the entries; no sum is stored, and none is negative.
//!
//! Amounts are whole cents. Members of a union see the items of their union and of those above it.

mod adjust;
mod close;
mod create;
pub mod entity;
mod entry;
pub mod entry_entity;
mod list;
mod one;
mod reach;
mod rules;

use kernel::Routes;

use crate::access::FUND_KEEP;

pub use list::{FundRow, of_year};
pub use one::reviewed;

kernel::refusals! {
    /// The union has an item of this name in this year.
    FUND_TWICE = "fund.twice", CONFLICT, "这一年已经有同名的资金项目，请打开它继续登记；确实是另一笔的，请换一个名称。";
    /// A text or number of an item cannot be taken.
    FUND_FORM = "fund.form", UNPROCESSABLE_ENTITY, "资金项目有的内容填写不对，请按提示改正后再保存。";
    /// The item is closed.
    FUND_CLOSED = "fund.closed", CONFLICT, "这个项目已经结项，不能再改；有差错的，请登记一笔更正并写明原因。";
    /// The item is still running.
    FUND_RUNNING = "fund.running", CONFLICT, "这个项目还没有结项，请先登记实施结果并结项，再请会员评价。";
    /// Somebody else changed the item meanwhile.
    FUND_CHANGED = "fund.changed", CONFLICT, "别人刚刚改过这个项目，请刷新页面核对后再办。";
    /// The entry to be corrected is none of this item.
    FUND_ENTRY = "fund.entry", UNPROCESSABLE_ENTITY, "没有找到要更正的那一笔，请刷新页面后重新选择。";
    /// A correction would leave less than nothing spent.
    FUND_BELOW_ZERO = "fund.below_zero", UNPROCESSABLE_ENTITY, "更正以后支出会小于零，请核对金额后再填写。";
    /// The day of spending lies in the future, or before the year of the item.
    FUND_DAY = "fund.day", UNPROCESSABLE_ENTITY, "支出日期要在项目年度以内，并且不晚于今天，请重新选择日期。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("fund")
        .get("/api/funds", "Lists budget items that the caller may see, newest first")
        .signed_in()
        .runs(list::list)
        .post("/api/funds", "Enters a budget item")
        .requires(FUND_KEEP)
        .runs(create::create)
        .get("/api/funds/{fund_id}", "Shows a budget item from target to the members' view")
        .signed_in()
        .runs(one::one)
        .post("/api/funds/{fund_id}/adjust", "Changes a running budget item")
        .requires(FUND_KEEP)
        .runs(adjust::adjust)
        .post("/api/funds/{fund_id}/entries", "Enters spending, a correction, or a note")
        .requires(FUND_KEEP)
        .runs(entry::enter)
        .post("/api/funds/{fund_id}/close", "Closes a budget item with its outcome")
        .requires(FUND_KEEP)
        .runs(close::close)
}
