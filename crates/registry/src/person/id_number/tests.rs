//! Every number here is from the standard or made up; none belongs to a person that we know of.

use proptest::prelude::*;

use super::*;

fn day_of(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day_of("2026-11-22")
}

fn code(raw: &str) -> &'static str {
    parse(raw, today()).map_or_else(IdError::code, |_| "ok")
}

/// 17 digits with their check digit.
fn checked(body: &str) -> String {
    format!("{body}{}", check_digit(body).unwrap())
}

#[test]
fn vectors_of_the_standard() {
    assert_eq!(check_digit("11010519491231002"), Some('X'));
    assert_eq!(check_digit("44052418800101001"), Some('4'));
    let id = parse("11010519491231002X", today()).unwrap();
    assert_eq!(id.kind, IdKind::ResidentId);
    assert_eq!(id.birth, Some(day_of("1949-12-31")));
    assert_eq!(id.sex, Some(Sex::Female));
    assert_eq!(code("440524188001010014"), "id.date", "right by the standard, but born in 1880");
}

#[test]
fn written_in_many_ways() {
    for raw in [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002ｘ",
        "110105\u{3000}19491231002X",
    ] {
        assert_eq!(parse(raw, today()).unwrap().normalized, "11010519491231002X", "{raw}");
    }
}

#[test]
fn fifteen_places_are_upgraded() {
    let id = parse("110105491231002", today()).unwrap();
    assert_eq!(id.normalized, "11010519491231002X");
    assert_eq!(upgrade_15("110105491231002").as_deref(), Ok("11010519491231002X"));
    assert_eq!(upgrade_15("11010549123100"), Err(IdError::Length));
    assert_eq!(upgrade_15("11010549123100X"), Err(IdError::Characters));
    assert_eq!(upgrade_15("11010549一二"), Err(IdError::Length));
    assert_eq!(upgrade_15("一二三四五六七八九十一二三四五"), Err(IdError::Characters));
    assert_eq!(code("110105491331002"), "id.date");
    assert_eq!(code("990105491231002"), "id.division");
    assert_eq!(code("810000900307001"), "id.division");
}

#[test]
fn the_other_documents() {
    let cases = [
        ("81000019900307005", IdKind::HkMoTwResidencePermit, Sex::Male),
        ("82000019851230112", IdKind::HkMoTwResidencePermit, Sex::Female),
        ("83000020000229001", IdKind::HkMoTwResidencePermit, Sex::Male),
        ("91184019920229003", IdKind::ForeignPermanentResident, Sex::Male),
        ("91112419810803002", IdKind::ForeignPermanentResident, Sex::Female),
    ];
    for (body, kind, sex) in cases {
        let id = parse(&checked(body), today()).unwrap();
        assert_eq!((id.kind, id.sex), (kind, Some(sex)), "{body}");
        assert_eq!(id.birth.unwrap().format("%Y%m%d").to_string(), body[6..14]);
    }
    assert_eq!(code(&checked("83000020010229001")), "id.date");
    assert_eq!(code(&checked("91184019900229001")), "id.date");
    // The number on the specimen card of 2023.
    assert_eq!(code("911124198108030024"), "ok");
    let old = parse("usa110179120107", today()).unwrap();
    assert_eq!(old.kind, IdKind::ForeignPermanentResident);
    assert_eq!((old.normalized.as_str(), old.birth, old.sex), ("USA110179120107", None, None));
    for raw in ["US1110179120107", "USAA10179120107", "USA11017912010X"] {
        assert_eq!(code(raw), "id.characters", "{raw}");
    }
}

#[test]
fn refusals() {
    let cases = [
        ("", "id.length"),
        ("   ", "id.length"),
        ("1101051949123100", "id.length"),
        ("11010519491231002", "id.length"),
        ("11010519491231002X0", "id.length"),
        ("X1010519491231002X", "id.characters"),
        ("1101051949123100XX", "id.characters"),
        ("11010519491231002A", "id.characters"),
        ("11010519491231-02X", "id.characters"),
        ("110105194912310o2X", "id.characters"),
        ("11010519491231\u{0}02X", "id.characters"),
        ("=1010519491231002X", "id.characters"),
        ("身份证号码不告诉你呀", "id.length"),
        ("一二三四五六", "id.length"), // 18 bytes
        ("一二三四五六七八九十一二三四五六七八", "id.characters"),
        ("一二三四五六七八九十一二三四五", "id.characters"),
        ("USA一二三四五六七八九十一二", "id.characters"),
        ("110105194912310021", "id.check"),
        ("11010519491232002X", "id.date"),
        ("11010519490229002X", "id.date"),
        ("000105194912310020", "id.division"),
        ("710105194912310020", "id.division"),
        ("810105194912310020", "id.division"),
        ("840000194912310020", "id.division"),
    ];
    for (raw, expected) in cases {
        assert_eq!(code(raw), expected, "{raw:?}");
    }
    assert_eq!(code(&"1".repeat(10_000)), "id.length");
    assert_eq!(code(&checked("44070318991231001")), "id.date");
    assert_eq!(code(&checked("44070319000101001")), "ok");
    assert_eq!(code(&checked("44070320240229001")), "ok");
    assert_eq!(code(&checked("44070320261122001")), "ok");
    assert_eq!(code(&checked("44070320261123001")), "id.future");
}

#[test]
fn messages_name_the_next_step() {
    let all = [IdError::Length, IdError::Characters, IdError::Date, IdError::Check, IdError::Division, IdError::Future];
    for error in all {
        assert!(error.message().contains('请'), "{}", error.code());
    }
}

#[test]
fn masks_keep_three_and_four() {
    assert_eq!(mask("11010519491231002X"), "110***********002X");
    assert_eq!(mask("USA110179120107"), "USA********0107");
    assert_eq!(mask("1101051949"), "**********");
    assert_eq!(mask(""), "");
    let id = parse("11010519491231002X", today()).unwrap();
    assert_eq!(format!("{id:?}"), "IdNumber(ResidentId, 110***********002X)");
}

#[test]
fn synthetic_numbers() {
    let birth = day_of("1990-03-07");
    let id = parse(&synthetic("440703", birth, 12).unwrap(), today()).unwrap();
    assert_eq!((id.birth, id.sex), (Some(birth), Some(Sex::Female)));
    assert_eq!(synthetic("440703", birth, 1000), None);
    assert_eq!(synthetic("44070", birth, 1), None);
    assert_eq!(synthetic("44070a", birth, 1), None);
    assert_eq!(synthetic("440703", day_of("1899-12-31"), 1), None);
}

prop_compose! {
    fn any_number()(
        division in proptest::sample::select(vec!["440703", "110105", "650102", "810000", "830000", "911840"]),
        days in 0i64..46_000, sequence in 0u16..1000,
    ) -> String {
        let birth = day_of("1900-01-01") + chrono::Duration::days(days);
        synthetic(division, birth, sequence).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn synthetic_numbers_pass(number in any_number()) {
        let id = parse(&number, today()).unwrap();
        prop_assert_eq!(id.normalized, number);
    }

    #[test]
    fn a_single_wrong_digit_is_found(number in any_number(), place in 0usize..18, to in 0usize..11) {
        let mut wrong = number.clone().into_bytes();
        wrong[place] = CHECK[to];
        prop_assume!(wrong != number.as_bytes());
        prop_assert!(parse(std::str::from_utf8(&wrong).unwrap(), today()).is_err());
    }

    #[test]
    fn a_swap_of_neighbours_is_found(number in any_number(), place in 0usize..17) {
        let mut wrong = number.clone().into_bytes();
        wrong.swap(place, place + 1);
        prop_assume!(wrong != number.as_bytes());
        prop_assert!(parse(std::str::from_utf8(&wrong).unwrap(), today()).is_err());
    }

    #[test]
    fn any_text_is_judged(raw in any::<String>()) {
        let _ = parse(&raw, today());
    }
}
