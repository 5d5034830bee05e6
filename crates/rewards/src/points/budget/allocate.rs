//! Asks to move money to another budget of the same book; promised at once, so that nobody issues it meanwhile.

use kernel::event::Event;
use kernel::{Cx, Result};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::top_up::FundingAsked;
use super::{BUDGET_OTHER_BOOK, BUDGET_SAME, BUDGET_SHORT, allocation_entity as allocation, reach, reserve};
use crate::access::BUDGET_KEEP;
use crate::points::approval::{self, ALLOCATION};
use crate::points::text;

/// How much goes where, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BudgetAllocate {
    /// The budget that gives.
    pub budget_id: Uuid,
    /// The budget that gets.
    pub to_id: Uuid,
    /// How much, in cents.
    pub amount_cents: i64,
    /// Why.
    pub reason: String,
}

/// Asks to move money. The levels above the union that gives approve, as for everything that it spends.
///
/// # Errors
/// `budget.short`, `budget.same`, `budget.other_book`, `points.form`, `points_approval.nobody`, 404 outside the caller's
/// scope; the database.
pub async fn allocate(cx: Cx, input: BudgetAllocate) -> Result<FundingAsked> {
    let reason = text::line(&input.reason, "reason", "原因", 2, 200)?;
    let amount_cents = text::amount(input.amount_cents, "amount_cents")?;
    let tx = cx.begin().await?;
    let from = reach::held(&cx, &tx, BUDGET_KEEP, input.budget_id).await?;
    let to = reach::held(&cx, &tx, BUDGET_KEEP, input.to_id).await?;
    if from.account_id == to.account_id {
        return Err(BUDGET_SAME.refusal().on("to_id").into());
    }
    if from.book_id != to.book_id {
        return Err(BUDGET_OTHER_BOOK.refusal().on("to_id").into());
    }
    if !reserve(&tx, from.account_id, amount_cents).await? {
        return Err(BUDGET_SHORT.refusal().on("amount_cents").into());
    }
    let id = tx.id();
    let row = allocation::ActiveModel {
        id: Set(id),
        from_id: Set(from.account_id),
        to_id: Set(to.account_id),
        amount_cents: Set(amount_cents),
        reason: Set(reason),
        state: Set("waiting".to_owned()),
        asked_by: Set(cx.caller.account_id()),
        asked_at: Set(tx.now()),
        ended_at: Set(None),
        transfer_id: Set(None),
    };
    allocation::Entity::insert(row).exec_without_returning(&tx).await?;
    approval::open(&tx, ALLOCATION, id, from.organization_id, amount_cents).await?;
    let event = Event::of("budget.allocation_asked", "points_budget", from.account_id).at(from.organization_id);
    let event = event.with("allocation_id", id).with("to_id", to.account_id).with("amount_cents", amount_cents);
    tx.record(event).await?;
    tx.commit(FundingAsked { id, amount_cents }).await
}
