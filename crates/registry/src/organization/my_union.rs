//! The union of whoever asks, as a member sees it.

use kernel::routes::Nothing;
use kernel::{Cx, Error, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;

use super::page::{Officer, Organization, PathStep};
use super::{page, record};
use crate::member::entity as membership;

/// My union.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyUnion {
    /// What it is; without its history and what staff may do.
    pub organization: Organization,
    /// From the city federation down to it.
    pub path: Vec<PathStep>,
    /// Who leads it today.
    pub officers: Vec<Officer>,
    /// How many belong to it today.
    pub members: i64,
}

/// Shows the union in which the caller is an active member.
///
/// # Errors
/// `not_found` for whoever belongs to none; the database.
pub async fn my_union(cx: Cx, _: Nothing) -> Result<MyUnion> {
    let person = cx.caller.person_id().ok_or_else(Error::not_found)?;
    let own = membership::Entity::find()
        .filter(membership::Column::PersonId.eq(person))
        .filter(membership::Column::State.eq("active"))
        .one(cx.read())
        .await?
        .ok_or_else(Error::not_found)?;
    let union = record::load(cx.read(), own.organization_id).await?;
    let today = cx.today();
    let mut organization = page::describe(&cx, union, today).await?;
    organization.officers.retain(|held| held.from <= today && held.to.is_none_or(|to| today < to));
    let (path, officers) = (organization.path.clone(), organization.officers.clone());
    Ok(MyUnion { path, officers, members: organization.members, organization })
}
