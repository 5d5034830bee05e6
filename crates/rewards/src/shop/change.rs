//! A shop is entered, changed, paused, opened again, closed.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result, Tx};
use registry::division::Divisions;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{Hours, is_elsewhere, place};
use super::{SHOP_CHANGED, SHOP_DIVISION, SHOP_TWICE, entity};
use crate::merchant::access::MERCHANT_KEEP;
use crate::merchant::{MERCHANT_STATE, entity as merchant, find, rules};

/// The city whose divisions are listed here.
const HOME: &str = "440700";

/// What is written of a shop.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopForm {
    /// The merchant's own number of it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Division by GB/T 2260 or GB/T 10114; of another city six digits.
    pub division_code: String,
    /// Where it stands.
    pub address: String,
    /// Millionths of a degree to the east (WGS 84).
    #[serde(default)]
    pub lon_e6: Option<i64>,
    /// Millionths of a degree to the north.
    #[serde(default)]
    pub lat_e6: Option<i64>,
    /// `09:00`.
    pub opens: String,
    /// `21:00`.
    pub closes: String,
    /// Days of the week on which it is shut, `1` (Monday) to `7`.
    #[serde(default)]
    pub shut: String,
}

/// A new shop.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopEnter {
    /// Whose.
    pub merchant_id: Uuid,
    /// The shop.
    pub form: ShopForm,
}

/// A shop, written anew.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopChange {
    /// Which.
    pub shop_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
    /// The shop.
    pub form: ShopForm,
}

/// What a shop does from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShopStateStep {
    /// It takes points.
    Open,
    /// It takes none for a while.
    Pause,
    /// It is gone.
    Close,
}

/// A change of state, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopState {
    /// Which.
    pub shop_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
    /// What it does.
    pub step: ShopStateStep,
    /// Why.
    pub reason: String,
}

/// A shop that was entered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ShopEntered {
    /// Which.
    pub id: Uuid,
}

/// A form that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    pub code: String,
    pub name: String,
    pub division_code: String,
    pub address: String,
    pub place: Option<(i64, i64)>,
    pub hours: Hours,
}

/// Reads a form.
pub(super) fn checked(form: &ShopForm, divisions: &Divisions) -> Result<Checked> {
    let code = form.division_code.trim();
    if divisions.level(code).is_none() && !is_elsewhere(code, HOME) {
        return Err(SHOP_DIVISION.refusal().on("division_code").into());
    }
    Ok(Checked {
        code: rules::text(&form.code, "code", "门店编号", 1, 20)?,
        name: rules::text(&form.name, "name", "门店名称", 2, 60)?,
        division_code: code.to_owned(),
        address: rules::text(&form.address, "address", "地址", 2, 120)?,
        place: place(form.lon_e6, form.lat_e6)?,
        hours: Hours::parse(&form.opens, &form.closes, &form.shut)?,
    })
}

/// Enters a shop.
///
/// # Errors
/// `merchant.form`, `shop.division`, `shop.twice`, `merchant.state`, 404 outside the caller's scope; the database.
pub async fn enter(cx: Cx, input: ShopEnter) -> Result<ShopEntered> {
    let tx = cx.begin().await?;
    let merchant = keeper(&cx, &tx, input.merchant_id).await?;
    let form = checked(&input.form, &Divisions::on(&tx, tx.today()).await?)?;
    let id = insert(&tx, merchant.id, &form).await?.ok_or_else(|| SHOP_TWICE.refusal().on("code"))?;
    tx.record(Event::of("shop.entered", "shop", id).at(merchant.organization_id)).await?;
    tx.commit(ShopEntered { id }).await
}

/// A merchant that may have shops, kept by the caller.
pub(super) async fn keeper(cx: &Cx, tx: &Tx, id: Id) -> Result<merchant::Model> {
    let row = find::kept(cx, tx, MERCHANT_KEEP, id).await?;
    if row.state == "ended" { Err(MERCHANT_STATE.refusal().into()) } else { Ok(row) }
}

/// Writes a shop; `None` when the merchant has one of this code.
pub(super) async fn insert(tx: &Tx, merchant: Id, form: &Checked) -> Result<Option<Id>> {
    let id = tx.id();
    let row = entity::ActiveModel {
        id: Set(id),
        merchant_id: Set(merchant),
        code: Set(form.code.clone()),
        name: Set(form.name.clone()),
        division_code: Set(form.division_code.clone()),
        address: Set(form.address.clone()),
        lon_e6: Set(form.place.map(|place| place.0)),
        lat_e6: Set(form.place.map(|place| place.1)),
        opens: Set(form.hours.opens),
        closes: Set(form.hours.closes),
        shut: Set(form.hours.shut.clone()),
        state: Set("open".to_owned()),
        reason: Set(None),
        entered_at: Set(tx.now()),
        version: Set(1),
    };
    let claimed = entity::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    Ok((claimed.exec_without_returning(tx).await? == 1).then_some(id))
}

/// Writes a shop anew. Its code stays: files of shops find it by that.
///
/// # Errors
/// `merchant.form`, `shop.division`, `shop.changed`, `merchant.state`, 404 outside the caller's scope; the database.
pub async fn change(cx: Cx, input: ShopChange) -> Result<Done> {
    let tx = cx.begin().await?;
    let row = entity::Entity::find_by_id(input.shop_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let merchant = keeper(&cx, &tx, row.merchant_id).await?;
    let form = checked(&input.form, &Divisions::on(&tx, tx.today()).await?)?;
    let sql = "UPDATE shop SET name = $3, division_code = $4, address = $5, lon_e6 = $6, lat_e6 = $7, opens = $8,
        closes = $9, shut = $10, version = version + 1 WHERE id = $1 AND version = $2 AND state <> 'closed'";
    let values = [
        row.id.into(),
        input.version.into(),
        form.name.into(),
        form.division_code.into(),
        form.address.into(),
        form.place.map(|place| place.0).into(),
        form.place.map(|place| place.1).into(),
        form.hours.opens.into(),
        form.hours.closes.into(),
        form.hours.shut.into(),
    ];
    if tx.execute_sql(sql, values).await? != 1 {
        return Err(SHOP_CHANGED.refusal().into());
    }
    tx.record(Event::of("shop.changed", "shop", row.id).at(merchant.organization_id)).await?;
    tx.commit(Done {}).await
}

/// Pauses, opens or closes a shop; what is closed stays closed.
///
/// # Errors
/// `merchant.form`, `shop.changed`, `merchant.state`, 404 outside the caller's scope; the database.
pub async fn state(cx: Cx, input: ShopState) -> Result<Done> {
    let reason = rules::reason(&input.reason)?;
    let tx = cx.begin().await?;
    let row = entity::Entity::find_by_id(input.shop_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let merchant = keeper(&cx, &tx, row.merchant_id).await?;
    let (state, kind) = match input.step {
        ShopStateStep::Open => ("open", "shop.opened"),
        ShopStateStep::Pause => ("paused", "shop.paused"),
        ShopStateStep::Close => ("closed", "shop.closed"),
    };
    let sql = "UPDATE shop SET state = $3, reason = $4, version = version + 1
        WHERE id = $1 AND version = $2 AND state <> 'closed' AND state <> $3";
    let kept = (input.step != ShopStateStep::Open).then_some(reason);
    if tx.execute_sql(sql, [row.id.into(), input.version.into(), state.into(), kept.into()]).await? != 1 {
        return Err(SHOP_CHANGED.refusal().into());
    }
    tx.record(Event::of(kind, "shop", row.id).at(merchant.organization_id)).await?;
    tx.commit(Done {}).await
}
