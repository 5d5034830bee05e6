//! The ledger as one reads it: one order, row by row, in plain SQL.
//!
//! Not used by the program: this is what [`super::apply`] is held against. A property test gives random sequences of
//! orders to both and finds the same answers and the same rows. It shares with the other how rows are read, what an id
//! is and which kinds of account a move may join, and nothing that decides.

mod joint;
mod money;
mod points;

use kernel::calendar::china_day;
use kernel::combine::Outcome;
use kernel::time::{Day, Time};
use kernel::{Error, Id, Refusal, Result, Tx};
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, QueryResult};

use super::engine::MOST_CENTS;
use super::engine::rows::{Account, Transfer};
use super::fingerprint::fingerprint;
use super::kind::TransferKind;
use super::order::{AccountKind, Done, Order, What};
use super::told::Told;
use super::{
    LEDGER_ACCOUNT, LEDGER_AMOUNT, LEDGER_BUDGET, LEDGER_FROZEN, LEDGER_KEY, LEDGER_MONTH, LEDGER_SHORT,
    LEDGER_STOPPED, read,
};
pub use joint::carry_out_joint;

/// One order in hand.
struct Plain<'a> {
    tx: &'a Tx,
    order: &'a Order,
    print: [u8; 32],
    at: Time,
    open_from: Option<Day>,
    stopped: bool,
}

/// Carries out one order.
///
/// # Errors
/// Contention, or the database.
pub async fn carry_out(tx: &Tx, order: &Order) -> Result<Outcome<Done>> {
    let plain = Plain::open(tx, order).await?;
    if let Some(answer) = plain.known().await? {
        return Ok(answer);
    }
    if plain.stopped {
        return Ok(Err(LEDGER_STOPPED.refusal()));
    }
    let answer = match plain.decide().await {
        Ok(done) => Ok(done),
        Err(Error::Refusal(refusal)) => Err(refusal),
        Err(error) => return Err(error),
    };
    plain.burn(&answer).await?;
    Ok(answer)
}

impl<'a> Plain<'a> {
    /// Locks the book, and reads its time.
    async fn open(tx: &'a Tx, order: &'a Order) -> Result<Self> {
        let lock = "UPDATE ledger_book SET seq = seq WHERE id = $1";
        tx.execute_sql(lock, [order.book_id.into()]).await?;
        let plain = Plain { tx, order, print: fingerprint(order), at: tx.now(), open_from: None, stopped: false };
        let book = "SELECT at, open_from, stopped_at IS NOT NULL AS stopped FROM ledger_book WHERE id = $1";
        let book = plain.one(book, [order.book_id.into()]).await?;
        let Some(book) = book else { return Ok(plain) };
        let last: Time = book.try_get("", "at")?;
        let (open_from, stopped) = (book.try_get("", "open_from")?, book.try_get("", "stopped")?);
        Ok(Plain { at: last.max(plain.at), open_from, stopped, ..plain })
    }

    /// Nothing is dated into a closed month.
    fn dated(&self) -> Result<(), Refusal> {
        if self.open_from.is_some_and(|from| self.today() < from) { Err(LEDGER_MONTH.refusal()) } else { Ok(()) }
    }

    async fn decide(&self) -> Result<Done> {
        if self.order.what.moves() {
            self.dated()?;
        }
        match &self.order.what {
            What::TopUp { budget_id, amount_cents, bank_line_id } => {
                self.top_up(*budget_id, *amount_cents, *bank_line_id).await
            }
            What::Move { .. } => self.shift().await,
            What::Issue { .. } => self.issue().await,
            What::Pay { .. } => self.pay().await,
            What::Hold { .. } => self.hold().await,
            What::Capture { hold_id, amount_cents } => self.capture(*hold_id, *amount_cents).await,
            What::Release { hold_id } => self.release(*hold_id).await,
            What::Refund { payment_id, amount_cents, reason, grace_until } => {
                self.refund(*payment_id, *amount_cents, reason, *grace_until).await
            }
            What::Expire { lot_id, today } => self.expire(*lot_id, *today).await,
            What::Reverse { transfer_id, reason } => self.reverse(*transfer_id, reason).await,
            What::TakeBack { transfer_id, reason } => self.take_back(*transfer_id, reason).await,
        }
    }

    async fn known(&self) -> Result<Option<Outcome<Done>>> {
        let id: [Value; 1] = [self.order.id.into()];
        let moved = self.one(&format!("{} WHERE id = $1", read::ANSWER), id.clone()).await?;
        let burnt = self.one(&format!("{} WHERE id = $1", read::BURNT), id).await?;
        let known = match (moved, burnt) {
            (Some(row), _) => read::answer(&row)?,
            (None, Some(row)) => read::burnt(&row)?,
            (None, None) => return Ok(None),
        };
        Ok(Some(if known.fingerprint == self.print { known.answer } else { Err(LEDGER_KEY.refusal()) }))
    }

    /// Keeps the answer to an order that left no transfer.
    async fn burn(&self, answer: &Outcome<Done>) -> Result<()> {
        let moved = self.one("SELECT seq FROM transfer WHERE id = $1", [self.order.id.into()]).await?;
        if moved.is_some() {
            return Ok(());
        }
        let sql = "INSERT INTO burnt_key (id, fingerprint, code, message, subject_id, amount_cents, debit_after_cents,
            credit_after_cents, seq, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let done = answer.as_ref().ok();
        let refusal = answer.as_ref().err();
        let values: [Value; 10] = [
            self.order.id.into(),
            self.print.to_vec().into(),
            refusal.map(|refusal| refusal.code.to_string()).into(),
            refusal.map(|refusal| refusal.message.clone()).into(),
            done.map(|done| done.transfer_id).into(),
            done.map_or(0, |done| done.amount_cents).into(),
            done.map_or(0, |done| done.debit_after_cents).into(),
            done.map_or(0, |done| done.credit_after_cents).into(),
            done.map_or(0, |done| done.seq).into(),
            self.at.into(),
        ];
        self.tx.execute_sql(sql, values).await?;
        Ok(())
    }

    async fn one(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<Option<QueryResult>> {
        Ok(self.tx.query_one_raw(self.tx.app().db.statement(sql, values)).await?)
    }

    async fn all(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<Vec<QueryResult>> {
        Ok(self.tx.query_all_raw(self.tx.app().db.statement(sql, values)).await?)
    }

    fn today(&self) -> Day {
        china_day(self.at)
    }

    async fn find_account(&self, id: Id) -> Result<Option<Account>> {
        let row = self.one(&format!("{} WHERE id = $1", read::ACCOUNT), [id.into()]).await?;
        row.map(|row| read::account(&row)).transpose()
    }

    /// An account of this book, or a refusal.
    async fn account(&self, id: Id) -> Result<Account> {
        let found = self.find_account(id).await?.filter(|account| account.book_id == self.order.book_id);
        Ok(found.ok_or_else(|| LEDGER_ACCOUNT.refusal())?)
    }

    /// What is posted of a transfer: both balances, both accounts' numbers, the event, the row.
    async fn post(&self, entry: Entry<'_>) -> Result<Done> {
        let (debit, credit) = (self.account(entry.debit).await?, self.account(entry.credit).await?);
        let rest = debit.balance_cents.checked_sub(entry.cents);
        let free = rest.and_then(|rest| rest.checked_sub(debit.held_cents));
        if debit.floor_cents.is_some_and(|floor| free.is_none_or(|free| free < floor)) {
            let of_budget = debit.kind == AccountKind::Budget;
            return Err(if of_budget { LEDGER_BUDGET.refusal() } else { LEDGER_SHORT.refusal() }.into());
        }
        if rest.is_none() || credit.balance_cents.checked_add(entry.cents).is_none() {
            return Err(LEDGER_AMOUNT.refusal().into());
        }
        let book = "UPDATE ledger_book SET seq = seq + 1, at = $2 WHERE id = $1 RETURNING seq";
        let row = self.one(book, [self.order.book_id.into(), self.at.into()]).await?;
        let seq: i64 = row.ok_or_else(|| LEDGER_ACCOUNT.refusal())?.try_get("", "seq")?;
        let change = "UPDATE ledger_account SET balance_cents = balance_cents + $2, seq = $3 WHERE id = $1
            RETURNING balance_cents";
        let mut after = [0; 2];
        for (after, (id, cents)) in after.iter_mut().zip([(entry.debit, -entry.cents), (entry.credit, entry.cents)]) {
            let row = self.one(change, [id.into(), cents.into(), seq.into()]).await?;
            *after = row.ok_or_else(|| LEDGER_ACCOUNT.refusal())?.try_get("", "balance_cents")?;
        }
        let row = self.row(&entry, seq, after);
        let event = self.tx.record(Told::of([&row]).event(row.kind.event(), row.book_id, None)).await?;
        self.insert(&row, event).await?;
        let [debit_after_cents, credit_after_cents] = after;
        let (transfer_id, amount_cents, at) = (self.order.id, entry.cents, self.at);
        Ok(Done { transfer_id, amount_cents, debit_after_cents, credit_after_cents, seq, at, fresh: true })
    }

    fn row(&self, entry: &Entry<'_>, seq: i64, after: [i64; 2]) -> Transfer {
        let [debit_after_cents, credit_after_cents] = after;
        Transfer {
            id: self.order.id,
            fingerprint: self.print,
            book_id: self.order.book_id,
            seq,
            kind: entry.kind,
            debit_id: entry.debit,
            credit_id: entry.credit,
            amount_cents: entry.cents,
            debit_after_cents,
            credit_after_cents,
            reason: entry.reason.to_owned(),
            subject_id: entry.subject,
            shop_id: entry.shop,
            actor_id: self.order.by,
            reverses_id: entry.reverses,
            hold_id: entry.hold,
            bank_line_id: entry.bank_line,
            node_id: None,
            at: self.at,
        }
    }

    async fn insert(&self, row: &Transfer, event: Id) -> Result<()> {
        let sql = "INSERT INTO transfer (id, fingerprint, book_id, seq, kind, debit_id, credit_id, amount_cents,
            debit_after_cents, credit_after_cents, reason, subject_id, shop_id, actor_id, reverses_id, hold_id,
            bank_line_id, event_id, at, day)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
        let values: [Value; 20] = [
            row.id.into(),
            row.fingerprint.to_vec().into(),
            row.book_id.into(),
            row.seq.into(),
            row.kind.as_str().into(),
            row.debit_id.into(),
            row.credit_id.into(),
            row.amount_cents.into(),
            row.debit_after_cents.into(),
            row.credit_after_cents.into(),
            row.reason.clone().into(),
            row.subject_id.into(),
            row.shop_id.into(),
            row.actor_id.into(),
            row.reverses_id.into(),
            row.hold_id.into(),
            row.bank_line_id.into(),
            event.into(),
            row.at.into(),
            self.today().into(),
        ];
        self.tx.execute_sql(sql, values).await?;
        Ok(())
    }
}

/// A transfer before its number.
struct Entry<'a> {
    kind: TransferKind,
    debit: Id,
    credit: Id,
    cents: i64,
    reason: &'a str,
    subject: Option<Id>,
    shop: Option<Id>,
    reverses: Option<Id>,
    hold: Option<Id>,
    bank_line: Option<Id>,
}

fn entry<'a>(kind: TransferKind, debit: Id, credit: Id, cents: i64, reason: &'a str) -> Entry<'a> {
    Entry { kind, debit, credit, cents, reason, subject: None, shop: None, reverses: None, hold: None, bank_line: None }
}

fn sound(cents: i64) -> Result<(), Refusal> {
    if cents <= 0 || cents > MOST_CENTS { Err(LEDGER_AMOUNT.refusal()) } else { Ok(()) }
}

fn thawed<'a>(accounts: impl IntoIterator<Item = &'a Account>) -> Result<(), Refusal> {
    if accounts.into_iter().any(|account| account.frozen) { Err(LEDGER_FROZEN.refusal()) } else { Ok(()) }
}
