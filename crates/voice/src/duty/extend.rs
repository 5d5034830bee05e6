//! The level above gives a union more time, and says why.

use chrono::{NaiveDate, TimeDelta};
use kernel::calendar::{self, Due};
use kernel::event::Event;
use kernel::notice;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, Tx, parameter};
use registry::person::name::clean_text;
use registry::staff::holders;
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{self, DutyRow};
use super::{DUTY_ABOVE, DUTY_CANCELLED, DUTY_DONE, DUTY_EXTENSION, DUTY_REASON, DutyKind, entity, tell};
use crate::access::{DUTY_EXTEND, EVALUATION_READ, EVALUATION_START};
use crate::appraisal::level;
use crate::parameters::DUTY_EXTENSION_DAYS;

/// Which duty, until when, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DutyExtend {
    /// The duty.
    pub duty_id: Uuid,
    /// The new last day; moved to the next working day when it is free.
    pub due_on: NaiveDate,
    /// 2 to 200 characters; the union reads it.
    pub reason: String,
}

/// Moves the last day of a duty later.
///
/// # Errors
/// `duty.reason`, `duty.done`, `duty.cancelled`, `duty.above`, `duty.extension`; 404 outside the caller's scope; the database.
pub async fn extend(cx: Cx, input: DutyExtend) -> Result<DutyRow> {
    let reason = clean_text(&input.reason, 200).map_err(|_| DUTY_REASON.refusal().on("reason"))?;
    if reason.chars().count() < 2 {
        return Err(DUTY_REASON.refusal().on("reason").into());
    }
    let tx = cx.begin().await?;
    let row = entity::Entity::find_by_id(input.duty_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(&tx, EVALUATION_READ, row.organization_id).await?;
    if !level::stands_above(&cx.caller, &tx, DUTY_EXTEND, row.organization_id, tx.today()).await? {
        return Err(DUTY_ABOVE.refusal().into());
    }
    if row.done_on.is_some() {
        return Err(DUTY_DONE.refusal().into());
    }
    if row.cancelled_on.is_some() {
        return Err(DUTY_CANCELLED.refusal().into());
    }
    let most = parameter::get_i64(&tx, DUTY_EXTENSION_DAYS, "", tx.today()).await?;
    let from = row.due_on.max(tx.today());
    let due = calendar::load(&tx).await?.due_set(input.due_on);
    if input.due_on <= from || input.due_on > from + TimeDelta::days(most) {
        let text = format!("延期后的日期要晚于 {from}，最多再延 {most} 天，请重新选择。");
        return Err(DUTY_EXTENSION.with(text).on("due_on").into());
    }
    shift(&tx, &row, &due, Some(&reason)).await?;
    let row = entity::Entity::find_by_id(row.id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let answer = list::shaped(&cx, &tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}

/// Moves a last day later, with the row that says why: a reason of the level above, or none when the table of holidays
/// changed. What was told of the earlier day is told anew of the later one.
///
/// # Errors
/// Contention when somebody else moved it meanwhile; the database.
pub(super) async fn shift(tx: &Tx, row: &entity::Model, due: &Due, reason: Option<&str>) -> Result<()> {
    let cause = if reason.is_some() { "granted" } else { "calendar" };
    let number = row.extensions + 1;
    let event = Event::of("duty.extended", "duty", row.id).at(row.organization_id).with("cause", cause);
    let event = tx.record(event.with("from_on", row.due_on).with("to_on", due.day)).await?;
    let insert = "INSERT INTO duty_extension (duty_id, number, cause, from_on, to_on, reason, granted_by, changed_on,
        event_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    let values = [
        row.id.into(),
        number.into(),
        cause.into(),
        row.due_on.into(),
        due.day.into(),
        reason.map(str::to_owned).into(),
        tx.caller().account_id().into(),
        tx.today().into(),
        event.into(),
    ];
    if tx.execute_sql(insert, values).await? != 1 {
        return Err(Error::Contention);
    }
    let update = "UPDATE duty SET due_on = $2, derivation = $3, rule = $4, extensions = $5, told_level = 0
        WHERE id = $1 AND due_on = $6 AND extensions = $7 AND done_on IS NULL AND cancelled_on IS NULL";
    let values = [
        row.id.into(),
        due.day.into(),
        serde_json::to_string(&due.derivation)?.into(),
        due.rule.map(|rule| serde_json::to_string(&rule)).transpose()?.into(),
        number.into(),
        row.due_on.into(),
        row.extensions.into(),
    ];
    if tx.execute_sql(update, values).await? != 1 {
        return Err(Error::Contention);
    }
    tell_union(tx, row, due.day, reason, event).await
}

async fn tell_union(tx: &Tx, row: &entity::Model, to: Day, reason: Option<&str>, event: Id) -> Result<()> {
    let label = DutyKind::parse(&row.kind)?.label();
    let body = match reason {
        Some(reason) => format!("上级同意把“{label}”延期到 {to}，理由：{reason}。请在这一天之前办结。"),
        None => format!("放假安排有调整，“{label}”的到期日从 {} 顺延到 {to}。", row.due_on),
    };
    for account_id in holders(tx, row.organization_id, EVALUATION_START).await? {
        let new = notice::New {
            account_id,
            kind: "duty.extended",
            title: format!("{label}的到期日有变动"),
            body: body.clone(),
            link: Some(tell::link(row)),
            event_id: Some(event),
        };
        notice::send(tx, new).await?;
    }
    Ok(())
}
