//! The end of an office.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{OFFICER_DAY, OFFICER_ENDED, appoint, officer_entity as officer, record};
use crate::access::ORGANIZATION_CHANGE;

/// An end of office.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct LeaveOfficeInput {
    /// Which union.
    pub id: Uuid,
    /// Which office held.
    pub officer_id: Uuid,
    /// First day out of office.
    pub on: NaiveDate,
}

/// Ends an office; its days stay.
///
/// # Errors
/// `officer.ended`, `officer.day`; the database.
pub async fn leave_office(cx: Cx, input: LeaveOfficeInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let union = record::visible(&cx, &tx, input.id).await?;
    cx.caller.must(&tx, ORGANIZATION_CHANGE, union.id).await?;
    let held = officer::Entity::find_by_id(input.officer_id).one(&tx).await?;
    let held = held.filter(|row| row.organization_id == union.id && row.valid_to.is_none());
    let held = held.ok_or_else(|| OFFICER_ENDED.refusal())?;
    if input.on <= held.valid_from || input.on > appoint::latest(tx.today()) {
        return Err(OFFICER_DAY.refusal().on("on").into());
    }
    let sql = "UPDATE officer SET valid_to = $2 WHERE id = $1 AND valid_to IS NULL";
    tx.execute_sql(sql, [held.id.into(), input.on.into()]).await?;
    let event = Event::of("organization.officer_ended", "organization", union.id).with("officer_id", held.id);
    record::record(&tx, event.with("title", &held.title).with("on", input.on), None).await?;
    tx.commit(Done {}).await
}
