//! Finds electors by name. Whether somebody has drawn is not said: a list of those who have not would be one of those
//! who have.

use kernel::{Cx, Error, Id, Result};
use registry::organization::entity as organization;
use registry::person::{entity as person, id_number, vault};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{PAPER_NAME, find};
use crate::access::PAPER_HAND_OUT;
use crate::appraisal::elector_entity as elector;

/// Electors shown at the most: with more the name is typed further.
const MOST: u64 = 20;

/// Whom.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ElectorsInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The beginning of the name, two characters at least.
    pub name: String,
}

/// Electors of that name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Electors {
    /// Twenty at the most, in order of their names.
    pub items: Vec<ElectorRow>,
}

/// An elector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ElectorRow {
    /// The person.
    pub person_id: Uuid,
    /// Name.
    pub name: String,
    /// Masked, to tell people of one name apart.
    pub id_number_masked: Option<String>,
    /// Union.
    pub organization_name: String,
}

/// Finds electors of unions within the caller's reach.
///
/// # Errors
/// `paper.name`, `paper.rated`, `poll.closed`, `poll.early`, 404 outside the caller's reach; the database.
pub async fn electors(cx: Cx, input: ElectorsInput) -> Result<Electors> {
    let name = input.name.trim();
    if name.chars().count() < 2 {
        return Err(PAPER_NAME.refusal().on("name").into());
    }
    let found = find::running(&cx, PAPER_HAND_OUT, input.evaluation_id).await?;
    let scope = cx.caller.scope(PAPER_HAND_OUT);
    let theirs = Query::select()
        .column(elector::Column::PersonId)
        .from(elector::Entity)
        .and_where(elector::Column::EvaluationId.eq(found.evaluation.id))
        .cond_where(scope.covers(elector::Column::OrganizationId))
        .to_owned();
    let people = person::Entity::find()
        .filter(person::Column::Name.gte(name))
        .filter(person::Column::Name.lt(format!("{name}\u{10ffff}")))
        .filter(person::Column::Id.in_subquery(theirs))
        .order_by_asc(person::Column::Name)
        .order_by_asc(person::Column::Id)
        .limit(MOST)
        .all(cx.read())
        .await?;
    let unions = unions_of(&cx, found.evaluation.id, &people).await?;
    let shape = |row: person::Model| {
        let sealed = row.id_number_sealed.as_deref();
        let number = sealed.map(|sealed| vault::open_id_number(cx.app.keys.as_ref(), row.id, sealed)).transpose()?;
        Ok(ElectorRow {
            organization_name: unions.get(&row.id).cloned().unwrap_or_default(),
            person_id: row.id,
            name: row.name.unwrap_or_default(),
            id_number_masked: number.map(|number| id_number::mask(&number)),
        })
    };
    Ok(Electors { items: people.into_iter().map(shape).collect::<Result<_, Error>>()? })
}

/// The unions in which these people are electors, by name.
async fn unions_of(cx: &Cx, evaluation: Id, people: &[person::Model]) -> Result<HashMap<Id, String>> {
    let rows = elector::Entity::find()
        .filter(elector::Column::EvaluationId.eq(evaluation))
        .filter(elector::Column::PersonId.is_in(people.iter().map(|one| one.id)))
        .all(cx.read())
        .await?;
    let unions = organization::Entity::find()
        .filter(organization::Column::Id.is_in(rows.iter().map(|row| row.organization_id)))
        .all(cx.read())
        .await?;
    let names: HashMap<Id, String> = unions.into_iter().map(|union| (union.id, union.name)).collect();
    let named = |row: elector::Model| (row.person_id, names.get(&row.organization_id).cloned().unwrap_or_default());
    Ok(rows.into_iter().map(named).collect())
}
