//! A register of some size.

use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use registry::testing::TestCity;

use super::*;

/// Towns of 蓬江区 with their kind of union.
const TOWNS: [(&str, &str); 4] = [
    ("潮连街道", "镇街总工会"),
    ("环市街道", "镇街工会联合会"),
    ("荷塘镇", "镇街总工会"),
    ("杜阮镇", "镇街工会联合会"),
];

fn town_union((town, kind): (&str, &str)) -> String {
    format!("{town}{}", if kind == "镇街总工会" { "总工会" } else { "工会联合会" })
}

/// So many rows below 蓬江区总工会: towns, industries, and base unions below them, each with an employer that is named
/// from one side or from both, in whatever order.
pub fn register(rows: u32, seed: u64) -> Vec<(&'static str, Vec<String>)> {
    let mut dice = SmallRng::seed_from_u64(seed);
    let mut unions: Vec<String> = TOWNS
        .into_iter()
        .map(|(town, kind)| {
            union(&town_union((town, kind)), kind, "蓬江区总工会", &format!(",{town},2001-01-01,,,,,,,,"))
        })
        .collect();
    let industries: Vec<u32> = (0..6).collect();
    unions.extend(industries.iter().map(|n| {
        union(&format!("蓬江区第{n}行业工会"), "行业工会", "蓬江区总工会", &format!("{},,,,,,,,,,", union_code(*n)))
    }));
    let (mut employers, mut officers) = (Vec::new(), Vec::new());
    for n in 0..rows - 10 {
        let name = format!("蓬江第{n}示例公司");
        let parent = match dice.random_range(0..3) {
            0 => town_union(TOWNS[dice.random_range(0..TOWNS.len())]),
            1 => format!("蓬江区第{}行业工会", dice.random_range(0..6)),
            _ => union_code(dice.random_range(0..6)),
        };
        let own = if n % 2 == 0 { unit_code(n) } else { String::new() };
        let code = if n % 5 == 0 { union_code(100 + n) } else { String::new() };
        unions.push(union(
            &format!("{name}工会"),
            "单独基层工会",
            &parent,
            &format!("{code},,2015-06-01,{n},,{own},主席{},1390{n:07},,,", given(n)),
        ));
        let back = if n % 3 == 0 || n % 2 == 1 { format!("{name}工会") } else { String::new() };
        employers.push(format!("{name},{},蓬江区,{back},", unit_code(n)));
        officers.push(format!("{name}工会,副手{},副主席,1380{n:07},{},2022-01-01", given(n), id_number(n)));
    }
    unions.shuffle(&mut dice);
    employers.shuffle(&mut dice);
    officers.shuffle(&mut dice);
    let rest = unions.split_off(unions.len() / 2);
    vec![("unions", unions), ("officers", officers), ("employers", employers), ("unions", rest)]
}

fn given(n: u32) -> char {
    ['一', '二', '三', '四', '五', '六', '七', '八', '九'][n as usize % 9]
}

kernel::both_engines! {
    async fn six_hundred_unions_come_in_once(city: TestCity) {
        let officer = city.county_officer();
        let files = register(600, 1);
        let started = std::time::Instant::now();
        let done = imported(&city, &officer, TestCity::COUNTY, &files).await;
        println!("600 unions, 590 employers, 590 officers, checked and run: {:?}", started.elapsed());
        assert_eq!(counts(&done), [600 + 590 + 590, 0, 0], "{:?}", faults(&officer, &done).await.first());
        let linked = "SELECT CAST(count(*) AS bigint) AS n FROM organization_employer x JOIN employer e ON e.id = x.employer_id
            WHERE e.import_id IS NOT NULL AND x.valid_to IS NULL";
        assert_eq!(number(&city, linked).await, 590, "each employer has its union");
        assert_eq!(number(&city, "SELECT CAST(count(*) AS bigint) AS n FROM officer WHERE title = 'chair' AND import_id IS NOT NULL").await, 590);
        let tree = officer.get("/api/tree").await.ok();
        let county = tree["items"].as_array().unwrap().iter().find(|node| node["id"] == json!(TestCity::COUNTY)).unwrap();
        assert_eq!(county["unions"], 600 + 6);
        let before = content(&city).await;
        let again = imported(&city, &officer, TestCity::COUNTY, &files).await;
        assert_eq!(counts(&again), [0, 1780, 0]);
        assert_eq!(content(&city).await, before, "the same files again change nothing");
    }

    async fn the_end_does_not_depend_on_the_order_of_rows_and_files(city: TestCity) {
        let officer = city.county_officer();
        let files = register(60, 7);
        imported(&city, &officer, TestCity::COUNTY, &files).await;
        let engine = if city.db.is_sqlite() { kernel::testing::Engine::Sqlite } else { kernel::testing::Engine::Postgres };
        let other = <TestCity as kernel::testing::Fixture>::on(engine).await;
        let mut turned: Vec<(&str, Vec<String>)> = files.clone();
        turned.reverse();
        turned.iter_mut().for_each(|(_, lines)| lines.reverse());
        imported(&other, &other.county_officer(), TestCity::COUNTY, &turned).await;
        assert_eq!(content(&other).await, content(&city).await);
    }
}
