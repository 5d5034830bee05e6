//! Which union takes a worker who has none: asked before signing in, so that the
//! answer is on the first page and not at the end of a form.

use chrono::NaiveDate;
use kernel::calendar::Due;
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::DESTINATION_UNKNOWN;
use super::rules::{HOLDS_MEMBERS, Work};
use crate::organization;

/// What somebody does and where.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DestinationInput {
    /// Kind of work.
    pub work: Work,
    /// Code of the town or street.
    pub division_code: String,
}

/// The union that will answer, and by when.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Destination {
    /// Id.
    pub organization_id: Uuid,
    /// Name.
    pub organization_name: String,
    /// Kind.
    pub kind: String,
    /// Answer due if submitted today.
    pub answer_by: NaiveDate,
    /// How that day comes about.
    pub derivation: Vec<String>,
}

/// Tells which union takes a worker without one.
///
/// # Errors
/// `destination.unknown`.
pub async fn destination(cx: Cx, input: DestinationInput) -> Result<Destination> {
    let union = find(cx.read(), input.work, &input.division_code, cx.today()).await?;
    let due = answer_due(&cx, cx.read(), &union.division_code).await?;
    Ok(Destination {
        organization_id: union.id,
        organization_name: union.name,
        kind: union.kind,
        answer_by: due.day,
        derivation: due.derivation,
    })
}

/// The union for a kind of work at a place: the industry union for platform work,
/// where there is one; else the town's.
///
/// # Errors
/// `destination.unknown`; the database.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    work: Work,
    town: &str,
    today: Day,
) -> Result<organization::entity::Model> {
    let industry = match work.goes_to_industry() {
        true => organization::industry_destination(conn, town, today).await?,
        false => None,
    };
    let found = match industry {
        Some(found) => Some(found),
        None => organization::destination(conn, town, today).await?,
    };
    found.ok_or_else(|| DESTINATION_UNKNOWN.refusal().on("division_code").into())
}

/// An established union that holds members.
///
/// # Errors
/// `destination.unknown`; the database.
pub(super) async fn taking_members(conn: &impl ConnectionTrait, id: Id) -> Result<organization::entity::Model> {
    organization::entity::Entity::find_by_id(id)
        .one(conn)
        .await?
        .filter(|row| row.state == "established" && HOLDS_MEMBERS.contains(&row.kind.as_str()))
        .ok_or_else(|| DESTINATION_UNKNOWN.refusal().on("organization_id").into())
}

/// Until when a union answers an application submitted today: working days from
/// the dated parameter `join.answer_working_days`.
///
/// # Errors
/// The database.
pub(super) async fn answer_due(cx: &Cx, conn: &impl ConnectionTrait, division: &str) -> Result<Due> {
    let days = kernel::parameter::get_i64(conn, crate::parameters::JOIN_ANSWER, division, cx.today()).await?;
    let days = u32::try_from(days).map_err(kernel::Error::internal)?;
    Ok(cx.app.calendar.due_after_working_days(cx.today(), days))
}
