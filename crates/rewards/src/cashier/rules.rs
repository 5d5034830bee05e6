//! What cashiers may do, and what their secrets look like. Pure.

use kernel::time::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a cashier may do; each one includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CashierRole {
    /// Take points.
    Charge,
    /// Give back as well.
    Refund,
    /// Keep cashiers, disputes and the bank account as well.
    Manager,
}

impl CashierRole {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Refund => "refund",
            Self::Manager => "manager",
        }
    }

    /// From the table.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Charge, Self::Refund, Self::Manager].into_iter().find(|role| role.as_str() == text)
    }
}

/// Whether six digits may be a PIN: neither all the same nor a run up or down.
#[must_use]
pub fn is_pin(pin: &str) -> bool {
    let digits: Vec<i32> = pin.bytes().map(i32::from).collect();
    let plain = pin.len() == 6 && pin.bytes().all(|byte| byte.is_ascii_digit());
    let run = |step: i32| digits.windows(2).all(|pair| matches!(pair, [a, b] if b - a == step));
    plain && !run(0) && !run(1) && !run(-1)
}

/// The digits of a code as people type it; `None` when they are not twelve.
#[must_use]
pub fn code(raw: &str) -> Option<String> {
    let kept: String =
        raw.chars().map(registry::person::name::half_width).filter(|c| !matches!(c, ' ' | '-')).collect();
    (kept.len() == 12 && kept.bytes().all(|byte| byte.is_ascii_digit())).then_some(kept)
}

/// Twelve digits in threes, to be read aloud.
#[must_use]
pub fn spaced(code: &str) -> String {
    let digits: Vec<char> = code.chars().collect();
    digits.chunks(3).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Wrong tries so far, one more: how many, and since when; an hour later they begin anew.
#[must_use]
pub fn one_more_guess(before: Option<(i64, Time)>, now: Time) -> (i64, Time) {
    match before {
        Some((count, since)) if now < since + chrono::Duration::hours(1) => (count + 1, since),
        _ => (1, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_include_those_before() {
        assert!(CashierRole::Manager > CashierRole::Refund && CashierRole::Refund > CashierRole::Charge);
        for role in [CashierRole::Charge, CashierRole::Refund, CashierRole::Manager] {
            assert_eq!(CashierRole::parse(role.as_str()), Some(role));
        }
        assert_eq!(CashierRole::parse("owner"), None);
    }

    #[test]
    fn pins_and_codes() {
        for (pin, good) in [
            ("482913", true),
            ("112233", true),
            ("111111", false),
            ("123456", false),
            ("987654", false),
            ("48291", false),
            ("48291a", false),
            ("４８２９１３", false),
        ] {
            assert_eq!(is_pin(pin), good, "{pin}");
        }
        assert_eq!(code(" 123 456-789 012").as_deref(), Some("123456789012"));
        assert_eq!(code("１２３４５６７８９０１２").as_deref(), Some("123456789012"));
        assert_eq!((code("12345678901"), code("12345678901x")), (None, None));
        assert_eq!(spaced("123456789012"), "123 456 789 012");
    }

    #[test]
    fn guesses_of_an_hour() {
        let at = |text: &str| text.parse::<Time>().unwrap();
        let first = at("2026-11-23T02:00:00Z");
        assert_eq!(one_more_guess(None, first), (1, first));
        assert_eq!(one_more_guess(Some((4, first)), at("2026-11-23T02:59:59Z")), (5, first));
        assert_eq!(one_more_guess(Some((9, first)), at("2026-11-23T03:00:00Z")).0, 1);
    }
}
