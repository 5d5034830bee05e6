//! What the texts and numbers of a merchant must be. Pure.

use kernel::Refusal;
use kernel::time::Day;
use registry::person::name::half_width;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{MERCHANT_CONTRACT, MERCHANT_FORM};

/// Longest contract, in days: ten years.
const LONGEST_DAYS: i64 = 3_653;

/// What a merchant sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MerchantCategory {
    /// 餐饮.
    Catering,
    /// 超市便利.
    Grocery,
    /// 图书文具.
    Books,
    /// 文化演出.
    Culture,
    /// 体育健身.
    Sports,
    /// 旅游住宿.
    Travel,
    /// 医药健康.
    Health,
    /// 交通出行.
    Transport,
    /// 生活服务.
    Service,
    /// 其他.
    Other,
}

impl MerchantCategory {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Catering => "catering",
            Self::Grocery => "grocery",
            Self::Books => "books",
            Self::Culture => "culture",
            Self::Sports => "sports",
            Self::Travel => "travel",
            Self::Health => "health",
            Self::Transport => "transport",
            Self::Service => "service",
            Self::Other => "other",
        }
    }
}

/// What happens to a contract under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MerchantStep {
    /// No more points are taken until it is resumed.
    Suspend,
    /// Points are taken again.
    Resume,
    /// It is over.
    End,
}

impl MerchantStep {
    /// From which state to which, and how the step is called in the history.
    #[must_use]
    pub fn path(self) -> (&'static [&'static str], &'static str, &'static str) {
        match self {
            Self::Suspend => (&["active"], "suspended", "suspended"),
            Self::Resume => (&["suspended"], "active", "resumed"),
            Self::End => (&["active", "suspended"], "ended", "ended"),
        }
    }
}

/// A text without its outer spaces, of so many characters, none of them hidden.
///
/// # Errors
/// `merchant.form`.
pub fn text(raw: &str, field: &'static str, label: &str, least: usize, most: usize) -> Result<String, Refusal> {
    let text = raw.trim();
    let fits = (least..=most).contains(&text.chars().count()) && !text.chars().any(|c| c.is_control() && c != '\n');
    if fits {
        Ok(text.to_owned())
    } else {
        Err(MERCHANT_FORM.with(format!("“{label}”请用 {least} 到 {most} 个字写明。")).on(field))
    }
}

/// A reason, 2 to 200 characters.
///
/// # Errors
/// `merchant.form`.
pub fn reason(raw: &str) -> Result<String, Refusal> {
    text(raw, "reason", "原因", 2, 200)
}

/// The days of a contract: from before to, over after today, ten years at the most.
///
/// # Errors
/// `merchant.contract`.
pub fn contract(from: Option<Day>, to: Option<Day>, today: Day) -> Result<(Day, Day), Refusal> {
    let (from, to) = from.zip(to).ok_or_else(|| MERCHANT_CONTRACT.refusal().on("contract_to"))?;
    let days = (to - from).num_days();
    if from < to && today < to && days <= LONGEST_DAYS {
        Ok((from, to))
    } else {
        Err(MERCHANT_CONTRACT.refusal().on("contract_to"))
    }
}

/// The number of a bank account: digits only, printed by its tail.
#[derive(Clone, PartialEq, Eq)]
pub struct BankNumber(String);

impl BankNumber {
    /// Reads a number as people write it, with spaces and hyphens.
    ///
    /// # Errors
    /// `merchant.form`.
    pub fn parse(raw: &str) -> Result<Self, Refusal> {
        let digits: String =
            raw.chars().map(half_width).filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).take(40).collect();
        if (8..=30).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(MERCHANT_FORM.with("银行账号请填 8 到 30 位数字，按开户许可或结算卡逐位核对。").on("number"))
        }
    }

    /// All digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last four digits.
    #[must_use]
    pub fn tail(&self) -> String {
        tail(&self.0)
    }
}

impl std::fmt::Debug for BankNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BankNumber(…{})", self.tail())
    }
}

/// The last four characters of a number.
#[must_use]
pub fn tail(number: &str) -> String {
    let length = number.chars().count();
    number.chars().skip(length.saturating_sub(4)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bank_numbers() {
        let number = BankNumber::parse(" ６２１７ 0000-1234 5678 ").unwrap();
        assert_eq!((number.as_str(), number.tail().as_str()), ("6217000012345678", "5678"));
        assert_eq!(format!("{number:?}"), "BankNumber(…5678)");
        for bad in ["", "1234567", "12345678a", "=1+12345678", &"9".repeat(31)] {
            assert_eq!(BankNumber::parse(bad).unwrap_err().code, "merchant.form", "{bad}");
        }
        assert_eq!((tail("12").as_str(), tail("").as_str()), ("12", ""));
    }

    #[test]
    fn contracts_end_after_today() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let today = day("2026-11-23");
        let good = contract(Some(day("2026-01-01")), Some(day("2027-01-01")), today);
        assert_eq!(good.unwrap(), (day("2026-01-01"), day("2027-01-01")));
        for (from, to) in [
            (None, Some("2027-01-01")),
            (Some("2026-01-01"), None),
            (Some("2026-01-01"), Some("2026-11-23")),
            (Some("2027-01-02"), Some("2027-01-02")),
            (Some("2026-01-01"), Some("2037-01-01")),
        ] {
            assert!(contract(from.map(day), to.map(day), today).is_err(), "{from:?} {to:?}");
        }
    }

    #[test]
    fn steps_of_a_contract() {
        assert_eq!(MerchantStep::End.path().0, ["active", "suspended"]);
        assert_eq!(MerchantStep::Resume.path().1, "active");
        assert_eq!(text(" 好 ", "name", "名称", 2, 9).unwrap_err().code, "merchant.form");
        assert_eq!(reason(" 停业装修 ").as_deref(), Ok("停业装修"));
    }
}
