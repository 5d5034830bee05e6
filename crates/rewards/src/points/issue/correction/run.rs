//! Takes points back line by line, chunk by chunk.
//!
//! Invariants:
//! * the *fence* comes first: the correction must still be running and of the version that this worker made when it took
//!   it over; of two workers one stops, and what it was about to take back is rolled back;
//! * the position is the last person whose line was dealt with, committed with the orders;
//! * the orders of a line have ids of its correction and person: even without the fence they would be carried out once.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use kernel::app::App;
use kernel::command::retried;
use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Refusal, Result, Tx, job};
use sea_orm::{ConnectionTrait, Value};

use super::rules::{Became, became};
use super::{entity, job_of, load};
use crate::ledger::{self, Done, LEDGER_REVERSED, LEDGER_STOPPED, Order, What};
use crate::points::issue::fence;
use crate::points::issue::tell::{Told, tell};
use crate::points::limit::{self, Count};
use crate::points::{budget, issue, key, text};

/// The kind of the notice that members get.
pub const NOTICE: &str = "points.taken_back";

/// Lines of a chunk where everybody writes in one queue, and elsewhere.
const CHUNK: (i64, i64) = (32, 256);
const TABLE: &str = "issue_correction";
/// How long a correction waits for a book that stands still.
const WAIT: TimeDelta = TimeDelta::minutes(5);

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many lines were dealt with, and there may be more.
    Dealt(usize),
    /// Every line is dealt with.
    Whole,
    /// Another worker has it.
    Stopped,
}

/// A correction in the hands of one worker.
pub struct Correcting {
    app: App,
    row: entity::Model,
    batch: issue::batch_entity::Model,
    book_id: Id,
    event: Id,
    count: Count,
}

/// Takes back from wherever it stands; carried out twice it changes nothing.
///
/// # Errors
/// What stopped it; what came back stays.
pub async fn carry(app: &App, id: Id) -> Result<()> {
    let Some(correcting) = Correcting::take(app, id).await? else { return Ok(()) };
    loop {
        match correcting.step().await {
            Ok(Step::Dealt(_)) => {}
            Ok(Step::Stopped) => return Ok(()),
            Ok(Step::Whole) => return correcting.finish().await,
            Err(error) if ledger::is_stopped(&error) => return correcting.wait().await,
            Err(error) => return Err(error),
        }
    }
}

impl Correcting {
    /// Takes a correction over; `None` when it does not run (any more).
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
        let batch = issue::load(conn, row.batch_id).await?;
        let budget = budget::load(conn, batch.budget_id).await?;
        Ok(Some(Self {
            app: app.clone(),
            event: row.event_id.ok_or_else(|| Error::internal("a released correction without its event"))?,
            row,
            batch,
            book_id: budget.book_id,
            count: Count { purpose: budget.purpose, year: budget.fiscal_year },
        }))
    }

    /// Tries again later: the book stands still. Whoever takes it over has another version by then.
    async fn wait(&self) -> Result<()> {
        let tx = Cx::system(&self.app).begin_bulk().await?;
        let again = tx.now() + WAIT;
        job::enqueue(&tx, job_of(&self.row)?.at(again)).await?;
        tx.commit(()).await
    }

    /// Takes back from the next people.
    ///
    /// # Errors
    /// `ledger.stopped`; the database; what came back before stays.
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
        let lines = self.next(&tx).await?;
        if lines.is_empty() {
            return Ok(Step::Whole);
        }
        let settled = self.settle(&tx, &lines).await?;
        self.note(&tx, &lines, &settled).await?;
        self.tell(&tx, &settled).await?;
        tx.commit(()).await?;
        Ok(Step::Dealt(lines.len()))
    }

    /// The next lines after the position, by person, with what was issued.
    async fn next(&self, tx: &Tx) -> Result<BTreeMap<Id, i64>> {
        let most = if self.app.db.is_sqlite() { CHUNK.0 } else { CHUNK.1 };
        let after = load(tx, self.row.id).await?.cursor.unwrap_or_default();
        let mut values: Vec<Value> = vec![self.row.batch_id.into(), after.into(), most.into()];
        let named = if self.row.whole {
            ""
        } else {
            values.push(self.row.id.into());
            "AND EXISTS (SELECT 1 FROM issue_correction_line n WHERE n.correction_id = $4 AND n.person_id = l.person_id)"
        };
        let sql = format!(
            "SELECT l.person_id, l.amount_cents FROM issue_line l
            WHERE l.batch_id = $1 AND l.state = 'issued' AND l.person_id > $2 {named} ORDER BY l.person_id LIMIT $3"
        );
        let rows = tx.query_all_raw(self.app.db.statement(&sql, values)).await?;
        rows.iter().map(|row| Ok((row.try_get("", "person_id")?, row.try_get("", "amount_cents")?))).collect()
    }

    /// Reverses what nobody touched. What was spent in part is refused there, and what is left of it taken back: the book
    /// is locked since the first order, so nobody spends in between.
    async fn settle(&self, tx: &Tx, lines: &BTreeMap<Id, i64>) -> Result<BTreeMap<Id, Became>> {
        let persons: Vec<Id> = lines.keys().copied().collect();
        // Before the ledger, as whoever issues does.
        limit::hold(tx, &self.count, &persons).await?;
        let whole = |transfer_id, reason| What::Reverse { transfer_id, reason };
        let mut answers = self.order(tx, "correct.whole", persons, whole).await?;
        let touched =
            |answer: &Result<Done, Refusal>| answer.as_ref().is_err_and(|refusal| refusal.code == LEDGER_REVERSED.code);
        let rest: Vec<Id> = answers.iter().filter(|(_, answer)| touched(answer)).map(|(person, _)| *person).collect();
        let left = |transfer_id, reason| What::TakeBack { transfer_id, reason };
        answers.extend(self.order(tx, "correct.rest", rest, left).await?);
        let settled = answers.iter().map(|(person, answer)| {
            let issued = lines.get(person).copied().unwrap_or_default();
            (*person, became(issued, answer))
        });
        Ok(settled.collect())
    }

    /// Orders something about the issues of these people.
    async fn order(
        &self,
        tx: &Tx,
        name: &str,
        persons: Vec<Id>,
        what: impl Fn(Id, String) -> What,
    ) -> Result<BTreeMap<Id, Result<Done, Refusal>>> {
        let reason = format!("更正“{}”：{}", self.batch.name, self.row.reason);
        let order = |person: &Id| Order {
            id: key::of(name, &[self.row.id, *person]),
            book_id: self.book_id,
            by: self.row.asked_by,
            what: what(key::of("issue", &[self.batch.id, *person]), reason.clone()),
        };
        let orders: Vec<Order> = persons.iter().map(order).collect();
        let outcomes = ledger::apply(tx, &orders).await?;
        // Nothing is lost by it: the whole chunk is gone, and comes again.
        let stopped = outcomes.iter().filter_map(|one| one.as_ref().err()).find(|no| no.code == LEDGER_STOPPED.code);
        if let Some(stopped) = stopped {
            return Err(stopped.clone().into());
        }
        Ok(persons.into_iter().zip(outcomes).collect())
    }

    /// Enters what became of the lines, counts them, and moves the position on.
    async fn note(&self, tx: &Tx, lines: &BTreeMap<Id, i64>, settled: &BTreeMap<Id, Became>) -> Result<()> {
        let rows = settled.iter().map(|(person, line)| {
            vec![
                self.row.id.into(),
                (*person).into(),
                lines.get(person).copied().unwrap_or_default().into(),
                line.state.into(),
                line.taken_cents.into(),
                line.transfer_id.into(),
                line.code.clone().into(),
            ]
        });
        let columns = ["correction_id", "person_id", "amount_cents", "state", "taken_cents", "transfer_id", "code"];
        let tail = "ON CONFLICT (correction_id, person_id) DO UPDATE SET state = excluded.state,
            taken_cents = excluded.taken_cents, transfer_id = excluded.transfer_id, code = excluded.code";
        insert_rows(tx, "issue_correction_line", &columns, rows.collect(), tail).await?;
        let taken: BTreeMap<Id, i64> = settled
            .iter()
            .filter(|(_, line)| line.taken_cents > 0)
            .map(|(person, line)| (*person, line.taken_cents))
            .collect();
        limit::take_off(tx, &self.count, &taken).await?;
        let cents = taken.values().try_fold(0_i64, |sum, cents| sum.checked_add(*cents));
        let cents = cents.ok_or_else(|| Error::internal("a chunk beyond all measure"))?;
        let people = i64::try_from(lines.len()).map_err(Error::internal)?;
        let last = lines.keys().next_back().copied();
        let sql = "UPDATE issue_correction SET cursor = $2, done_people = done_people + $3,
            taken_cents = taken_cents + $4 WHERE id = $1";
        tx.execute_sql(sql, [self.row.id.into(), last.into(), people.into(), cents.into()]).await?;
        Ok(())
    }

    /// A notice to everybody who has fewer points now and has an account.
    async fn tell(&self, tx: &Tx, settled: &BTreeMap<Id, Became>) -> Result<()> {
        let taken = settled.iter().filter(|(_, line)| line.taken_cents > 0);
        let word = |(person, line): (&Id, &Became)| {
            let body = format!(
                "“{}”发放有误（{}），没有用掉的 {} 元积分已经收回，用掉的不用退。有疑问请联系您的工会。",
                self.batch.name,
                self.row.reason,
                text::yuan(line.taken_cents)
            );
            (*person, body)
        };
        let told = Told { kind: NOTICE, title: "一笔发错的积分已更正", event: self.event };
        tell(tx, told, &taken.map(word).collect()).await
    }

    /// Ends the correction.
    ///
    /// # Errors
    /// The database; asked again it goes on.
    pub async fn finish(self) -> Result<()> {
        retried(async || self.end().await).await
    }

    async fn end(&self) -> Result<()> {
        let mut tx = Cx::system(&self.app).begin_bulk().await?;
        tx.caused_by(self.event);
        let sql = "UPDATE issue_correction SET state = 'done', ended_at = $3, version = version + 1
            WHERE id = $1 AND version = $2 AND state = 'running'";
        let values = [self.row.id.into(), self.row.version.into(), tx.now().into()];
        if tx.execute_sql(sql, values).await? != 1 {
            return Ok(());
        }
        let row = load(&tx, self.row.id).await?;
        let event = Event::of("issue_correction.ended", "issue_correction", row.id).at(row.organization_id);
        let event = event.with("people", row.people).with("taken_cents", row.taken_cents);
        tx.record(event).await?;
        tx.commit(()).await
    }
}
