//! An auditor looked, and says what it was.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::counter::{FLAG_SEEN, flag_entity as flag, rules};

/// What was found.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FlagNote {
    /// The flag.
    pub flag_id: Uuid,
    /// What it was.
    pub note: String,
}

/// Enters what an auditor found, once.
///
/// # Errors
/// `counter.form`, `spend_flag.seen` when somebody was faster; 404; contention; the database.
pub async fn note(cx: Cx, input: FlagNote) -> Result<Done> {
    let said = rules::text(&input.note, "note", "查看结果", 2, 300)?;
    let tx = cx.begin().await?;
    flag::Entity::find_by_id(input.flag_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let update = "UPDATE spend_flag SET note = $2, seen_by = $3, seen_at = $4 WHERE id = $1 AND seen_at IS NULL";
    let values = [input.flag_id.into(), said.into(), cx.caller.account_id().into(), tx.now().into()];
    if tx.execute_sql(update, values).await? != 1 {
        return Err(FLAG_SEEN.refusal().into());
    }
    tx.record(Event::of("spend_flag.seen", "spend_flag", input.flag_id)).await?;
    tx.commit(Done {}).await
}
