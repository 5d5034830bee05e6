//! Asks to return the rest of a budget to where it came from; promised at once, so that nobody issues it meanwhile.

use kernel::event::Event;
use kernel::{Cx, Result};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::top_up::FundingAsked;
use super::{BUDGET_SHORT, funding_entity as funding, reach, reserve};
use crate::access::BUDGET_KEEP;
use crate::points::approval::{self, FUNDING};
use crate::points::text;

/// How much goes back, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BudgetGiveBack {
    /// The budget.
    pub budget_id: Uuid,
    /// How much, in cents.
    pub amount_cents: i64,
    /// Why, and to whom.
    pub reason: String,
}

/// Asks to return money.
///
/// # Errors
/// `budget.short`, `points.form`, `points_approval.nobody`, 404 outside the caller's scope; the database.
pub async fn give_back(cx: Cx, input: BudgetGiveBack) -> Result<FundingAsked> {
    let reason = text::line(&input.reason, "reason", "原因", 2, 200)?;
    let amount_cents = text::amount(input.amount_cents, "amount_cents")?;
    let tx = cx.begin().await?;
    let budget = reach::held(&cx, &tx, BUDGET_KEEP, input.budget_id).await?;
    if !reserve(&tx, budget.account_id, amount_cents).await? {
        return Err(BUDGET_SHORT.refusal().on("amount_cents").into());
    }
    let id = tx.id();
    let row = funding::ActiveModel {
        id: Set(id),
        kind: Set("give_back".to_owned()),
        budget_id: Set(budget.account_id),
        amount_cents: Set(amount_cents),
        bank_line_id: Set(None),
        reason: Set(reason),
        state: Set("waiting".to_owned()),
        asked_by: Set(cx.caller.account_id()),
        asked_at: Set(tx.now()),
        ended_at: Set(None),
        transfer_id: Set(None),
    };
    funding::Entity::insert(row).exec_without_returning(&tx).await?;
    approval::open(&tx, FUNDING, id, budget.organization_id, amount_cents).await?;
    let event = Event::of("budget.give_back_asked", "points_budget", budget.account_id).at(budget.organization_id);
    tx.record(event.with("funding_id", id).with("amount_cents", amount_cents)).await?;
    tx.commit(FundingAsked { id, amount_cents }).await
}
