//! Orders inside a transaction, set-wise: lock → load → decide → write.

use kernel::combine::Outcome;
use kernel::{Result, Tx};
use sea_orm::DatabaseConnection;

use super::engine::{Engine, Moment};
use super::facts::Facts;
use super::order::{Done, Order};
use super::{load, lock, write};

/// Carries orders out in their sequence; answers one outcome for each. What was refused is kept as refused, so the
/// transaction is committed also when all of them are. The books stay locked until it ends.
///
/// # Errors
/// Contention, or the database; then nothing of it is there once the transaction is gone.
pub async fn apply(tx: &Tx, orders: &[Order]) -> Result<Vec<Outcome<Done>>> {
    apply_each(tx, None, &with_facts(orders)).await
}

/// The same in a transaction that has written nothing yet: part of what many orders touch may be read beside it.
///
/// # Errors
/// As [`apply`].
pub async fn apply_first(tx: &Tx, orders: &[Order]) -> Result<Vec<Outcome<Done>>> {
    apply_first_each(tx, &with_facts(orders)).await
}

pub(super) async fn apply_first_each(tx: &Tx, orders: &[(&Order, Facts)]) -> Result<Vec<Outcome<Done>>> {
    apply_each(tx, tx.app().db.free_reader(), orders).await
}

fn with_facts(orders: &[Order]) -> Vec<(&Order, Facts)> {
    orders.iter().map(|order| (order, Facts::of(order))).collect()
}

async fn apply_each(
    tx: &Tx,
    beside: Option<&DatabaseConnection>,
    orders: &[(&Order, Facts)],
) -> Result<Vec<Outcome<Done>>> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let books = lock::lock_books(tx, orders.iter().map(|(order, _)| order.book_id)).await?;
    let moment = Moment { now: tx.now() };
    let state = load::load(tx, beside, books, orders, moment).await?;
    let mut engine = Engine::new(state, moment);
    let outcomes = orders.iter().map(|(order, facts)| engine.carry_out(order, facts)).collect();
    write::write(tx, &engine).await?;
    Ok(outcomes)
}
