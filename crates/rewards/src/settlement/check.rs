//! Checks a settlement against the ledger: every item computed again, in another way than it was made.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Id, Result};
use sea_orm::{ConnectionTrait, Statement};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{Sealed, seal};
use super::{SETTLEMENT_CHECK, SETTLEMENT_STATE, entity, find, item_entity as item};
use crate::merchant::access::SETTLEMENT_RUN;
use crate::merchant::list::named;

/// Which settlement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SettlementStep {
    /// Its id.
    pub settlement_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
}

/// Checks a settlement: its seal is whole, and each amount is what the ledger owes up to the day.
///
/// # Errors
/// `settlement.check`, `settlement.state`, 404 outside the caller's scope; the database.
pub async fn check(cx: Cx, input: SettlementStep) -> Result<Done> {
    let tx = cx.begin().await?;
    let row = find::kept(&cx, &tx, SETTLEMENT_RUN, input.settlement_id).await?;
    let items = find::items(&tx, row.id).await?;
    if !seal_fits(&row, &items) {
        return Err(SETTLEMENT_CHECK.refusal().into());
    }
    let wrong = wrong(&tx, &row, &items).await?;
    if !wrong.is_empty() {
        let names = named(&tx, wrong).await?;
        let names: Vec<String> = names.into_values().take(3).collect();
        let sentence = format!("{}等商户的金额和账本对不上，请作废以后重新制单。", names.join("、"));
        return Err(SETTLEMENT_CHECK.with(sentence).into());
    }
    let sql = "UPDATE settlement SET state = 'checked', checked_by = $3, checked_at = $4, version = version + 1
        WHERE id = $1 AND version = $2 AND state = 'locked'";
    let by = cx.caller.account()?;
    if tx.execute_sql(sql, [row.id.into(), input.version.into(), by.into(), tx.now().into()]).await? != 1 {
        return Err(SETTLEMENT_STATE.refusal().into());
    }
    tx.record(Event::of("settlement.checked", "settlement", row.id).at(row.organization_id)).await?;
    tx.commit(Done {}).await
}

/// Whether the items are those that were locked.
pub(super) fn seal_fits(row: &entity::Model, items: &[item::Model]) -> bool {
    let sealed = items.iter().map(|item| Sealed {
        reference: &item.reference,
        merchant: item.merchant_id,
        bank: item.bank_id,
        cents: item.amount_cents,
    });
    row.digest == seal(&row.number, row.through, sealed)
}

/// Merchants whose amount is not what the ledger owes: everything that moved the account up to the cut, but payments,
/// less every payment.
async fn wrong(conn: &impl ConnectionTrait, row: &entity::Model, items: &[item::Model]) -> Result<Vec<Id>> {
    let sql = "SELECT CAST(COALESCE(sum(CASE WHEN t.credit_id = $2 THEN t.amount_cents ELSE -t.amount_cents END), 0)
            AS bigint) AS owed
        FROM transfer t
        WHERE t.book_id = $1 AND (t.credit_id = $2 OR t.debit_id = $2) AND (t.kind IN ('payout', 'payout_back') OR
            t.seq <= (SELECT max(through_seq) FROM settlement_cut WHERE book_id = $1 AND day <= $3))";
    let mut wrong = Vec::new();
    for item in items {
        let values = [row.book_id.into(), item.account_id.into(), row.through.into()];
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
        let found = conn.query_one_raw(statement).await?;
        let owed: i64 = found.map(|found| found.try_get("", "owed")).transpose()?.unwrap_or_default();
        if owed != item.amount_cents {
            wrong.push(item.merchant_id);
        }
    }
    Ok(wrong)
}
