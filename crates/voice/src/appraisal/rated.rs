//! Who is rated and therefore may not rate: chair and vice chairs of the rated unions.

use std::collections::HashMap;

use kernel::time::Day;
use kernel::{Id, Result};
use registry::organization::officer_entity as officer;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity;
use crate::scheme::SchemeDocument;

/// The persons left out of the electorate of an evaluation on a day: chairs and vice chairs of its unions, and the rated
/// person even if he has left office since.
///
/// # Errors
/// The database.
pub async fn left_out(
    conn: &impl ConnectionTrait,
    scheme: &SchemeDocument,
    evaluation: &entity::Model,
    unions: &[Id],
    day: Day,
) -> Result<Vec<Id>> {
    if !scheme.without_rated {
        return Ok(Vec::new());
    }
    let mut persons: Vec<Id> = heads(conn, unions, day).await?.into_values().flatten().collect();
    persons.extend(evaluation.subject_id.filter(|_| evaluation.subject_kind == "chair"));
    persons.sort_unstable();
    persons.dedup();
    Ok(persons)
}

/// Chairs and vice chairs of unions on a day.
///
/// # Errors
/// The database.
pub async fn heads(conn: &impl ConnectionTrait, unions: &[Id], day: Day) -> Result<HashMap<Id, Vec<Id>>> {
    let mut heads: HashMap<Id, Vec<Id>> = HashMap::new();
    for row in in_office(conn, unions, day, &["chair", "vice_chair"]).await? {
        heads.entry(row.organization_id).or_default().push(row.person_id);
    }
    Ok(heads)
}

/// Chairs of unions on a day.
///
/// # Errors
/// The database.
pub async fn chairs(conn: &impl ConnectionTrait, unions: &[Id], day: Day) -> Result<HashMap<Id, Id>> {
    let rows = in_office(conn, unions, day, &["chair"]).await?;
    Ok(rows.into_iter().map(|row| (row.organization_id, row.person_id)).collect())
}

async fn in_office(
    conn: &impl ConnectionTrait,
    unions: &[Id],
    day: Day,
    titles: &[&str],
) -> Result<Vec<officer::Model>> {
    use officer::Column;
    let rows = officer::Entity::find()
        .filter(Column::OrganizationId.is_in(unions.iter().copied()))
        .filter(Column::Title.is_in(titles.iter().copied()))
        .filter(Column::ValidFrom.lte(day))
        .filter(Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gt(day)))
        .order_by_asc(Column::Id);
    Ok(rows.all(conn).await?)
}
