//! Ends exports whose days are over, and tells of those that nobody writes any more.

use chrono::TimeDelta;
use kernel::app::App;
use kernel::event::Event;
use kernel::{Cx, Result, file};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::entity as export;

/// Exports of one transaction.
const CHUNK: u64 = 20;
/// Hours after which an export that is not written is given up.
const GIVEN_UP_HOURS: i64 = 24;

/// Ends what is over; carried out again it changes nothing.
///
/// # Errors
/// The database.
pub async fn round(app: &App) -> Result<()> {
    while expire(app).await? {}
    let tx = Cx::system(app).begin_bulk().await?;
    let sql = "UPDATE export SET state = 'failed', trouble = $2
        WHERE state IN ('waiting', 'running') AND created_at < $1";
    let over = tx.now() - TimeDelta::hours(GIVEN_UP_HOURS);
    tx.execute_sql(sql, [over.into(), "文件一直没有写成，请重新导出；再不成请告诉系统管理员。".into()]).await?;
    tx.commit(()).await
}

/// Ends some; answers whether there may be more.
async fn expire(app: &App) -> Result<bool> {
    let tx = Cx::system(app).begin_bulk().await?;
    let over = export::Entity::find()
        .filter(export::Column::State.eq("ready"))
        .filter(export::Column::ExpiresAt.lte(tx.now()))
        .limit(CHUNK)
        .all(&tx)
        .await?;
    for row in &over {
        let sql = "UPDATE export SET state = 'expired', file_id = NULL WHERE id = $1 AND state = 'ready'";
        if tx.execute_sql(sql, [row.id.into()]).await? == 1 {
            if let Some(file_id) = row.file_id {
                file::drop_file(&tx, file_id).await?;
            }
            tx.record(Event::of("export.expired", "export", row.id).at(row.organization_id)).await?;
        }
    }
    let more = over.len() as u64 == CHUNK;
    tx.commit(()).await?;
    Ok(more)
}
