//! Open lots of wallets that spend.
//!
//! A payment takes from the lot that expires first, and mostly that one is enough: on PostgreSQL it alone is looked for, and
//! all of a wallet where it is not. Where other orders of a batch give back, all lots are read, whole.

use std::collections::BTreeSet;

use kernel::calendar::china_day;
use kernel::db::array;
use kernel::{Id, Result};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::{Named, rows, take_lots};
use crate::ledger::engine::rows::Lot;
use crate::ledger::engine::{Moment, State};
use crate::ledger::read;

/// The first open lot of each wallet, with the columns of [`read::SPENDABLE`].
const FIRST: &str = "SELECT l.id, l.account_id, l.left_cents, l.held_cents, l.expires_on, l.seq
    FROM unnest($1) AS given (id) CROSS JOIN LATERAL (
        SELECT * FROM lot WHERE is_open AND account_id = given.id ORDER BY expires_on, seq, id LIMIT 1
    ) AS l";

/// What was read.
pub(super) enum Found {
    /// The first lot of each wallet.
    First(Vec<QueryResult>),
    /// All open lots, as much of them as a payment asks for.
    Open(Vec<QueryResult>),
    /// All open lots, with where they came from.
    Whole(Vec<QueryResult>),
}

/// Reads; the rows are taken in by [`take`].
pub(super) async fn find(conn: &impl ConnectionTrait, named: &Named) -> Result<Found> {
    let wallets = || named.spending.keys().copied().collect();
    if named.gives_back() {
        return Ok(Found::Whole(rows(conn, read::LOT, "WHERE is_open AND account_id IN", &wallets()).await?));
    }
    if conn.get_database_backend() != DbBackend::Postgres {
        return Ok(Found::Open(open(conn, &wallets()).await?));
    }
    if named.spending.is_empty() {
        return Ok(Found::First(Vec::new()));
    }
    let keys = array(named.spending.keys().map(|wallet| (*wallet).into()).collect())?;
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, FIRST, [keys]);
    Ok(Found::First(conn.query_all_raw(statement).await?))
}

/// Takes in what was found; answers the wallets whose first lot is not enough.
pub(super) fn take(state: &mut State, named: &Named, found: &Found, moment: Moment) -> Result<BTreeSet<Id>> {
    let mut short = BTreeSet::new();
    match found {
        Found::Whole(rows) => take_lots(state, rows)?,
        Found::Open(rows) => take_open(state, rows)?,
        Found::First(rows) => {
            for row in rows {
                let lot = Lot::from(read::spendable(row)?);
                if !is_enough(state, named, &lot, moment) {
                    short.insert(lot.account_id);
                }
                put(state, lot);
            }
        }
    }
    Ok(short)
}

/// Reads and takes in all open lots of these wallets.
pub(super) async fn rest(conn: &impl ConnectionTrait, state: &mut State, short: &BTreeSet<Id>) -> Result<()> {
    take_open(state, &open(conn, short).await?)
}

/// Whatever becomes of the others, all orders of the wallet can be paid from this lot.
fn is_enough(state: &State, named: &Named, lot: &Lot, moment: Moment) -> bool {
    named.spending.get(&lot.account_id).is_some_and(|(book, most)| {
        let at = state.books.get(book).map_or(moment.now, |book| book.at.max(moment.now));
        lot.expires_on >= china_day(at) && lot.free_cents() >= *most
    })
}

async fn open(conn: &impl ConnectionTrait, wallets: &BTreeSet<Id>) -> Result<Vec<QueryResult>> {
    rows(conn, read::SPENDABLE, "WHERE is_open AND account_id IN", wallets).await
}

fn take_open(state: &mut State, rows: &[QueryResult]) -> Result<()> {
    for row in rows {
        put(state, Lot::from(read::spendable(row)?));
    }
    Ok(())
}

fn put(state: &mut State, lot: Lot) {
    state.stored.insert(lot.id);
    state.put_lot(lot);
}
