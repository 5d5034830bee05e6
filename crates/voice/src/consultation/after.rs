//! What followed a published result, for everybody.

use std::collections::BTreeMap;

use kernel::{Cx, Id, Result};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::document::ConsultationInput;
use super::follow_up::{self, FollowUpRow};
use super::rules::Spread;
use super::{document_entity as document, reach, words_entity as words};
use crate::department::{self, DepartmentReply};
use crate::instrument::SubjectKind;

/// What followed a result.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct After {
    /// There is a document to be read.
    pub document: bool,
    /// The budget item that was reviewed.
    pub fund_id: Option<Uuid>,
    /// How numbers are spread.
    pub spreads: Vec<Spread>,
    /// Words, counted by question.
    pub words: Vec<WordsCount>,
    /// What became of the opinions.
    pub answers: Vec<FollowUpRow>,
    /// What the department says to it: the latest first.
    pub replies: Vec<DepartmentReply>,
    /// What the caller may do.
    pub may: AfterMay,
}

/// Words of one question, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WordsCount {
    /// `q1` … `q40`.
    pub question: String,
    /// Shown.
    pub shown: i64,
    /// Hidden.
    pub hidden: i64,
    /// Still to be moderated.
    pub waiting: i64,
}

/// What the caller may do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct AfterMay {
    /// Moderate words.
    pub moderate: bool,
    /// Answer what was adopted.
    pub answer: bool,
    /// Enter the department's reply.
    pub reply: bool,
}

/// Shows what followed a published result.
///
/// # Errors
/// `not_found` before the publication; the database.
pub async fn after(cx: Cx, input: ConsultationInput) -> Result<After> {
    let row = reach::published(cx.read(), input.evaluation_id).await?;
    let own = reach::answers_for(&cx, cx.read(), &row).await?;
    let (done, spreads) = gathered(cx.read(), row.id).await?;
    let words = if done { counts(cx.read(), row.id).await? } else { Vec::new() };
    let is = |kind: SubjectKind| row.subject_kind == kind.as_str();
    Ok(After {
        document: document::Entity::find_by_id(row.id).one(cx.read()).await?.is_some(),
        fund_id: row.subject_id.filter(|_| is(SubjectKind::Fund)),
        spreads,
        answers: follow_up::all(cx.read(), row.id).await?,
        replies: department::replies(cx.read(), row.id).await?,
        may: AfterMay { moderate: own && !words.is_empty(), answer: own, reply: own && is(SubjectKind::Department) },
        words,
    })
}

async fn gathered(conn: &impl ConnectionTrait, evaluation: Id) -> Result<(bool, Vec<Spread>)> {
    let sql = "SELECT spreads FROM gathering WHERE evaluation_id = $1 AND done";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [evaluation.into()]);
    let Some(row) = conn.query_one_raw(statement).await? else { return Ok((false, Vec::new())) };
    Ok((true, serde_json::from_str(&row.try_get::<String>("", "spreads")?)?))
}

async fn counts(conn: &impl ConnectionTrait, evaluation: Id) -> Result<Vec<WordsCount>> {
    let rows: Vec<(String, String, i64)> = words::Entity::find()
        .select_only()
        .column(words::Column::Question)
        .column(words::Column::State)
        .column_as(Expr::cust("CAST(count(*) AS bigint)"), "number")
        .filter(words::Column::EvaluationId.eq(evaluation))
        .group_by(words::Column::Question)
        .group_by(words::Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    let mut counts: BTreeMap<String, WordsCount> = BTreeMap::new();
    for (question, state, number) in rows {
        let count = counts.entry(question.clone()).or_insert(WordsCount { question, shown: 0, hidden: 0, waiting: 0 });
        match state.as_str() {
            "shown" => count.shown = number,
            "hidden" => count.hidden = number,
            _ => count.waiting = number,
        }
    }
    Ok(counts.into_values().collect())
}
