//! The page of one employer.

use chrono::NaiveDate;
use kernel::{Cx, Error, Id, Result};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::hit::{EmployerHit, hits};
use super::reach::Reach;
use super::search::How;
use super::{alias_entity as alias, entity};
use crate::access::{ORGANIZATION_CHANGE, ORGANIZATION_READ};
use crate::member::entity as membership;
use crate::organization::{employer_link as link, entity as organization};

/// Which employer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EmployerPageInput {
    /// Its id.
    pub id: Uuid,
}

/// One employer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EmployerPage {
    /// As in the list.
    #[serde(flatten)]
    pub row: EmployerHit,
    /// Former and short names.
    pub aliases: Vec<String>,
    /// The unions that cover or covered it, the newest first.
    pub unions: Vec<EmployerUnion>,
    /// Members who are entered as working there, by state.
    pub members_by_state: Vec<EmployerMembers>,
    /// Whether the caller may add and remove other names.
    pub may_change: bool,
}

/// A union that covers or covered an employer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EmployerUnion {
    /// Which.
    pub organization_id: Uuid,
    /// Its name.
    pub name: String,
    /// Since when.
    pub valid_from: NaiveDate,
    /// Until when; this day is not included.
    pub valid_to: Option<NaiveDate>,
}

/// Members of one state.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EmployerMembers {
    /// `active`, `retained`, `transferred`, `left`.
    pub state: String,
    /// How many.
    pub members: i64,
}

/// Shows an employer; outside the caller's scope it does not exist.
///
/// # Errors
/// `not_found`; the database.
pub async fn page(cx: Cx, input: EmployerPageInput) -> Result<EmployerPage> {
    let row = entity::Entity::find_by_id(input.id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    if !Reach::of(&cx, ORGANIZATION_READ).await?.holds(&cx, row.id).await? {
        return Err(Error::not_found());
    }
    let id = row.id;
    let aliases = alias::Entity::find()
        .filter(alias::Column::EmployerId.eq(id))
        .order_by_asc(alias::Column::CreatedAt)
        .order_by_asc(alias::Column::Name)
        .all(cx.read())
        .await?;
    let hit = hits(&cx, vec![(row, How::Name)]).await?.pop().ok_or_else(Error::not_found)?;
    let may_change =
        cx.caller.holds(ORGANIZATION_CHANGE) && Reach::of(&cx, ORGANIZATION_CHANGE).await?.holds(&cx, id).await?;
    Ok(EmployerPage {
        row: hit,
        aliases: aliases.into_iter().map(|row| row.name).collect(),
        unions: unions(&cx, id).await?,
        members_by_state: members(&cx, id).await?,
        may_change,
    })
}

async fn unions(cx: &Cx, employer: Id) -> Result<Vec<EmployerUnion>> {
    let links = link::Entity::find()
        .filter(link::Column::EmployerId.eq(employer))
        .order_by_desc(link::Column::ValidFrom)
        .all(cx.read())
        .await?;
    let ids = links.iter().map(|row| row.organization_id);
    let rows = organization::Entity::find().filter(organization::Column::Id.is_in(ids)).all(cx.read()).await?;
    let name = |id: Id| rows.iter().find(|row| row.id == id).map(|row| row.name.clone()).unwrap_or_default();
    let union = |row: link::Model| EmployerUnion {
        organization_id: row.organization_id,
        name: name(row.organization_id),
        valid_from: row.valid_from,
        valid_to: row.valid_to,
    };
    Ok(links.into_iter().map(union).collect())
}

async fn members(cx: &Cx, employer: Id) -> Result<Vec<EmployerMembers>> {
    let counts: Vec<(String, i64)> = membership::Entity::find()
        .select_only()
        .column(membership::Column::State)
        .column_as(Expr::cust("CAST(count(*) AS bigint)"), "members")
        .filter(membership::Column::EmployerId.eq(employer))
        .group_by(membership::Column::State)
        .order_by_asc(membership::Column::State)
        .into_tuple()
        .all(cx.read())
        .await?;
    Ok(counts.into_iter().map(|(state, members)| EmployerMembers { state, members }).collect())
}
