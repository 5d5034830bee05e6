//! What a row says, cleaned by the rules of unions, employers and persons; nothing is looked up yet.

use chrono::Days;
use kernel::Refusal;
use kernel::time::Day;

use super::line::{At, Line, Reading};
use super::refusals::{KIND, TITLE};
use super::words;
use crate::employer::uscc::Uscc;
use crate::employer::{EMPLOYER_NAME, employer_code, employer_name};
use crate::import::sequence::Fault;
use crate::import::{DATE, DATE_FUTURE, values};
use crate::organization::rules::{OfficerTitle, OrganizationKind, union_name};
use crate::organization::{OFFICER_DAY, OFFICER_PERSON, ORGANIZATION_USCC, given, record};
use crate::person::id_number::{self, IdNumber};
use crate::person::name::{clean_name, half_width};
use crate::person::phone::Phone;

/// By what a row names a union.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnionKey {
    /// By its own code.
    Code(String),
    /// By its clean name.
    Name(String),
}

/// By what a row names an employer; at least one of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmployerKey {
    /// Its code.
    pub code: Option<String>,
    /// Its clean name.
    pub name: Option<String>,
}

/// A person by name and phone.
#[derive(Debug, Clone)]
pub struct Somebody {
    /// Clean name.
    pub name: String,
    /// Mobile number.
    pub phone: Phone,
    /// Identity document, where the row gives it.
    pub id_number: Option<IdNumber>,
}

/// A row of the unions' file.
#[derive(Debug, Clone)]
pub struct UnionDraft {
    /// Clean name.
    pub name: Option<String>,
    /// What it is.
    pub kind: Option<OrganizationKind>,
    /// Its own code.
    pub code: Option<Uscc>,
    /// The union above.
    pub parent: Option<UnionKey>,
    /// Where it is, as written.
    pub division: Option<String>,
    /// Since when it is established.
    pub established_on: Option<Day>,
    /// How many work there.
    pub employees: Option<i64>,
    /// Whose workers it stands for.
    pub employer: Option<EmployerKey>,
    /// Who leads it.
    pub chair: Option<Somebody>,
    /// Who to ask for.
    pub contact_name: Option<String>,
    /// Where to ring.
    pub contact_phone: Option<String>,
    /// Where to go.
    pub address: Option<String>,
}

/// A row of the employers' file.
#[derive(Debug, Clone)]
pub struct EmployerDraft {
    /// Clean name.
    pub name: Option<String>,
    /// Its code.
    pub code: Option<Uscc>,
    /// Where it is, as written.
    pub division: Option<String>,
    /// The union that stands for its workers.
    pub union: Option<UnionKey>,
    /// What else it is called, clean.
    pub aliases: Vec<String>,
}

/// A row of the officers' file.
#[derive(Debug, Clone)]
pub struct OfficerDraft {
    /// In which union.
    pub union: Option<UnionKey>,
    /// Who.
    pub person: Option<Somebody>,
    /// In which office.
    pub title: Option<OfficerTitle>,
    /// First day in office.
    pub from: Option<Day>,
}

/// What a row says.
#[derive(Debug, Clone)]
pub enum Draft {
    /// A union.
    Union(Box<UnionDraft>),
    /// An employer.
    Employer(EmployerDraft),
    /// An officer.
    Officer(OfficerDraft),
}

/// A row that was read, with everything that is wrong with it by itself.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where it stands.
    pub at: At,
    /// What it says, as far as it can be read.
    pub draft: Draft,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// Most other names of one employer.
const MOST_ALIASES: usize = 20;
/// How far ahead an office may begin, as when somebody is appointed on the page.
const MOST_DAYS_AHEAD: u64 = 366;

/// Reads a line; `today` is the day of the import.
#[must_use]
pub fn read(line: &Line, today: Day) -> Option<Row> {
    use crate::import::words::Part;
    let mut reading = Reading::of(line);
    let draft = match line.part {
        Part::Unions => Draft::Union(Box::new(read_union(&mut reading, today))),
        Part::Employers => Draft::Employer(read_employer(&mut reading)),
        Part::Officers => Draft::Officer(read_officer(&mut reading, today)),
        Part::Members => return None,
    };
    Some(Row { at: line.at, draft, faults: reading.faults })
}

fn read_union(line: &mut Reading<'_>, today: Day) -> UnionDraft {
    let kind = line.must("kind", |text| words::kind(text).ok_or_else(|| KIND.refusal()));
    // Without a kind the name is held to what every union's name must be.
    let name_kind = kind.unwrap_or(OrganizationKind::Grassroots);
    let root = kind == Some(OrganizationKind::CityFederation);
    let parent = if root && !line.filled("parent") { None } else { line.must("parent", union_key) };
    UnionDraft {
        name: line.must("name", |text| union_name(text, name_kind)),
        kind,
        code: line.may("uscc", |text| record::own_code(Some(text))).flatten(),
        parent,
        division: line.may("division", text),
        established_on: line.may("established_on", |text| past_day(text, today)),
        employees: line.may("employees", |text| given::employees(number(text))),
        employer: read_employer_key(line),
        chair: read_chair(line),
        contact_name: line.may("contact_name", |text| given::contact_name(Some(text))).flatten(),
        contact_phone: line.may("contact_phone", |text| given::contact_phone(Some(text))).flatten(),
        address: line.may("address", |text| given::address(Some(text))).flatten(),
    }
}

fn read_employer_key(line: &mut Reading<'_>) -> Option<EmployerKey> {
    let code = line.may("employer_uscc", |text| employer_code(Some(text))).flatten();
    let name = line.may("employer_name", employer_name);
    let key = EmployerKey { code: code.map(|code| code.to_string()), name };
    (key.code.is_some() || key.name.is_some()).then_some(key)
}

/// A chair needs a name and a phone: by them the person is found again.
fn read_chair(line: &mut Reading<'_>) -> Option<Somebody> {
    let (named, rung) = (line.filled("chair_name"), line.filled("chair_phone"));
    if named != rung {
        line.refuse(if named { "chair_phone" } else { "chair_name" }, OFFICER_PERSON.refusal());
    }
    let name = line.may("chair_name", clean_name);
    let phone = line.may("chair_phone", Phone::parse);
    Some(Somebody { name: name?, phone: phone?, id_number: None })
}

fn read_employer(line: &mut Reading<'_>) -> EmployerDraft {
    let mut draft = EmployerDraft {
        name: line.must("name", employer_name),
        code: line.must("uscc", |text| employer_code(Some(text))).flatten(),
        division: line.may("division", text),
        union: line.may("union", union_key),
        aliases: line.may("aliases", aliases).unwrap_or_default(),
    };
    draft.aliases.retain(|alias| draft.name.as_ref() != Some(alias));
    draft
}

fn read_officer(line: &mut Reading<'_>, today: Day) -> OfficerDraft {
    let latest = today.checked_add_days(Days::new(MOST_DAYS_AHEAD)).unwrap_or(today);
    let union = line.must("union", union_key);
    let name = line.must("name", clean_name);
    let title = line.must("title", |text| words::title(text).ok_or_else(|| TITLE.refusal()));
    let phone = line.must("phone", Phone::parse);
    let id_number = line.may("id_number", |text| id_number::parse(text, today));
    let from = line.may("from", |text| match values::day(text) {
        None => Err(DATE.refusal()),
        Some(day) if day > latest => Err(OFFICER_DAY.refusal()),
        Some(day) => Ok(day),
    });
    let person = name.zip(phone).map(|(name, phone)| Somebody { name, phone, id_number });
    OfficerDraft { union, person, title, from }
}

/// A union by code or name. What is a code in length and letters must be a right one.
fn union_key(raw: &str) -> Result<UnionKey, Refusal> {
    let shown: String = raw.chars().map(half_width).filter(|c| !matches!(c, ' ' | '-')).take(30).collect();
    if shown.len() >= 15 && shown.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let code = Uscc::parse(raw).map_err(Refusal::from)?;
        return if code.is_union() { Ok(UnionKey::Code(code.to_string())) } else { Err(ORGANIZATION_USCC.refusal()) };
    }
    // A kind without an ending of its own takes every name that a union can have.
    union_name(raw, OrganizationKind::Grassroots).map(UnionKey::Name)
}

/// Other names, separated by the signs people use.
fn aliases(raw: &str) -> Result<Vec<String>, Refusal> {
    let mut names: Vec<String> = Vec::new();
    for part in raw.split(['、', ';', '；', ',', '，', '|', '/']).filter(|part| !part.trim().is_empty()) {
        let name = employer_name(part)?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.len() > MOST_ALIASES {
        return Err(EMPLOYER_NAME.with(format!("一个单位的别名最多 {MOST_ALIASES} 个，请删去不用的。")));
    }
    Ok(names)
}

/// A whole number as sheets show it, with thousands separators or the unit 人; what is none is out of range.
fn number(raw: &str) -> i64 {
    let plain: String = raw.chars().map(half_width).filter(|c| !matches!(c, ' ' | ',')).collect();
    let digits = plain.strip_suffix('人').unwrap_or(&plain);
    if digits.len() <= 12 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        digits.parse().unwrap_or(-1)
    } else {
        -1
    }
}

/// A day up to that of the import; no union of this country is older than this.
fn past_day(raw: &str, today: Day) -> Result<Day, Refusal> {
    let earliest = Day::from_ymd_opt(1920, 1, 1).unwrap_or(Day::MIN);
    match values::day(raw).filter(|day| *day >= earliest) {
        None => Err(DATE.refusal()),
        Some(day) if day > today => Err(DATE_FUTURE.refusal()),
        Some(day) => Ok(day),
    }
}

fn text(raw: &str) -> Result<String, Refusal> {
    Ok(raw.to_owned())
}
