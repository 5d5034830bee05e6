//! The files are what they promise to be.

use std::collections::{BTreeMap, HashMap, HashSet};

use axum::body::Body;
use axum::http::Request;
use kernel::sheet::Book;
use kernel::testing::TestFolder;
use registry::division::data::DivisionLevel;
use registry::employer::{unit_name::unit_name, uscc::Uscc};
use registry::import::fields::fields;
use registry::import::words::Part;
use registry::organization::rules::{OrganizationKind, division_suits, may_stand_under, union_name};
use registry::person::phone::Phone;
use registry::person::{id_number, name::clean_name};
use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::faults::Mistake;
use super::file::Value;
use super::roster::Maker;
use super::*;

fn options(rows: u64, faults: f64) -> Roster {
    Roster { out: "roster.xlsx".into(), rows, faults, register: None, seed: 7 }
}

fn maker(rows: u64, faults: f64) -> Maker {
    Maker::new(&options(rows, faults), Format::Csv, targets::of_plan(&plan::plan(300, 7).unwrap()))
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Day(day) => day.to_string(),
    }
}

#[test]
fn the_register_obeys_the_rules_of_the_house() {
    let plan = plan::plan(5908, 1).unwrap();
    assert_eq!(plan.unions.len(), 5908);
    let mut seen = HashSet::new();
    for union in &plan.unions {
        let above = union.parent.map(|at| &plan.unions[at]);
        let above_kind = above.map_or(OrganizationKind::CityFederation, |above| above.kind);
        assert!(may_stand_under(union.kind, above_kind), "{}", union.name);
        let above_code = above.map_or("440700", |above| above.division.code);
        assert!(division_suits(union.kind, union.division.level, union.division.code, above_code), "{}", union.name);
        assert!(above.is_none_or(|above| above.established <= union.established), "{}", union.name);
        assert_eq!(union_name(&union.name, union.kind).unwrap(), union.name);
        assert!(union.name.contains(words::MARK) && seen.insert(&union.name), "{} twice or unmarked", union.name);
        assert!(union.uscc.as_ref().is_none_or(|code| Uscc::parse(code).unwrap().is_union() && seen.insert(code)));
        for employer in &union.employers {
            assert!(employer.name.contains(words::MARK), "{}", employer.name);
            assert_eq!(unit_name(&employer.name, 100).as_deref(), Ok(employer.name.as_str()));
            assert!(!Uscc::parse(&employer.uscc).unwrap().is_union() && seen.insert(&employer.uscc));
        }
        assert!(union.division.level != DivisionLevel::Other);
    }
    let with_code = plan.unions.iter().filter(|union| union.uscc.is_some()).count();
    assert!((2_700..3_200).contains(&with_code), "{with_code}");
}

#[test]
fn sizes_have_a_long_tail_and_sum_to_the_rows() {
    let targets = targets::of_plan(&plan::plan(5908, 1).unwrap());
    let weights: Vec<_> = targets.iter().map(|target| target.weight).collect();
    let allotment = allot::Allotment::new(652_000, &weights);
    let mut sizes = vec![0_u64; targets.len()];
    for row in 0..652_000 {
        let (union, place) = allotment.of(row);
        assert_eq!(place, sizes[union]);
        sizes[union] += 1;
    }
    let largest = sizes.iter().max().unwrap();
    let small = sizes.iter().filter(|size| **size < 30).count();
    assert!((3_000..4_200).contains(largest), "{largest}");
    assert!(small > 2_000, "{small}");
    let platform = sizes.iter().zip(&targets).filter(|(_, target)| target.kind == OrganizationKind::Industry);
    let share = platform.map(|(size, _)| size).sum::<u64>() * 100 / 652_000;
    assert!((13..=17).contains(&share), "{share}");
}

#[test]
fn headings_are_known_to_the_import() {
    let known = |part: Part, head: &[&str]| {
        let fields = fields(part);
        head.iter().all(|label| fields.iter().any(|field| field.label == *label || field.aliases.contains(label)))
    };
    assert!(known(Part::Members, &roster::HEAD));
    assert!(known(Part::Unions, &register::UNION_HEAD));
    assert!(known(Part::Employers, &register::EMPLOYER_HEAD));
    assert!(known(Part::Officers, &register::OFFICER_HEAD));
}

#[test]
fn people_are_distinct_and_pass_the_house_s_own_checks() {
    let mut seen = HashSet::new();
    let people = (0..50_000).map(|number| person::person(number, 7)).chain((0..6_000).map(|at| person::chair(at, 1)));
    for one in people {
        let parsed = id_number::parse(&one.id_number, last_day()).unwrap();
        assert_eq!((parsed.birth, parsed.sex == Some(id_number::Sex::Male)), (Some(one.birth), one.male));
        assert_eq!(Phone::parse(&one.phone).unwrap().as_str(), one.phone);
        assert_eq!(clean_name(&one.name).unwrap(), one.name);
        assert!(seen.insert(one.id_number) && seen.insert(one.phone));
    }
}

#[test]
fn exactly_as_many_rows_are_at_fault_as_asked_for() {
    for (rows, percent) in [(1, 0.0), (10, 50.0), (999, 2.0), (5_000, 1.7), (1_000, 0.1), (2_400, 12.5)] {
        let maker = maker(rows, percent);
        let mistakes: Vec<_> = (0..rows).filter_map(|row| maker.row(row).1).collect();
        assert_eq!(mistakes.len() as u64, maker.planting.count());
        assert_eq!(maker.planting.count(), (rows as f64 * percent / 100.0).round() as u64);
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for mistake in &mistakes {
            *kinds
                .entry(if matches!(mistake, Mistake::Hostile(_)) { "hostile" } else { mistake.word() })
                .or_default() += 1;
        }
        if mistakes.len() >= 24 {
            let (least, most) = (kinds.values().min().unwrap(), kinds.values().max().unwrap());
            assert!(kinds.len() == 12 && most - least <= 1, "{kinds:?}");
        }
    }
}

#[test]
fn plain_rows_are_right_and_spoilt_rows_are_wrong() {
    let maker = maker(6_000, 4.0);
    let mut seen = HashSet::new();
    for row in 0..6_000 {
        let (values, mistake) = maker.row(row);
        let cells: Vec<_> = values.iter().map(text).collect();
        let number = id_number::parse(&cells[2].replace('\'', ""), last_day());
        match mistake {
            None => {
                let number = number.unwrap();
                assert!(clean_name(&cells[0]).is_ok() && (cells[4].is_empty() || Phone::parse(&cells[4]).is_ok()));
                let male = number.sex == Some(id_number::Sex::Male);
                assert!(cells[1].is_empty() || (cells[1] == "男") == male);
                assert!(seen.insert(number.normalized), "row {row}");
            }
            Some(Mistake::Twice) => assert!(seen.contains(&number.unwrap().normalized), "row {row}"),
            Some(Mistake::RoundedNumber) => assert!(matches!(values[2], Value::Number(number) if number > 1e17)),
            Some(Mistake::CheckDigit | Mistake::ImpossibleDate | Mistake::EmptyNumber) => {
                let code = number.err().map(id_number::IdError::code);
                let expected = [Some("id.check"), Some("id.date"), Some("id.length")];
                assert!(expected.contains(&code), "{mistake:?} {code:?}");
            }
            Some(Mistake::ShortPhone) => assert!(Phone::parse(&cells[4]).is_err()),
            Some(Mistake::Hostile(_) | Mistake::MissingName) => assert!(clean_name(&cells[0]).is_err()),
            Some(_) => {}
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_files() {
    let folder = TestFolder::new();
    let make = |name: &str, seed: u64| {
        let out = folder.path().join(name);
        let options = Roster { out: out.clone(), seed, ..options(500, 5.0) };
        roster::write(&options, Format::Csv, targets::of_plan(&plan::plan(300, 7).unwrap())).unwrap();
        (std::fs::read(&out).unwrap(), std::fs::read(format!("{}.faults.csv", out.display())).unwrap())
    };
    assert_eq!(make("a.csv", 7), make("b.csv", 7));
    assert_ne!(make("a.csv", 7), make("c.csv", 8));
}

#[test]
fn a_roster_is_about_the_register_in_its_folder() {
    let folder = TestFolder::new();
    let plan = plan::plan(300, 3).unwrap();
    let written = register::write(folder.path(), &plan).unwrap();
    assert_eq!((written.unions, written.officers), (300, 300));
    let planned: HashMap<_, _> = targets::of_plan(&plan).into_iter().map(|one| (one.name.clone(), one)).collect();
    let read = targets::read(folder.path(), plan.seed).unwrap();
    assert_eq!(read.len(), planned.len());
    for one in &read {
        let wanted = &planned[&one.name];
        assert_eq!((&one.code, one.weight, one.established), (&wanted.code, wanted.weight, wanted.established));
        assert_eq!(one.employers, wanted.employers);
        // With the seed of the register also those without an ID number in it.
        assert!(one.chair.is_some() && one.chair == wanted.chair);
    }
    let read = targets::read(folder.path(), plan.seed + 1).unwrap();
    let known = read.iter().filter(|one| one.chair.is_some()).count();
    assert!(known * 100 > read.len() * 75 && known < read.len());
}

#[test]
fn shops_stand_in_every_city_of_the_province() {
    for (asked, seed) in [(shops::SHOPS, 1), (100, 2), (6_000, 3)] {
        let merchants = shops::plan(asked, seed);
        assert_eq!(merchants.len(), 14);
        assert_eq!(merchants.iter().map(|one| one.shops.len()).sum::<usize>(), asked as usize);
        assert!(merchants.iter().all(|one| (1..=2_000).contains(&one.shops.len()) && one.name.contains(words::MARK)));
        let codes: HashSet<&str> = merchants.iter().map(|one| one.uscc.as_str()).collect();
        assert!(codes.len() == 14 && codes.iter().all(|code| Uscc::parse(code).is_ok()));
    }
    let merchants = shops::plan(shops::SHOPS, 1);
    assert_eq!(merchants, shops::plan(shops::SHOPS, 1));
    assert_ne!(merchants, shops::plan(shops::SHOPS, 2));
    let rows = merchants.iter().flat_map(|one| &one.shops);
    assert!(rows.clone().all(|row| row[1].contains(words::MARK) && row[3].contains(words::MARK)));
    let cities: HashSet<&str> =
        rows.clone().filter_map(|row| row[2].get(..4)).filter(|code| code.starts_with("44")).collect();
    assert_eq!(cities.len(), 21);
    let places = rows.filter(|row| !row[7].is_empty()).count();
    assert!((470..530).contains(&places), "{places}");
}

kernel::both_engines! {
    async fn shops_of_the_whole_province_come_in(city: RewardsCity) {
        let folder = TestFolder::new();
        let merchants = shops::plan(shops::SHOPS, 1);
        shops::write(folder.path(), &merchants).unwrap();
        let (officer, deputy) = (city.city_officer(), city.city_deputy());
        for (number, one) in merchants.iter().enumerate() {
            let bank = json!({ "holder": one.name, "bank": "示例银行江门分行", "number": format!("6217000000{number:06}") });
            let form = json!({ "name": one.name, "uscc": one.uscc, "category": one.category.0, "contact_name": "陈示例",
                "contact_phone": "19900000088", "bank": bank });
            let enter = json!({ "organization_id": TestCity::CITY, "form": form, "terms": "按月结算",
                "contract_from": "2026-01-01", "contract_to": "2028-01-01" });
            let id = officer.post("/api/merchants", enter).await.ok()["id"].as_str().unwrap().to_owned();
            deputy.post(&format!("/api/merchants/{id}/approve"), json!({ "version": 1 })).await.ok();
            let raw = std::fs::read(folder.path().join(&one.file)).unwrap();
            let path = format!("/api/merchants/{id}/shops/import?name={}", one.file);
            let request = Request::post(path).header("x-zhigong", "1").body(Body::from(raw)).unwrap();
            let said = officer.send(request).await.ok();
            assert_eq!((&said["good"], &said["faults"]), (&json!(one.shops.len()), &json!([])), "{}", one.name);
        }
        let count = city.db.statement("SELECT CAST(count(*) AS bigint) AS n FROM shop", []);
        let row = city.db.read().query_one_raw(count).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "n").unwrap(), i64::from(shops::SHOPS));
        // From the middle of another city, and by its counties.
        let member = city.member();
        let near = member.get("/api/places/shops?lon_e6=113264000&lat_e6=23129000").await.ok()["items"].clone();
        let near = near.as_array().unwrap();
        assert!(!near.is_empty() && near.iter().all(|row| row["division_name"].is_string()), "{near:?}");
        assert!(near[0]["metres"].as_i64().unwrap() < 5_000 && near[0]["division_name"].as_str().unwrap().starts_with("广州市"));
        let there = member.get("/api/places/shops?division_code=440106").await.ok()["items"].clone();
        assert!(there.as_array().unwrap().iter().all(|row| row["division_name"] == "广州市天河区") && there[0].is_object());
    }
}

#[test]
fn a_workbook_reads_back_with_the_flaws_that_were_planted() {
    let folder = TestFolder::new();
    let out = folder.path().join("roster.xlsx");
    let options = Roster { out: out.clone(), ..options(2_000, 6.0) };
    roster::write(&options, Format::Xlsx, targets::of_plan(&plan::plan(300, 7).unwrap())).unwrap();
    let book = Book::open(std::fs::File::open(&out).unwrap(), "roster.xlsx").unwrap();
    assert_eq!(book.sheets(), ["花名册", "填写说明"]);
    let rows: Vec<_> = book.rows(0).unwrap().map(Result::unwrap).collect();
    assert_eq!((rows.len(), rows[0].cells.len()), (2_001, roster::HEAD.len()));
    let sidecar = std::fs::read_to_string(format!("{}.faults.csv", out.display())).unwrap();
    let planted: HashMap<u64, &str> = sidecar
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .map(|p| (p[0].parse().unwrap(), p[2]))
        .collect();
    assert_eq!(planted.len(), 120);
    for row in &rows[1..] {
        let flaw = row.cells.iter().find_map(|cell| cell.flaw).map(|flaw| match flaw {
            kernel::sheet::Flaw::TooLong => "import.cell_long",
            kernel::sheet::Flaw::Control => "import.cell_characters",
            kernel::sheet::Flaw::Rounded => "import.cell_rounded",
            kernel::sheet::Flaw::Error => "import.cell_error",
        });
        let cells = ["import.cell_long", "import.cell_characters", "import.cell_rounded"];
        assert_eq!(flaw, planted.get(&row.number).copied().filter(|code| cells.contains(code)), "row {}", row.number);
    }
}
