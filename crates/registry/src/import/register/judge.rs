//! Judging rows against what is known: the check and the run share every sentence of it. Pure but for fresh ids and
//! blind indexes.
//!
//! What a row brings is added to the newest layer of facts at once, so the rows after it in the chunk see it, and to
//! [`New`], which is written set-wise.

mod employer;
mod officer;
mod union;

use std::collections::BTreeSet;

use kernel::app::App;
use kernel::error::RefusalKind;
use kernel::time::Day;
use kernel::{Id, Refusal};

use super::draft::{Draft, Row, Somebody, UnionKey};
use super::known::{EmployerFact, Known, PersonFact, UnionFact, View};
use super::line::fault;
use super::plan::Plan;
use super::refusals::{DIVISION, DIVISION_UNCLEAR, FOUNDING};
use crate::division::{Divisions, Unfound};
use crate::employer::EMPLOYER_HAS_UNION;
use crate::import::NAME_DIFFERS;
use crate::import::sequence::{Fault, Outcome, Verdict};
use crate::import::words::Part;
use crate::organization::record::NewOrganization;
use crate::organization::rules::OfficerTitle;
use crate::person::id_number::IdNumber;
use crate::person::vault;

/// What is the same for all rows of an import.
pub struct Setting {
    /// The day that rows without a date get.
    pub day: Day,
    /// The union for which the import is made.
    pub organization: UnionFact,
    /// Unions at and below it.
    pub scope: BTreeSet<Id>,
    /// The divisions of the day.
    pub divisions: Divisions,
}

/// An employer about to be entered.
#[derive(Debug, Clone)]
pub struct NewEmployer {
    /// Its id.
    pub id: Id,
    /// Clean name.
    pub name: String,
    /// Its code.
    pub code: Option<String>,
    /// Where it is.
    pub division_code: String,
    /// What else it is called.
    pub aliases: Vec<String>,
    /// Invented.
    pub synthetic: bool,
    /// Where its event stands in the tree.
    pub node: Id,
}

/// A union about to cover an employer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// Which union.
    pub union: Id,
    /// Which employer.
    pub employer: Id,
    /// Both were there before, so the link is the only thing that changes.
    pub alone: bool,
}

/// A person about to be entered.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Its id.
    pub id: Id,
    /// Who.
    pub somebody: Somebody,
    /// Invented.
    pub synthetic: bool,
}

/// An office about to be held.
#[derive(Debug, Clone)]
pub struct NewOfficer {
    /// Its id.
    pub id: Id,
    /// In which union.
    pub union: Id,
    /// By whom.
    pub person: Id,
    /// Which.
    pub title: OfficerTitle,
    /// First day in office.
    pub from: Day,
}

/// What a chunk brings.
#[derive(Debug, Default)]
pub struct New {
    /// Parents first.
    pub unions: Vec<NewOrganization>,
    /// Each once.
    pub employers: Vec<NewEmployer>,
    /// Links of both.
    pub covers: Vec<Cover>,
    /// Each once.
    pub persons: Vec<NewPerson>,
    /// Numbers of persons whom a row before, or an import before, brought without one.
    pub numbers: Vec<(Id, IdNumber)>,
    /// In order of their rows.
    pub officers: Vec<NewOfficer>,
    /// Unions that were there before and must still stand when this is written.
    pub leaned_on: BTreeSet<Id>,
}

/// Where a union that a row names was found.
enum Located<'a> {
    /// In the database, or among what the rows before bring.
    There(&'a UnionFact),
    /// In the files only: in the row of this number.
    Row(usize),
    Nowhere,
}

/// One chunk being judged.
pub struct Judge<'a> {
    app: &'a App,
    plan: &'a Plan,
    setting: &'a Setting,
    /// What the chunks before would have brought, and what the database holds.
    older: [&'a Known; 2],
    /// What this chunk brings, as facts.
    pub now: Known,
    /// What this chunk brings, to be written.
    pub new: New,
}

impl<'a> Judge<'a> {
    /// A judge of a chunk.
    #[must_use]
    pub fn of(app: &'a App, plan: &'a Plan, setting: &'a Setting, ahead: &'a Known, there: &'a Known) -> Self {
        Self { app, plan, setting, older: [ahead, there], now: Known::default(), new: New::default() }
    }

    /// Judges a row and takes in what it brings.
    pub fn row(&mut self, number: usize) -> Outcome {
        let row: &'a Row = self.plan.row(number);
        let mut faults = Faults { part: row.part(), list: row.faults.clone() };
        let added = match &row.draft {
            Draft::Union(draft) => self.union(number, draft, &mut faults),
            Draft::Employer(draft) => self.employer(draft, &mut faults),
            Draft::Officer(draft) => self.officer(draft, &mut faults),
        };
        let verdict = match added {
            _ if !faults.list.is_empty() => Verdict::Rejected(faults.list),
            Some(true) => Verdict::Added,
            _ => Verdict::Unchanged,
        };
        Outcome { file: row.at.file, row: row.at.row, part: row.part(), verdict, phone: None }
    }

    fn view(&self) -> View<'_> {
        View([&self.now, self.older[0], self.older[1]])
    }

    fn id(&self) -> Id {
        self.app.ids.next()
    }

    /// Finds a union by a key, or by what its row in the files says.
    fn locate(&self, key: &UnionKey) -> Located<'_> {
        let view = self.view();
        if let Some(fact) = view.union(key) {
            return Located::There(fact);
        }
        let Some((number, draft)) = self.plan.union_row(key) else { return Located::Nowhere };
        draft.keys().find_map(|key| view.union(&key)).map_or(Located::Row(number), Located::There)
    }

    /// At or below the union for which the import is made.
    fn in_scope(&self, union: Id) -> bool {
        self.setting.scope.contains(&union) || self.now.has_union(union) || self.older[0].has_union(union)
    }

    /// Notes that a union that was there before must still stand.
    fn lean_on(&mut self, union: Id) {
        if !self.now.has_union(union) {
            self.new.leaned_on.insert(union);
        }
    }

    /// The code of the division that a text means, `within` where there is no text.
    fn division(&self, text: Option<&str>, within: &str) -> Result<String, Refusal> {
        let Some(text) = text else { return Ok(within.to_owned()) };
        self.setting.divisions.find(text, within).map(str::to_owned).map_err(|unfound| match unfound {
            Unfound::Unknown => DIVISION.refusal(),
            Unfound::Unclear => DIVISION_UNCLEAR.refusal(),
        })
    }

    /// Whether an employer that is there goes by a name; refused when it does not.
    fn same_name(fact: &EmployerFact, name: Option<&String>) -> Result<(), Refusal> {
        if name.is_none_or(|name| fact.names.contains(name)) {
            return Ok(());
        }
        let registered = fact.names.first().map(String::as_str).unwrap_or_default();
        Err(NAME_DIFFERS.with(format!(
            "系统里这个统一社会信用代码的单位叫“{registered}”。请对照证照核对代码和名称；单位改了名的，请先在它的页面加上这个名称。"
        )))
    }

    /// Refused because another union covers the employer, which is named only where it is in scope.
    fn covered_by(&self, union: Id) -> Refusal {
        let known = self.view().union_of(union).filter(|fact| self.in_scope(fact.id));
        known.map_or_else(
            || EMPLOYER_HAS_UNION.refusal(),
            |fact| {
                let next = "一个单位只能由一个工会覆盖，请核对；确需变更的先在那个工会的页面办理";
                EMPLOYER_HAS_UNION.with(format!("这个单位已经由“{}”覆盖，{next}。", fact.name))
            },
        )
    }

    fn link(&mut self, union: Id, mut fact: EmployerFact, alone: bool) {
        self.new.covers.push(Cover { union, employer: fact.id, alone });
        self.lean_on(union);
        fact.union = Some(union);
        self.now.employer(fact);
    }

    fn enter_employer(&mut self, new: NewEmployer) -> EmployerFact {
        let names = [new.name.clone()].into_iter().chain(new.aliases.iter().cloned()).collect();
        let fact = EmployerFact { id: new.id, names, code: new.code.clone(), union: None };
        self.now.employer(fact.clone());
        self.new.employers.push(new);
        fact
    }

    /// Who this is, where he is known; refused when his ID number is another's.
    fn known_person(&self, somebody: &Somebody) -> Result<Option<Id>, Refusal> {
        let keys = self.app.keys.as_ref();
        let digest = somebody.id_number.as_ref().map(|id| vault::id_number_digest(keys, &id.normalized));
        if let Some(person) = digest.as_deref().and_then(|digest| self.view().person(digest).cloned()) {
            let same = person.name == somebody.name;
            return if same { Ok(Some(person.id)) } else { Err(NAME_DIFFERS.refusal()) };
        }
        let phone = vault::phone_digest(keys, &somebody.phone);
        let named = self.view().person_called(&somebody.name, &phone, digest.as_deref()).map(|person| person.id);
        Ok(named)
    }

    fn enter_person(&mut self, somebody: &Somebody, synthetic: bool) -> Id {
        let (id, keys) = (self.id(), self.app.keys.as_ref());
        self.now.person(PersonFact {
            id,
            name: somebody.name.clone(),
            id_digest: somebody.id_number.as_ref().map(|number| vault::id_number_digest(keys, &number.normalized)),
            phone_digests: vec![vault::phone_digest(keys, &somebody.phone)],
        });
        self.new.persons.push(NewPerson { id, somebody: somebody.clone(), synthetic });
        id
    }

    /// Takes in the number that a row gives for a person who was known by name and phone alone: without it a roster
    /// would make him a second time.
    fn number(&mut self, person: Id, somebody: &Somebody) {
        let Some(number) = &somebody.id_number else { return };
        let Some(mut fact) = self.view().person_of(person).filter(|fact| fact.id_digest.is_none()).cloned() else {
            return;
        };
        fact.id_digest = Some(vault::id_number_digest(self.app.keys.as_ref(), &number.normalized));
        self.now.person(fact);
        self.new.numbers.push((person, number.clone()));
    }
}

/// What is wrong with the row that is being judged.
struct Faults {
    part: Part,
    list: Vec<Fault>,
}

impl Faults {
    fn add(&mut self, field: &str, refusal: Refusal) {
        let fault = fault(self.part, field, refusal);
        if !self.list.contains(&fault) {
            self.list.push(fault);
        }
    }

    /// The value, or its refusal noted.
    fn take<T>(&mut self, field: &str, read: Result<T, Refusal>) -> Option<T> {
        read.map_err(|refusal| self.add(field, refusal)).ok()
    }

    fn none(&self) -> bool {
        self.list.is_empty()
    }

    fn has(&self, kind: &RefusalKind) -> bool {
        self.list.iter().any(|fault| fault.code == kind.code)
    }
}

/// A union whose founding is not decided takes nobody in.
fn must_stand(fact: &UnionFact) -> Result<(), Refusal> {
    if fact.established {
        Ok(())
    } else {
        Err(FOUNDING.with(format!("“{}”还在申请建会，请先办结那件申请。", fact.name)))
    }
}
