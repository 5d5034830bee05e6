//! Asks to take points of a batch back; another person approves.

use std::collections::BTreeSet;

use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::{Cx, Id, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::look::forecast;
use super::rules::named;
use super::{CORRECTION_NOTHING, CORRECTION_OPEN, CORRECTION_PEOPLE, entity, load};
use crate::access::POINTS_ISSUE;
use crate::points::approval::{self, CORRECTION};
use crate::points::issue::BATCH_STATE;
use crate::points::issue::batch::{held, known};
use crate::points::text;

/// What to take back, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct IssueCorrectionAsk {
    /// The batch.
    pub batch_id: Uuid,
    /// Everything of it; else what those who are named got.
    pub whole: bool,
    /// From whom.
    #[serde(default)]
    pub person_ids: Vec<Uuid>,
    /// Why, as members read it, 2 to 100 characters.
    pub reason: String,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueCorrectionAsked {
    /// The correction.
    pub id: Uuid,
    /// Lines that are asked for.
    pub people: i64,
    /// What was issued to them, in cents.
    pub amount_cents: i64,
}

/// Asks to take points back.
///
/// # Errors
/// `issue_correction.*`, `issue.state`, `points.form`, `points_approval.nobody`, 404 outside the caller's scope; the
/// database.
pub async fn ask(cx: Cx, input: IssueCorrectionAsk) -> Result<IssueCorrectionAsked> {
    let reason = text::line(&input.reason, "reason", "原因", 2, 100)?;
    let persons = named(input.whole, &input.person_ids)?;
    // Before the transaction: a batch that has ended stays as it is, and to look through a large one takes a while.
    let conn = cx.read();
    let batch = if input.whole {
        held(&cx, conn, POINTS_ISSUE, input.batch_id).await?
    } else {
        known(&cx, conn, input.batch_id).await?
    };
    if batch.state != "done" && batch.state != "short" {
        return Err(BATCH_STATE.refusal().into());
    }
    let coming = forecast(conn, batch.id, &persons).await?;
    if usize::try_from(coming.people).is_ok_and(|people| people < persons.len()) {
        return Err(CORRECTION_PEOPLE.refusal().on("person_ids").into());
    }
    if coming.back_cents == 0 {
        return Err(CORRECTION_NOTHING.refusal().into());
    }
    let tx = cx.begin().await?;
    let id = tx.id();
    let row = entity::ActiveModel {
        id: Set(id),
        batch_id: Set(batch.id),
        organization_id: Set(batch.organization_id),
        whole: Set(input.whole),
        reason: Set(reason),
        people: Set(coming.people),
        amount_cents: Set(coming.amount_cents),
        state: Set("waiting".to_owned()),
        cursor: Set(None),
        done_people: Set(0),
        taken_cents: Set(0),
        event_id: Set(None),
        asked_by: Set(cx.caller.account_id()),
        asked_at: Set(tx.now()),
        return_reason: Set(None),
        ended_at: Set(None),
        version: Set(1),
    };
    let claimed = entity::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if claimed.exec_without_returning(&tx).await? != 1 {
        return Err(CORRECTION_OPEN.refusal().into());
    }
    let row = load(&tx, id).await?;
    name(&tx, &row, &persons).await?;
    // Asked are those who approve what was issued: more than that cannot move.
    approval::open(&tx, CORRECTION, id, row.organization_id, row.amount_cents).await?;
    let event = Event::of("issue_correction.asked", "issue_correction", id).at(row.organization_id);
    let event = event.with("batch_id", row.batch_id).with("people", row.people);
    tx.record(event.with("amount_cents", row.amount_cents)).await?;
    tx.commit(IssueCorrectionAsked { id, people: row.people, amount_cents: row.amount_cents }).await
}

/// Enters those who are named, with what they got.
async fn name(tx: &Tx, row: &entity::Model, persons: &BTreeSet<Id>) -> Result<()> {
    if persons.is_empty() {
        return Ok(());
    }
    let places: Vec<String> = (2..2 + persons.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT person_id, amount_cents FROM issue_line
        WHERE batch_id = $1 AND state = 'issued' AND person_id IN ({})",
        places.join(", ")
    );
    let mut values: Vec<Value> = vec![row.batch_id.into()];
    values.extend(persons.iter().map(|person| Value::from(*person)));
    let mut lines = Vec::with_capacity(persons.len());
    for line in tx.query_all_raw(tx.app().db.statement(&sql, values)).await? {
        let (person, cents): (Id, i64) = (line.try_get("", "person_id")?, line.try_get("", "amount_cents")?);
        lines.push(vec![row.id.into(), person.into(), cents.into(), "waiting".into(), Value::BigInt(Some(0))]);
    }
    let columns = ["correction_id", "person_id", "amount_cents", "state", "taken_cents"];
    insert_rows(tx, "issue_correction_line", &columns, lines, "").await?;
    Ok(())
}
