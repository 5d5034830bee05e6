//! What anybody may know before signing in: what the site is called, which day it
//! is, the consent text in force and, in a demo, the one-click accounts.

use chrono::NaiveDate;
use kernel::routes::Nothing;
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;

use super::demo::{self, DemoAccount};
use super::{consent, limits};
use crate::{division, organization};

/// The site as a stranger sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Site {
    /// The federation that runs it; the product's name before there is one.
    pub name: String,
    /// Its city; empty before the divisions are there.
    pub city: String,
    /// Nobody here is real.
    pub demo: bool,
    /// ICP filing number, once the parameter says one.
    pub filing_number: Option<String>,
    /// The unions' hotline.
    pub hotline: String,
    /// The day in China.
    pub today: NaiveDate,
    /// The text that joining asks consent to.
    pub consent: ConsentText,
    /// One-click accounts; none outside a demo.
    pub demo_accounts: Vec<DemoAccount>,
}

/// A version of the consent text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConsentText {
    /// Its version, the day it came into force.
    pub version: String,
    /// The text, in paragraphs.
    pub text: String,
}

/// Tells it.
///
/// # Errors
/// The database.
pub async fn site(cx: Cx, _: Nothing) -> Result<Site> {
    let conn = cx.read();
    let federation = organization::entity::Entity::find()
        .filter(organization::entity::Column::Kind.eq("city_federation"))
        .order_by_asc(organization::entity::Column::Id)
        .one(conn)
        .await?;
    let city = division::entity::Entity::find()
        .filter(division::entity::Column::Level.eq("city"))
        .filter(division::entity::Column::ValidTo.is_null())
        .order_by_asc(division::entity::Column::Code)
        .one(conn)
        .await?;
    Ok(Site {
        name: federation.map_or_else(|| "智工".to_owned(), |row| row.name),
        city: city.map(|row| row.name).unwrap_or_default(),
        demo: cx.app.config.demo,
        filing_number: limits::filing_number(conn, cx.today()).await?,
        hotline: "12351".to_owned(),
        today: cx.today(),
        consent: ConsentText { version: consent::VERSION.to_owned(), text: consent::TEXT.to_owned() },
        demo_accounts: demo::list(&cx).await?,
    })
}
