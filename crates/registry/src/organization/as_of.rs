//! What the lists and the tree show of a day: names, chairs.

use std::collections::HashMap;

use kernel::time::{Day, Time};
use kernel::{Error, Id, Result, event};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{ORGANIZATION_AS_OF, officer_entity as officer};
use crate::person::entity as person;

/// The day asked for, which is today unless told.
///
/// # Errors
/// `organization.as_of` when it has not come yet.
pub fn day(asked: Option<Day>, today: Day) -> Result<Day> {
    let day = asked.unwrap_or(today);
    if day > today { Err(ORGANIZATION_AS_OF.refusal().on("as_of").into()) } else { Ok(day) }
}

/// The moment at which a day ends in China.
#[must_use]
pub fn end_of(day: Day) -> Time {
    let next = day.succ_opt().unwrap_or(day).and_time(chrono::NaiveTime::MIN).and_utc();
    next - chrono::Duration::hours(8)
}

/// Names that unions had on a day and have no more: the first renaming after that day says what was before.
///
/// # Errors
/// The database.
pub async fn former_names(conn: &impl ConnectionTrait, day: Day) -> Result<HashMap<Id, String>> {
    use event::entity::{Column, Entity};
    let later = Entity::find()
        .filter(Column::Kind.eq("organization.renamed"))
        .filter(Column::At.gte(end_of(day)))
        .order_by_desc(Column::Id)
        .all(conn)
        .await?;
    let mut names = HashMap::new();
    for row in later {
        let payload: serde_json::Value = serde_json::from_str(&row.payload).map_err(Error::internal)?;
        if let Some(from) = payload["from"].as_str() {
            // The oldest one is read last and stays.
            names.insert(row.aggregate_id, from.to_owned());
        }
    }
    Ok(names)
}

/// Who is chair of these unions on a day, by name.
///
/// # Errors
/// The database.
pub async fn chairs(conn: &impl ConnectionTrait, of: &[Id], day: Day) -> Result<HashMap<Id, String>> {
    let rows = officers(conn, of, day).await?;
    let chairs = rows.into_iter().filter(|(row, _)| row.title == "chair");
    Ok(chairs.filter_map(|(row, name)| Some((row.organization_id, name?))).collect())
}

/// Officers of these unions on a day with the names of the persons, in order of appointment.
///
/// # Errors
/// The database.
pub async fn officers(
    conn: &impl ConnectionTrait,
    of: &[Id],
    day: Day,
) -> Result<Vec<(officer::Model, Option<String>)>> {
    let rows = officer::Entity::find()
        .filter(officer::Column::OrganizationId.is_in(of.iter().copied()))
        .filter(officer::Column::ValidFrom.lte(day))
        .filter(Condition::any().add(officer::Column::ValidTo.is_null()).add(officer::Column::ValidTo.gt(day)))
        .order_by_asc(officer::Column::Id)
        .all(conn)
        .await?;
    let names = person_names(conn, rows.iter().map(|row| row.person_id)).await?;
    Ok(rows.into_iter().map(|row| (row.clone(), names.get(&row.person_id).cloned())).collect())
}

/// Names of persons; those whose data were erased are missing.
///
/// # Errors
/// The database.
pub async fn person_names(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Id>,
) -> Result<HashMap<Id, String>> {
    let rows: Vec<(Id, Option<String>)> = person::Entity::find()
        .select_only()
        .columns([person::Column::Id, person::Column::Name])
        .filter(person::Column::Id.is_in(ids))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(|(id, name)| Some((id, name?))).collect())
}
