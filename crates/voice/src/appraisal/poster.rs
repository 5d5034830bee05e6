//! The poster for the wall: where to rate, as a picture that a phone reads.

use chrono::NaiveDate;
use kernel::{Cx, Error, Result};
use qrcode::QrCode;
use qrcode::render::svg;
use registry::organization::record;
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{State, last_day};
use super::withdraw::EvaluationInput;
use super::{EVALUATION_STATE, find, instrument, load};

/// What stands on the poster.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EvaluationPoster {
    /// The evaluation, as it stands on the page.
    pub title: String,
    /// Whom or what it is about.
    pub subject_name: String,
    /// The union responsible.
    pub organization_name: String,
    /// First day.
    pub opens_on: NaiveDate,
    /// Last day.
    pub closes_on: NaiveDate,
    /// The address behind the picture; the same for everybody, so that scanning it tells nothing.
    pub url: String,
    /// The address as a QR code.
    pub qr_svg: String,
}

/// Draws the poster of an evaluation that was opened.
///
/// # Errors
/// `evaluation.state` before the opening, 404 outside the caller's reach; the database.
pub async fn poster(cx: Cx, input: EvaluationInput) -> Result<EvaluationPoster> {
    let row = load(cx.read(), input.evaluation_id).await?;
    if !find::read_by_staff(&cx, cx.read(), &row).await? {
        return Err(Error::not_found());
    }
    if !State::parse(&row.state)?.was_opened() {
        return Err(EVALUATION_STATE.refusal().into());
    }
    let frozen = instrument(&row)?;
    let url = format!("{}/evaluations/{}", cx.app.config.base_url, row.id);
    let code = QrCode::new(url.as_bytes()).map_err(Error::internal)?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    // The element alone, without the XML declaration, can stand in a page.
    let qr_svg = drawn.find("<svg").map(|start| drawn[start..].to_owned()).unwrap_or_default();
    Ok(EvaluationPoster {
        title: frozen.title,
        subject_name: frozen.subject.name,
        organization_name: record::load(cx.read(), row.organization_id).await?.name,
        opens_on: frozen.opens_on,
        closes_on: last_day(frozen.closes_at),
        url,
        qr_svg,
    })
}
