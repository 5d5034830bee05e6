//! What a verb holds in its hands.
//!
//! A verb is an async function that takes a [`Cx`] and its input and reads top to
//! bottom: begin → load → check → change → record → commit.
//!
//! ```
//! # use kernel::{Cx, Id, Result, access::Permission, event::Event};
//! # const BOX_CHANGE: Permission = Permission("box.change");
//! # pub struct RenameInput { id: Id, name: String }
//! # #[derive(serde::Serialize)] pub struct Renamed { id: Id }
//! pub async fn rename(cx: Cx, input: RenameInput) -> Result<Renamed> {
//!     let tx = cx.begin().await?;
//!     cx.caller.must(&tx, BOX_CHANGE, input.id).await?;
//!     tx.execute_sql("UPDATE box SET name = $2 WHERE id = $1", [input.id.into(), input.name.into()]).await?;
//!     tx.record(Event::of("box.renamed", "box", input.id)).await?;
//!     tx.commit(Renamed { id: input.id }).await
//! }
//! ```
//!
//! [`Tx::commit`] stores the answer under the request's idempotency key, so the
//! same submit sent again gets the same answer and changes nothing.
//! [`Tx::refuse`] commits what the refusal must leave behind (a counted wrong
//! code) and returns the refusal.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::RngExt;
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use serde::Serialize;

use crate::app::App;
use crate::caller::Caller;
use crate::db::{self, Write, Writing, write_all};
use crate::error::{Error, IDEMPOTENCY_MISMATCH, Refusal, Result};
use crate::event::Event;
use crate::id::Id;
use crate::time::{Day, Time};

/// Attempts before "busy".
pub const ATTEMPTS: u32 = 8;

/// A submit that may be sent twice: the hash of who, where and which key, and the
/// hash of what was asked.
#[derive(Debug, Clone)]
pub struct Claim {
    /// SM3 over account, route and key.
    pub key_hash: [u8; 32],
    /// SM3 over the input.
    pub fingerprint: [u8; 32],
}

/// Context of one command or query: the process, the caller, the request.
#[derive(Clone)]
pub struct Cx {
    /// The running process.
    pub app: App,
    /// Who asks.
    pub caller: Caller,
    /// Number of the request, for logs and events.
    pub request_id: Option<String>,
    /// What the person's device calls itself, cut to 120 characters.
    pub device: String,
    pub(crate) claim: Option<Claim>,
    cookie: Arc<Mutex<Option<String>>>,
}

impl Cx {
    /// A context for a caller.
    #[must_use]
    pub fn new(app: App, caller: Caller) -> Self {
        Self { app, caller, request_id: None, device: String::new(), claim: None, cookie: Arc::default() }
    }

    pub(crate) fn of_request(
        app: App,
        caller: Caller,
        request_id: Option<String>,
        device: String,
        claim: Option<Claim>,
    ) -> Self {
        Self { request_id, device, claim, ..Self::new(app, caller) }
    }

    /// The same context without the submit's idempotency key, for the single
    /// transactions of a batch: each row is idempotent by itself.
    #[must_use]
    pub fn unclaimed(&self) -> Self {
        Self { claim: None, ..self.clone() }
    }

    /// A context for background work: no person, every permission checked elsewhere.
    #[must_use]
    pub fn system(app: &App) -> Self {
        Self::new(app.clone(), Caller::system())
    }

    /// The connection for queries.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        self.app.db.read()
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Time {
        self.app.clock.now()
    }

    /// The present day in China.
    #[must_use]
    pub fn today(&self) -> Day {
        self.app.clock.today()
    }

    /// Hands the browser a new session token (`None` clears it).
    pub fn set_session_cookie(&self, token: Option<&str>) {
        let text = token.unwrap_or_default().to_owned();
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }

    pub(crate) fn take_cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Starts the command's transaction and claims its idempotency key.
    ///
    /// # Errors
    /// [`Error::Replay`] when this submit was already carried out; a refusal when
    /// the key was used for something else; contention; the database.
    pub async fn begin(&self) -> Result<Tx> {
        let tx = self.open(self.app.db.begin().await?);
        if let Some(claim) = &self.claim {
            tx.claim(claim).await?;
        }
        Ok(tx)
    }

    /// Starts one transaction of bulk work (READ COMMITTED): many rows, idempotent by themselves, kept apart from
    /// others by row locks and constraints. Never for a person's single command, and never held over 20 ms on
    /// SQLite, where everybody writes in one queue.
    ///
    /// # Errors
    /// When no connection is free in time or the database is away.
    pub async fn begin_bulk(&self) -> Result<Tx> {
        Ok(self.unclaimed().open(self.app.db.begin_relaxed().await?))
    }

    fn open(&self, inner: Writing) -> Tx {
        let (recorded, enqueued) = (AtomicBool::new(false), AtomicBool::new(false));
        Tx { inner, cx: self.clone(), now: self.now(), cause: None, recorded, enqueued }
    }
}

/// Runs an attempt again, with a growing random pause, while it loses races.
///
/// # Errors
/// Whatever the attempt says; contention after [`ATTEMPTS`] lost races.
pub async fn retried<T, F, Fut>(attempt: F) -> Result<T>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    for round in 0..ATTEMPTS {
        match attempt().await {
            Err(Error::Contention) => step_back(round).await,
            outcome => return outcome,
        }
    }
    tracing::warn!("a command lost {ATTEMPTS} races");
    Err(Error::Contention)
}

/// Waits a random while, longer with every race that was lost before this one.
pub(crate) async fn step_back(round: u32) {
    let ceiling = 4_u64 << round.min(6);
    let pause = rand::rng().random_range(1..=ceiling);
    tokio::time::sleep(Duration::from_millis(pause)).await;
}

/// An open command: a transaction that knows who acts and when.
pub struct Tx {
    inner: Writing,
    cx: Cx,
    now: Time,
    cause: Option<Id>,
    recorded: AtomicBool,
    enqueued: AtomicBool,
}

impl Tx {
    /// The moment of this command, the same for everything it writes.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// The day of this command in China.
    #[must_use]
    pub fn today(&self) -> Day {
        crate::calendar::china_day(self.now)
    }

    /// The running process.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.cx.app
    }

    /// Who acts.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.cx.caller
    }

    /// A new identifier.
    #[must_use]
    pub fn id(&self) -> Id {
        self.cx.app.ids.next()
    }

    /// Marks all following events as caused by one bulk action; notices ignore them.
    pub fn caused_by(&mut self, cause: Id) {
        self.cause = Some(cause);
    }

    /// Records an event of this command; committed with it or not at all.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record(&self, event: Event) -> Result<Id> {
        Ok(self.record_many(vec![event]).await?.remove(0))
    }

    /// Records many events of one bulk action, in the order given; answers their ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record_many(&self, events: Vec<Event>) -> Result<Vec<Id>> {
        let (ids, writes) = self.draft(events)?;
        write_all(self, writes).await?;
        Ok(ids)
    }

    /// Events with their ids, in the order given, still to be written ([`write_all`]) by this command: together with rows
    /// that name them, or while the database is busy with others.
    ///
    /// # Errors
    /// When one of them cannot be written down.
    pub fn draft(&self, events: Vec<Event>) -> Result<(Vec<Id>, Vec<Write>)> {
        if events.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        self.recorded.store(true, Ordering::Relaxed);
        let ids: Vec<Id> = events.iter().map(|_| self.id()).collect();
        let actor = self.cx.caller.account_id();
        let request_id = self.cx.request_id.clone();
        let by = crate::event::By { at: self.now, actor, cause: self.cause, request_id };
        let writes = crate::event::writes(&ids, &by, events)?.into();
        Ok((ids, writes))
    }

    /// Wakes the workers once this is committed.
    pub(crate) fn ring_jobs(&self) {
        self.enqueued.store(true, Ordering::Relaxed);
    }

    /// Runs a raw statement with `$1` placeholders; answers the rows affected.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn execute_sql(&self, sql: &str, values: impl IntoIterator<Item = Value> + Send) -> Result<u64> {
        let statement = self.cx.app.db.statement(sql, values);
        Ok(self.inner.execute_raw(statement).await?.rows_affected())
    }

    async fn claim(&self, claim: &Claim) -> Result<()> {
        let insert = "INSERT INTO idempotency (key_hash, fingerprint, day) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let values = [claim.key_hash.to_vec().into(), claim.fingerprint.to_vec().into(), self.today().into()];
        if self.execute_sql(insert, values).await? == 1 {
            return Ok(());
        }
        let select = "SELECT fingerprint, answer FROM idempotency WHERE key_hash = $1";
        let statement = self.cx.app.db.statement(select, [claim.key_hash.to_vec().into()]);
        let row = self.inner.query_one_raw(statement).await?.ok_or(Error::Contention)?;
        let fingerprint: Vec<u8> = row.try_get("", "fingerprint")?;
        let answer: Option<String> = row.try_get("", "answer")?;
        match answer {
            Some(answer) if fingerprint == claim.fingerprint => Err(Error::Replay(serde_json::from_str(&answer)?)),
            _ => Err(IDEMPOTENCY_MISMATCH.refusal().into()),
        }
    }

    /// Commits, keeps the answer for a repeated submit, and hands it on.
    ///
    /// # Errors
    /// Contention, or the database.
    pub async fn commit<T: Serialize>(self, answer: T) -> Result<T> {
        if let Some(claim) = &self.cx.claim {
            let text = serde_json::to_string(&answer)?;
            let update = "UPDATE idempotency SET answer = $2 WHERE key_hash = $1";
            self.execute_sql(update, [claim.key_hash.to_vec().into(), text.into()]).await?;
        }
        self.finish().await?;
        Ok(answer)
    }

    /// Commits what a refusal must leave behind and returns it as the error.
    ///
    /// # Errors
    /// Always: the refusal, or what stopped the commit.
    pub async fn refuse<T>(self, refusal: Refusal) -> Result<T> {
        if let Some(claim) = &self.cx.claim {
            let delete = "DELETE FROM idempotency WHERE key_hash = $1";
            self.execute_sql(delete, [claim.key_hash.to_vec().into()]).await?;
        }
        self.finish().await?;
        Err(refusal.into())
    }

    async fn finish(self) -> Result<()> {
        let app = self.cx.app;
        db::commit(self.inner).await?;
        if self.recorded.into_inner() {
            app.bells.sealer.notify_one();
        }
        if self.enqueued.into_inner() {
            app.bells.jobs.notify_one();
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}
