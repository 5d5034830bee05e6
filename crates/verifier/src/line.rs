//! The first line, read once from its beginning to its end and never held: each token, commitment and answer is checked as
//! it comes, and only what it adds up to is kept.

use std::cell::RefCell;
use std::fmt;
use std::io::{BufReader, Read};
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::column::Columns;
use crate::form::{self, Breakdown, Entry, Figures, Head, Instrument};
use crate::group::Groups;
use crate::seal::{Hashing, PIECE, hash_of};
use crate::spread::{self, Spread};
use crate::token::Tokens;
use crate::tree::Tree;
use crate::{Fault, Unverified, recount};

/// What a good first line says.
#[derive(Debug)]
pub(crate) struct Checked {
    pub head: Head,
    pub instrument: Instrument,
    pub ballots: u64,
    pub tokens: u64,
    pub numbers: u64,
    pub spreads: Vec<Spread>,
    pub breakdown: Option<Breakdown>,
    pub merkle_root: String,
}

/// Reads and checks a first line that has this hash.
///
/// # Errors
/// The first [`Fault`] that is found; what stops the reading.
pub(crate) fn check(line: impl Read, hash: &str, signatures: bool) -> Result<Checked, Unverified> {
    let fault = RefCell::new(None);
    let mut line = BufReader::with_capacity(PIECE, Hashing::new(line));
    let read = whole(&mut line, Line { fault: &fault, signatures });
    // The same bytes that were hashed before, whatever happened to the file meanwhile.
    let same = line.into_inner().finish() == hash;
    match read {
        Ok(checked) if same => Ok(checked),
        Ok(_) => Err(Fault::Hash.into()),
        Err(error) if error.is_io() => Err(Unverified::Read(error.into())),
        Err(_) => Err(fault.take().unwrap_or(Fault::Form).into()),
    }
}

fn whole(line: impl Read, seed: Line<'_>) -> serde_json::Result<Checked> {
    let mut json = serde_json::Deserializer::from_reader(line);
    let checked = seed.deserialize(&mut json)?;
    json.end()?;
    Ok(checked)
}

/// Where a fault is kept on its way through the reader, which knows only errors of its own.
type Kept<'f> = &'f RefCell<Option<Fault>>;

fn hold<T, E: Error>(kept: Kept<'_>, result: Result<T, Fault>) -> Result<T, E> {
    result.map_err(|fault| {
        *kept.borrow_mut() = Some(fault);
        E::custom("a fault")
    })
}

struct Line<'f> {
    fault: Kept<'f>,
    signatures: bool,
}

impl<'de> DeserializeSeed<'de> for Line<'_> {
    type Value = Checked;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Checked, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Line<'_> {
    type Value = Checked;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a publication")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Checked, A::Error> {
        let fault = self.fault;
        let head = head(&mut map, fault)?;
        let instrument = hold::<_, A::Error>(fault, instrument(&head))?;
        let mut tokens = hold::<_, A::Error>(fault, Tokens::new(&head, &instrument, self.signatures))?;
        name(&mut map, "tokens")?;
        map.next_value_seed(Each::of(fault, |token| tokens.add(token)))?;
        let tokens = hold::<_, A::Error>(fault, tokens.end())?;
        let mut tree = Tree::default();
        name(&mut map, "commitments")?;
        map.next_value_seed(Each::of(fault, |written: String| tree.add(&written)))?;
        let merkle_root: String = field(&mut map, "merkle_root")?;
        let root = if hex::encode(tree.root()) == merkle_root { Ok(()) } else { Err(Fault::Root) };
        hold::<_, A::Error>(fault, root)?;
        let ballots = tree.leaves();
        hold::<_, A::Error>(fault, sums(&head, tokens, ballots))?;
        let mut columns = hold::<_, A::Error>(fault, Columns::new(&instrument, ballots))?;
        name(&mut map, "columns")?;
        map.next_value_seed(AllColumns { fault, columns: &mut columns })?;
        let columns = hold::<_, A::Error>(fault, columns.finish())?;
        let breakdown = grouped(&mut map, fault, Groups::of(&instrument, &columns, ballots))?;
        let figures: Figures = field(&mut map, "figures")?;
        let counts = (ballots, head.electorate);
        let numbers = hold::<_, A::Error>(fault, recount::check(&instrument, &columns, breakdown, counts, &figures))?;
        if map.next_key::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom("one field too many"));
        }
        let spreads = spread::all(&instrument, &columns);
        let breakdown = figures.breakdown;
        Ok(Checked { head, instrument, ballots, tokens, numbers, spreads, breakdown, merkle_root })
    }
}

fn head<'de, A: MapAccess<'de>>(map: &mut A, fault: Kept<'_>) -> Result<Head, A::Error> {
    let format: u64 = field(map, "format")?;
    hold::<_, A::Error>(fault, if format == form::FORMAT { Ok(()) } else { Err(Fault::Form) })?;
    Ok(Head {
        evaluation_id: field(map, "evaluation_id")?,
        poll_id: field(map, "poll_id")?,
        instrument: field(map, "instrument")?,
        instrument_hash: field(map, "instrument_hash")?,
        public_key: field(map, "public_key")?,
        electorate: field(map, "electorate")?,
        drawn: field(map, "drawn")?,
        cast: field(map, "cast")?,
        paper: field(map, "paper")?,
        destroyed: field(map, "destroyed")?,
    })
}

/// What comes out of the groups, where there are any.
fn grouped<'de, A: MapAccess<'de>>(
    map: &mut A,
    fault: Kept<'_>,
    groups: Result<Option<Groups<'_>>, Fault>,
) -> Result<Option<Breakdown>, A::Error> {
    let Some(mut groups) = hold::<_, A::Error>(fault, groups)? else { return Ok(None) };
    name(map, "groups")?;
    map.next_value_seed(AllGroups { fault, groups: &mut groups })?;
    hold(fault, groups.finish()).map(Some)
}

fn instrument(head: &Head) -> Result<Instrument, Fault> {
    if hash_of(head.instrument.as_bytes()) != head.instrument_hash {
        return Err(Fault::InstrumentHash);
    }
    let instrument: Instrument = serde_json::from_str(&head.instrument).map_err(|_| Fault::Instrument)?;
    let fits = instrument.evaluation_id == head.evaluation_id && !instrument.questions.is_empty();
    if fits { Ok(instrument) } else { Err(Fault::Instrument) }
}

/// Electorate ≥ drawn ≥ cast ≥ paper; cast = tokens = counted + destroyed.
fn sums(head: &Head, tokens: u64, counted: u64) -> Result<(), Fault> {
    let right = head.destroyed <= form::MOST_DESTROYED
        && counted >= form::LEAST_PUBLISHED
        && tokens == head.cast
        && head.paper <= head.cast
        && counted + head.destroyed == head.cast
        && head.cast <= head.drawn
        && head.drawn <= head.electorate;
    if right { Ok(()) } else { Err(Fault::Sums) }
}

/// The name of the next field, which must be this one.
fn name<'de, A: MapAccess<'de>>(map: &mut A, name: &str) -> Result<(), A::Error> {
    match map.next_key::<String>()? {
        Some(next) if next == name => Ok(()),
        _ => Err(A::Error::custom("another field")),
    }
}

fn field<'de, A: MapAccess<'de>, T: Deserialize<'de>>(map: &mut A, named: &str) -> Result<T, A::Error> {
    name(map, named)?;
    map.next_value()
}

/// Every item of a list, one after the other.
struct Each<'f, T, F> {
    fault: Kept<'f>,
    take: F,
    items: PhantomData<T>,
}

impl<'f, T, F: FnMut(T) -> Result<(), Fault>> Each<'f, T, F> {
    fn of(fault: Kept<'f>, take: F) -> Self {
        Self { fault, take, items: PhantomData }
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Fault>> DeserializeSeed<'de> for Each<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Fault>> Visitor<'de> for Each<'_, T, F> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(item) = list.next_element()? {
            hold::<_, A::Error>(self.fault, (self.take)(item))?;
        }
        Ok(())
    }
}

/// The list of all columns.
struct AllColumns<'f, 'c, 'i> {
    fault: Kept<'f>,
    columns: &'c mut Columns<'i>,
}

impl<'de> DeserializeSeed<'de> for AllColumns<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for AllColumns<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("columns")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { fault, columns } = self;
        while list.next_element_seed(OneColumn { fault, columns: &mut *columns })?.is_some() {}
        Ok(())
    }
}

/// A column: the question, then the answers.
struct OneColumn<'f, 'c, 'i> {
    fault: Kept<'f>,
    columns: &'c mut Columns<'i>,
}

impl<'de> DeserializeSeed<'de> for OneColumn<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneColumn<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a column")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { fault, columns } = self;
        let question: String = field(&mut map, "question")?;
        hold::<_, A::Error>(fault, columns.begin(&question))?;
        name(&mut map, "answers")?;
        map.next_value_seed(Each::of(fault, |entry: Entry| columns.add(entry)))?;
        hold::<_, A::Error>(fault, columns.end())?;
        if map.next_key::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom("one field too many"));
        }
        Ok(())
    }
}

/// The list of all groups that are shown.
struct AllGroups<'f, 'g, 'i> {
    fault: Kept<'f>,
    groups: &'g mut Groups<'i>,
}

impl<'de> DeserializeSeed<'de> for AllGroups<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for AllGroups<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("groups")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { fault, groups } = self;
        while list.next_element_seed(OneGroup { fault, groups: &mut *groups })?.is_some() {}
        Ok(())
    }
}

/// A group: the option that all of them chose, then their columns.
struct OneGroup<'f, 'g, 'i> {
    fault: Kept<'f>,
    groups: &'g mut Groups<'i>,
}

impl<'de> DeserializeSeed<'de> for OneGroup<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneGroup<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a group")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { fault, groups } = self;
        let option: u64 = field(&mut map, "option")?;
        let mut columns = hold::<_, A::Error>(fault, groups.begin(option))?;
        name(&mut map, "columns")?;
        map.next_value_seed(AllColumns { fault, columns: &mut columns })?;
        hold::<_, A::Error>(fault, groups.end(option, columns))?;
        if map.next_key::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom("one field too many"));
        }
        Ok(())
    }
}
