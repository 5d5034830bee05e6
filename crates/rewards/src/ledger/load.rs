//! Everything that a batch of orders may touch, set-wise, once its books are locked.

mod spending;

use std::collections::{BTreeMap, BTreeSet};

use kernel::db::rows_of_keys;
use kernel::{Id, Result};
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult};

use super::account::custody_id;
use super::engine::rows::{Account, Book};
use super::engine::{Moment, State};
use super::facts::Facts;
use super::kind::TransferKind;
use super::order::{Order, What};
use super::read;

/// So many orders are worth another connection, and so many transfers another round trip: of fewer, the rows are there as
/// soon.
pub(super) const MANY: usize = 16;

/// The rows that orders name.
#[derive(Default)]
struct Named {
    accounts: BTreeSet<Id>,
    /// Wallets that spend: their books, and how much at the most.
    spending: BTreeMap<Id, (Id, i64)>,
    lots: BTreeSet<Id>,
    holds: BTreeSet<Id>,
    past: BTreeSet<Id>,
    bank_lines: BTreeSet<Id>,
}

impl Named {
    fn by(&mut self, order: &Order, facts: &Facts) {
        match &order.what {
            What::TopUp { budget_id, bank_line_id, .. } => {
                self.accounts.extend([custody_id(order.book_id), *budget_id]);
                self.bank_lines.insert(*bank_line_id);
            }
            What::Move { from, to, .. } => self.accounts.extend([*from, *to]),
            What::Issue { budget_id, .. } => self.accounts.extend([*budget_id, facts.wallet()]),
            What::Pay { merchant_account_id: to, amount_cents, .. } | What::Hold { to, amount_cents, .. } => {
                let (_, most) = self.spending.entry(facts.wallet()).or_insert((order.book_id, 0));
                *most = most.saturating_add((*amount_cents).max(0));
                self.accounts.extend([facts.wallet(), *to]);
            }
            What::Capture { hold_id, .. } | What::Release { hold_id } => {
                self.holds.insert(*hold_id);
            }
            What::Refund { payment_id, .. } => {
                self.past.insert(*payment_id);
            }
            What::Expire { lot_id, .. } => {
                self.lots.insert(*lot_id);
            }
            What::Reverse { transfer_id, .. } | What::TakeBack { transfer_id, .. } => {
                // The lot of an issue has the issue's id.
                self.past.insert(*transfer_id);
                self.lots.insert(*transfer_id);
            }
        }
    }

    /// Where lots came from matters to orders that give back, and to those alone.
    fn gives_back(&self) -> bool {
        !self.past.is_empty() || !self.lots.is_empty()
    }
}

/// Reads what these orders may touch, once their books are locked.
///
/// Of many orders the accounts are looked for over another connection (`beside`), if there is one, while this one looks for
/// the lots. It sees what is committed, and nobody else commits to a locked book: who hands it over has written nothing in
/// this transaction that the orders may touch.
pub(super) async fn load(
    conn: &impl ConnectionTrait,
    beside: Option<&DatabaseConnection>,
    books: BTreeMap<Id, Book>,
    orders: &[(&Order, Facts)],
    moment: Moment,
) -> Result<State> {
    let mut state = State::of(books);
    let mut named = Named::default();
    orders.iter().for_each(|(order, facts)| named.by(order, facts));
    let beside = beside.filter(|_| orders.len() >= MANY);
    let early = if beside.is_some() { std::mem::take(&mut named.accounts) } else { BTreeSet::new() };
    let (found, early) = tokio::join!(find(conn, &mut state, &mut named, orders), accounts(beside, &early));
    let found = found?;
    // The database looks for the other accounts while the lots are taken in.
    let late = accounts(Some(conn), &named.accounts);
    let (late, short) = tokio::join!(late, async { spending::take(&mut state, &named, &found, moment) });
    spending::rest(conn, &mut state, &short?).await?;
    for account in early?.into_iter().chain(late?) {
        state.stored.insert(account.id);
        state.accounts.insert(account.id, account);
    }
    in_burn_order(&mut state);
    Ok(state)
}

/// Everything but the accounts; lots of wallets that spend are still to be taken in.
async fn find(
    conn: &impl ConnectionTrait,
    state: &mut State,
    named: &mut Named,
    orders: &[(&Order, Facts)],
) -> Result<spending::Found> {
    load_known(conn, state, orders).await?;
    load_holds(conn, state, named).await?;
    load_past(conn, state, named).await?;
    load_lots(conn, state, named).await?;
    for row in rows(conn, "SELECT bank_line_id FROM transfer", "WHERE bank_line_id IN", &named.bank_lines).await? {
        state.bank_lines.insert(row.try_get("", "bank_line_id")?);
    }
    spending::find(conn, named).await
}

async fn accounts(conn: Option<&impl ConnectionTrait>, keys: &BTreeSet<Id>) -> Result<Vec<Account>> {
    let Some(conn) = conn else { return Ok(Vec::new()) };
    rows(conn, read::ACCOUNT, "WHERE id IN", keys).await?.iter().map(read::account).collect()
}

async fn rows(
    conn: &impl ConnectionTrait,
    select: &str,
    filter: &str,
    keys: &BTreeSet<Id>,
) -> Result<Vec<QueryResult>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    rows_of_keys(conn, &format!("{select} {filter}"), keys.iter().map(|key| (*key).into()).collect()).await
}

async fn load_known(conn: &impl ConnectionTrait, state: &mut State, orders: &[(&Order, Facts)]) -> Result<()> {
    let ids: BTreeSet<Id> = orders.iter().map(|(order, _)| order.id).collect();
    for row in rows(conn, read::KNOWN, "WHERE id IN", &ids).await? {
        state.known.insert(row.try_get("", "id")?, read::burnt(&row)?);
    }
    Ok(())
}

async fn load_holds(conn: &impl ConnectionTrait, state: &mut State, named: &mut Named) -> Result<()> {
    for row in rows(conn, read::HOLD, "WHERE id IN", &named.holds).await? {
        let hold = read::hold(&row)?;
        named.accounts.extend([hold.account_id, hold.to_id]);
        state.holds.insert(hold.id, hold);
    }
    let select = "SELECT hold_id, lot_id, amount_cents FROM lot_hold";
    for row in rows(conn, select, "WHERE hold_id IN", &named.holds).await? {
        let (hold, lot): (Id, Id) = (row.try_get("", "hold_id")?, row.try_get("", "lot_id")?);
        named.lots.insert(lot);
        if let Some(hold) = state.holds.get_mut(&hold) {
            hold.pins.push((lot, row.try_get("", "amount_cents")?));
        }
    }
    Ok(())
}

async fn load_past(conn: &impl ConnectionTrait, state: &mut State, named: &mut Named) -> Result<()> {
    for row in rows(conn, read::PAST, "WHERE id IN", &named.past).await? {
        let past = read::past(&row)?;
        named.accounts.extend([past.debit_id, past.credit_id]);
        state.past.insert(row.try_get("", "id")?, past);
    }
    let select = "SELECT reverses_id, kind, amount_cents FROM transfer";
    for row in rows(conn, select, "WHERE reverses_id IN", &named.past).await? {
        let (of, kind): (Id, String) = (row.try_get("", "reverses_id")?, row.try_get("", "kind")?);
        if let Some(past) = state.past.get_mut(&of) {
            if kind == TransferKind::Refund.as_str() {
                past.refunded_cents += row.try_get::<i64>("", "amount_cents")?;
            } else {
                past.reversed = true;
            }
        }
    }
    let select = "SELECT transfer_id, lot_id, amount_cents FROM lot_use";
    for row in rows(conn, select, "WHERE transfer_id IN", &named.past).await? {
        let (transfer, lot): (Id, Id) = (row.try_get("", "transfer_id")?, row.try_get("", "lot_id")?);
        named.lots.insert(lot);
        if let Some(past) = state.past.get_mut(&transfer) {
            past.uses.push((lot, -row.try_get::<i64>("", "amount_cents")?));
        }
    }
    Ok(())
}

/// Lots that orders name.
async fn load_lots(conn: &impl ConnectionTrait, state: &mut State, named: &mut Named) -> Result<()> {
    let found = rows(conn, read::LOT, "WHERE id IN", &named.lots).await?;
    take_lots(state, &found)?;
    named
        .accounts
        .extend(named.lots.iter().filter_map(|id| state.lot(*id)).flat_map(|lot| [lot.account_id, lot.budget_id]));
    Ok(())
}

fn take_lots(state: &mut State, found: &[QueryResult]) -> Result<()> {
    for row in found {
        let lot = read::lot(row)?;
        state.stored.insert(lot.id);
        state.put_lot(lot);
    }
    Ok(())
}

/// What an order took from lots stands in the tables without an order of its own.
fn in_burn_order(state: &mut State) {
    let place = |state: &State, id: Id| state.lot(id).map(super::engine::rows::Lot::place);
    let mut holds = std::mem::take(&mut state.holds);
    holds.values_mut().for_each(|hold| hold.pins.sort_by_key(|(lot, _)| place(state, *lot)));
    state.holds = holds;
    let mut past = std::mem::take(&mut state.past);
    past.values_mut().for_each(|past| past.uses.sort_by_key(|(lot, _)| place(state, *lot)));
    state.past = past;
}
