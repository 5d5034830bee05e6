//! Paying at the counter (当面付).
//!
//! A member's phone makes a pay code without a network ([`code`]), or she scans the sign of a shop and types the amount, or
//! she reads out four digits. A cashier, or a till of a chain ([`pos`]), charges points, and enters cash that was paid beside
//! them. Everything that decides about a payment is one hot action ([`settle`]): the claim of the code, the limits, the
//! ledger's order, the receipt, in one transaction for all who pay at this moment.
//!
//! The id of a payment is made, and kept, by whoever asks, before the first attempt, and is that of the ledger's transfer.
//! Who hears no answer asks what became of it (`query`), and who still does not know reverses it:
//!
//! ```text
//! (nothing) ──charge──▶ paid ──reverse, within minutes──▶ reversed
//!     │                  └──refund, within days──▶ paid, with what went back
//!     ├──charge refused──▶ closed: the same charge is refused again
//!     └──reverse before it arrived──▶ reversed: a charge that comes late is refused
//! ```
//!
//! Invariants (constraints and triggers of the tables):
//! * a payment is decided once; it is never refunded beyond what was paid, points by the ledger, cash by a CHECK;
//! * a code is used once, in whichever shop: the primary key of its use;
//! * limits of payment, day and shop are looked at under the gate that every decision passes, so that no number of calls at
//!   the same moment goes beyond them;
//! * the secret of a phone and the key of a till are sealed, told once, and gone when revoked;
//! * steps of payments ([`step_entity`]) are seen in their order: a page that asks for those after the last one it knows
//!   misses none;
//! * a flag is a question to the auditor and never refuses anything; a wallet stands still for a reason that is written down.
//!
//! A member pays with all her points, whatever book they are of: those that end first go first. The payment is one row, one
//! receipt and one amount for every limit; what it took from entrusted books stands beside it (`payment_part`), and the
//! merchant is owed it there ([`crate::ledger::apply_joint`]).
//!
//! A merchant is told no name and no phone of who pays, and not of which fund her points are.

pub mod access;
mod charge;
pub mod code;
pub mod device_entity;
mod devices;
mod enrol;
pub mod entity;
pub mod flag;
mod flag_entity;
mod follow;
mod freeze;
mod history;
mod misses;
pub mod parameters;
pub mod pay;
mod payer;
mod place;
pub mod pos;
mod refund;
mod refund_entity;
mod reverse;
mod revoke;
pub mod rules;
pub mod settle;
mod short;
mod show;
mod sign;
mod standing;
pub mod step_entity;
mod till_entity;
mod today;

use kernel::Routes;
use kernel::job::{Every, Jobs};

use access::{FLAG_READ, WALLET_FREEZE};

pub use parameters::PARAMETERS;

kernel::refusals! {
    /// What was scanned or typed is no pay code, or not a valid one.
    COUNTER_CODE = "counter.code", UNPROCESSABLE_ENTITY, "这不是有效的付款码，请会员打开“付款码”页面后重新扫。";
    /// The code was good some minutes ago.
    COUNTER_CODE_LATE = "counter.code_late", UNPROCESSABLE_ENTITY, "付款码已经过期，请会员刷新付款码后重新扫；反复过期的，请会员检查手机时间。";
    /// The code was used for another payment.
    COUNTER_CODE_USED = "counter.code_used", CONFLICT, "这个付款码已经用过，请会员刷新付款码后重新扫。";
    /// Too many wrong codes.
    COUNTER_CODE_LOCKED = "counter.code_locked", CONFLICT, "付款码输错太多次，请过十分钟再试，或者请会员扫门店的收款码付款。";
    /// Nobody has made these four digits for this shop and this amount.
    COUNTER_SHORT = "counter.short_code", UNPROCESSABLE_ENTITY, "四位数字码不对、已过期，或者金额和会员填的不一样，请和会员核对后再输。";
    /// Too many wrong four digits in this shop.
    COUNTER_SHORT_LOCKED = "counter.short_locked", CONFLICT, "四位数字码输错太多次，本店暂停使用十分钟，请扫付款码或者门店收款码。";
    /// A limit of payment, day or shop is in the way.
    COUNTER_LIMIT = "counter.limit", CONFLICT, "超过了积分支付限额，请减少金额，或者用其他方式支付。";
    /// An amount is nothing, or beyond all measure.
    COUNTER_AMOUNT = "counter.amount", UNPROCESSABLE_ENTITY, "金额请填大于零的数，单位元，最多两位小数。";
    /// A text cannot be taken.
    COUNTER_FORM = "counter.form", UNPROCESSABLE_ENTITY, "有的内容填写不对，请按提示改正后再提交。";
    /// The same id was used for something else.
    COUNTER_KEY = "counter.key", CONFLICT, "这个单号已经用在另一笔上，没有重复扣款；请刷新页面后重新收款。";
    /// The payment was reversed, or its id was given up before it arrived.
    COUNTER_REVERSED = "counter.reversed", CONFLICT, "这一笔已经撤销，没有扣款；还要收款的，请重新收一笔。";
    /// The payment is too old to be reversed, or was refunded in part.
    COUNTER_REVERSE = "counter.reverse", CONFLICT, "这一笔不能再撤销（时间已过，或者退过一部分），请用“退款”办理。";
    /// The payment was not made.
    COUNTER_NOT_PAID = "counter.not_paid", CONFLICT, "这一笔没有付成，不用退款。";
    /// The payment is too old to be refunded.
    COUNTER_REFUND_LATE = "counter.refund_late", CONFLICT, "这一笔已经超过可以退款的天数，请和会员协商，或者请会员提出争议。";
    /// More would go back than was paid.
    COUNTER_REFUND_MORE = "counter.refund_more", CONFLICT, "退款超过了还能退的金额，请核对已退金额后再退。";
    /// The account belongs to nobody who could hold points.
    COUNTER_NOBODY = "counter.nobody", CONFLICT, "这个账号还没有关联本人的会籍，不能用积分付款；请先入会或者认领会籍。";
    /// A call of a till is not signed by its key.
    POS_SIGNATURE = "pos.signature", UNAUTHORIZED, "签名不对，或者这台收银机已停用；请核对机号和密钥。";
    /// A call of a till is too old or from the future.
    POS_TIME = "pos.time", UNAUTHORIZED, "请求时间和服务器相差太多，请校准收银机时间后重试。";
    /// A call of a till was heard before.
    POS_REPLAY = "pos.replay", CONFLICT, "这个请求已经收到过，没有再办一次；请换一个随机串重新签名。";
    /// The till may not refund.
    POS_REFUND = "pos.refund", FORBIDDEN, "这台收银机没有退款权限，请店长在手机上办理或者另开一台。";
    /// Somebody else has looked at the flag.
    FLAG_SEEN = "spend_flag.seen", CONFLICT, "这条提示别人已经查看并写了结果，请刷新页面。";
    /// The wallet stands still, or does not.
    WALLET_STATE = "wallet.state", CONFLICT, "这个积分钱包的状态已经变了，请刷新页面后再办。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    auditor(pos::routes(shop(member(Routes::new("counter")))))
}

fn member(routes: Routes) -> Routes {
    routes
        .get("/api/pay", "Tells what the caller can pay with, and the limits of today")
        .signed_in()
        .runs(standing::standing)
        .get("/api/pay/devices", "Lists the caller's devices that make pay codes")
        .signed_in()
        .runs(devices::devices)
        .post("/api/pay/devices", "Gives the caller's device a secret to make pay codes with, once")
        .signed_in()
        .runs(enrol::enrol)
        .post("/api/pay/devices/revoke", "Revokes one of the caller's devices, or all of them")
        .signed_in()
        .runs(revoke::revoke)
        .post("/api/pay/short-codes", "Makes four digits for one shop and one amount")
        .signed_in()
        .runs(short::make)
        .get("/api/pay/shops/{shop}", "Shows the shop of a sign")
        .signed_in()
        .runs(place::show)
        .post("/api/pay/shops/{shop}/pay", "Pays at the shop of a sign")
        .signed_in()
        .runs(pay::pay)
        .get("/api/payments", "Lists what the caller paid and got back, newest first")
        .signed_in()
        .runs(history::mine)
        .get("/api/payments/news", "Lists what happened to the caller's payments after a number")
        .signed_in()
        .runs(follow::my_news)
        .stream("/api/payments/live", "Tells what happens to the caller's payments")
        .signed_in()
        .follows(follow::my_live)
        .get("/api/payments/{payment_id}", "Shows a receipt to who paid")
        .signed_in()
        .runs(show::mine)
        .post("/api/payments/{payment_id}/give-up", "Makes sure that a payment that was not answered is not made later")
        .signed_in()
        .runs(reverse::give_up)
}

fn shop(routes: Routes) -> Routes {
    routes
        .post("/api/shop/shops/{shop_id}/sign", "Shows the sign of a shop, which gets its number the first time")
        .signed_in()
        .runs(sign::sign)
        .post("/api/shop/shops/{shop_id}/charge", "Charges points by a pay code or four digits")
        .signed_in()
        .runs(charge::charge)
        .get("/api/shop/shops/{shop_id}/payments", "Lists what a shop took and gave back on a day, with its sums")
        .signed_in()
        .runs(today::today)
        .get("/api/shop/shops/{shop_id}/news", "Lists what happened at a shop today after a number")
        .signed_in()
        .runs(follow::shop_news)
        .stream("/api/shop/shops/{shop_id}/live", "Tells what happens at a shop")
        .signed_in()
        .follows(follow::shop_live)
        .get("/api/shop/shops/{shop_id}/payments/{payment_id}", "Tells the shop what became of a payment")
        .signed_in()
        .runs(show::of_shop)
        .post("/api/shop/shops/{shop_id}/payments/{payment_id}/reverse", "Reverses a payment whose outcome is unknown")
        .signed_in()
        .runs(reverse::reverse)
        .post("/api/shop/shops/{shop_id}/payments/{payment_id}/refund", "Refunds a payment in full or in part")
        .signed_in()
        .runs(refund::refund)
}

fn auditor(routes: Routes) -> Routes {
    routes
        .get("/api/spend-flags", "Lists what an auditor should look at")
        .requires(FLAG_READ)
        .runs(flag::list)
        .post("/api/spend-flags/{flag_id}/note", "Enters what an auditor found about a flag")
        .requires(FLAG_READ)
        .runs(flag::note)
        .get("/api/wallets/{person_id}", "Tells whether a member's wallet stands still, and why")
        .requires(WALLET_FREEZE)
        .runs(freeze::show)
        .post("/api/wallets/{person_id}/freeze", "Lets a member's wallet stand still, with a reason")
        .requires(WALLET_FREEZE)
        .runs(freeze::freeze)
        .post("/api/wallets/{person_id}/unfreeze", "Frees a member's wallet, with a reason")
        .requires(WALLET_FREEZE)
        .runs(freeze::unfreeze)
}

/// What this slice carries out beside the requests.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.every("counter.flags", Every::Minutes(10), |app| async move { flag::round(&app).await }).every(
        "counter.tidy",
        Every::Minutes(60),
        |app| async move { misses::tidy(&app).await },
    )
}
