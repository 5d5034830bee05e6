//! Rows of the tables as the engine sees them.

use kernel::db::InOrder;
use kernel::error::{INTERNAL, Refusal};
use kernel::{Error, Result};
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable};

use super::REFUSALS;
use super::engine::rows::{Account, Hold, HoldState, Known, Lot, Past, Spendable};
use super::kind::TransferKind;
use super::order::{AccountKind, Done};

/// A statement and what takes its rows in, from one list of columns, so that these are found by their place: of a batch
/// a thousand rows are read, and to look up each column's name costs more than the rest of it.
macro_rules! rows {
    ($select:ident, $read:ident: $row:ident from $table:literal {
        $first:ident $(= $expression:literal)?, $($field:ident $(= $expressions:literal)?,)*
    }) => {
        pub(super) const $select: &str = concat!(
            "SELECT ", $($expression, " AS ",)? stringify!($first),
            $(", ", $($expressions, " AS ",)? stringify!($field),)* " FROM ", $table
        );

        pub(super) fn $read(row: &QueryResult) -> Result<$row> {
            let mut row = InOrder::of(row);
            Ok($row { $first: row.next()?, $($field: row.next()?,)* })
        }
    };
}

rows!(ACCOUNT, account: Account from "ledger_account" {
    id, book_id, kind, owner_id, purpose, fiscal_year, balance_cents, held_cents, floor_cents, seq,
    frozen = "frozen_reason IS NOT NULL",
});
rows!(SPENDABLE, spendable: Spendable from "lot" { id, account_id, left_cents, held_cents, expires_on, seq, });
rows!(LOT, lot: Lot from "lot" {
    id, book_id, account_id, issuer_id, budget_id, transfer_id, grace_of, amount_cents, left_cents, held_cents,
    expired_cents, reversed_cents, expires_on, seq,
});

pub(super) const HOLD: &str = "SELECT id, book_id, account_id, to_id, amount_cents, state, captured_cents, expires_at,
    shop_id, reason, subject_id, actor_id, held_at, resolved_at, resolved_by FROM ledger_hold";
pub(super) const PAST: &str = "SELECT id, book_id, kind, debit_id, credit_id, amount_cents, subject_id, shop_id
    FROM transfer";
pub(super) const ANSWER: &str = "SELECT id, fingerprint, amount_cents, debit_after_cents, credit_after_cents, seq, at
    FROM transfer";
pub(super) const BURNT: &str = "SELECT id, fingerprint, code, message, subject_id, amount_cents, debit_after_cents,
    credit_after_cents, seq, at FROM burnt_key";
/// Both of them, in the shape of the second.
pub(super) const KNOWN: &str = "SELECT id, fingerprint, code, message, subject_id, amount_cents, debit_after_cents,
    credit_after_cents, seq, at FROM (
        SELECT id, fingerprint, code, message, subject_id, amount_cents, debit_after_cents, credit_after_cents, seq, at
            FROM burnt_key
        UNION ALL SELECT id, fingerprint, NULLIF(reason, reason), NULLIF(reason, reason), id, amount_cents,
            debit_after_cents, credit_after_cents, seq, at FROM transfer) AS known";

fn odd(what: &str, text: &str) -> Error {
    Error::internal(format!("the ledger holds no {what} called {text}"))
}

impl TryGetable for AccountKind {
    fn try_get_by<I: ColIdx>(row: &QueryResult, place: I) -> std::result::Result<Self, TryGetError> {
        let kind = String::try_get_by(row, place)?;
        Self::parse(&kind)
            .ok_or_else(|| TryGetError::DbErr(DbErr::Type(format!("no kind of account is called {kind}"))))
    }
}

/// Without its pins.
pub(super) fn hold(row: &QueryResult) -> Result<Hold> {
    let state: String = row.try_get("", "state")?;
    Ok(Hold {
        id: row.try_get("", "id")?,
        book_id: row.try_get("", "book_id")?,
        account_id: row.try_get("", "account_id")?,
        to_id: row.try_get("", "to_id")?,
        amount_cents: row.try_get("", "amount_cents")?,
        state: HoldState::parse(&state).ok_or_else(|| odd("state of a hold", &state))?,
        captured_cents: row.try_get("", "captured_cents")?,
        expires_at: row.try_get("", "expires_at")?,
        shop_id: row.try_get("", "shop_id")?,
        reason: row.try_get("", "reason")?,
        subject_id: row.try_get("", "subject_id")?,
        actor_id: row.try_get("", "actor_id")?,
        held_at: row.try_get("", "held_at")?,
        resolved_at: row.try_get("", "resolved_at")?,
        resolved_by: row.try_get("", "resolved_by")?,
        pins: Vec::new(),
    })
}

/// Without its uses and what came after it.
pub(super) fn past(row: &QueryResult) -> Result<Past> {
    let kind: String = row.try_get("", "kind")?;
    Ok(Past {
        book_id: row.try_get("", "book_id")?,
        kind: TransferKind::parse(&kind).ok_or_else(|| odd("kind of transfer", &kind))?,
        debit_id: row.try_get("", "debit_id")?,
        credit_id: row.try_get("", "credit_id")?,
        amount_cents: row.try_get("", "amount_cents")?,
        subject_id: row.try_get("", "subject_id")?,
        shop_id: row.try_get("", "shop_id")?,
        uses: Vec::new(),
        refunded_cents: 0,
        reversed: false,
    })
}

/// What was answered to an order that left a transfer.
pub(super) fn answer(row: &QueryResult) -> Result<Known> {
    let done = Done { transfer_id: row.try_get("", "id")?, ..amounts(row)? };
    Ok(Known { fingerprint: print(row)?, answer: Ok(done) })
}

/// What was answered to an order that left none, or to any order that is [`KNOWN`].
pub(super) fn burnt(row: &QueryResult) -> Result<Known> {
    let code: Option<String> = row.try_get("", "code")?;
    let answer = match code {
        Some(code) => Err(refusal(code, row.try_get::<Option<String>>("", "message")?.unwrap_or_default())),
        None => {
            let hold: Option<kernel::Id> = row.try_get("", "subject_id")?;
            Ok(Done { transfer_id: hold.unwrap_or_default(), ..amounts(row)? })
        }
    };
    Ok(Known { fingerprint: print(row)?, answer })
}

fn refusal(code: String, message: String) -> Refusal {
    let kind = REFUSALS.iter().find(|kind| kind.code == code);
    let status = kind.map_or(INTERNAL.status, |kind| kind.status);
    Refusal { code: code.into(), status, message, field: None }
}

fn amounts(row: &QueryResult) -> Result<Done> {
    Ok(Done {
        transfer_id: kernel::Id::nil(),
        amount_cents: row.try_get("", "amount_cents")?,
        debit_after_cents: row.try_get("", "debit_after_cents")?,
        credit_after_cents: row.try_get("", "credit_after_cents")?,
        seq: row.try_get("", "seq")?,
        at: row.try_get("", "at")?,
        fresh: false,
    })
}

fn print(row: &QueryResult) -> Result<[u8; 32]> {
    let bytes: Vec<u8> = row.try_get("", "fingerprint")?;
    bytes.as_slice().try_into().map_err(Error::internal)
}
