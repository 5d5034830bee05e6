//! The files are what they promise to be.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::sheet::Book;
use kernel::testing::TestFolder;
use registry::division::data::DivisionLevel;
use registry::employer::{unit_name::unit_name, uscc::Uscc};
use registry::import::fields::fields;
use registry::import::words::Part;
use registry::organization::rules::{OrganizationKind, division_suits, may_stand_under, union_name};
use registry::person::phone::Phone;
use registry::person::{id_number, name::clean_name};

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
