//! Moderation: what somebody wrote is shown as it is, shown with parts covered, or hidden for a reason.

use kernel::event::Event;
use kernel::page::{Page, PageInput};
use kernel::routes::Done;
use kernel::{Cx, Error, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{WORDS_COVERED, WORDS_DECIDED, WORDS_REASON, reach, rules, words_entity as words};

/// Which words.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ModerationInput {
    /// The evaluation, published.
    pub evaluation_id: Uuid,
    /// `waiting`, `shown`, `hidden`; waiting ones unless told.
    #[serde(default)]
    pub state: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// Words as a moderator sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModeratedWords {
    /// Random.
    pub id: Uuid,
    /// `q1` … `q40`.
    pub question: String,
    /// What was said.
    pub said: String,
    /// `waiting`, `shown`, `hidden`.
    pub state: String,
    /// What is shown of it.
    pub shown: Option<String>,
    /// Why it is hidden.
    pub reason: Option<String>,
}

/// Shown or hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WordsVerdict {
    /// For everybody to read.
    Show,
    /// Not shown.
    Hide,
}

/// Why words are hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WordsReason {
    /// It is about somebody's private life, and covering parts is not enough.
    Personal,
    /// It insults somebody.
    Insult,
    /// It may not be published by law.
    Unlawful,
    /// It says nothing: 无, 没有.
    Empty,
}

impl WordsReason {
    fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Insult => "insult",
            Self::Unlawful => "unlawful",
            Self::Empty => "empty",
        }
    }
}

/// A decision.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct WordsDecide {
    /// Which words.
    pub words_id: Uuid,
    /// Where they stand on the page.
    pub state: String,
    /// Shown or hidden.
    pub verdict: WordsVerdict,
    /// What is shown: what was said, with characters covered by ＊; as it is unless told.
    #[serde(default)]
    pub shown: Option<String>,
    /// Why it is hidden.
    #[serde(default)]
    pub reason: Option<WordsReason>,
}

/// Lists words to whoever moderates them, in the order of random numbers.
///
/// # Errors
/// `input.invalid` for a foreign cursor, 404 outside the caller's scope and before the publication; the database.
pub async fn list(cx: Cx, input: ModerationInput) -> Result<Page<ModeratedWords>> {
    use words::Column;
    reach::own(&cx, cx.read(), input.evaluation_id).await?;
    let row = reach::published(cx.read(), input.evaluation_id).await?;
    let page = PageInput::new(input.after, input.limit);
    let gathered = "EXISTS (SELECT 1 FROM gathering WHERE gathering.evaluation_id = words.evaluation_id AND done)";
    let mut rows = words::Entity::find()
        .filter(Column::EvaluationId.eq(row.id))
        .filter(Column::State.eq(input.state.unwrap_or_else(|| "waiting".to_owned())))
        .filter(sea_orm::sea_query::Expr::cust(gathered))
        .order_by_asc(Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.gt(after));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(cut.map(|row| ModeratedWords {
        id: row.id,
        question: row.question,
        said: row.said,
        state: row.state,
        shown: row.shown,
        reason: row.reason,
    }))
}

/// Decides on what somebody wrote; a decision can be taken again, each leaves an event without the words.
///
/// # Errors
/// `words.covered`, `words.reason`, `words.decided`, 404 outside the caller's scope; the database.
pub async fn decide(cx: Cx, input: WordsDecide) -> Result<Done> {
    let tx = cx.begin().await?;
    let row = words::Entity::find_by_id(input.words_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let evaluation = reach::own(&cx, &tx, row.evaluation_id).await?;
    let (state, shown, reason) = match input.verdict {
        WordsVerdict::Show => {
            let shown = input.shown.unwrap_or_else(|| row.said.clone());
            if !rules::covers(&row.said, &shown) {
                return Err(WORDS_COVERED.refusal().on("shown").into());
            }
            ("shown", Some(shown), None)
        }
        WordsVerdict::Hide => {
            let reason = input.reason.ok_or_else(|| WORDS_REASON.refusal().on("reason"))?;
            ("hidden", None, Some(reason.as_str()))
        }
    };
    let sql = "UPDATE words SET state = $3, shown = $4, reason = $5, decided_on = $6 WHERE id = $1 AND state = $2";
    let values = [row.id.into(), input.state.into(), state.into(), shown.into(), reason.into(), tx.today().into()];
    if tx.execute_sql(sql, values).await? != 1 {
        return Err(WORDS_DECIDED.refusal().into());
    }
    let event = Event::of("consultation.moderated", "evaluation", evaluation.id).at(evaluation.organization_id);
    tx.record(event.with("question", &row.question).with("state", state).with("reason", reason)).await?;
    tx.commit(Done {}).await
}
