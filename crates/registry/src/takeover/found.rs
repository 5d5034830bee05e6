//! Whom a guess leads to: the same look-ups whoever is found.

use kernel::crypto::password::constant_time_eq;
use kernel::time::{Day, Time};
use kernel::{Id, Result, Tx};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter};

use super::own::Said;
use super::{hand_over_entity as hand_over, rules};
use crate::person::phone::Phone;
use crate::person::vault;

/// A record that a guess names, and all that decides whether it can be handed over.
#[derive(Debug, FromQueryResult)]
pub(super) struct Found {
    pub person_id: Id,
    name: Option<String>,
    id_number_sealed: Option<Vec<u8>>,
    membership_id: Option<Id>,
    organization_id: Option<Id>,
    joined_on: Option<Day>,
    holder: Option<Id>,
    wrong: i64,
}

/// A record that is handed over.
pub(super) struct Record {
    pub person: Id,
    pub membership: Id,
    pub organization: Id,
    pub joined_on: Day,
}

const COLUMNS: &str = "SELECT p.id AS person_id, p.name, p.id_number_sealed, m.id AS membership_id, m.organization_id,
    m.joined_on, a.id AS holder, COALESCE(g.wrong, 0) AS wrong";
const JOINS: &str = "LEFT JOIN membership m ON m.person_id = p.id AND m.state = 'active'
    LEFT JOIN account a ON a.person_id = p.id
    LEFT JOIN takeover_record g ON g.person_id = p.id";

/// Records of a phone under a name; more than one where a phone is shared.
///
/// # Errors
/// The database.
pub(super) async fn of_phone(tx: &Tx, phone: &Phone, name: &str) -> Result<Vec<Found>> {
    let sql = format!(
        "{COLUMNS} FROM person_index i JOIN person p ON p.id = i.person_id {JOINS}
        WHERE i.kind = 'phone' AND i.digest = $1 AND p.name = $2 AND p.erased_at IS NULL"
    );
    let digest = vault::phone_digest(tx.app().keys.as_ref(), phone);
    let statement = tx.app().db.statement(&sql, [digest.into(), name.into()]);
    Ok(Found::find_by_statement(statement).all(tx).await?)
}

/// The open code of a digest, and the record that it opens.
///
/// # Errors
/// The database.
pub(super) async fn of_code(tx: &Tx, digest: Vec<u8>, now: Time) -> Result<(Option<hand_over::Model>, Vec<Found>)> {
    let open = hand_over::Entity::find()
        .filter(hand_over::Column::CodeDigest.eq(digest))
        .filter(hand_over::Column::ExpiresAt.gt(now))
        .one(tx)
        .await?;
    let sql = format!("{COLUMNS} FROM person p {JOINS} WHERE p.id = $1 AND p.erased_at IS NULL");
    let person = open.as_ref().map_or(Id::nil(), |open| open.person_id);
    let statement = tx.app().db.statement(&sql, [person.into()]);
    Ok((open, Found::find_by_statement(statement).all(tx).await?))
}

/// The one record that fits, free to be taken; `None` also when several fit.
///
/// # Errors
/// When sealed bytes were changed.
pub(super) fn only(tx: &Tx, found: &[Found], said: &Said, way: Way) -> Result<Option<Record>> {
    let mut fitting = Vec::new();
    // Nobody found costs a comparison as well.
    let mut decoy = constant_time_eq(said.tail.as_bytes(), b"......");
    for one in found {
        let right = one.is_of(tx, said)?;
        decoy |= right;
        fitting.extend(one.record(way).filter(|_| right));
    }
    std::hint::black_box(decoy);
    Ok(<[Record; 1]>::try_from(fitting).ok().map(|[one]| one))
}

/// By which way a record is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Phone,
    Code,
}

impl Found {
    fn is_of(&self, tx: &Tx, said: &Said) -> Result<bool> {
        let keys = tx.app().keys.as_ref();
        let sealed = self.id_number_sealed.as_deref();
        let number = sealed.map(|sealed| vault::open_id_number(keys, self.person_id, sealed)).transpose()?;
        let tail = number.as_deref().and_then(|number| number.get(number.len().checked_sub(said.tail.len())?..));
        let named = constant_time_eq(self.name.as_deref().unwrap_or_default().as_bytes(), said.name.as_bytes());
        let tailed = constant_time_eq(tail.unwrap_or_default().as_bytes(), said.tail.as_bytes());
        Ok(named & tailed)
    }

    /// The record, when nobody holds it, it is active, and this way to it is open.
    fn record(&self, way: Way) -> Option<Record> {
        let open = way == Way::Code || self.wrong < rules::RECORD_TRIES;
        Some(Record {
            person: self.person_id,
            membership: self.membership_id.filter(|_| open && self.holder.is_none())?,
            organization: self.organization_id?,
            joined_on: self.joined_on?,
        })
    }
}
