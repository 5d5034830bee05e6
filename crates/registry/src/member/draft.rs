//! Keeps a half-filled application: sealed, for seven days, one per account.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Cx, Id, Result};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{DRAFT_TOO_LARGE, draft_entity};
use crate::person::vault;

/// Days a draft is kept (the promise made to the person on the page).
pub const KEPT_DAYS: i64 = 7;
/// Bytes of JSON a draft may have.
const MAX_BYTES: usize = 8 * 1024;

/// Answers so far, as the page keeps them.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DraftInput {
    /// Any JSON object.
    #[schema(value_type = Object)]
    pub answers: serde_json::Map<String, Value>,
}

/// A kept draft.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DraftKept {
    /// When it was kept.
    pub saved_at: DateTime<Utc>,
    /// The last day it can be taken up again.
    pub expires_on: NaiveDate,
}

/// A draft as it is handed back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Draft {
    /// Answers so far.
    #[schema(value_type = Object)]
    pub answers: Value,
    /// When it was kept.
    pub saved_at: DateTime<Utc>,
    /// The last day it can be taken up again.
    pub expires_on: NaiveDate,
}

/// Keeps a half-filled application for seven days.
///
/// # Errors
/// `draft.too_large`.
pub async fn save(cx: Cx, input: DraftInput) -> Result<DraftKept> {
    let account = cx.caller.account()?;
    let text = serde_json::to_string(&input.answers)?;
    if text.len() > MAX_BYTES {
        return Err(DRAFT_TOO_LARGE.refusal().into());
    }
    let tx = cx.begin().await?;
    let sealed = vault::seal_text(&*cx.app.keys, &context(account), &text)?;
    let expires_on = tx.today() + chrono::Duration::days(KEPT_DAYS);
    let upsert = "INSERT INTO join_draft (account_id, answers_sealed, saved_at, expires_on) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account_id) DO UPDATE SET answers_sealed = excluded.answers_sealed,
        saved_at = excluded.saved_at, expires_on = excluded.expires_on";
    let saved_at = tx.now();
    tx.execute_sql(upsert, [account.into(), sealed.into(), saved_at.into(), expires_on.into()]).await?;
    tx.commit(DraftKept { saved_at, expires_on }).await
}

/// The account's draft, if it is still good.
///
/// # Errors
/// The database.
pub(super) async fn load(cx: &Cx, account: Id) -> Result<Option<Draft>> {
    let row = draft_entity::Entity::find_by_id(account).one(cx.read()).await?;
    let Some(row) = row.filter(|row| row.expires_on >= cx.today()) else {
        return Ok(None);
    };
    let text = vault::open_text(&*cx.app.keys, &context(account), &row.answers_sealed)?;
    let answers = serde_json::from_str(&text)?;
    Ok(Some(Draft { answers, saved_at: row.saved_at, expires_on: row.expires_on }))
}

fn context(account: Id) -> String {
    format!("join_draft.answers:{account}")
}
