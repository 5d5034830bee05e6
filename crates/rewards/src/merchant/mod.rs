//! Merchants (商户): firms that take points, with their contract and the bank account that they are paid to.
//!
//! A firm applies on the phone, or an officer enters it; another officer approves it with the contract's days and terms,
//! or returns it with a reason. From then on it has an account in the ledger, and whoever applied is its first manager
//! ([`crate::cashier`]). One contract holds for all [`crate::shop`]s of a chain.
//!
//! Invariants (constraints of the tables):
//! * one contract under way a firm, known by its unified social credit code;
//! * nobody approves what he entered himself, neither a contract nor a bank account;
//! * one bank account in force: a new one waits for another person's yes, and the old one is paid to until then;
//! * the number of a bank account is sealed; pages show its last four digits, and the whole number leaves the house in a
//!   bank file alone ([`crate::settlement`]);
//! * pictures of a business licence, sealed as every file, are seen by those who decide about the merchant alone.
//!
//! A suspended or ended merchant takes no points any more; refunds, statements and settlement go on.

pub mod access;
mod account;
mod apply;
mod bank;
pub mod bank_entity;
mod change;
mod decide;
mod enter;
pub mod entity;
pub mod find;
mod licence;
mod licence_entity;
pub mod list;
mod mine;
mod one;
pub mod parameters;
mod pause;
pub mod rules;
mod step;
pub mod step_entity;
pub mod vault;
mod waiting;

use kernel::Routes;

pub use account::{account_in, merchant_of_account, open_account_in};
pub use apply::city;
pub use waiting::source;

use access::{MERCHANT_APPROVE, MERCHANT_KEEP, MERCHANT_READ};

kernel::refusals! {
    /// A text or number cannot be taken.
    MERCHANT_FORM = "merchant.form", UNPROCESSABLE_ENTITY, "有的内容填写不对，请按提示改正后再提交。";
    /// The firm has a contract under way.
    MERCHANT_TWICE = "merchant.twice", CONFLICT, "这个统一社会信用代码已经登记过商户，请不要重复申请；需要改资料的，请联系签约的工会。";
    /// Somebody else changed the merchant meanwhile.
    MERCHANT_CHANGED = "merchant.changed", CONFLICT, "别人刚刚办过这个商户，请刷新页面核对后再办。";
    /// What is asked does not fit the state of the merchant.
    MERCHANT_STATE = "merchant.state", CONFLICT, "商户现在的状态不能这样办，请刷新页面看最新状态。";
    /// The contract lacks its days or its terms.
    MERCHANT_CONTRACT = "merchant.contract", UNPROCESSABLE_ENTITY, "请填写合作起止日期和结算约定，止日要晚于起日和今天。";
    /// The person who entered it may not approve it.
    MERCHANT_OWN = "merchant.own", FORBIDDEN, "不能批准自己录入或申请的内容，请由另一位有权限的同志办理。";
    /// A change of the bank account waits already.
    MERCHANT_BANK_WAITING = "merchant.bank_waiting", CONFLICT, "已经有一个收款账户在等待核准，请等核准或退回以后再提交新的。";
    /// What was chosen is no picture or PDF, or too many files at once.
    MERCHANT_LICENCE = "merchant.licence", UNPROCESSABLE_ENTITY, "营业执照请用图片（JPG、PNG、WebP）或 PDF，每个不超过 10 MB，最多 3 个。";
    /// Too many files that no application has taken up.
    MERCHANT_LICENCES = "merchant.licence_many", CONFLICT, "您上传的文件有好几个还没有用在申请里；请先提交申请，或者明天再上传。";
    /// The merchant takes no points now.
    MERCHANT_CLOSED = "merchant.closed", CONFLICT, "这家商户现在不能收积分（未签约、已暂停或者合同已到期），请联系签约的工会。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    desk(phone(Routes::new("merchant")))
}

fn phone(routes: Routes) -> Routes {
    routes
        .get("/api/shop/merchants", "Lists the merchants for which the caller works or has applied")
        .signed_in()
        .runs(mine::mine)
        .get("/api/shop/merchants/{merchant_id}", "Shows the caller's merchant with its contract")
        .signed_in()
        .runs(mine::one)
        .post("/api/shop/merchants", "Applies to become a merchant")
        .signed_in()
        .runs(apply::apply)
        .post("/api/shop/merchants/{merchant_id}/resubmit", "Submits a returned application again")
        .signed_in()
        .runs(change::resubmit)
        .upload("/api/shop/licences", "Takes a picture or PDF of a business licence for an application")
        .signed_in()
        .receives(licence::upload)
        .post("/api/shop/merchants/{merchant_id}/bank", "Asks for another bank account to be paid to, as a manager")
        .signed_in()
        .runs(bank::ask_as_manager)
}

fn desk(routes: Routes) -> Routes {
    routes
        .get("/api/merchants", "Lists merchants in the caller's scope, newest first")
        .requires(MERCHANT_READ)
        .runs(list::list)
        .post("/api/merchants", "Enters a merchant at the desk")
        .requires(MERCHANT_KEEP)
        .runs(enter::enter)
        .get("/api/merchants/{merchant_id}", "Shows a merchant with contract, bank accounts and history")
        .requires(MERCHANT_READ)
        .runs(one::one)
        .download("/api/merchant-licences/{file_id}", "Sends a business licence to those who decide about the merchant")
        .requires(MERCHANT_APPROVE)
        .sends(licence::download)
        .post("/api/merchants/{merchant_id}/approve", "Approves a merchant with its contract")
        .requires(MERCHANT_APPROVE)
        .runs(decide::approve)
        .post("/api/merchants/{merchant_id}/return", "Returns an application with a reason")
        .requires(MERCHANT_APPROVE)
        .runs(decide::send_back)
        .post("/api/merchants/{merchant_id}/state", "Suspends, resumes or ends a merchant with a reason")
        .requires(MERCHANT_APPROVE)
        .runs(pause::pause)
        .post("/api/merchants/{merchant_id}/extend", "Moves the end of a contract")
        .requires(MERCHANT_APPROVE)
        .runs(pause::extend)
        .post("/api/merchants/{merchant_id}/bank", "Enters another bank account for a merchant at the desk")
        .requires(MERCHANT_KEEP)
        .runs(bank::ask_at_desk)
        .post("/api/merchant-banks/{bank_id}/decide", "Approves or refuses a bank account entered by another person")
        .requires(MERCHANT_APPROVE)
        .runs(bank::decide)
}
