//! What the roster knows of an applicant's ID number. Those who decide are told; the applicant never is, in no
//! sentence of the platform's own: he may be a stranger who tries a number.

use std::collections::BTreeMap;

use kernel::{Id, Result, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{active_of, application_entity as application, entity as membership};
use crate::account::entity as account;
use crate::person::index_entity as index;

/// Where the person of an application is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// An active member of the very union that is asked; approving hands the record over.
    SameUnion,
    /// An active member of another union.
    Elsewhere,
    /// On record, not a member now.
    NotMember,
}

/// The person of an ID number's blind index.
pub(super) async fn person_of(conn: &impl ConnectionTrait, digest: &[u8]) -> Result<Option<Id>> {
    let rows = index::Entity::find()
        .filter(index::Column::Kind.eq("id_number"))
        .filter(index::Column::Digest.eq(digest.to_vec()));
    Ok(rows.one(conn).await?.map(|row| row.person_id))
}

/// What is known of those who wait for an answer, by application: two queries for a whole list.
pub(super) async fn of(conn: &impl ConnectionTrait, rows: &[application::Model]) -> Result<BTreeMap<Id, Known>> {
    let waiting = || rows.iter().filter(|row| row.state == "submitted");
    let digests: Vec<Vec<u8>> = waiting().filter_map(|row| row.id_digest.clone()).collect();
    if digests.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = index::Entity::find()
        .filter(index::Column::Kind.eq("id_number"))
        .filter(index::Column::Digest.is_in(digests))
        .all(conn)
        .await?;
    let active = membership::Entity::find()
        .filter(membership::Column::PersonId.is_in(found.iter().map(|row| row.person_id)))
        .filter(membership::Column::State.eq("active"))
        .all(conn)
        .await?;
    let unions: BTreeMap<Id, Id> = active.into_iter().map(|row| (row.person_id, row.organization_id)).collect();
    let persons: BTreeMap<&[u8], Id> = found.iter().map(|row| (row.digest.as_slice(), row.person_id)).collect();
    let known = |row: &application::Model| {
        let person = persons.get(row.id_digest.as_deref()?)?;
        let known = match unions.get(person) {
            None => Known::NotMember,
            Some(union) if *union == row.organization_id => Known::SameUnion,
            Some(_) => Known::Elsewhere,
        };
        Some((row.id, known))
    };
    Ok(waiting().filter_map(known).collect())
}

/// Whether the applicant must not read why: the number is a member's, or somebody else has taken the record over.
pub(super) async fn must_stay_silent(tx: &Tx, row: &application::Model) -> Result<bool> {
    let person = match &row.id_digest {
        Some(digest) => person_of(tx, digest).await?,
        None => None,
    };
    let Some(person) = person else {
        return Ok(false);
    };
    let holders = account::Entity::find()
        .filter(account::Column::PersonId.eq(person))
        .filter(account::Column::Id.ne(row.account_id));
    Ok(holders.count(tx).await? > 0 || active_of(tx, person).await?.is_some())
}
