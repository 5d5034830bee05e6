//! Names for ids, fetched once per page of a list.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::{account, organization, person};

/// How an account is called.
#[derive(Debug, Clone, Default)]
pub struct AccountName {
    /// Login name of staff.
    pub login: Option<String>,
    /// The account's own name, or its person's.
    pub name: Option<String>,
}

impl AccountName {
    /// The name, or else the login.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        self.name.clone().or_else(|| self.login.clone())
    }
}

/// Names of accounts; unknown ids are left out.
///
/// # Errors
/// The database.
pub async fn accounts_named(conn: &impl ConnectionTrait, ids: BTreeSet<Id>) -> Result<BTreeMap<Id, AccountName>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let accounts = account::entity::Entity::find().filter(account::entity::Column::Id.is_in(ids)).all(conn).await?;
    let persons = persons_named(conn, accounts.iter().filter_map(|row| row.person_id).collect()).await?;
    let named = accounts.into_iter().map(|row| {
        let own = row.person_id.and_then(|id| persons.get(&id).cloned());
        (row.id, AccountName { login: row.login, name: row.name.or(own) })
    });
    Ok(named.collect())
}

/// Names of persons; those without one are left out.
pub(crate) async fn persons_named(conn: &impl ConnectionTrait, ids: BTreeSet<Id>) -> Result<BTreeMap<Id, String>> {
    use person::entity::{Column, Entity};
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(Id, Option<String>)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Name])
        .filter(Column::Id.is_in(ids))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(|(id, name)| Some((id, name?))).collect())
}

/// Names of unions; unknown ids are left out.
///
/// # Errors
/// The database.
pub async fn organizations_named(conn: &impl ConnectionTrait, ids: BTreeSet<Id>) -> Result<BTreeMap<Id, String>> {
    use organization::entity::{Column, Entity};
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(Id, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Name])
        .filter(Column::Id.is_in(ids))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}
