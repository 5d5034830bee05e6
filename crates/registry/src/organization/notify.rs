//! Telling the proposer what became of his proposal.

use kernel::{Id, Result, Tx, notice};

use super::entity;

/// Leaves a notice in the inbox of whoever proposed the union; nothing for a union entered without a proposer.
///
/// # Errors
/// The database.
pub async fn proposer(
    tx: &Tx,
    union: &entity::Model,
    (kind, event): (&'static str, Id),
    (title, body): (&str, String),
) -> Result<()> {
    let Some(account_id) = union.founded_by else {
        return Ok(());
    };
    let link = Some(format!("/unions/{}", union.id));
    notice::send(tx, notice::New { account_id, kind, title: title.to_owned(), body, link, event_id: Some(event) })
        .await?;
    Ok(())
}
