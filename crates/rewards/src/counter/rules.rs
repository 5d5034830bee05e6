//! What a payment may be, and how it is told from another. Pure.

use kernel::crypto::digest::sm3;
use kernel::time::Day;
use kernel::{Id, Refusal, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Builder;

use super::parameters::{PAYMENT_MOST, PERSON_DAY_CENTS, PERSON_DAY_TIMES, SHOP_DAY_CENTS, SHORT_MOST, Values};
use super::{COUNTER_AMOUNT, COUNTER_FORM, COUNTER_LIMIT};

/// A trillion yuan is no payment.
const MOST_CENTS: i64 = 100_000_000_000_000;

/// How a payment came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The shop scanned the code of the member's phone.
    Code,
    /// The shop typed four digits.
    Short,
    /// The member scanned the sign of the shop.
    Shop,
    /// An order that never arrived and was given up.
    None,
}

impl Channel {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Short => "short",
            Self::Shop => "shop",
            Self::None => "none",
        }
    }

    /// From the table.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let all = [Self::Code, Self::Short, Self::Shop];
        all.into_iter().find(|channel| channel.as_str() == text).unwrap_or(Self::None)
    }
}

/// What somebody has had of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Points.
    pub cents: i64,
    /// Payments.
    pub times: i64,
}

impl Spent {
    /// With one payment more.
    #[must_use]
    pub fn and(self, cents: i64) -> Self {
        Self { cents: self.cents.saturating_add(cents), times: self.times + 1 }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { cents: self.cents.saturating_add(other.cents), times: self.times + other.times }
    }
}

/// What may be paid; see [`super::parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    payment: i64,
    person_cents: i64,
    person_times: i64,
    shop_cents: i64,
    short: i64,
}

impl Limits {
    /// Those of a day.
    ///
    /// # Errors
    /// When one of them has no value.
    pub fn of(values: &Values) -> Result<Self> {
        Ok(Self {
            payment: values.get(PAYMENT_MOST)?,
            person_cents: values.get(PERSON_DAY_CENTS)?,
            person_times: values.get(PERSON_DAY_TIMES)?,
            shop_cents: values.get(SHOP_DAY_CENTS)?,
            short: values.get(SHORT_MOST)?,
        })
    }

    /// Most points of one payment.
    #[must_use]
    pub fn one(&self, channel: Channel) -> i64 {
        if channel == Channel::Short { self.payment.min(self.short) } else { self.payment }
    }

    /// Whether a payment fits beside what member and shop have had today.
    ///
    /// # Errors
    /// `counter.limit`, with the limit that is in the way.
    pub fn fit(&self, channel: Channel, points: i64, person: Spent, shop: Spent) -> Result<(), Refusal> {
        let most = self.one(channel);
        let (person, shop) = (person.and(points), shop.and(points));
        let said = match () {
            () if points > most => format!("一次最多用积分付 {}，请减少金额，差额用其他方式支付。", yuan(most)),
            () if person.cents > self.person_cents => {
                format!("今天的积分支付会超过每日上限 {}，请减少金额，或者明天再付。", yuan(self.person_cents))
            }
            () if person.times > self.person_times => {
                format!("今天已经用积分付了 {} 次，达到每日次数上限，请明天再付。", self.person_times)
            }
            () if shop.cents > self.shop_cents => {
                "这家门店今天收的积分已到上限，请用其他方式支付，或者换一家门店。".to_owned()
            }
            () => return Ok(()),
        };
        Err(COUNTER_LIMIT.with(said))
    }
}

/// An amount as people read it.
#[must_use]
pub fn yuan(cents: i64) -> String {
    format!("{}.{:02} 元", cents / 100, cents.rem_euclid(100))
}

/// Points of at least a cent, and cash or none.
///
/// # Errors
/// `counter.amount`.
pub fn amounts(points_cents: i64, cash_cents: i64) -> Result<(), Refusal> {
    if !(1..=MOST_CENTS).contains(&points_cents) {
        return Err(COUNTER_AMOUNT.refusal().on("points_cents"));
    }
    if !(0..=MOST_CENTS).contains(&cash_cents) {
        return Err(COUNTER_AMOUNT.refusal().on("cash_cents"));
    }
    Ok(())
}

/// Of a refund one of both may be nothing.
///
/// # Errors
/// `counter.amount`.
pub fn back(points_cents: i64, cash_cents: i64) -> Result<(), Refusal> {
    let fits = |cents: i64| (0..=MOST_CENTS).contains(&cents);
    if fits(points_cents) && fits(cash_cents) && points_cents + cash_cents > 0 {
        Ok(())
    } else {
        Err(COUNTER_AMOUNT.refusal().on("points_cents"))
    }
}

/// A text without its outer blanks, of so many characters.
///
/// # Errors
/// `counter.form`.
pub fn text(raw: &str, field: &'static str, label: &str, least: usize, most: usize) -> Result<String, Refusal> {
    let text = raw.trim();
    if (least..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(COUNTER_FORM.with(format!("“{label}”请用 {least} 到 {most} 个字填写。")).on(field))
    }
}

/// The number of a merchant's own receipt; none when it is blank.
///
/// # Errors
/// `counter.form`.
pub fn reference(raw: Option<&str>) -> Result<Option<String>, Refusal> {
    let raw = raw.map(str::trim).filter(|raw| !raw.is_empty());
    raw.map(|raw| text(raw, "reference", "小票号", 1, 40)).transpose()
}

/// Tells a repeated order from another one under the same id.
#[must_use]
pub fn fingerprint(parts: &[&str]) -> [u8; 32] {
    let mut whole = b"zhigong counter 1".to_vec();
    for part in parts {
        // The length in front keeps ("ab", "c") apart from ("a", "bc").
        whole.extend_from_slice(&(part.len() as u64).to_be_bytes());
        whole.extend_from_slice(part.as_bytes());
    }
    sm3(&whole)
}

/// The row of a code's one use.
#[must_use]
pub fn use_id(source: Id, step: i64) -> Id {
    derived(&["use", &source.to_string(), &step.to_string()])
}

/// The row of somebody's day.
#[must_use]
pub fn day_id(kind: &str, owner: Id, day: Day) -> Id {
    derived(&["day", kind, &owner.to_string(), &day.to_string()])
}

/// The row of what a till said.
#[must_use]
pub fn nonce_id(till: Id, nonce: &str) -> Id {
    derived(&["nonce", &till.to_string(), nonce])
}

fn derived(parts: &[&str]) -> Id {
    let hash = fingerprint(parts);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits =
        Limits { payment: 1_000, person_cents: 2_000, person_times: 3, shop_cents: 5_000, short: 500 };

    fn spent(cents: i64, times: i64) -> Spent {
        Spent { cents, times }
    }

    #[test]
    fn limits_hold_to_the_cent() {
        let none = Spent::default();
        for (channel, points, person, shop, good) in [
            (Channel::Code, 1_000, none, none, true),
            (Channel::Code, 1_001, none, none, false),
            (Channel::Short, 500, none, none, true),
            (Channel::Short, 501, none, none, false),
            (Channel::Shop, 1_000, spent(1_000, 1), none, true),
            (Channel::Shop, 1_000, spent(1_001, 1), none, false),
            (Channel::Shop, 1, spent(3, 2), none, true),
            (Channel::Shop, 1, spent(3, 3), none, false),
            (Channel::Code, 1, none, spent(4_999, 9_999), true),
            (Channel::Code, 2, none, spent(4_999, 1), false),
            (Channel::Code, 1_000, spent(i64::MAX, 0), none, false),
        ] {
            let fits = LIMITS.fit(channel, points, person, shop);
            assert_eq!(fits.is_ok(), good, "{channel:?} {points} {person:?} {shop:?}");
            assert!(
                fits.err().is_none_or(|refusal| refusal.code == "counter.limit" && refusal.message.ends_with('。'))
            );
        }
    }

    #[test]
    fn amounts_and_texts() {
        assert!(amounts(1, 0).is_ok() && amounts(0, 1).is_err() && amounts(1, -1).is_err());
        assert!(amounts(MOST_CENTS + 1, 0).is_err());
        assert!(back(0, 1).is_ok() && back(1, 0).is_ok() && back(0, 0).is_err() && back(2, -1).is_err());
        assert_eq!(reference(Some("  ")), Ok(None));
        assert_eq!(reference(Some(" A-1 ")), Ok(Some("A-1".to_owned())));
        assert!(reference(Some(&"9".repeat(41))).is_err() && text("退", "reason", "原因", 2, 9).is_err());
        assert_eq!((yuan(5), yuan(120_005)), ("0.05 元".to_owned(), "1200.05 元".to_owned()));
    }

    #[test]
    fn what_differs_has_another_fingerprint() {
        let all = [&["ab", "c"][..], &["a", "bc"], &["abc"], &["ab", "c", ""]].map(fingerprint);
        for (at, one) in all.iter().enumerate() {
            assert!(all[at + 1..].iter().all(|other| other != one));
        }
        let (one, other) = (Id::from_u128(1), Id::from_u128(2));
        assert_eq!(use_id(one, 7), use_id(one, 7));
        assert!(use_id(one, 7) != use_id(one, 8) && use_id(one, 7) != use_id(other, 7));
    }
}
