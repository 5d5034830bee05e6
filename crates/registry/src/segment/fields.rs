//! What a rule may ask of a person: the catalogue behind the checks, the evaluation and the page.

use kernel::routes::Nothing;
use kernel::{Cx, Result};
use serde::Serialize;
use utoipa::ToSchema;

use crate::organization::rules::OrganizationKind;

/// A field of a person that a rule may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Form of employment.
    EmploymentForm,
    /// Kind of platform work.
    Work,
    /// County or county-level city of the union.
    County,
    /// Town or street of the union.
    Town,
    /// Division of the union, whatever its level.
    Division,
    /// Sex.
    Sex,
    /// Full years on the day.
    Age,
    /// Whether the day of birth is registered.
    BirthKnown,
    /// Day of joining.
    JoinedOn,
    /// Kind of the union.
    OrganizationKind,
    /// The union itself.
    OrganizationId,
    /// The employer entered with the membership.
    EmployerId,
    /// Whether any office is held.
    IsOfficer,
    /// Offices held.
    OfficerTitles,
    /// Whether the members of the union have elected the person to speak for them.
    IsDelegate,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    YesNo,
    /// A whole number.
    Number,
    /// A day as text, `2026-11-23`.
    Day,
    /// One of a few words.
    Choice,
    /// Several of a few words.
    Choices,
    /// Digits of a division's code.
    Code,
    /// An id of the registry as text; empty where there is none.
    Id,
}

const EMPLOYMENT: &[(&str, &str)] =
    &[("labour_contract", "劳动合同"), ("dispatched", "劳务派遣"), ("platform", "平台就业"), ("flexible", "灵活就业")];
const WORK: &[(&str, &str)] = &[
    ("food_delivery", "外卖配送"),
    ("courier", "快递"),
    ("ride_hailing", "网约车"),
    ("trucker", "货运"),
    ("domestic", "家政"),
    ("other_platform", "其他平台"),
    ("employer_without_union", "单位没有工会"),
    (NONE, "没有登记"),
];
const SEX: &[(&str, &str)] = &[("male", "男"), ("female", "女"), (UNKNOWN, "没有登记")];
const TITLES: &[(&str, &str)] = &[
    ("chair", "主席"),
    ("vice_chair", "副主席"),
    ("audit_director", "经费审查委员会主任"),
    ("women_director", "女职工委员会主任"),
    ("committee_member", "委员"),
    ("organiser", "组织员"),
];
const KINDS: [(&str, &str); OrganizationKind::ALL.len()] = {
    let mut kinds = [("", ""); OrganizationKind::ALL.len()];
    let mut at = 0;
    while at < kinds.len() {
        kinds[at] = (OrganizationKind::ALL[at].as_str(), OrganizationKind::ALL[at].label());
        at += 1;
    }
    kinds
};

/// The work of those who have none entered.
pub(super) const NONE: &str = "none";
/// The sex of those who have none entered.
pub(super) const UNKNOWN: &str = "unknown";

impl Field {
    /// Every field, in the order of the page.
    pub const ALL: [Self; 15] = [
        Self::EmploymentForm,
        Self::Work,
        Self::County,
        Self::Town,
        Self::Division,
        Self::Sex,
        Self::Age,
        Self::BirthKnown,
        Self::JoinedOn,
        Self::OrganizationKind,
        Self::OrganizationId,
        Self::EmployerId,
        Self::IsOfficer,
        Self::OfficerTitles,
        Self::IsDelegate,
    ];

    /// The field of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Its name in a rule.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EmploymentForm => "employment_form",
            Self::Work => "work",
            Self::County => "county",
            Self::Town => "town",
            Self::Division => "division",
            Self::Sex => "sex",
            Self::Age => "age",
            Self::BirthKnown => "birth_known",
            Self::JoinedOn => "joined_on",
            Self::OrganizationKind => "organization_kind",
            Self::OrganizationId => "organization_id",
            Self::EmployerId => "employer_id",
            Self::IsOfficer => "is_officer",
            Self::OfficerTitles => "officer_titles",
            Self::IsDelegate => "is_delegate",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::EmploymentForm => "用工形式",
            Self::Work => "就业类型",
            Self::County => "所在区县",
            Self::Town => "所在镇街",
            Self::Division => "所在区划代码",
            Self::Sex => "性别",
            Self::Age => "周岁年龄",
            Self::BirthKnown => "登记了出生日期",
            Self::JoinedOn => "入会日期",
            Self::OrganizationKind => "工会类型",
            Self::OrganizationId => "所在工会",
            Self::EmployerId => "用人单位",
            Self::IsOfficer => "担任工会干部",
            Self::OfficerTitles => "现任工会职务",
            Self::IsDelegate => "担任会员代表",
        }
    }

    /// What it holds.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::EmploymentForm | Self::Work | Self::Sex | Self::OrganizationKind => Kind::Choice,
            Self::County | Self::Town | Self::Division => Kind::Code,
            Self::Age => Kind::Number,
            Self::BirthKnown | Self::IsOfficer | Self::IsDelegate => Kind::YesNo,
            Self::JoinedOn => Kind::Day,
            Self::OrganizationId | Self::EmployerId => Kind::Id,
            Self::OfficerTitles => Kind::Choices,
        }
    }

    /// The words it may hold with what people call them; none where it is free.
    #[must_use]
    pub fn values(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::EmploymentForm => EMPLOYMENT,
            Self::Work => WORK,
            Self::Sex => SEX,
            Self::OrganizationKind => &KINDS,
            Self::OfficerTitles => TITLES,
            _ => &[],
        }
    }

    /// Where it is read from.
    #[must_use]
    pub fn source(self) -> &'static str {
        match self {
            Self::EmploymentForm => "membership.employment_form",
            Self::Work => "membership.work",
            Self::County | Self::Town | Self::Division => "organization.division_code",
            Self::Sex => "person.sex",
            Self::Age | Self::BirthKnown => "person.birth",
            Self::JoinedOn => "membership.joined_on",
            Self::OrganizationKind => "organization.kind",
            Self::OrganizationId => "membership.organization_id",
            Self::EmployerId => "membership.employer_id",
            Self::IsOfficer | Self::OfficerTitles => "officer.title",
            Self::IsDelegate => "delegate.membership_id",
        }
    }

    /// What the page says beside it.
    #[must_use]
    pub fn note(self) -> &'static str {
        match self {
            Self::EmploymentForm => "会籍上登记的用工形式。",
            Self::Work => "从事哪一类平台工作；没有登记的写 none。",
            Self::County => "所在工会的区县，写 6 位区划代码，例如 440703。",
            Self::Town => "所在工会的镇街，写 9 位区划代码，例如 440703101；不在镇街的工会没有这一项。",
            Self::Division => "所在工会的区划代码；可以用 startsWith 比较开头几位。",
            Self::Sex => "性别；没有登记的写 unknown。",
            Self::Age => "到计算那天的周岁；没有登记出生日期的人，凡是看年龄的条件都不算符合。",
            Self::BirthKnown => "是否登记了出生日期。",
            Self::JoinedOn => "入会日期，写成 2026-11-23 的样子。",
            Self::OrganizationKind => "所在工会的类型。",
            Self::OrganizationId => "所在工会的编号，从工会列表里复制。",
            Self::EmployerId => "入会时登记的用人单位编号；没有登记的写 \"\"。",
            Self::IsOfficer => "计算那天是否在任何一级工会任职。",
            Self::OfficerTitles => "计算那天在各级工会担任的职务，用 \"chair\" in officer_titles 的写法。",
            Self::IsDelegate => "计算那天是否是所在工会的会员代表。",
        }
    }
}

impl Kind {
    /// The stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::YesNo => "yes_no",
            Self::Number => "number",
            Self::Day => "day",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::Code => "code",
            Self::Id => "id",
        }
    }
}

/// What a rule may ask.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SegmentFields {
    /// Fields in the order of the page.
    pub items: Vec<SegmentField>,
    /// Characters of a rule at the most.
    pub longest: u64,
}

/// A field of a person that a rule may name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SegmentField {
    /// Its name in a rule.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// `yes_no`, `number`, `day`, `choice`, `choices`, `code` or `id`.
    pub kind: String,
    /// The words it may hold; empty where it is free.
    pub values: Vec<SegmentValue>,
    /// Table and column it is read from.
    pub source: String,
    /// How it is written.
    pub note: String,
}

/// A word that a field may hold.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SegmentValue {
    /// The word in a rule.
    pub value: String,
    /// What people call it.
    pub label: String,
}

/// Lists the fields that a rule may use.
///
/// # Errors
/// None.
pub async fn fields(_cx: Cx, _input: Nothing) -> Result<SegmentFields> {
    let value = |(value, label): &(&str, &str)| SegmentValue { value: (*value).into(), label: (*label).into() };
    let items = Field::ALL.into_iter().map(|field| SegmentField {
        name: field.name().into(),
        label: field.label().into(),
        kind: field.kind().as_str().into(),
        values: field.values().iter().map(value).collect(),
        source: field.source().into(),
        note: field.note().into(),
    });
    Ok(SegmentFields { items: items.collect(), longest: super::rules::LONGEST as u64 })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::member::rules::{EmploymentForm, Work};
    use crate::organization::rules::OfficerTitle;

    #[test]
    fn every_field_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = Field::ALL.into_iter().map(Field::name).collect();
        assert_eq!(names.len(), Field::ALL.len());
        for field in Field::ALL {
            assert_eq!(Field::parse(field.name()), Some(field));
            assert!(field.note().ends_with('。'), "{field:?}");
            assert_eq!(field.values().is_empty(), !matches!(field.kind(), Kind::Choice | Kind::Choices), "{field:?}");
        }
    }

    #[test]
    fn the_words_are_those_of_the_registry() {
        let known = |field: Field, word: &str| field.values().iter().any(|(value, _)| *value == word);
        for form in [
            EmploymentForm::LabourContract,
            EmploymentForm::Dispatched,
            EmploymentForm::Platform,
            EmploymentForm::Flexible,
        ] {
            assert!(known(Field::EmploymentForm, form.as_str()));
        }
        for work in [
            Work::FoodDelivery,
            Work::Courier,
            Work::RideHailing,
            Work::Trucker,
            Work::Domestic,
            Work::OtherPlatform,
            Work::EmployerWithoutUnion,
        ] {
            assert!(known(Field::Work, work.as_str()));
        }
        for title in OfficerTitle::ALL {
            assert!(known(Field::OfficerTitles, title.as_str()), "{title:?}");
        }
    }
}
