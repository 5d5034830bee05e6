//! Lists who opened the ballots of an evaluation, when, why, and what came of it.

use chrono::{DateTime, Utc};
use kernel::{Cx, Id, Result};
use registry::staff::{AccountName, accounts_named};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::audit::{AUDITED, must_stand_above};
use super::show::{ResultInput, published};

/// Most that are listed; ballots are opened rarely.
const MOST: i64 = 100;

/// Every time the ballots of an evaluation were opened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Audits {
    /// The newest first.
    pub items: Vec<AuditRow>,
}

/// One time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditRow {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
    /// Whether everything fitted.
    pub fits: bool,
    /// What did not: `file`, `commitment`, `ballots`, `column`, `figures`.
    pub mismatch: Option<String>,
    /// The question of a column that did not fit.
    pub question: Option<String>,
}

/// What the event says.
#[derive(Deserialize)]
struct Payload {
    fits: bool,
    mismatch: Option<String>,
    #[serde(default)]
    question: Option<String>,
}

/// Lists them for whoever may open the ballots himself.
///
/// # Errors
/// `result.early`, `result.too_few`, `not_found` outside the caller's reach; the database.
pub async fn audits(cx: Cx, input: ResultInput) -> Result<Audits> {
    let conn = cx.read();
    let (row, _) = published(conn, input.evaluation_id).await?;
    must_stand_above(&cx, &row).await?;
    let sql = "SELECT e.at, e.actor_id, e.payload, r.reason FROM event e JOIN audit_reason r ON r.event_id = e.id
        WHERE e.aggregate_id = $1 AND e.kind = $2 ORDER BY e.at DESC, e.id DESC LIMIT $3";
    let values = [row.id.into(), AUDITED.into(), MOST.into()];
    let rows = conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    let actors = rows.iter().map(|row| row.try_get("", "actor_id")).collect::<Result<Vec<Option<Id>>, DbErr>>()?;
    let names = accounts_named(conn, actors.iter().copied().flatten().collect()).await?;
    let shape = |(row, actor): (&QueryResult, Option<Id>)| {
        let Payload { fits, mismatch, question } = serde_json::from_str(&row.try_get::<String>("", "payload")?)?;
        let by = actor.and_then(|id| names.get(&id)).and_then(AccountName::shown);
        Ok(AuditRow { at: row.try_get("", "at")?, by, reason: row.try_get("", "reason")?, fits, mismatch, question })
    };
    Ok(Audits { items: rows.iter().zip(actors).map(shape).collect::<Result<_>>()? })
}
