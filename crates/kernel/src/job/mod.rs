//! Work that outlives the request: enqueued in the command's transaction, so it is done if
//! and only if the command was committed; carried out by any server; tried again when it
//! fails.
//!
//! * A worker claims a job for a minute at a time (a *lease*) and renews it while it works;
//!   the job of a worker that died is taken over when its lease ends, or, on SQLite, when the
//!   next server starts ([`release`]).
//! * Only the holder of the lease may finish a job. A worker can die between its effect and
//!   that mark, so **handlers must be idempotent**: claim the effect with a unique key.
//! * Failures wait 10 s, 20 s, 40 s … at the most an hour; the tenth one is final, with the
//!   error's text in the row.
//! * A cron row names the next moment; one of several servers moves it on and enqueues.
//!
//! ```
//! use kernel::job::{Every, Jobs};
//! let jobs = Jobs::new()
//!     .on("greeting.send", async |_app, _person: kernel::Id| Ok(()))
//!     .every("tidy", Every::daily(3, 30), async |_app| Ok(()));
//! assert_eq!(jobs.kinds().collect::<Vec<_>>(), ["cron.tidy", "greeting.send"]);
//! ```

mod cron;
mod housekeeping;
mod work;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use sea_orm::{ConnectionTrait, Statement};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::app::App;
use crate::background::Background;
use crate::command::Tx;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::time::Time;

pub use cron::{Every, schedule_due};
pub use housekeeping::{housekeeping, tidy};
pub use work::{LEASE, MAX_ATTEMPTS, release, work, work_off};

type Carry = Arc<dyn Fn(App, Value) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// A job about to be enqueued.
#[derive(Debug, Clone)]
pub struct New {
    kind: String,
    payload: Value,
    once_key: Option<String>,
    run_at: Option<Time>,
}

impl New {
    /// A job to be done at once. The payload holds ids, not personal data.
    ///
    /// # Errors
    /// When the payload cannot be JSON.
    pub fn of(kind: &str, payload: impl Serialize) -> Result<Self> {
        Ok(Self { kind: kind.to_owned(), payload: serde_json::to_value(payload)?, once_key: None, run_at: None })
    }

    /// Enqueued once only under this key, however often it is asked for.
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.once_key = Some(key.into());
        self
    }

    /// Not before this moment.
    #[must_use]
    pub fn at(mut self, time: Time) -> Self {
        self.run_at = Some(time);
        self
    }
}

/// Enqueues; `false` when a job with the same once-key is already there.
///
/// # Errors
/// The database.
pub async fn enqueue(tx: &Tx, new: New) -> Result<bool> {
    tx.ring_jobs();
    insert(tx, tx.id(), tx.now(), new).await
}

async fn insert(conn: &impl ConnectionTrait, id: Id, now: Time, new: New) -> Result<bool> {
    let sql = "INSERT INTO job (id, kind, payload, once_key, run_at, attempts, state)
        VALUES ($1, $2, $3, $4, $5, 0, 'waiting') ON CONFLICT DO NOTHING";
    let payload = serde_json::to_string(&new.payload)?;
    let run_at = new.run_at.unwrap_or(now);
    let values = [id.into(), new.kind.into(), payload.into(), new.once_key.into(), run_at.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    Ok(conn.execute_raw(statement).await?.rows_affected() == 1)
}

/// What a process can carry out.
#[derive(Clone)]
pub struct Jobs {
    handlers: BTreeMap<String, Carry>,
    crons: Vec<(&'static str, Every)>,
    /// How often a lease is renewed.
    beat: Duration,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { handlers: BTreeMap::new(), crons: Vec::new(), beat: LEASE / 3 }
    }
}

impl Jobs {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How a kind of job is carried out; it must be idempotent.
    #[must_use]
    pub fn on<P, F, Fut>(mut self, kind: &str, carry: F) -> Self
    where
        P: DeserializeOwned + Send + 'static,
        F: Fn(App, P) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        let carry: Carry = Arc::new(move |app, payload| match serde_json::from_value(payload) {
            Ok(payload) => carry(app, payload).boxed(),
            Err(error) => std::future::ready(Err(Error::internal(error))).boxed(),
        });
        self.handlers.insert(kind.to_owned(), carry);
        self
    }

    /// What is done again and again; its job is called `cron.` and the name.
    #[must_use]
    pub fn every<F, Fut>(mut self, name: &'static str, every: Every, carry: F) -> Self
    where
        F: Fn(App) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.crons.push((name, every));
        self.on(&format!("cron.{name}"), move |app, _: Value| carry(app))
    }

    /// Leases are renewed so often; a third of [`LEASE`] unless told, for tests that have no minute.
    #[must_use]
    pub fn renewed_every(mut self, beat: Duration) -> Self {
        self.beat = beat;
        self
    }

    /// The kinds it can carry out, in order.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.handlers.keys().map(String::as_str)
    }

    fn handler(&self, kind: &str) -> Option<Carry> {
        self.handlers.get(kind).cloned()
    }

    /// Starts `workers` workers and the cron.
    pub fn start(self, background: &mut Background, app: &App, workers: usize) {
        let jobs = Arc::new(self);
        for _ in 0..workers {
            background.spawn(|stop| work(app.clone(), jobs.clone(), stop));
        }
        background.spawn(|stop| cron::run(app.clone(), jobs.clone(), stop));
    }
}
