//! Tables of what the files alone show.

use kernel::time::Day;
use proptest::prelude::*;

use super::super::draft;
use super::super::line::{At, Line};
use super::*;
use crate::import::words::Part;

fn today() -> Day {
    Day::from_ymd_opt(2026, 11, 23).unwrap()
}

fn line(part: Part, file: i64, row: i64, cells: &[(&'static str, &str)]) -> Line {
    let cells = cells.iter().map(|(field, text)| (*field, Ok((*text).to_owned()))).collect();
    Line { at: At { file, row }, part, cells }
}

fn union(row: i64, name: &str, parent: &str, more: &[(&'static str, &str)]) -> Line {
    let cells = [&[("name", name), ("kind", "单独基层工会"), ("parent", parent)], more].concat();
    line(Part::Unions, 1, row, &cells)
}

fn employer(row: i64, name: &str, number: u32, more: &[(&'static str, &str)]) -> Line {
    let code = unit_code(number);
    line(Part::Employers, 2, row, &[&[("name", name), ("uscc", code.as_str())], more].concat())
}

fn officer(row: i64, union: &str, name: &str, title: &str, phone: &str) -> Line {
    line(Part::Officers, 3, row, &[("union", union), ("name", name), ("title", title), ("phone", phone)])
}

fn unit_code(number: u32) -> String {
    crate::employer::uscc::synthetic('9', '1', "440703", number).unwrap().to_string()
}

fn union_code(number: u32) -> String {
    crate::employer::uscc::synthetic('8', '1', "440703", number).unwrap().to_string()
}

fn plan(lines: &[Line]) -> Plan {
    Plan::of(lines.iter().filter_map(|line| draft::read(line, today())).collect())
}

/// Rows in order, as (file, row).
fn order(plan: &Plan) -> Vec<(i64, i64)> {
    (0..plan.len()).map(|place| plan.row(plan.at(place).unwrap()).at).map(|at| (at.file, at.row)).collect()
}

/// Codes of the faults of each faulty row.
fn codes(plan: &Plan) -> Vec<((i64, i64), Vec<&str>)> {
    let rows = (0..plan.len()).map(|number| plan.row(number)).filter(|row| !row.faults.is_empty());
    rows.map(|row| ((row.at.file, row.at.row), row.faults.iter().map(|fault| fault.code.as_str()).collect())).collect()
}

fn messages(plan: &Plan, at: (i64, i64)) -> Vec<String> {
    let row = (0..plan.len()).map(|number| plan.row(number)).find(|row| (row.at.file, row.at.row) == at);
    row.unwrap().faults.iter().map(|fault| fault.message.clone()).collect()
}

#[test]
fn employers_then_unions_parents_first_then_officers() {
    let lines = [
        officer(2, "丙公司工会", "陈示例", "主席", "13800000001"),
        union(2, "丙公司工会", "乙公司工会", &[]),
        union(3, "乙公司工会", &union_code(1), &[]),
        union(4, "丁公司工会", "库里的工会", &[]),
        union(5, "甲公司工会", "库里的工会", &[("uscc", &union_code(1))]),
        employer(2, "乙公司", 2, &[]),
        employer(3, "甲公司", 1, &[]),
    ];
    let expected = [(2, 2), (2, 3), (1, 4), (1, 5), (1, 3), (1, 2), (3, 2)];
    assert_eq!(order(&plan(&lines)), expected);
    let mut turned = lines.to_vec();
    turned.reverse();
    assert_eq!(order(&plan(&turned)), expected, "the order does not depend on the order of reading");
    assert_eq!(codes(&plan(&lines)), []);
}

#[test]
fn a_row_tells_everything_that_is_wrong_with_it() {
    let cells = [
        ("name", "=公司工会"),
        ("kind", "俱乐部"),
        ("uscc", "911100001000013428"),
        ("established_on", "2030-01-01"),
        ("employees", "很多"),
        ("employer_uscc", "1"),
        ("chair_name", "张三1"),
        ("contact_phone", "12351"),
        ("address", &"长".repeat(300)),
    ];
    let read = plan(&[line(Part::Unions, 1, 2, &cells)]);
    let found = codes(&read);
    let mut expected = vec![
        "organization.name",
        "import.kind",
        "import.cell_empty",
        "uscc.check",
        "import.date_future",
        "organization.employees",
        "uscc.length",
        "officer.person",
        "name.characters",
        "organization.phone",
        "text.long",
    ];
    let mut told = found[0].1.clone();
    expected.sort_unstable();
    told.sort_unstable();
    assert_eq!(told, expected);
    let officer =
        line(Part::Officers, 1, 2, &[("title", "书记"), ("phone", "123"), ("id_number", "1"), ("from", "2030-01-01")]);
    let read = plan(&[officer]);
    let found = codes(&read);
    assert_eq!(
        found[0].1,
        ["import.cell_empty", "import.cell_empty", "import.title", "phone.format", "id.length", "officer.day"]
    );
    let unit = line(Part::Employers, 1, 2, &[("name", "示"), ("uscc", &union_code(1)), ("aliases", "示例、<b>")]);
    assert_eq!(codes(&plan(&[unit]))[0].1, ["employer.name", "uscc.of_union", "employer.name"]);
}

#[test]
fn hostile_values_name_their_field_and_are_never_repeated() {
    for hostile in ["<script>alert(1)</script>", "=1+1", "某\u{202e}工会", "某\0工会", "😀😀😀😀工会", "';--工会工会"]
    {
        let long = hostile.repeat(2_000);
        for name in [hostile, long.as_str()] {
            let plan =
                plan(&[union(2, name, name, &[("employer_name", name), ("chair_name", name), ("chair_phone", name)])]);
            let faults = &plan.row(0).faults;
            assert!(faults.len() >= 4, "{faults:?}");
            assert!(faults.iter().all(|fault| fault.column.is_some() && fault.message.ends_with('。')), "{faults:?}");
            assert!(faults.iter().all(|fault| !fault.message.contains(hostile)), "{faults:?}");
        }
    }
}

#[test]
fn the_first_of_two_counts() {
    let code = union_code(7);
    let lines = [
        union(2, "甲公司工会", "库里的工会", &[("uscc", &code)]),
        union(9, " 甲公司 工会", "库里的工会", &[]),
        union(10, "乙公司工会", "库里的工会", &[("uscc", &code)]),
        employer(2, "甲公司", 1, &[]),
        employer(3, "乙公司", 1, &[]),
        employer(4, "甲公司", 2, &[]),
    ];
    let expected = [
        ((1, 9), vec!["import.duplicate_name"]),
        ((1, 10), vec!["import.duplicate_code"]),
        ((2, 3), vec!["import.duplicate_code"]),
    ];
    let plan = plan(&lines);
    assert_eq!(codes(&plan), expected);
    assert_eq!(messages(&plan, (1, 9)), ["名称和第 2 行重复，请核对后只留一行。"]);
    let mut elsewhere = lines[1].clone();
    elsewhere.at.file = 4;
    let plan = self::plan(&[lines[0].clone(), elsewhere]);
    assert_eq!(messages(&plan, (4, 9)), ["名称和第 1 个文件的第 2 行重复，请核对后只留一行。"]);
}

#[test]
fn circles_are_named_by_both_rows_and_everything_else_keeps_its_order() {
    let lines = [
        union(2, "甲公司工会", "乙公司工会", &[]),
        union(3, "乙公司工会", "甲公司工会", &[]),
        union(4, "丙公司工会", "乙公司工会", &[]),
        union(5, "丁公司工会", "丁公司工会", &[]),
        union(6, "戊公司工会", "库里的工会", &[]),
    ];
    let plan = plan(&lines);
    let cycle = vec!["import.parent_cycle"];
    assert_eq!(codes(&plan), [((1, 2), cycle.clone()), ((1, 3), cycle.clone()), ((1, 5), cycle)]);
    assert_eq!(order(&plan), [(1, 2), (1, 3), (1, 5), (1, 6), (1, 4)]);
    let told = messages(&plan, (1, 2));
    assert!(told[0].contains("第 2 行") && told[0].contains("第 3 行"), "{told:?}");
    assert_eq!(messages(&plan, (1, 5)), ["第 5 行把自己写成了自己的上级，请改正上级工会。"]);
}

#[test]
fn unions_and_employers_that_name_each_other() {
    let by_code = [("employer_uscc", unit_code(1))];
    let by_code: Vec<(&str, &str)> = by_code.iter().map(|(field, code)| (*field, code.as_str())).collect();
    let agreed = [
        union(2, "甲公司工会", "库里的工会", &by_code),
        employer(2, "甲公司", 1, &[("union", "甲公司工会")]),
        union(3, "乙公司工会", "库里的工会", &[("employer_name", "乙公司")]),
        employer(3, "乙(江门)公司", 2, &[("aliases", "乙公司、乙厂"), ("union", "")]),
        employer(4, "丙公司", 3, &[("union", "库里的工会")]),
    ];
    assert_eq!(codes(&plan(&agreed)), []);
    let contradiction = vec!["import.contradiction"];
    let both = [((1, 2), contradiction.clone()), ((2, 2), contradiction.clone())];
    let other_union = [
        union(2, "甲公司工会", "库里的工会", &by_code),
        union(3, "乙公司工会", "库里的工会", &[]),
        employer(2, "甲公司", 1, &[("union", "乙公司工会")]),
    ];
    assert_eq!(codes(&plan(&other_union)), both);
    let other_name = [
        union(2, "甲公司工会", "库里的工会", &[("employer_uscc", by_code[0].1), ("employer_name", "别的公司")]),
        employer(2, "甲公司", 1, &[]),
    ];
    assert_eq!(codes(&plan(&other_name)), both);
    let twice = [union(2, "甲公司工会", "库里的工会", &by_code), union(3, "乙公司工会", "库里的工会", &by_code)];
    assert_eq!(codes(&plan(&twice)), [((1, 2), contradiction.clone()), ((1, 3), contradiction)]);
    // The second of two equal rows is refused as such; the first keeps its employer.
    let same = [union(2, "甲公司工会", "库里的工会", &by_code), union(3, "甲公司工会", "库里的工会", &by_code)];
    assert_eq!(codes(&plan(&same)), [((1, 3), vec!["import.duplicate_name"])]);
}

#[test]
fn only_base_unions_have_employers_and_a_name_alone_must_be_clear() {
    let joint = [
        ("name", "白沙街道工会联合会"),
        ("kind", "镇街工会联合会"),
        ("parent", "区总工会"),
        ("employer_name", "甲公司"),
    ];
    let lines = [
        line(Part::Unions, 1, 2, &joint),
        employer(2, "甲公司", 1, &[("union", "白沙街道工会联合会")]),
        employer(3, "乙公司", 2, &[]),
        employer(4, "乙公司", 3, &[]),
        union(3, "乙公司工会", "库里的工会", &[("employer_name", "乙公司")]),
    ];
    let expected = [
        ((1, 2), vec!["organization.employer"]),
        ((1, 3), vec!["import.employer_ambiguous"]),
        ((2, 2), vec!["organization.employer"]),
    ];
    assert_eq!(codes(&plan(&lines)), expected);
}

#[test]
fn an_office_is_held_once_and_a_union_has_one_chair() {
    let code = union_code(3);
    let lines = [
        union(
            2,
            "甲公司工会",
            "库里的工会",
            &[("uscc", &code), ("chair_name", "陈示例"), ("chair_phone", "13800000001")],
        ),
        officer(2, "甲公司工会", "陈示例", "主席", "13800000001"),
        officer(3, &code, "林示例", "主席", "13800000002"),
        officer(4, "库里的工会", "黄示例", "主席", "13800000003"),
        officer(5, "库里的工会", "梁示例", "主席", "13800000004"),
        officer(6, "库里的工会", "黄示例", "委员", "13800000003"),
        officer(7, "库里的工会", "黄示例", "委员", "138 0000 0003"),
    ];
    let plan = plan(&lines);
    let taken = vec!["officer.chair_taken"];
    let expected = [((3, 3), taken.clone()), ((3, 5), taken), ((3, 7), vec!["import.duplicate_office"])];
    assert_eq!(codes(&plan), expected);
    assert_eq!(messages(&plan, (3, 3)), ["这个工会的主席在第 1 个文件的第 2 行写的是另一位，请核对后只留一位。"]);
}

proptest! {
    /// Whatever hangs below whatever: every row has its place, and a parent in the files comes before its children
    /// unless they go round in a circle.
    #[test]
    fn any_forest_is_put_in_order(parents in proptest::collection::vec(0_usize..40, 1..40)) {
        let name = |number: usize| format!("示例{number}公司工会");
        let lines: Vec<Line> = parents
            .iter()
            .enumerate()
            .map(|(number, parent)| union(i64::try_from(number).unwrap() + 2, &name(number), &name(*parent), &[]))
            .collect();
        let plan = plan(&lines);
        let places: BTreeMap<i64, usize> = order(&plan).into_iter().enumerate().map(|(place, (_, row))| (row, place)).collect();
        prop_assert_eq!(places.len(), parents.len());
        for (number, parent) in parents.iter().enumerate() {
            let (own, above) = (number + 2, parent + 2);
            let circles = plan.row(number).faults.iter().any(|fault| fault.code == "import.parent_cycle");
            if *parent < parents.len() && !circles {
                prop_assert!(places[&(above as i64)] < places[&(own as i64)]);
            }
        }
    }

    #[test]
    fn any_text_is_judged(texts in proptest::collection::vec("\\PC{0,20}", 14)) {
        let fields = ["name", "kind", "parent", "uscc", "division", "established_on", "employees", "employer_name",
            "employer_uscc", "chair_name", "chair_phone", "contact_name", "contact_phone", "address"];
        let cells: Vec<(&'static str, &str)> = fields.into_iter().zip(texts.iter().map(String::as_str)).collect();
        let plan = plan(&[line(Part::Unions, 1, 2, &cells)]);
        prop_assert!(plan.row(0).faults.iter().all(|fault| fault.message.ends_with('。')));
    }
}
