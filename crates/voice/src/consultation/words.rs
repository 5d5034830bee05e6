//! What members wrote, as far as it is shown.

use kernel::page::{Page, PageInput};
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{reach, words_entity as words};

/// Which words.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct WordsInput {
    /// The evaluation, published.
    pub evaluation_id: Uuid,
    /// Answers to this question alone.
    #[serde(default)]
    pub question: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// What somebody wrote. Nothing says who, when, or what else he answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WordsRow {
    /// Random.
    pub id: Uuid,
    /// `q1` … `q40`.
    pub question: String,
    /// What was said; parts may be covered.
    pub text: String,
}

/// Lists words that are shown, in the order of random numbers.
///
/// # Errors
/// `input.invalid` for a foreign cursor, `not_found` before the publication; the database.
pub async fn list(cx: Cx, input: WordsInput) -> Result<Page<WordsRow>> {
    use words::Column;
    let row = reach::published(cx.read(), input.evaluation_id).await?;
    let page = PageInput::new(input.after, input.limit);
    let mut rows = words::Entity::find()
        .filter(Column::EvaluationId.eq(row.id))
        .filter(Column::State.eq("shown"))
        .order_by_asc(Column::Id)
        .limit(page.fetch());
    if let Some(question) = input.question {
        rows = rows.filter(Column::Question.eq(question));
    }
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.gt(after));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(cut.map(|row| WordsRow { id: row.id, question: row.question, text: row.shown.unwrap_or_default() }))
}
