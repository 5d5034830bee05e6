//! Tables of the rules.

use super::*;

#[test]
fn names_round_trip_and_have_labels() {
    for kind in OrganizationKind::ALL {
        assert_eq!(OrganizationKind::parse(kind.as_str()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert!(kind.label().ends_with("工会") || kind.label().ends_with("联合会"));
    }
    for title in OfficerTitle::ALL {
        assert_eq!(OfficerTitle::parse(title.as_str()), Some(title));
        assert_eq!(serde_json::to_value(title).unwrap(), title.as_str());
    }
    assert_eq!(OrganizationKind::parse("Grassroots"), None);
    assert_eq!(OrganizationState::parse("gone"), None);
}

#[test]
fn who_stands_under_whom() {
    let allowed: [(OrganizationKind, &[OrganizationKind]); 8] = [
        (CityFederation, &[CountyFederation, Industry, Trade]),
        (CountyFederation, &[TownFederation, TownJoint, Industry, Trade, Grassroots]),
        (TownFederation, &[Grassroots, JointGrassroots]),
        (TownJoint, &[Grassroots, JointGrassroots]),
        (Industry, &[Grassroots, JointGrassroots]),
        (Trade, &[Grassroots, JointGrassroots]),
        (Grassroots, &[]),
        (JointGrassroots, &[]),
    ];
    for (parent, children) in allowed {
        for kind in OrganizationKind::ALL {
            assert_eq!(may_stand_under(kind, parent), children.contains(&kind), "{kind:?} under {parent:?}");
        }
    }
}

#[test]
fn terms_and_stages() {
    assert_eq!((Grassroots.terms(), TownJoint.terms()), (&[3, 5][..], &[5][..]));
    assert_eq!((JointGrassroots.founding_stages(), Industry.founding_stages()), (1, 2));
}

#[test]
fn divisions() {
    use DivisionLevel::{City, District, Other, Street, Town};
    let cases = [
        (CountyFederation, District, "440703", "440700", true),
        (CountyFederation, District, "440803", "440700", false),
        (CountyFederation, City, "440700", "440700", false),
        (TownFederation, Town, "440703101", "440703", true),
        (TownFederation, Town, "440705101", "440703", false),
        (TownJoint, Street, "440703002", "440703", true),
        (TownJoint, Other, "440705450", "440705", true),
        (TownJoint, District, "440703", "440703", false),
        (Grassroots, Town, "440703101", "440703101", true),
        (Grassroots, Street, "440703002", "440703101", false),
        (Grassroots, District, "440703", "440703", true),
        (Industry, City, "440700", "440700", true),
        (Industry, District, "440703", "440700", true),
    ];
    for (kind, level, code, parent, suits) in cases {
        assert_eq!(division_suits(kind, level, code, parent), suits, "{kind:?} {code} under {parent}");
    }
}

#[test]
fn union_names() {
    let taken = [
        ("示例公司工会", "示例公司工会"),
        (" 示例公司 工会委员会 ", "示例公司工会委员会"),
        ("白沙街道工会联合会", "白沙街道工会联合会"),
        ("棠下镇总工会", "棠下镇总工会"),
        ("ＡＢＣ(中国)公司工会", "ABC（中国）公司工会"),
        ("Sample Works 工会", "Sample Works工会"),
    ];
    for (raw, stored) in taken {
        assert_eq!(union_name(raw, Grassroots).as_deref(), Ok(stored), "{raw}");
    }
    let long = format!("{}工会", "长".repeat(10_000));
    let refused = [
        "",
        "工会",
        "某工会",
        "示例公司",
        "=示例公司工会",
        "+示例公司工会",
        "@示例公司工会",
        "-示例公司工会",
        "<script>alert(1)</script>工会",
        "示例\u{0}公司工会",
        "示例\u{202e}公司工会",
        "示例😀公司工会",
        "محمد公司工会",
        "示例公司工会;",
        "示例公司\n工会",
        &long,
    ];
    for raw in refused {
        let refusal = union_name(raw, Grassroots).unwrap_err();
        assert_eq!((refusal.code.as_ref(), refusal.field), ("organization.name", Some("name")), "{raw:.20}");
        assert!(refusal.message.ends_with('。') && refusal.message.chars().count() < 80);
    }
    assert!(union_name("蓬江区工会联合会", CountyFederation).is_err());
    assert!(union_name("蓬江区总工会", CountyFederation).is_ok());
}

#[test]
fn a_life_by_days() {
    let day = |d| Day::from_ymd_opt(2026, 11, d).unwrap();
    let mut life = Life {
        entered_on: day(5),
        established_on: Some(day(9)),
        ended_on: Some(day(20)),
        state: OrganizationState::Dissolved,
    };
    assert_eq!(life.on(day(4)), None);
    assert_eq!(life.on(day(5)), Some(OrganizationState::Founding));
    assert_eq!(life.on(day(9)), Some(OrganizationState::Established));
    assert_eq!(life.on(day(20)), Some(OrganizationState::Dissolved));
    // Entered late: it was there all the same.
    life.established_on = Some(day(1));
    assert_eq!(life.on(day(2)), Some(OrganizationState::Established));
    life = Life { established_on: None, state: OrganizationState::Refused, ..life };
    assert_eq!(
        (life.on(day(19)), life.on(day(20))),
        (Some(OrganizationState::Founding), Some(OrganizationState::Refused))
    );
}

#[test]
fn contact_phones() {
    let taken = [
        ("0750-3500000", "07503500000"),
        ("(010) 12345678", "01012345678"),
        ("+86 138 0000 1234", "13800001234"),
        ("０７５０－３５０００００", "07503500000"),
    ];
    for (raw, stored) in taken {
        assert_eq!(contact_phone(raw).as_deref(), Some(stored), "{raw}");
    }
    for raw in ["", "12351", "0750", "=07503500000", "0750350000x", &"0".repeat(10_000)] {
        assert_eq!(contact_phone(raw), None, "{raw:.20}");
    }
}

#[test]
fn link_codes() {
    assert_eq!(link_code("ABCD-efgh jk").as_deref(), Some("abcdefghjk"));
    for raw in ["", "ABCDEFGHJ", "ABCDEFGHJ0", "ABCDEFGHJI", "ABCDEFGHJ李", "ABCDEFGHJKM"] {
        assert_eq!(link_code(raw), None, "{raw}");
    }
    assert!(LINK_ALPHABET.iter().all(|byte| !b"01iol".contains(byte)));
}
