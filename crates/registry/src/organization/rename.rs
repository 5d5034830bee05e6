//! Renaming a union; the former name stays in the event, so that past days show it.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{record, rules};
use crate::access::ORGANIZATION_CHANGE;

/// A new name.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RenameInput {
    /// Which union.
    pub id: Uuid,
    /// Full name.
    pub name: String,
    /// Why, 2 to 200 characters.
    pub reason: String,
}

/// Renames an established union.
///
/// # Errors
/// `organization.name`, `organization.name_taken`, `organization.reason`, `organization.state`; the database.
pub async fn rename(cx: Cx, input: RenameInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let union = record::visible(&cx, &tx, input.id).await?;
    cx.caller.must(&tx, ORGANIZATION_CHANGE, union.id).await?;
    record::must_be_established(&union)?;
    let name = rules::union_name(&input.name, union.kind()?)?;
    let reason = record::clean_reason(&input.reason)?;
    if name == union.name {
        return tx.commit(Done {}).await;
    }
    record::free_name(&tx, &name, union.id).await?;
    tx.execute_sql("UPDATE organization SET name = $2 WHERE id = $1", [union.id.into(), name.as_str().into()]).await?;
    record::touch(&tx, &union).await?;
    let renamed = Event::of("organization.renamed", "organization", union.id).with("from", &union.name);
    record::record(&tx, renamed.with("to", &name), Some(reason)).await?;
    tx.commit(Done {}).await
}
