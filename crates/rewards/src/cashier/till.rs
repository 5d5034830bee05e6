//! Who stands at the till of a shop: asked before every charge, refund and look at a shop's money.

use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{CASHIER_ROLE, CashierRole, entity, shift_entity as shift};
use crate::merchant::find;
use crate::shop::entity as shop;

/// Somebody at the till of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Till {
    /// Whose shop it is.
    pub merchant_id: Id,
    /// Which shop.
    pub shop_id: Id,
    /// Who acts: the cashier of the shift, or the phone's own one.
    pub cashier_id: Id,
    /// What he may do.
    pub role: CashierRole,
    /// By a shift at a shared phone.
    pub by_shift: bool,
}

/// The caller at the till of a shop with a role of at least `need`. To charge, the merchant must take points today and
/// the shop be open.
///
/// # Errors
/// 404 for everybody who does not work there; `cashier.role`; for [`CashierRole::Charge`] also `merchant.closed`,
/// `shop.closed`; the database.
pub async fn till(cx: &Cx, conn: &impl ConnectionTrait, shop_id: Id, need: CashierRole) -> Result<Till> {
    let place = shop::Entity::find_by_id(shop_id).one(conn).await?.ok_or_else(Error::not_found)?;
    let (own, by_shift) = match on_shift(cx, conn, shop_id).await? {
        Some(row) => (row, true),
        None => (own(cx, conn, &place).await?.ok_or_else(Error::not_found)?, false),
    };
    let role = role_of(&own)?;
    if role < need {
        return Err(CASHIER_ROLE.refusal().into());
    }
    if need == CashierRole::Charge {
        find::takes_points(conn, place.merchant_id, cx.today()).await?;
        crate::shop::must_be_open(&place.state)?;
    }
    Ok(Till { merchant_id: place.merchant_id, shop_id, cashier_id: own.id, role, by_shift })
}

/// The caller's own work for a merchant.
///
/// # Errors
/// 404 for everybody who does not work there; the database.
pub async fn works_for(cx: &Cx, conn: &impl ConnectionTrait, merchant: Id) -> Result<(entity::Model, CashierRole)> {
    let account = cx.caller.account()?;
    let row = entity::Entity::find()
        .filter(entity::Column::AccountId.eq(account))
        .filter(entity::Column::MerchantId.eq(merchant))
        .filter(entity::Column::State.eq("active"))
        .one(conn)
        .await?
        .ok_or_else(Error::not_found)?;
    let role = role_of(&row)?;
    Ok((row, role))
}

/// The caller as a manager of a merchant; of one shop alone, where that is his.
///
/// # Errors
/// 404 for everybody who does not work there; `cashier.role`; the database.
pub async fn manager_of(cx: &Cx, conn: &impl ConnectionTrait, merchant: Id) -> Result<entity::Model> {
    let (row, role) = works_for(cx, conn, merchant).await?;
    if role < CashierRole::Manager {
        return Err(CASHIER_ROLE.refusal().into());
    }
    Ok(row)
}

/// The cashier of the shift that is open at this phone for this shop, while he still works there.
pub(super) async fn on_shift(cx: &Cx, conn: &impl ConnectionTrait, shop_id: Id) -> Result<Option<entity::Model>> {
    let Some(session) = cx.caller.account_id().and(cx.caller.session_id()) else { return Ok(None) };
    let open = shift::Entity::find()
        .filter(shift::Column::SessionId.eq(session))
        .filter(shift::Column::ShopId.eq(shop_id))
        .filter(shift::Column::EndedAt.is_null())
        .one(conn)
        .await?;
    let Some(open) = open else { return Ok(None) };
    let row = entity::Entity::find_by_id(open.cashier_id).one(conn).await?;
    Ok(row.filter(|row| row.state == "active"))
}

/// The caller's own work in a shop: there alone, or for all shops of the merchant.
pub(super) async fn own(cx: &Cx, conn: &impl ConnectionTrait, place: &shop::Model) -> Result<Option<entity::Model>> {
    let account = cx.caller.account()?;
    let row = entity::Entity::find()
        .filter(entity::Column::AccountId.eq(account))
        .filter(entity::Column::MerchantId.eq(place.merchant_id))
        .filter(entity::Column::State.eq("active"))
        .one(conn)
        .await?;
    Ok(row.filter(|row| row.shop_id.is_none_or(|only| only == place.id)))
}

pub(super) fn role_of(row: &entity::Model) -> Result<CashierRole> {
    CashierRole::parse(&row.role).ok_or_else(|| Error::internal("a cashier of an unknown role"))
}
