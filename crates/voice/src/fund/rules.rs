//! What the texts and numbers of a budget item must be. Pure.

use kernel::Refusal;
use kernel::calendar;
use kernel::time::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FUND_DAY, FUND_FORM};

/// Most cents of one amount: a trillion yuan is no union's budget.
const MOST_CENTS: i64 = 100_000_000_000_000;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FundEntryKind {
    /// Money was spent.
    Spent,
    /// An earlier entry was wrong: by so much more or less.
    Correction,
    /// Something is to be added to a closed item, without money.
    Note,
}

impl FundEntryKind {
    /// The stable English name, as in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spent => "spent",
            Self::Correction => "correction",
            Self::Note => "note",
        }
    }
}

/// A text without its outer spaces, of so many characters.
pub fn text(raw: &str, field: &'static str, label: &str, least: usize, most: usize) -> Result<String, Refusal> {
    let text = raw.trim();
    let fits = (least..=most).contains(&text.chars().count()) && !text.chars().any(|c| c.is_control() && c != '\n');
    if fits {
        Ok(text.to_owned())
    } else {
        Err(FUND_FORM.with(format!("“{label}”请用 {least} 到 {most} 个字写明。")).on(field))
    }
}

/// A budget: more than nothing.
pub fn budget(cents: i64) -> Result<i64, Refusal> {
    if (1..=MOST_CENTS).contains(&cents) {
        Ok(cents)
    } else {
        Err(FUND_FORM.with("预算金额请填大于零的数，单位元，最多两位小数。".to_owned()).on("budget_cents"))
    }
}

/// Number and unit of a target: both or neither.
pub fn measure(number: Option<i64>, unit: Option<&str>) -> Result<Option<(i64, String)>, Refusal> {
    let unit = unit.map(str::trim).filter(|unit| !unit.is_empty());
    match (number, unit) {
        (None, None) => Ok(None),
        (Some(number), Some(unit)) if number >= 0 && unit.chars().count() <= 10 => Ok(Some((number, unit.to_owned()))),
        _ => Err(FUND_FORM.with("目标数量和单位请一起填写，例如 200 和“人次”。".to_owned()).on("target_number")),
    }
}

/// Whether an amount suits its kind.
pub fn amount(kind: FundEntryKind, cents: i64) -> Result<i64, Refusal> {
    let fits = match kind {
        FundEntryKind::Spent => (1..=MOST_CENTS).contains(&cents),
        FundEntryKind::Correction => cents != 0 && (-MOST_CENTS..=MOST_CENTS).contains(&cents),
        FundEntryKind::Note => cents == 0,
    };
    if fits {
        Ok(cents)
    } else {
        Err(FUND_FORM.with("金额不对：支出填大于零的数，更正填多出或少掉的数，说明不填金额。".to_owned()).on("cents"))
    }
}

/// A day of spending: from the first day of the item's year, and not after today.
pub fn spent_on(day: Day, year: i64, today: Day) -> Result<Day, Refusal> {
    let in_year = i64::from(chrono::Datelike::year(&day)) >= year;
    if in_year && day <= today { Ok(day) } else { Err(FUND_DAY.refusal().on("day")) }
}

/// Today in China, for entries that name no day.
pub fn day_or_today(day: Option<Day>, now: kernel::time::Time) -> Day {
    day.unwrap_or_else(|| calendar::china_day(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_amounts() {
        assert_eq!(text("  送清凉 ", "name", "名称", 2, 60).as_deref(), Ok("送清凉"));
        assert!(text("送", "name", "名称", 2, 60).is_err() && text("送\u{0}清凉", "name", "名称", 2, 60).is_err());
        assert_eq!(text("送\n清凉", "name", "名称", 2, 3).unwrap_err().code, "fund.form");
        for (cents, good) in [(1, true), (0, false), (-5, false), (MOST_CENTS, true), (MOST_CENTS + 1, false)] {
            assert_eq!(budget(cents).is_ok(), good, "{cents}");
            assert_eq!(amount(FundEntryKind::Spent, cents).is_ok(), good, "{cents}");
        }
        assert!(amount(FundEntryKind::Correction, -1).is_ok() && amount(FundEntryKind::Correction, 0).is_err());
        assert!(amount(FundEntryKind::Note, 0).is_ok() && amount(FundEntryKind::Note, 1).is_err());
    }

    #[test]
    fn a_target_has_number_and_unit_or_neither() {
        assert_eq!(measure(None, Some(" ")), Ok(None));
        assert_eq!(measure(Some(200), Some(" 人次 ")), Ok(Some((200, "人次".to_owned()))));
        for (number, unit) in
            [(Some(1), None), (None, Some("人")), (Some(-1), Some("人")), (Some(1), Some("一二三四五六七八九十一"))]
        {
            assert!(measure(number, unit).is_err(), "{number:?} {unit:?}");
        }
    }

    #[test]
    fn money_is_spent_within_the_year_and_not_tomorrow() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let today = day("2026-11-23");
        assert!(spent_on(day("2026-01-01"), 2026, today).is_ok() && spent_on(today, 2025, today).is_ok());
        assert_eq!(spent_on(day("2025-12-31"), 2026, today).unwrap_err().code, "fund.day");
        assert_eq!(spent_on(day("2026-11-24"), 2026, today).unwrap_err().code, "fund.day");
    }
}
