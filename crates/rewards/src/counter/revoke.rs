//! A phone was lost: what it makes is no pay code any more.

use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{COUNTER_NOBODY, device_entity as device};

/// Which device.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RevokeInput {
    /// The device; all of the caller's unless told.
    #[serde(default)]
    pub device_id: Option<Uuid>,
}

/// How many were revoked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DevicesRevoked {
    /// Devices.
    pub revoked: u64,
}

/// Revokes one of the caller's devices, or all of them; their secrets are gone.
///
/// # Errors
/// `counter.nobody`, 404 for a device of somebody else; contention; the database.
pub async fn revoke(cx: Cx, input: RevokeInput) -> Result<DevicesRevoked> {
    let person = cx.caller.person_id().ok_or_else(|| COUNTER_NOBODY.refusal())?;
    let tx = cx.begin().await?;
    let mut rows =
        device::Entity::find().filter(device::Column::PersonId.eq(person)).filter(device::Column::RevokedAt.is_null());
    if let Some(id) = input.device_id {
        rows = rows.filter(device::Column::Id.eq(id));
    }
    let rows = rows.all(&tx).await?;
    if rows.is_empty() && input.device_id.is_some() {
        return Err(Error::not_found());
    }
    for row in &rows {
        one(&tx, row.id, "lost").await?;
    }
    tx.commit(DevicesRevoked { revoked: rows.len() as u64 }).await
}

/// Revokes a device.
pub(super) async fn one(tx: &Tx, id: Id, why: &str) -> Result<()> {
    let sql = "UPDATE pay_device SET revoked_at = $2, why = $3, secret_sealed = NULL
        WHERE id = $1 AND revoked_at IS NULL";
    tx.execute_sql(sql, [id.into(), tx.now().into(), why.into()]).await?;
    tx.record(Event::of("pay_device.revoked", "pay_device", id).with("why", why)).await?;
    Ok(())
}
