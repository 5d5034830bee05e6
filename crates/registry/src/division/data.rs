//! The divisions of Jiangmen that come with the program, and where its districts lie on the tile map.
//!
//! The rows are the first content of the dated division table; after that the database counts, not this file.
//! Source, licence and year of the data: `data/README.md`.
//!
//! ```
//! use registry::division::data::{DivisionLevel, bundled, tile_of};
//!
//! let towns = bundled().into_iter().filter(|row| row.parent_code == "440703");
//! assert_eq!(towns.count(), 6); // 蓬江区
//! let tile = tile_of("440703").ok_or("no tile")?;
//! assert_eq!((tile.column, tile.row, tile.width), (2, 0, 1));
//! assert_eq!(DivisionLevel::Town.as_str(), "town");
//! # Ok::<(), &str>(())
//! ```

use serde::{Deserialize, Serialize};

const BUNDLED_CSV: &str = include_str!("../../data/divisions.csv");

/// The kind of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DivisionLevel {
    /// 地级市.
    City,
    /// 区 or 县级市.
    District,
    /// 镇.
    Town,
    /// 街道.
    Street,
    /// A statistical pseudo-unit (开发区, 园区, 监狱, 林场): no 镇街, hidden by default.
    Other,
}

impl DivisionLevel {
    /// The stable English name, as in the data file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::District => "district",
            Self::Town => "town",
            Self::Street => "street",
            Self::Other => "other",
        }
    }

    /// The level of that English name.
    pub fn parse(name: &str) -> Option<Self> {
        let all = [Self::City, Self::District, Self::Town, Self::Street, Self::Other];
        all.into_iter().find(|level| level.as_str() == name)
    }
}

/// One division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DivisionRow {
    /// 6 digits (GB/T 2260) for city and district, 9 digits (GB/T 10114) below.
    pub code: &'static str,
    /// The Chinese name.
    pub name: &'static str,
    /// The code of the division above.
    pub parent_code: &'static str,
    /// The kind.
    pub level: DivisionLevel,
}

/// A place on the tile map of the city: whole tiles, from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// Column, from 0 at the left.
    pub column: u8,
    /// Row, from 0 at the top.
    pub row: u8,
    /// Width in tiles.
    pub width: u8,
}

/// The bundled rows, each after its parent.
pub fn bundled() -> Vec<DivisionRow> {
    BUNDLED_CSV.lines().skip(1).filter_map(row).collect()
}

/// The place of a district on the tile map, close to how people know the city; `None` for any other code.
pub fn tile_of(district_code: &str) -> Option<Tile> {
    let (column, row, width) = match district_code {
        "440784" => (1, 0, 1), // 鹤山市
        "440703" => (2, 0, 1), // 蓬江区
        "440704" => (3, 0, 1), // 江海区
        "440785" => (0, 1, 1), // 恩平市
        "440783" => (1, 1, 1), // 开平市
        "440705" => (2, 1, 2), // 新会区
        "440781" => (1, 2, 2), // 台山市
        _ => return None,
    };
    Some(Tile { column, row, width })
}

fn row(line: &'static str) -> Option<DivisionRow> {
    let mut fields = line.trim_end().split(',');
    let row = DivisionRow {
        code: fields.next()?,
        name: fields.next()?,
        parent_code: fields.next()?,
        level: DivisionLevel::parse(fields.next()?)?,
    };
    fields.next().is_none().then_some(row)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    #[test]
    fn counts() {
        let rows = bundled();
        assert_eq!(rows.len(), BUNDLED_CSV.lines().count() - 1);
        let count = |level| rows.iter().filter(|row| row.level == level).count();
        assert_eq!(count(DivisionLevel::City), 1);
        assert_eq!(count(DivisionLevel::District), 7);
        assert_eq!((count(DivisionLevel::Town), count(DivisionLevel::Street)), (61, 12));
        assert_eq!(count(DivisionLevel::Other), 9);
        let real = [
            ("440703", 6),
            ("440704", 3),
            ("440705", 11),
            ("440781", 17),
            ("440783", 15),
            ("440784", 10),
            ("440785", 11),
        ];
        for (district, towns) in real {
            let below = rows.iter().filter(|row| row.parent_code == district && row.level != DivisionLevel::Other);
            assert_eq!(below.count(), towns, "{district}");
        }
    }

    #[test]
    fn codes_form_a_tree() {
        let rows = bundled();
        let mut seen: HashMap<&str, DivisionLevel> = HashMap::new();
        for row in &rows {
            assert!(!row.name.is_empty() && row.code.bytes().all(|b| b.is_ascii_digit()), "{row:?}");
            let (digits, parent) = match row.level {
                DivisionLevel::City => (6, None),
                DivisionLevel::District => (6, Some(DivisionLevel::City)),
                _ => (9, Some(DivisionLevel::District)),
            };
            assert_eq!(row.code.len(), digits, "{row:?}");
            assert_eq!(seen.get(row.parent_code).copied(), parent, "{row:?}");
            assert!(digits == 6 || row.code.starts_with(row.parent_code), "{row:?}");
            assert_eq!(seen.insert(row.code, row.level), None, "{row:?}");
        }
    }

    #[test]
    fn every_district_has_a_tile_of_its_own() {
        let mut taken = HashSet::new();
        for row in bundled() {
            let tile = tile_of(row.code);
            assert_eq!(tile.is_some(), row.level == DivisionLevel::District, "{row:?}");
            if let Some(tile) = tile {
                assert!((0..tile.width).all(|step| taken.insert((tile.column + step, tile.row))), "{row:?}");
            }
        }
        assert_eq!(taken.len(), 9);
    }

    #[test]
    fn levels_round_trip() {
        for level in ["city", "district", "town", "street", "other"] {
            assert_eq!(DivisionLevel::parse(level).map(DivisionLevel::as_str), Some(level));
            let json = serde_json::to_string(&DivisionLevel::parse(level)).unwrap();
            assert_eq!(json, format!("\"{level}\""));
        }
        assert_eq!(DivisionLevel::parse("City"), None);
        assert_eq!(row("440703,蓬江区,440700"), None);
        assert_eq!(row("440703,蓬江区,440700,district,more"), None);
    }
}
