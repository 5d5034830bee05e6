//! The cities and counties of the province: for what stands outside the city, such as shops. They are names to be shown
//! and chosen from, and nothing is dated by them; of the city itself the dated table counts.
//!
//! Source, licence and year of the data: `data/README.md`.
//!
//! ```
//! use registry::division::province::way;
//!
//! assert_eq!(way("440106").as_deref(), Some("广州市天河区"));
//! assert_eq!(way("441900").as_deref(), Some("东莞市")); // which has no counties
//! assert_eq!(way("450102"), None);
//! ```

use std::sync::LazyLock;

use kernel::routes::Nothing;
use kernel::{Cx, Result};
use serde::Serialize;
use utoipa::ToSchema;

const PROVINCE_CSV: &str = include_str!("../../data/province.csv");
/// The province itself.
const PROVINCE: &str = "440000";

static ROWS: LazyLock<Vec<ProvinceRow>> = LazyLock::new(|| PROVINCE_CSV.lines().skip(1).filter_map(row).collect());

/// A city or a county of the province.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvinceRow {
    /// 6 digits (GB/T 2260).
    pub code: &'static str,
    /// The Chinese name.
    pub name: &'static str,
    /// The city of a county; the province of a city.
    pub parent_code: &'static str,
}

impl ProvinceRow {
    /// A city; a county otherwise.
    #[must_use]
    pub fn is_city(&self) -> bool {
        self.parent_code == PROVINCE
    }
}

fn row(line: &'static str) -> Option<ProvinceRow> {
    let mut fields = line.trim_end().split(',');
    let row = ProvinceRow { code: fields.next()?, name: fields.next()?, parent_code: fields.next()? };
    fields.next().is_none().then_some(row)
}

/// All of them, in order of their codes: each city before its counties.
#[must_use]
pub fn rows() -> &'static [ProvinceRow] {
    &ROWS
}

fn find(code: &str) -> Option<&'static ProvinceRow> {
    ROWS.binary_search_by(|row| row.code.cmp(code)).ok().and_then(|at| ROWS.get(at))
}

/// The name of a city, or of a county after that of its city; none of what is not in the province.
#[must_use]
pub fn way(code: &str) -> Option<String> {
    let row = find(code)?;
    let city = find(row.parent_code).map_or("", |city| city.name);
    Some(format!("{city}{}", row.name))
}

/// Whether something can be said to stand in a division: in a county, or in a city that has none.
#[must_use]
pub fn is_place(code: &str) -> bool {
    find(code).is_some() && !ROWS.iter().any(|row| row.parent_code == code)
}

/// The cities and counties of the province.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProvinceAnswer {
    /// In order of their codes: each city before its counties.
    pub items: Vec<ProvinceItem>,
}

/// A city or a county of the province.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProvinceItem {
    /// 6 digits (GB/T 2260).
    pub code: String,
    /// The Chinese name.
    pub name: String,
    /// The city of a county; none of a city.
    pub city_code: Option<String>,
}

/// Lists the cities and counties of the province; public, since they are.
///
/// # Errors
/// None.
pub async fn list(_cx: Cx, _: Nothing) -> Result<ProvinceAnswer> {
    let items = rows().iter().map(|row| ProvinceItem {
        code: row.code.to_owned(),
        name: row.name.to_owned(),
        city_code: (!row.is_city()).then(|| row.parent_code.to_owned()),
    });
    Ok(ProvinceAnswer { items: items.collect() })
}

#[cfg(test)]
mod tests {
    use super::super::data::{DivisionLevel, bundled};
    use super::*;

    #[test]
    fn counts_and_order() {
        assert_eq!(rows().len(), PROVINCE_CSV.lines().count() - 1);
        let cities = rows().iter().filter(|row| row.is_city()).count();
        assert_eq!((cities, rows().len() - cities), (21, 122));
        assert!(rows().windows(2).all(|pair| pair[0].code < pair[1].code));
        for row in rows() {
            assert!(row.code.len() == 6 && row.code.starts_with("44") && !row.name.is_empty(), "{row:?}");
            assert_eq!(row.is_city(), row.code.ends_with("00"), "{row:?}");
            assert!(row.is_city() || row.parent_code[..4] == row.code[..4], "{row:?}");
            assert!(row.is_city() || find(row.parent_code).is_some_and(ProvinceRow::is_city), "{row:?}");
        }
    }

    #[test]
    fn the_city_of_the_dated_table_is_the_same() {
        let districts = bundled().into_iter().filter(|row| row.level == DivisionLevel::District);
        let here: Vec<(&str, &str)> = districts.map(|row| (row.code, row.name)).collect();
        let there = rows().iter().filter(|row| row.parent_code == "440700").map(|row| (row.code, row.name));
        assert_eq!(there.collect::<Vec<_>>(), here);
    }

    #[test]
    fn ways_and_places() {
        let cases = [
            ("440106", Some("广州市天河区"), true),
            ("440100", Some("广州市"), false),
            ("442000", Some("中山市"), true),
            ("440703", Some("江门市蓬江区"), true),
            ("440000", None, false),
            ("440199", None, false),
            ("", None, false),
        ];
        for (code, name, place) in cases {
            assert_eq!((way(code).as_deref(), is_place(code)), (name, place), "{code}");
        }
    }
}
