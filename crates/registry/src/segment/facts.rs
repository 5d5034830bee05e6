//! A person as a rule sees him.

use std::sync::Arc;

use cel::common::types::{CelBool, CelInt, CelList, CelString};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use chrono::Datelike;
use kernel::Id;
use kernel::time::Day;

use super::fields::{Field, NONE, UNKNOWN};

/// What is known of one membership and its person on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PersonFacts {
    /// `labour_contract`, `dispatched`, `platform`, `flexible`.
    pub employment_form: String,
    /// Kind of platform work, where it is registered.
    pub work: Option<String>,
    /// Division of the union.
    pub division_code: Arc<str>,
    /// Kind of the union.
    pub organization_kind: Arc<str>,
    /// The union.
    pub organization_id: Id,
    /// The employer entered with the membership.
    pub employer_id: Option<Id>,
    /// `male`, `female`, where it is registered.
    pub sex: Option<String>,
    /// Full years, where the birth is registered; see [`age_on`].
    pub age: Option<u32>,
    /// Day of joining.
    pub joined_on: Day,
    /// Offices held on the day in any union, each once.
    pub officer_titles: Vec<String>,
    /// Whether this membership holds a seat of a delegate on the day.
    pub is_delegate: bool,
}

/// Full years of somebody born on a day; who is born on 29 February is a year older on 1 March of a common year.
///
/// ```
/// use kernel::time::Day;
/// use registry::segment::age_on;
///
/// let day = |y, m, d| Day::from_ymd_opt(y, m, d).unwrap_or_default();
/// assert_eq!(age_on(day(2000, 2, 29), day(2026, 2, 28)), 25);
/// assert_eq!(age_on(day(2000, 2, 29), day(2026, 3, 1)), 26);
/// ```
#[must_use]
pub fn age_on(birth: Day, day: Day) -> u32 {
    let turned = (day.month(), day.day()) >= (birth.month(), birth.day());
    let years = day.year() - birth.year() - i32::from(!turned);
    u32::try_from(years).unwrap_or_default()
}

/// The county of a division: the first six digits, unless they are those of the whole city.
fn county(code: &str) -> &str {
    code.get(..6).filter(|county| !county.ends_with("00")).unwrap_or_default()
}

/// The town of a division: all nine digits, or nothing above.
fn town(code: &str) -> &str {
    if code.len() == 9 { code } else { "" }
}

fn word(text: &str) -> CowVal<'_, '_> {
    CowVal::owned(CelString::from(text))
}

fn id(id: Option<Id>) -> CowVal<'static, 'static> {
    CowVal::owned(CelString::from(id.map(|id| id.to_string()).unwrap_or_default()))
}

/// Answers an evaluation with what it asks for, and only that.
impl VariableResolver for PersonFacts {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        Some(match Field::parse(variable)? {
            Field::EmploymentForm => word(&self.employment_form),
            Field::Work => word(self.work.as_deref().unwrap_or(NONE)),
            Field::County => word(county(&self.division_code)),
            Field::Town => word(town(&self.division_code)),
            Field::Division => word(&self.division_code),
            Field::Sex => word(self.sex.as_deref().unwrap_or(UNKNOWN)),
            // Nothing is known, so that CEL takes neither a condition nor its opposite for true.
            Field::Age => CowVal::owned(CelInt::from(i64::from(self.age?))),
            Field::BirthKnown => CowVal::owned(CelBool::from(self.age.is_some())),
            Field::JoinedOn => CowVal::owned(CelString::from(self.joined_on.to_string())),
            Field::OrganizationKind => word(&self.organization_kind),
            Field::OrganizationId => id(Some(self.organization_id)),
            Field::EmployerId => id(self.employer_id),
            Field::IsDelegate => CowVal::owned(CelBool::from(self.is_delegate)),
            Field::IsOfficer => CowVal::owned(CelBool::from(!self.officer_titles.is_empty())),
            Field::OfficerTitles => {
                let titles = self.officer_titles.iter();
                let titles: Vec<Box<dyn Val + 'b>> =
                    titles.map(|title| Box::new(CelString::from(title.as_str())) as Box<dyn Val + 'b>).collect();
                CowVal::owned(CelList::from(titles))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counties_and_towns() {
        for (code, expected) in [
            ("440700", ("", "")),
            ("440703", ("440703", "")),
            ("440703101", ("440703", "440703101")),
            ("", ("", "")),
            ("4407", ("", "")),
        ] {
            assert_eq!((county(code), town(code)), expected, "{code}");
        }
    }

    #[test]
    fn ages() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        for (birth, on, years) in [
            ("1990-11-23", "2026-11-22", 35),
            ("1990-11-23", "2026-11-23", 36),
            ("2000-02-29", "2024-02-29", 24),
            ("2026-11-24", "2026-11-23", 0),
            ("2027-01-01", "2026-11-23", 0),
        ] {
            assert_eq!(age_on(day(birth), day(on)), years, "{birth} on {on}");
        }
    }
}
