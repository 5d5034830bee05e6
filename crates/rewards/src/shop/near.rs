//! Shops near a member: by distance where she tells her place, else by division. Her place is not kept.

use std::collections::{BTreeMap, BTreeSet};

use kernel::page::{Page, PageInput};
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use registry::division::{Divisions, province};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{self, Column};
use super::rules::{Hours, clock, metres, place, within};
use crate::merchant::entity as merchant;

/// Shops looked at around a place: half a degree is some fifty kilometres.
const AROUND_E6: i64 = 500_000;
/// Shops that are shown by distance.
const NEAREST: usize = 50;

/// Which shops.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NearInput {
    /// Millionths of a degree to the east, where the member tells her place.
    #[serde(default)]
    pub lon_e6: Option<i64>,
    /// Millionths of a degree to the north.
    #[serde(default)]
    pub lat_e6: Option<i64>,
    /// In this division.
    #[serde(default)]
    pub division_code: Option<String>,
    /// What is sold.
    #[serde(default)]
    pub category: Option<String>,
    /// Beginning of the shop's name.
    #[serde(default)]
    pub text: Option<String>,
    /// The `next` of the page before; of a list by division.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A shop as a member sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NearShop {
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub merchant_name: String,
    /// What is sold.
    pub category: String,
    /// Its division.
    pub division_code: String,
    /// Name of the division; of one in another city after that of the city.
    pub division_name: Option<String>,
    /// Where it stands.
    pub address: String,
    /// `09:00`.
    pub opens: String,
    /// `21:00`.
    pub closes: String,
    /// Days of the week on which it is shut.
    pub shut: String,
    /// It is open now.
    pub open_now: bool,
    /// How far, where the member told her place.
    pub metres: Option<i64>,
}

/// Lists shops that take points today.
///
/// # Errors
/// `merchant.form`; the database.
pub async fn near(cx: Cx, input: NearInput) -> Result<Page<NearShop>> {
    let here = place(input.lon_e6, input.lat_e6)?;
    let page = PageInput::new(input.after.clone(), input.limit);
    let mut rows = open(cx.today(), input.category.as_deref());
    if let Some(code) = input.division_code.as_deref().filter(|code| !code.is_empty()) {
        rows = rows.filter(Column::DivisionCode.starts_with(within(code)));
    }
    if let Some(text) = input.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        rows = rows.filter(Column::Name.starts_with(text));
    }
    if let Some(here) = here {
        let around = |at: i64| at - AROUND_E6..=at + AROUND_E6;
        let (lon, lat) = (around(here.0), around(here.1));
        let rows = rows
            .filter(Column::LatE6.between(*lat.start(), *lat.end()))
            .filter(Column::LonE6.between(*lon.start(), *lon.end()));
        let mut items = shaped(&cx, rows.all(cx.read()).await?, Some(here)).await?;
        items.sort_by(|a, b| a.metres.cmp(&b.metres).then_with(|| a.id.cmp(&b.id)));
        items.truncate(NEAREST);
        return Ok(Page { items, next: None });
    }
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.gt(after));
    }
    let rows = rows.order_by_asc(Column::Id).limit(page.fetch()).all(cx.read()).await?;
    let rows = Page::cut(rows, &page, |row| row.id.to_string());
    Ok(Page { items: shaped(&cx, rows.items, None).await?, next: rows.next })
}

/// Open shops of merchants that take points on a day.
fn open(day: Day, category: Option<&str>) -> Select<entity::Entity> {
    let mut takes = Condition::all()
        .add(merchant::Column::State.eq("active"))
        .add(merchant::Column::ContractFrom.lte(day))
        .add(merchant::Column::ContractTo.gt(day));
    if let Some(category) = category.filter(|category| !category.is_empty()) {
        takes = takes.add(merchant::Column::Category.eq(category));
    }
    let merchants = Query::select().column(merchant::Column::Id).from(merchant::Entity).cond_where(takes).to_owned();
    entity::Entity::find().filter(Column::State.eq("open")).filter(Column::MerchantId.in_subquery(merchants))
}

/// Name of a division; of one in another city after that of the city.
pub(super) fn division_name(divisions: &Divisions, code: &str) -> Option<String> {
    divisions.name(code).map(str::to_owned).or_else(|| province::way(code))
}

/// Shops as members see them, with whose they are.
///
/// # Errors
/// The database.
pub(super) async fn shaped(cx: &Cx, rows: Vec<entity::Model>, here: Option<(i64, i64)>) -> Result<Vec<NearShop>> {
    let divisions = Divisions::on(cx.read(), cx.today()).await?;
    let ids: BTreeSet<Id> = rows.iter().map(|row| row.merchant_id).collect();
    let merchants = merchant::Entity::find().filter(merchant::Column::Id.is_in(ids)).all(cx.read()).await?;
    let merchants: BTreeMap<Id, merchant::Model> = merchants.into_iter().map(|row| (row.id, row)).collect();
    let now = cx.now();
    let shape = |row: entity::Model| {
        let hours = Hours { opens: row.opens, closes: row.closes, shut: row.shut.clone() };
        let (of, place) = (merchants.get(&row.merchant_id), row.lon_e6.zip(row.lat_e6));
        NearShop {
            merchant_name: of.map(|of| of.name.clone()).unwrap_or_default(),
            category: of.map(|of| of.category.clone()).unwrap_or_default(),
            division_name: division_name(&divisions, &row.division_code),
            open_now: row.state == "open" && hours.is_open(now),
            metres: here.zip(place).map(|(here, place)| metres(here, place)),
            opens: clock(row.opens),
            closes: clock(row.closes),
            id: row.id,
            name: row.name,
            division_code: row.division_code,
            address: row.address,
            shut: row.shut,
        }
    };
    Ok(rows.into_iter().map(shape).collect())
}
