//! A new kind of evaluation, or a new version of one.

use kernel::event::Event;
use kernel::{Cx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::SchemeRow;
use super::{SCHEME_LATER, SCHEME_TAKEN, SchemeDocument, find, rules};

/// A scheme about to be added.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SchemeAdd {
    /// A new code, or one that is there: then this is its next version.
    pub code: String,
    /// What it says.
    pub document: SchemeDocument,
    /// The latest version that the writer has seen, 0 for a code that is to be new; refused when there is a later one.
    /// Not asked unless told.
    #[serde(default)]
    pub seen_version: Option<i64>,
}

/// Adds a version; evaluations that were made from an earlier one keep theirs.
///
/// # Errors
/// `scheme.code`, `scheme.wrong`, `scheme.taken`, `scheme.later`, `instrument.*`, `segment.*`; the database.
pub async fn add(cx: Cx, input: SchemeAdd) -> Result<SchemeRow> {
    let code = rules::code(&input.code)?;
    rules::check(&input.document)?;
    let (title, text) = (input.document.title.trim().to_owned(), serde_json::to_string(&input.document)?);
    let tx = cx.begin().await?;
    let version = find::next(&tx, &code).await?;
    match input.seen_version {
        Some(0) if version > 1 => return Err(SCHEME_TAKEN.refusal().on("code").into()),
        Some(seen) if version - 1 != seen => return Err(SCHEME_LATER.refusal().into()),
        _ => {}
    }
    let sql = "INSERT INTO scheme (code, version, title, document, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    let by = cx.caller.account()?;
    let values = [code.clone().into(), version.into(), title.into(), text.into(), by.into(), tx.now().into()];
    if tx.execute_sql(sql, values).await? != 1 {
        // Somebody else added this version meanwhile: the next attempt sees it.
        return Err(Error::Contention);
    }
    let event = Event::of("scheme.added", "scheme", tx.id()).with("code", &code).with("version", version);
    tx.record(event).await?;
    let row = SchemeRow { code, version, document: input.document, added_at: tx.now() };
    tx.commit(row).await
}
