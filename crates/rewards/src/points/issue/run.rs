//! Issues a released batch, chunk by chunk.
//!
//! Invariants:
//! * the *fence* comes first: the batch must still be running and of the version that this worker made when it took it
//!   over; of two workers one stops, and what it was about to issue is rolled back;
//! * lines that wait are the position: what is issued is no longer waiting, in the same transaction;
//! * the order of a line has the id of its batch and person: even without the fence it would be carried out once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use kernel::app::App;
use kernel::command::retried;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, Tx, job};
use sea_orm::{ConnectionTrait, Value};

use super::batch::load;
use super::batch_entity as batch;
use super::prepare::limit_of;
use super::tell::{Told, tell};
use super::{RUN, fence, job_of};
use crate::ledger::{self, LEDGER_BUDGET, LEDGER_STOPPED, Order, What};
use crate::points::limit::{self, Count};
use crate::points::purpose::Limit;
use crate::points::{budget, key, text};

/// The kind of the notice that members get.
pub const NOTICE: &str = "points.issued";

/// Lines of a chunk where everybody writes in one queue, and elsewhere.
const CHUNK: (i64, i64) = (48, 256);
const TABLE: &str = "issue_batch";
/// How long a batch waits for a book that stands still.
const WAIT: TimeDelta = TimeDelta::minutes(5);

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many lines were settled, and there may be more.
    Settled(usize),
    /// Every line is settled.
    Whole,
    /// The budget does not suffice.
    Short,
    /// Another worker has it.
    Stopped,
}

/// A batch in the hands of one worker.
pub struct Issuing {
    app: App,
    row: batch::Model,
    book_id: Id,
    event: Id,
    count: Count,
    limit: Option<Limit>,
}

/// Issues a batch from wherever it stands; carried out twice it changes nothing.
///
/// # Errors
/// What stopped it; what was issued stays.
pub async fn carry(app: &App, id: Id) -> Result<()> {
    let Some(issuing) = Issuing::take(app, id).await? else { return Ok(()) };
    loop {
        match issuing.step().await {
            Ok(Step::Settled(_)) => {}
            Ok(Step::Stopped) => return Ok(()),
            Ok(Step::Whole) => return issuing.finish("done").await,
            Ok(Step::Short) => return issuing.finish("short").await,
            Err(error) if ledger::is_stopped(&error) => return issuing.wait().await,
            Err(error) => return Err(error),
        }
    }
}

impl Issuing {
    /// Takes a batch over; `None` when it does not run (any more).
    ///
    /// # Errors
    /// The database.
    pub async fn take(app: &App, id: Id) -> Result<Option<Self>> {
        let tx = Cx::system(app).begin_bulk().await?;
        if !fence::take(&tx, TABLE, id).await? {
            return Ok(None);
        }
        let row = load(&tx, id).await?;
        tx.commit(()).await?;
        let conn = app.db.read();
        let budget = budget::load(conn, row.budget_id).await?;
        let limit = limit_of(conn, &row, &budget.purpose).await?;
        Ok(Some(Self {
            app: app.clone(),
            event: row.event_id.ok_or_else(|| Error::internal("a released batch without its event"))?,
            row,
            book_id: budget.book_id,
            count: Count { purpose: budget.purpose, year: budget.fiscal_year },
            limit,
        }))
    }

    /// Tries again later: the book stands still. Whoever takes it over has another version by then.
    async fn wait(&self) -> Result<()> {
        let tx = Cx::system(&self.app).begin_bulk().await?;
        let again = tx.now() + WAIT;
        job::enqueue(&tx, job_of(RUN, &self.row)?.at(again)).await?;
        tx.commit(()).await
    }

    /// Issues to the next people.
    ///
    /// # Errors
    /// `ledger.stopped`; the database; what was issued before stays.
    pub async fn step(&self) -> Result<Step> {
        retried(async || self.chunk().await).await
    }

    /// One transaction.
    async fn chunk(&self) -> Result<Step> {
        let mut tx = Cx::system(&self.app).begin_bulk().await?;
        tx.caused_by(self.event);
        if !fence::hold(&tx, TABLE, self.row.id, self.row.version).await? {
            return Ok(Step::Stopped);
        }
        let lines = self.waiting(&tx).await?;
        if lines.is_empty() {
            return Ok(Step::Whole);
        }
        // The promise is kept now, or will not be. Before the ledger: rules that draw on the budget take hold of both in
        // this order, too.
        budget::release(&tx, self.row.budget_id, sum(lines.values())?).await?;
        let settled = self.settle(&tx, &lines).await?;
        self.note(&tx, &settled).await?;
        self.tell(&tx, &settled.issued).await?;
        tx.commit(()).await?;
        Ok(if settled.short { Step::Short } else { Step::Settled(lines.len()) })
    }

    async fn waiting(&self, tx: &Tx) -> Result<BTreeMap<Id, i64>> {
        let most = if self.app.db.is_sqlite() { CHUNK.0 } else { CHUNK.1 };
        let sql = "SELECT person_id, amount_cents FROM issue_line WHERE batch_id = $1 AND state = 'waiting'
            ORDER BY person_id LIMIT $2";
        let rows = tx.query_all_raw(self.app.db.statement(sql, [self.row.id.into(), most.into()])).await?;
        rows.iter().map(|row| Ok((row.try_get("", "person_id")?, row.try_get("", "amount_cents")?))).collect()
    }

    /// Orders what the limits allow.
    async fn settle(&self, tx: &Tx, lines: &BTreeMap<Id, i64>) -> Result<Settled> {
        let persons: Vec<Id> = lines.keys().copied().collect();
        let had = limit::hold(tx, &self.count, &persons).await?;
        let blocking = self.limit.filter(|limit| limit.blocks);
        let mut settled = Settled::default();
        let mut orders = Vec::with_capacity(lines.len());
        for (person, cents) in lines {
            if limit::is_over(blocking, had.get(person).copied().unwrap_or_default(), *cents) {
                settled.refused.insert(*person, "limit".to_owned());
            } else {
                orders.push(self.order(*person, *cents));
            }
        }
        let asked: Vec<Id> = persons.into_iter().filter(|person| !settled.refused.contains_key(person)).collect();
        for (person, outcome) in asked.into_iter().zip(ledger::apply(tx, &orders).await?) {
            match outcome {
                Ok(done) => {
                    settled.issued.insert(person, done.amount_cents);
                }
                // Nobody loses anything by it: the whole chunk is gone, and its lines still wait.
                Err(refusal) if refusal.code == LEDGER_STOPPED.code => return Err(refusal.into()),
                Err(refusal) => {
                    settled.short |= refusal.code == LEDGER_BUDGET.code;
                    settled.refused.insert(person, refusal.code.into_owned());
                }
            }
        }
        limit::add(tx, &self.count, &settled.issued).await?;
        Ok(settled)
    }

    fn order(&self, person_id: Id, amount_cents: i64) -> Order {
        let what = What::Issue {
            budget_id: self.row.budget_id,
            person_id,
            amount_cents,
            expires_on: self.row.expires_on,
            reason: self.row.name.clone(),
            subject_id: Some(self.row.id),
        };
        let id = key::of("issue", &[self.row.id, person_id]);
        Order { id, book_id: self.book_id, by: self.row.made_by, what }
    }

    /// Settles the lines and counts them.
    async fn note(&self, tx: &Tx, settled: &Settled) -> Result<()> {
        let issued: BTreeSet<Id> = settled.issued.keys().copied().collect();
        self.mark(tx, &issued, "issued", None).await?;
        let mut by_code: BTreeMap<&str, BTreeSet<Id>> = BTreeMap::new();
        for (person, code) in &settled.refused {
            by_code.entry(code).or_default().insert(*person);
        }
        for (code, persons) in by_code {
            self.mark(tx, &persons, "refused", Some(code)).await?;
        }
        let sql = "UPDATE issue_batch SET issued_people = issued_people + $2, issued_cents = issued_cents + $3,
            refused_people = refused_people + $4 WHERE id = $1";
        let many = |count: usize| i64::try_from(count).map_err(Error::internal);
        let values = [
            self.row.id.into(),
            many(settled.issued.len())?.into(),
            sum(settled.issued.values())?.into(),
            many(settled.refused.len())?.into(),
        ];
        tx.execute_sql(sql, values).await?;
        Ok(())
    }

    async fn mark(&self, tx: &Tx, persons: &BTreeSet<Id>, state: &str, code: Option<&str>) -> Result<()> {
        let persons: Vec<Id> = persons.iter().copied().collect();
        for part in persons.chunks(128) {
            let places: Vec<String> = (4..4 + part.len()).map(|place| format!("${place}")).collect();
            let sql = format!(
                "UPDATE issue_line SET state = $2, code = $3
                WHERE batch_id = $1 AND state = 'waiting' AND person_id IN ({})",
                places.join(", ")
            );
            let mut values: Vec<Value> = vec![self.row.id.into(), state.into(), code.map(str::to_owned).into()];
            values.extend(part.iter().map(|person| Value::from(*person)));
            tx.execute_sql(&sql, values).await?;
        }
        Ok(())
    }

    /// A notice to everybody who got something and has an account.
    async fn tell(&self, tx: &Tx, issued: &BTreeMap<Id, i64>) -> Result<()> {
        let word = |(person, cents): (&Id, &i64)| {
            let body = format!(
                "“{}”给您发放了 {} 元积分，{} 之前可以使用。",
                self.row.name,
                text::yuan(*cents),
                self.row.expires_on
            );
            (*person, body)
        };
        let told = Told { kind: NOTICE, title: "您收到一笔积分", event: self.event };
        tell(tx, told, &issued.iter().map(word).collect()).await
    }

    /// Ends the batch; what was promised and cannot be issued is free again.
    ///
    /// # Errors
    /// The database; asked again it goes on.
    pub async fn finish(self, state: &str) -> Result<()> {
        retried(async || self.end(state).await).await
    }

    async fn end(&self, state: &str) -> Result<()> {
        let mut tx = Cx::system(&self.app).begin_bulk().await?;
        tx.caused_by(self.event);
        let sql = "UPDATE issue_batch SET state = $3, ended_at = $4, version = version + 1
            WHERE id = $1 AND version = $2 AND state = 'running'";
        let values = [self.row.id.into(), self.row.version.into(), state.into(), tx.now().into()];
        if tx.execute_sql(sql, values).await? != 1 {
            return Ok(());
        }
        let left = "SELECT CAST(COALESCE(SUM(amount_cents), 0) AS bigint) AS cents FROM issue_line
            WHERE batch_id = $1 AND state = 'waiting'";
        let row = tx.query_one_raw(self.app.db.statement(left, [self.row.id.into()])).await?;
        let left: i64 = row.ok_or_else(|| Error::internal("a sum without a row"))?.try_get("", "cents")?;
        if left > 0 {
            budget::release(&tx, self.row.budget_id, left).await?;
        }
        let row = load(&tx, self.row.id).await?;
        let event = Event::of("issue.ended", "issue_batch", row.id).at(row.organization_id);
        let event = event.with("state", state).with("issued_people", row.issued_people);
        tx.record(event.with("issued_cents", row.issued_cents)).await?;
        tx.commit(()).await
    }
}

fn sum<'a>(mut amounts: impl Iterator<Item = &'a i64>) -> Result<i64> {
    amounts
        .try_fold(0_i64, |sum, cents| sum.checked_add(*cents))
        .ok_or_else(|| Error::internal("a chunk beyond all measure"))
}

/// What became of a chunk.
#[derive(Default)]
struct Settled {
    issued: BTreeMap<Id, i64>,
    refused: BTreeMap<Id, String>,
    short: bool,
}
