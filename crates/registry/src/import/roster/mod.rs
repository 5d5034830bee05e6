//! A roster of members: each row a person and the union he belongs to.
//!
//! | the person is | the row is |
//! |---|---|
//! | unknown | added: person and membership |
//! | known, without an active membership | added: membership |
//! | known, active in the same union | unchanged |
//! | known, active elsewhere | rejected, `import.member_elsewhere` |
//! | known under another name | rejected, `import.name_differs` |
//!
//! Known is who has the number of the row; and who has its name and phone and no number yet, as a chair whom a register
//! brought: he gets the number and is not made a second time. A known person without a phone gets that of the row;
//! another phone stays, and the report says so: it may be one that its owner proved to hold.
//!
//! A thread of its own reads the file, judges each row by itself and seals the numbers (`prepare`); the driver's task
//! looks the persons of a chunk up in one query and writes (`write`). Between them stands a short queue.

pub mod judge;
mod prepare;
pub mod unions;
mod write;

use std::collections::VecDeque;
use std::sync::Arc;

use kernel::{Id, Result, Tx};
use sea_orm::ConnectionTrait;
use tokio::sync::mpsc;

use self::prepare::{Batch, Line};
use super::drive::Work;
use super::sequence::{Judged, Sequence};
use super::source::SourceFile;
use unions::Unions;

/// A chunk may hold this many rows for each that looks good: rejected rows cost little.
const REJECTED: usize = 4;

/// The rows of a roster, in order.
pub struct Roster {
    import: Id,
    batches: mpsc::Receiver<Result<Batch>>,
    waiting: VecDeque<Line>,
}

impl Roster {
    /// Opens the file of an import and goes to the worker's position.
    ///
    /// # Errors
    /// The database; a file that cannot be read says so with the first chunk.
    pub async fn open(work: &Work, file: SourceFile) -> Result<Self> {
        let unions = Unions::load(&work.app, work.import.organization_id, work.app.clock.today()).await?;
        Ok(Self {
            import: work.import.id,
            batches: prepare::start(work, file, Arc::new(unions)),
            waiting: VecDeque::new(),
        })
    }
}

impl Sequence for Roster {
    type Chunk = Vec<Line>;
    type Plan = write::Plan;

    async fn next(&mut self, most: usize) -> Result<Option<Vec<Line>>> {
        let (mut chunk, mut good) = (Vec::with_capacity(most), 0);
        while good < most && chunk.len() < most * REJECTED {
            let Some(line) = self.waiting.pop_front() else {
                match self.batches.recv().await {
                    Some(batch) => self.waiting.extend(batch?),
                    None => break,
                }
                continue;
            };
            good += usize::from(line.entry.is_ok());
            chunk.push(line);
        }
        Ok(Some(chunk).filter(|chunk| !chunk.is_empty()))
    }

    async fn judge<C: ConnectionTrait>(&self, conn: &C, chunk: &Vec<Line>) -> Result<Judged<write::Plan>> {
        write::judge(conn, chunk).await
    }

    async fn write(&self, tx: &Tx, chunk: &Vec<Line>, plan: write::Plan) -> Result<()> {
        write::write(tx, self.import, chunk, plan).await
    }
}
