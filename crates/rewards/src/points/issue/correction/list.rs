//! What was asked back of a batch, and what came of it: figures, no person.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::{Cx, Id, Result};
use registry::staff::{AccountName, accounts_named};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{self, Column};
use crate::access::{POINTS_ISSUE, POINTS_READ};
use crate::points::approval::{CORRECTION, may_decide};
use crate::points::issue::batch::held;
use crate::points::issue::one::{MoneyDecision, decisions};

/// Of which batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct IssueCorrectionsInput {
    /// Its id.
    pub batch_id: Uuid,
}

/// Corrections of a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IssueCorrections {
    /// The rows, the latest first.
    pub items: Vec<IssueCorrectionRow>,
}

/// A correction; amounts in cents.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IssueCorrectionRow {
    /// Which.
    pub id: Uuid,
    /// Sent back with the next step.
    pub version: i64,
    /// Of everybody in the batch.
    pub whole: bool,
    /// Why.
    pub reason: String,
    /// `waiting`, `running`, `done`, `returned`, `withdrawn`.
    pub state: String,
    /// Lines that were asked for.
    pub people: i64,
    /// What was issued to them.
    pub amount_cents: i64,
    /// Lines that the job has dealt with.
    pub done_people: i64,
    /// What came back.
    pub taken_cents: i64,
    /// Lines by what became of them.
    pub outcomes: Vec<IssueCorrectionCount>,
    /// Who asked.
    pub asked_by: Option<String>,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// Why it was not approved.
    pub return_reason: Option<String>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who decided, oldest first.
    pub decisions: Vec<MoneyDecision>,
    /// The caller may withdraw it.
    pub may_withdraw: bool,
    /// The caller may say yes or no now.
    pub may_approve: bool,
}

/// So many lines became this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueCorrectionCount {
    /// `whole`, `part`, `spent`, `before`, `refused`.
    pub state: String,
    /// How many.
    pub people: i64,
    /// What came back, in cents.
    pub taken_cents: i64,
}

/// Lists corrections of a batch.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn list(cx: Cx, input: IssueCorrectionsInput) -> Result<IssueCorrections> {
    let row = held(&cx, cx.read(), POINTS_READ, input.batch_id).await?;
    let rows = entity::Entity::find()
        .filter(Column::BatchId.eq(row.id))
        .order_by_desc(Column::AskedAt)
        .order_by_desc(Column::Id)
        .all(cx.read())
        .await?;
    Ok(IssueCorrections { items: shaped(&cx, rows).await? })
}

async fn shaped(cx: &Cx, rows: Vec<entity::Model>) -> Result<Vec<IssueCorrectionRow>> {
    let conn = cx.read();
    let accounts = accounts_named(conn, rows.iter().filter_map(|row| row.asked_by).collect()).await?;
    let mut shaped = Vec::with_capacity(rows.len());
    for row in rows {
        shaped.push(IssueCorrectionRow {
            outcomes: outcomes(conn, row.id).await?,
            decisions: decisions(cx, CORRECTION, row.id).await?,
            may_withdraw: row.state == "waiting" && cx.caller.may(conn, POINTS_ISSUE, row.organization_id).await?,
            may_approve: row.state == "waiting" && may_decide(cx, CORRECTION, row.id).await?,
            asked_by: row.asked_by.and_then(|id| accounts.get(&id)).and_then(AccountName::shown),
            id: row.id,
            version: row.version,
            whole: row.whole,
            reason: row.reason,
            state: row.state,
            people: row.people,
            amount_cents: row.amount_cents,
            done_people: row.done_people,
            taken_cents: row.taken_cents,
            asked_at: row.asked_at,
            return_reason: row.return_reason,
            ended_at: row.ended_at,
        });
    }
    Ok(shaped)
}

async fn outcomes(conn: &impl ConnectionTrait, id: Id) -> Result<Vec<IssueCorrectionCount>> {
    let sql = "SELECT state, CAST(COUNT(*) AS bigint) AS people, CAST(SUM(taken_cents) AS bigint) AS cents
        FROM issue_correction_line WHERE correction_id = $1 AND state <> 'waiting' GROUP BY state";
    let rows =
        conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, [id.into()])).await?;
    let mut found = BTreeMap::new();
    for row in rows {
        let state: String = row.try_get("", "state")?;
        found.insert(state, (row.try_get::<i64>("", "people")?, row.try_get::<i64>("", "cents")?));
    }
    // In the order in which they are told.
    let counts = ["whole", "part", "spent", "before", "refused"].into_iter().filter_map(|state| {
        let (people, taken_cents) = found.get(state).copied()?;
        Some(IssueCorrectionCount { state: state.to_owned(), people, taken_cents })
    });
    Ok(counts.collect())
}
