//! Points go back to who paid, in full or in part; cash that was paid beside them is entered.

use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules;
use super::settle::{self, Act, By, Refund, Settled};
use super::show::{self, PaymentReceipt};
use crate::cashier::{self, CashierRole};

/// What goes back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RefundInput {
    /// The shop at which it was paid.
    pub shop_id: Uuid,
    /// The payment.
    pub payment_id: Uuid,
    /// Of this refund; made, and kept, before the first attempt.
    pub id: Uuid,
    /// Points, in cents.
    pub points_cents: i64,
    /// Cash, in cents.
    #[serde(default)]
    pub cash_cents: i64,
    /// Why, for the member.
    pub reason: String,
}

/// Refunds a payment, the same day or later. The same again is answered as before.
///
/// # Errors
/// `counter.*`, `ledger.frozen`, `cashier.role`; 404 for who does not work there; `system.busy`; the database.
pub async fn refund(cx: Cx, input: RefundInput) -> Result<PaymentReceipt> {
    let till = cashier::till(&cx, cx.read(), input.shop_id, CashierRole::Refund).await?;
    let by = By { account: cx.caller.account_id(), cashier_id: Some(till.cashier_id), till_id: None };
    show::receipt(cx.read(), give(&cx, input, by).await?.payment).await
}

/// Has the refund decided.
pub(super) async fn give(cx: &Cx, input: RefundInput, by: By) -> Result<Settled> {
    rules::back(input.points_cents, input.cash_cents)?;
    let reason = rules::text(&input.reason, "reason", "退款原因", 2, 100)?;
    let fingerprint = rules::fingerprint(&[
        "refund",
        &input.payment_id.to_string(),
        &input.points_cents.to_string(),
        &input.cash_cents.to_string(),
        &reason,
    ]);
    let act = Refund {
        id: input.id,
        fingerprint,
        payment_id: input.payment_id,
        shop_id: input.shop_id,
        points_cents: input.points_cents,
        cash_cents: input.cash_cents,
        reason,
        by,
    };
    settle::settle(cx, Act::Refund(act)).await
}
