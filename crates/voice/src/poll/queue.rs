//! Where ballots wait, sealed with a key that is forgotten once they are in the box.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use kernel::app::App;
use kernel::db::insert_rows;
use kernel::id::Ids;
use kernel::{Error, Id, Result, Tx};
use sea_orm::Value;

use super::queue_entity::Model;
use super::rules;
use crate::ballot::commitment::Commitment;

/// A sealed ballot on its way into the queue.
pub struct Waiting {
    /// Random.
    pub id: Id,
    poll_id: Id,
    key_id: Id,
    sealed: Vec<u8>,
}

/// What is sealed: commitment, salt, answers, filled up so that its length tells little ([`rules::filled`]).
#[must_use]
pub fn payload(commitment: &Commitment, salt: &[u8; 32], answers: &[u8], least: usize) -> Vec<u8> {
    let length = u32::try_from(answers.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut bytes = [&length[..], &commitment.0, salt, answers].concat();
    bytes.resize(rules::filled(bytes.len(), least), 0);
    bytes
}

/// A ballot read from the queue.
pub struct Read {
    pub commitment: [u8; 32],
    pub salt: [u8; 32],
    pub answers: Vec<u8>,
}

/// Seals a ballot with the poll's present passing key, making the first one where there is none.
///
/// # Errors
/// When the key cannot be had.
pub fn seal(app: &App, poll_id: Id, payload: &[u8]) -> Result<Waiting> {
    let key = match app.passing.current(poll_id).map_err(Error::internal)? {
        Some(key) => key,
        None => app.passing.renew(poll_id, app.ids.next()).map_err(Error::internal)?,
    };
    let id = Ids::random();
    let sealed = key.seal(&place(id), payload).map_err(Error::internal)?;
    Ok(Waiting { id, poll_id, key_id: key.id, sealed })
}

/// Those of the ballots that were not sealed with the present key of their poll.
///
/// # Errors
/// When the keys cannot be read.
pub fn late<'a>(app: &App, waiting: impl Iterator<Item = &'a Waiting>) -> Result<BTreeSet<Id>> {
    let (mut present, mut late) = (BTreeMap::new(), BTreeSet::new());
    for one in waiting {
        let current = match present.entry(one.poll_id) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => {
                let ids = app.passing.ids(one.poll_id).map_err(Error::internal)?;
                *unknown.insert(ids.last().copied())
            }
        };
        if current != Some(one.key_id) {
            late.insert(one.id);
        }
    }
    Ok(late)
}

/// Puts sealed ballots into the queue.
///
/// # Errors
/// The database.
pub async fn insert(tx: &Tx, waiting: &[&Waiting]) -> Result<()> {
    let row = |one: &&Waiting| -> Vec<Value> {
        vec![one.id.into(), one.poll_id.into(), one.key_id.into(), one.sealed.clone().into()]
    };
    let rows = waiting.iter().map(row).collect();
    insert_rows(tx, "ballot_queue", &["id", "poll_id", "key_id", "sealed"], rows, "").await?;
    Ok(())
}

/// Opens what waits.
///
/// # Errors
/// When its key is gone or its bytes were changed.
pub fn open(app: &App, row: &Model) -> Result<Read> {
    let key = app.passing.find(row.poll_id, row.key_id).map_err(Error::internal)?;
    let bytes = key.open(&place(row.id), &row.sealed).map_err(Error::internal)?;
    let broken = || Error::internal("a waiting ballot is cut off");
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(broken)?;
    let (commitment, rest) = rest.split_first_chunk::<32>().ok_or_else(broken)?;
    let (salt, rest) = rest.split_first_chunk::<32>().ok_or_else(broken)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(Error::internal)?;
    let answers = rest.get(..length).ok_or_else(broken)?.to_vec();
    Ok(Read { commitment: *commitment, salt: *salt, answers })
}

fn place(id: Id) -> String {
    format!("ballot_queue.sealed:{id}")
}
