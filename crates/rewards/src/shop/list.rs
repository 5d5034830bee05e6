//! The shops of a merchant as rows of the desk.

use kernel::page::{Page, PageInput};
use kernel::{Cx, Result};
use registry::division::Divisions;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{self, Column};
use super::near::division_name;
use super::rules::clock;
use crate::merchant::access::MERCHANT_READ;
use crate::merchant::find;

/// Of which merchant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopsInput {
    /// The merchant.
    pub merchant_id: Uuid,
    /// `open`, `paused`, `closed`.
    #[serde(default)]
    pub state: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A shop in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShopRow {
    /// Which.
    pub id: Uuid,
    /// Counts its changes; sent back with a change.
    pub version: i64,
    /// The merchant's own number of it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its division.
    pub division_code: String,
    /// Name of the division, of one in this city.
    pub division_name: Option<String>,
    /// Where it stands.
    pub address: String,
    /// Millionths of a degree.
    pub lon_e6: Option<i64>,
    /// Millionths of a degree.
    pub lat_e6: Option<i64>,
    /// `09:00`.
    pub opens: String,
    /// `21:00`.
    pub closes: String,
    /// Days of the week on which it is shut.
    pub shut: String,
    /// `open`, `paused`, `closed`.
    pub state: String,
    /// Why it is not open.
    pub reason: Option<String>,
}

/// Lists the shops of a merchant, in order of their entry.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn list(cx: Cx, input: ShopsInput) -> Result<Page<ShopRow>> {
    let merchant = find::kept(&cx, cx.read(), MERCHANT_READ, input.merchant_id).await?;
    let page = PageInput::new(input.after, input.limit);
    let mut rows =
        entity::Entity::find().filter(Column::MerchantId.eq(merchant.id)).order_by_asc(Column::Id).limit(page.fetch());
    if let Some(state) = &input.state {
        rows = rows.filter(Column::State.eq(state.as_str()));
    }
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.gt(after));
    }
    let divisions = Divisions::on(cx.read(), cx.today()).await?;
    let rows = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(rows.map(|row| shaped(row, &divisions)))
}

fn shaped(row: entity::Model, divisions: &Divisions) -> ShopRow {
    ShopRow {
        division_name: division_name(divisions, &row.division_code),
        opens: clock(row.opens),
        closes: clock(row.closes),
        id: row.id,
        version: row.version,
        code: row.code,
        name: row.name,
        division_code: row.division_code,
        address: row.address,
        lon_e6: row.lon_e6,
        lat_e6: row.lat_e6,
        shut: row.shut,
        state: row.state,
        reason: row.reason,
    }
}
