//! Shops (门店): places where a merchant takes points, anywhere in the province.
//!
//! Members find them by distance or by division; a place is told to the server only when the member asks for distance,
//! and is not kept. Shops are entered one by one or from a file, which is looked at first: rows that are wrong come back
//! as a file with what is wrong, and nothing is entered until somebody says so.
//!
//! Invariants: a merchant has one shop of a code; a shop that takes no points is not shown as open, and says why.

mod change;
pub mod entity;
mod figures;
mod import;
mod list;
mod near;
pub mod rules;
mod show;
mod sign;
mod template;

use kernel::{Cx, Error, Id, Result, Routes};

use crate::merchant::access::{MERCHANT_KEEP, MERCHANT_READ, SPENDING_READ};
use crate::merchant::{MERCHANT_CLOSED, find};
pub use sign::Sign;

kernel::refusals! {
    /// The merchant has a shop of this code.
    SHOP_TWICE = "shop.twice", CONFLICT, "这家商户已经有同编号的门店，请打开它修改，或者换一个编号。";
    /// Somebody else changed the shop meanwhile.
    SHOP_CHANGED = "shop.changed", CONFLICT, "别人刚刚改过这家门店，请刷新页面核对后再改。";
    /// The shop takes no points now.
    SHOP_CLOSED = "shop.closed", CONFLICT, "这家门店现在不收积分，请到同一商户的其他门店，或者联系签约的工会。";
    /// The division is unknown.
    SHOP_DIVISION = "shop.division", UNPROCESSABLE_ENTITY, "没有找到这个区划，请从列表里选择；外市的门店请填县级区划的 6 位代码。";
    /// The file of shops has no row, too many rows, or no heading that is known.
    SHOP_FILE = "shop.file", UNPROCESSABLE_ENTITY, "没有认出门店表格，请按模板填写；一次最多 2000 家。";
}

/// A shop as a member pays at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayableShop {
    /// Which shop.
    pub shop_id: Id,
    /// Its name.
    pub shop_name: String,
    /// Whose it is.
    pub merchant_id: Id,
    /// Its name.
    pub merchant_name: String,
    /// The merchant's account in the book; none until it was first opened ([`crate::merchant::open_account_in`]).
    pub account_id: Option<Id>,
}

/// A shop that takes points today, with the merchant's account in the city's own book.
///
/// # Errors
/// 404, `merchant.closed`, `shop.closed`; the database.
pub async fn payable(cx: &Cx, sign: Sign) -> Result<PayableShop> {
    let found = cx.app.ask(sign).await?.ok_or_else(Error::not_found)?;
    must_be_open(&found.state)?;
    if !find::takes_points_on(&found.merchant_state, found.contract_from, found.contract_to, cx.today()) {
        return Err(MERCHANT_CLOSED.refusal().into());
    }
    Ok(found.shop)
}

/// Refuses unless the shop takes points; its hours are a notice to members, no lock.
///
/// # Errors
/// `shop.closed`.
pub fn must_be_open(state: &str) -> Result<()> {
    if state == "open" { Ok(()) } else { Err(SHOP_CLOSED.refusal().into()) }
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("shop")
        .get("/api/places/shops", "Lists shops that take points: by distance where a place is given, else by division")
        .signed_in()
        .runs(near::near)
        .get("/api/places/shops/{shop_id}", "Shows a shop as members see it")
        .signed_in()
        .runs(show::show)
        .get("/api/merchants/{merchant_id}/shops", "Lists the shops of a merchant")
        .requires(MERCHANT_READ)
        .runs(list::list)
        .post("/api/merchants/{merchant_id}/shops", "Enters a shop")
        .requires(MERCHANT_KEEP)
        .runs(change::enter)
        .post("/api/shops/{shop_id}/change", "Changes a shop")
        .requires(MERCHANT_KEEP)
        .runs(change::change)
        .post("/api/shops/{shop_id}/state", "Pauses, opens or closes a shop with a reason")
        .requires(MERCHANT_KEEP)
        .runs(change::state)
        .upload("/api/merchants/{merchant_id}/shops/check", "Looks what a file of shops would enter; enters nothing")
        .requires(MERCHANT_KEEP)
        .receives(import::check)
        .upload("/api/merchants/{merchant_id}/shops/import", "Enters the good rows of a file of shops")
        .requires(MERCHANT_KEEP)
        .receives(import::import)
        .download("/api/shop-template", "Hands out the file to be filled with shops")
        .requires(MERCHANT_KEEP)
        .sends(template::template)
        .get("/api/shop-figures", "Tells merchants, shops and what points moved, by month and category")
        .requires(SPENDING_READ)
        .runs(figures::figures)
}
