//! One shop as members see it.

use kernel::{Cx, Error, Result};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity;
use super::near::{NearShop, shaped};
use crate::merchant::find;

/// Which shop.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopInput {
    /// Its id.
    pub shop_id: Uuid,
}

/// A shop with where it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShopPage {
    /// As in the list.
    pub shop: NearShop,
    /// Millionths of a degree to the east (WGS 84).
    pub lon_e6: Option<i64>,
    /// Millionths of a degree to the north.
    pub lat_e6: Option<i64>,
    /// It takes points today.
    pub takes_points: bool,
}

/// Shows a shop; one that is closed for good is not found.
///
/// # Errors
/// 404; the database.
pub async fn show(cx: Cx, input: ShopInput) -> Result<ShopPage> {
    let row = entity::Entity::find_by_id(input.shop_id).one(cx.read()).await?;
    let row = row.filter(|row| row.state != "closed").ok_or_else(Error::not_found)?;
    let merchant = find::one(cx.read(), row.merchant_id).await?;
    let takes_points = row.state == "open" && merchant.takes_points(cx.today());
    let (lon_e6, lat_e6) = (row.lon_e6, row.lat_e6);
    let shop = shaped(&cx, vec![row], None).await?.pop().ok_or_else(Error::not_found)?;
    Ok(ShopPage { shop, lon_e6, lat_e6, takes_points })
}
