//! Enters spending, a correction of it, or a note.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::{Cx, Id, Result, Tx};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{self, FundEntryKind};
use super::{FUND_BELOW_ZERO, FUND_CHANGED, FUND_CLOSED, FUND_ENTRY, entity, entry_entity as entry, list, reach};

/// What is entered.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FundEntryInput {
    /// The item.
    pub fund_id: Uuid,
    /// What it is.
    pub kind: FundEntryKind,
    /// When the money was spent; today unless told.
    #[serde(default)]
    pub day: Option<NaiveDate>,
    /// So many cents; of a correction how many more or less; 0 of a note.
    #[serde(default)]
    pub cents: i64,
    /// What for; of a correction why.
    pub what: String,
    /// The entry that a correction puts right.
    #[serde(default)]
    pub corrects: Option<Uuid>,
}

/// What was entered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FundEntered {
    /// The entry.
    pub id: Uuid,
    /// What is spent now, in cents.
    pub spent_cents: i64,
}

/// Enters something about a budget item; it is never changed afterwards.
///
/// # Errors
/// `fund.form`, `fund.day`, `fund.closed`, `fund.entry`, `fund.below_zero`, 404 outside the caller's scope; the database.
pub async fn enter(cx: Cx, input: FundEntryInput) -> Result<FundEntered> {
    let cents = rules::amount(input.kind, input.cents)?;
    let what = rules::text(&input.what, "what", "用途或原因", 2, 200)?;
    let tx = cx.begin().await?;
    let item = reach::kept(&cx, &tx, input.fund_id).await?;
    if input.kind == FundEntryKind::Spent && item.state == "closed" {
        return Err(FUND_CLOSED.refusal().into());
    }
    let day = rules::spent_on(rules::day_or_today(input.day, tx.now()), item.year, tx.today())?;
    let corrects = corrected(&tx, &item, &input).await?;
    // Two who enter at once stand in one line: the sum that each looked at is still the sum.
    let touch = "UPDATE fund_item SET version = version + 1 WHERE id = $1 AND state = 'running'";
    if item.state == "running" && tx.execute_sql(touch, [item.id.into()]).await? != 1 {
        return Err(FUND_CHANGED.refusal().into());
    }
    let spent = list::spent(&tx, &[item.id]).await?.remove(&item.id).unwrap_or_default();
    let spent_cents = spent.checked_add(cents).filter(|sum| *sum >= 0).ok_or_else(|| FUND_BELOW_ZERO.refusal())?;
    let id = tx.id();
    let row = entry::ActiveModel {
        id: Set(id),
        item_id: Set(item.id),
        kind: Set(input.kind.as_str().to_owned()),
        day: Set(day),
        cents: Set(cents),
        what: Set(what),
        corrects: Set(corrects),
        entered_by: Set(cx.caller.account_id()),
        entered_at: Set(tx.now()),
    };
    entry::Entity::insert(row).exec_without_returning(&tx).await?;
    let event = Event::of("fund.entry", "fund_item", item.id).at(item.organization_id);
    let event = event.with("entry_id", id).with("kind", input.kind.as_str()).with("cents", cents);
    tx.record(event.with("corrects", corrects).with("day", day)).await?;
    tx.commit(FundEntered { id, spent_cents }).await
}

/// The entry that is put right: one of this item, and spending itself rather than a correction of it.
async fn corrected(tx: &Tx, item: &entity::Model, input: &FundEntryInput) -> Result<Option<Id>> {
    let no = || FUND_ENTRY.refusal().on("corrects");
    match (input.kind, input.corrects) {
        (FundEntryKind::Correction, Some(id)) => {
            let row = entry::Entity::find_by_id(id).one(tx).await?;
            let row = row.filter(|row| row.item_id == item.id && row.kind == "spent").ok_or_else(no)?;
            Ok(Some(row.id))
        }
        (FundEntryKind::Correction, None) => Err(no().into()),
        (_, Some(_)) => Err(no().into()),
        (_, None) => Ok(None),
    }
}
