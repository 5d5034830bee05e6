//! Some rows, and what hangs on them: what moved since the last look, and a stride of the walk over all others.
//!
//! The rules are those of the whole proof, and so is the code; what is left out is what counts all rows of a table. Of a
//! transfer that is new both accounts, the lots it used and the hold it captured are looked at with it, each against its
//! history; open holds are looked at each time, and over each book the balances are added up. What was used of a lot is
//! read over the transfers of its wallet; a use whose transfer is not there is found by walking over the uses themselves.
//! The walk goes through every table from its beginning; one that is at its end waits for the others, and then the walk was
//! whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::time::Time;
use kernel::{Id, Result};
use sea_orm::{ConnectionTrait, QueryResult};
use serde::{Deserialize, Serialize};

use super::splits::Splits;
use super::transfers::Row;
use super::{Audit, PAGE, Report};
use crate::ledger::read;

/// Pages of a book's new transfers in one look; if there are more, the next look comes at once.
const NEW: usize = 50;
/// Pages of each table in a stride of the walk: few, so that its moment of the database is soon over.
const STRIDE: usize = 2;

/// Uses of lots in the order of their transfers; of the last one of a page the others need not be seen.
const USES: &str = "SELECT id, transfer_id FROM (SELECT transfer_id AS id, transfer_id FROM lot_use) AS used";

/// How far looks have come.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Places {
    /// By book: the last transfer that was new.
    seen: BTreeMap<Id, i64>,
    /// The walk that is under way.
    walk: Option<Walk>,
    /// The last one that was whole.
    last: Option<Walked>,
}

impl Places {
    /// What is there in the book now is not new: somebody has proven it.
    pub fn forget(&mut self, book_id: Id) {
        self.seen.remove(&book_id);
    }

    /// The last walk that was whole.
    #[must_use]
    pub fn walked(&self) -> Option<Walked> {
        self.last
    }
}

/// A walk over all rows: where it is in each table that is not at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Walk {
    began_at: Time,
    /// By book, the last number.
    transfers: BTreeMap<Id, i64>,
    accounts: Option<Id>,
    lots: Option<Id>,
    /// Of uses the last transfer.
    uses: Option<Id>,
    holds: Option<Id>,
    answers: Option<Id>,
}

impl Walk {
    fn over(books: &[(Id, i64)], began_at: Time) -> Self {
        let transfers = books.iter().map(|(book, _)| (*book, 0)).collect();
        let [accounts, lots, uses, holds, answers] = [Some(Id::nil()); 5];
        Self { began_at, transfers, accounts, lots, uses, holds, answers }
    }

    fn is_whole(&self) -> bool {
        self.transfers.is_empty() && [self.accounts, self.lots, self.uses, self.holds, self.answers] == [None; 5]
    }
}

/// A walk that was whole: every row that was there when it began was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walked {
    /// When it began.
    pub began_at: Time,
    /// When it was whole.
    pub ended_at: Time,
}

/// What a look found, and where the next one goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What was looked at and what does not fit.
    pub report: Report,
    /// Where the next one goes on.
    pub places: Places,
    /// More moved than one look sees.
    pub more: bool,
    /// The walk is whole; the next stride begins another one.
    pub whole: bool,
}

/// Rows that hang on those that were looked at.
#[derive(Default)]
struct Touched {
    accounts: BTreeSet<Id>,
    lots: BTreeSet<Id>,
    holds: BTreeSet<Id>,
}

impl Touched {
    fn by(&mut self, rows: &[Row], splits: &Splits) {
        self.accounts.extend(rows.iter().flat_map(|row| [row.debit_id, row.credit_id]));
        self.holds.extend(rows.iter().filter_map(|row| row.hold_id));
        self.lots.extend(splits.touched());
    }
}

/// Looks at what moved since the last look, and goes on with the walk for a stride; the connection must show one moment for
/// as long as it takes ([`kernel::db::Db::begin_snapshot`]).
///
/// # Errors
/// The database.
pub async fn look(conn: &impl ConnectionTrait, from: &Places, now: Time) -> Result<Look> {
    part(conn, from, now, true).await
}

/// Goes on with the walk for a stride, and looks at nothing else.
///
/// # Errors
/// The database.
pub async fn walk(conn: &impl ConnectionTrait, from: &Places, now: Time) -> Result<Look> {
    part(conn, from, now, false).await
}

async fn part(conn: &impl ConnectionTrait, from: &Places, now: Time, moved: bool) -> Result<Look> {
    let mut audit = Audit::of(conn);
    audit.load_books().await?;
    let (mut touched, mut places, mut more) = (Touched::default(), from.clone(), false);
    let books: Vec<(Id, i64)> = audit.books.iter().map(|(id, book)| (*id, book.seq)).collect();
    // What was there before the first look is walked over.
    let seen = |book: Id, seq: i64| from.seen.get(&book).copied().unwrap_or(seq);
    if moved {
        for (book, seq) in books.iter().copied() {
            let (last, whole) = audit.follow(book, seen(book, seq), NEW, Some(&mut touched)).await?;
            places.seen.insert(book, last.min(seq));
            more |= !whole;
        }
    }
    let mut walk = places.walk.take().unwrap_or_else(|| Walk::over(&books, now));
    audit.walk_transfers(&mut walk).await?;
    audit.look_at_holds(&mut walk.holds, moved, &mut touched).await?;
    audit.look_at_lots(&mut walk.lots, &touched.lots).await?;
    let uses = audit.turn(USES, &mut walk.uses).await?;
    audit.check_users(&uses).await?;
    let answers = audit.turn(read::BURNT, &mut walk.answers).await?;
    audit.check_some_answers(&answers).await?;
    audit.look_at_accounts(&mut walk.accounts, touched.accounts).await?;
    if moved {
        for (book, seq) in books {
            audit.end_of(book, seen(book, seq)).await?;
        }
        audit.add_up().await?;
        audit.check_books();
    }
    let whole = walk.is_whole();
    if whole {
        places.last = Some(Walked { began_at: walk.began_at, ended_at: now });
    } else {
        places.walk = Some(walk);
    }
    Ok(Look { report: audit.report, places, more, whole })
}

impl<C: ConnectionTrait> Audit<'_, C> {
    /// Follows the transfers of a book after a number for so many pages; answers the last one's number, and whether that is
    /// the end.
    async fn follow(
        &mut self,
        book: Id,
        mut after: i64,
        pages: usize,
        mut touched: Option<&mut Touched>,
    ) -> Result<(i64, bool)> {
        for _ in 0..pages {
            let rows = self.page_of_book(book, after).await?;
            let Some(last) = rows.last() else { return Ok((after, true)) };
            self.stand_before(book, after, &rows).await?;
            let splits = self.check_page(&rows).await?;
            if let Some(touched) = touched.as_deref_mut() {
                touched.by(&rows, &splits);
            }
            after = last.seq;
            if rows.len() < PAGE {
                return Ok((after, true));
            }
        }
        Ok((after, false))
    }

    /// Of every book that is not at its end. The accounts, lots and holds that hang on them are walked over by themselves.
    async fn walk_transfers(&mut self, walk: &mut Walk) -> Result<()> {
        for (book, after) in walk.transfers.clone() {
            let (last, whole) = self.follow(book, after, STRIDE, None).await?;
            if whole {
                walk.transfers.remove(&book);
            } else {
                walk.transfers.insert(book, last);
            }
        }
        Ok(())
    }

    /// The book and the accounts of these transfers as they stood before them.
    async fn stand_before(&mut self, book: Id, after: i64, rows: &[Row]) -> Result<()> {
        let ids: BTreeSet<Id> = rows.iter().flat_map(|row| [row.debit_id, row.credit_id]).collect();
        self.meet(ids.iter().copied()).await?;
        self.stand(&ids, after).await?;
        let sql = "SELECT at FROM transfer WHERE book_id = $1 AND seq = $2";
        let before = self.rows(sql, [book.into(), after.into()]).await?;
        if let Some(seen) = self.books.get_mut(&book) {
            seen.last_seq = after;
            seen.last_at = before.first().map(|row| row.try_get("", "at")).transpose()?;
        }
        Ok(())
    }

    /// Takes in accounts that are not there yet.
    async fn meet(&mut self, ids: impl IntoIterator<Item = Id>) -> Result<()> {
        let new: Vec<Id> = ids.into_iter().filter(|id| !self.accounts.contains_key(id)).collect();
        for row in self.of_keys(&format!("{} WHERE id IN", read::ACCOUNT), new).await? {
            self.take_account(&read::account(&row)?);
        }
        Ok(())
    }

    /// Lets accounts stand as their last transfer up to a number says.
    async fn stand(&mut self, ids: &BTreeSet<Id>, upto: i64) -> Result<()> {
        let last = |side: &str, column: &str| {
            format!(
                "(SELECT t.{column} FROM transfer t WHERE t.{side} = a.id AND t.seq <= {upto}
                    ORDER BY t.seq DESC LIMIT 1)"
            )
        };
        let sql = format!(
            "SELECT a.id, {} AS gave_at, {} AS gave, {} AS got_at, {} AS got FROM ledger_account a WHERE a.id IN",
            last("debit_id", "seq"),
            last("debit_id", "debit_after_cents"),
            last("credit_id", "seq"),
            last("credit_id", "credit_after_cents")
        );
        for row in self.of_keys(&sql, ids.iter().copied()).await? {
            let gave: (Option<i64>, Option<i64>) = (row.try_get("", "gave_at")?, row.try_get("", "gave")?);
            let got: (Option<i64>, Option<i64>) = (row.try_get("", "got_at")?, row.try_get("", "got")?);
            // An account without transfers has nothing.
            let (at, cents) = if gave.0 > got.0 { gave } else { got };
            if let Some(account) = self.accounts.get_mut(&row.try_get::<Id>("", "id")?) {
                (account.running_cents, account.last_seq) = (cents.unwrap_or_default(), at.unwrap_or_default());
            }
        }
        Ok(())
    }

    /// The last transfer of a book, which is not before one that was seen.
    async fn end_of(&mut self, id: Id, seen: i64) -> Result<()> {
        let sql = "SELECT seq, at FROM transfer WHERE book_id = $1 ORDER BY seq DESC LIMIT 1";
        let last = self.rows(sql, [id.into()]).await?;
        let Some(book) = self.books.get_mut(&id) else { return Ok(()) };
        (book.last_seq, book.last_at) = match last.first() {
            Some(row) => (row.try_get("", "seq")?, Some(row.try_get("", "at")?)),
            None => (0, None),
        };
        let end = book.last_seq;
        self.report.about = Some(id);
        self.report.check(seen <= end, "I4", || format!("book {id} ends at {end}, and had come to {seen} before"));
        Ok(())
    }

    /// The next rows of a table, until it is at its end.
    async fn turn(&self, select: &str, place: &mut Option<Id>) -> Result<Vec<QueryResult>> {
        let mut rows = Vec::new();
        for _ in 0..STRIDE {
            let Some(after) = *place else { break };
            let page = self.page(select, after).await?;
            *place = match page.last() {
                Some(last) if page.len() == PAGE => Some(last.try_get("", "id")?),
                _ => None,
            };
            rows.extend(page);
        }
        Ok(rows)
    }

    async fn look_at_holds(&mut self, place: &mut Option<Id>, open: bool, touched: &mut Touched) -> Result<()> {
        let mut rows = self.turn(read::HOLD, place).await?;
        if open {
            let open = format!("{} WHERE state = 'held' ORDER BY expires_at, id LIMIT {PAGE}", read::HOLD);
            rows.extend(self.rows(&open, []).await?);
        }
        rows.extend(self.of_keys(&format!("{} WHERE id IN", read::HOLD), touched.holds.iter().copied()).await?);
        let mut holds = BTreeMap::new();
        for row in &rows {
            let hold = read::hold(row)?;
            holds.insert(hold.id, hold);
        }
        touched.accounts.extend(holds.values().map(|hold| hold.account_id));
        self.meet(holds.values().map(|hold| hold.account_id).collect::<Vec<_>>()).await?;
        let mut pins = HashMap::new();
        self.check_some(holds.into_values().collect(), &mut pins).await?;
        touched.lots.extend(pins.into_keys());
        Ok(())
    }

    async fn look_at_lots(&mut self, place: &mut Option<Id>, touched: &BTreeSet<Id>) -> Result<()> {
        let mut rows = self.turn(read::LOT, place).await?;
        rows.extend(self.of_keys(&format!("{} WHERE id IN", read::LOT), touched.iter().copied()).await?);
        let mut lots = BTreeMap::new();
        for row in &rows {
            let lot = read::lot(row)?;
            lots.insert(lot.id, lot);
        }
        let wallets: BTreeSet<Id> = lots.values().map(|lot| lot.account_id).collect();
        self.meet(wallets.iter().copied()).await?;
        let mut pins: HashMap<Id, i64> = HashMap::new();
        let sql = "SELECT h.lot_id, h.amount_cents FROM ledger_hold o JOIN lot_hold h ON h.hold_id = o.id
            WHERE o.state = 'held' AND o.account_id IN";
        for row in self.of_keys(sql, wallets).await? {
            *pins.entry(row.try_get("", "lot_id")?).or_default() += row.try_get::<i64>("", "amount_cents")?;
        }
        let lots: Vec<_> = lots.into_values().collect();
        let mut sums = self.sums_of(&lots).await?;
        self.check_some_lots(&lots, &pins, &mut sums);
        Ok(())
    }

    /// Accounts against the whole of their history: what is in them now, whatever was added to them on the way here.
    async fn look_at_accounts(&mut self, place: &mut Option<Id>, mut ids: BTreeSet<Id>) -> Result<()> {
        for row in self.turn(read::ACCOUNT, place).await? {
            ids.insert(row.try_get("", "id")?);
        }
        self.meet(ids.iter().copied()).await?;
        self.stand(&ids, i64::MAX).await?;
        for id in &ids {
            if let Some(account) = self.accounts.get_mut(id) {
                (account.open_lots_cents, account.open_holds_cents) = (0, 0);
            }
        }
        let sql = "SELECT account_id, left_cents FROM lot WHERE is_open AND account_id IN";
        for row in self.of_keys(sql, ids.iter().copied()).await? {
            if let Some(account) = self.accounts.get_mut(&row.try_get::<Id>("", "account_id")?) {
                account.open_lots_cents += row.try_get::<i64>("", "left_cents")?;
            }
        }
        let sql = "SELECT account_id, amount_cents FROM ledger_hold WHERE state = 'held' AND account_id IN";
        for row in self.of_keys(sql, ids.iter().copied()).await? {
            if let Some(account) = self.accounts.get_mut(&row.try_get::<Id>("", "account_id")?) {
                account.open_holds_cents += row.try_get::<i64>("", "amount_cents")?;
            }
        }
        for id in &ids {
            if let Some(account) = self.accounts.get(id) {
                account.check(*id, &mut self.report);
            }
        }
        Ok(())
    }

    /// All balances of a book, in millions and the rest: a sum of what somebody wrote over may be beyond 64 bits.
    async fn add_up(&mut self) -> Result<()> {
        let sql = "SELECT book_id, CAST(SUM(balance_cents / 1000000) AS bigint) AS millions,
            CAST(SUM(balance_cents % 1000000) AS bigint) AS rest FROM ledger_account GROUP BY book_id";
        for row in self.rows(sql, []).await? {
            let (millions, rest): (i64, i64) = (row.try_get("", "millions")?, row.try_get("", "rest")?);
            if let Some(book) = self.books.get_mut(&row.try_get::<Id>("", "book_id")?) {
                book.sum = i128::from(millions) * 1_000_000 + i128::from(rest);
            }
        }
        Ok(())
    }
}
