//! Takes a file of the bank: every line is entered once, whether money came in or went out; what was there when a day ended
//! is taken from its column of balances; and what cannot be read is told by row.

use kernel::event::Event;
use kernel::file::{self, NewFile};
use kernel::routes::Upload;
use kernel::{Cx, Error, Id, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::add::{book_of, enter, find, says};
use super::balance::rules::{Closing, closings};
use super::balance::{BANK_BALANCE_KNOWN, Told, enter_told};
use super::rules::{COLUMNS, NewLine, Stood, Way, number, read};
use super::{BANK_LINE_OTHER, PURPOSE, outgoing};
use crate::points::table::{self, Fault, Line};

/// Bytes of a file at the most.
const MAX_BYTES: u64 = 20 << 20;
/// Rows of a file at the most: a month of a large account.
const MOST_ROWS: usize = 5_000;
/// Lines of a transaction: nobody may hold `SQLite`'s writer for long.
const CHUNK: usize = 128;
/// Faults that are told.
const TOLD: usize = 200;

/// A file about to be taken.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankFileAdd {
    /// Name of the file.
    pub name: String,
    /// The book; the city's own unless told.
    #[serde(default)]
    pub book_id: Option<Uuid>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankFileTaken {
    /// The file, kept as evidence.
    pub file_id: Uuid,
    /// Lines of money that came in, which are new.
    pub added: i64,
    /// Lines of money that went out, which are new.
    pub outgoing: i64,
    /// Lines that were there.
    pub known: i64,
    /// Rows that move nothing.
    pub left_out: i64,
    /// Days of which the balance is new.
    pub balances: i64,
    /// Rows that were not taken, the first 200.
    pub faults: Vec<RowFault>,
}

/// Why a row was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowFault {
    /// The row, as the spreadsheet program shows it.
    pub row_number: i64,
    /// Stable code.
    pub code: String,
    /// Chinese sentence with the next step.
    pub message: String,
}

impl From<Fault> for RowFault {
    fn from(fault: Fault) -> Self {
        Self { row_number: fault.number, code: fault.code.to_owned(), message: fault.message }
    }
}

/// Takes a file of the bank.
///
/// # Errors
/// `points_table.*`, `sheet.*`, `file.*`, `book.unknown`; the database.
pub async fn upload(cx: Cx, input: BankFileAdd, upload: Upload) -> Result<BankFileTaken> {
    let (id, name) = (cx.app.ids.next(), file::clean_name(&input.name));
    let stored = file::receive(&cx.app, id, upload.stream, MAX_BYTES).await?;
    let new = NewFile { id, purpose: PURPOSE, name, stored };
    match take(&cx, input.book_id, new).await {
        Ok(taken) => Ok(taken),
        Err(fault) => {
            // What cannot be read is not kept.
            file::erase(&cx.app, id).await?;
            Err(fault)
        }
    }
}

async fn take(cx: &Cx, book: Option<Id>, new: NewFile) -> Result<BankFileTaken> {
    let (app, file_id, name) = (cx.app.clone(), new.id, new.name.clone());
    let reading = tokio::task::spawn_blocking(move || table::read(&app, file_id, &name, &COLUMNS, MOST_ROWS));
    let lines: Vec<Line> = reading.await.map_err(Error::internal)??;
    let mut taken =
        BankFileTaken { file_id, added: 0, outgoing: 0, known: 0, left_out: 0, balances: 0, faults: Vec::new() };
    let (mut entries, mut stood): (Vec<(Way, NewLine)>, Vec<Stood>) = (Vec::new(), Vec::new());
    for line in &lines {
        match read(line, cx.today()) {
            Ok(seen) => {
                stood.extend(seen.stood);
                match seen.line {
                    Some(entry) => entries.push(entry),
                    None => taken.left_out += 1,
                }
            }
            Err(fault) => taken.faults.push(fault.into()),
        }
    }
    number(&mut entries);
    // A row that could not be read may have been the last one of its day.
    let whole = taken.faults.is_empty();
    let (days, faults) = if whole { closings(&stood, cx.today()) } else { (Vec::new(), Vec::new()) };
    taken.faults.extend(faults.into_iter().map(RowFault::from));
    let tx = cx.begin().await?;
    let book = book_of(&tx, book).await?;
    file::enter(&tx, new).await?;
    file::attach(&tx, file_id, PURPOSE, None).await?;
    tx.record(Event::of("bank_line.file_taken", "file", file_id).with("rows", lines.len())).await?;
    tx.commit(()).await?;
    for part in entries.chunks(CHUNK) {
        kernel::command::retried(async || keep(cx, book, file_id, part).await).await?.add_to(&mut taken);
    }
    for part in days.chunks(CHUNK) {
        kernel::command::retried(async || keep_days(cx, book, file_id, part).await).await?.add_to(&mut taken);
    }
    taken.faults.sort_by_key(|fault| fault.row_number);
    taken.faults.truncate(TOLD);
    Ok(taken)
}

/// What became of some lines.
#[derive(Default)]
struct Kept {
    added: i64,
    outgoing: i64,
    known: i64,
    balances: i64,
    faults: Vec<RowFault>,
}

impl Kept {
    fn add_to(self, taken: &mut BankFileTaken) {
        taken.added += self.added;
        taken.outgoing += self.outgoing;
        taken.known += self.known;
        taken.balances += self.balances;
        taken.faults.extend(self.faults);
    }
}

/// Enters some lines; each by itself, so that it is known which were there.
async fn keep(cx: &Cx, book: Id, file: Id, lines: &[(Way, NewLine)]) -> Result<Kept> {
    let tx = cx.begin_bulk().await?;
    let mut kept = Kept::default();
    for (way, line) in lines {
        let alone = std::slice::from_ref(line);
        let new = match way {
            Way::In => enter(&tx, book, Some(file), alone).await?,
            Way::Out => outgoing::enter(&tx, book, Some(file), alone).await?,
        };
        let same = match way {
            _ if new == 1 => true,
            Way::In => find(&tx, book, &line.number).await?.is_some_and(|row| says(&row, line)),
            Way::Out => outgoing::find(&tx, book, &line.number).await?.is_some_and(|row| outgoing::says(&row, line)),
        };
        if same {
            *match (new, way) {
                (1, Way::In) => &mut kept.added,
                (1, Way::Out) => &mut kept.outgoing,
                _ => &mut kept.known,
            } += 1;
        } else {
            let message = BANK_LINE_OTHER.message.to_owned();
            let row_number = line.row_number.unwrap_or_default();
            kept.faults.push(RowFault { row_number, code: BANK_LINE_OTHER.code.to_owned(), message });
        }
    }
    tx.commit(()).await?;
    Ok(kept)
}

/// Enters what was there when some days ended.
async fn keep_days(cx: &Cx, book: Id, file: Id, days: &[Closing]) -> Result<Kept> {
    let tx = cx.begin_bulk().await?;
    let mut kept = Kept::default();
    for closing in days {
        match enter_told(&tx, book, file, *closing).await? {
            Told::New => kept.balances += 1,
            Told::Known => {}
            Told::Other => {
                let message = format!("{} 已经登记过另一个余额，请核对后在“银行余额”里更正。", closing.day);
                let code = BANK_BALANCE_KNOWN.code.to_owned();
                kept.faults.push(RowFault { row_number: closing.row_number, code, message });
            }
        }
    }
    tx.commit(()).await?;
    Ok(kept)
}
