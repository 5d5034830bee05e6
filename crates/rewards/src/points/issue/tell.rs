//! Tells members what happened to their points, many at once.

use std::collections::BTreeMap;

use kernel::db::{insert_rows, rows_of_keys};
use kernel::{Id, Result, Tx};
use sea_orm::Value;

/// What a notice is about; the sentence is each person's own.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// Its kind.
    pub kind: &'static str,
    /// One line of Chinese.
    pub title: &'static str,
    /// The event that caused it; an account gets one notice of a kind per event.
    pub event: Id,
}

/// A notice to each of these people who has an account.
///
/// # Errors
/// The database.
pub async fn tell(tx: &Tx, told: Told, sentences: &BTreeMap<Id, String>) -> Result<()> {
    if sentences.is_empty() {
        return Ok(());
    }
    let sql = "SELECT id, person_id FROM account WHERE disabled_at IS NULL AND person_id IN";
    let keys = sentences.keys().map(|person| Value::from(*person)).collect();
    let mut rows = Vec::new();
    for row in rows_of_keys(tx, sql, keys).await? {
        let (account, person): (Id, Id) = (row.try_get("", "id")?, row.try_get("", "person_id")?);
        rows.push(vec![
            tx.id().into(),
            account.into(),
            told.kind.into(),
            told.title.into(),
            sentences.get(&person).cloned().unwrap_or_default().into(),
            "/wallet".into(),
            told.event.into(),
            tx.now().into(),
        ]);
    }
    let columns = ["id", "account_id", "kind", "title", "body", "link", "event_id", "created_at"];
    insert_rows(tx, "notice", &columns, rows, "ON CONFLICT DO NOTHING").await?;
    Ok(())
}
