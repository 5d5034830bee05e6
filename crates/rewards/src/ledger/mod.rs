//! The ledger: the only writer of money.
//!
//! A *book* holds accounts; a *transfer* takes an amount out of one and puts it into another of the same book. What a
//! member holds is in *lots*, each from a budget and with a last day, and spent first-expiring first. An [`Order`] has an
//! id made by its caller; it is carried out once, or refused once and for all.
//!
//! * [`carry_out`] puts an order into one batch with those of others ([`kernel::combine`]): the way for payments, and for
//!   everything that stands alone. Never inside an open transaction.
//! * [`apply`] carries orders out inside a transaction, together with its other rows: hundreds of issues at once, a
//!   settlement, an approval. It locks the books until the transaction ends. In a SERIALIZABLE command
//!   ([`kernel::Cx::begin`]) on PostgreSQL a payment that commits between the command's first statement and this lock
//!   costs the command another attempt; where many move money at once use [`kernel::Cx::begin_bulk`], which waits
//!   instead: the ids of the orders make it safe to be asked twice. [`apply_first`] is the same, and sooner done, where the
//!   transaction begins with the orders.
//! * [`apply_joint`] does the same with orders over several books: what a member pays with points of her own city and with
//!   entrusted ones, all of it or nothing.
//!
//! Invariants (constraints and triggers of the tables, and `zhigong verify ledger`):
//! * over a book all balances are zero; no account is below its floor, after no transfer;
//! * a balance is the sum of its transfers; what is held is the sum of its open holds;
//! * transfers, uses of lots and answers are never changed; numbers of a book have no gap, its time never goes back;
//! * open lots of a wallet are its balance; every spend is the sum of its uses; refunds are at most the payment;
//! * a hold is resolved once, a transfer reversed once (an issue in whole, or what is left of it), a bank line used once;
//! * nothing is dated into a month that is closed, or into a day that is sealed ([`day`]);
//! * the same id is answered as before: an order that was refused stays refused;
//! * a book whose figures do not agree stands still ([`crate::points::audit::stop`]): its orders are refused as
//!   `ledger.stopped` and leave nothing, so that they can be asked again; what was answered before is still answered.

mod account;
mod apply;
mod carry_out;
pub mod columns;
pub mod day;
pub mod engine;
mod facts;
mod fingerprint;
mod joint;
pub mod kind;
mod load;
mod lock;
pub mod order;
pub mod plain;
mod read;
mod release;
mod stop;
mod told;
pub mod verify;
mod write;

use kernel::job::{Every, Jobs};

pub use account::{
    OWN_BOOK, account_id, available, balance, custody_id, freeze, open_account, open_book, own_book, unfreeze,
    wallet_id,
};
pub use apply::{apply, apply_first};
pub use carry_out::{carry_out, counts};
pub use joint::{GiveBack, Joint, Part, Spend, apply_joint, part_id};
pub use order::{AccountKind, Balance, Done, MoveKind, NewAccount, Order, What};
pub use release::release_due;
pub use stop::{is_stopped, let_go_on, stand_still, stands_still_for};

/// Reason of a transfer that takes back what expired.
pub const EXPIRED: &str = "到期收回";

/// What the slice carries out beside the requests.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    let jobs = jobs.every("ledger.release", Every::Minutes(1), |app| async move {
        release::release_due(&app).await?;
        Ok(())
    });
    // A look costs a row a book; whoever was off at midnight makes up for it soon.
    jobs.every("ledger.day", Every::Minutes(10), |app| async move { day::round(&app).await.map(|_| ()) })
}

kernel::refusals! {
    /// The wallet, or another account that is not a budget, has not enough that is free.
    LEDGER_SHORT = "ledger.short", CONFLICT, "可用的积分不够，请减少金额，或者差额用其他方式支付。";
    /// The budget has not enough left.
    LEDGER_BUDGET = "ledger.budget", CONFLICT, "经费余额不够，请减少金额，或者先补足经费再办。";
    /// The account is frozen.
    LEDGER_FROZEN = "ledger.frozen", CONFLICT, "这个账户已被冻结，暂时不能收付；请联系所在工会了解原因。";
    /// The hold was captured or released, its time is over, or more than is held was asked for.
    LEDGER_HOLD_DONE = "ledger.hold_done", CONFLICT, "这笔预留已经处理过、已经过期，或者金额超出预留，请刷新后核对。";
    /// More than what was paid would be refunded, or the transfer is no payment.
    LEDGER_REFUND = "ledger.refund", CONFLICT, "退款超出了这笔支付还能退的金额，请核对已退金额后再退。";
    /// The transfer was reversed before, its points were spent in part, or its kind is not reversed.
    LEDGER_REVERSED = "ledger.reversed", CONFLICT, "这一笔不能冲正：可能已经冲正过，或者积分已经用掉一部分，请核对流水。";
    /// Nothing is left of the lot, or what is left is held.
    LEDGER_SPENT = "ledger.spent", CONFLICT, "这笔积分已经用完、到期，或者正被预留，没有可以收回的。";
    /// The lot can still be spent, or nothing of it is left to expire.
    LEDGER_EXPIRY = "ledger.expiry", CONFLICT, "这批积分还没有到期，或者已经没有可以收回的余额。";
    /// The same id was used for another order.
    LEDGER_KEY = "ledger.key", CONFLICT, "这次提交的编号已经用在另一笔上，没有重复记账；请刷新页面后重新办理。";
    /// An account is missing, of another book, or of a kind that this order cannot use.
    LEDGER_ACCOUNT = "ledger.account", UNPROCESSABLE_ENTITY, "没有找到要记账的账户，或者账户类型不对，请核对后重新办理。";
    /// The amount is not above zero, or beyond all measure.
    LEDGER_AMOUNT = "ledger.amount", UNPROCESSABLE_ENTITY, "金额必须大于零，并且不能超出系统能记录的范围，请改正后再办。";
    /// The last day of the points lies in the past.
    LEDGER_DAY = "ledger.day", UNPROCESSABLE_ENTITY, "积分的有效期已经过去，请选择今天或以后的日期。";
    /// The ledger's day lies in a month that is closed.
    LEDGER_MONTH = "ledger.month", CONFLICT, "记账日期所在的月份已经结账，这一笔没有入账；请系统管理员核对服务器时间后重新办理。";
    /// The book stands still, since its figures do not agree.
    LEDGER_STOPPED = "ledger.stopped", CONFLICT, "积分账正在核对，暂停收付，这一笔没有办，也没有扣款；在门店请先用现金或其他方式付款，别的业务请等通知恢复后再办。";
    /// The bank line has topped up a budget before.
    LEDGER_BANK_LINE = "ledger.bank_line", CONFLICT, "这笔银行流水已经入过账，请核对后选择另一笔流水。";
}
