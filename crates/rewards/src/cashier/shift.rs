//! Shifts at a phone that several share.

use chrono::{DateTime, Utc};
use kernel::crypto::password;
use kernel::event::Event;
use kernel::parameter;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result, Tx};
use registry::account::rules::Failures;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::till::{on_shift, own, role_of};
use super::{CASHIER_PIN, CASHIER_PIN_LOCKED, CASHIER_PIN_MISSING, CashierRole, entity, shift_entity as shift};
use crate::merchant::parameters::{PIN_LOCK_MINUTES, PIN_TRIES};
use crate::shop::entity as shop;

/// At which shop.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShiftInput {
    /// The shop.
    pub shop_id: Uuid,
}

/// Who begins.
#[derive(Clone, Deserialize, ToSchema)]
pub struct ShiftBegin {
    /// The shop.
    pub shop_id: Uuid,
    /// Who.
    pub cashier_id: Uuid,
    /// His PIN.
    pub pin: String,
}

/// Who stands at this phone.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ShiftPage {
    /// Whose charges are made here now.
    pub now: ShiftCashier,
    /// By a shift; otherwise the phone is his own.
    pub by_shift: bool,
    /// Since when, of a shift.
    pub since: Option<DateTime<Utc>>,
    /// Who could begin a shift here.
    pub others: Vec<ShiftCashier>,
}

/// Somebody who works in a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShiftCashier {
    /// Which.
    pub id: Uuid,
    /// What he is called.
    pub label: String,
    /// What he may do.
    pub role: CashierRole,
}

/// Tells who stands at this phone, and who could.
///
/// # Errors
/// 404 for a phone whose account does not work there; the database.
pub async fn show(cx: Cx, input: ShiftInput) -> Result<ShiftPage> {
    page(&cx, cx.read(), input.shop_id).await
}

/// Begins a shift; the one before at this phone ends. Wrong PINs lock the cashier, and the count commits.
///
/// # Errors
/// `cashier.pin`, `cashier.pin_locked`, `cashier.pin_missing`, 404 elsewhere; the database.
pub async fn begin(cx: Cx, input: ShiftBegin) -> Result<ShiftPage> {
    let place = phone_of(&cx, cx.read(), input.shop_id).await?;
    let who = works_here(cx.read(), &place, input.cashier_id).await?;
    let hash = who.pin_hash.clone().ok_or_else(|| CASHIER_PIN_MISSING.refusal())?;
    if failing(&who).is_locked(cx.now()) {
        return Err(CASHIER_PIN_LOCKED.refusal().into());
    }
    // Before the transaction: a hash takes tens of milliseconds.
    let pin = input.pin;
    let right = tokio::task::spawn_blocking(move || password::verify(&pin, &hash)).await.map_err(Error::internal)?;
    let tx = cx.begin().await?;
    // Read again: another phone may have locked him, or a new PIN been set, since.
    let who = works_here(&tx, &place, input.cashier_id).await?;
    if failing(&who).is_locked(tx.now()) {
        return Err(CASHIER_PIN_LOCKED.refusal().into());
    }
    if !right {
        return wrong(tx, &who).await;
    }
    let session = cx.caller.session_id().ok_or_else(Error::not_found)?;
    end_at(&tx, session).await?;
    let row = shift::ActiveModel {
        id: Set(tx.id()),
        cashier_id: Set(who.id),
        shop_id: Set(place.id),
        session_id: Set(session),
        began_at: Set(tx.now()),
        ended_at: Set(None),
    };
    shift::Entity::insert(row).exec_without_returning(&tx).await?;
    let sql = "UPDATE cashier SET pin_failures = 0, pin_locked_until = NULL WHERE id = $1";
    tx.execute_sql(sql, [who.id.into()]).await?;
    tx.record(Event::of("cashier.shift_begun", "shop", place.id).with("cashier_id", who.id)).await?;
    let answer = page(&cx, &tx, place.id).await?;
    tx.commit(answer).await
}

/// Ends the shift at this phone; without one it changes nothing.
///
/// # Errors
/// 404 for a phone whose account does not work there; the database.
pub async fn end(cx: Cx, input: ShiftInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let place = phone_of(&cx, &tx, input.shop_id).await?;
    if let Some(session) = cx.caller.session_id()
        && end_at(&tx, session).await?
    {
        tx.record(Event::of("cashier.shift_ended", "shop", place.id)).await?;
    }
    tx.commit(Done {}).await
}

/// The shop, of a phone whose own account works there.
async fn phone_of(cx: &Cx, conn: &impl ConnectionTrait, shop_id: Id) -> Result<shop::Model> {
    let place = shop::Entity::find_by_id(shop_id).one(conn).await?.ok_or_else(Error::not_found)?;
    own(cx, conn, &place).await?.ok_or_else(Error::not_found)?;
    Ok(place)
}

/// A cashier of the shop, or of all shops of its merchant.
async fn works_here(conn: &impl ConnectionTrait, place: &shop::Model, cashier: Id) -> Result<entity::Model> {
    let row = entity::Entity::find_by_id(cashier).one(conn).await?;
    let here = |row: &entity::Model| {
        row.state == "active" && row.merchant_id == place.merchant_id && row.shop_id.is_none_or(|only| only == place.id)
    };
    row.filter(here).ok_or_else(Error::not_found)
}

async fn page(cx: &Cx, conn: &impl ConnectionTrait, shop_id: Id) -> Result<ShiftPage> {
    let place = phone_of(cx, conn, shop_id).await?;
    let standing = on_shift(cx, conn, shop_id).await?;
    let by_shift = standing.is_some();
    let now = match standing {
        Some(row) => row,
        None => own(cx, conn, &place).await?.ok_or_else(Error::not_found)?,
    };
    let rows = entity::Entity::find()
        .filter(entity::Column::MerchantId.eq(place.merchant_id))
        .filter(entity::Column::State.eq("active"))
        .filter(entity::Column::PinHash.is_not_null())
        .filter(Condition::any().add(entity::Column::ShopId.is_null()).add(entity::Column::ShopId.eq(place.id)))
        .order_by_asc(entity::Column::BeganAt)
        .order_by_asc(entity::Column::Id);
    let others = rows.all(conn).await?.into_iter().filter(|row| row.id != now.id).map(|row| shown(&row));
    let others = others.collect::<Result<Vec<_>>>()?;
    let since = if by_shift { since(cx, conn).await? } else { None };
    Ok(ShiftPage { now: shown(&now)?, by_shift, since, others })
}

async fn since(cx: &Cx, conn: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>> {
    let Some(session) = cx.caller.session_id() else { return Ok(None) };
    let open =
        shift::Entity::find().filter(shift::Column::SessionId.eq(session)).filter(shift::Column::EndedAt.is_null());
    Ok(open.one(conn).await?.map(|row| row.began_at))
}

fn shown(row: &entity::Model) -> Result<ShiftCashier> {
    Ok(ShiftCashier { id: row.id, label: row.label.clone(), role: role_of(row)? })
}

fn failing(row: &entity::Model) -> Failures {
    Failures { count: row.pin_failures, locked_until: row.pin_locked_until }
}

/// Counts a wrong PIN; the last one of so many locks.
async fn wrong(tx: Tx, who: &entity::Model) -> Result<ShiftPage> {
    let most = parameter::get_i64(&tx, PIN_TRIES, "", tx.today()).await?;
    let minutes = parameter::get_i64(&tx, PIN_LOCK_MINUTES, "", tx.today()).await?;
    let after = failing(who).one_more(tx.now(), most, minutes);
    let sql = "UPDATE cashier SET pin_failures = $2, pin_locked_until = $3 WHERE id = $1";
    tx.execute_sql(sql, [who.id.into(), after.count.into(), after.locked_until.into()]).await?;
    let locked = after.locked_until.is_some();
    let event = Event::of("cashier.pin_wrong", "merchant", who.merchant_id).with("cashier_id", who.id);
    tx.record(event.with("locked", locked)).await?;
    let refusal = if locked { CASHIER_PIN_LOCKED.refusal() } else { CASHIER_PIN.refusal().on("pin") };
    tx.refuse(refusal).await
}

/// Ends the shift of a session.
async fn end_at(tx: &Tx, session: Id) -> Result<bool> {
    let sql = "UPDATE cashier_shift SET ended_at = $2 WHERE session_id = $1 AND ended_at IS NULL";
    Ok(tx.execute_sql(sql, [session.into(), tx.now().into()]).await? == 1)
}
