//! Ends lots whose last day is over.
//!
//! Lots come in order of last day and id, and the sweep goes on after the last one it looked at: one that cannot end yet
//! (all of it is held) does not stand in the way of the others, and is looked at again the next night.

use kernel::app::App;
use kernel::command::retried;
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use sea_orm::ConnectionTrait;

use crate::ledger::{self, Order, What};
use crate::points::key;

/// Lots of a transaction where everybody writes in one queue, and elsewhere.
const CHUNK: (i64, i64) = (48, 256);

/// A lot whose last day is over.
#[derive(Debug, Clone, Copy)]
struct Ended {
    id: Id,
    book_id: Id,
    expires_on: Day,
}

/// Ends what is over; answers how many lots. Cut off at any moment it is taken up again by the next one.
///
/// # Errors
/// What stopped it; what was ended stays.
pub async fn sweep(app: &App) -> Result<usize> {
    let (mut ended, mut after) = (0, (Day::default(), Id::nil()));
    loop {
        let lots = over(app, after).await?;
        let Some(last) = lots.last() else { return Ok(ended) };
        after = (last.expires_on, last.id);
        ended += retried(async || end(app, &lots).await).await?;
    }
}

async fn over(app: &App, after: (Day, Id)) -> Result<Vec<Ended>> {
    let most = if app.db.is_sqlite() { CHUNK.0 } else { CHUNK.1 };
    let sql = "SELECT id, book_id, expires_on FROM lot WHERE is_open AND expires_on < $1
        AND (expires_on > $2 OR (expires_on = $2 AND id > $3)) ORDER BY expires_on, id LIMIT $4";
    let values = [app.clock.today().into(), after.0.into(), after.1.into(), most.into()];
    let rows = app.db.read().query_all_raw(app.db.statement(sql, values)).await?;
    let lot = |row: &sea_orm::QueryResult| {
        Ok(Ended {
            id: row.try_get("", "id")?,
            book_id: row.try_get("", "book_id")?,
            expires_on: row.try_get("", "expires_on")?,
        })
    };
    rows.iter().map(lot).collect()
}

/// Ends some lots in one transaction; answers how many ended now.
async fn end(app: &App, lots: &[Ended]) -> Result<usize> {
    let tx = Cx::system(app).begin_bulk().await?;
    let today = tx.today();
    let order = |lot: &Ended| Order {
        // Of a day: what is refunded to an ended lot later ends on a later one.
        id: key::on("expire", &[lot.id], today),
        book_id: lot.book_id,
        by: None,
        what: What::Expire { lot_id: lot.id, today },
    };
    let orders: Vec<Order> = lots.iter().map(order).collect();
    let outcomes = ledger::apply(&tx, &orders).await?;
    tx.commit(outcomes.iter().filter(|outcome| outcome.as_ref().is_ok_and(|done| done.fresh)).count()).await
}
