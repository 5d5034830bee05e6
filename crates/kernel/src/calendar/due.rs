//! A due date that can say how it came about, in Chinese, day by day.
//!
//! Free days are compressed to ranges; days worked in exchange and days on which the clock stood are named; a range
//! that leaves the known calendar ends in a warning. A walk that meets a free 1–7 October reads
//! `10月1日（周四）至10月7日（周三）休息（国庆节），不计`, with the year in front.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::{Calendar, Rule};

/// The day on which something is due, and how it was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The due day in China.
    pub day: NaiveDate,
    /// The derivation, one Chinese sentence per line: start, what was skipped, result, warning.
    pub derivation: Vec<String>,
    /// By which rule it can be worked out again; none for a clock that stood still in between.
    #[serde(default)]
    pub rule: Option<Rule>,
}

/// Why a day of the walk does or does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// An ordinary working day: it counts and needs no line.
    Worked,
    /// A weekend day worked in exchange: it counts and is named.
    Exchanged,
    /// A weekend or holiday.
    Free,
    /// The clock stood.
    Paused,
}

/// Gathers the steps of a walk into sentences.
pub(super) struct Derivation<'a> {
    calendar: &'a Calendar,
    lines: Vec<String>,
    /// A last day is moved off holidays, rather than days being counted.
    moving: bool,
    run: Option<(Step, NaiveDate, NaiveDate)>,
    unknown: bool,
}

impl<'a> Derivation<'a> {
    pub(super) fn new(calendar: &'a Calendar, start: NaiveDate, budget: u32) -> Self {
        let lines = vec![format!("自{}的次日起算，共{budget}个工作日", chinese(start))];
        Self { calendar, lines, moving: false, run: None, unknown: false }
    }

    /// A last day that is moved to the next working day; `lines` say where it comes from.
    pub(super) fn moving(calendar: &'a Calendar, lines: Vec<String>) -> Self {
        Self { calendar, lines, moving: true, run: None, unknown: false }
    }

    pub(super) fn push(&mut self, day: NaiveDate, step: Step) {
        self.unknown |= !self.calendar.is_known(day);
        match &mut self.run {
            Some((running, _, last)) if *running == step => *last = day,
            _ => {
                self.flush();
                self.run = Some((step, day, day));
            }
        }
    }

    pub(super) fn finish(mut self, due: NaiveDate, rule: Option<Rule>) -> Due {
        self.flush();
        self.lines.push(format!("到期日为{}", chinese(due)));
        if self.unknown {
            self.lines.push(self.warning());
        }
        Due { day: due, derivation: self.lines, rule }
    }

    fn warning(&self) -> String {
        let until = self.calendar.known_until();
        let known = if until == NaiveDate::MIN {
            "尚无日历数据".to_owned()
        } else {
            format!("日历数据至{}", plain(until))
        };
        format!("注意：{known}，数据以外的日期按周一至周五上班推算；放假安排公布并录入后，请重新核对")
    }

    fn flush(&mut self) {
        let Some((step, first, last)) = self.run.take() else {
            return;
        };
        let span = span(first, last);
        let line = match step {
            Step::Worked => return,
            Step::Exchanged => {
                let outcome = if self.moving { "照常上班，不再顺延" } else { "计入" };
                format!("{span}{}，{outcome}", self.names(first, last, "调休上班"))
            }
            Step::Free => {
                let outcome = if self.moving { "顺延" } else { "不计" };
                format!("{span}休息{}，{outcome}", self.names(first, last, "周末"))
            }
            Step::Paused => format!("{span}暂停计时，不计"),
        };
        self.lines.push(line);
    }

    /// The distinct names of the days of a range in order, in brackets; `otherwise` when no day has one.
    fn names(&self, first: NaiveDate, last: NaiveDate, otherwise: &str) -> String {
        let mut names: Vec<&str> = Vec::new();
        for day in first.iter_days().take_while(|day| *day <= last) {
            match self.calendar.name_of(day) {
                Some(name) if !names.contains(&name) => names.push(name),
                _ => {}
            }
        }
        if names.is_empty() {
            names.push(otherwise);
        }
        format!("（{}）", names.join("、"))
    }
}

fn span(first: NaiveDate, last: NaiveDate) -> String {
    if first == last { chinese(first) } else { format!("{}至{}", chinese(first), chinese(last)) }
}

fn plain(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

pub(super) fn chinese(day: NaiveDate) -> String {
    let weekday = match day.weekday() {
        Weekday::Mon => "一",
        Weekday::Tue => "二",
        Weekday::Wed => "三",
        Weekday::Thu => "四",
        Weekday::Fri => "五",
        Weekday::Sat => "六",
        Weekday::Sun => "日",
    };
    format!("{}（周{weekday}）", plain(day))
}
