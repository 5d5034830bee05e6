//! Schemes to choose from.

use chrono::{DateTime, Utc};
use kernel::routes::Nothing;
use kernel::{Cx, Result};
use sea_orm::{EntityTrait, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SCHEME_UNKNOWN, SchemeDocument, entity};

/// Which scheme.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SchemeOfInput {
    /// Its code.
    pub code: String,
    /// Which version; the latest unless told.
    #[serde(default)]
    pub version: Option<i64>,
}

/// A scheme in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SchemeRow {
    /// Stable code.
    pub code: String,
    /// Version, from 1.
    pub version: i64,
    /// What it says.
    pub document: SchemeDocument,
    /// Since when.
    pub added_at: DateTime<Utc>,
}

/// Every scheme.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SchemeList {
    /// The latest version of each, in order of their codes.
    pub items: Vec<SchemeRow>,
}

/// Lists the schemes in their latest versions.
///
/// # Errors
/// The database.
pub async fn list(cx: Cx, _: Nothing) -> Result<SchemeList> {
    let rows = entity::Entity::find().order_by_asc(entity::Column::Code).order_by_desc(entity::Column::Version);
    let mut rows = rows.all(cx.read()).await?;
    rows.dedup_by(|later, first| later.code == first.code);
    Ok(SchemeList { items: rows.into_iter().map(shaped).collect::<Result<_>>()? })
}

/// Shows one scheme.
///
/// # Errors
/// `scheme.unknown`; the database.
pub async fn one(cx: Cx, input: SchemeOfInput) -> Result<SchemeRow> {
    let version = match input.version {
        Some(version) => version,
        None => super::find::latest(cx.read(), &input.code).await?.version,
    };
    let row = entity::Entity::find_by_id((input.code, version)).one(cx.read()).await?;
    shaped(row.ok_or_else(|| SCHEME_UNKNOWN.refusal())?)
}

/// A row as the page takes it.
pub(super) fn shaped(row: entity::Model) -> Result<SchemeRow> {
    let document = serde_json::from_str(&row.document)?;
    Ok(SchemeRow { code: row.code, version: row.version, document, added_at: row.added_at })
}
