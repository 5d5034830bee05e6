//! Another person looks at a balance that was typed: it is what the bank says, and counts from now on.

use kernel::event::Event;
use kernel::{Cx, Error, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{BankBalanceRow, shaped};
use super::{BANK_BALANCE_CHECKED, BANK_BALANCE_OWN, entity};
use crate::points::audit::reach;

/// Which balance.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankBalanceCheck {
    /// Its id.
    pub balance_id: Uuid,
}

/// Says that a balance is the bank's.
///
/// # Errors
/// `bank_balance.own`, `bank_balance.checked`, 404 for those who do not audit the city; the database.
pub async fn check(cx: Cx, input: BankBalanceCheck) -> Result<BankBalanceRow> {
    let me = cx.caller.account()?;
    let tx = cx.begin().await?;
    reach::city(&cx, &tx).await?;
    let row = entity::Entity::find_by_id(input.balance_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    if row.entered_by == Some(me) {
        return Err(BANK_BALANCE_OWN.refusal().into());
    }
    let sql = "UPDATE bank_balance SET checked_by = $2, checked_at = $3
        WHERE id = $1 AND checked_at IS NULL AND file_id IS NULL AND NOT EXISTS (SELECT 1 FROM bank_balance n
            WHERE n.book_id = bank_balance.book_id AND n.day = bank_balance.day AND n.number > bank_balance.number)";
    if tx.execute_sql(sql, [row.id.into(), me.into(), tx.now().into()]).await? != 1 {
        return Err(BANK_BALANCE_CHECKED.refusal().into());
    }
    let event = Event::of("bank_balance.checked", "bank_balance", row.id);
    tx.record(event.with("balance_cents", row.balance_cents)).await?;
    let answer = shaped(&cx, &tx, row.id).await?;
    tx.commit(answer).await
}
