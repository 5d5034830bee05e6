//! An employer as lists and pages show it.

use std::collections::BTreeMap;

use kernel::{Cx, Id, Result};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity;
use super::search::How;
use crate::division::Divisions;
use crate::member::entity as membership;
use crate::organization::{employer_link as link, entity as organization};

/// An employer in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EmployerHit {
    /// Which.
    pub id: Uuid,
    /// Full name.
    pub name: String,
    /// Unified social credit code, where known.
    pub uscc: Option<String>,
    /// Code of its town or district.
    pub division_code: String,
    /// Its town or district.
    pub division_name: String,
    /// The union that covers it today.
    pub organization_id: Option<Uuid>,
    /// Its name.
    pub organization_name: Option<String>,
    /// Active members who are entered as working there.
    pub members: i64,
    /// `code`, `name`, `alias`, `similar`: by what it was found.
    pub matched: String,
    /// Invented for demonstration.
    pub synthetic: bool,
}

/// Puts rows together: one query for unions, one for members.
pub(super) async fn hits(cx: &Cx, rows: Vec<(entity::Model, How)>) -> Result<Vec<EmployerHit>> {
    let ids: Vec<Id> = rows.iter().map(|(row, _)| row.id).collect();
    let mut unions = unions(cx, &ids).await?;
    let mut members = members(cx, &ids).await?;
    let divisions = Divisions::on(cx.read(), cx.today()).await?;
    let hit = |(row, how): (entity::Model, How)| {
        let union = unions.remove(&row.id);
        EmployerHit {
            id: row.id,
            name: row.name,
            uscc: row.uscc,
            division_name: divisions.name(&row.division_code).unwrap_or_default().to_owned(),
            division_code: row.division_code,
            organization_id: union.as_ref().map(|union| union.id),
            organization_name: union.map(|union| union.name),
            members: members.remove(&row.id).unwrap_or_default(),
            matched: how.as_str().to_owned(),
            synthetic: row.synthetic,
        }
    };
    Ok(rows.into_iter().map(hit).collect())
}

/// The union that covers each today.
pub(super) async fn unions(cx: &Cx, employers: &[Id]) -> Result<BTreeMap<Id, organization::Model>> {
    let links = link::Entity::find()
        .filter(link::Column::EmployerId.is_in(employers.iter().copied()))
        .filter(link::Column::ValidTo.is_null())
        .all(cx.read())
        .await?;
    let ids = links.iter().map(|row| row.organization_id);
    let rows = organization::Entity::find().filter(organization::Column::Id.is_in(ids)).all(cx.read()).await?;
    let rows: BTreeMap<Id, organization::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let pair = |row: link::Model| Some((row.employer_id, rows.get(&row.organization_id)?.clone()));
    Ok(links.into_iter().filter_map(pair).collect())
}

async fn members(cx: &Cx, employers: &[Id]) -> Result<BTreeMap<Id, i64>> {
    let counts: Vec<(Id, i64)> = membership::Entity::find()
        .select_only()
        .column(membership::Column::EmployerId)
        .column_as(Expr::cust("CAST(count(*) AS bigint)"), "members")
        .filter(membership::Column::EmployerId.is_in(employers.iter().copied()))
        .filter(membership::Column::State.eq("active"))
        .group_by(membership::Column::EmployerId)
        .into_tuple()
        .all(cx.read())
        .await?;
    Ok(counts.into_iter().collect())
}
