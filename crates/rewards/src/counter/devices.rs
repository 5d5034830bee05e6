//! The caller's devices that make pay codes.

use chrono::{DateTime, Utc};
use kernel::routes::Nothing;
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::device_entity as device;

/// The devices, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PayDevices {
    /// Those that were not revoked.
    pub items: Vec<PayDevice>,
}

/// A device that makes pay codes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PayDevice {
    /// The device.
    pub id: Uuid,
    /// What the member knows it by.
    pub label: String,
    /// Since when.
    pub enrolled_at: DateTime<Utc>,
    /// Until when its secret is good.
    pub good_until: DateTime<Utc>,
}

/// Lists the caller's devices.
///
/// # Errors
/// The database.
pub async fn devices(cx: Cx, _: Nothing) -> Result<PayDevices> {
    let Some(person) = cx.caller.person_id() else {
        return Ok(PayDevices { items: Vec::new() });
    };
    let rows = device::Entity::find()
        .filter(device::Column::PersonId.eq(person))
        .filter(device::Column::RevokedAt.is_null())
        .order_by_desc(device::Column::EnrolledAt)
        .order_by_desc(device::Column::Id)
        .all(cx.read())
        .await?;
    let shown = |row: device::Model| PayDevice {
        id: row.id,
        label: row.label,
        enrolled_at: row.enrolled_at,
        good_until: row.good_until,
    };
    Ok(PayDevices { items: rows.into_iter().map(shown).collect() })
}
