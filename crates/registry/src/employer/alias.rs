//! Adds and removes another name of an employer: a former one, a short one, the one on its sign.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::reach::Reach;
use super::unit_name::unit_name;
use super::{ALIAS_MANY, ALIAS_TAKEN, EMPLOYER_NAME, alias_entity as alias, entity, index};
use crate::access::ORGANIZATION_CHANGE;
use crate::organization::employer_link as link;

/// Other names of an employer at the most.
const MOST: u64 = 20;

/// Another name of an employer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EmployerAliasInput {
    /// Which employer.
    pub id: Uuid,
    /// The name, 2 to 100 characters.
    pub name: String,
}

/// Adds another name.
///
/// # Errors
/// `employer.name`, `employer.alias_taken`, `employer.alias_many`, `not_found`; the database.
pub async fn add(cx: Cx, input: EmployerAliasInput) -> Result<Done> {
    let name = clean(&input.name)?;
    let employer = reachable(&cx, input.id).await?;
    let tx = cx.begin().await?;
    if employer.name == name {
        return Err(ALIAS_TAKEN.refusal().on("name").into());
    }
    if !insert(&tx, employer.id, &name).await? {
        return Err(ALIAS_TAKEN.refusal().on("name").into());
    }
    if alias::Entity::find().filter(alias::Column::EmployerId.eq(employer.id)).count(&tx).await? > MOST {
        return Err(ALIAS_MANY.refusal().on("name").into());
    }
    record(&tx, "employer.alias_added", employer.id).await?;
    tx.commit(Done {}).await
}

/// Removes another name; one that is not there stays away.
///
/// # Errors
/// `employer.name`, `not_found`; the database.
pub async fn remove(cx: Cx, input: EmployerAliasInput) -> Result<Done> {
    let name = clean(&input.name)?;
    let employer = reachable(&cx, input.id).await?;
    let tx = cx.begin().await?;
    let sql = "DELETE FROM employer_alias WHERE employer_id = $1 AND name = $2";
    if tx.execute_sql(sql, [employer.id.into(), name.clone().into()]).await? == 1 {
        index::forget_name(&tx, employer.id, &name).await?;
        record(&tx, "employer.alias_removed", employer.id).await?;
    }
    tx.commit(Done {}).await
}

/// Gives an employer another name and files it under it; `false` when it has it already.
///
/// # Errors
/// The database.
pub async fn insert(tx: &Tx, employer: Id, name: &str) -> Result<bool> {
    let row = alias::ActiveModel {
        employer_id: Set(employer),
        name: Set(name.to_owned()),
        added_by: Set(tx.caller().account_id()),
        created_at: Set(tx.now()),
    };
    let insert = alias::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(tx).await? == 0 {
        return Ok(false);
    }
    index::index_names(tx, &[(employer, name.to_owned())]).await?;
    Ok(true)
}

fn clean(raw: &str) -> Result<String> {
    let name = unit_name(raw, 100).ok().filter(|name| name.chars().count() >= 2);
    name.ok_or_else(|| EMPLOYER_NAME.refusal().on("name").into())
}

async fn reachable(cx: &Cx, id: Id) -> Result<entity::Model> {
    let employer = entity::Entity::find_by_id(id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    let reach = Reach::of(cx, ORGANIZATION_CHANGE).await?;
    if reach.holds(cx, id).await? { Ok(employer) } else { Err(Error::not_found()) }
}

/// At the union that covers it, where there is one; the name itself stays out of the record.
async fn record(tx: &Tx, kind: &'static str, employer: Id) -> Result<()> {
    let covered = link::Entity::find()
        .filter(link::Column::EmployerId.eq(employer))
        .filter(link::Column::ValidTo.is_null())
        .one(tx)
        .await?;
    let event = Event::of(kind, "employer", employer);
    let event = match covered {
        Some(link) => event.at(link.organization_id),
        None => event,
    };
    tx.record(event).await?;
    Ok(())
}
