//! Tills of a shop: a manager adds one, hands the key to whoever sets it up, and revokes it when it goes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use kernel::crypto::seal;
use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Result};
use rand::RngExt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::call::key_place;
use crate::cashier::{self, CashierRole};
use crate::counter::{rules, till_entity as till};

/// Of which shop.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct TillsInput {
    /// The shop.
    pub shop_id: Uuid,
}

/// A till to be added.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct TillAdd {
    /// The shop.
    pub shop_id: Uuid,
    /// What it is called there: 1 号收银台.
    pub label: String,
    /// It may refund.
    #[serde(default)]
    pub refunds: bool,
}

/// A till to be revoked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct TillRevoke {
    /// The shop.
    pub shop_id: Uuid,
    /// The till.
    pub till_id: Uuid,
}

/// What a till is set up with. The key is told this once.
#[derive(Clone, Serialize, ToSchema)]
pub struct TillAdded {
    /// The till.
    pub id: Uuid,
    /// Its number, ten digits.
    pub number: String,
    /// 32 bytes in base64.
    pub key: String,
}

/// Tills of a shop.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Tills {
    /// Newest first.
    pub items: Vec<TillRow>,
}

/// A till.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TillRow {
    /// The till.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// What it is called.
    pub label: String,
    /// It may refund.
    pub refunds: bool,
    /// Since when.
    pub added_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Lists the tills of a shop.
///
/// # Errors
/// `cashier.role`, 404 for who does not work there; the database.
pub async fn list(cx: Cx, input: TillsInput) -> Result<Tills> {
    cashier::till(&cx, cx.read(), input.shop_id, CashierRole::Manager).await?;
    let rows = till::Entity::find()
        .filter(till::Column::ShopId.eq(input.shop_id))
        .order_by_desc(till::Column::AddedAt)
        .order_by_desc(till::Column::Id)
        .all(cx.read())
        .await?;
    let shown = |row: till::Model| TillRow {
        id: row.id,
        number: row.number,
        label: row.label,
        refunds: row.refunds,
        added_at: row.added_at,
        revoked_at: row.revoked_at,
    };
    Ok(Tills { items: rows.into_iter().map(shown).collect() })
}

/// Adds a till.
///
/// # Errors
/// `cashier.role`, `counter.form`, 404 for who does not work there; contention; the database.
pub async fn add(cx: Cx, input: TillAdd) -> Result<TillAdded> {
    let label = rules::text(&input.label, "label", "收银机名称", 1, 30)?;
    // Answers are kept with their key of the request: this one must not be.
    let tx = cx.unclaimed().begin().await?;
    cashier::till(&cx, &tx, input.shop_id, CashierRole::Manager).await?;
    let (id, key) = (tx.id(), rand::random::<[u8; 32]>());
    let sealed = seal(tx.app().keys.as_ref(), &key_place(id), &key).map_err(Error::internal)?;
    let number = loop {
        let number = format!("{:010}", rand::rng().random_range(0..10_000_000_000_u64));
        let insert = "INSERT INTO till (id, shop_id, number, label, refunds, key_sealed, added_by, added_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
        let values = [
            id.into(),
            input.shop_id.into(),
            number.clone().into(),
            label.clone().into(),
            input.refunds.into(),
            sealed.clone().into(),
            cx.caller.account_id().into(),
            tx.now().into(),
        ];
        if tx.execute_sql(insert, values).await? == 1 {
            break number;
        }
    };
    tx.record(Event::of("till.added", "till", id).with("shop_id", input.shop_id).with("refunds", input.refunds))
        .await?;
    tx.commit(()).await?;
    Ok(TillAdded { id, number, key: STANDARD.encode(key) })
}

/// Revokes a till; its key is gone.
///
/// # Errors
/// `cashier.role`, 404 for who does not work there or a till of another shop; contention; the database.
pub async fn revoke(cx: Cx, input: TillRevoke) -> Result<Done> {
    let tx = cx.begin().await?;
    cashier::till(&cx, &tx, input.shop_id, CashierRole::Manager).await?;
    let update = "UPDATE till SET revoked_at = $3, revoked_by = $4, key_sealed = NULL
        WHERE id = $1 AND shop_id = $2 AND revoked_at IS NULL";
    let values = [input.till_id.into(), input.shop_id.into(), tx.now().into(), cx.caller.account_id().into()];
    if tx.execute_sql(update, values).await? != 1 {
        return Err(Error::not_found());
    }
    tx.record(Event::of("till.revoked", "till", input.till_id).with("shop_id", input.shop_id)).await?;
    tx.commit(Done {}).await
}
