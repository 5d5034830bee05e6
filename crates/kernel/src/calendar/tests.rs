use chrono::TimeZone;
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn bundled_file_is_read_whole_and_holds_only_deviations() {
    let lines = BUNDLED_CSV.lines().count() - 1;
    let calendar = Calendar::bundled();
    assert_eq!(calendar.days().count(), lines);
    assert_eq!(lines, 198);
    let weekdays_only = Calendar::default();
    for row in calendar.days() {
        assert_ne!(row.working, weekdays_only.is_working_day(row.date), "{row:?}");
        assert_eq!(row.working, row.name.ends_with("调休上班"), "{row:?}");
    }
    assert_eq!(calendar.known_until(), day("2026-12-31"));
    assert!(calendar.is_known(day("2019-01-01")) && !calendar.is_known(day("2018-12-31")));
}

/// Days that are worked, hand-checked against the yearly notices of the General Office of the
/// State Council. 9 February 2024, New Year's Eve, was no public holiday.
const WORKED: &str = "
    2019-02-02 2019-02-03 2019-04-28 2019-05-05 2019-09-29 2019-10-12
    2020-01-19 2020-04-26 2020-05-09 2020-06-28 2020-09-27 2020-10-10
    2021-02-07 2021-02-20 2021-04-25 2021-09-18 2021-09-26 2021-10-09
    2022-01-29 2022-01-30 2022-04-02 2022-04-24 2022-05-07 2022-10-08 2022-10-09
    2023-01-28 2023-01-29 2023-04-23 2023-05-06 2023-06-25 2023-10-07 2023-10-08
    2024-02-04 2024-02-09 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29
    2024-10-08 2024-10-12
    2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-09 2025-10-11
    2026-01-04 2026-02-14 2026-02-24 2026-02-28 2026-05-09 2026-09-20 2026-10-08 2026-10-10
    2026-11-23
";

/// Days that are free, from the same notices; in 2020 the Spring Festival was prolonged.
const FREE: &str = "
    2019-02-04 2019-02-10 2019-05-01 2019-05-03 2019-10-07
    2020-01-31 2020-02-01 2020-02-02 2020-10-08
    2021-02-11 2021-02-17 2021-09-20 2021-10-07
    2022-01-31 2022-02-06 2022-10-07
    2023-01-21 2023-01-27 2023-05-03 2023-10-06
    2024-02-10 2024-02-12 2024-02-16 2024-02-17 2024-05-05 2024-10-01 2024-10-07
    2025-01-28 2025-02-04 2025-05-05 2025-06-02 2025-10-01 2025-10-06 2025-10-08
    2026-01-02 2026-01-03 2026-02-15 2026-02-16 2026-02-20 2026-02-23 2026-04-06 2026-05-05
    2026-06-19 2026-09-25 2026-10-01 2026-10-07 2026-11-22
";

#[test]
fn days_of_the_notices() {
    let calendar = Calendar::bundled();
    for text in WORKED.split_whitespace() {
        assert!(calendar.is_working_day(day(text)), "{text} is worked");
    }
    for text in FREE.split_whitespace() {
        assert!(!calendar.is_working_day(day(text)), "{text} is free");
    }
}

#[test]
fn names() {
    let cases = [
        ("2026-02-17", Some("春节")),
        ("2026-02-14", Some("春节调休上班")),
        ("2025-10-06", Some("中秋")),
        ("2024-10-12", Some("国庆节调休上班")),
        ("2026-11-23", None),
        ("2026-11-22", None),
    ];
    for (text, name) in cases {
        assert_eq!(Calendar::bundled().name_of(day(text)), name, "{text}");
    }
}

#[test]
fn adding_working_days() {
    let cases = [
        ("2024-02-08", 1, "2024-02-09"),
        ("2024-02-08", 2, "2024-02-18"), // Spring Festival 2024: 10–17 February, Sunday 18 worked
        ("2024-02-09", 3, "2024-02-20"),
        ("2024-09-13", 1, "2024-09-14"), // Saturday worked for the Mid-autumn Festival
        ("2024-09-13", 2, "2024-09-18"),
        ("2024-09-27", 1, "2024-09-29"),
        ("2024-09-30", 5, "2024-10-12"), // 8, 9, 10, 11 and Saturday 12
        ("2025-01-24", 1, "2025-01-26"),
        ("2025-01-27", 1, "2025-02-05"), // Spring Festival 2025: 28 January – 4 February
        ("2025-01-27", 4, "2025-02-08"),
        ("2025-09-30", 1, "2025-10-09"),
        ("2025-09-30", 3, "2025-10-11"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-14", 1, "2026-02-24"), // Spring Festival 2026: 15–23 February
        ("2026-02-14", 5, "2026-02-28"),
        ("2026-09-30", 2, "2026-10-09"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-10-03", 1, "2026-10-08"), // started on a free day
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-22", 15, "2026-12-11"),
        ("2026-12-31", 1, "2027-01-01"), // beyond the data: Monday–Friday
    ];
    for (start, n, due) in cases {
        let calendar = Calendar::bundled();
        assert_eq!(calendar.add_working_days(day(start), n), day(due), "{start} + {n}");
        assert_eq!(calendar.due_after_working_days(day(start), n).day, day(due), "{start} + {n}");
        assert_eq!(calendar.working_days_between(day(start), day(due)), n, "{start} … {due}");
    }
    assert_eq!(Calendar::bundled().add_working_days(NaiveDate::MAX, 3), NaiveDate::MAX);
}

#[test]
fn moving_off_free_days_and_months() {
    let calendar = Calendar::bundled();
    let moved = [
        ("2026-10-01", "2026-10-08"),
        ("2026-10-10", "2026-10-10"),
        ("2026-10-11", "2026-10-12"),
        ("2026-02-15", "2026-02-24"),
        ("2025-02-01", "2025-02-05"),
    ];
    for (from, to) in moved {
        assert_eq!(calendar.next_working_day_on_or_after(day(from)), day(to), "{from}");
    }
    let months = [
        ("2025-01-31", "2025-02-28"),
        ("2024-01-31", "2024-02-29"),
        ("2026-03-31", "2026-04-30"),
        ("2026-12-31", "2027-01-31"),
        ("2026-11-22", "2026-12-22"),
    ];
    for (from, to) in months {
        assert_eq!(same_day_next_month(day(from)), day(to), "{from}");
    }
}

#[test]
fn the_day_in_china_changes_at_sixteen_hours_utc() {
    let at = |h, m, s| Utc.with_ymd_and_hms(2026, 11, 22, h, m, s).unwrap();
    assert_eq!(china_day(at(15, 59, 59)), day("2026-11-22"));
    assert_eq!(china_day(at(16, 0, 0)), day("2026-11-23"));
    assert_eq!(china_day(at(0, 0, 0)), day("2026-11-22"));
}

#[test]
fn derivation_reads_in_chinese() {
    let due = Calendar::bundled().due_after_working_days(day("2026-09-30"), 4);
    assert_eq!(
        due.derivation,
        [
            "自2026年9月30日（周三）的次日起算，共4个工作日",
            "2026年10月1日（周四）至2026年10月7日（周三）休息（国庆节），不计",
            "2026年10月10日（周六）（国庆节调休上班），计入",
            "2026年10月11日（周日）休息（周末），不计",
            "到期日为2026年10月12日（周一）",
        ]
    );
}

#[test]
fn derivation_warns_beyond_the_data() {
    let due = Calendar::bundled().due_after_working_days(day("2026-12-30"), 2);
    assert_eq!(due.day, day("2027-01-01"));
    assert!(due.derivation.last().unwrap().starts_with("注意：日历数据至2026年12月31日，"));
    let none = Calendar::default().due_after_working_days(day("2026-01-01"), 1);
    assert!(none.derivation.last().unwrap().starts_with("注意：尚无日历数据，"));
    let early = Calendar::bundled().due_after_working_days(day("2018-06-01"), 1);
    assert!(early.derivation.last().unwrap().starts_with("注意："));
}

#[test]
fn rows_laid_over_the_bundled_ones_count() {
    let row = |text: &str| Day::parse(text).unwrap();
    let bundled = || Calendar::bundled().days().cloned();
    let calendar = Calendar::from_days(bundled().chain([
        row("2026-11-23,0,台风停工"),
        row("2026-10-10,0,取消调休"),
        row("2027-01-01,0,元旦"),
    ]));
    assert!(!calendar.is_working_day(day("2026-11-23")));
    assert!(!calendar.is_working_day(day("2026-10-10")));
    assert_eq!(calendar.name_of(day("2026-11-23")), Some("台风停工"));
    assert_eq!(calendar.known_until(), day("2026-12-31"), "one day does not make a year known");
    let calendar = Calendar::from_days(bundled().chain([row("2027-10-01,0,国庆节")]));
    assert_eq!(calendar.known_until(), day("2027-12-31"));
    let calendar = Calendar::from_days(bundled().chain([row("2028-10-02,0,国庆节")]));
    assert_eq!(calendar.known_until(), day("2026-12-31"), "2027 is missing");
    for bad in ["day,working,name", "", "2026-13-01,0,x", "2026-01-01,2,x", "2026-01-01,0"] {
        assert_eq!(Day::parse(bad), None, "{bad}");
    }
}

#[test]
fn pauses() {
    let calendar = Calendar::bundled();
    let clock = |pauses: Pauses| Deadline {
        started: day("2026-11-02"),
        budget_working_days: 5,
        pauses: pauses.iter().map(|(a, b)| (day(a), b.map(day))).collect(),
    };
    type Pauses<'a> = &'a [(&'a str, Option<&'a str>)];
    let cases: [(Pauses, &str, &str, u32); 8] = [
        (&[], "2026-11-04", "2026-11-09", 3),
        (&[("2026-11-04", Some("2026-11-06"))], "2026-11-04", "2026-11-11", 4),
        (&[("2026-11-04", Some("2026-11-04"))], "2026-11-04", "2026-11-09", 3), // empty
        (&[("2026-11-06", Some("2026-11-04"))], "2026-11-04", "2026-11-09", 3), // reversed: empty
        (&[("2026-11-07", Some("2026-11-09"))], "2026-11-09", "2026-11-09", 0), // a weekend costs nothing
        (&[("2026-11-04", None)], "2026-11-06", "2026-11-12", 4),
        (&[("2026-11-20", None)], "2026-11-06", "2026-11-09", 1), // not begun yet
        (&[("2026-11-04", Some("2026-11-06")), ("2026-11-05", Some("2026-11-10"))], "2026-11-10", "2026-11-13", 3),
    ];
    for (pauses, as_of, due, remaining) in cases {
        let clock = clock(pauses);
        assert_eq!(clock.due(calendar, day(as_of)).day, day(due), "{pauses:?} as of {as_of}");
        assert_eq!(clock.remaining_working_days(calendar, day(as_of)), remaining, "{pauses:?}");
    }
    let standing = clock(&[("2026-11-04", None)]);
    assert!(!standing.is_overdue(calendar, day("2027-06-01")), "a standing clock is never overdue");
    let stopped_late = clock(&[("2026-11-16", None)]);
    assert!(stopped_late.is_overdue(calendar, day("2026-11-10")));
    assert!(stopped_late.is_overdue(calendar, day("2026-11-30")), "a late pause does not cure the delay");
    let lines = clock(&[("2026-11-04", Some("2026-11-06"))]).due(calendar, day("2026-11-11")).derivation;
    assert!(lines.contains(&"2026年11月4日（周三）至2026年11月5日（周四）暂停计时，不计".to_owned()));
}

prop_compose! {
    fn any_day()(offset in 0i64..3400) -> NaiveDate {
        day("2018-06-01") + Duration::days(offset)
    }
}

proptest! {
    #[test]
    fn due_day_is_worked_and_inverts(start in any_day(), n in 1u32..120) {
        let calendar = Calendar::bundled();
        let due = calendar.add_working_days(start, n);
        prop_assert!(calendar.is_working_day(due));
        prop_assert_eq!(calendar.working_days_between(start, due), n);
        prop_assert_eq!(calendar.due_after_working_days(start, n).day, due);
    }

    #[test]
    fn next_working_day_skips_no_worked_day(start in any_day()) {
        let calendar = Calendar::bundled();
        let next = calendar.next_working_day_on_or_after(start);
        prop_assert!(calendar.is_working_day(next) && next >= start);
        prop_assert!(start.iter_days().take_while(|d| *d < next).all(|d| !calendar.is_working_day(d)));
    }

    #[test]
    fn a_pause_never_shortens(
        start in any_day(), budget in 0u32..60, as_of in 0i64..150,
        spans in proptest::collection::vec((-20i64..120, proptest::option::of(-10i64..40)), 0..4),
        extra in (-20i64..120, proptest::option::of(-10i64..40)),
    ) {
        let calendar = Calendar::bundled();
        let pause = |(from, length): (i64, Option<i64>)| {
            let from = start + Duration::days(from);
            (from, length.map(|length| from + Duration::days(length)))
        };
        let as_of = start + Duration::days(as_of);
        let mut clock = Deadline {
            started: start,
            budget_working_days: budget,
            pauses: spans.into_iter().map(pause).collect(),
        };
        let (due, left) = (clock.due(calendar, as_of).day, clock.remaining_working_days(calendar, as_of));
        clock.pauses.push(pause(extra));
        prop_assert!(clock.due(calendar, as_of).day >= due);
        prop_assert!(clock.remaining_working_days(calendar, as_of) >= left);
        prop_assert!(clock.remaining_working_days(calendar, as_of) <= budget);
    }
}
