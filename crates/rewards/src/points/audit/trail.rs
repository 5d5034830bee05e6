//! What a transfer stands on beside a request for money: whose points it took or gave back, and of what left the bank for a
//! merchant the settlement and what the bank said. So an auditor goes from a payment to the issue that it was paid from.

use chrono::NaiveDate;
use kernel::{Error, Id, Result};
use registry::staff::{AccountName, accounts_named};
use sea_orm::{ConnectionTrait, EntityTrait, QueryResult, Statement};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::points::issue::one::MoneyDecision;
use crate::settlement::entity as settlement;

/// Points of one issue that a transfer took, or gave back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TransferLot {
    /// The transfer that issued them.
    pub issue_id: Uuid,
    /// What they were issued for.
    pub reason: String,
    /// The union that issued them.
    pub issuer_name: String,
    /// How much of them, in cents.
    pub amount_cents: i64,
}

/// What the bank said of a payment to a merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PayoutLine {
    /// The file that was uploaded.
    pub file_name: String,
    /// Number of the line in it.
    pub line: i64,
    /// `paid`, `rejected`, `returned`, `unclear`.
    pub outcome: String,
    /// How much, in cents.
    pub amount_cents: i64,
    /// The bank's day.
    pub booked_on: Option<NaiveDate>,
}

/// The settlement by which a merchant was paid.
pub(super) struct Settled {
    pub id: Id,
    pub name: String,
    pub steps: Vec<MoneyDecision>,
    pub lines: Vec<PayoutLine>,
}

/// The points that a transfer took or gave back, by the issue they are from.
///
/// # Errors
/// The database.
pub async fn lots(conn: &impl ConnectionTrait, transfer: Id) -> Result<Vec<TransferLot>> {
    // What came back to points that had ended is in a lot of grace, which says whose it was.
    let sql = "SELECT t.id, t.reason, o.name AS issuer_name, CAST(sum(abs(u.amount_cents)) AS bigint) AS cents
        FROM lot_use u JOIN lot l ON l.id = u.lot_id LEFT JOIN lot g ON g.id = l.grace_of
            JOIN transfer t ON t.id = COALESCE(g.transfer_id, l.transfer_id)
            LEFT JOIN organization o ON o.id = l.issuer_id
        WHERE u.transfer_id = $1 AND t.id <> u.transfer_id GROUP BY t.id, t.reason, o.name, t.seq ORDER BY t.seq";
    let rows = all(conn, sql, transfer).await?;
    let lot = |row: &QueryResult| {
        Ok(TransferLot {
            issue_id: row.try_get("", "id")?,
            reason: row.try_get("", "reason")?,
            issuer_name: row.try_get::<Option<String>>("", "issuer_name")?.unwrap_or_default(),
            amount_cents: row.try_get("", "cents")?,
        })
    };
    rows.iter().map(lot).collect()
}

/// The settlement by which a transfer left the bank or came back to it.
///
/// # Errors
/// The database.
pub(super) async fn settled(conn: &impl ConnectionTrait, transfer: Id) -> Result<Option<Settled>> {
    let sql = "SELECT i.id, i.settlement_id, i.reference FROM settlement_payout p
        JOIN settlement_item i ON i.id = p.item_id WHERE p.transfer_id = $1";
    let Some(item) = all(conn, sql, transfer).await?.into_iter().next() else { return Ok(None) };
    let (id, of): (Id, Id) = (item.try_get("", "id")?, item.try_get("", "settlement_id")?);
    let reference: String = item.try_get("", "reference")?;
    let row = settlement::Entity::find_by_id(of).one(conn).await?.ok_or_else(Error::not_found)?;
    let name = format!("结算 {}，付款编号 {reference}", row.number);
    Ok(Some(Settled { id: of, name, steps: steps(conn, row).await?, lines: lines(conn, id).await? }))
}

async fn steps(conn: &impl ConnectionTrait, row: settlement::Model) -> Result<Vec<MoneyDecision>> {
    let steps = [
        ("made", Some(row.made_by), Some(row.made_at)),
        ("checked", row.checked_by, row.checked_at),
        ("approved", row.approved_by, row.approved_at),
        ("sent", row.sent_by, row.sent_at),
    ];
    let names = accounts_named(conn, steps.iter().filter_map(|(_, by, _)| *by).collect()).await?;
    let step = |(stage, (outcome, by, at)): (i64, (&str, Option<Id>, Option<kernel::time::Time>))| {
        Some(MoneyDecision {
            outcome: outcome.to_owned(),
            stage,
            by: by.and_then(|id| names.get(&id)).and_then(AccountName::shown),
            at: at?,
            note: None,
        })
    };
    Ok((1..).zip(steps).filter_map(step).collect())
}

async fn lines(conn: &impl ConnectionTrait, item: Id) -> Result<Vec<PayoutLine>> {
    let sql = "SELECT s.name, l.number, l.outcome, l.cents, l.booked_on FROM bank_statement_line l
        JOIN bank_statement s ON s.id = l.statement_id
        WHERE l.item_id = $1 AND l.class <> 'repeated' ORDER BY s.uploaded_at, l.number";
    let line = |row: &QueryResult| {
        Ok(PayoutLine {
            file_name: row.try_get("", "name")?,
            line: row.try_get("", "number")?,
            outcome: row.try_get("", "outcome")?,
            amount_cents: row.try_get("", "cents")?,
            booked_on: row.try_get("", "booked_on")?,
        })
    };
    all(conn, sql, item).await?.iter().map(line).collect()
}

async fn all(conn: &impl ConnectionTrait, sql: &str, id: Id) -> Result<Vec<QueryResult>> {
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [id.into()]);
    Ok(conn.query_all_raw(statement).await?)
}
