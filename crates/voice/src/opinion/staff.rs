//! All opinions of an evaluation, for those who answer and for the levels above.

use kernel::page::{Page, PageInput};
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::boxes::{self, OpinionBoxRow};
use super::rules::OpinionState;
use super::thread::{self, OpinionAnswerRow, OpinionGrades};
use super::{entity, hiding_entity as hiding, reach};

/// Which opinions.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionsAllInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// In this state.
    #[serde(default)]
    pub state: Option<OpinionState>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// All opinions of an evaluation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpinionDesk {
    /// Their box.
    pub of: OpinionBoxRow,
    /// The caller answers for the union.
    pub answers: bool,
    /// The caller stands above the union.
    pub moderates: bool,
    /// In the order of random numbers.
    pub items: Vec<OpinionForStaff>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// An opinion with everything that came of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpinionForStaff {
    /// Which.
    pub id: Uuid,
    /// What somebody wrote.
    pub text: String,
    /// Where it stands.
    pub state: OpinionState,
    /// The opinion whose answer is the answer to this one.
    pub merged_into: Option<Uuid>,
    /// What was done with it, the oldest first.
    pub answers: Vec<OpinionAnswerRow>,
    /// How satisfied authors are with the answer that counts.
    pub grades: OpinionGrades,
    /// What its author said to that.
    pub replies: Vec<String>,
    /// Whether members read its text.
    pub hiding: Option<OpinionHidingRow>,
}

/// A proposal to hide a text, and what became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpinionHidingRow {
    /// `insult`, `person`, `privacy`.
    pub fault: String,
    /// Why members shall not read it.
    pub reason: String,
    /// `proposed`, `hidden`, `shown`.
    pub state: String,
    /// What the level above said.
    pub decision: Option<String>,
}

/// Lists all opinions of an evaluation.
///
/// # Errors
/// `not_found` for whoever neither answers for the union nor stands above it; `input.invalid`; the database.
pub async fn staff(cx: Cx, input: OpinionsAllInput) -> Result<OpinionDesk> {
    let conn = cx.read();
    let whole = reach::opened_box(conn, input.evaluation_id).await?;
    let answers = reach::answers_for(&cx.caller, whole.organization_id);
    let moderates = reach::stands_over(&cx, conn, whole.organization_id).await?;
    if !(answers || moderates) {
        return Err(Error::not_found());
    }
    let page = PageInput::new(input.after.clone(), input.limit);
    let mut rows = entity::Entity::find()
        .filter(entity::Column::EvaluationId.eq(whole.evaluation_id))
        .order_by_asc(entity::Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(entity::Column::Id.gt(after));
    }
    if let Some(state) = input.state {
        rows = rows.filter(entity::Column::State.eq(state.as_str()));
    }
    let cut = Page::cut(rows.all(conn).await?, &page, |row| row.id.to_string());
    let items = shaped(&cx, cut.items).await?;
    let of = boxes::shape(&cx, vec![whole], |_| moderates).await?.pop().ok_or_else(Error::not_found)?;
    Ok(OpinionDesk { of, answers, moderates, items, next: cut.next })
}

async fn shaped(cx: &Cx, rows: Vec<entity::Model>) -> Result<Vec<OpinionForStaff>> {
    let conn = cx.read();
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut answers = thread::answers(conn, ids.clone()).await?;
    let mut replies = thread::replies(conn, ids.clone()).await?;
    let mut hidings = thread::hidings(conn, ids).await?;
    let last = answers.values().filter_map(|of| of.last().map(|answer| answer.id)).collect::<Vec<Id>>();
    let grades = thread::grades(conn, last).await?;
    let shape = |row: entity::Model| -> Result<OpinionForStaff> {
        let answers = answers.remove(&row.id).unwrap_or_default();
        Ok(OpinionForStaff {
            state: OpinionState::parse(&row.state)?,
            grades: answers.last().and_then(|answer| grades.get(&answer.id)).copied().unwrap_or_default(),
            answers,
            replies: replies.remove(&row.id).unwrap_or_default(),
            hiding: hidings.remove(&row.id).map(hiding_row),
            id: row.id,
            text: row.text,
            merged_into: row.merged_into,
        })
    };
    rows.into_iter().map(shape).collect()
}

fn hiding_row(row: hiding::Model) -> OpinionHidingRow {
    OpinionHidingRow { fault: row.fault, reason: row.reason, state: row.state, decision: row.decision }
}
