//! What was done with opinions, and what authors said to it, for the pages.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::calendar::china_day;
use kernel::{Id, Result};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{OpinionGrade, OpinionState};
use super::{answer_entity as answer, echo_entity as echo, hiding_entity as hiding};

/// An answer, or a refusal with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpinionAnswerRow {
    /// Which.
    pub id: Uuid,
    /// From 1; the highest one counts.
    pub number: i64,
    /// `answered`, `refused`, `merged`.
    pub kind: OpinionState,
    /// The words; absent for a merger.
    pub text: Option<String>,
    /// When.
    pub answered_on: NaiveDate,
}

/// How many authors are how satisfied with an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpinionGrades {
    /// 满意.
    pub satisfied: i64,
    /// 基本满意.
    pub mostly: i64,
    /// 不满意.
    pub dissatisfied: i64,
}

/// What was done with each of these opinions, the oldest first.
///
/// # Errors
/// The database.
pub(super) async fn answers(
    conn: &impl ConnectionTrait,
    opinions: impl IntoIterator<Item = Id>,
) -> Result<HashMap<Id, Vec<OpinionAnswerRow>>> {
    let rows = answer::Entity::find()
        .filter(answer::Column::OpinionId.is_in(opinions))
        .order_by_asc(answer::Column::Number)
        .all(conn)
        .await?;
    let mut answers: HashMap<Id, Vec<OpinionAnswerRow>> = HashMap::new();
    for row in rows {
        answers.entry(row.opinion_id).or_default().push(OpinionAnswerRow {
            id: row.id,
            number: row.number,
            kind: OpinionState::parse(&row.kind)?,
            text: row.text,
            answered_on: china_day(row.answered_at),
        });
    }
    Ok(answers)
}

/// What authors said to each of these opinions, in order, as far as it was shown.
///
/// # Errors
/// The database.
pub(super) async fn replies(
    conn: &impl ConnectionTrait,
    opinions: impl IntoIterator<Item = Id>,
) -> Result<HashMap<Id, Vec<String>>> {
    let rows = echo::Entity::find()
        .filter(echo::Column::OpinionId.is_in(opinions))
        .filter(echo::Column::Place.is_not_null())
        .order_by_asc(echo::Column::Place)
        .all(conn)
        .await?;
    let mut replies: HashMap<Id, Vec<String>> = HashMap::new();
    for row in rows {
        replies.entry(row.opinion_id).or_default().extend(row.text);
    }
    Ok(replies)
}

/// How satisfied authors are with each of these answers, as far as it was shown.
///
/// # Errors
/// The database.
pub(super) async fn grades(
    conn: &impl ConnectionTrait,
    answers: impl IntoIterator<Item = Id>,
) -> Result<HashMap<Id, OpinionGrades>> {
    let rows: Vec<(Id, i64, i64)> = echo::Entity::find()
        .select_only()
        .column(echo::Column::AnswerId)
        .column(echo::Column::Grade)
        .column_as(Expr::cust("CAST(count(*) AS bigint)"), "authors")
        .filter(echo::Column::AnswerId.is_in(answers))
        .group_by(echo::Column::AnswerId)
        .group_by(echo::Column::Grade)
        .into_tuple()
        .all(conn)
        .await?;
    let mut grades: HashMap<Id, OpinionGrades> = HashMap::new();
    for (answer, grade, authors) in rows {
        let of = grades.entry(answer).or_default();
        match OpinionGrade::of(grade) {
            Some(OpinionGrade::Satisfied) => of.satisfied = authors,
            Some(OpinionGrade::Mostly) => of.mostly = authors,
            Some(OpinionGrade::Dissatisfied) => of.dissatisfied = authors,
            None => {}
        }
    }
    Ok(grades)
}

/// Proposals to hide these opinions.
///
/// # Errors
/// The database.
pub(super) async fn hidings(
    conn: &impl ConnectionTrait,
    opinions: impl IntoIterator<Item = Id>,
) -> Result<HashMap<Id, hiding::Model>> {
    let rows = hiding::Entity::find().filter(hiding::Column::OpinionId.is_in(opinions)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.opinion_id, row)).collect())
}
