//! When the table of holidays has changed, the last days of running duties are worked out again.

use kernel::app::App;
use kernel::calendar::{self, Calendar, Rule};
use kernel::command::retried;
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{End, entity, extend, list};

/// Duties that are read at a time.
const PAGE: u64 = 500;

/// Moves the last day of every running duty that the present table of holidays makes later; answers how many. A day that
/// it would make earlier stays: a union may rely on the day that it was told.
///
/// # Errors
/// The database; what was moved stays moved.
pub async fn recount(app: &App) -> Result<usize> {
    let calendar = calendar::load(app.db.read()).await?;
    let mut moved = 0;
    let mut after = Id::nil();
    loop {
        let rows = entity::Entity::find()
            .filter(list::open())
            .filter(entity::Column::Rule.is_not_null())
            .filter(entity::Column::Id.gt(after))
            .order_by_asc(entity::Column::Id)
            .limit(PAGE)
            .all(app.db.read())
            .await?;
        let Some(last) = rows.last() else { return Ok(moved) };
        after = last.id;
        for row in rows.iter().filter(|row| later(&calendar, row).is_some()) {
            moved += usize::from(retried(async || one(app, row.id).await).await?);
        }
    }
}

async fn one(app: &App, id: Id) -> Result<bool> {
    let tx = Cx::system(app).begin().await?;
    let row = entity::Entity::find_by_id(id).one(&tx).await?.filter(|row| row.end() == End::Open);
    let calendar = calendar::load(&tx).await?;
    let Some((row, due)) = row.and_then(|row| later(&calendar, &row).map(|due| (row, due))) else {
        return Ok(false);
    };
    extend::shift(&tx, &row, &due, None).await?;
    tx.commit(true).await
}

/// The last day by the present calendar, when it is later than the one that was told.
fn later(calendar: &Calendar, row: &entity::Model) -> Option<calendar::Due> {
    let rule: Rule = serde_json::from_str(row.rule.as_deref()?).ok()?;
    let due = calendar.due(rule);
    (due.day > row.due_on).then_some(due)
}
