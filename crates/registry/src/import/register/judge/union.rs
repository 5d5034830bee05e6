//! Judging a union's row.

use kernel::time::Day;
use kernel::{Id, Refusal};

use super::super::draft::{EmployerKey, Somebody, UnionDraft};
use super::super::known::{EmployerFact, OfficeFact, UnionFact};
use super::super::plan::{Named, told_row};
use super::super::refusals::{
    CODE_DIFFERS, CONTRADICTION, EMPLOYER_REJECTED, FOUNDING, KIND_DIFFERS, PARENT_CYCLE, PARENT_DIFFERS,
    PARENT_REJECTED, PARENT_UNKNOWN, ROOT,
};
use super::{Faults, Judge, Located, NewEmployer, NewOfficer, must_stand};
use crate::employer::EMPLOYER_NAME;
use crate::import::{EMPLOYER_AMBIGUOUS, NAME_DIFFERS};
use crate::organization::record::NewOrganization;
use crate::organization::rules::{OfficerTitle, OrganizationKind, division_suits, may_stand_under};
use crate::organization::{
    ORGANIZATION_DIVISION, ORGANIZATION_LEVEL, ORGANIZATION_NAME_TAKEN, ORGANIZATION_USCC_TAKEN,
};

/// What a union's own employer comes to.
enum Own {
    /// This one, which is not covered yet.
    There(EmployerFact),
    /// One that is not there yet.
    Fresh { code: Option<String>, name: String },
    /// Nothing is to be linked.
    Nothing,
}

impl Judge<'_> {
    /// Whether the row brings a union; `None` or a fault where it does not.
    pub(super) fn union(&mut self, number: usize, draft: &UnionDraft, faults: &mut Faults) -> Option<bool> {
        let parent = self.parent(number, draft, faults);
        if let Some(fact) = self.there_already(draft, faults) {
            self.compare(&fact, draft, parent.as_ref(), faults);
            let own = self.own_employer(draft.employer.as_ref(), Some(fact.id), faults);
            if faults.none() {
                self.cover(number, &fact, own, false);
            }
            return Some(false);
        }
        let division = self.place(draft, parent.as_ref(), faults);
        let own = self.own_employer(draft.employer.as_ref(), None, faults);
        let chair = draft.chair.as_ref().map(|chair| faults.take("chair_name", self.known_person(chair)));
        let (name, kind, parent, division, own) = (draft.name.as_ref()?, draft.kind?, parent?, division?, own?);
        if !faults.none() {
            return None;
        }
        let fact = UnionFact {
            id: self.id(),
            name: name.clone(),
            code: draft.code.as_ref().map(ToString::to_string),
            kind,
            established: true,
            established_on: Some(self.established_on(number, draft)),
            division_code: division,
            parent: Some(parent.id),
            synthetic: parent.synthetic,
        };
        self.lean_on(parent.id);
        self.enter_union(&fact, draft);
        self.cover(number, &fact, Some(own), true);
        if let (Some(chair), Some(known)) = (&draft.chair, chair.flatten()) {
            self.seat(&fact, chair, known);
        }
        Some(true)
    }

    /// The union above, wherever it stands; for a new union it must also be in scope.
    fn parent(&self, number: usize, draft: &UnionDraft, faults: &mut Faults) -> Option<UnionFact> {
        match self.locate(draft.parent.as_ref()?) {
            Located::There(fact) => Some(fact.clone()),
            // In a circle every parent is refused; that is told already.
            Located::Row(_) if faults.has(&PARENT_CYCLE) => None,
            Located::Row(above) => {
                let sentence = format!(
                    "上级工会在{}，那一行没有通过，请先改好那一行，再一起导入。",
                    told_row(self.plan, above, number)
                );
                faults.add("parent", PARENT_REJECTED.with(sentence));
                None
            }
            Located::Nowhere => {
                faults.add("parent", PARENT_UNKNOWN.refusal());
                None
            }
        }
    }

    /// The day that the row gives; else the first day on which the files see an officer of the union; else the day of
    /// the import.
    fn established_on(&self, number: usize, draft: &UnionDraft) -> Day {
        let seen = self.plan.first_seen(number).filter(|day| *day < self.setting.day);
        draft.established_on.or(seen).unwrap_or(self.setting.day)
    }

    /// The union that has this code or name already; what is out of scope is refused and not shown.
    fn there_already(&self, draft: &UnionDraft, faults: &mut Faults) -> Option<UnionFact> {
        let keys: Vec<_> = draft.keys().collect();
        let fact = keys.iter().find_map(|key| self.view().union(key))?;
        let by_code = draft.code.as_ref().is_some_and(|code| fact.code.as_deref() == Some(code.as_str()));
        if !self.in_scope(fact.id) {
            let taken = if by_code { ("uscc", ORGANIZATION_USCC_TAKEN) } else { ("name", ORGANIZATION_NAME_TAKEN) };
            faults.add(taken.0, taken.1.refusal());
            return None;
        }
        if !fact.established {
            faults.add(if by_code { "uscc" } else { "name" }, FOUNDING.refusal());
        }
        Some(fact.clone())
    }

    fn compare(&self, fact: &UnionFact, draft: &UnionDraft, parent: Option<&UnionFact>, faults: &mut Faults) {
        if draft.name.as_ref().is_some_and(|name| *name != fact.name) {
            let next = "请对照证书核对代码；确实改了名的，请在它的页面办理变更名称";
            let sentence = format!("系统里这个代码登记的工会是“{}”，名称不同。{next}。", fact.name);
            faults.add("name", NAME_DIFFERS.with(sentence));
        }
        let codes = draft.code.as_ref().zip(fact.code.as_ref());
        if codes.is_some_and(|(own, registered)| own.as_str() != registered) {
            faults.add("uscc", CODE_DIFFERS.refusal());
        }
        if draft.kind.is_some_and(|kind| kind != fact.kind) {
            let sentence = format!("系统里已有这个工会，类型是“{}”，和这一行不同，请核对后改正。", fact.kind.label());
            faults.add("kind", KIND_DIFFERS.with(sentence));
        }
        if parent.is_some_and(|parent| Some(parent.id) != fact.parent) {
            faults.add("parent", PARENT_DIFFERS.refusal());
        }
    }

    /// Where a new union is; its kind must suit its parent, its place both.
    fn place(&self, draft: &UnionDraft, parent: Option<&UnionFact>, faults: &mut Faults) -> Option<String> {
        if draft.kind == Some(OrganizationKind::CityFederation) {
            faults.add("kind", ROOT.refusal());
            return None;
        }
        let Some(parent) = parent else {
            // Without a parent the place can only be known or not.
            let city = &self.setting.organization.division_code;
            return draft.division.as_deref().and_then(|text| faults.take("division", self.division(Some(text), city)));
        };
        if !self.in_scope(parent.id) {
            faults.add("parent", PARENT_UNKNOWN.refusal());
        } else if let Err(refusal) = must_stand(parent) {
            faults.add("parent", refusal);
        }
        let division = faults.take("division", self.division(draft.division.as_deref(), &parent.division_code))?;
        let kind = draft.kind?;
        if !may_stand_under(kind, parent.kind) {
            let (below, above) = (kind.label(), parent.kind.label());
            let sentence = format!("“{below}”不能直接建在“{above}”之下，请核对工会类型和上级工会。");
            faults.add("kind", ORGANIZATION_LEVEL.with(sentence));
        }
        let level = self.setting.divisions.level(&division);
        if !level.is_some_and(|level| division_suits(kind, level, &division, &parent.division_code)) {
            faults.add("division", ORGANIZATION_DIVISION.refusal());
        }
        Some(division)
    }

    /// The employer that the row names, as far as something is to be done about it for the union `own`.
    fn own_employer(&self, key: Option<&EmployerKey>, own: Option<Id>, faults: &mut Faults) -> Option<Own> {
        let Some(key) = key else { return Some(Own::Nothing) };
        let field = if key.code.is_some() { "employer_uscc" } else { "employer_name" };
        let (named, row) = match self.plan.employer_row(key) {
            Named::Row(number) => (self.plan.row(number).employer(), true),
            Named::Nowhere => (None, false),
            // Refused by the plan already.
            Named::Unclear => return None,
        };
        let code = named.and_then(|draft| draft.code.as_ref()).map(ToString::to_string).or_else(|| key.code.clone());
        let found = match &code {
            Some(code) => Ok(self.view().employer(code).cloned()),
            None => self.employer_called(key.name.as_deref().unwrap_or_default(), own),
        };
        match faults.take(field, found)? {
            // Named by its row's code or alias, it need not have the name that this row uses.
            Some(fact) if row => faults.take(field, self.free(fact, own)),
            Some(fact) => {
                faults.take("employer_name", Self::same_name(&fact, key.name.as_ref()))?;
                faults.take(field, self.free(fact, own))
            }
            None if row => {
                // Two rows that contradict are both refused; that is told already.
                if !faults.has(&CONTRADICTION) {
                    faults.add(field, EMPLOYER_REJECTED.refusal());
                }
                None
            }
            None => match &key.name {
                Some(name) => Some(Own::Fresh { code, name: name.clone() }),
                None => {
                    faults.add("employer_name", EMPLOYER_NAME.refusal());
                    None
                }
            },
        }
    }

    /// The one employer of a name, where there is no code to tell.
    fn employer_called(&self, name: &str, own: Option<Id>) -> Result<Option<EmployerFact>, Refusal> {
        let view = self.view();
        let all = view.employers_called(name);
        if let Some(covered) = all.iter().find(|fact| own.is_some() && fact.union == own) {
            return Ok(Some((*covered).clone()));
        }
        match all.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some((*only).clone())),
            _ => Err(EMPLOYER_AMBIGUOUS.refusal()),
        }
    }

    /// Whether the employer can be linked to the union `own`, which may be the one it has.
    fn free(&self, fact: EmployerFact, own: Option<Id>) -> Result<Own, Refusal> {
        match fact.union {
            None => Ok(Own::There(fact)),
            covered if covered == own => Ok(Own::Nothing),
            Some(other) => Err(self.covered_by(other)),
        }
    }

    fn enter_union(&mut self, fact: &UnionFact, draft: &UnionDraft) {
        self.new.unions.push(NewOrganization {
            id: fact.id,
            parent: fact.parent,
            name: fact.name.clone(),
            kind: fact.kind,
            uscc: draft.code.clone(),
            division_code: fact.division_code.clone(),
            established_on: fact.established_on,
            employees_declared: draft.employees,
            contact_name: draft.contact_name.clone(),
            contact_phone: draft.contact_phone.clone(),
            address: draft.address.clone(),
            synthetic: fact.synthetic,
        });
        self.now.union(fact.clone());
    }

    /// Links the union to its own employer and to those whose rows name it.
    fn cover(&mut self, number: usize, union: &UnionFact, own: Option<Own>, fresh: bool) {
        match own {
            Some(Own::There(fact)) => self.link(union.id, fact, !fresh),
            Some(Own::Fresh { code, name }) => {
                let fact = self.enter_employer(NewEmployer {
                    id: self.id(),
                    name,
                    code,
                    division_code: union.division_code.clone(),
                    aliases: Vec::new(),
                    synthetic: union.synthetic,
                    node: union.id,
                });
                self.link(union.id, fact, false);
            }
            Some(Own::Nothing) | None => {}
        }
        let plan = self.plan;
        for draft in plan.named_by(number) {
            // An employer that was refused in its own row is not there, goes by another name or is covered already.
            let fact = draft.code.as_ref().and_then(|code| self.view().employer(code.as_str())).cloned();
            let free = fact.filter(|fact| fact.union.is_none() && Self::same_name(fact, draft.name.as_ref()).is_ok());
            if let Some(fact) = free {
                self.link(union.id, fact, !fresh);
            }
        }
    }

    /// Makes somebody chair of a new union, from the day of the import on: since when he is, the row does not say.
    fn seat(&mut self, union: &UnionFact, chair: &Somebody, known: Option<Id>) {
        let person = known.unwrap_or_else(|| self.enter_person(chair, union.synthetic));
        let (id, title, from) = (self.id(), OfficerTitle::Chair, self.setting.day);
        self.new.officers.push(NewOfficer { id, union: union.id, person, title, from });
        self.now.office(OfficeFact { union: union.id, person, title, to: None });
    }
}
