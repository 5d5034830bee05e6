//! The driver: takes an import through its sequence, chunk by chunk, for the check and for the run alike.
//!
//! Invariants:
//! * a chunk is one transaction: what it writes, its faults, its events, the counts and the new `position` are
//!   committed together or not at all, so a process killed at any moment is resumed at `position`;
//! * the *fence* comes first: the row of the import must still be in this phase, at this position, and of the version
//!   that this worker made when it took the import over. Of two workers one stops; a cancelled import stops;
//! * on SQLite, where everybody writes in one queue, the size of a chunk follows the time that the last one took;
//! * a check begins at the first row whenever it is taken up; a run goes on where it was.

use std::time::Instant;

use kernel::app::App;
use kernel::db::insert_rows;
use kernel::time::{Day, Time};
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, EntityTrait, Value};

use super::pace::Pace;
use super::sequence::{Outcome, Sequence, Summary, Verdict};
use super::words::Phase;
use super::{entity as import, finish};

/// How often a chunk is judged again when somebody was faster.
const ATTEMPTS: u32 = 8;
/// PostgreSQL keeps the plan of a statement, and an import begins with small tables: a plan made then would read whole
/// tables when they have grown.
const BY_INDEX: &str = "SET LOCAL enable_seqscan = off";

/// An import taken over by this worker: nobody else can move it any more.
pub struct Work {
    /// The running process.
    pub app: App,
    /// The import as it was taken over.
    pub import: import::Model,
    /// Which pass.
    pub phase: Phase,
    /// The day that rows without a date get and dates are compared with; the same when a run is resumed.
    pub day: Day,
    summary: Summary,
    position: i64,
}

/// How a pass ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every row was judged.
    Whole,
    /// Cancelled, or another worker took it over.
    Stopped,
}

impl Work {
    /// Takes an import over for a phase; `None` when it is not in that phase (any more).
    ///
    /// # Errors
    /// The database.
    pub async fn take(app: &App, id: Id, phase: Phase) -> Result<Option<Self>> {
        let tx = Cx::system(app).begin_bulk().await?;
        let from_start = ", position = 0, added = 0, unchanged = 0, rejected = 0, rows_total = NULL, summary = NULL";
        let reset = if phase == Phase::Check { from_start } else { "" };
        let sql = format!("UPDATE import SET version = version + 1{reset} WHERE id = $1 AND state = $2");
        if tx.execute_sql(&sql, [id.into(), phase.state().as_str().into()]).await? != 1 {
            return Ok(None);
        }
        let row = import::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
        tx.commit(()).await?;
        if phase == Phase::Check {
            finish::forget_check(app, id).await?;
        }
        let began = if phase == Phase::Run { row.started_at } else { None };
        let day = kernel::calendar::china_day(began.unwrap_or_else(|| app.clock.now()));
        let summary = row.summary.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
        Ok(Some(Self { app: app.clone(), position: row.position, import: row, phase, day, summary }))
    }

    /// Rows that are behind us.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.position
    }

    /// Goes through the rest of the sequence.
    ///
    /// # Errors
    /// What stopped it; everything committed so far stays and the pass can be taken up again.
    pub async fn drive(mut self, mut sequence: impl Sequence) -> Result<Ended> {
        let mut pace = Pace::of(&self.app.db);
        while let Some(chunk) = sequence.next(pace.rows()).await? {
            let Some(outcomes) = self.settle(&sequence, &chunk, &mut pace).await? else {
                return Ok(Ended::Stopped);
            };
            sequence.settled(chunk, &outcomes);
        }
        let whole = finish::whole(&self, self.now()).await?;
        Ok(if whole { Ended::Whole } else { Ended::Stopped })
    }

    fn now(&self) -> Time {
        self.app.clock.now()
    }

    /// Judges a chunk and commits it; judged again when somebody was faster. `None` when the fence is closed.
    async fn settle<S: Sequence>(
        &mut self,
        sequence: &S,
        chunk: &S::Chunk,
        pace: &mut Pace,
    ) -> Result<Option<Vec<Outcome>>> {
        for attempt in 0..ATTEMPTS {
            match self.attempt(sequence, chunk, pace).await {
                Err(Error::Contention) => {
                    tracing::debug!(attempt, "a chunk of an import lost a race");
                    tokio::time::sleep(std::time::Duration::from_millis(2 << attempt)).await;
                }
                outcome => return outcome,
            }
        }
        Err(Error::Contention)
    }

    async fn attempt<S: Sequence>(
        &mut self,
        sequence: &S,
        chunk: &S::Chunk,
        pace: &mut Pace,
    ) -> Result<Option<Vec<Outcome>>> {
        let cx = Cx::system(&self.app);
        // On SQLite nobody should wait for the writer while the database is only read.
        let early = if self.app.db.is_sqlite() { Some(sequence.judge(cx.read(), chunk).await?) } else { None };
        let mut tx = cx.begin_bulk().await?;
        let began = Instant::now();
        if !self.fence(&tx).await? {
            return Ok(None);
        }
        let judged = match early {
            Some(judged) => judged,
            None => {
                tx.execute_unprepared(BY_INDEX).await?;
                sequence.judge(&tx, chunk).await?
            }
        };
        if self.phase == Phase::Run {
            tx.caused_by(self.import.id);
            sequence.write(&tx, chunk, judged.plan).await?;
        }
        let mut summary = self.summary.clone();
        let position = self.note(&tx, &judged.outcomes, &mut summary).await?;
        // Without the commit: what it costs hangs on the disk, hardly on the rows.
        pace.took(began.elapsed());
        tx.commit(()).await?;
        (self.summary, self.position) = (summary, position);
        Ok(Some(judged.outcomes))
    }

    /// Locks the import; `false` when it is not ours to move any more.
    async fn fence(&self, tx: &Tx) -> Result<bool> {
        let sql = "UPDATE import SET version = version WHERE id = $1 AND version = $2 AND position = $3 AND state = $4";
        let state = self.phase.state().as_str();
        let values = [self.import.id.into(), self.import.version.into(), self.position.into(), state.into()];
        Ok(tx.execute_sql(sql, values).await? == 1)
    }

    /// Writes faults, counts and position; answers the new position.
    async fn note(&self, tx: &Tx, outcomes: &[Outcome], summary: &mut Summary) -> Result<i64> {
        let faults = outcomes.iter().filter_map(|outcome| self.fault_row(outcome).transpose());
        let faults: Vec<Vec<Value>> = faults.collect::<Result<_>>()?;
        let columns = ["import_id", "phase", "file_number", "row_number", "code", "faults"];
        insert_rows(tx, "import_fault", &columns, faults, "").await?;
        let more = summary.count(outcomes);
        let sql = "UPDATE import SET position = position + $2, added = added + $3, unchanged = unchanged + $4,
            rejected = rejected + $5, summary = $6, failures = 0, trouble = NULL WHERE id = $1";
        let values = [
            self.import.id.into(),
            more.rows().into(),
            more.added.into(),
            more.unchanged.into(),
            more.rejected.into(),
            serde_json::to_string(summary)?.into(),
        ];
        tx.execute_sql(sql, values).await?;
        Ok(self.position + more.rows())
    }

    fn fault_row(&self, outcome: &Outcome) -> Result<Option<Vec<Value>>> {
        let Verdict::Rejected(faults) = &outcome.verdict else { return Ok(None) };
        let code = faults.first().ok_or_else(|| Error::internal("a row was rejected without a fault"))?.code.clone();
        Ok(Some(vec![
            self.import.id.into(),
            self.phase.as_str().into(),
            outcome.file.into(),
            outcome.row.into(),
            code.into(),
            serde_json::to_string(faults)?.into(),
        ]))
    }
}
