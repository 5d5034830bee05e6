//! The sign of a shop: what members scan or type to pay there.

use kernel::{Cx, Error, Result};
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{place, today};

/// Of which shop.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopSignInput {
    /// The shop.
    pub shop_id: Uuid,
}

/// What stands on a sign.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShopSign {
    /// The shop.
    pub shop_name: String,
    /// Whose it is.
    pub merchant_name: String,
    /// Six digits to be typed.
    pub number: String,
    /// The address behind the picture.
    pub url: String,
    /// The address as a QR code.
    pub qr_svg: String,
}

/// Shows the sign; the shop gets its number the first time.
///
/// # Errors
/// 404 for who does not work there, `merchant.closed`, `shop.closed`; the database.
pub async fn sign(cx: Cx, input: ShopSignInput) -> Result<ShopSign> {
    today::stands(&cx, input.shop_id).await?;
    let place = place::open(&cx, input.shop_id).await?;
    let number = place::number(&cx, place.shop_id).await?;
    let url = format!("{}/pay/{number}", cx.app.config.base_url);
    let code = QrCode::new(url.as_bytes()).map_err(Error::internal)?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    // The element alone, without the XML declaration, can stand in a page.
    let qr_svg = drawn.find("<svg").and_then(|start| drawn.get(start..)).unwrap_or_default().to_owned();
    Ok(ShopSign { shop_name: place.shop_name, merchant_name: place.merchant_name, number, url, qr_svg })
}
