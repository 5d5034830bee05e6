//! Last days: a table of cases, of which many were reckoned by hand, against the calendar and against a slow walk that
//! shares nothing with it but the raw rows.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use kernel::calendar::{Calendar, Day, Rule};

const CASES: &str = include_str!("data/due.csv");
const DAYS: &str = include_str!("../data/china_days.csv");

struct Case {
    rule: &'static str,
    start: NaiveDate,
    days: u32,
    table: BTreeMap<NaiveDate, bool>,
    due: NaiveDate,
    by_hand: bool,
    line: &'static str,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// `rule,start,days,table,due,by,why`; the table lists days that were entered later, worked (`+`) or free (`-`).
fn cases() -> Vec<Case> {
    let read = |line: &'static str| {
        let fields: Vec<&str> = line.splitn(7, ',').collect();
        let entered = |text: &str| {
            let (date, sign) = text.split_at(10);
            (day(date), sign == "+")
        };
        Case {
            rule: fields[0],
            start: day(fields[1]),
            days: fields[2].parse().unwrap_or_default(),
            table: fields[3].split_whitespace().map(entered).collect(),
            due: day(fields[4]),
            by_hand: fields[5] == "hand",
            line,
        }
    };
    CASES.lines().skip(1).map(read).collect()
}

impl Case {
    fn rule(&self) -> Rule {
        match self.rule {
            "month" => Rule::NextMonth { start: self.start },
            "working" => Rule::WorkingDays { start: self.start, days: self.days },
            "set" => Rule::Set { day: self.start },
            other => panic!("no rule {other}"),
        }
    }

    fn calendar(&self) -> Calendar {
        let row = |(date, working): (&NaiveDate, &bool)| Day { date: *date, working: *working, name: "补录".into() };
        Calendar::from_days(Calendar::bundled().days().cloned().chain(self.table.iter().map(row)))
    }

    /// Whether a day is worked, from the raw rows.
    fn worked(&self, date: NaiveDate) -> bool {
        if let Some(entered) = self.table.get(&date) {
            return *entered;
        }
        let sign = |line: &str| Some(line.strip_prefix(&format!("{date},"))?.starts_with('1'));
        let weekday = !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        DAYS.lines().find_map(sign).unwrap_or(weekday)
    }

    /// Day by day, with no arithmetic of months.
    fn walk(&self) -> NaiveDate {
        let next = |date: NaiveDate| date.succ_opt().unwrap();
        let mut date = self.start;
        match self.rule {
            "month" => {
                while date.month() == self.start.month() {
                    date = next(date);
                }
                while date.day() != self.start.day() && next(date).month() == date.month() {
                    date = next(date);
                }
            }
            "working" => {
                let mut left = self.days;
                while left > 0 {
                    date = next(date);
                    left -= u32::from(self.worked(date));
                }
                return date;
            }
            _ => {}
        }
        while !self.worked(date) {
            date = next(date);
        }
        date
    }
}

#[test]
fn every_case_falls_on_its_day() {
    let cases = cases();
    assert!(cases.len() >= 200 && cases.iter().filter(|case| case.by_hand).count() >= 60);
    for case in &cases {
        assert_eq!(case.walk(), case.due, "walked: {}", case.line);
        let (calendar, rule) = (case.calendar(), case.rule());
        let due = calendar.due(rule);
        assert_eq!(due.day, case.due, "{}", case.line);
        assert_eq!(due.rule, Some(rule), "{}", case.line);
        assert_eq!(due.derivation.first().map(|line| line.contains(&chinese(case.start))), Some(true), "{}", case.line);
        assert!(
            due.derivation.iter().any(|line| line.contains(&format!("到期日为{}", chinese(case.due)))),
            "{}",
            case.line
        );
        let warns = due.derivation.last().unwrap().starts_with("注意：");
        assert!(warns || calendar.is_known(due.day), "beyond the table it says so: {}", case.line);
    }
}

#[test]
fn a_running_day_is_worked_out_again_when_the_table_changes() {
    for case in cases().iter().filter(|case| !case.table.is_empty()) {
        let before = Calendar::bundled().due(case.rule());
        let after = case.calendar().due(before.rule.unwrap());
        assert_eq!(after.day, case.due, "{}", case.line);
        assert_ne!(after.day, before.day, "the table matters in this case: {}", case.line);
    }
}

#[test]
fn the_next_month_is_derived_in_chinese() {
    let due = Calendar::bundled().due_next_month(day("2026-09-01"));
    assert_eq!(
        due.derivation,
        [
            "自2026年9月1日（周二）起满一个月",
            "次月的同一日是2026年10月1日（周四）",
            "2026年10月1日（周四）至2026年10月7日（周三）休息（国庆节），顺延",
            "到期日为2026年10月8日（周四）",
        ]
    );
    let short = Calendar::bundled().due_next_month(day("2026-01-31"));
    assert_eq!(
        short.derivation,
        [
            "自2026年1月31日（周六）起满一个月",
            "2月没有31日，以当月最后一日2026年2月28日（周六）为准",
            "2026年2月28日（周六）（春节调休上班），照常上班，不再顺延",
            "到期日为2026年2月28日（周六）",
        ]
    );
    let beyond = Calendar::bundled().due_next_month(day("2026-12-02"));
    assert_eq!(beyond.day, day("2027-01-04"), "a Saturday beyond the table");
    assert!(beyond.derivation.last().unwrap().starts_with("注意：日历数据至2026年12月31日，"));
    let set = Calendar::bundled().due_set(day("2026-10-10"));
    assert_eq!(
        set.derivation,
        [
            "定于2026年10月10日（周六）完成",
            "2026年10月10日（周六）（国庆节调休上班），照常上班，不再顺延",
            "到期日为2026年10月10日（周六）",
        ]
    );
}

fn chinese(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}
