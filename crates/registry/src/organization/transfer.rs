//! Moving a union, with all below it, under another parent from a day on.
//!
//! Figures of that day and later follow the move; those of earlier days stay as they were.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::routes::Done;
use kernel::time::Day;
use kernel::{Cx, Id, Result, Tx, node};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{MOVE_DAY, MOVE_SAME, ORGANIZATION_LEVEL, ORGANIZATION_ROOT, record, rules};
use crate::access::ORGANIZATION_CHANGE;

/// How far ahead a move may be entered.
const MOST_DAYS_AHEAD: u64 = 366;

/// A move.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MoveInput {
    /// Which union.
    pub id: Uuid,
    /// Under whom from then on.
    pub parent_id: Uuid,
    /// From which day; today or within a year.
    pub from: NaiveDate,
    /// Why, 2 to 200 characters.
    pub reason: String,
}

/// Moves an established union; the caller runs both its old and its new parent.
///
/// # Errors
/// `move.*`, `organization.level`, `organization.root`, `node.cycle`, `node.early`, `not_found` for a parent out of
/// reach; the database.
pub async fn transfer(cx: Cx, input: MoveInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let union = record::visible(&cx, &tx, input.id).await?;
    record::must_be_established(&union)?;
    let reason = record::clean_reason(&input.reason)?;
    check_day(input.from, tx.today())?;
    let old = parent_on(&tx, union.id, input.from).await?;
    let above = parent_on(&tx, union.id, tx.today()).await?;
    for node in [above, old, input.parent_id] {
        cx.caller.must(&tx, ORGANIZATION_CHANGE, node).await?;
    }
    let parent = record::load(&tx, input.parent_id).await?;
    record::must_be_established(&parent)?;
    if old == parent.id {
        return Err(MOVE_SAME.refusal().on("parent_id").into());
    }
    let (below, above) = (union.kind()?, parent.kind()?);
    if !rules::may_stand_under(below, above) {
        let sentence = format!("“{}”不能直接放在“{}”之下，请另选上级工会。", below.label(), above.label());
        return Err(ORGANIZATION_LEVEL.with(sentence).on("parent_id").into());
    }
    node::place(&tx, union.id, parent.id, input.from).await?;
    record::touch(&tx, &union).await?;
    let moved = Event::of("organization.moved", "organization", union.id).with("from_id", old);
    record::record(&tx, moved.with("to_id", parent.id).with("on", input.from), Some(reason)).await?;
    tx.commit(Done {}).await
}

fn check_day(from: Day, today: Day) -> Result<()> {
    let last = today.checked_add_days(chrono::Days::new(MOST_DAYS_AHEAD)).unwrap_or(today);
    if (today..=last).contains(&from) { Ok(()) } else { Err(MOVE_DAY.refusal().on("from").into()) }
}

async fn parent_on(tx: &Tx, id: Id, day: Day) -> Result<Id> {
    node::parent(tx, id, day).await?.ok_or_else(|| ORGANIZATION_ROOT.refusal().into())
}
