//! The merchants of a phone: those for which its account works, and those that it applied for.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kernel::routes::Nothing;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{MerchantRow, shaped};
use super::one::{MerchantInput, MerchantPage, page};
use super::{entity, find};
use crate::cashier::{CashierRole, entity as cashier, works_for};
use crate::dispute::refund::owed;
use crate::shop::entity as shop;

/// What a phone has to do with merchants.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyMerchants {
    /// In order of their names.
    pub items: Vec<MyMerchant>,
}

/// A merchant of this phone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyMerchant {
    /// As in lists.
    pub merchant: MerchantRow,
    /// As what the caller works there; none for an applicant who waits.
    pub role: Option<CashierRole>,
    /// The caller's own work there.
    pub cashier_id: Option<Uuid>,
    /// A PIN for shared phones is set.
    pub has_pin: bool,
    /// The shops in which the caller works.
    pub shops: Vec<MyShop>,
    /// Refunds that disputes decided and the shops still owe; told to managers.
    pub refunds_owed: u64,
    /// The first of their last days.
    pub refunds_due_on: Option<NaiveDate>,
}

/// A shop in which the caller works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MyShop {
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub address: String,
    /// `open`, `paused`, `closed`.
    pub state: String,
}

/// Lists the merchants of this phone.
///
/// # Errors
/// The database.
pub async fn mine(cx: Cx, _: Nothing) -> Result<MyMerchants> {
    let account = cx.caller.account()?;
    let work = cashier::Entity::find()
        .filter(cashier::Column::AccountId.eq(account))
        .filter(cashier::Column::State.eq("active"))
        .all(cx.read())
        .await?;
    let applied = entity::Entity::find().filter(entity::Column::ApplicantId.eq(account)).all(cx.read()).await?;
    let mut ids: BTreeSet<Id> = work.iter().map(|row| row.merchant_id).collect();
    // Once it is approved an applicant is a manager, until somebody else takes over.
    ids.extend(applied.iter().filter(|row| ["waiting", "returned"].contains(&row.state.as_str())).map(|row| row.id));
    let rows = entity::Entity::find().filter(entity::Column::Id.is_in(ids)).order_by_asc(entity::Column::Id);
    let mut items = Vec::new();
    for merchant in shaped(cx.read(), rows.all(cx.read()).await?, cx.today()).await? {
        let own = work.iter().find(|row| row.merchant_id == merchant.id);
        let (refunds_owed, refunds_due_on) = match own.filter(|row| row.role == "manager") {
            Some(own) => owed(cx.read(), own.merchant_id, own.shop_id).await?,
            None => (0, None),
        };
        items.push(MyMerchant {
            role: own.and_then(|row| CashierRole::parse(&row.role)),
            cashier_id: own.map(|row| row.id),
            has_pin: own.is_some_and(|row| row.pin_hash.is_some()),
            shops: match own {
                Some(own) => shops(&cx, own).await?,
                None => Vec::new(),
            },
            refunds_owed,
            refunds_due_on,
            merchant,
        });
    }
    items.sort_by(|a, b| a.merchant.name.cmp(&b.merchant.name));
    Ok(MyMerchants { items })
}

async fn shops(cx: &Cx, own: &cashier::Model) -> Result<Vec<MyShop>> {
    let mut rows = shop::Entity::find()
        .filter(shop::Column::MerchantId.eq(own.merchant_id))
        .filter(shop::Column::State.ne("closed"))
        .order_by_asc(shop::Column::Code);
    if let Some(only) = own.shop_id {
        rows = rows.filter(shop::Column::Id.eq(only));
    }
    let shape = |row: shop::Model| MyShop { id: row.id, name: row.name, address: row.address, state: row.state };
    Ok(rows.all(cx.read()).await?.into_iter().map(shape).collect())
}

/// Shows a merchant to its manager, or to whoever applied for it.
///
/// # Errors
/// 404 for everybody else; the database.
pub async fn one(cx: Cx, input: MerchantInput) -> Result<MerchantPage> {
    let account = cx.caller.account()?;
    let row = find::one(cx.read(), input.merchant_id).await?;
    let applied = row.applicant_id == Some(account) && ["waiting", "returned"].contains(&row.state.as_str());
    if !applied {
        let (_, role) = works_for(&cx, cx.read(), row.id).await?;
        if role < CashierRole::Manager {
            return Err(Error::not_found());
        }
    }
    page(&cx, row, false, false).await
}
