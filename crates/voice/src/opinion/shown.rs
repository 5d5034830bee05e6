//! Opinions and answers as members read them: what was dealt with, in the order of random numbers, numbers that point at
//! somebody taken out.

use chrono::NaiveDate;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Error, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{OpinionState, masked};
use super::thread::{self, OpinionAnswerRow};
use super::{OPINION_EARLY, box_entity, boxes, entity, hiding_entity as hiding};
use crate::appraisal;
use crate::result::RESULT_TOO_FEW;

/// Which opinions.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionsInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// Opinions of an evaluation, and how many there are in all.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpinionsPage {
    /// The evaluation's title.
    pub title: String,
    /// Who answers.
    pub organization_name: String,
    /// Sheets in the box, blank ones too.
    pub ballots: i64,
    /// Sheets that were too few to be kept: 1 to 4, or none.
    pub destroyed: i64,
    /// Sheets with words on them.
    pub opinions: i64,
    /// Of them not dealt with yet.
    pub open: i64,
    /// The last day for the answers.
    pub due_on: Option<NaiveDate>,
    /// Those that were dealt with.
    pub items: Vec<OpinionShown>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// An opinion that was dealt with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpinionShown {
    /// Which.
    pub id: Uuid,
    /// What somebody wrote; absent when it is hidden.
    pub text: Option<String>,
    /// Why it is not shown.
    pub hidden: Option<OpinionHidden>,
    /// How it was dealt with.
    pub state: OpinionState,
    /// The opinion whose answer is the answer to this one.
    pub merged_into: Option<Uuid>,
    /// The answers, the oldest first; the last one counts.
    pub answers: Vec<OpinionAnswerRow>,
}

/// Why members do not read a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpinionHidden {
    /// Proposed, and not decided by the level above.
    Proposed,
    /// Decided by the level above.
    Hidden,
}

/// Whether a proposal keeps a text from members.
pub(super) fn hidden(row: &hiding::Model) -> Option<OpinionHidden> {
    match row.state.as_str() {
        "proposed" => Some(OpinionHidden::Proposed),
        "hidden" => Some(OpinionHidden::Hidden),
        _ => None,
    }
}

/// Lists the opinions that were dealt with, to those who voted or may read the evaluation.
///
/// # Errors
/// `opinion.early`, `result.too_few`; `not_found` for everybody else; `input.invalid`; the database.
pub async fn shown(cx: Cx, input: OpinionsInput) -> Result<OpinionsPage> {
    let conn = cx.read();
    let of = appraisal::load(conn, input.evaluation_id).await?;
    let elector = match cx.caller.person_id() {
        Some(person) => appraisal::is_elector(conn, of.id, person).await?,
        None => false,
    };
    let opened = matches!(of.state.as_str(), "open" | "closing" | "published" | "too_few");
    if !opened || !(elector || appraisal::read_by_staff(&cx, conn, &of).await?) {
        return Err(Error::not_found());
    }
    if of.state == "too_few" {
        return Err(RESULT_TOO_FEW.refusal().into());
    }
    let whole = box_entity::Entity::find_by_id(of.id).one(conn).await?;
    let whole = whole.ok_or_else(|| OPINION_EARLY.refusal())?;
    let page = PageInput::new(input.after.clone(), input.limit);
    let mut rows = entity::Entity::find()
        .filter(entity::Column::EvaluationId.eq(of.id))
        .filter(entity::Column::State.ne(OpinionState::Open.as_str()))
        .order_by_asc(entity::Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(entity::Column::Id.gt(after));
    }
    let cut = Page::cut(rows.all(conn).await?, &page, |row| row.id.to_string());
    let ids = || cut.items.iter().map(|row| row.id);
    let mut answers = thread::answers(conn, ids()).await?;
    let hidings = thread::hidings(conn, ids()).await?;
    let next = cut.next;
    let shape = |row: entity::Model| -> Result<OpinionShown> {
        let hidden = hidings.get(&row.id).and_then(hidden);
        Ok(OpinionShown {
            text: hidden.is_none().then(|| masked(&row.text)),
            hidden,
            state: OpinionState::parse(&row.state)?,
            merged_into: row.merged_into,
            answers: answers.remove(&row.id).unwrap_or_default(),
            id: row.id,
        })
    };
    let items = cut.items.into_iter().map(shape).collect::<Result<_>>()?;
    let row = boxes::shape(&cx, vec![whole], |_| false).await?.pop().ok_or_else(Error::not_found)?;
    Ok(OpinionsPage {
        title: row.title,
        organization_name: row.organization_name,
        ballots: row.ballots,
        destroyed: row.destroyed,
        opinions: row.opinions,
        open: row.open,
        due_on: row.due_on,
        items,
        next,
    })
}
