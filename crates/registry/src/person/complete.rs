//! Completing a person whom the registry knows already: the number of the document, the phone. What is there is never
//! changed, and nobody is made a second time because a file before had no number for him.
//!
//! Set-wise on both engines: an insert of a person who is there fills the empty places.

use kernel::crypto::KeyProvider;
use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, Statement, Value};

use super::id_number::{IdNumber, Sex};
use super::vault;

const ONCE: &str = "ON CONFLICT DO NOTHING";
const NUMBER: &str = "ON CONFLICT (id) DO UPDATE SET id_number_sealed = excluded.id_number_sealed,
    id_kind = excluded.id_kind, sex = coalesce(person.sex, excluded.sex), birth = coalesce(person.birth, excluded.birth),
    real_name = CASE WHEN person.real_name = 'none' THEN excluded.real_name ELSE person.real_name END
    WHERE person.id_number_sealed IS NULL AND person.erased_at IS NULL";
const PHONE: &str = "ON CONFLICT (id) DO UPDATE SET phone_sealed = excluded.phone_sealed
    WHERE person.phone_sealed IS NULL AND person.erased_at IS NULL";

/// The number of the document of a person who was known by name and phone alone.
#[derive(Debug, Clone)]
pub struct NewNumber {
    /// Whose.
    pub person: Id,
    /// The number, sealed for the person.
    pub sealed: Vec<u8>,
    /// Its blind index.
    pub digest: Vec<u8>,
    /// Stored name of the kind of document.
    pub id_kind: &'static str,
    /// Stored name of the sex; one that is known already stays.
    pub sex: Option<&'static str>,
    /// Day of birth; one that is known already stays.
    pub birth: Option<Day>,
}

impl NewNumber {
    /// Seals a number for a person.
    ///
    /// # Errors
    /// When the key cannot be had.
    pub fn of(keys: &dyn KeyProvider, person: Id, number: &IdNumber) -> Result<Self> {
        Ok(Self {
            person,
            sealed: vault::seal_id_number(keys, person, &number.normalized)?,
            digest: vault::id_number_digest(keys, &number.normalized),
            id_kind: number.kind.as_str(),
            sex: number.sex.map(Sex::as_str),
            birth: number.birth,
        })
    }
}

/// The phone of a person who had none.
#[derive(Debug, Clone)]
pub struct NewPhone {
    /// Whose.
    pub person: Id,
    /// The phone, sealed for the person.
    pub sealed: Vec<u8>,
    /// Its blind index.
    pub digest: Vec<u8>,
}

/// The person known by a name and a phone and by no number, as a subselect; both are places or columns of a query.
///
/// The name is looked up person by person, by a subselect of its own: PostgreSQL makes no join of it, whose plan would
/// stay when the tables have grown.
#[must_use]
pub fn unnumbered_by(phone_digest: &str, name: &str) -> String {
    format!(
        "(SELECT i.person_id FROM person_index i WHERE i.kind = 'phone' AND i.digest = {phone_digest}
            AND (SELECT p.name FROM person p WHERE p.id = i.person_id AND p.id_number_sealed IS NULL) = {name}
            ORDER BY i.person_id LIMIT 1)"
    )
}

/// The person known by this name and phone and by no number.
///
/// # Errors
/// The database.
pub async fn unnumbered(conn: &impl ConnectionTrait, name: &str, phone_digest: Vec<u8>) -> Result<Option<Id>> {
    let sql = format!("SELECT {} AS person_id", unnumbered_by("$1", "$2"));
    let values: [Value; 2] = [phone_digest.into(), name.into()];
    let found = conn.query_one_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    Ok(match found {
        Some(row) => row.try_get("", "person_id")?,
        None => None,
    })
}

/// Enters numbers, each of which belongs to nobody yet, for persons without one.
///
/// # Errors
/// [`Error::Contention`] when a person got a number, or a number a person, meanwhile; the database.
pub async fn enter_numbers(tx: &Tx, mut new: Vec<NewNumber>) -> Result<()> {
    let columns = ["id", "id_number_sealed", "id_kind", "sex", "birth", "real_name", "synthetic", "created_at"];
    let asked = new.len();
    // In one order everywhere, so that two imports wait for each other and never in a circle.
    new.sort_by_key(|number| number.person);
    let (mut rows, mut indexes) = (Vec::with_capacity(asked), Vec::with_capacity(asked));
    for number in new {
        rows.push(vec![
            number.person.into(),
            number.sealed.into(),
            number.id_kind.into(),
            number.sex.into(),
            number.birth.into(),
            "declared".into(),
            // The person is there: what is asked for here stays as it is.
            false.into(),
            tx.now().into(),
        ]);
        indexes.push(vec!["id_number".into(), number.digest.into(), number.person.into()]);
    }
    claimed(insert_rows(tx, "person", &columns, rows, NUMBER).await?, asked)?;
    claimed(insert_rows(tx, "person_index", &["kind", "digest", "person_id"], indexes, ONCE).await?, asked)
}

/// Enters phones for persons without one.
///
/// # Errors
/// [`Error::Contention`] when a person got a phone meanwhile; the database.
pub async fn enter_phones(tx: &Tx, mut new: Vec<NewPhone>) -> Result<()> {
    let columns = ["id", "phone_sealed", "real_name", "synthetic", "created_at"];
    let asked = new.len();
    new.sort_by_key(|phone| phone.person);
    let (mut rows, mut indexes) = (Vec::with_capacity(asked), Vec::with_capacity(asked));
    for phone in new {
        let row = vec![phone.person.into(), phone.sealed.into(), "none".into(), false.into(), tx.now().into()];
        rows.push(row);
        indexes.push(vec!["phone".into(), phone.digest.into(), phone.person.into()]);
    }
    claimed(insert_rows(tx, "person", &columns, rows, PHONE).await?, asked)?;
    claimed(insert_rows(tx, "person_index", &["kind", "digest", "person_id"], indexes, ONCE).await?, asked)
}

/// The event of a number that was entered.
#[must_use]
pub fn number_entered(person: Id) -> Event {
    Event::of("person.number_entered", "person", person)
}

/// The event of a phone that was entered.
#[must_use]
pub fn phone_entered(person: Id) -> Event {
    Event::of("person.phone_entered", "person", person)
}

fn claimed(written: u64, asked: usize) -> Result<()> {
    if written == asked as u64 { Ok(()) } else { Err(Error::Contention) }
}
