//! A duty begins, and is done or cancelled.

use kernel::calendar::Due;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Id, Result, Tx};
use sea_orm::ConnectionTrait;

use super::DutyKind;

/// A duty about to be entered.
#[derive(Debug, Clone)]
pub struct NewDuty {
    /// Of which evaluation.
    pub evaluation_id: Id,
    /// Which union must see to it.
    pub organization_id: Id,
    /// What is to be done.
    pub kind: DutyKind,
    /// About what: the report, the opinion, the case, the item.
    pub subject_id: Id,
    /// Until when, with its derivation.
    pub due: Due,
}

/// Enters a duty once for a kind and subject; asked again it changes nothing.
///
/// # Errors
/// The database.
pub async fn begin(tx: &Tx, new: NewDuty) -> Result<()> {
    let id = tx.id();
    let insert = "INSERT INTO duty (id, evaluation_id, organization_id, kind, subject_id, begun_on, due_on, derivation,
        rule, extensions, told_level) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0) ON CONFLICT DO NOTHING";
    let rule = new.due.rule.map(|rule| serde_json::to_string(&rule)).transpose()?;
    let values = [
        id.into(),
        new.evaluation_id.into(),
        new.organization_id.into(),
        new.kind.as_str().into(),
        new.subject_id.into(),
        tx.today().into(),
        new.due.day.into(),
        serde_json::to_string(&new.due.derivation)?.into(),
        rule.into(),
    ];
    if tx.execute_sql(insert, values).await? == 1 {
        let event = Event::of("duty.begun", "duty", id).at(new.organization_id);
        tx.record(event.with("kind", new.kind.as_str()).with("due_on", new.due.day)).await?;
    }
    Ok(())
}

/// Enters that a duty was done today; `false` when there is none, or it ended before.
///
/// # Errors
/// The database.
pub async fn done(tx: &Tx, kind: DutyKind, subject_id: Id) -> Result<bool> {
    let sql = "UPDATE duty SET done_on = $3
        WHERE kind = $1 AND subject_id = $2 AND done_on IS NULL AND cancelled_on IS NULL
        RETURNING id, organization_id, due_on";
    let statement = tx.app().db.statement(sql, [kind.as_str().into(), subject_id.into(), tx.today().into()]);
    let Some(row) = tx.query_one_raw(statement).await? else { return Ok(false) };
    let (id, organization): (Id, Id) = (row.try_get("", "id")?, row.try_get("", "organization_id")?);
    let due_on: Day = row.try_get("", "due_on")?;
    let late = (tx.today() - due_on).num_days().max(0);
    tx.record(Event::of("duty.done", "duty", id).at(organization).with("days_late", late)).await?;
    Ok(true)
}

/// Enters that a duty is not owed any more, since what it was about was given up: nobody above is to hear that it is late,
/// and it counts as neither done nor overdue. `false` when there is none, or it ended before.
///
/// # Errors
/// The database.
pub async fn cancel(tx: &Tx, kind: DutyKind, subject_id: Id) -> Result<bool> {
    let sql = "UPDATE duty SET cancelled_on = $3
        WHERE kind = $1 AND subject_id = $2 AND done_on IS NULL AND cancelled_on IS NULL
        RETURNING id, organization_id";
    let statement = tx.app().db.statement(sql, [kind.as_str().into(), subject_id.into(), tx.today().into()]);
    let Some(row) = tx.query_one_raw(statement).await? else { return Ok(false) };
    let (id, organization): (Id, Id) = (row.try_get("", "id")?, row.try_get("", "organization_id")?);
    tx.record(Event::of("duty.cancelled", "duty", id).at(organization)).await?;
    Ok(true)
}
