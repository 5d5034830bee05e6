//! Judging an officer's row.

use super::super::draft::OfficerDraft;
use super::super::known::{OfficeFact, UnionFact};
use super::super::refusals::UNION_REJECTED;
use super::{Faults, Judge, Located, NewOfficer, must_stand};
use crate::import::UNION_UNKNOWN;
use crate::organization::rules::OfficerTitle;
use crate::organization::{OFFICER_CHAIR_TAKEN, OFFICER_DAY};

impl Judge<'_> {
    /// Whether the row brings an office; `None` or a fault where it does not.
    pub(super) fn officer(&mut self, draft: &OfficerDraft, faults: &mut Faults) -> Option<bool> {
        let union = self.union_of_officer(draft, faults);
        let field = if draft.person.as_ref().is_some_and(|who| who.id_number.is_some()) { "id_number" } else { "name" };
        let known = draft.person.as_ref().and_then(|who| faults.take(field, self.known_person(who)));
        let (union, title) = (union?, draft.title?);
        let begun = union.established_on.unwrap_or(self.setting.day);
        let from = draft.from.unwrap_or_else(|| begun.max(self.setting.day));
        if from < begun {
            faults.add("from", OFFICER_DAY.refusal());
        }
        let mut held = self.view().offices(union.id);
        held.retain(|office| office.title == title && office.to.is_none_or(|to| to > from));
        let seated = known.flatten().filter(|person| held.iter().any(|office| office.person == *person));
        if let Some((person, who)) = seated.zip(draft.person.as_ref()) {
            if faults.none() {
                self.number(person, who);
            }
            return Some(false);
        }
        if title == OfficerTitle::Chair && !held.is_empty() {
            faults.add("title", OFFICER_CHAIR_TAKEN.refusal());
        }
        let (who, known) = (draft.person.as_ref()?, known?);
        if !faults.none() {
            return None;
        }
        let person = known.unwrap_or_else(|| self.enter_person(who, union.synthetic));
        self.number(person, who);
        self.lean_on(union.id);
        let id = self.id();
        self.new.officers.push(NewOfficer { id, union: union.id, person, title, from });
        self.now.office(OfficeFact { union: union.id, person, title, to: None });
        Some(true)
    }

    fn union_of_officer(&self, draft: &OfficerDraft, faults: &mut Faults) -> Option<UnionFact> {
        let refusal = match self.locate(draft.union.as_ref()?) {
            Located::There(fact) if self.in_scope(fact.id) => {
                faults.take("union", must_stand(fact))?;
                return Some(fact.clone());
            }
            Located::Row(_) => UNION_REJECTED.refusal(),
            Located::There(_) | Located::Nowhere => UNION_UNKNOWN.refusal(),
        };
        faults.add("union", refusal);
        None
    }
}
