//! What the union law and the house say about unions, without database or clock.
//!
//! ```
//! use registry::organization::rules::{OrganizationKind, may_stand_under, union_name};
//!
//! let (town, base) = (OrganizationKind::TownFederation, OrganizationKind::Grassroots);
//! assert!(may_stand_under(base, town) && !may_stand_under(town, base));
//! assert_eq!(base.label(), "单独基层工会");
//! assert_eq!(union_name(" 江门示例(集团)有限公司工会 ", base).as_deref().ok(), Some("江门示例（集团）有限公司工会"));
//! assert!(union_name("=1+1工会", base).is_err());
//! ```

use kernel::Refusal;
use kernel::time::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ORGANIZATION_NAME;
use crate::division::data::DivisionLevel;
use crate::employer::unit_name::unit_name;

/// What a union is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationKind {
    /// 市总工会, the root.
    CityFederation,
    /// 县级总工会.
    CountyFederation,
    /// 镇街总工会.
    TownFederation,
    /// 镇街工会联合会.
    TownJoint,
    /// 单独基层工会.
    Grassroots,
    /// 联合基层工会.
    JointGrassroots,
    /// 行业工会.
    Industry,
    /// 产业工会.
    Trade,
}

use OrganizationKind::{
    CityFederation, CountyFederation, Grassroots, Industry, JointGrassroots, TownFederation, TownJoint, Trade,
};

impl OrganizationKind {
    /// Every kind, from the top down.
    pub const ALL: [Self; 8] =
        [CityFederation, CountyFederation, TownFederation, TownJoint, Trade, Industry, JointGrassroots, Grassroots];

    /// The stable English name, as in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            CityFederation => "city_federation",
            CountyFederation => "county_federation",
            TownFederation => "town_federation",
            TownJoint => "town_joint",
            Grassroots => "grassroots",
            JointGrassroots => "joint_grassroots",
            Industry => "industry",
            Trade => "trade",
        }
    }

    /// The kind of that English name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            CityFederation => "市总工会",
            CountyFederation => "县级总工会",
            TownFederation => "镇街总工会",
            TownJoint => "镇街工会联合会",
            Grassroots => "单独基层工会",
            JointGrassroots => "联合基层工会",
            Industry => "行业工会",
            Trade => "产业工会",
        }
    }

    /// A base union (基层工会), which stands for the workers of employers.
    #[must_use]
    pub fn is_base(self) -> bool {
        matches!(self, Grassroots | JointGrassroots)
    }

    /// Whether workers can be members of it directly; a federation has unions below it, not members.
    #[must_use]
    pub fn takes_members(self) -> bool {
        !matches!(self, CityFederation | CountyFederation | TownFederation)
    }

    /// Whether the tree of the desk shows it; base unions are listed instead.
    #[must_use]
    pub fn in_tree(self) -> bool {
        !self.is_base()
    }

    /// Lengths of a term in years that 工会法 (2021) art. 16 allows: 3 or 5 for a base union, 5 for a local one.
    #[must_use]
    pub fn terms(self) -> &'static [u32] {
        if self.is_base() { &[3, 5] } else { &[5] }
    }

    /// How many levels decide on its founding (工会法 art. 12: the next higher union approves): the parent alone for
    /// a base union; for a federation or an industry union the parent and the parent's parent, where there is one.
    #[must_use]
    pub fn founding_stages(self) -> usize {
        if self.is_base() { 1 } else { 2 }
    }
}

/// Which kind may stand directly under which.
#[must_use]
pub fn may_stand_under(kind: OrganizationKind, parent: OrganizationKind) -> bool {
    match parent {
        CityFederation => matches!(kind, CountyFederation | Industry | Trade),
        CountyFederation => matches!(kind, TownFederation | TownJoint | Industry | Trade | Grassroots),
        TownFederation | TownJoint | Industry | Trade => kind.is_base(),
        Grassroots | JointGrassroots => false,
    }
}

/// Whether a division of this level and code suits a union of this kind under a parent in `parent_code`.
#[must_use]
pub fn division_suits(kind: OrganizationKind, level: DivisionLevel, code: &str, parent_code: &str) -> bool {
    // A city's code ends in 00: its districts share the first four digits.
    let within =
        code.starts_with(parent_code.strip_suffix("00").filter(|_| parent_code.len() == 6).unwrap_or(parent_code));
    let level_suits = match kind {
        CityFederation => level == DivisionLevel::City,
        CountyFederation => level == DivisionLevel::District,
        TownFederation | TownJoint => {
            matches!(level, DivisionLevel::Town | DivisionLevel::Street | DivisionLevel::Other)
        }
        Industry | Trade | Grassroots | JointGrassroots => true,
    };
    within && level_suits
}

/// Ends a union's name may have.
const ENDINGS: [&str; 3] = ["工会", "工会委员会", "工会联合会"];
const MIN_NAME_CHARS: usize = 4;
const MAX_NAME_CHARS: usize = 100;

/// The name as it is stored: cleaned, 4 to 100 characters, ending as a union's name ends.
///
/// # Errors
/// `organization.name`, naming what to change.
pub fn union_name(raw: &str, kind: OrganizationKind) -> Result<String, Refusal> {
    let refused = |what: &str| ORGANIZATION_NAME.with(format!("{what}，请按批复上的全称填写。")).on("name");
    let name = unit_name(raw, MAX_NAME_CHARS).map_err(|fault| refused(&fault.sentence("工会名称")))?;
    if name.chars().count() < MIN_NAME_CHARS {
        return Err(refused("工会名称至少 4 个字"));
    }
    if matches!(kind, CityFederation | CountyFederation) && !name.ends_with("总工会") {
        return Err(refused("市、县级总工会的名称要以“总工会”结尾"));
    }
    if !ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        return Err(refused("工会名称要以“工会”“工会委员会”“工会联合会”或“总工会”结尾"));
    }
    Ok(name)
}

/// Whether a union is there on a day, and in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationState {
    /// 筹建: proposed, waits for approval.
    Founding,
    /// 已建.
    Established,
    /// The founding was returned; a new proposal may follow.
    Refused,
    /// 已撤销.
    Dissolved,
}

impl OrganizationState {
    /// The state of that English name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "founding" => Some(Self::Founding),
            "established" => Some(Self::Established),
            "refused" => Some(Self::Refused),
            "dissolved" => Some(Self::Dissolved),
            _ => None,
        }
    }
}

/// The days that decide a union's state on any day.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    /// When it was entered here.
    pub entered_on: Day,
    /// When its founding was approved; may lie before `entered_on`.
    pub established_on: Option<Day>,
    /// When it was dissolved or its founding returned.
    pub ended_on: Option<Day>,
    /// Its state at the end of its life.
    pub state: OrganizationState,
}

impl Life {
    /// The state on a day; `None` before it was there.
    #[must_use]
    pub fn on(&self, day: Day) -> Option<OrganizationState> {
        if self.ended_on.is_some_and(|ended| ended <= day) {
            return Some(self.state);
        }
        if self.established_on.is_some_and(|established| established <= day) {
            return Some(OrganizationState::Established);
        }
        (self.entered_on <= day).then_some(OrganizationState::Founding)
    }
}

/// An office in a union.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfficerTitle {
    /// 主席; one at a time.
    Chair,
    /// 副主席.
    ViceChair,
    /// 经费审查委员会主任.
    AuditDirector,
    /// 女职工委员会主任.
    WomenDirector,
    /// 委员.
    CommitteeMember,
    /// 组织员.
    Organiser,
}

impl OfficerTitle {
    /// Every title, in the order in which a committee is shown.
    pub const ALL: [Self; 6] = [
        Self::Chair,
        Self::ViceChair,
        Self::AuditDirector,
        Self::WomenDirector,
        Self::CommitteeMember,
        Self::Organiser,
    ];

    /// The stable English name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chair => "chair",
            Self::ViceChair => "vice_chair",
            Self::AuditDirector => "audit_director",
            Self::WomenDirector => "women_director",
            Self::CommitteeMember => "committee_member",
            Self::Organiser => "organiser",
        }
    }

    /// The title of that English name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|title| title.as_str() == name)
    }

    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Chair => "主席",
            Self::ViceChair => "副主席",
            Self::AuditDirector => "经费审查委员会主任",
            Self::WomenDirector => "女职工委员会主任",
            Self::CommitteeMember => "委员",
            Self::Organiser => "组织员",
        }
    }
}

/// A phone on which a union is reached: a mobile number, or a fixed line with its area code.
#[must_use]
pub fn contact_phone(raw: &str) -> Option<String> {
    if let Ok(mobile) = crate::person::phone::Phone::parse(raw) {
        return Some(mobile.as_str().to_owned());
    }
    let half = raw.trim().chars().take(30).map(crate::person::name::half_width);
    let digits: String = half.filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits && digits.starts_with('0') && (11..=12).contains(&digits.len())).then_some(digits)
}

/// Letters and digits of a joining code: none that is taken for another when read aloud or from a poster.
pub const LINK_ALPHABET: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
/// Length of a joining code; 31^10 codes cannot be tried out.
pub const LINK_LENGTH: usize = 10;

/// A joining code as people type it: capitals, spaces and hyphens are taken.
#[must_use]
pub fn link_code(raw: &str) -> Option<String> {
    let kept = raw.chars().take(40).filter(|c| !matches!(c, ' ' | '-'));
    let code: String = kept.map(|c| c.to_ascii_lowercase()).collect();
    (code.len() == LINK_LENGTH && code.bytes().all(|byte| LINK_ALPHABET.contains(&byte))).then_some(code)
}

#[cfg(test)]
mod tests;
