//! Rows of transfers with nothing but the engine in between: the same table, the same indexes, a hundred a transaction.
//!
//! Each engine gets them in one statement, in the way that is fastest there: nameless places on SQLite, which looks a
//! name up among all the others each time it is bound; an array a column on PostgreSQL. What is empty in all rows is
//! not sent.

use std::time::{Duration, Instant};

use kernel::Id;
use kernel::db::{commit, insert_rows};
use rewards::ledger::columns::TRANSFER;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;
use tokio::sync::Mutex;

use super::super::Bench;
use super::super::stage::{Engine, Stage};
use crate::fault::Fault;

/// Rows of one transaction.
const ROWS: u32 = 100;
/// Columns that a payment in process leaves empty.
const EMPTY: [&str; 6] = ["subject_id", "shop_id", "actor_id", "reverses_id", "hold_id", "bank_line_id"];
/// Accounts that get.
const SHOPS: usize = 557;

/// A database that takes them.
pub struct Inserts {
    stage: Stage,
    columns: Vec<&'static str>,
    /// All rows of a transaction, for SQLite.
    sql: String,
    /// The last number, and the accounts that take turns.
    last: Mutex<i64>,
    accounts: Vec<Id>,
    /// A book of their own, in which every number is free.
    book: Id,
}

impl Inserts {
    /// A city of its own, so that the table grows beside the other one.
    pub async fn open(bench: &Bench, engine: &Engine) -> Result<Self, Fault> {
        let stage = Stage::open(engine, bench, "rows").await?.quiet().await;
        let columns: Vec<&str> = TRANSFER.into_iter().filter(|column| !EMPTY.contains(column)).collect();
        let row = format!("({})", vec!["?"; columns.len()].join(", "));
        let rows: Vec<&str> = (0..ROWS).map(|_| row.as_str()).collect();
        let sql = format!("INSERT INTO transfer ({}) VALUES {}", columns.join(", "), rows.join(", "));
        let accounts = (0..20_000).map(|_| stage.app.ids.next()).collect();
        let book = stage.app.ids.next();
        Ok(Self { stage, columns, sql, last: Mutex::new(0), accounts, book })
    }

    /// Rows a second.
    pub async fn load(&self, time: Duration) -> Result<f64, Fault> {
        let (started, mut rows) = (Instant::now(), 0_u32);
        let mut last = self.last.lock().await;
        while started.elapsed() < time {
            let some = self.rows(&mut last);
            let db = &self.stage.app.db;
            let tx = db.begin_relaxed().await?;
            if db.is_sqlite() {
                let values = some.into_iter().flatten();
                tx.execute_raw(db.statement(&self.sql, values)).await.map_err(kernel::Error::from)?;
            } else {
                insert_rows(&tx, "transfer", &self.columns, some, "").await?;
            }
            commit(tx).await?;
            rows += ROWS;
        }
        Ok(f64::from(rows) / started.elapsed().as_secs_f64())
    }

    /// Those of the next transaction.
    fn rows(&self, last: &mut i64) -> Vec<Vec<Value>> {
        let row = |_| {
            *last += 1;
            self.row(*last)
        };
        (0..ROWS).map(row).collect()
    }

    fn row(&self, number: i64) -> Vec<Value> {
        let app = &self.stage.app;
        let at = usize::try_from(number).unwrap_or_default();
        // As payments have them: one of many gives, one of few gets.
        let (few, many) = self.accounts.split_at(SHOPS);
        let account = |of: &[Id], place: usize| of.get(place % of.len()).copied().unwrap_or_default();
        vec![
            app.ids.next().into(),
            vec![7_u8; 32].into(),
            self.book.into(),
            number.into(),
            "pay".into(),
            account(many, at.wrapping_mul(2_654_435_761)).into(),
            account(few, at).into(),
            1_i64.into(),
            number.into(),
            number.into(),
            "午餐".into(),
            app.ids.next().into(),
            app.clock.now().into(),
            app.clock.today().into(),
        ]
    }

    /// Removes it.
    pub async fn close(self) -> Result<(), Fault> {
        self.stage.close().await
    }
}
