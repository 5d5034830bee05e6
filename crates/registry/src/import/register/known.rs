//! What a judgement knows: unions, employers, officers and persons that its rows name. Pure; read by
//! [`lookup`](super::lookup).
//!
//! Facts lie in layers: what the rows before in the same chunk bring, what the chunks before of a check would have
//! brought, what the database holds. The newest layer counts.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Id;
use kernel::time::Day;

use super::draft::UnionKey;
use crate::organization::rules::{OfficerTitle, OrganizationKind};

/// A union that is founding or established.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnionFact {
    /// Which.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its own code.
    pub code: Option<String>,
    /// What it is.
    pub kind: OrganizationKind,
    /// Whether its founding is decided.
    pub established: bool,
    /// Since when.
    pub established_on: Option<Day>,
    /// Where it is.
    pub division_code: String,
    /// The union above.
    pub parent: Option<Id>,
    /// Invented.
    pub synthetic: bool,
}

/// An employer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmployerFact {
    /// Which.
    pub id: Id,
    /// Its names, the registered one first.
    pub names: Vec<String>,
    /// Its code.
    pub code: Option<String>,
    /// The union that covers it now.
    pub union: Option<Id>,
}

/// An office held, or to be held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeFact {
    /// In which union.
    pub union: Id,
    /// By whom.
    pub person: Id,
    /// Which.
    pub title: OfficerTitle,
    /// First day out of it.
    pub to: Option<Day>,
}

/// A person whose data are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFact {
    /// Who.
    pub id: Id,
    /// Name.
    pub name: String,
    /// Blind index of the ID number, where it is known.
    pub id_digest: Option<Vec<u8>>,
    /// Blind indexes of phones.
    pub phone_digests: Vec<Vec<u8>>,
}

/// One layer of facts.
#[derive(Debug, Clone, Default)]
pub struct Known {
    unions: BTreeMap<Id, UnionFact>,
    union_keys: BTreeMap<UnionKey, Id>,
    employers: BTreeMap<Id, EmployerFact>,
    employer_codes: BTreeMap<String, Id>,
    employer_names: BTreeMap<String, BTreeSet<Id>>,
    offices: BTreeMap<Id, Vec<OfficeFact>>,
    persons: BTreeMap<Id, PersonFact>,
    ids: BTreeMap<Vec<u8>, Id>,
    phones: BTreeMap<Vec<u8>, BTreeSet<Id>>,
}

impl Known {
    /// Adds a union.
    pub fn union(&mut self, fact: UnionFact) {
        self.union_keys.insert(UnionKey::Name(fact.name.clone()), fact.id);
        if let Some(code) = &fact.code {
            self.union_keys.insert(UnionKey::Code(code.clone()), fact.id);
        }
        self.unions.insert(fact.id, fact);
    }

    /// Adds an employer, or what is newly known of it.
    pub fn employer(&mut self, fact: EmployerFact) {
        if let Some(code) = &fact.code {
            self.employer_codes.insert(code.clone(), fact.id);
        }
        for name in &fact.names {
            self.employer_names.entry(name.clone()).or_default().insert(fact.id);
        }
        self.employers.insert(fact.id, fact);
    }

    /// Adds an office.
    pub fn office(&mut self, fact: OfficeFact) {
        self.offices.entry(fact.union).or_default().push(fact);
    }

    /// Adds a person.
    pub fn person(&mut self, fact: PersonFact) {
        if let Some(digest) = &fact.id_digest {
            self.ids.insert(digest.clone(), fact.id);
        }
        for digest in &fact.phone_digests {
            self.phones.entry(digest.clone()).or_default().insert(fact.id);
        }
        self.persons.insert(fact.id, fact);
    }

    /// Every union of this layer.
    pub fn union_ids(&self) -> impl Iterator<Item = Id> {
        self.unions.keys().copied()
    }

    /// Whether this layer holds the union.
    #[must_use]
    pub fn has_union(&self, id: Id) -> bool {
        self.unions.contains_key(&id)
    }

    /// Takes in a newer layer.
    pub fn extend(&mut self, newer: Self) {
        newer.unions.into_values().for_each(|fact| self.union(fact));
        newer.employers.into_values().for_each(|fact| self.employer(fact));
        newer.offices.into_values().flatten().for_each(|fact| self.office(fact));
        newer.persons.into_values().for_each(|fact| self.person(fact));
    }
}

/// Layers of facts, the newest first.
#[derive(Clone, Copy)]
pub struct View<'a>(pub [&'a Known; 3]);

impl<'a> View<'a> {
    /// A union by its name or code.
    #[must_use]
    pub fn union(&self, key: &UnionKey) -> Option<&'a UnionFact> {
        let id = self.0.iter().find_map(|layer| layer.union_keys.get(key))?;
        self.union_of(*id)
    }

    /// A union by its id.
    #[must_use]
    pub fn union_of(&self, id: Id) -> Option<&'a UnionFact> {
        self.0.iter().find_map(|layer| layer.unions.get(&id))
    }

    /// An employer by its code.
    #[must_use]
    pub fn employer(&self, code: &str) -> Option<&'a EmployerFact> {
        let id = self.0.iter().find_map(|layer| layer.employer_codes.get(code))?;
        self.employer_of(*id)
    }

    fn employer_of(&self, id: Id) -> Option<&'a EmployerFact> {
        self.0.iter().find_map(|layer| layer.employers.get(&id))
    }

    /// Employers by one of their names.
    #[must_use]
    pub fn employers_called(&self, name: &str) -> Vec<&'a EmployerFact> {
        let ids: BTreeSet<Id> =
            self.0.iter().filter_map(|layer| layer.employer_names.get(name)).flatten().copied().collect();
        ids.into_iter().filter_map(|id| self.employer_of(id)).collect()
    }

    /// Offices of a union.
    #[must_use]
    pub fn offices(&self, union: Id) -> Vec<&'a OfficeFact> {
        self.0.iter().filter_map(|layer| layer.offices.get(&union)).flatten().collect()
    }

    /// The person of an ID number.
    #[must_use]
    pub fn person(&self, id_digest: &[u8]) -> Option<&'a PersonFact> {
        let id = self.0.iter().find_map(|layer| layer.ids.get(id_digest))?;
        self.person_of(*id)
    }

    /// A person by the id.
    #[must_use]
    pub fn person_of(&self, id: Id) -> Option<&'a PersonFact> {
        self.0.iter().find_map(|layer| layer.persons.get(&id))
    }

    /// The person of a name and a phone, and of no other ID number than the one given; the one entered first.
    #[must_use]
    pub fn person_called(&self, name: &str, phone_digest: &[u8], id_digest: Option<&[u8]>) -> Option<&'a PersonFact> {
        let ids: BTreeSet<Id> =
            self.0.iter().filter_map(|layer| layer.phones.get(phone_digest)).flatten().copied().collect();
        let persons = ids.into_iter().filter_map(|id| self.person_of(id));
        let fits = |person: &&PersonFact| {
            person.name == name
                && (id_digest.is_none() || person.id_digest.as_deref().is_none_or(|own| Some(own) == id_digest))
        };
        persons.into_iter().find(fits)
    }
}
