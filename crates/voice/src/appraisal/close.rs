//! The end of the voting: no ballot is taken any more, the last ones are shuffled in, and nothing is shown yet.
//!
//! Each step can be carried out again: a process killed between two of them goes on in the next round.

use kernel::app::App;
use kernel::command::retried;
use kernel::event::Event;
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity;
use super::rules::State;
use crate::poll::{self, Purpose, entity as boxes};

/// Ends the voting of every evaluation whose time is over; answers how many.
///
/// # Errors
/// The database; those that were closed stay closed.
pub async fn due(app: &App) -> Result<usize> {
    use entity::Column;
    let open = entity::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(State::Open.as_str()))
        .filter(Column::ClosesAt.lte(app.clock.now()))
        .order_by_asc(Column::ClosesAt);
    let ids: Vec<Id> = open.into_tuple().all(app.db.read()).await?;
    let mut closed = 0;
    for id in ids {
        closed += usize::from(retried(async || close(app, id).await).await?);
    }
    Ok(closed)
}

/// Ends the voting of one evaluation and closes its boxes, at once; `false` when that was done already or is not due.
///
/// # Errors
/// The database.
pub async fn close(app: &App, id: Id) -> Result<bool> {
    let tx = Cx::system(app).begin().await?;
    let sql = "UPDATE evaluation SET state = 'closing', closed_at = $2, version = version + 1
        WHERE id = $1 AND state = 'open' AND closes_at <= $2 RETURNING organization_id";
    let statement = app.db.statement(sql, [id.into(), tx.now().into()]);
    let Some(row) = tx.query_one_raw(statement).await? else {
        return Ok(false);
    };
    for poll in polls(&tx, id).await? {
        poll::close(&tx, poll).await?;
    }
    tx.record(Event::of("evaluation.closing", "evaluation", id).at(row.try_get("", "organization_id")?)).await?;
    tx.commit(true).await
}

/// Evaluations in which no ballot is taken any more and of which the result is not out yet, the oldest first: what is
/// to be shuffled in, counted and published.
///
/// # Errors
/// The database.
pub async fn waiting(app: &App) -> Result<Vec<Id>> {
    use entity::Column;
    let closing = entity::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(State::Closing.as_str()))
        .order_by_asc(Column::ClosesAt);
    Ok(closing.into_tuple().all(app.db.read()).await?)
}

/// Shuffles the last ballots of a closed evaluation into its boxes; 1 to 4 in all are destroyed and counted.
///
/// # Errors
/// As [`poll::flush`].
pub async fn shuffle_last(app: &App, evaluation: Id) -> Result<()> {
    for poll in polls(app.db.read(), evaluation).await? {
        poll::flush(app, poll, true).await?;
    }
    Ok(())
}

/// The boxes that are opened with an evaluation; later rounds of asking again have an end of their own.
async fn polls(conn: &impl ConnectionTrait, evaluation: Id) -> Result<Vec<Id>> {
    let rows = boxes::Entity::find()
        .select_only()
        .column(boxes::Column::Id)
        .filter(boxes::Column::EvaluationId.eq(evaluation))
        .filter(boxes::Column::Purpose.is_in([Purpose::Rating.as_str(), Purpose::Opinion.as_str()]))
        .order_by_asc(boxes::Column::Id);
    Ok(rows.into_tuple().all(conn).await?)
}
