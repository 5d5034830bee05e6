//! Nobody heard an answer: the payment is made as if it had never been, or never can be.

use kernel::{Cx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::settle::{self, Act, By, Reverse};
use super::show::{self, PaymentReceipt};
use super::{COUNTER_NOBODY, today};
use crate::cashier::CashierRole;

/// Which payment, at which shop.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReverseInput {
    /// The shop.
    pub shop_id: Uuid,
    /// The payment, whether it arrived or not.
    pub payment_id: Uuid,
}

/// Which payment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct GiveUpInput {
    /// The payment that was not answered.
    pub payment_id: Uuid,
}

/// Reverses a payment within some minutes. One that never arrived never will; one that was refused stays refused. The
/// answer says how it ended. Who may not refund reverses what he charged himself and nothing else.
///
/// # Errors
/// `counter.reverse`, `cashier.role`; 404 for who does not work there, and for a payment of another shop; `system.busy`; the database.
pub async fn reverse(cx: Cx, input: ReverseInput) -> Result<PaymentReceipt> {
    let till = today::stands(&cx, input.shop_id).await?;
    let by = By { account: cx.caller.account_id(), cashier_id: Some(till.cashier_id), till_id: None };
    let any = till.role >= CashierRole::Refund;
    let act = Act::Reverse(Reverse { payment_id: input.payment_id, shop_id: Some(input.shop_id), any, by });
    show::receipt(cx.read(), settle::settle(&cx, act).await?.payment).await
}

/// Makes sure that a payment of the caller's that was not answered is not made later; one that was made stays made, and the
/// answer says so.
///
/// # Errors
/// 404 for a payment of somebody else; `system.busy`; the database.
pub async fn give_up(cx: Cx, input: GiveUpInput) -> Result<PaymentReceipt> {
    let person = cx.caller.person_id().ok_or_else(|| COUNTER_NOBODY.refusal())?;
    let by = By { account: cx.caller.account_id(), ..By::default() };
    let act = Act::Reverse(Reverse { payment_id: input.payment_id, shop_id: None, any: false, by });
    let payment = settle::settle(&cx, act).await?.payment;
    if payment.person_id.is_some_and(|of| of != person) {
        return Err(Error::not_found());
    }
    show::to_payer(cx.read(), show::receipt(cx.read(), payment).await?).await
}
