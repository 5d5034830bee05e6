//! Orders inside a transaction, set-wise: lock → load → decide → write.

use kernel::combine::Outcome;
use kernel::{Result, Tx};

use super::engine::{Engine, Moment};
use super::order::{Done, Order};
use super::{load, lock, write};

/// Carries orders out in their sequence; answers one outcome for each. What was refused is kept as refused, so the
/// transaction is committed also when all of them are. The books stay locked until it ends.
///
/// # Errors
/// Contention, or the database; then nothing of it is there once the transaction is gone.
pub async fn apply(tx: &Tx, orders: &[Order]) -> Result<Vec<Outcome<Done>>> {
    apply_each(tx, &orders.iter().collect::<Vec<_>>()).await
}

pub(super) async fn apply_each(tx: &Tx, orders: &[&Order]) -> Result<Vec<Outcome<Done>>> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let books = lock::lock_books(tx, orders.iter().map(|order| order.book_id)).await?;
    let state = load::load(tx, books, orders).await?;
    let mut engine = Engine::new(state, Moment { now: tx.now() });
    let outcomes = orders.iter().map(|order| engine.carry_out(order)).collect();
    write::write(tx, &engine).await?;
    Ok(outcomes)
}
