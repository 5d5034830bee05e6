use kernel::Id;
use kernel::crypto::LocalKeys;
use kernel::sheet::Flaw;

use super::super::unions::Union;
use super::*;

const HEADER: [&str; 11] = [
    "姓名",
    "证件号码",
    "手机号码",
    "所属工会",
    "用人单位",
    "入会日期",
    "用工形式",
    "从事工作",
    "性别",
    "出生日期",
    "证件类型",
];
/// The example of the standard: a synthetic woman of 31 December 1949.
const WOMAN: &str = "11010519491231002X";
const HOME: u128 = 7;

fn row(number: u64, texts: &[&str]) -> Row {
    let cells = texts.iter().map(|text| Cell { text: (*text).to_owned(), flaw: None }).collect();
    Row { number, cells }
}

fn unions() -> Unions {
    let union = Union {
        id: Id::from_u128(HOME),
        name: "示例制造有限公司工会".to_owned(),
        uscc: None,
        takes_members: true,
        established: true,
        synthetic: true,
    };
    Unions::of([union], [], Id::from_u128(HOME))
}

/// Codes and columns.
type Codes = Vec<(String, Option<String>)>;

fn judged(rows: &[Row]) -> Vec<Result<Good, Codes>> {
    let keys = LocalKeys::for_tests().unwrap();
    let columns = Columns::recognise(Part::Members, &HEADER.map(str::to_owned));
    let mut judge = Judge::new(&keys, &columns, "2026-11-23".parse().unwrap());
    let unions = unions();
    let codes = |faults: Vec<Fault>| faults.into_iter().map(|fault| (fault.code, fault.column)).collect();
    rows.iter().map(|row| judge.judge(row, &unions).map_err(codes)).collect()
}

fn codes(texts: &[&str]) -> Vec<String> {
    let one = judged(&[row(2, texts)]).pop().unwrap();
    one.err().unwrap_or_default().into_iter().map(|(code, _)| code).collect()
}

#[test]
fn a_good_row() {
    let texts = [
        "示例员工",
        "11010519491231002x",
        "138 0000 0000",
        "",
        "/",
        "1975年5月",
        "合同工",
        "",
        "女",
        "1949年12月",
        "身份证",
    ];
    let good = judged(&[row(2, &texts)]).pop().unwrap().unwrap();
    assert_eq!((good.name.as_str(), good.id.normalized.as_str()), ("示例员工", WOMAN));
    assert_eq!(good.phone.map(|phone| phone.as_str().to_owned()).as_deref(), Some("13800000000"));
    assert_eq!((good.place.organization, good.place.synthetic), (Id::from_u128(HOME), true));
    assert_eq!(good.joined_on.to_string(), "1975-05-01");
    assert_eq!(
        (good.sex, good.birth.map(|day| day.to_string()).as_deref()),
        (Some(id_number::Sex::Female), Some("1949-12-31"))
    );
}

#[test]
fn what_is_left_out_has_a_default() {
    let good = judged(&[row(2, &["示例员工", WOMAN])]).pop().unwrap().unwrap();
    assert_eq!(good.joined_on.to_string(), "2026-11-23");
    assert_eq!((good.form, good.work, good.phone.is_none()), (EmploymentForm::LabourContract, None, true));
    let rider = judged(&[row(2, &["示例骑手", WOMAN, "", "", "", "", "", "骑手"])]).pop().unwrap().unwrap();
    assert_eq!((rider.form, rider.work), (EmploymentForm::Platform, Some(Work::FoodDelivery)));
}

#[test]
fn every_fault_has_its_code() {
    let cases: [(&[&str], &[&str]); 25] = [
        (&["", WOMAN], &["import.cell_empty"]),
        (&["示例员工", ""], &["import.cell_empty"]),
        (&[], &["import.cell_empty", "import.cell_empty"]),
        (&["示例1员工", WOMAN], &["name.characters"]),
        (&["=cmd|' /C calc'!A0", WOMAN], &["name.characters"]),
        (&["<script>alert(1)</script>", WOMAN], &["name.characters"]),
        (&["示例😀", WOMAN], &["name.characters"]),
        (&["示例员工", "110105194912310021"], &["id.check"]),
        (&["示例员工", "11010519491231002"], &["id.length"]),
        (&["示例员工", "110105194902300021"], &["id.date"]),
        (&["示例员工", "990105194912310021"], &["id.check"]),
        (&["示例员工", "000105194912310021"], &["id.division"]),
        (&["示例员工", "11010520491231002X"], &["id.future"]),
        (&["示例员工", "1101051949123100 ?X"], &["id.characters"]),
        (&["示例员工", WOMAN, "1380000"], &["phone.format"]),
        (&["示例员工", WOMAN, "", "没有的工会"], &["import.union_unknown"]),
        (&["示例员工", WOMAN, "", "", "没有的单位"], &["import.employer_unknown"]),
        (&["示例员工", WOMAN, "", "", "", "不记得"], &["import.date"]),
        (&["示例员工", WOMAN, "", "", "", "2026-11-24"], &["import.date_future"]),
        (&["示例员工", WOMAN, "", "", "", "1949-12-30"], &["import.joined_before_birth"]),
        (&["示例员工", WOMAN, "", "", "", "", "不知道"], &["import.employment_form"]),
        (&["示例员工", WOMAN, "", "", "", "", "", "宇航员"], &["import.work"]),
        (&["示例员工", WOMAN, "", "", "", "", "", "", "男"], &["import.sex_differs"]),
        (
            &["示例员工", WOMAN, "", "", "", "", "", "", "？", "1949-12-30", "护照"],
            &["import.sex", "import.id_kind", "import.birth_differs"],
        ),
        (
            &["示例员工", WOMAN, "x", "没有的工会", "", "", "", "", "", "", "居住证"],
            &["phone.format", "import.id_kind_differs", "import.union_unknown"],
        ),
    ];
    for (texts, expected) in cases {
        assert_eq!(codes(texts), expected, "{texts:?}");
    }
}

#[test]
fn cells_that_lost_something() {
    for (flaw, code) in [
        (Flaw::Rounded, "import.cell_rounded"),
        (Flaw::Control, "import.cell_characters"),
        (Flaw::TooLong, "import.cell_long"),
        (Flaw::Error, "import.cell_error"),
    ] {
        let mut bad = row(2, &["示例员工", WOMAN]);
        bad.cells[1].flaw = Some(flaw);
        let faults = judged(&[bad]).pop().unwrap().unwrap_err();
        assert_eq!(faults, [(code.to_owned(), Some("证件号码".to_owned()))]);
    }
}

#[test]
fn the_first_valid_row_counts() {
    let rows = [
        row(2, &["示例员工", WOMAN, "bad"]),
        row(3, &["示例员工", WOMAN]),
        row(4, &["示例员工", "11010519491231002x"]),
        row(6, &["示例员工", WOMAN, "bad"]),
    ];
    let keys = LocalKeys::for_tests().unwrap();
    let columns = Columns::recognise(Part::Members, &HEADER.map(str::to_owned));
    let mut judge = Judge::new(&keys, &columns, "2026-11-23".parse().unwrap());
    let unions = unions();
    let faults: Vec<Vec<Fault>> = rows.iter().map(|row| judge.judge(row, &unions).err().unwrap_or_default()).collect();
    let codes: Vec<Vec<&str>> =
        faults.iter().map(|faults| faults.iter().map(|fault| fault.code.as_str()).collect()).collect();
    assert_eq!(
        codes,
        [vec!["phone.format"], vec![], vec!["import.row_twice"], vec!["phone.format", "import.row_twice"]]
    );
    assert!(faults[2][0].message.contains("第 3 行"), "{}", faults[2][0].message);
}

#[test]
fn no_fault_repeats_the_cell() {
    let texts = [
        "示1例",
        "110105194912310021",
        "1380000",
        "秘密工会",
        "秘密单位",
        "三月",
        "秘密",
        "秘密",
        "秘",
        "秘密",
        "秘密",
    ];
    let keys = LocalKeys::for_tests().unwrap();
    let columns = Columns::recognise(Part::Members, &HEADER.map(str::to_owned));
    let faults =
        Judge::new(&keys, &columns, "2026-11-23".parse().unwrap()).judge(&row(2, &texts), &unions()).unwrap_err();
    let text = serde_json::to_string(&faults).unwrap();
    assert_eq!(faults.len(), 10, "{text}");
    assert!(texts.iter().all(|cell| cell.chars().count() < 3 || !text.contains(cell)), "{text}");
    assert!(!text.contains("秘密"));
}
