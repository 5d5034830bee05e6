//! What a rule may be, whom an event is about, and what comes of it. Pure.

use chrono::Datelike;
use kernel::time::Day;
use kernel::{Id, Refusal};
use serde_json::Value;

use super::{RULE_CAP, RULE_DAYS, RULE_EVENT, RULE_TOTAL, RULE_VALID};
use crate::points::limit::is_over;
use crate::points::purpose::Limit;

/// Events that can give points, with what people call them: each is something that a member did or that happened to her,
/// bears her union, and leads to her ([`about`]). An event that says how somebody voted, rated or complained, or what he
/// read, is none of them: points are for what one did, never for being watched. Nor is one by which points would buy what
/// must be free: consent to a text, a seat that is elected, an office.
pub const EVENTS: [(&str, &str); 3] =
    [("membership.started", "入会成功"), ("membership.imported", "会籍导入平台"), ("takeover.done", "认领会籍")];

/// Days for which points of a rule may be good.
const VALID_DAYS: std::ops::RangeInclusive<i64> = 1..=3_660;

/// What a rule is made of, checked.
#[derive(Debug, Clone, Copy)]
pub struct Shape<'a> {
    /// The event.
    pub event_kind: &'a str,
    /// What one gives.
    pub amount_cents: i64,
    /// A day at the most.
    pub daily_cents: Option<i64>,
    /// A year at the most.
    pub yearly_cents: Option<i64>,
    /// Altogether at the most.
    pub total_cents: i64,
    /// First day.
    pub from_on: Day,
    /// Last day.
    pub to_on: Day,
    /// For so many days the points are good.
    pub valid_days: i64,
}

/// Whether a rule can be.
///
/// # Errors
/// `point_rule.*`.
pub fn check(shape: Shape<'_>, today: Day) -> Result<(), Refusal> {
    if !EVENTS.iter().any(|(kind, _)| *kind == shape.event_kind) {
        return Err(RULE_EVENT.refusal().on("event_kind"));
    }
    if shape.from_on < today || shape.to_on < shape.from_on {
        return Err(RULE_DAYS.refusal().on("from_on"));
    }
    for (cap, field) in [(shape.daily_cents, "daily_cents"), (shape.yearly_cents, "yearly_cents")] {
        if cap.is_some_and(|cap| cap < shape.amount_cents) {
            return Err(RULE_CAP.refusal().on(field));
        }
    }
    if shape.total_cents < shape.amount_cents {
        return Err(RULE_TOTAL.refusal().on("total_cents"));
    }
    if !VALID_DAYS.contains(&shape.valid_days) {
        return Err(RULE_VALID.refusal().on("valid_days"));
    }
    Ok(())
}

/// What a rule may cost as things stand: its total, or what is free in the budget if that is less.
#[must_use]
pub fn most(total_cents: i64, free_cents: i64) -> i64 {
    total_cents.min(free_cents.max(0))
}

/// How an event leads to whom it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// It names the person.
    Person(Id),
    /// It is one of this membership, which is somebody's.
    Membership(Id),
}

/// Whom an event of an aggregate is about: the person whom it names, else whose membership the aggregate is.
#[must_use]
pub fn about(kind: &str, id: Id, payload: &str) -> Option<About> {
    let named = || -> Option<Id> {
        let payload: Value = serde_json::from_str(payload).ok()?;
        let named = |key: &str| payload.get(key)?.as_str()?.parse().ok();
        named("person").or_else(|| named("person_id"))
    };
    let membership = || (kind == "membership").then_some(About::Membership(id));
    named().map(About::Person).or_else(membership)
}

/// What a person has of a rule and of its purpose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Had {
    /// From the rule on the day.
    pub day: i64,
    /// From the rule in the year.
    pub year: i64,
    /// For the purpose in the fiscal year.
    pub purpose: i64,
}

/// Why an event gives nothing; `None` when it gives.
#[must_use]
pub fn stops(cents: i64, caps: (Option<i64>, Option<i64>), limit: Option<Limit>, had: Had) -> Option<&'static str> {
    let above = |cap: Option<i64>, had: i64| cap.is_some_and(|cap| had.checked_add(cents).is_none_or(|sum| sum > cap));
    if above(caps.0, had.day) {
        return Some("daily_cap");
    }
    if above(caps.1, had.year) {
        return Some("yearly_cap");
    }
    is_over(limit.filter(|limit| limit.blocks), had.purpose, cents).then_some("limit")
}

/// The year of a day.
#[must_use]
pub fn year_of(day: Day) -> i64 {
    i64::from(day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn shape() -> Shape<'static> {
        Shape {
            event_kind: "membership.started",
            amount_cents: 2_000,
            daily_cents: Some(2_000),
            yearly_cents: None,
            total_cents: 100_000,
            from_on: day("2026-11-23"),
            to_on: day("2026-12-31"),
            valid_days: 365,
        }
    }

    #[test]
    fn rules_that_can_be() {
        let today = day("2026-11-23");
        assert!(check(shape(), today).is_ok());
        let cases = [
            (Shape { event_kind: "ballots.stored", ..shape() }, "point_rule.event"),
            (Shape { from_on: day("2026-11-22"), ..shape() }, "point_rule.days"),
            (Shape { to_on: day("2026-11-22"), ..shape() }, "point_rule.days"),
            (Shape { daily_cents: Some(1_999), ..shape() }, "point_rule.cap"),
            (Shape { yearly_cents: Some(0), ..shape() }, "point_rule.cap"),
            (Shape { total_cents: 1_999, ..shape() }, "point_rule.total"),
            (Shape { valid_days: 0, ..shape() }, "point_rule.valid"),
        ];
        for (shape, code) in cases {
            assert_eq!(check(shape, today).unwrap_err().code, code);
        }
    }

    #[test]
    fn a_rule_costs_its_total_or_what_is_left() {
        for (total, free, cost) in [(100, 500, 100), (500, 100, 100), (100, 0, 0), (100, -5, 0)] {
            assert_eq!(most(total, free), cost);
        }
    }

    #[test]
    fn an_event_is_about_somebody_or_nobody() {
        let (person, it) = (Id::from_u128(7), Id::from_u128(8));
        let (named, by_id) = (format!(r#"{{"person":"{person}"}}"#), format!(r#"{{"person_id":"{person}"}}"#));
        let taken_over = format!(r#"{{"account_id":"{person}","by":"phone","phone_changed":false}}"#);
        let cases = [
            ("membership", named.as_str(), Some(About::Person(person))),
            ("application", named.as_str(), Some(About::Person(person))),
            ("account", by_id.as_str(), Some(About::Person(person))),
            // An account is no person: whose membership it is says who.
            ("membership", taken_over.as_str(), Some(About::Membership(it))),
            ("membership", "{}", Some(About::Membership(it))),
            ("account", taken_over.as_str(), None),
            ("delegate", "{}", None),
            ("application", r#"{"person":7}"#, None),
            ("application", "no json", None),
        ];
        for (kind, payload, whom) in cases {
            assert_eq!(about(kind, it, payload), whom, "{kind} {payload}");
        }
    }

    #[test]
    fn what_gives_points_has_a_name_and_watches_nobody() {
        for (kind, label) in EVENTS {
            assert_ne!(registry::system::kind_label(kind), kind, "no such kind of event");
            assert!(!label.is_empty() && check(Shape { event_kind: kind, ..shape() }, day("2026-11-23")).is_ok());
        }
        for kind in [
            "account.signed_in",
            "ballots.stored",
            "consent.given",
            "delegate.entered",
            "dispute.opened",
            "opinions.taken_out",
            "organization.officer_appointed",
            "poll.closed",
            "transfer.paid",
        ] {
            assert!(!EVENTS.iter().any(|(known, _)| *known == kind), "{kind}");
        }
    }

    #[test]
    fn caps_stop_in_their_order() {
        let limit = Some(Limit { cents: 1_000, blocks: true });
        let had = |day, year, purpose| Had { day, year, purpose };
        let caps = (Some(200), Some(500));
        let cases = [
            (had(100, 400, 0), None),
            (had(101, 0, 0), Some("daily_cap")),
            (had(0, 401, 0), Some("yearly_cap")),
            (had(0, 0, 901), Some("limit")),
            (had(i64::MAX, 0, 0), Some("daily_cap")),
        ];
        for (had, stopped) in cases {
            assert_eq!(stops(100, caps, limit, had), stopped, "{had:?}");
        }
        let warns = Some(Limit { cents: 10, blocks: false });
        assert_eq!(stops(100, (None, None), warns, Had::default()), None);
    }
}
