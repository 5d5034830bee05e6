//! What a batch and the rows of its list must be. Pure.

use kernel::Refusal;
use kernel::time::Day;
use registry::person::id_number;
use registry::person::name::clean_name;
use registry::person::phone::Phone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BATCH_EXPIRES, BATCH_KIND, LIST_AMOUNT, LIST_NOT_MEMBER, LIST_NUMBER};
use crate::points::table::{self, Fault, Line, Wanted};
use crate::points::text;

/// Members that can be named one by one.
pub const MOST_NAMED: usize = 500;
/// Rows of a list at the most.
pub const MOST_ROWS: usize = 200_000;
/// Years for which points may be good.
const MOST_YEARS: u32 = 10;

/// Where the people of a batch come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchKind {
    /// Members who are named one by one, each the same.
    Activity,
    /// A list that says how much each gets.
    List,
    /// A rule over the members of the union, each the same.
    Segment,
}

impl BatchKind {
    /// As it stands in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Activity => "activity",
            Self::List => "list",
            Self::Segment => "segment",
        }
    }
}

/// What suits a kind.
///
/// # Errors
/// `issue.kind`, `points.form`.
pub fn suits(kind: BatchKind, each: Option<i64>, rule: bool, file: bool, persons: bool) -> Result<(), Refusal> {
    let (same, by_rule, by_file, named) = match kind {
        BatchKind::Activity => (true, false, false, true),
        BatchKind::List => (false, false, true, false),
        BatchKind::Segment => (true, true, false, false),
    };
    if (each.is_some(), rule, file, persons) != (same, by_rule, by_file, named) {
        return Err(BATCH_KIND.refusal());
    }
    each.map(|cents| text::amount(cents, "each_cents")).transpose()?;
    Ok(())
}

/// The last day of the points of a batch.
///
/// # Errors
/// `issue.expires`.
pub fn expires_on(asked: Option<Day>, usual_days: i64, today: Day) -> Result<Day, Refusal> {
    let usual = u64::try_from(usual_days).ok().and_then(|days| today.checked_add_days(chrono::Days::new(days)));
    let latest = today.checked_add_months(chrono::Months::new(12 * MOST_YEARS));
    let day = asked.or(usual).filter(|day| *day > today && latest.is_some_and(|latest| *day <= latest));
    day.ok_or_else(|| BATCH_EXPIRES.refusal().on("expires_on"))
}

/// Columns of a list.
pub const COLUMNS: [Wanted; 4] = [
    Wanted { names: &["姓名", "会员姓名"], needed: true },
    Wanted { names: &["证件号码", "身份证号", "身份证号码", "公民身份号码"], needed: false },
    Wanted { names: &["手机号", "手机号码", "手机", "联系电话"], needed: false },
    Wanted { names: &["积分", "金额", "发放积分", "发放金额"], needed: true },
];

/// How a row names somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// By an ID number in its one form.
    Id(String),
    /// By a phone.
    Phone(Phone),
}

/// A row of a list that can be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The row.
    pub number: i64,
    /// The name, clean.
    pub name: String,
    /// The number.
    pub by: Number,
    /// How much, in cents.
    pub cents: i64,
}

/// Reads a row.
///
/// # Errors
/// What is wrong with it; never what stood in it.
pub fn read(line: &Line, today: Day) -> Result<Entry, Fault> {
    let fault = |kind: &kernel::error::RefusalKind| Fault {
        number: line.number,
        code: kind.code,
        message: kind.message.into(),
    };
    let flawed = |column: usize| line.cells.get(column).is_some_and(|cell| cell.flaw.is_some());
    if flawed(3) {
        return Err(fault(&LIST_AMOUNT));
    }
    let cents = table::cents(line.text(3)).and_then(|cents| text::amount(cents, "amount").ok());
    let cents = cents.ok_or_else(|| fault(&LIST_AMOUNT))?;
    // A name or number that is none belongs to nobody here: one answer for all, so that a list tells of nobody.
    let name = clean_name(line.text(0)).map_err(|_| fault(&LIST_NOT_MEMBER))?;
    let by = match (line.text(1), line.text(2)) {
        ("", "") => return Err(fault(&LIST_NUMBER)),
        ("", phone) => Number::Phone(Phone::parse(phone).map_err(|_| fault(&LIST_NOT_MEMBER))?),
        (_, _) if flawed(1) => return Err(fault(&LIST_NOT_MEMBER)),
        (number, _) => Number::Id(id_number::parse(number, today).map_err(|_| fault(&LIST_NOT_MEMBER))?.normalized),
    };
    Ok(Entry { number: line.number, name, by, cents })
}

#[cfg(test)]
mod tests {
    use kernel::sheet::Cell;

    use super::*;

    fn today() -> Day {
        Day::from_ymd_opt(2026, 11, 23).unwrap()
    }

    #[test]
    fn a_kind_has_what_suits_it() {
        use BatchKind::{Activity, List, Segment};
        let cases = [
            (Activity, Some(100), false, false, true, true),
            (Activity, None, false, false, true, false),
            (Activity, Some(0), false, false, true, false),
            (List, None, false, true, false, true),
            (List, Some(100), false, true, false, false),
            (Segment, Some(100), true, false, false, true),
            (Segment, Some(100), true, false, true, false),
        ];
        for (kind, each, rule, file, persons, good) in cases {
            assert_eq!(suits(kind, each, rule, file, persons).is_ok(), good, "{kind:?} {each:?}");
        }
    }

    #[test]
    fn points_end_after_today() {
        let day = |text: &str| Some(text.parse::<Day>().unwrap());
        assert_eq!(expires_on(None, 365, today()).ok(), day("2027-11-23"));
        assert_eq!(expires_on(day("2026-12-31"), 365, today()).ok(), day("2026-12-31"));
        for bad in ["2026-11-23", "2020-01-01", "2036-11-24"] {
            assert_eq!(expires_on(day(bad), 365, today()).unwrap_err().code, "issue.expires", "{bad}");
        }
    }

    #[test]
    fn rows_of_a_list() {
        let line = |texts: [&str; 4]| {
            let cell = |text: &str| Cell { text: text.to_owned(), flaw: None };
            Line { number: 2, cells: texts.map(cell).to_vec() }
        };
        let birth = Day::from_ymd_opt(1990, 3, 7).unwrap();
        let id = id_number::synthetic("440703", birth, 1).unwrap();
        let entry = read(&line(["陈示例", &id, "", "50"]), today()).unwrap();
        assert_eq!((entry.cents, entry.by), (5_000, Number::Id(id.clone())));
        assert!(matches!(read(&line(["陈示例", "", "19900000001", "50"]), today()).unwrap().by, Number::Phone(_)));
        let cases = [
            (["陈示例", "", "", "50"], "issue_list.number"),
            (["陈示例", "123", "", "50"], "issue_list.not_member"),
            (["", id.as_str(), "", "50"], "issue_list.not_member"),
            (["陈示例", id.as_str(), "", "0"], "issue_list.amount"),
            (["陈示例", id.as_str(), "", "五十"], "issue_list.amount"),
        ];
        for (texts, code) in cases {
            assert_eq!(read(&line(texts), today()).unwrap_err().code, code, "{texts:?}");
        }
    }
}
