//! Carries out, or ends, what was asked for two budgets; and what both of them show of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::event::Event;
use kernel::{Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::shaped;
use super::{allocation_entity as allocation, entity, load, release};
use crate::ledger::{self, MoveKind, Order, What};

/// Allocations shown at the most.
const SHOWN: u64 = 200;

/// Moves the money; inside the command that approved it.
///
/// # Errors
/// `ledger.*`; the database.
pub async fn carry_out_allocation(tx: &Tx, id: Id) -> Result<()> {
    let row = allocation::Entity::find_by_id(id).one(tx).await?.ok_or_else(Error::not_found)?;
    let (from, to) = (load(tx, row.from_id).await?, load(tx, row.to_id).await?);
    release(tx, from.account_id, row.amount_cents).await?;
    let what = What::Move {
        from: from.account_id,
        to: to.account_id,
        amount_cents: row.amount_cents,
        kind: MoveKind::Allocate,
        reason: row.reason.clone(),
        subject_id: Some(row.id),
    };
    // The request is the order: approved twice it is carried out once.
    let order = Order { id: row.id, book_id: from.book_id, by: tx.caller().account_id(), what };
    let outcome = ledger::apply(tx, &[order]).await?.pop();
    let done = outcome.ok_or_else(|| Error::internal("an order without an answer"))??;
    end(tx, id, "done", Some(done.transfer_id)).await?;
    record(tx, "budget.moved_out", &from, &row).await?;
    record(tx, "budget.moved_in", &to, &row).await
}

/// Ends an allocation that was not approved.
///
/// # Errors
/// The database.
pub async fn allocation_returned(tx: &Tx, id: Id) -> Result<()> {
    let row = allocation::Entity::find_by_id(id).one(tx).await?.ok_or_else(Error::not_found)?;
    let from = load(tx, row.from_id).await?;
    release(tx, from.account_id, row.amount_cents).await?;
    end(tx, id, "returned", None).await?;
    record(tx, "budget.request_returned", &from, &row).await
}

async fn end(tx: &Tx, id: Id, state: &str, transfer: Option<Id>) -> Result<()> {
    let sql =
        "UPDATE points_allocation SET state = $2, ended_at = $3, transfer_id = $4 WHERE id = $1 AND state = 'waiting'";
    match tx.execute_sql(sql, [id.into(), state.into(), tx.now().into(), transfer.into()]).await? {
        1 => Ok(()),
        _ => Err(Error::Contention),
    }
}

async fn record(tx: &Tx, kind: &'static str, budget: &entity::Model, row: &allocation::Model) -> Result<()> {
    let event = Event::of(kind, "points_budget", budget.account_id).at(budget.organization_id);
    tx.record(event.with("allocation_id", row.id).with("amount_cents", row.amount_cents)).await?;
    Ok(())
}

/// Money that went to another budget or came from it, or is about to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AllocationRow {
    /// Which.
    pub id: Uuid,
    /// It comes into this budget; otherwise it goes out.
    pub incoming: bool,
    /// The other budget.
    pub other_id: Uuid,
    /// What people call the other budget.
    pub other_name: String,
    /// How much, in cents.
    pub amount_cents: i64,
    /// Why.
    pub reason: String,
    /// `waiting`, `done`, `returned`.
    pub state: String,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// The transfer that carried it out.
    pub transfer_id: Option<Uuid>,
}

/// Allocations of a budget, the latest first.
///
/// # Errors
/// The database.
pub async fn allocations(conn: &impl ConnectionTrait, budget: Id) -> Result<Vec<AllocationRow>> {
    let either = Condition::any().add(allocation::Column::FromId.eq(budget)).add(allocation::Column::ToId.eq(budget));
    let rows = allocation::Entity::find()
        .filter(either)
        .order_by_desc(allocation::Column::AskedAt)
        .order_by_desc(allocation::Column::Id)
        .limit(SHOWN);
    let rows = rows.all(conn).await?;
    let other = |row: &allocation::Model| if row.to_id == budget { row.from_id } else { row.to_id };
    let names = names(conn, rows.iter().map(other).collect()).await?;
    let shape = |row: allocation::Model| AllocationRow {
        incoming: row.to_id == budget,
        other_id: other(&row),
        other_name: names.get(&other(&row)).cloned().unwrap_or_default(),
        id: row.id,
        amount_cents: row.amount_cents,
        reason: row.reason,
        state: row.state,
        asked_at: row.asked_at,
        transfer_id: row.transfer_id,
    };
    Ok(rows.into_iter().map(shape).collect())
}

/// What people call budgets: union, year and purpose.
///
/// # Errors
/// The database.
pub async fn names(conn: &impl ConnectionTrait, budgets: Vec<Id>) -> Result<BTreeMap<Id, String>> {
    let rows = entity::Entity::find().filter(entity::Column::AccountId.is_in(budgets)).all(conn).await?;
    let name = |row: super::BudgetRow| {
        (row.id, format!("{}，{} 年{}", row.organization_name, row.fiscal_year, row.purpose_label))
    };
    Ok(shaped(conn, rows).await?.into_iter().map(name).collect())
}
