//! Every night what waits is shuffled into the boxes, except shortly before the end: so that the last batch is not made
//! of the last few who came.

use chrono::TimeDelta;
use kernel::app::App;
use kernel::{Id, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{Column, Entity};
use super::flush;

/// How long before the end ballots are held back.
const LAST: TimeDelta = TimeDelta::days(3);
/// Polls that are read at a time.
const PAGE: u64 = 200;

/// Shuffles every open poll that does not end soon.
///
/// # Errors
/// The database. A poll that cannot be shuffled does not hold up the others.
pub async fn round(app: &App) -> Result<()> {
    let mut after = Id::nil();
    loop {
        let open: Vec<Id> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::State.eq("open"))
            .filter(Column::ClosesAt.gt(app.clock.now() + LAST))
            .filter(Column::Id.gt(after))
            .order_by_asc(Column::Id)
            .limit(PAGE)
            .into_tuple()
            .all(app.db.read())
            .await?;
        let Some(last) = open.last() else { return Ok(()) };
        after = *last;
        for id in open {
            if let Err(error) = flush(app, id, false).await {
                tracing::error!(poll = %id, %error, "ballots not shuffled");
            }
        }
    }
}
