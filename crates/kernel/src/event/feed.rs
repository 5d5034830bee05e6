//! Reading events by their number: consumers (point rules, notices, figures) see each one,
//! in order, and never miss one that was committed late.
//!
//! A consumer does its work and moves its position in one transaction, so each event has
//! its effect once, also with several servers:
//!
//! ```no_run
//! # use kernel::event::Feed;
//! # async fn example(cx: kernel::Cx) -> kernel::Result<()> {
//! const FEED: Feed = Feed("welcome_notices");
//! let tx = cx.begin().await?;
//! let events = FEED.claim(&tx, 100).await?;
//! for sealed in &events { /* … */ }
//! FEED.advance(&tx, &events).await?;
//! tx.commit(()).await
//! # }
//! ```

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};

use super::entity::{self, sealed};
use crate::command::Tx;
use crate::error::Result;

/// An event with its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Its number.
    pub seq: i64,
    /// Its link.
    pub hash: Vec<u8>,
    /// What happened.
    pub event: entity::Model,
}

/// Events after a number, oldest first.
///
/// # Errors
/// The database.
pub async fn read_after(conn: &impl ConnectionTrait, seq: i64, limit: u64) -> Result<Vec<Sealed>> {
    let rows = sealed::Entity::find()
        .find_also_related(entity::Entity)
        .filter(sealed::Column::Seq.gt(seq))
        .order_by_asc(sealed::Column::Seq)
        .limit(limit)
        .all(conn)
        .await?;
    let whole = |(link, event): (sealed::Model, Option<entity::Model>)| {
        Some(Sealed { seq: link.seq, hash: link.hash, event: event? })
    };
    Ok(rows.into_iter().filter_map(whole).collect())
}

/// A consumer and how far it has read.
#[derive(Debug, Clone, Copy)]
pub struct Feed(pub &'static str);

impl Feed {
    /// The number of the last event it has dealt with; 0 at first.
    ///
    /// # Errors
    /// The database.
    pub async fn position(self, conn: &impl ConnectionTrait) -> Result<i64> {
        self.read_position(conn, "").await
    }

    async fn read_position(self, conn: &impl ConnectionTrait, lock: &str) -> Result<i64> {
        let sql = format!("SELECT seq FROM feed_position WHERE consumer = $1{lock}");
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [self.0.into()]);
        let row = conn.query_one_raw(statement).await?;
        Ok(row.map(|row| row.try_get("", "seq")).transpose()?.unwrap_or_default())
    }

    /// The next events; until the transaction ends no other server gets them.
    ///
    /// # Errors
    /// Contention, or the database.
    pub async fn claim(self, tx: &Tx, limit: u64) -> Result<Vec<Sealed>> {
        let first = "INSERT INTO feed_position (consumer, seq) VALUES ($1, 0) ON CONFLICT DO NOTHING";
        tx.execute_sql(first, [self.0.into()]).await?;
        let lock = if tx.app().db.is_sqlite() { "" } else { " FOR UPDATE" };
        let seq = self.read_position(tx, lock).await?;
        read_after(tx, seq, limit).await
    }

    /// Marks claimed events as dealt with.
    ///
    /// # Errors
    /// Contention, or the database.
    pub async fn advance(self, tx: &Tx, done: &[Sealed]) -> Result<()> {
        if let Some(last) = done.last() {
            let update = "UPDATE feed_position SET seq = $2 WHERE consumer = $1 AND seq < $2";
            tx.execute_sql(update, [self.0.into(), last.seq.into()]).await?;
        }
        Ok(())
    }
}
