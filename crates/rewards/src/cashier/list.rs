//! Cashiers and open invitations of a merchant, for its manager.

use chrono::{DateTime, Utc};
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{entity, invitation_entity as invitation, manager_of};

/// Of which merchant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CashiersInput {
    /// The merchant.
    pub merchant_id: Uuid,
}

/// Who works for a merchant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Cashiers {
    /// Cashiers, in order of their beginning.
    pub items: Vec<CashierRow>,
    /// Codes that can still be used.
    pub invitations: Vec<InvitationRow>,
}

/// A cashier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CashierRow {
    /// Which.
    pub id: Uuid,
    /// What he is called.
    pub label: String,
    /// `charge`, `refund`, `manager`.
    pub role: String,
    /// The one shop; all of them if none.
    pub shop_id: Option<Uuid>,
    /// A PIN for shared phones is set.
    pub has_pin: bool,
    /// It is the caller himself.
    pub own: bool,
    /// Since when.
    pub began_at: DateTime<Utc>,
}

/// A code that was not used yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvitationRow {
    /// Which.
    pub id: Uuid,
    /// For whom.
    pub label: String,
    /// As what.
    pub role: String,
    /// The one shop; all of them if none.
    pub shop_id: Option<Uuid>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Lists them; a manager of one shop sees those of that shop.
///
/// # Errors
/// `cashier.role`, 404 elsewhere; the database.
pub async fn list(cx: Cx, input: CashiersInput) -> Result<Cashiers> {
    let conn = cx.read();
    let me = manager_of(&cx, conn, input.merchant_id).await?;
    let mut rows = entity::Entity::find()
        .filter(entity::Column::MerchantId.eq(input.merchant_id))
        .filter(entity::Column::State.eq("active"))
        .order_by_asc(entity::Column::BeganAt)
        .order_by_asc(entity::Column::Id);
    let mut codes = invitation::Entity::find()
        .filter(invitation::Column::MerchantId.eq(input.merchant_id))
        .filter(invitation::Column::UsedAt.is_null())
        .filter(invitation::Column::DroppedAt.is_null())
        .filter(invitation::Column::ExpiresAt.gt(cx.now()))
        .order_by_asc(invitation::Column::InvitedAt)
        .order_by_asc(invitation::Column::Id);
    if let Some(shop) = me.shop_id {
        rows = rows.filter(entity::Column::ShopId.eq(shop));
        codes = codes.filter(invitation::Column::ShopId.eq(shop));
    }
    let shape = |row: entity::Model| CashierRow {
        own: row.id == me.id,
        has_pin: row.pin_hash.is_some(),
        id: row.id,
        label: row.label,
        role: row.role,
        shop_id: row.shop_id,
        began_at: row.began_at,
    };
    let code = |row: invitation::Model| InvitationRow {
        id: row.id,
        label: row.label,
        role: row.role,
        shop_id: row.shop_id,
        expires_at: row.expires_at,
    };
    Ok(Cashiers {
        items: rows.all(conn).await?.into_iter().map(shape).collect(),
        invitations: codes.all(conn).await?.into_iter().map(code).collect(),
    })
}
