//! Carries out what was asked for a budget and approved.

use kernel::event::Event;
use kernel::{Error, Id, Result, Tx};
use sea_orm::EntityTrait;

use super::{entity, funding_entity as funding, load, release};
use crate::ledger::{self, MoveKind, Order, What};

/// Moves the money; inside the command that approved it.
///
/// # Errors
/// `ledger.*`; the database.
pub async fn carry_out(tx: &Tx, id: Id) -> Result<()> {
    let row = funding::Entity::find_by_id(id).one(tx).await?.ok_or_else(Error::not_found)?;
    let budget = load(tx, row.budget_id).await?;
    let what = match row.bank_line_id {
        Some(bank_line_id) => What::TopUp { budget_id: row.budget_id, amount_cents: row.amount_cents, bank_line_id },
        None => {
            release(tx, row.budget_id, row.amount_cents).await?;
            What::Move {
                from: row.budget_id,
                to: ledger::custody_id(budget.book_id),
                amount_cents: row.amount_cents,
                kind: MoveKind::Return,
                reason: row.reason.clone(),
                subject_id: Some(row.id),
            }
        }
    };
    // The request is the order: approved twice it is carried out once.
    let order = Order { id: row.id, book_id: budget.book_id, by: tx.caller().account_id(), what };
    let outcome = ledger::apply(tx, &[order]).await?.pop();
    let done = outcome.ok_or_else(|| Error::internal("an order without an answer"))??;
    end(tx, &row, "done", Some(done.transfer_id)).await?;
    record(tx, &budget, &row, if row.kind == "top_up" { "budget.topped_up" } else { "budget.given_back" }).await
}

/// Ends a request that was not approved.
///
/// # Errors
/// The database.
pub async fn returned(tx: &Tx, id: Id) -> Result<()> {
    let row = funding::Entity::find_by_id(id).one(tx).await?.ok_or_else(Error::not_found)?;
    let budget = load(tx, row.budget_id).await?;
    if row.bank_line_id.is_none() {
        release(tx, row.budget_id, row.amount_cents).await?;
    }
    end(tx, &row, "returned", None).await?;
    record(tx, &budget, &row, "budget.request_returned").await
}

async fn end(tx: &Tx, row: &funding::Model, state: &str, transfer: Option<Id>) -> Result<()> {
    let sql =
        "UPDATE points_funding SET state = $2, ended_at = $3, transfer_id = $4 WHERE id = $1 AND state = 'waiting'";
    match tx.execute_sql(sql, [row.id.into(), state.into(), tx.now().into(), transfer.into()]).await? {
        1 => Ok(()),
        _ => Err(Error::Contention),
    }
}

async fn record(tx: &Tx, budget: &entity::Model, row: &funding::Model, kind: &'static str) -> Result<()> {
    let event = Event::of(kind, "points_budget", budget.account_id).at(budget.organization_id);
    tx.record(event.with("funding_id", row.id).with("amount_cents", row.amount_cents)).await?;
    Ok(())
}
