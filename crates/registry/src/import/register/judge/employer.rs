//! Judging an employer's row.

use super::super::draft::EmployerDraft;
use super::super::known::UnionFact;
use super::{Faults, Judge, Located, NewEmployer, must_stand};
use crate::import::UNION_UNKNOWN;
use crate::organization::ORGANIZATION_EMPLOYER;

/// The union that an employer's row names.
enum Union {
    /// It is there.
    There(UnionFact),
    /// It comes with a later row, which makes the link; its place as written there.
    Later(Option<String>),
    /// The row names none.
    None,
}

impl Judge<'_> {
    /// Whether the row brings an employer; `None` or a fault where it does not.
    pub(super) fn employer(&mut self, draft: &EmployerDraft, faults: &mut Faults) -> Option<bool> {
        let union = self.union_of_employer(draft, faults);
        let code = draft.code.as_ref().map(ToString::to_string);
        let there = code.as_deref().and_then(|code| self.view().employer(code)).cloned();
        if let Some(fact) = there {
            faults.take("name", Self::same_name(&fact, draft.name.as_ref()));
            let asked = match &union {
                Some(Union::There(union)) => Some(Some(union.id)),
                Some(Union::Later(_)) => Some(None),
                _ => None,
            };
            let other = fact.union.filter(|covered| asked.is_some_and(|asked| asked != Some(*covered)));
            if let Some(other) = other {
                faults.add("union", self.covered_by(other));
            }
            if let Some(Union::There(union)) = union
                && faults.none()
                && fact.union.is_none()
            {
                self.link(union.id, fact, true);
            }
            return Some(false);
        }
        let (near, synthetic, node) = self.surroundings(union.as_ref());
        let text = draft.division.clone().or_else(|| match &union {
            Some(Union::Later(text)) => text.clone(),
            _ => None,
        });
        let division = faults.take("division", self.division(text.as_deref(), &near));
        let (name, division_code, union) = (draft.name.clone()?, division?, union?);
        if !faults.none() {
            return None;
        }
        let id = self.id();
        let fact = self.enter_employer(NewEmployer {
            id,
            name,
            code,
            division_code,
            aliases: draft.aliases.clone(),
            synthetic,
            node,
        });
        if let Union::There(union) = union {
            self.link(union.id, fact, false);
        }
        Some(true)
    }

    fn union_of_employer(&self, draft: &EmployerDraft, faults: &mut Faults) -> Option<Union> {
        let Some(key) = &draft.union else { return Some(Union::None) };
        let fact = match self.locate(key) {
            Located::There(fact) if self.in_scope(fact.id) => fact.clone(),
            Located::Row(number) => {
                let division = self.plan.row(number).union().and_then(|draft| draft.division.clone());
                return Some(Union::Later(division));
            }
            Located::There(_) | Located::Nowhere => {
                faults.add("union", UNION_UNKNOWN.refusal());
                return None;
            }
        };
        faults.take("union", must_stand(&fact))?;
        if !fact.kind.is_base() {
            faults.add("union", ORGANIZATION_EMPLOYER.refusal());
            return None;
        }
        Some(Union::There(fact))
    }

    /// Where a new employer is unless its row says more, whether it is invented, and where its event stands.
    fn surroundings(&self, union: Option<&Union>) -> (String, bool, kernel::Id) {
        let near = match union {
            Some(Union::There(union)) => union,
            _ => &self.setting.organization,
        };
        (near.division_code.clone(), near.synthetic, near.id)
    }
}
