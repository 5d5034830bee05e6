//! Cashiers (收银员): accounts that work for a merchant, in one shop or in all.
//!
//! A manager invites somebody with a one-time code; whoever enters it on his own signed-in phone is a cashier from then
//! on. Roles: `charge` takes points, `refund` gives back as well, `manager` also keeps cashiers, disputes and the bank
//! account. At a phone that several share each one begins a shift with a PIN of his own; what is done there until the
//! shift ends is done by him.
//!
//! ```no_run
//! # use kernel::{Cx, Id, Result};
//! use rewards::cashier::{CashierRole, till};
//! # async fn example(cx: Cx, shop_id: Id) -> Result<()> {
//! let till = till(&cx, cx.read(), shop_id, CashierRole::Charge).await?;
//! assert_eq!(till.shop_id, shop_id);
//! # Ok(()) }
//! ```
//!
//! Invariants:
//! * an account works for a merchant once (a unique index); somebody else's shop answers 404;
//! * codes are kept as a blind index alone, used once, for a dated number of hours; wrong ones lock the account's tries;
//! * PINs are Argon2id hashes; wrong ones lock the cashier for a dated number of minutes, and the count commits;
//! * a session has one open shift; while it is open its cashier's role counts, not that of the phone's account.
//!
//! A merchant is told no name and no phone of a member, and cashiers are called by what their manager calls them.

mod begin;
mod end;
pub mod entity;
mod invitation_entity;
mod invite;
mod join;
mod list;
mod pin;
mod rules;
mod shift;
mod shift_entity;
mod till;

use kernel::Routes;

pub use begin::begin;
pub use rules::CashierRole;
pub use till::{Till, manager_of, till, works_for};

kernel::refusals! {
    /// The cashier's role does not allow it.
    CASHIER_ROLE = "cashier.role", FORBIDDEN, "您在这家店的岗位不能办这件事，请由店长或者有退款权限的同事办理。";
    /// The code is unknown, used, dropped or too old.
    CASHIER_CODE = "cashier.code", UNPROCESSABLE_ENTITY, "邀请码不对或者已经失效，请核对后再输，或者请店长重新发一个。";
    /// Too many wrong codes.
    CASHIER_CODE_LOCKED = "cashier.code_locked", TOO_MANY_REQUESTS, "邀请码输错太多次，请一小时后再试，或者请店长当面核对。";
    /// The account works for this merchant already.
    CASHIER_TWICE = "cashier.twice", CONFLICT, "这个账号已经是这家商户的收银员，不用再加入。";
    /// The last manager cannot go.
    CASHIER_LAST = "cashier.last", CONFLICT, "这是最后一位店长，不能停用；请先邀请另一位店长。";
    /// The PIN is not six digits, or too simple.
    CASHIER_PIN_FORM = "cashier.pin_form", UNPROCESSABLE_ENTITY, "口令请用 6 位数字，不要用连续或者全部相同的数字。";
    /// The PIN is wrong.
    CASHIER_PIN = "cashier.pin", UNPROCESSABLE_ENTITY, "口令不对，请再输一次；忘记了请用自己的手机重新设置。";
    /// Too many wrong PINs.
    CASHIER_PIN_LOCKED = "cashier.pin_locked", TOO_MANY_REQUESTS, "口令输错太多次，已经暂时锁定，请过一会儿再试。";
    /// The cashier has set no PIN yet.
    CASHIER_PIN_MISSING = "cashier.pin_missing", CONFLICT, "这位收银员还没有设置口令，请先在自己的手机上设置。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("cashier")
        .get("/api/shop/merchants/{merchant_id}/cashiers", "Lists cashiers and open invitations, for a manager")
        .signed_in()
        .runs(list::list)
        .post("/api/shop/merchants/{merchant_id}/invitations", "Makes a one-time code for a new cashier")
        .signed_in()
        .runs(invite::invite)
        .post("/api/shop/invitations/{invitation_id}/drop", "Makes an unused code invalid")
        .signed_in()
        .runs(invite::drop)
        .post("/api/shop/join", "Becomes a cashier by a one-time code")
        .signed_in()
        .runs(join::join)
        .post("/api/shop/cashiers/{cashier_id}/end", "Ends the work of a cashier")
        .signed_in()
        .runs(end::end)
        .post("/api/shop/cashiers/{cashier_id}/pin", "Sets the caller's own PIN for shared phones")
        .signed_in()
        .runs(pin::set)
        .get("/api/shop/shops/{shop_id}/shift", "Tells who stands at this phone, and who could")
        .signed_in()
        .runs(shift::show)
        .post("/api/shop/shops/{shop_id}/shift", "Begins a shift at a shared phone with a PIN")
        .signed_in()
        .runs(shift::begin)
        .post("/api/shop/shops/{shop_id}/shift/end", "Ends the shift at this phone")
        .signed_in()
        .runs(shift::end)
}
