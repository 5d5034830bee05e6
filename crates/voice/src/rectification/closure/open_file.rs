//! The published file of a round, and the proof that a ballot is in it.

use kernel::file;
use kernel::routes::Download;
use kernel::{Cx, Error, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity as round;
use crate::rectification::CLOSURE_EARLY;
use crate::result::receipt::{self, Receipt};

/// Which round.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ClosureFile {
    /// Its poll.
    pub poll_id: Uuid,
}

/// Which ballot of which round.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ClosureReceipt {
    /// Its poll.
    pub poll_id: Uuid,
    /// The tracker (回执码) as it was typed, or the whole commitment in hexadecimal.
    pub commitment: String,
}

/// Sends the file of a round that was counted to anybody.
///
/// # Errors
/// `closure.early`, `not_found`; the database, the file store.
pub async fn export(cx: Cx, input: ClosureFile) -> Result<Download> {
    let row = counted(&cx, input.poll_id).await?;
    let row = file::find(cx.read(), row.file_id.unwrap_or_default()).await?;
    file::download(&cx.app, row.id, row.name, "application/x-ndjson").await
}

/// Proves to whoever has a tracker that its ballot was counted in a round.
///
/// # Errors
/// `receipt.form`, `receipt.unknown`, `closure.early`, `not_found`; the database.
pub async fn receipt(cx: Cx, input: ClosureReceipt) -> Result<Receipt> {
    let row = counted(&cx, input.poll_id).await?;
    receipt::of_closure(cx.read(), &row, &input.commitment).await
}

async fn counted(cx: &Cx, poll: Uuid) -> Result<round::Model> {
    let row = round::Entity::find_by_id(poll).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    if row.state == "counted" { Ok(row) } else { Err(CLOSURE_EARLY.refusal().into()) }
}
