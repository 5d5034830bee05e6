//! The rows of a register, in the order of the plan, as the driver takes them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use kernel::app::App;
use kernel::crypto::KeyProvider;
use kernel::time::Day;
use kernel::{Error, Id, Result, Tx, node};
use sea_orm::ConnectionTrait;

use super::draft::{self, Row};
use super::judge::{Judge, New, Setting};
use super::known::{Known, UnionFact};
use super::line::{At, Line};
use super::lookup::{Wanted, look_up};
use super::plan::Plan;
use super::refusals::TOO_MANY_ROWS;
use super::write;
use crate::division::Divisions;
use crate::import::drive::Work;
use crate::import::fields::fields;
use crate::import::sequence::{Judged, Outcome, Sequence};
use crate::import::source::SourceFile;
use crate::import::values;
use crate::import::words::Phase;
use crate::organization::record;

/// Rows of one file: a register is put in order in memory.
pub const MOST_ROWS: usize = 60_000;

/// The rows of a register, in order.
pub struct Register {
    app: App,
    import: Id,
    phase: Phase,
    plan: Plan,
    setting: Setting,
    position: usize,
    /// What the rows before would have brought; only in a check, where the database does not hold it.
    ahead: Known,
}

/// Rows by number, and what their judgement would bring.
pub struct Chunk {
    numbers: Vec<usize>,
    brings: Mutex<Known>,
}

impl Register {
    /// Reads the files of an import, puts their rows in order and goes to the worker's position.
    ///
    /// # Errors
    /// `sheet.*`, `file.*`, `import.too_many_rows`; the database.
    pub async fn open(work: &Work, files: Vec<SourceFile>) -> Result<Self> {
        let (app, day) = (work.app.clone(), work.day);
        let read = tokio::task::spawn_blocking(move || plan(&app, &files, day));
        let plan = read.await.map_err(Error::internal)??;
        let setting = setting(&work.app, work.import.organization_id, work.day).await?;
        let position = usize::try_from(work.position()).map_err(Error::internal)?;
        let (app, import, phase) = (work.app.clone(), work.import.id, work.phase);
        Ok(Self { app, import, phase, plan, setting, position, ahead: Known::default() })
    }

    fn keys(&self) -> &dyn KeyProvider {
        self.app.keys.as_ref()
    }
}

impl Sequence for Register {
    type Chunk = Chunk;
    type Plan = New;

    async fn next(&mut self, most: usize) -> Result<Option<Chunk>> {
        let numbers: Vec<usize> = (self.position..).map_while(|place| self.plan.at(place)).take(most.max(1)).collect();
        self.position += numbers.len();
        Ok(Some(Chunk { numbers, brings: Mutex::default() }).filter(|chunk| !chunk.numbers.is_empty()))
    }

    async fn judge<C: ConnectionTrait>(&self, conn: &C, chunk: &Chunk) -> Result<Judged<New>> {
        let wanted = Wanted::by(&self.plan, &chunk.numbers, self.keys());
        let there = look_up(conn, &wanted, self.setting.day).await?;
        let mut judge = Judge::of(&self.app, &self.plan, &self.setting, &self.ahead, &there);
        let outcomes = chunk.numbers.iter().map(|number| judge.row(*number)).collect();
        *chunk.brings.lock().unwrap_or_else(PoisonError::into_inner) = judge.now;
        Ok(Judged { outcomes, plan: judge.new })
    }

    async fn write(&self, tx: &Tx, _chunk: &Chunk, plan: New) -> Result<()> {
        write::write(tx, self.import, self.setting.day, plan).await
    }

    fn settled(&mut self, chunk: Chunk, _outcomes: &[Outcome]) {
        let brings = chunk.brings.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.setting.scope.extend(brings.union_ids());
        if self.phase == Phase::Check {
            self.ahead.extend(brings);
        }
    }
}

/// Reads and orders the rows of all files. Blocks.
fn plan(app: &App, files: &[SourceFile], day: Day) -> Result<Plan> {
    let mut rows: Vec<Row> = Vec::new();
    for file in files {
        let mut count = 0;
        for read in file.lines(app)? {
            count += 1;
            if count > MOST_ROWS {
                return Err(TOO_MANY_ROWS.refusal().into());
            }
            rows.extend(draft::read(&line(file, &read?)?, day));
        }
    }
    Ok(Plan::of(rows))
}

/// A row of a sheet as a line of the register.
fn line(file: &SourceFile, row: &kernel::sheet::Row) -> Result<Line> {
    let at = At { file: file.number, row: i64::try_from(row.number).map_err(Error::internal)? };
    let mut cells = BTreeMap::new();
    for field in fields(file.part) {
        let text = values::text(file.columns.cell(row, field.name), field.label);
        if let Some(text) = text.transpose() {
            cells.insert(field.name, text.map(str::to_owned));
        }
    }
    Ok(Line { at, part: file.part, cells })
}

async fn setting(app: &App, organization: Id, day: Day) -> Result<Setting> {
    let conn = app.db.read();
    let row = record::load(conn, organization).await?;
    let organization = UnionFact {
        id: row.id,
        kind: row.kind()?,
        established: row.state == "established",
        established_on: row.established_on,
        parent: node::parent(conn, row.id, day).await?,
        name: row.name,
        code: row.uscc,
        division_code: row.division_code,
        synthetic: row.synthetic,
    };
    let scope = node::subtree(conn, organization.id, day).await?.into_iter().collect();
    Ok(Setting { day, organization, scope, divisions: Divisions::on(conn, day).await? })
}
