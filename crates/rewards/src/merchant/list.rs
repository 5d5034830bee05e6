//! Merchants as rows.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use kernel::page::{Page, PageInput};
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use registry::staff::organizations_named;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::MERCHANT_READ;
use super::entity::{self, Column};
use crate::shop::entity as shop;

/// Which merchants.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantsInput {
    /// `waiting`, `returned`, `active`, `suspended`, `ended`.
    #[serde(default)]
    pub state: Option<String>,
    /// Beginning of the name, or the whole code.
    #[serde(default)]
    pub text: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A merchant in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MerchantRow {
    /// Which.
    pub id: Uuid,
    /// Counts its changes; sent back with a change.
    pub version: i64,
    /// The union that contracts.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// Name on the business licence.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// What it sells.
    pub category: String,
    /// `waiting`, `returned`, `active`, `suspended`, `ended`.
    pub state: String,
    /// Why it was returned, suspended or ended.
    pub reason: Option<String>,
    /// What was agreed.
    pub terms: Option<String>,
    /// First day of the contract.
    pub contract_from: Option<NaiveDate>,
    /// The first day on which it is over.
    pub contract_to: Option<NaiveDate>,
    /// It takes points today.
    pub takes_points: bool,
    /// How many shops it has that are not closed.
    pub shops: i64,
}

/// Lists merchants in the caller's scope, the newest first.
///
/// # Errors
/// The database.
pub async fn list(cx: Cx, input: MerchantsInput) -> Result<Page<MerchantRow>> {
    let page = PageInput::new(input.after, input.limit);
    let mut rows = entity::Entity::find()
        .filter(cx.caller.scope(MERCHANT_READ).covers(Column::OrganizationId))
        .order_by_desc(Column::Id)
        .limit(page.fetch());
    if let Some(state) = &input.state {
        rows = rows.filter(Column::State.eq(state.as_str()));
    }
    if let Some(text) = input.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        rows = rows.filter(Condition::any().add(Column::Name.starts_with(text)).add(Column::Uscc.eq(text)));
    }
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.lt(after));
    }
    let rows = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    let items = shaped(cx.read(), rows.items, cx.today()).await?;
    Ok(Page { items, next: rows.next })
}

/// Rows as they are shown.
///
/// # Errors
/// The database.
pub async fn shaped(conn: &impl ConnectionTrait, rows: Vec<entity::Model>, today: Day) -> Result<Vec<MerchantRow>> {
    let unions = organizations_named(conn, rows.iter().map(|row| row.organization_id).collect()).await?;
    let shops = shops_of(conn, rows.iter().map(|row| row.id).collect()).await?;
    let shape = |row: entity::Model| MerchantRow {
        takes_points: row.takes_points(today),
        organization_name: unions.get(&row.organization_id).cloned().unwrap_or_default(),
        shops: shops.get(&row.id).copied().unwrap_or_default(),
        id: row.id,
        version: row.version,
        organization_id: row.organization_id,
        name: row.name,
        uscc: row.uscc,
        category: row.category,
        state: row.state,
        reason: row.reason,
        terms: row.terms,
        contract_from: row.contract_from,
        contract_to: row.contract_to,
    };
    Ok(rows.into_iter().map(shape).collect())
}

async fn shops_of(conn: &impl ConnectionTrait, merchants: Vec<Id>) -> Result<HashMap<Id, i64>> {
    let counts: Vec<(Id, i64)> = shop::Entity::find()
        .select_only()
        .column(shop::Column::MerchantId)
        .column_as(Expr::cust("CAST(count(*) AS bigint)"), "shops")
        .filter(shop::Column::MerchantId.is_in(merchants))
        .filter(shop::Column::State.ne("closed"))
        .group_by(shop::Column::MerchantId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// Names of merchants; unknown ids are left out.
///
/// # Errors
/// The database.
pub async fn named(conn: &impl ConnectionTrait, ids: impl IntoIterator<Item = Id>) -> Result<BTreeMap<Id, String>> {
    let rows: Vec<(Id, String)> = entity::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Name])
        .filter(Column::Id.is_in(ids))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}
