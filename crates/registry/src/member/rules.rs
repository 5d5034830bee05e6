//! Pure rules of joining: who works how, which union is asked, what a form needs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::Refusal;

use super::{ANSWER_MISSING, REASON_MISSING};
use crate::person::name::clean_text;

/// Through which door somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// My employer has a union.
    Employer,
    /// My employer has none, or I work for a platform.
    Open,
}

impl Door {
    /// The stored name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Employer => "employer",
            Self::Open => "open",
        }
    }
}

/// Kinds of work at the open door; the first four are those that the national
/// drive for workers in new forms of employment (新业态) names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// 外卖配送员.
    FoodDelivery,
    /// 快递员.
    Courier,
    /// 网约车司机.
    RideHailing,
    /// 货车司机.
    Trucker,
    /// 家政服务员.
    Domestic,
    /// Other platform work.
    OtherPlatform,
    /// Any work for an employer without a union.
    EmployerWithoutUnion,
}

impl Work {
    /// Platform work goes to the industry union, other work to the town's joint union.
    #[must_use]
    pub fn goes_to_industry(self) -> bool {
        matches!(self, Self::FoodDelivery | Self::Courier | Self::RideHailing | Self::Trucker)
    }

    /// The stored name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FoodDelivery => "food_delivery",
            Self::Courier => "courier",
            Self::RideHailing => "ride_hailing",
            Self::Trucker => "trucker",
            Self::Domestic => "domestic",
            Self::OtherPlatform => "other_platform",
            Self::EmployerWithoutUnion => "employer_without_union",
        }
    }

    /// The work of a stored name.
    #[must_use]
    pub fn label_of(name: &str) -> &'static str {
        match name {
            "food_delivery" => "外卖配送员",
            "courier" => "快递员",
            "ride_hailing" => "网约车司机",
            "trucker" => "货车司机",
            "domestic" => "家政服务员",
            "other_platform" => "其他平台劳动者",
            _ => "单位未建工会的职工",
        }
    }
}

/// Form of employment, as the yearly union statistics ask it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmploymentForm {
    /// 劳动合同.
    LabourContract,
    /// 劳务派遣.
    Dispatched,
    /// 平台用工.
    Platform,
    /// 灵活就业.
    Flexible,
}

impl EmploymentForm {
    /// The stored name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LabourContract => "labour_contract",
            Self::Dispatched => "dispatched",
            Self::Platform => "platform",
            Self::Flexible => "flexible",
        }
    }
}

/// Kinds of union that hold members of their own.
pub const HOLDS_MEMBERS: &[&str] = &["grassroots", "joint_grassroots", "town_joint", "industry", "trade"];

/// Kinds of union that keep a pool (周转库) of applications to be handed on.
pub const KEEPS_POOL: &[&str] = &["town_joint", "town_federation", "industry"];

/// What an applicant reads instead of the officer's words when the number he gave is on the roster.
pub const NEUTRAL_REASON: &str = "这份申请需要当面核对身份。请带身份证找单位工会主席或镇街工会办理，也可拨打 12351。";

/// A reason that somebody will read later: 2 to 200 characters.
///
/// # Errors
/// `reason.missing`, or the fault of the text.
pub fn reason(raw: &str) -> Result<String, Refusal> {
    let text = clean_text(raw, 200).map_err(|fault| Refusal::from(fault).on("reason"))?;
    if text.chars().count() < 2 {
        return Err(REASON_MISSING.refusal().on("reason"));
    }
    Ok(text)
}

/// An answer that must be there.
///
/// # Errors
/// `answer.missing` on the field.
pub fn required<T>(answer: Option<T>, field: &'static str) -> Result<T, Refusal> {
    answer.ok_or_else(|| ANSWER_MISSING.refusal().on(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platform_work_goes_to_the_industry_union() {
        let industry = [Work::FoodDelivery, Work::Courier, Work::RideHailing, Work::Trucker];
        assert!(industry.iter().all(|work| work.goes_to_industry()));
        let town = [Work::Domestic, Work::OtherPlatform, Work::EmployerWithoutUnion];
        assert!(town.iter().all(|work| !work.goes_to_industry()));
    }

    #[test]
    fn stored_names_are_the_wire_names() {
        for work in [Work::FoodDelivery, Work::Courier, Work::Domestic, Work::EmployerWithoutUnion] {
            assert_eq!(serde_json::to_value(work).unwrap(), work.as_str());
        }
        for form in [EmploymentForm::LabourContract, EmploymentForm::Platform] {
            assert_eq!(serde_json::to_value(form).unwrap(), form.as_str());
        }
        assert_eq!(serde_json::to_value(Door::Open).unwrap(), Door::Open.as_str());
    }

    #[test]
    fn a_reason_has_two_to_two_hundred_characters() {
        assert_eq!(reason(" 证件看不清 ").unwrap(), "证件看不清");
        for bad in ["", "无", &"长".repeat(201), "\u{202e}反"] {
            assert!(reason(bad).is_err(), "{bad:?} was let through");
        }
    }
}
