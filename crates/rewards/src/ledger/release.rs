//! Holds whose time is over are released, earliest first, and never before.

use kernel::app::App;
use kernel::{Cx, Id, Result};
use sea_orm::ConnectionTrait;

use super::account::derived;
use super::apply::apply;
use super::order::{Order, What};

/// Holds of one transaction.
const CHUNK: usize = 100;

/// Releases every hold that is due; answers how many.
///
/// # Errors
/// The database; what was released stays.
pub async fn release_due(app: &App) -> Result<usize> {
    let mut released = 0;
    loop {
        let tx = Cx::system(app).begin_bulk().await?;
        let sql = format!(
            "SELECT id, book_id FROM ledger_hold WHERE state = 'held' AND expires_at <= $1
                AND book_id NOT IN (SELECT id FROM ledger_book WHERE stopped_at IS NOT NULL)
            ORDER BY expires_at, id LIMIT {CHUNK}"
        );
        let rows = tx.query_all_raw(app.db.statement(&sql, [tx.now().into()])).await?;
        if rows.is_empty() {
            return Ok(released);
        }
        let mut orders = Vec::with_capacity(rows.len());
        for row in &rows {
            let (hold_id, book_id): (Id, Id) = (row.try_get("", "id")?, row.try_get("", "book_id")?);
            let id = release_id(hold_id);
            orders.push(Order { id, book_id, by: None, what: What::Release { hold_id } });
        }
        // Somebody else may have resolved one meanwhile: that is a refusal, and the next look does not find it.
        let outcomes = apply(&tx, &orders).await?;
        let fresh = outcomes.iter().filter(|one| matches!(one, Ok(done) if done.fresh)).count();
        tx.commit(()).await?;
        released += fresh;
        if fresh == 0 {
            return Ok(released);
        }
    }
}

/// The id of the order by which the platform releases a hold.
fn release_id(hold_id: Id) -> Id {
    derived(&[b"zhigong release 1".as_slice(), hold_id.as_bytes()].concat(), Some(hold_id))
}
