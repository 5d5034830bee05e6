//! What became of the opinions: adopted, partly adopted or not, by theme or article, and why.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CONSULTATION_EARLY, FOLLOW_UP_FORM, FOLLOW_UP_REPLACED, follow_up_entity as follow_up, reach};
use crate::appraisal::rules::State;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpVerdict {
    /// It was taken up.
    Adopted,
    /// Some of it was taken up.
    Partly,
    /// It was not taken up.
    NotAdopted,
}

impl FollowUpVerdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Adopted => "adopted",
            Self::Partly => "partly",
            Self::NotAdopted => "not_adopted",
        }
    }
}

/// An answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FollowUpAnswer {
    /// The evaluation, published.
    pub evaluation_id: Uuid,
    /// A theme of the opinions, or an article of the document.
    pub theme: String,
    /// What became of it.
    pub verdict: FollowUpVerdict,
    /// Why, and how.
    pub reason: String,
    /// The earlier answer that this one replaces.
    #[serde(default)]
    pub replaces: Option<Uuid>,
}

/// An answer as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FollowUpRow {
    /// Which.
    pub id: Uuid,
    /// A theme of the opinions, or an article of the document.
    pub theme: String,
    /// `adopted`, `partly`, `not_adopted`.
    pub verdict: String,
    /// Why, and how.
    pub reason: String,
    /// When.
    pub entered_on: NaiveDate,
    /// It replaced an earlier answer.
    pub replaces: Option<Uuid>,
    /// A later answer stands in its place.
    pub replaced: bool,
}

/// Answers to the opinions on one theme; everybody can read it at once.
///
/// # Errors
/// `follow_up.*`, `consultation.early`, 404 outside the caller's scope; the database.
pub async fn answer(cx: Cx, input: FollowUpAnswer) -> Result<FollowUpRow> {
    let (theme, reason) = (input.theme.trim().to_owned(), input.reason.trim().to_owned());
    let plain = |text: &str| !text.chars().any(|c| c.is_control() && c != '\n');
    let fits = (2..=100).contains(&theme.chars().count()) && (2..=1000).contains(&reason.chars().count());
    if !fits || !plain(&theme) || !plain(&reason) {
        let field = if (2..=100).contains(&theme.chars().count()) { "reason" } else { "theme" };
        return Err(FOLLOW_UP_FORM.refusal().on(field).into());
    }
    let tx = cx.begin().await?;
    let evaluation = reach::own(&cx, &tx, input.evaluation_id).await?;
    if evaluation.state != State::Published.as_str() {
        return Err(CONSULTATION_EARLY.refusal().into());
    }
    if let Some(earlier) = input.replaces {
        let row = follow_up::Entity::find_by_id(earlier).one(&tx).await?;
        row.filter(|row| row.evaluation_id == evaluation.id).ok_or_else(|| FOLLOW_UP_REPLACED.refusal())?;
    }
    let id = tx.id();
    let row = follow_up::ActiveModel {
        id: Set(id),
        evaluation_id: Set(evaluation.id),
        theme: Set(theme),
        verdict: Set(input.verdict.as_str().to_owned()),
        reason: Set(reason),
        replaces: Set(input.replaces),
        entered_by: Set(cx.caller.account_id()),
        entered_on: Set(tx.today()),
    };
    let insert = follow_up::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(&tx).await? != 1 {
        return Err(FOLLOW_UP_REPLACED.refusal().into());
    }
    let event = Event::of("consultation.answered", "evaluation", evaluation.id).at(evaluation.organization_id);
    tx.record(event.with("follow_up_id", id).with("verdict", input.verdict.as_str())).await?;
    let row = follow_up::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
    tx.commit(shaped(row, false)).await
}

/// All answers of an evaluation, those that were replaced among them, by theme and day.
///
/// # Errors
/// The database.
pub async fn all(conn: &impl ConnectionTrait, evaluation: Id) -> Result<Vec<FollowUpRow>> {
    let rows = follow_up::Entity::find()
        .filter(follow_up::Column::EvaluationId.eq(evaluation))
        .order_by_asc(follow_up::Column::EnteredOn)
        .order_by_asc(follow_up::Column::Id);
    let rows = rows.all(conn).await?;
    let replaced: BTreeSet<Id> = rows.iter().filter_map(|row| row.replaces).collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let gone = replaced.contains(&row.id);
            shaped(row, gone)
        })
        .collect())
}

fn shaped(row: follow_up::Model, replaced: bool) -> FollowUpRow {
    FollowUpRow {
        id: row.id,
        theme: row.theme,
        verdict: row.verdict,
        reason: row.reason,
        entered_on: row.entered_on,
        replaces: row.replaces,
        replaced,
    }
}
