//! Matches a bank line to a budget; another person approves, then the money is there.

use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, Tx, node};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{BUDGET_LINE_BOOK, BUDGET_LINE_MATCHED, entity, funding_entity as funding, reach};
use crate::access::BANK_KEEP;
use crate::points::approval::{self, FUNDING};
use crate::points::bank::{BANK_LINE_PAYOUT_BACK, entity as bank_line, payouts_back};
use crate::points::text;

/// Which line belongs to which budget.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankLineMatch {
    /// The line.
    pub bank_line_id: Uuid,
    /// The budget.
    pub budget_id: Uuid,
    /// What shows that they belong together.
    pub reason: String,
}

/// A request that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FundingAsked {
    /// Which.
    pub id: Uuid,
    /// How much, in cents.
    pub amount_cents: i64,
}

/// Asks to put a bank line into a budget.
///
/// # Errors
/// `budget.line_matched`, `budget.line_book`, `bank_line.payout_back`, `points.form`, `points_approval.nobody`, 404 outside
/// the caller's scope; the database.
pub async fn top_up(cx: Cx, input: BankLineMatch) -> Result<FundingAsked> {
    let reason = text::line(&input.reason, "reason", "依据", 2, 200)?;
    let tx = cx.begin().await?;
    let line = bank_line::Entity::find_by_id(input.bank_line_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let budget = reach::held(&cx, &tx, BANK_KEEP, input.budget_id).await?;
    if line.book_id != budget.book_id {
        return Err(BUDGET_LINE_BOOK.refusal().on("budget_id").into());
    }
    if !payouts_back(&tx, std::iter::once(line.id)).await?.is_empty() {
        return Err(BANK_LINE_PAYOUT_BACK.refusal().into());
    }
    let id = enter(&tx, &budget, &line, reason).await?;
    // The account at the bank is the city's: the second person sits there.
    let path = node::path(&tx, budget.organization_id, tx.today()).await?;
    let city = path.last().copied().ok_or_else(Error::not_found)?;
    approval::open_at(&tx, FUNDING, id, city).await?;
    tx.commit(FundingAsked { id, amount_cents: line.amount_cents }).await
}

/// Enters the request that puts a bank line into a budget; answers its id.
///
/// # Errors
/// `budget.line_matched`; the database.
pub async fn enter(tx: &Tx, budget: &entity::Model, line: &bank_line::Model, reason: String) -> Result<Id> {
    let id = tx.id();
    let row = funding::ActiveModel {
        id: Set(id),
        kind: Set("top_up".to_owned()),
        budget_id: Set(budget.account_id),
        amount_cents: Set(line.amount_cents),
        bank_line_id: Set(Some(line.id)),
        reason: Set(reason),
        state: Set("waiting".to_owned()),
        asked_by: Set(tx.caller().account_id()),
        asked_at: Set(tx.now()),
        ended_at: Set(None),
        transfer_id: Set(None),
    };
    let insert = funding::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(tx).await? != 1 {
        return Err(BUDGET_LINE_MATCHED.refusal().into());
    }
    let event = Event::of("budget.top_up_asked", "points_budget", budget.account_id).at(budget.organization_id);
    let event = event.with("funding_id", id).with("bank_line_id", line.id).with("amount_cents", line.amount_cents);
    tx.record(event).await?;
    Ok(id)
}
