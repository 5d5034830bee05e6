//! The first line, read once from its beginning to its end and never held: each token, commitment and answer is checked as
//! it comes, and only what it adds up to is kept.

use std::io::Read;

use crate::column::Columns;
use crate::form::{self, Breakdown, Entry, Figures, Head, Instrument};
use crate::group::Groups;
use crate::scan::Json;
use crate::seal::{Hashing, hash_of};
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
    let mut json = Json::over(Hashing::new(line));
    let checked = whole(&mut json, signatures)?;
    // The same bytes that were hashed before, whatever happened to the file meanwhile.
    if json.into_inner().finish() == hash { Ok(checked) } else { Err(Fault::Hash.into()) }
}

fn whole(json: &mut Json<impl Read>, signatures: bool) -> Result<Checked, Unverified> {
    let head = head(json)?;
    let instrument = instrument(&head)?;
    let mut tokens = Tokens::new(&head, &instrument, signatures)?;
    json.next("tokens")?;
    json.list(|json| {
        let (message, signature): (&str, &str) = json.read()?;
        Ok(tokens.add(message, signature)?)
    })?;
    let tokens = tokens.end()?;
    let mut tree = Tree::default();
    json.next("commitments")?;
    json.list(|json| Ok(tree.add(json.read()?)?))?;
    let merkle_root: String = json.field("merkle_root")?;
    if hex::encode(tree.root()) != merkle_root {
        return Err(Fault::Root.into());
    }
    let ballots = tree.leaves();
    sums(&head, tokens, ballots)?;
    let mut columns = Columns::new(&instrument, ballots)?;
    json.next("columns")?;
    all_columns(json, &mut columns)?;
    let columns = columns.finish()?;
    let breakdown = match Groups::of(&instrument, &columns, ballots)? {
        Some(groups) => Some(grouped(json, groups)?),
        None => None,
    };
    let figures: Figures = json.field("figures")?;
    json.end()?;
    json.finish()?;
    let numbers = recount::check(&instrument, &columns, breakdown, (ballots, head.electorate), &figures)?;
    let spreads = spread::all(&instrument, &columns);
    let breakdown = figures.breakdown;
    Ok(Checked { head, instrument, ballots, tokens, numbers, spreads, breakdown, merkle_root })
}

fn head(json: &mut Json<impl Read>) -> Result<Head, Unverified> {
    json.first("format")?;
    if json.read::<u64>()? != form::FORMAT {
        return Err(Fault::Form.into());
    }
    Ok(Head {
        evaluation_id: json.field("evaluation_id")?,
        poll_id: json.field("poll_id")?,
        instrument: json.field("instrument")?,
        instrument_hash: json.field("instrument_hash")?,
        public_key: json.field("public_key")?,
        electorate: json.field("electorate")?,
        drawn: json.field("drawn")?,
        cast: json.field("cast")?,
        paper: json.field("paper")?,
        destroyed: json.field("destroyed")?,
    })
}

/// The list of all columns: of each the question, then the answers.
fn all_columns(json: &mut Json<impl Read>, columns: &mut Columns<'_>) -> Result<(), Unverified> {
    json.list(|json| {
        json.first("question")?;
        columns.begin(json.read::<String>()?.as_str())?;
        json.next("answers")?;
        json.list(|json| Ok(columns.add(json.read::<Entry>()?)?))?;
        columns.end()?;
        json.end()
    })
}

/// What comes out of the groups: of each the option that all of them chose, then their columns.
fn grouped(json: &mut Json<impl Read>, mut groups: Groups<'_>) -> Result<Breakdown, Unverified> {
    json.next("groups")?;
    json.list(|json| {
        json.first("option")?;
        let option: u64 = json.read()?;
        let mut columns = groups.begin(option)?;
        json.next("columns")?;
        all_columns(json, &mut columns)?;
        groups.end(option, columns)?;
        json.end()
    })?;
    Ok(groups.finish()?)
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
