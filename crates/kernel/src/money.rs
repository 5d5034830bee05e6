//! Money in whole fen (分), the hundredth of a yuan, with arithmetic that never wraps.
//!
//! Invariants: an amount is an integer from entry to display, so nothing is ever rounded; an operation that leaves
//! the range of `i64` gives `None`; parts of a split always add up to the whole.
//!
//! ```
//! use kernel::money::Cents;
//!
//! let fee: Cents = "100.00".parse()?;
//! let parts = fee.split(3).ok_or("no parts")?;
//! assert_eq!(parts, [Cents(3334), Cents(3333), Cents(3333)]);
//! assert_eq!(parts[0].to_string(), "33.34");
//! assert!("1.005".parse::<Cents>().is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An amount of money in fen (1 yuan = 100 fen); negative amounts are debts or reversals. JSON: an integer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub i64);

/// Why a text is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not digits with an optional point and an optional minus sign.
    #[error("金额格式不对。请只用半角数字和小数点填写，例如 12.34")]
    Format,
    /// More than two decimals.
    #[error("金额最多保留两位小数（精确到分）。请改成两位小数后再提交")]
    Decimals,
    /// Outside the range that can be held.
    #[error("金额太大，超出系统能记录的范围。请核对后重新填写")]
    Range,
}

impl MoneyError {
    /// The stable code of this refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Format => "money.format",
            Self::Decimals => "money.decimals",
            Self::Range => "money.range",
        }
    }

    /// The Chinese sentence for the user.
    pub fn message(self) -> String {
        self.to_string()
    }
}

impl Cents {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The sum, or `None` when it leaves the range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` when it leaves the range.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The amount `times` over, or `None` when it leaves the range.
    pub fn checked_mul(self, times: i64) -> Option<Self> {
        self.0.checked_mul(times).map(Self)
    }

    /// The amount with the opposite sign, or `None` when it leaves the range.
    pub fn checked_neg(self) -> Option<Self> {
        self.0.checked_neg().map(Self)
    }

    /// The sum of many amounts, or `None` when a partial sum leaves the range.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// Whether the amount is below zero.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Cuts the amount into `parts` that differ by at most one fen, the larger ones first; `None` for no parts.
    pub fn split(self, parts: u32) -> Option<Vec<Self>> {
        let divisor = i64::from(parts);
        let (base, rest) = (self.0.checked_div(divisor)?, self.0.checked_rem(divisor)?);
        let share = |index: i64| Self(base + if index < rest.abs() { rest.signum() } else { 0 });
        Some((0..divisor).map(share).collect())
    }

    /// Cuts the amount in proportion to `weights` by the method of the largest remainder (ties to the earlier part);
    /// `None` when all weights are zero or there are none.
    pub fn split_by_weights(self, weights: &[u32]) -> Option<Vec<Self>> {
        let total: i128 = weights.iter().copied().map(i128::from).sum();
        if total == 0 {
            return None;
        }
        let mut shares = Vec::with_capacity(weights.len());
        let mut remainders = Vec::with_capacity(weights.len());
        let mut rest = i128::from(self.0);
        for (index, weight) in weights.iter().enumerate() {
            let exact = i128::from(self.0) * i128::from(*weight);
            rest -= exact / total;
            shares.push(exact / total);
            remainders.push(((exact % total).abs(), index));
        }
        remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        // The rest is smaller than the number of parts: each cut lost less than one fen.
        let receivers = usize::try_from(rest.abs()).ok()?;
        for (_, index) in remainders.into_iter().take(receivers) {
            *shares.get_mut(index)? += rest.signum();
        }
        shares.into_iter().map(|share| i64::try_from(share).ok().map(Self)).collect()
    }
}

impl FromStr for Cents {
    type Err = MoneyError;

    /// Reads yuan such as `12`, `12.3`, `-12.34`; surrounding spaces are ignored. No exponent, no thousands mark, no
    /// plus sign, no full-width digits, at most two decimals.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let text = text.trim_matches(' ');
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (yuan, fen) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(yuan) || !all_digits(fen) {
            return Err(MoneyError::Format);
        }
        if fen.len() > 2 {
            return Err(MoneyError::Decimals);
        }
        // Joined and read with its sign, so that the smallest i64 is readable too.
        let joined = format!("{}{yuan}{fen:0<2}", if negative { "-" } else { "" });
        joined.parse().map(Self).map_err(|_| MoneyError::Range)
    }
}

impl fmt::Display for Cents {
    /// Yuan with two decimals, such as `-12.34`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, fen) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        f.pad(&format!("{sign}{}.{:02}", fen / 100, fen % 100))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_yuan() {
        let cases = [
            ("12.34", 1234),
            ("12.3", 1230),
            ("12", 1200),
            ("0.01", 1),
            ("-0.05", -5),
            ("-0", 0),
            ("  7.00 ", 700),
            ("0007.10", 710),
            ("92233720368547758.07", i64::MAX),
            ("-92233720368547758.08", i64::MIN),
        ];
        for (text, fen) in cases {
            assert_eq!(text.parse(), Ok(Cents(fen)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_an_amount() {
        let format = [
            "",
            " ",
            "-",
            ".",
            ".5",
            "5.",
            "1e3",
            "1E3",
            "NaN",
            "inf",
            "１２.３４",
            "12。34",
            "1,234.00",
            "+5",
            "--5",
            "0x10",
            "¥5",
            "5元",
            "1.2.3",
            "1 000",
            "\u{0}1",
            "1\n",
            "=1+1",
            "٣",
        ];
        for text in format {
            assert_eq!(text.parse::<Cents>(), Err(MoneyError::Format), "{text:?}");
        }
        assert_eq!("1.234".parse::<Cents>(), Err(MoneyError::Decimals));
        assert_eq!("1.000".parse::<Cents>(), Err(MoneyError::Decimals));
        assert_eq!("92233720368547758.08".parse::<Cents>(), Err(MoneyError::Range));
        assert_eq!("9".repeat(10_000).parse::<Cents>(), Err(MoneyError::Range));
        assert_eq!(MoneyError::Decimals.code(), "money.decimals");
        assert!(MoneyError::Format.message().contains("12.34"));
    }

    #[test]
    fn shows_and_serializes() {
        let shown: Vec<_> = [0, 1, -1, 99, 100, -1234, i64::MIN].map(|fen| Cents(fen).to_string()).into();
        assert_eq!(shown, ["0.00", "0.01", "-0.01", "0.99", "1.00", "-12.34", "-92233720368547758.08"]);
        assert_eq!(serde_json::to_string(&Cents(1234)).unwrap(), "1234");
        assert_eq!(serde_json::from_str::<Cents>("-5").unwrap(), Cents(-5));
        for bad in ["12.5", "\"12\"", "1e3", "null"] {
            assert!(serde_json::from_str::<Cents>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn splits() {
        let fen = |amounts: Option<Vec<Cents>>| amounts.map(|all| all.iter().map(|c| c.0).collect::<Vec<_>>());
        assert_eq!(fen(Cents(100).split(3)), Some(vec![34, 33, 33]));
        assert_eq!(fen(Cents(-100).split(3)), Some(vec![-34, -33, -33]));
        assert_eq!(fen(Cents(2).split(4)), Some(vec![1, 1, 0, 0]));
        assert_eq!(fen(Cents(2).split(0)), None);
        assert_eq!(fen(Cents(1001).split_by_weights(&[60, 40])), Some(vec![601, 400]));
        assert_eq!(fen(Cents(10).split_by_weights(&[1, 1, 1])), Some(vec![4, 3, 3]));
        assert_eq!(fen(Cents(-10).split_by_weights(&[1, 0, 2])), Some(vec![-3, 0, -7]));
        assert_eq!(fen(Cents(10).split_by_weights(&[])), None);
        assert_eq!(fen(Cents(10).split_by_weights(&[0, 0])), None);
    }

    proptest! {
        #[test]
        fn text_round_trip(fen: i64) {
            prop_assert_eq!(Cents(fen).to_string().parse(), Ok(Cents(fen)));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            if let Ok(amount) = text.parse::<Cents>() {
                prop_assert_eq!(amount.to_string().parse(), Ok(amount));
            }
        }
    }

    /// A million in full length.
    fn cases() -> u32 {
        if crate::testing::long() { 1_000_000 } else { 20_000 }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(cases()))]

        #[test]
        fn arithmetic_is_exact_or_none(a: i64, b: i64) {
            let exact = |value: i128| i64::try_from(value).ok().map(Cents);
            let (x, y) = (i128::from(a), i128::from(b));
            prop_assert_eq!(Cents(a).checked_add(Cents(b)), exact(x + y));
            prop_assert_eq!(Cents(a).checked_sub(Cents(b)), exact(x - y));
            prop_assert_eq!(Cents(a).checked_mul(b), exact(x * y));
            prop_assert_eq!(Cents(a).checked_neg(), exact(-x));
        }

        #[test]
        fn parts_add_up(fen: i64, parts in 1u32..200) {
            let shares = Cents(fen).split(parts).unwrap();
            prop_assert_eq!(shares.len(), parts as usize);
            prop_assert_eq!(shares.iter().map(|c| i128::from(c.0)).sum::<i128>(), i128::from(fen));
            let (min, max) = (shares.iter().min().unwrap().0, shares.iter().max().unwrap().0);
            prop_assert!(max - min <= 1);
        }

        #[test]
        fn weighted_parts_add_up_and_are_near(fen: i64, weights in proptest::collection::vec(any::<u32>(), 1..20)) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let total: i128 = weights.iter().copied().map(i128::from).sum();
            let shares = Cents(fen).split_by_weights(&weights).unwrap();
            prop_assert_eq!(shares.iter().map(|c| i128::from(c.0)).sum::<i128>(), i128::from(fen));
            for (share, weight) in shares.iter().zip(&weights) {
                let off = i128::from(share.0) * total - i128::from(fen) * i128::from(*weight);
                prop_assert!(off.abs() < total);
                prop_assert!(fen < 0 || share.0 >= 0);
            }
        }
    }
}
