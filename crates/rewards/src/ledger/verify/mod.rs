//! Computes every balance again from its history and names what does not fit. Reads one snapshot page by page, beside a
//! server at work; changes nothing.
//!
//! The rules, numbered as people talk about them:
//!
//! * I1 over a book all balances are zero, and every account is in the book of its transfers
//! * I2 a balance is the sum of its transfers, what is held the sum of its open holds
//! * I3 no account is below its floor, after no transfer
//! * I4 numbers have no gap, time does not go back, each balance follows from the one before
//! * I5 open lots of a wallet are its balance, a lot is what it was less what was used, and says what of that expired and
//!   what was reversed; none was spent after its last day
//! * I6 what a transfer takes from lots, or gives them, is its amount; of every use its transfer and its lot are there
//! * I7 refunds are at most the payment, a reversal is the opposite (of an issue at most), a hold is resolved once by
//!   what it says
//! * I8 budgets and wallets have a floor, so that nothing is issued or spent that is not there
//! * I12 every transfer has its event, whose digest is that of all transfers that name it
//! * I13 one answer an id, and its fingerprint is that of the row
//! * I14 the root that was sealed of a day, its blocks, signature and event are what its transfers make; days have no gap
//!
//! A proof of no rows is a fault: an empty ledger proves nothing. [`look()`] asks the same of some rows: of those that
//! moved lately, and of a few of all others; [`walk()`] of the next few of all others alone.

mod accounts;
mod answers;
mod days;
mod events;
mod holds;
mod look;
mod lots;
mod splits;
mod transfers;

use std::collections::{BTreeMap, HashMap};

use kernel::db::rows_of_keys;
use kernel::time::Time;
use kernel::{Id, Result};
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, QueryResult, Statement};

use super::order::AccountKind;
pub use look::{Look, Places, Walked, look, walk};
use lots::LotSums;

/// Rows that are read at a time.
const PAGE: usize = 1_000;
/// Faults of a book that are told one by one.
const TOLD: u64 = 50;

/// What was looked at and what does not fit.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// Books.
    pub books: u64,
    /// Accounts.
    pub accounts: u64,
    /// Transfers.
    pub transfers: u64,
    /// Lots.
    pub lots: u64,
    /// Uses of lots.
    pub uses: u64,
    /// Holds.
    pub holds: u64,
    /// Answers to orders that left no transfer.
    pub answers: u64,
    /// Days whose root was computed again.
    pub days: u64,
    /// What each book holds, as its transfers say.
    pub sums: Vec<BookSums>,
    /// The first fifty faults of each book.
    pub faults: Vec<Fault>,
    /// All faults.
    pub faulty: u64,
    /// How many of them are of which book; of those that are of no book in particular, under none.
    pub by_book: BTreeMap<Option<Id>, u64>,
    /// The book of the rows that are looked at.
    about: Option<Id>,
}

/// What a book holds by kind of account, in cents: computed from its transfers, never read from a balance.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct BookSums {
    /// The book.
    pub book_id: Id,
    /// At the bank.
    pub custody_cents: i128,
    /// In budgets.
    pub budget_cents: i128,
    /// With members.
    pub wallet_cents: i128,
    /// Owed to merchants.
    pub merchant_cents: i128,
    /// Elsewhere: orders under way, differences that were signed for.
    pub other_cents: i128,
}

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule that is broken.
    pub rule: &'static str,
    /// Of which book; none when it is of no book in particular.
    pub book_id: Option<Id>,
    /// Which row, and how.
    pub what: String,
}

impl Report {
    /// Whether everything fits.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faulty == 0
    }

    /// Rows that were looked at.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.accounts + self.transfers + self.lots + self.uses + self.holds + self.answers
    }

    /// Faults that speak against a book: its own, and those of no book in particular.
    #[must_use]
    pub fn against(&self, book_id: Id) -> u64 {
        [Some(book_id), None].iter().filter_map(|book| self.by_book.get(book)).sum()
    }

    /// What speaks against a book, as far as it is told one by one.
    pub fn told_against(&self, book_id: Id) -> impl Iterator<Item = &Fault> {
        self.faults.iter().filter(move |fault| fault.book_id.is_none_or(|of| of == book_id))
    }

    fn fault(&mut self, rule: &'static str, what: String) {
        self.faulty += 1;
        let of_book = self.by_book.entry(self.about).or_default();
        *of_book += 1;
        // A few of each book, so that none hides behind another.
        if *of_book <= TOLD {
            self.faults.push(Fault { rule, book_id: self.about, what });
        }
    }

    fn check(&mut self, fits: bool, rule: &'static str, what: impl FnOnce() -> String) {
        if !fits {
            self.fault(rule, what());
        }
    }
}

/// Looks at everything; the connection must show one moment for as long as it takes
/// ([`kernel::db::Db::begin_snapshot`]).
///
/// # Errors
/// The database.
pub async fn verify(conn: &impl ConnectionTrait) -> Result<Report> {
    let mut audit = Audit::of(conn);
    audit.load_books().await?;
    audit.load_accounts().await?;
    let pins = audit.check_holds().await?;
    let seen = audit.check_transfers().await?;
    audit.check_lots(&pins, seen).await?;
    audit.check_answers().await?;
    audit.check_accounts();
    audit.sum_up();
    let (accounts, transfers) = (audit.report.accounts, audit.report.transfers);
    audit.report.about = None;
    audit.report.check(accounts > 0 && transfers > 0, "I0", || "there are no rows to look at".to_owned());
    Ok(audit.report)
}

/// A book, and how far it was followed.
struct BookSeen {
    seq: i64,
    at: Time,
    last_seq: i64,
    last_at: Option<Time>,
    sum: i128,
}

/// An account, and what its history says.
struct AccountSeen {
    book_id: Id,
    kind: AccountKind,
    owner_id: Option<Id>,
    balance_cents: i64,
    held_cents: i64,
    floor_cents: Option<i64>,
    seq: i64,
    running_cents: i64,
    last_seq: i64,
    open_lots_cents: i64,
    open_holds_cents: i64,
}

/// What the transfers said about lots.
#[derive(Default)]
struct LotsSeen {
    opened: u64,
    sums: LotSums,
}

struct Audit<'a, C> {
    conn: &'a C,
    report: Report,
    books: BTreeMap<Id, BookSeen>,
    accounts: HashMap<Id, AccountSeen>,
}

impl<'a, C: ConnectionTrait> Audit<'a, C> {
    fn of(conn: &'a C) -> Self {
        Self { conn, report: Report::default(), books: BTreeMap::new(), accounts: HashMap::new() }
    }

    async fn rows(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<Vec<QueryResult>> {
        let statement = Statement::from_sql_and_values(self.conn.get_database_backend(), sql, values);
        Ok(self.conn.query_all_raw(statement).await?)
    }

    /// Rows of a table by id, after one.
    async fn page(&self, select: &str, after: Id) -> Result<Vec<QueryResult>> {
        self.rows(&format!("{select} WHERE id > $1 ORDER BY id LIMIT {PAGE}"), [after.into()]).await
    }

    /// Rows by keys, which may come twice.
    async fn of_keys(&self, select: &str, keys: impl IntoIterator<Item = Id>) -> Result<Vec<QueryResult>> {
        let keys: std::collections::BTreeSet<Id> = keys.into_iter().collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        rows_of_keys(self.conn, select, keys.into_iter().map(Value::from).collect()).await
    }

    async fn count(&self, table: &str) -> Result<u64> {
        let rows = self.rows(&format!("SELECT CAST(count(*) AS bigint) AS n FROM {table}"), []).await?;
        let n: i64 = rows.first().map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default();
        Ok(n.unsigned_abs())
    }
}
