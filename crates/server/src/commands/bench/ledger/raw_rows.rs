//! Rows of transfers with nothing but the engine in between: the same table, the same indexes, a hundred a transaction.

use std::time::{Duration, Instant};

use kernel::Id;
use kernel::db::{Db, commit};
use kernel::id::Ids;
use rewards::ledger::columns::TRANSFER;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;
use tokio::sync::Mutex;

use super::super::Bench;
use super::super::stage::{Engine, Stage};
use crate::fault::Fault;

const ROWS: usize = 100;
/// Accounts that get.
const SHOPS: usize = 557;

/// A database that takes them.
pub struct Inserts {
    stage: Stage,
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
        let row = |row: usize| {
            let places: Vec<String> = (1..=TRANSFER.len()).map(|n| format!("${}", row * TRANSFER.len() + n)).collect();
            format!("({})", places.join(", "))
        };
        let rows: Vec<String> = (0..ROWS).map(row).collect();
        let sql = format!("INSERT INTO transfer ({}) VALUES {}", TRANSFER.join(", "), rows.join(", "));
        let accounts = (0..20_000).map(|_| stage.app.ids.next()).collect();
        let book = stage.app.ids.next();
        Ok(Self { stage, sql, last: Mutex::new(0), accounts, book })
    }

    /// Rows a second.
    pub async fn load(&self, time: Duration) -> Result<f64, Fault> {
        let (started, mut rows) = (Instant::now(), 0_u32);
        let mut last = self.last.lock().await;
        while started.elapsed() < time {
            let values: Vec<Value> = (0..ROWS)
                .flat_map(|_| {
                    *last += 1;
                    self.row(*last)
                })
                .collect();
            let db: &Db = &self.stage.app.db;
            let tx = db.begin_relaxed().await?;
            tx.execute_raw(db.statement(&self.sql, values)).await.map_err(kernel::Error::from)?;
            commit(tx).await?;
            rows += 100;
        }
        Ok(f64::from(rows) / started.elapsed().as_secs_f64())
    }

    fn row(&self, number: i64) -> Vec<Value> {
        let app = &self.stage.app;
        let at = usize::try_from(number).unwrap_or_default();
        // As payments have them: one of many gives, one of few gets.
        let (few, many) = self.accounts.split_at(SHOPS);
        let account = |of: &[Id], place: usize| of.get(place % of.len()).copied().unwrap_or_default();
        let nothing = None::<Id>;
        vec![
            Ids::random().into(),
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
            nothing.into(),
            nothing.into(),
            nothing.into(),
            nothing.into(),
            nothing.into(),
            nothing.into(),
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
