//! The link and QR by which workers reach their union; a renewed one ends the one before.

use chrono::{DateTime, Utc};
use kernel::event::Event;
use kernel::{Cx, Error, Result};
use qrcode::QrCode;
use qrcode::render::svg;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{JOIN_LINK_NONE, JOIN_LINK_UNKNOWN, entity, join_link_entity as join_link, record, rules};
use crate::access::ORGANIZATION_KEEP;
use crate::division::Divisions;
use crate::employer;

/// Which union's link.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct JoinLinkInput {
    /// Which union.
    pub id: Uuid,
}

/// A joining link.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OrganizationLink {
    /// The code itself, to be read aloud.
    pub code: String,
    /// The address the QR holds.
    pub url: String,
    /// The QR as an SVG element.
    pub qr_svg: String,
    /// Since when it is good.
    pub created_at: DateTime<Utc>,
}

/// Shows the open link.
///
/// # Errors
/// `join_link.none` for a union that takes no members directly; the database.
pub async fn show(cx: Cx, input: JoinLinkInput) -> Result<OrganizationLink> {
    let union = record::visible(&cx, cx.read(), input.id).await?;
    cx.caller.must(cx.read(), ORGANIZATION_KEEP, union.id).await?;
    let open = join_link::Entity::find()
        .filter(join_link::Column::OrganizationId.eq(union.id))
        .filter(join_link::Column::EndedAt.is_null())
        .one(cx.read())
        .await?;
    answer(&cx, open.ok_or_else(|| JOIN_LINK_NONE.refusal())?)
}

/// Ends the open link and opens another; printed posters with the former code lead nowhere from then on.
///
/// # Errors
/// `join_link.none`, `organization.state`; the database.
pub async fn renew(cx: Cx, input: JoinLinkInput) -> Result<OrganizationLink> {
    let tx = cx.begin().await?;
    let union = record::visible(&cx, &tx, input.id).await?;
    cx.caller.must(&tx, ORGANIZATION_KEEP, union.id).await?;
    record::must_be_established(&union)?;
    if !union.kind()?.takes_members() {
        return Err(JOIN_LINK_NONE.refusal().into());
    }
    record::end_link(&tx, union.id).await?;
    let link = record::open_link(&tx, union.id).await?;
    record::record(&tx, Event::of("organization.join_link_renewed", "organization", union.id), None).await?;
    tx.commit(answer(&cx, link)?).await
}

fn answer(cx: &Cx, link: join_link::Model) -> Result<OrganizationLink> {
    let url = format!("{}/join/{}", cx.app.config.base_url, link.code);
    let code = QrCode::new(url.as_bytes()).map_err(Error::internal)?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    // The element alone, without the XML declaration, can stand in a page.
    let qr_svg = drawn.find("<svg").map(|start| drawn[start..].to_owned()).unwrap_or_default();
    Ok(OrganizationLink { code: link.code, url, qr_svg, created_at: link.created_at })
}

/// A code from a link or a poster.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct LinkLookupInput {
    /// The code.
    pub code: String,
}

/// Where a link leads.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LinkedOrganization {
    /// Which union.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// The employer, where it has exactly one.
    pub employer_name: Option<String>,
    /// The town or district.
    pub town_name: Option<String>,
}

/// Finds the union of a code; anybody with the code may.
///
/// # Errors
/// `join_link.unknown`; the database.
pub async fn follow(cx: Cx, input: LinkLookupInput) -> Result<LinkedOrganization> {
    let unknown = || JOIN_LINK_UNKNOWN.refusal().on("code");
    let code = rules::link_code(&input.code).ok_or_else(unknown)?;
    let link = join_link::Entity::find_by_id(code).one(cx.read()).await?;
    let link = link.filter(|row| row.ended_at.is_none()).ok_or_else(unknown)?;
    let union = entity::Entity::find_by_id(link.organization_id).one(cx.read()).await?;
    let union = union.filter(|union| union.state == "established").ok_or_else(unknown)?;
    let employers = employer::of_union(cx.read(), union.id, cx.today()).await?;
    let divisions = Divisions::on(cx.read(), cx.today()).await?;
    Ok(LinkedOrganization {
        organization_id: union.id,
        employer_name: <[_; 1]>::try_from(employers).ok().map(|[only]| only.name),
        town_name: divisions.name(&union.division_code).map(str::to_owned),
        organization_name: union.name,
    })
}
