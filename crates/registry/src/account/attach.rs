//! An account gets its person: joining or taking over knows at last who signs in.

use std::collections::BTreeSet;

use kernel::event::Event;
use kernel::{Id, Result, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::entity::{Column, Entity};

/// Ties an account to its person, in its open sessions too. Answers `false`, and
/// changes nothing, when the person has another account or the account another person.
///
/// # Errors
/// When the database refuses.
pub async fn attach_person(tx: &Tx, account_id: Id, person_id: Id) -> Result<bool> {
    let holder = Entity::find().filter(Column::PersonId.eq(person_id)).one(tx).await?;
    if let Some(holder) = holder {
        return Ok(holder.id == account_id);
    }
    let attach = "UPDATE account SET person_id = $2 WHERE id = $1 AND person_id IS NULL";
    if tx.execute_sql(attach, [account_id.into(), person_id.into()]).await? == 0 {
        return Ok(false);
    }
    let sessions = "UPDATE session SET person_id = $2 WHERE account_id = $1 AND ended_at IS NULL";
    tx.execute_sql(sessions, [account_id.into(), person_id.into()]).await?;
    tx.record(Event::of("account.person_attached", "account", account_id).with("person_id", person_id)).await?;
    Ok(true)
}

/// Which of these persons have an account.
///
/// # Errors
/// The database.
pub async fn persons_held(conn: &impl ConnectionTrait, persons: &[Id]) -> Result<BTreeSet<Id>> {
    let rows = Entity::find()
        .select_only()
        .column(Column::PersonId)
        .filter(Column::PersonId.is_in(persons.iter().copied()))
        .into_tuple::<Id>()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}
