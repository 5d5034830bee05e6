//! A locked-out person may try again at once.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{rules, tell};
use crate::account::entity;

/// Which account, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AccountUnlock {
    /// The account.
    pub id: Id,
    /// 2 to 200 characters; the holder reads it.
    pub reason: String,
}

/// Ends a lock-out and forgets the failures; does nothing to an account that is not locked.
///
/// # Errors
/// `staff.reason`, 404, or the database.
pub async fn unlock(cx: Cx, input: AccountUnlock) -> Result<Done> {
    let reason = rules::clean_reason(&input.reason)?;
    let tx = cx.begin().await?;
    let account = entity::Entity::find_by_id(input.id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let update = "UPDATE account SET failures = 0, locked_until = NULL
        WHERE id = $1 AND (failures > 0 OR locked_until IS NOT NULL)";
    if tx.execute_sql(update, [account.id.into()]).await? == 1 {
        tx.record(Event::of("account.unlocked", "account", account.id)).await?;
        tell::unlocked(&tx, account.id, &reason).await?;
    }
    tx.commit(Done {}).await
}
