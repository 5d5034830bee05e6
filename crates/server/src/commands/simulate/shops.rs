//! Shops of fourteen merchants all over the province, a file a merchant as the import of shops reads it, and a list of the
//! merchants, which are entered at the desk first. Divisions are real; firms, shops, addresses and hours are invented, and
//! a place is somewhere around the middle of its city.

use std::path::Path;

use kernel::sheet::{Format, SheetError};
use registry::division::data::{DivisionLevel, DivisionRow, bundled};
use registry::division::province::{self, ProvinceRow};
use registry::employer::uscc;

use super::register::{ROADS, create};
use super::words::MARK;
use crate::demo::dice::Dice;

pub const MERCHANTS: &str = "merchants.csv";
pub const MERCHANT_HEAD: [&str; 5] = ["商户名称", "统一社会信用代码", "类别", "门店数", "门店文件"];
/// Headings that the import of shops knows.
pub const HEAD: [&str; 9] = ["门店编号", "门店名称", "区划", "地址", "开门时间", "关门时间", "休息日", "经度", "纬度"];

/// Shops of the city's merchants in real life.
pub const SHOPS: u32 = 557;
/// What the merchants sell, and how many shops each has of so many.
const CHAINS: [(&str, &str, &str, u32); 14] = [
    ("惠民超市", "grocery", "超市便利", 160),
    ("邻里便利", "grocery", "超市便利", 96),
    ("早点餐饮", "catering", "餐饮", 72),
    ("快餐餐饮", "catering", "餐饮", 54),
    ("大药房", "health", "医药健康", 40),
    ("书城", "books", "图书文具", 32),
    ("影院", "culture", "文化演出", 26),
    ("洗衣", "service", "生活服务", 20),
    ("健身", "sports", "体育健身", 16),
    ("出行", "transport", "交通出行", 12),
    ("旅行社", "travel", "旅游住宿", 10),
    ("文具", "books", "图书文具", 8),
    ("家电维修", "service", "生活服务", 6),
    ("农产品", "other", "其他", 5),
];
const HOURS: [(&str, &str); 5] =
    [("09:00", "21:00"), ("07:00", "22:30"), ("08:30", "18:00"), ("06:00", "13:30"), ("00:00", "24:00")];
/// Middles of the cities by the first digits of their codes, in thousandths of a degree to the east and to the north.
const MIDDLES: [(&str, usize, usize); 21] = [
    ("4401", 113_264, 23_129),
    ("4402", 113_597, 24_811),
    ("4403", 114_058, 22_543),
    ("4404", 113_577, 22_271),
    ("4405", 116_682, 23_354),
    ("4406", 113_122, 23_021),
    ("4407", 113_082, 22_579),
    ("4408", 110_359, 21_271),
    ("4409", 110_925, 21_663),
    ("4412", 112_465, 23_047),
    ("4413", 114_416, 23_111),
    ("4414", 116_122, 24_289),
    ("4415", 115_375, 22_786),
    ("4416", 114_700, 23_744),
    ("4417", 111_982, 21_858),
    ("4418", 113_056, 23_682),
    ("4419", 113_752, 23_021),
    ("4420", 113_393, 22_517),
    ("4451", 116_622, 23_657),
    ("4452", 116_373, 23_550),
    ("4453", 112_044, 22_915),
];
const HOME: &str = "4407";

/// A merchant with its shops, a row each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    pub name: String,
    pub uscc: String,
    /// The category as the interface calls it, and as people do.
    pub category: (&'static str, &'static str),
    pub file: String,
    pub shops: Vec<[String; 9]>,
}

/// So many shops, half of them in the city itself.
pub fn plan(shops: u32, seed: u64) -> Vec<Merchant> {
    let towns: Vec<DivisionRow> =
        bundled().into_iter().filter(|row| matches!(row.level, DivisionLevel::Town | DivisionLevel::Street)).collect();
    let counties: Vec<&ProvinceRow> =
        province::rows().iter().filter(|row| province::is_place(row.code) && !row.code.starts_with(HOME)).collect();
    let mut dice = Dice::new(seed ^ 0x5b09);
    let (mut before, mut end, mut number) = (0, 0, 0);
    let mut merchants = Vec::new();
    for (at, (trade, category, label, of)) in (1..).zip(CHAINS) {
        before += of;
        let start = std::mem::replace(&mut end, (before * shops + SHOPS / 2) / SHOPS);
        let code = uscc::synthetic('9', '1', "440703", 700_000 + at);
        let mut rows = Vec::new();
        for place in 1..=end - start {
            number += 1;
            // Every town and every county once before any twice.
            let (town, county) = (towns.get(number / 2 % towns.len()), counties.get(number / 2 % counties.len()));
            let Some((town, county)) = town.zip(county) else { continue };
            rows.push(if number % 2 == 0 {
                row(&mut dice, trade, place, town.code, town.name, &in_city(town))
            } else {
                let way = province::way(county.code).unwrap_or_default();
                row(&mut dice, trade, place, county.code, county.name, &way)
            });
        }
        merchants.push(Merchant {
            name: format!("{MARK}{trade}有限公司"),
            uscc: code.map(|code| code.to_string()).unwrap_or_default(),
            category: (category, label),
            file: format!("shops-{at:02}.xlsx"),
            shops: rows,
        });
    }
    merchants
}

/// `江门市蓬江区棠下镇`.
fn in_city(town: &DivisionRow) -> String {
    format!("{}{}", province::way(town.parent_code).unwrap_or_default(), town.name)
}

fn row(dice: &mut Dice, trade: &str, number: u32, code: &str, name: &str, way: &str) -> [String; 9] {
    let (opens, closes) = HOURS.get(dice.below(HOURS.len())).copied().unwrap_or(("09:00", "21:00"));
    let shut = if dice.chance(85) { "" } else { dice.pick(&["7", "67", "1"]) };
    // In the city people write the name as often as the code.
    let division = if code.len() == 9 && dice.chance(50) { way } else { code };
    let address = format!("{way}{MARK}{}{} 号", dice.pick(&ROADS), dice.between(1, 299));
    let middle = MIDDLES.iter().find(|(prefix, _, _)| code.starts_with(prefix)).filter(|_| dice.chance(90));
    [
        format!("{number:03}"),
        format!("{MARK}{trade}{name}第{number}店"),
        division.to_owned(),
        address,
        opens.to_owned(),
        closes.to_owned(),
        shut.to_owned(),
        middle.map(|(_, lon, _)| around(dice, *lon)).unwrap_or_default(),
        middle.map(|(_, _, lat)| around(dice, *lat)).unwrap_or_default(),
    ]
}

/// Some three kilometres at the most from the middle, as degrees.
fn around(dice: &mut Dice, middle: usize) -> String {
    let e6 = middle * 1_000 + dice.below(60_001) - 30_000;
    format!("{}.{:06}", e6 / 1_000_000, e6 % 1_000_000)
}

/// Writes the files into a folder, which is made.
pub fn write(folder: &Path, merchants: &[Merchant]) -> Result<(), SheetError> {
    std::fs::create_dir_all(folder)?;
    let mut list = create(folder, MERCHANTS, Format::Csv)?;
    list.row(&MERCHANT_HEAD)?;
    for one in merchants {
        let count = one.shops.len().to_string();
        list.row(&[one.name.as_str(), &one.uscc, one.category.1, &count, &one.file])?;
        let mut file = create(folder, &one.file, Format::Xlsx)?;
        file.row(&HEAD)?;
        for shop in &one.shops {
            file.row(shop)?;
        }
        file.finish()?;
    }
    list.finish()?;
    Ok(())
}
