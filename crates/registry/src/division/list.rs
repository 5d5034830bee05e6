//! The divisions of a day: for the pages, and for whoever needs a name.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::time::Day;
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::data::{DivisionLevel, tile_of};
use super::{FIRST_DAY, entity};

/// Which divisions are wanted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DivisionsInput {
    /// As of which day; today unless told.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
    /// Also the statistical pseudo-units that are no 镇街.
    #[serde(default)]
    pub all: Option<bool>,
}

/// The divisions of a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DivisionsAnswer {
    /// As of this day.
    pub as_of: NaiveDate,
    /// In order of their codes.
    pub items: Vec<DivisionItem>,
}

/// One division.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DivisionItem {
    /// 6 digits (GB/T 2260) for city and district, 9 digits (GB/T 10114) below.
    pub code: String,
    /// The Chinese name.
    pub name: String,
    /// The division above.
    pub parent_code: Option<String>,
    /// `city`, `district`, `town`, `street` or `other`.
    pub level: String,
    /// The place on the tile map; districts only.
    pub tile: Option<DivisionTile>,
}

/// A place on the tile map: whole tiles, from the upper left corner.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DivisionTile {
    /// Column, from 0.
    pub column: u8,
    /// Row, from 0.
    pub row: u8,
    /// Width in tiles.
    pub width: u8,
}

/// Lists the divisions of a day; public, since they are.
///
/// # Errors
/// The database.
pub async fn list(cx: Cx, input: DivisionsInput) -> Result<DivisionsAnswer> {
    let as_of = input.as_of.unwrap_or_else(|| cx.today());
    let all = input.all.unwrap_or(false);
    let divisions = Divisions::on(cx.read(), as_of).await?;
    let shown = divisions.0.into_values().filter(|row| all || row.level != "other");
    let items = shown.map(|row| DivisionItem {
        tile: tile_of(&row.code).map(|tile| DivisionTile { column: tile.column, row: tile.row, width: tile.width }),
        code: row.code,
        name: row.name,
        parent_code: row.parent_code,
        level: row.level,
    });
    Ok(DivisionsAnswer { as_of, items: items.collect() })
}

/// All divisions of a day by code; ninety rows, so they are read whole.
pub struct Divisions(BTreeMap<String, entity::Model>);

impl Divisions {
    /// The divisions as of a day; before the first rows count, the first rows.
    ///
    /// # Errors
    /// The database.
    pub async fn on(conn: &impl ConnectionTrait, day: Day) -> Result<Self> {
        let day = day.max(FIRST_DAY);
        let rows = entity::Entity::find()
            .filter(entity::Column::ValidFrom.lte(day))
            .filter(Condition::any().add(entity::Column::ValidTo.is_null()).add(entity::Column::ValidTo.gt(day)))
            .all(conn)
            .await?;
        Ok(Self::of(rows))
    }

    pub(super) fn of(rows: impl IntoIterator<Item = entity::Model>) -> Self {
        Self(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
    }

    /// The rows in order of their codes.
    pub(super) fn rows(&self) -> impl Iterator<Item = &entity::Model> {
        self.0.values()
    }

    /// The name of a division.
    #[must_use]
    pub fn name(&self, code: &str) -> Option<&str> {
        self.0.get(code).map(|row| row.name.as_str())
    }

    /// The kind of a division.
    #[must_use]
    pub fn level(&self, code: &str) -> Option<DivisionLevel> {
        DivisionLevel::parse(&self.0.get(code)?.level)
    }

    /// The division above.
    #[must_use]
    pub fn parent(&self, code: &str) -> Option<&str> {
        self.0.get(code)?.parent_code.as_deref()
    }
}
