//! The thread beside the driver: reads the file, judges each row by itself, seals and indexes its numbers.

use std::sync::Arc;

use kernel::app::App;
use kernel::time::Day;
use kernel::{Error, Id, Result};
use tokio::sync::mpsc;

use super::super::drive::Work;
use super::super::sequence::Fault;
use super::super::source::SourceFile;
use super::super::words::Phase;
use super::judge::{Good, Judge};
use super::unions::{Place, Unions};
use crate::person::id_number::{IdKind, Sex};
use crate::person::vault;

/// Rows that go through the queue together.
const BATCH: usize = 128;
/// Batches that may wait: enough that neither side does, few enough to forget about memory.
const QUEUE: usize = 8;

/// Rows in order.
pub type Batch = Vec<Line>;

/// A row that was read.
#[derive(Debug)]
pub struct Line {
    /// Number of the file in the import.
    pub file: i64,
    /// Number of the row as the spreadsheet shows it.
    pub row: i64,
    /// What is to be written, or everything that is wrong with it.
    pub entry: Result<Box<Entry>, Vec<Fault>>,
}

/// A person and a membership, ready to be written.
#[derive(Debug)]
pub struct Entry {
    /// Id that the person gets when he is unknown.
    pub person: Id,
    /// Name.
    pub name: String,
    /// Blind index of the number of the document.
    pub digest: Vec<u8>,
    /// The number, sealed for `person`; empty in a check.
    pub id_sealed: Vec<u8>,
    /// Blind index of the phone, and the phone sealed for `person`; empty in a check.
    pub phone: Option<(Vec<u8>, Vec<u8>)>,
    /// Stored name of the kind of document.
    pub id_kind: &'static str,
    /// Stored name of the sex.
    pub sex: Option<&'static str>,
    /// Day of birth.
    pub birth: Option<Day>,
    /// Union and employer.
    pub place: Place,
    /// Stored name of the form of employment.
    pub form: &'static str,
    /// Stored name of the work.
    pub work: Option<&'static str>,
    /// Since when.
    pub joined_on: Day,
}

/// Starts the thread; it ends with the file, with the first fault, or when nobody receives any more.
pub fn start(work: &Work, file: SourceFile, unions: Arc<Unions>) -> mpsc::Receiver<Result<Batch>> {
    let (send, receive) = mpsc::channel(QUEUE);
    let (app, phase, day) = (work.app.clone(), work.phase, work.day);
    let position = usize::try_from(work.position()).unwrap_or_default();
    tokio::task::spawn_blocking(move || {
        let ended = Reader { app, phase, day }.read(&file, &unions, position, &send);
        if let Err(fault) = ended {
            // Nobody receives: the pass ended for a reason of its own.
            let _ = send.blocking_send(Err(fault));
        }
    });
    receive
}

struct Reader {
    app: App,
    phase: Phase,
    day: Day,
}

impl Reader {
    fn read(
        &self,
        file: &SourceFile,
        unions: &Unions,
        position: usize,
        send: &mpsc::Sender<Result<Batch>>,
    ) -> Result<()> {
        let mut judge = Judge::new(&*self.app.keys, &file.columns, self.day);
        let mut batch = Vec::with_capacity(BATCH);
        for (n, row) in file.lines(&self.app)?.enumerate() {
            let row = row?;
            let judged = judge.judge(&row, unions);
            // Rows that are behind us were only judged so that the judge remembers them.
            if n < position {
                continue;
            }
            let number = i64::try_from(row.number).map_err(Error::internal)?;
            let entry = match judged {
                Ok(good) => Ok(Box::new(self.entry(good)?)),
                Err(faults) => Err(faults),
            };
            batch.push(Line { file: file.number, row: number, entry });
            if batch.len() == BATCH {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                if send.blocking_send(Ok(full)).is_err() {
                    return Ok(());
                }
            }
        }
        let _ = send.blocking_send(Ok(batch));
        Ok(())
    }

    fn entry(&self, good: Good) -> Result<Entry> {
        let keys = &*self.app.keys;
        let person = self.app.ids.next();
        let writes = self.phase == Phase::Run;
        let id_sealed = if writes { vault::seal_id_number(keys, person, &good.id.normalized)? } else { Vec::new() };
        let phone = good.phone.as_ref().map(|phone| {
            let sealed = if writes { vault::seal_phone(keys, person, phone)? } else { Vec::new() };
            Ok::<_, Error>((vault::phone_digest(keys, phone), sealed))
        });
        Ok(Entry {
            person,
            name: good.name,
            digest: good.digest,
            id_sealed,
            phone: phone.transpose()?,
            id_kind: match good.id.kind {
                IdKind::ResidentId => "resident_id",
                IdKind::HkMoTwResidencePermit => "hk_mo_tw_residence_permit",
                IdKind::ForeignPermanentResident => "foreign_permanent_resident",
            },
            sex: good.sex.map(|sex| if sex == Sex::Male { "male" } else { "female" }),
            birth: good.birth,
            place: good.place,
            form: good.form.as_str(),
            work: good.work.map(crate::member::rules::Work::as_str),
            joined_on: good.joined_on,
        })
    }
}
