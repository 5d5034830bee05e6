//! Segments: rules over people, written in CEL (the only rule language of the house). Who may vote, who is given
//! points, whom a relief reaches: each is one such rule over the members of a union and everything below it.
//!
//! Invariants:
//! * a rule that was parsed names only the fields of the catalogue ([`Field`]), compares them only with what they can
//!   hold, says yes or no, and ends after a bounded number of steps ([`rules`]);
//! * a condition on what is not registered of somebody (an age without a day of birth) does not hold, and neither
//!   does its opposite;
//! * one person is one elector: of memberships that overlap on a past day the latest one counts ([`people`]);
//! * electors come in order of their memberships, so a run that was cut off goes on after the last one it kept;
//! * who asks how many a rule covers gets a figure, and below five no figure.
//!
//! ```
//! use registry::segment::{PersonFacts, Segment};
//!
//! let riders = Segment::parse(r#"work == "food_delivery" && county in ["440703", "440704"] && age >= 18"#)?;
//! let person = PersonFacts {
//!     work: Some("food_delivery".into()),
//!     division_code: "440703101".into(),
//!     age: Some(30),
//!     ..PersonFacts::default()
//! };
//! assert!(riders.matches(&person)?);
//! assert!(!riders.matches(&PersonFacts { age: None, ..person })?);
//!
//! let typo = Segment::parse(r#"wrok == "courier""#).unwrap_err();
//! assert_eq!(typo.message, "第 1 个字处：没有“wrok”这个字段，您是不是想写“work”？请改正。");
//! # Ok::<(), kernel::Error>(())
//! ```
//!
//! What others use: [`Segment`], [`People`] to go through the electors, [`explain()`] for a sentence.

mod check;
mod count;
mod explain;
mod facts;
mod fields;
pub mod people;
pub mod rules;
mod types;
mod words;

use kernel::Routes;

use crate::access::SEGMENT_READ;

pub use explain::explain;
pub use facts::{PersonFacts, age_on};
pub use fields::{Field, Kind};
pub use people::{Elector, Electors, People};
pub use rules::Segment;

kernel::refusals! {
    /// The rule is empty.
    SEGMENT_EMPTY = "segment.empty", UNPROCESSABLE_ENTITY, "规则是空的，请写上条件；面向全体会员的，请写 true。";
    /// The rule is longer than a rule may be.
    SEGMENT_LONG = "segment.long", UNPROCESSABLE_ENTITY, "规则太长，请精简或分成几条规则。";
    /// The text is not CEL.
    SEGMENT_SYNTAX = "segment.syntax", UNPROCESSABLE_ENTITY, "规则看不懂，请检查引号和括号是否成对、标点是否为英文半角。";
    /// The rule names a field that there is not.
    SEGMENT_FIELD = "segment.field", UNPROCESSABLE_ENTITY, "规则里有不认识的字段，请从字段表里选用。";
    /// The rule calls something that rules may not use.
    SEGMENT_FUNCTION = "segment.function", UNPROCESSABLE_ENTITY, "规则里有不能用的写法，请改用比较、in、exists 或 startsWith。";
    /// The rule compares a field with something it never holds.
    SEGMENT_VALUE = "segment.value", UNPROCESSABLE_ENTITY, "规则里有字段不会出现的值，请从字段表里选用。";
    /// The rule compares things of different kinds.
    SEGMENT_TYPE = "segment.type", UNPROCESSABLE_ENTITY, "规则里比较的两边对不上，请检查字段和值。";
    /// The rule yields something else than yes or no.
    SEGMENT_RESULT = "segment.result", UNPROCESSABLE_ENTITY, "规则的结果要是“符合”或“不符合”，请写成条件，例如 age >= 18。";
    /// The rule is nested too deeply or takes too many steps.
    SEGMENT_HEAVY = "segment.heavy", UNPROCESSABLE_ENTITY, "规则太复杂，请精简或分成几条规则。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("segment")
        .get("/api/segments/fields", "Lists the fields that a rule over people may use")
        .requires(SEGMENT_READ)
        .runs(fields::fields)
        .post("/api/segments/check", "Checks a rule over people and says it in plain words")
        .requires(SEGMENT_READ)
        .runs(check::check)
        .post("/api/segments/count", "Tells how many people a rule covers within the caller's scope, a figure only")
        .requires(SEGMENT_READ)
        .runs(count::count)
}
