//! A fast figure without durability is no figure: an engine that may lose an
//! acknowledged commit is refused. Only a smoke run, which says that its figures mean nothing, does not ask.

use kernel::db::Db;
use sea_orm::ConnectionTrait;

use crate::fault::Fault;

/// What each engine must answer for a commit to survive power loss.
const POSTGRES: [(&str, &str); 3] = [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on")];

/// Refuses an engine that does not sync its commits.
pub async fn check(db: &Db) -> Result<(), Fault> {
    if db.is_sqlite() {
        // Asked on the connection that writes: the setting belongs to a connection.
        let tx = db.begin().await?;
        let mode = ask(db, &tx, "PRAGMA journal_mode", "journal_mode").await?;
        let row = tx.query_one_raw(db.statement("PRAGMA synchronous", [])).await.map_err(kernel::Error::from)?;
        let level: i64 = row.and_then(|row| row.try_get("", "synchronous").ok()).unwrap_or_default();
        kernel::db::commit(tx).await?;
        // 2 is FULL.
        return if mode == "wal" && level == 2 {
            Ok(())
        } else {
            Err(refused(&format!("journal_mode={mode}, synchronous={level}")))
        };
    }
    for (name, wanted) in POSTGRES {
        let value = ask(db, db.read(), &format!("SHOW {name}"), name).await?;
        if value != wanted {
            return Err(refused(&format!("{name}={value}")));
        }
    }
    Ok(())
}

async fn ask(db: &Db, conn: &impl ConnectionTrait, sql: &str, column: &str) -> Result<String, Fault> {
    let row = conn.query_one_raw(db.statement(sql, [])).await.map_err(kernel::Error::from)?;
    Ok(row.and_then(|row| row.try_get("", column).ok()).unwrap_or_default())
}

fn refused(what: &str) -> Fault {
    Fault::new(
        format!("数据库没有按断电不丢的方式设置（{what}），不测量。"),
        format!("The engine may lose acknowledged commits ({what}); it is not measured."),
    )
}
