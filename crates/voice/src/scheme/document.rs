//! What a scheme says.

use registry::organization::rules::OrganizationKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::instrument::{IssuerKind, Question, SubjectKind, Thresholds};

/// A kind of evaluation: what is asked, of whom, for how long, and who may start it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SchemeDocument {
    /// 主席述职测评.
    pub title: String,
    /// One sentence for members.
    pub about: String,
    /// Document or decision that it rests on.
    pub basis: String,
    /// What an evaluation is about.
    pub subject: SubjectKind,
    /// Title of an evaluation, with `{subject}`, `{union}` and `{year}`.
    pub title_pattern: String,
    /// In the order of the page.
    pub questions: Vec<Question>,
    /// The question by whose answers a result is shown in groups as well; for departments only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<String>,
    /// When a result says something, and when something must follow from it.
    pub thresholds: Thresholds,
    /// Who may answer, in CEL over the members of the union; `true` for all of them.
    pub electorate: String,
    /// The rated union's chair and vice chairs may not rate.
    pub without_rated: bool,
    /// Members may leave opinions that must be answered.
    pub opinions: bool,
    /// A report must be there before it can be opened.
    pub report_required: bool,
    /// How long it is open.
    pub days_open: DaysOpen,
    /// Once a year for each subject.
    pub yearly: bool,
    /// How the secret is kept.
    pub issuer: IssuerKind,
    /// The lowest level that may start it.
    pub starts: Level,
}

/// Days from the opening to the last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SchemeDaysOpen)]
pub struct DaysOpen {
    /// At least.
    pub least: u32,
    /// Unless told.
    pub usual: u32,
    /// At most.
    pub most: u32,
}

/// A level of the union tree, the lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SchemeLevel)]
pub enum Level {
    /// A union itself.
    Union,
    /// 镇街.
    Town,
    /// 县（市、区）.
    County,
    /// 市.
    City,
}

impl Level {
    /// The level of a kind of union.
    #[must_use]
    pub fn of(kind: OrganizationKind) -> Self {
        match kind {
            OrganizationKind::CityFederation => Self::City,
            OrganizationKind::CountyFederation => Self::County,
            OrganizationKind::TownFederation | OrganizationKind::TownJoint => Self::Town,
            OrganizationKind::Grassroots
            | OrganizationKind::JointGrassroots
            | OrganizationKind::Industry
            | OrganizationKind::Trade => Self::Union,
        }
    }

    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Union => "本级工会",
            Self::Town => "镇街工会",
            Self::County => "县级总工会",
            Self::City => "市总工会",
        }
    }
}
