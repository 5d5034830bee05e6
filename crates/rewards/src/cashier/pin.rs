//! A cashier sets the PIN with which he begins shifts at shared phones.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Result};
use registry::account::hash_password;
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::is_pin;
use super::{CASHIER_PIN_FORM, entity};

/// A new PIN.
#[derive(Clone, Deserialize, ToSchema)]
pub struct CashierPin {
    /// Whose: the caller's own work.
    pub cashier_id: Uuid,
    /// Six digits.
    pub pin: String,
}

/// Sets the caller's own PIN, on his own phone; a lock ends.
///
/// # Errors
/// `cashier.pin_form`, 404 for everybody else; the database.
pub async fn set(cx: Cx, input: CashierPin) -> Result<Done> {
    let account = cx.caller.account()?;
    if !is_pin(&input.pin) {
        return Err(CASHIER_PIN_FORM.refusal().on("pin").into());
    }
    // Before the transaction: a hash takes tens of milliseconds.
    let hash = hash_password(input.pin).await?;
    let tx = cx.begin().await?;
    let row = entity::Entity::find_by_id(input.cashier_id).one(&tx).await?;
    let row = row.filter(|row| row.account_id == account && row.state == "active").ok_or_else(Error::not_found)?;
    let sql = "UPDATE cashier SET pin_hash = $2, pin_failures = 0, pin_locked_until = NULL WHERE id = $1";
    tx.execute_sql(sql, [row.id.into(), hash.into()]).await?;
    tx.record(Event::of("cashier.pin_set", "merchant", row.merchant_id).with("cashier_id", row.id)).await?;
    tx.commit(Done {}).await
}
