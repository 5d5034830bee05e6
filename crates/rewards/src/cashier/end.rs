//! The work of a cashier ends.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Result, Tx};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CASHIER_LAST, CASHIER_ROLE, entity, manager_of};

/// Whose work.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CashierEnd {
    /// The cashier.
    pub cashier_id: Uuid,
}

/// Ends the work of a cashier, and his shifts; again does nothing. Everybody may end his own.
///
/// # Errors
/// `cashier.last`, `cashier.role`, 404 elsewhere; the database.
pub async fn end(cx: Cx, input: CashierEnd) -> Result<Done> {
    let account = cx.caller.account()?;
    let tx = cx.begin().await?;
    let row = entity::Entity::find_by_id(input.cashier_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    if row.account_id != account {
        let manager = manager_of(&cx, &tx, row.merchant_id).await?;
        if manager.shop_id.is_some() && manager.shop_id != row.shop_id {
            return Err(CASHIER_ROLE.refusal().into());
        }
    }
    if row.state == "ended" {
        return tx.commit(Done {}).await;
    }
    if row.role == "manager" && is_last(&tx, &row).await? {
        return Err(CASHIER_LAST.refusal().into());
    }
    let sql = "UPDATE cashier SET state = 'ended', ended_at = $2 WHERE id = $1 AND state = 'active'";
    tx.execute_sql(sql, [row.id.into(), tx.now().into()]).await?;
    let shifts = "UPDATE cashier_shift SET ended_at = $2 WHERE cashier_id = $1 AND ended_at IS NULL";
    tx.execute_sql(shifts, [row.id.into(), tx.now().into()]).await?;
    tx.record(Event::of("cashier.ended", "merchant", row.merchant_id).with("cashier_id", row.id)).await?;
    tx.commit(Done {}).await
}

/// No other manager keeps all shops of the merchant.
async fn is_last(tx: &Tx, row: &entity::Model) -> Result<bool> {
    if row.shop_id.is_some() {
        return Ok(false);
    }
    let others = entity::Entity::find()
        .filter(entity::Column::MerchantId.eq(row.merchant_id))
        .filter(entity::Column::Role.eq("manager"))
        .filter(entity::Column::State.eq("active"))
        .filter(entity::Column::ShopId.is_null())
        .filter(entity::Column::Id.ne(row.id));
    Ok(others.count(tx).await? == 0)
}
