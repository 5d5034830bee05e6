//! Showing one number of a person in full. Whoever sees it leaves an event behind,
//! which the person finds under "who has looked". The event holds the field and the
//! role, never the number; the reason stands beside it, where it can be erased.

use std::collections::BTreeMap;

use kernel::crypto::KeyProvider;
use kernel::event::Event;
use kernel::{Id, Result, Tx};
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entity::Model;
use super::vault;
use crate::access::MEMBER_REVEAL;

/// Kind of the event.
pub const REVEALED: &str = "personal_data.revealed";

/// A number that can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevealField {
    /// The ID number.
    IdNumber,
    /// The phone.
    Phone,
}

/// What people call a field by its name in an event.
#[must_use]
pub fn label(field: &str) -> &'static str {
    match field {
        "id_number" => "证件号码",
        "phone" => "手机号",
        _ => "个人资料",
    }
}

/// The number itself; `None` where none is held.
///
/// # Errors
/// When the sealed bytes were changed.
pub fn open(keys: &dyn KeyProvider, person: &Model, field: RevealField) -> Result<Option<String>> {
    match field {
        RevealField::IdNumber => {
            person.id_number_sealed.as_ref().map(|sealed| vault::open_id_number(keys, person.id, sealed)).transpose()
        }
        RevealField::Phone => {
            person.phone_sealed.as_ref().map(|sealed| vault::open_phone(keys, person.id, sealed)).transpose()
        }
    }
}

/// Records that the caller saw a field of a person; `node` is where the person belongs.
///
/// # Errors
/// The database.
pub async fn record(tx: &Tx, person: Id, node: Option<Id>, field: RevealField, reason: &str) -> Result<()> {
    let event = seen("person", person, field).with("role", role(tx, person));
    let event = match node {
        Some(node) => event.at(node),
        None => event,
    };
    let event = tx.record(event).await?;
    let insert = "INSERT INTO reveal_reason (event_id, person_id, reason) VALUES ($1, $2, $3)";
    tx.execute_sql(insert, [event.into(), person.into(), reason.into()]).await?;
    Ok(())
}

/// The event of somebody having seen a field of a person, or of an account without one.
pub(crate) fn seen(aggregate_kind: &'static str, id: Id, field: RevealField) -> Event {
    Event::of(REVEALED, aggregate_kind, id).with("field", field)
}

/// Why, by event; an erased reason is missing.
pub(crate) async fn reasons(conn: &impl ConnectionTrait, person: Id) -> Result<BTreeMap<Id, String>> {
    let sql = "SELECT event_id, reason FROM reveal_reason WHERE person_id = $1 AND reason IS NOT NULL";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [person.into()]);
    let rows = conn.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((row.try_get("", "event_id")?, row.try_get("", "reason")?))).collect()
}

fn role(tx: &Tx, person: Id) -> &'static str {
    let caller = tx.caller();
    if caller.person_id() == Some(person) {
        return "self";
    }
    let holding = caller.grants().iter().find(|grant| grant.allows(MEMBER_REVEAL));
    holding.map_or("system", |grant| grant.role.name)
}
