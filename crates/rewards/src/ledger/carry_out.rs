//! An order together with those of others.

use kernel::app::App;
use kernel::combine::{Action, Counts, Outcome};
use kernel::{Result, Tx};

use super::apply::apply_first_each;
use super::facts::Facts;
use super::order::{Done, Order};

struct CarryOut(Order, Facts);

impl Action for CarryOut {
    const NAME: &'static str = "ledger.carry_out";
    type Answer = Done;

    async fn apply(tx: &Tx, batch: &[Self]) -> Result<Vec<Outcome<Done>>> {
        apply_first_each(tx, &batch.iter().map(|one| (&one.0, one.1)).collect::<Vec<_>>()).await
    }
}

/// Carries out one order and answers after the commit. When the answer is lost, or an error, the same order may be sent
/// again: it is carried out once. Never inside an open transaction.
///
/// # Errors
/// The order's refusal; `system.busy`; the database.
pub async fn carry_out(app: &App, order: Order) -> Result<Done> {
    let facts = Facts::of(&order);
    app.combine(CarryOut(order, facts)).await
}

/// What the line of orders has done since the process started; for measurements, never for decisions.
#[must_use]
pub fn counts(app: &App) -> Counts {
    app.combiners.counts::<CarryOut>()
}
