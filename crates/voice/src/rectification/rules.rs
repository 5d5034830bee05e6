//! What a plan must hold, and where an attempt stands; without database and clock.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use kernel::time::Day;
use kernel::{Error, Id, Refusal, Result};
use registry::person::name::clean_text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{RECTIFICATION_DUE, RECTIFICATION_DUE_RUNNING, RECTIFICATION_PLAN, RECTIFICATION_TEXT};

/// Where an attempt at putting a problem right stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RectificationState)]
pub enum ItemState {
    /// Being worked on (整改中).
    Open,
    /// Said to be done (已报完成，待回访).
    Claimed,
    /// The electorate is being asked (回访中).
    Asked,
    /// The level above is to look for itself (待上级核查).
    Review,
    /// Put right (已整改).
    Fixed,
    /// Not put right; another attempt follows (未整改到位).
    NotFixed,
}

impl ItemState {
    /// Every state.
    pub const ALL: [Self; 6] = [Self::Open, Self::Claimed, Self::Asked, Self::Review, Self::Fixed, Self::NotFixed];

    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Asked => "asked",
            Self::Review => "review",
            Self::Fixed => "fixed",
            Self::NotFixed => "not_fixed",
        }
    }

    /// Reads the stable name.
    ///
    /// # Errors
    /// A name that this program does not know.
    pub fn parse(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Error::internal(format!("no state of an attempt: {text}")))
    }
}

/// What was found of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RectificationFinding)]
pub enum Finding {
    /// It was put right.
    Fixed,
    /// It was not.
    NotFixed,
}

impl Finding {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::NotFixed => "not_fixed",
        }
    }
}

/// What a plan promises against one problem.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = RectificationPromise)]
pub struct Promise {
    /// The problem.
    pub problem_id: uuid::Uuid,
    /// What will be done, 2 to 500 characters.
    pub measure: String,
    /// Who sees to it: a name, 2 to 40 characters.
    pub owner: String,
    /// Until when.
    pub due_on: chrono::NaiveDate,
}

/// A problem that a plan must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsettled {
    /// The problem.
    pub problem_id: Id,
    /// The last day that runs already: only the level above moves it.
    pub running: Option<Day>,
}

/// Checks a plan against the problems that it must answer: each once, no other, in time. Answers it with clean words.
///
/// # Errors
/// `rectification.plan`, `rectification.text`, `rectification.due`, `rectification.due_running`.
pub fn plan(promises: &[Promise], unsettled: &[Unsettled], today: Day, longest: i64) -> Result<Vec<Promise>, Refusal> {
    let named: BTreeSet<Id> = promises.iter().map(|promise| promise.problem_id).collect();
    let wanted: BTreeSet<Id> = unsettled.iter().map(|problem| problem.problem_id).collect();
    if promises.is_empty() || named != wanted || named.len() != promises.len() {
        return Err(RECTIFICATION_PLAN.refusal());
    }
    let clean = |promise: &Promise| {
        let running = unsettled.iter().find(|one| one.problem_id == promise.problem_id).and_then(|one| one.running);
        match running {
            Some(day) if day != promise.due_on => return Err(RECTIFICATION_DUE_RUNNING.refusal().on("due_on")),
            Some(_) => {}
            None => due(promise.due_on, today, longest)?,
        }
        Ok(Promise {
            problem_id: promise.problem_id,
            measure: words(&promise.measure, 500, "measure")?,
            owner: words(&promise.owner, 40, "owner")?,
            due_on: promise.due_on,
        })
    };
    promises.iter().map(clean).collect()
}

fn due(day: Day, today: Day, longest: i64) -> Result<(), Refusal> {
    if day > today && day <= today + TimeDelta::days(longest) {
        return Ok(());
    }
    let text =
        format!("整改期限要在明天到 {} 之间（最长 {longest} 天），请重新选择。", today + TimeDelta::days(longest));
    Err(RECTIFICATION_DUE.with(text).on("due_on"))
}

/// Words as typed, 2 to `most` characters.
///
/// # Errors
/// `rectification.text`.
pub fn words(raw: &str, most: usize, field: &'static str) -> Result<String, Refusal> {
    let refused = || RECTIFICATION_TEXT.with(format!("请写 2 到 {most} 个字，不要用特殊符号。")).on(field);
    let text = clean_text(raw, most).map_err(|_| refused())?;
    if text.chars().count() < 2 { Err(refused()) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn promise(problem: u128, due_on: &str) -> Promise {
        Promise {
            problem_id: Id::from_u128(problem),
            measure: " 修好热水器 ".into(),
            owner: "示例后勤主管".into(),
            due_on: day(due_on),
        }
    }

    fn unsettled(problem: u128, running: Option<&str>) -> Unsettled {
        Unsettled { problem_id: Id::from_u128(problem), running: running.map(day) }
    }

    #[test]
    fn a_plan_answers_every_problem_once_and_in_time() {
        let today = day("2026-11-23");
        let problems = [unsettled(1, None), unsettled(2, Some("2026-12-31"))];
        let good = [promise(1, "2027-05-22"), promise(2, "2026-12-31")];
        assert_eq!(plan(&good, &problems, today, 180).unwrap()[0].measure, "修好热水器");
        let cases: [(&[Promise], &str); 8] = [
            (&[], "rectification.plan"),
            (&good[..1], "rectification.plan"),
            (&[promise(1, "2027-05-22"), promise(1, "2027-05-22")], "rectification.plan"),
            (&[promise(1, "2027-05-22"), promise(3, "2026-12-31")], "rectification.plan"),
            (&[promise(1, "2026-11-23"), promise(2, "2026-12-31")], "rectification.due"),
            (&[promise(1, "2027-05-23"), promise(2, "2026-12-31")], "rectification.due"),
            (&[promise(1, "2026-11-24"), promise(2, "2027-01-01")], "rectification.due_running"),
            (&[promise(1, "2026-11-24"), promise(2, "2026-12-30")], "rectification.due_running"),
        ];
        for (promises, code) in cases {
            assert_eq!(plan(promises, &problems, today, 180).unwrap_err().code, code, "{promises:?}");
        }
        let mut short = good.clone();
        short[0].owner = "张".into();
        assert_eq!(plan(&short, &problems, today, 180).unwrap_err().code, "rectification.text");
    }

    #[test]
    fn states_have_names() {
        for state in ItemState::ALL {
            assert_eq!(ItemState::parse(state.as_str()).unwrap(), state);
        }
        assert!(ItemState::parse("deleted").is_err());
    }
}
