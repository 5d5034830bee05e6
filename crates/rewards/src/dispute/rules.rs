//! Grounds, outcomes and sides of disputes. Pure.

use kernel::time::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is wrong with a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisputeGround {
    /// The amount.
    Amount,
    /// Not made by the member.
    NotMine,
    /// What was bought was not given, or not good.
    Goods,
    /// Charged twice.
    Twice,
    /// A refund was promised and did not come.
    Refund,
    /// Something else.
    Other,
}

impl DisputeGround {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::NotMine => "not_mine",
            Self::Goods => "goods",
            Self::Twice => "twice",
            Self::Refund => "refund",
            Self::Other => "other",
        }
    }
}

/// What comes of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisputeOutcome {
    /// The shop refunds.
    Refund,
    /// The payment stands.
    NoChange,
    /// Both sides agreed.
    Explained,
}

impl DisputeOutcome {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::NoChange => "no_change",
            Self::Explained => "explained",
        }
    }
}

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisputeSide {
    /// The member who paid.
    Member,
    /// The merchant that was paid.
    Merchant,
    /// The union that contracts.
    Union,
}

impl DisputeSide {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Merchant => "merchant",
            Self::Union => "union",
        }
    }
}

/// Whether a payment of a day can still be disputed.
#[must_use]
pub fn can_open(paid: Day, today: Day, days: i64) -> bool {
    (today - paid).num_days() <= days
}

/// The state after somebody says something: answered once the other side did.
#[must_use]
pub fn after_word(state: &str, opened_by: &str, side: DisputeSide) -> &'static str {
    let other = side != DisputeSide::Union && side.as_str() != opened_by;
    if other || state == "answered" { "answered" } else { "open" }
}

/// Whether the union may decide: the other side answered, or the last day is over.
#[must_use]
pub fn can_settle(state: &str, due: Day, today: Day) -> bool {
    state == "answered" || due < today
}

/// What a payment was, and what of it went back or was decided to, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Points that were paid.
    pub paid_cents: i64,
    /// Points that went back, or will by what was decided before.
    pub gone_cents: i64,
}

/// How much a decision can send back: what is asked for, or all that is left; none when it is nothing or too much.
#[must_use]
pub fn to_refund(standing: Standing, asked: Option<i64>) -> Option<i64> {
    let left = standing.paid_cents.checked_sub(standing.gone_cents)?;
    let amount = asked.unwrap_or(left);
    (1..=left).contains(&amount).then_some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_states() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert!(
            can_open(day("2026-09-24"), day("2026-11-23"), 60) && !can_open(day("2026-09-23"), day("2026-11-23"), 60)
        );
        assert_eq!(after_word("open", "member", DisputeSide::Member), "open");
        assert_eq!(after_word("open", "member", DisputeSide::Union), "open");
        assert_eq!(after_word("open", "member", DisputeSide::Merchant), "answered");
        assert_eq!(after_word("answered", "member", DisputeSide::Member), "answered");
        assert!(can_settle("answered", day("2026-12-01"), day("2026-11-23")));
        assert!(can_settle("open", day("2026-11-22"), day("2026-11-23")));
        assert!(!can_settle("open", day("2026-11-23"), day("2026-11-23")));
    }

    #[test]
    fn no_more_than_is_left_is_sent_back() {
        let cases = [
            (4_000, 0, None, Some(4_000)),
            (4_000, 0, Some(2_000), Some(2_000)),
            (4_000, 1_500, None, Some(2_500)),
            (4_000, 1_500, Some(2_500), Some(2_500)),
            (4_000, 1_500, Some(2_501), None),
            (4_000, 4_000, None, None),
            (4_000, 4_001, None, None),
            (4_000, 0, Some(0), None),
            (4_000, 0, Some(-1), None),
            (i64::MIN, i64::MAX, None, None),
        ];
        for (paid_cents, gone_cents, asked, expected) in cases {
            assert_eq!(to_refund(Standing { paid_cents, gone_cents }, asked), expected, "{paid_cents} {gone_cents}");
        }
    }
}
