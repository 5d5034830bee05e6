//! Rules against people, typos against what they say, and hostile texts against the limits.

use proptest::prelude::*;

use super::*;

fn worker() -> PersonFacts {
    PersonFacts {
        employment_form: "platform".into(),
        work: Some("courier".into()),
        division_code: "440703101".into(),
        organization_kind: "industry".into(),
        organization_id: kernel::Id::from_u128(7),
        employer_id: None,
        sex: Some("female".into()),
        age: Some(34),
        joined_on: "2023-12-31".parse().unwrap(),
        officer_titles: vec!["chair".into(), "organiser".into()],
        is_delegate: true,
    }
}

/// Somebody of whom nothing is registered.
fn unknown() -> PersonFacts {
    PersonFacts {
        employment_form: "labour_contract".into(),
        division_code: "440700".into(),
        organization_kind: "trade".into(),
        joined_on: "2024-01-01".parse().unwrap(),
        ..PersonFacts::default()
    }
}

#[test]
fn rules_cover_whom_they_say() {
    for (rule, covers_worker, covers_unknown) in [
        ("true", true, true),
        ("false", false, false),
        ("is_delegate", true, false),
        (r#"employment_form == "platform""#, true, false),
        (r#"employment_form != "platform""#, false, true),
        (r#"work in ["food_delivery", "courier"]"#, true, false),
        (r#"work == "none""#, false, true),
        (r#"county == "440703""#, true, false),
        (r#"county in ["440704", "440703"]"#, true, false),
        (r#"town == "440703101""#, true, false),
        (r#"division == "440700""#, false, true),
        (r#"division.startsWith("4407")"#, true, true),
        (r#"division.startsWith("440703")"#, true, false),
        (r#"["440704", "440703"].exists(d, division.startsWith(d))"#, true, false),
        (r#"["440704", "440703"].all(d, division.startsWith(d))"#, false, false),
        (r#"sex == "female""#, true, false),
        (r#"sex == "unknown""#, false, true),
        ("age < 35", true, false),
        // Neither a condition on an age that nobody knows, nor its opposite.
        ("age >= 35", false, false),
        ("!(age < 35)", false, false),
        ("age < 35 || age >= 35", true, false),
        ("age in [34, 36]", true, false),
        ("!birth_known || age > 60", false, true),
        ("age > 60 || true", true, true),
        ("age > 60 && false", false, false),
        ("age > 30 ? is_officer : true", true, false),
        ("birth_known ? age > 60 : true", false, true),
        (r#"joined_on < "2024-01-01""#, true, false),
        (r#""2024-01-01" <= joined_on"#, false, true),
        (r#"joined_on == "2023-12-31""#, true, false),
        (r#"organization_kind == "industry""#, true, false),
        (r#"organization_id == "00000000-0000-0000-0000-000000000007""#, true, false),
        (r#"employer_id == """#, true, true),
        ("is_officer", true, false),
        ("!is_officer", false, true),
        ("is_officer == false", false, true),
        (r#""chair" in officer_titles"#, true, false),
        (r#""vice_chair" in officer_titles"#, false, false),
        (r#"officer_titles.exists(t, t in ["vice_chair", "chair"])"#, true, false),
        (r#"officer_titles.all(t, t == "chair")"#, false, true),
        ("size(officer_titles) == 2", true, false),
        ("officer_titles.size() >= 1", true, false),
        ("  \n age == 34 // 到今天\n && is_officer\n", true, false),
        (r"sex == 'female' && (age > 60 || county == '440703')", true, false),
    ] {
        let segment = Segment::parse(rule).unwrap_or_else(|refusal| panic!("{rule}: {}", refusal.message));
        assert_eq!(segment.matches(&worker()).unwrap(), covers_worker, "{rule}");
        assert_eq!(segment.matches(&unknown()).unwrap(), covers_unknown, "{rule}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (rule, code, message) in [
        ("", "segment.empty", "规则是空的，请写上条件；面向全体会员的，请写 true。"),
        (" \n ", "segment.empty", "规则是空的，请写上条件；面向全体会员的，请写 true。"),
        (
            r#"age > 18 && employmnt_form == "platform""#,
            "segment.field",
            "第 13 个字处：没有“employmnt_form”这个字段，您是不是想写“employment_form”？请改正。",
        ),
        ("age > 18 &&\n  salary > 3", "segment.field", "第 2 行第 3 个字处：没有“salary”这个字段，请从字段表里选用。"),
        (
            r#"employment_form == "platfrom""#,
            "segment.value",
            "第 20 个字处：用工形式没有“platfrom”这一项，您是不是想写“platform”？请改正。",
        ),
        (
            r#"work in ["courier", "外卖配送"]"#,
            "segment.value",
            "第 21 个字处：就业类型没有“外卖配送”这一项，您是不是想写“food_delivery”？请改正。",
        ),
        (
            r#"sex == "x""#,
            "segment.value",
            "第 8 个字处：性别没有“x”这一项，请从这些里选：male（男）、female（女）、unknown（没有登记）。",
        ),
        (r#"joined_on < "2024-1-1""#, "segment.value", "第 13 个字处：“2024-1-1”不是日期，请写成 2026-11-23 的样子。"),
        (r#"county == "蓬江区""#, "segment.value", "第 11 个字处：“蓬江区”不是所在区县的代码，请写 6 位区划代码。"),
        (r#"division.startsWith("a")"#, "segment.value", "第 21 个字处：“a”不是区划代码的开头，请写 2 到 9 位数字。"),
        (
            r#"organization_id == "示例工会""#,
            "segment.value",
            "第 20 个字处：“示例工会”不是所在工会的编号，请从列表里复制编号。",
        ),
        (
            r#"["chair", "king"].exists(t, t in officer_titles)"#,
            "segment.value",
            "第 11 个字处：现任工会职务没有“king”这一项，请从这些里选：chair（主席）、vice_chair（副主席）、audit_director（经费审查委员会主任）、women_director（女职工委员会主任）、committee_member（委员）、organiser（组织员）。",
        ),
        (r#"age == "34""#, "segment.type", "第 5 个字处：数字不能和文字比较，请改正。"),
        ("age > 34.5", "segment.type", "第 7 个字处：这种值不能比较，请用整数或英文双引号里的文字。"),
        ("age", "segment.result", "规则的结果要是“符合”或“不符合”，请写成条件，例如 age >= 18。"),
        ("34", "segment.result", "规则的结果要是“符合”或“不符合”，请写成条件，例如 age >= 18。"),
        ("age && is_officer", "segment.type", "第 1 个字处：这里要写条件，现在是数字，请写成比较，例如 age >= 18。"),
        ("age / 0 > 1", "segment.function", "第 5 个字处：规则只比较，不计算，请把算好的数写进规则。"),
        (
            r#"division.startswith("44")"#,
            "segment.function",
            "第 20 个字处：没有“startswith”这个写法，您是不是想写“startsWith”？请改正。",
        ),
        ("sex == “female”", "segment.syntax", "第 8 个字处看不懂：“ 是中文标点，请改用英文半角标点。"),
        ("age = 3", "segment.syntax", "第 5 个字处看不懂：相等请写成 ==，不等请写成 !=。"),
        ("(age > 3", "segment.syntax", "第 9 个字处看不懂：规则没有写完，请检查引号和括号是否成对。"),
    ] {
        let refusal = Segment::parse(rule).unwrap_err();
        assert_eq!((refusal.code.as_ref(), refusal.message.as_str()), (code, message), "{rule}");
        assert_eq!(refusal.field, Some("rule"), "{rule}");
    }
}

/// Rules that are large or deep.
fn overgrown() -> Vec<String> {
    let nested = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    let numbers = (0..400).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    vec![
        nested("(", "true", ")", 990),
        nested("true ? true : ", "true", "", 140),
        nested("(true ? ", "true", " : true)", 100),
        nested("[", "1", "]", 900),
        nested("{1:", "1", "}", 400),
        nested("[1].all(x, ", "true", ")", 120),
        nested(
            "[1,2,3,4,5,6].all(a, [1,2,3,4,5,6].all(b, [1,2,3,4,5,6].all(c, [1,2,3,4,5,6].all(d, ",
            "a == d",
            "))))",
            1,
        ),
        format!("[{numbers}].exists(a, [1, 2, 3].exists(b, a == b))"),
        format!("age{}", ".age".repeat(490)),
        format!("age{} == 1", "[0]".repeat(600)),
        vec!["true"; 330].join("=="),
        vec!["1"; 900].join("+"),
        "(".repeat(2_000),
        "\"".repeat(1_999),
        "中".repeat(2_000),
        "a".repeat(2_001),
        format!("'{}' == work", "中".repeat(1_900)),
    ]
}

/// Rules that are short and wrong.
const WRONG: [&str; 37] = [
    "\u{0}",
    r#""\u0000" == work"#,
    r#"work.matches("(a+)+$")"#,
    r#"work.contains("a")"#,
    r#"matches(work, "a*")"#,
    "1 / 0 == 1",
    "1 % 0 == 1",
    "age * 9223372036854775807 > 1",
    "age > 99999999999999999999",
    "nothing",
    "nothing()",
    ".age > 1",
    "type(age) == int",
    "int == int",
    r#"timestamp("2024-01-01T00:00:00Z") < joined_on"#,
    "has(age.x)",
    "age.x == 1",
    "officer_titles[0] == \"chair\"",
    "officer_titles.map(t, t) == [\"chair\"]",
    "officer_titles.filter(t, true).size() > 0",
    "officer_titles.exists_one(t, t == \"chair\")",
    "officer_titles == [\"chair\"]",
    "officer_titles.exists(age, true)",
    "officer_titles.exists(t, officer_titles.exists(t, true))",
    "[].exists(t, true)",
    "age in []",
    "age in [1, \"a\"]",
    "age in [age]",
    "{\"a\": 1}.a == 1",
    "null == age",
    "b\"a\" == work",
    "1u == age",
    "sex < \"male\"",
    "is_officer == 1",
    "true + true",
    "@result",
    "SELECT * FROM person",
];

#[test]
fn hostile_rules_are_refused() {
    for rule in overgrown().into_iter().chain(WRONG.map(str::to_owned)) {
        let start: String = rule.chars().take(60).collect();
        let refusal = Segment::parse(&rule).expect_err(&start);
        assert!(refusal.code.starts_with("segment."), "{start}");
        assert!(refusal.message.chars().count() < 200, "{}", refusal.message);
        assert!(refusal.message.ends_with('。') && refusal.message.contains('请'), "{start}: {}", refusal.message);
    }
}

#[test]
fn what_is_long_and_flat_is_a_rule() {
    let ors = |n: usize| (0..n).map(|n| format!("age == {n}")).collect::<Vec<_>>().join(" || ");
    let segment = Segment::parse(&ors(140)).unwrap();
    assert!(segment.matches(&worker()).unwrap());
    let parens = format!("{}age == 34{}", "(".repeat(90), ")".repeat(90));
    assert!(Segment::parse(&parens).unwrap().matches(&worker()).unwrap());
    assert!(Segment::parse(&format!("{}is_officer", "!".repeat(1_990))).unwrap().matches(&worker()).unwrap());
    assert_eq!(segment.uses().iter().copied().collect::<Vec<_>>(), [Field::Age]);
}

/// Texts out of the pieces that rules are made of.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "age",
        "sex",
        "\"male\"",
        "'440703'",
        "county",
        "is_officer",
        "officer_titles",
        "true",
        "34",
        "==",
        "!=",
        "<",
        ">=",
        " in ",
        "&&",
        "||",
        "!",
        "?",
        ":",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        ".exists(x, ",
        ".all(x, ",
        "x",
        "size(",
        ".startsWith(",
        "-",
        "+",
        "{",
        "}",
        "\"",
        "'",
        "\\",
        "中",
        "“",
        " ",
        "\n",
        "//",
        "1.5",
        "0x",
        "9223372036854775808",
        "null",
        "has(",
        "`",
        "@",
        "birth_known",
        "joined_on",
        "\"2024-01-01\"",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_is_written_is_refused_or_answers(rule in prop_oneof![pieces(), "\\PC{0,40}"]) {
        if let Ok(segment) = Segment::parse(&rule) {
            segment.matches(&worker()).unwrap();
            segment.matches(&unknown()).unwrap();
        }
    }
}
