//! How far reminders reach, in figures: for the chair and those above. Whom they reached nobody sees.

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{Column, Entity};
use super::rules::Kind;
use crate::appraisal::rules::State;
use crate::appraisal::{load, read_by_staff};

/// Which evaluation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RemindersInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
}

/// How far the reminders of an evaluation reach; persons, not messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reminders {
    /// Who may vote.
    pub electors: i64,
    /// Of them with an account: they can be told.
    pub with_account: i64,
    /// Of them without: somebody has to tell them in person.
    pub without_account: i64,
    /// Who was told by the last round that has ended, or had drawn a ballot before and needed no telling. The two are
    /// one number, so that it does not tell how many drew. Absent before the first round has ended.
    pub told: Option<i64>,
    /// The rounds, in order of time.
    pub rounds: Vec<ReminderRound>,
}

/// A round of reminding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReminderRound {
    /// Which.
    pub kind: Kind,
    /// When it goes out, or went.
    pub due_at: DateTime<Utc>,
    /// `planned`, `running`, `done`, `dropped`.
    pub state: String,
}

/// Shows how far reminders reach.
///
/// # Errors
/// 404 outside the caller's reach and before the opening; the database.
pub async fn show(cx: Cx, input: RemindersInput) -> Result<Reminders> {
    let row = load(cx.read(), input.evaluation_id).await?;
    if !read_by_staff(&cx, cx.read(), &row).await? || !State::parse(&row.state)?.was_opened() {
        return Err(Error::not_found());
    }
    let electors = row.electorate.unwrap_or_default();
    let with_account = with_account(cx.read(), &cx, row.id).await?;
    let rows =
        Entity::find().filter(Column::EvaluationId.eq(row.id)).order_by_asc(Column::DueAt).all(cx.read()).await?;
    let told = rows.iter().rfind(|round| round.state == "done").map(|round| round.reached);
    let shape = |round: super::entity::Model| {
        Ok(ReminderRound { kind: Kind::parse(&round.kind)?, due_at: round.due_at, state: round.state })
    };
    let rounds = rows.into_iter().map(shape).collect::<Result<_>>()?;
    Ok(Reminders { electors, with_account, without_account: electors - with_account, told, rounds })
}

async fn with_account(conn: &impl ConnectionTrait, cx: &Cx, evaluation: Id) -> Result<i64> {
    let sql = "SELECT CAST(count(*) AS bigint) AS people FROM elector e
        JOIN account a ON a.person_id = e.person_id AND a.disabled_at IS NULL WHERE e.evaluation_id = $1";
    let row = conn.query_one_raw(cx.app.db.statement(sql, [evaluation.into()])).await?;
    Ok(row.ok_or_else(|| Error::internal("a count without a row"))?.try_get("", "people")?)
}
