//! Everything that a batch of orders may touch, set-wise, once its books are locked.

use std::collections::{BTreeMap, BTreeSet};

use kernel::db::rows_of_keys;
use kernel::{Id, Result};
use sea_orm::ConnectionTrait;

use super::account::{custody_id, wallet_id};
use super::engine::State;
use super::engine::rows::Book;
use super::kind::TransferKind;
use super::order::{Order, What};
use super::read;

/// The rows that orders name.
#[derive(Default)]
struct Named {
    accounts: BTreeSet<Id>,
    /// Wallets that spend: all their open lots are read.
    spending: BTreeSet<Id>,
    lots: BTreeSet<Id>,
    holds: BTreeSet<Id>,
    past: BTreeSet<Id>,
    bank_lines: BTreeSet<Id>,
}

impl Named {
    fn by(&mut self, order: &Order) {
        match &order.what {
            What::TopUp { budget_id, bank_line_id, .. } => {
                self.accounts.extend([custody_id(order.book_id), *budget_id]);
                self.bank_lines.insert(*bank_line_id);
            }
            What::Move { from, to, .. } => self.accounts.extend([*from, *to]),
            What::Issue { budget_id, person_id, .. } => {
                self.accounts.extend([*budget_id, wallet_id(order.book_id, *person_id)]);
            }
            What::Pay { person_id, merchant_account_id: to, .. } | What::Hold { person_id, to, .. } => {
                let wallet = wallet_id(order.book_id, *person_id);
                self.spending.insert(wallet);
                self.accounts.extend([wallet, *to]);
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
}

/// Reads what these orders may touch.
pub(super) async fn load(conn: &impl ConnectionTrait, books: BTreeMap<Id, Book>, orders: &[&Order]) -> Result<State> {
    let mut state = State::of(books);
    load_known(conn, &mut state, orders).await?;
    let mut named = Named::default();
    let fresh = orders.iter().filter(|order| !state.known.contains_key(&order.id));
    fresh.for_each(|order| named.by(order));
    load_holds(conn, &mut state, &mut named).await?;
    load_past(conn, &mut state, &mut named).await?;
    load_lots(conn, &mut state, &mut named).await?;
    let spent = rows(conn, read::LOT, "WHERE is_open AND account_id IN", &named.spending).await?;
    // The database looks for the accounts while the lots are taken in.
    let accounts = rows(conn, read::ACCOUNT, "WHERE id IN", &named.accounts);
    let (accounts, taken) = tokio::join!(accounts, async { take_lots(&mut state, &spent) });
    taken?;
    for row in accounts? {
        let account = read::account(&row)?;
        state.stored.insert(account.id);
        state.accounts.insert(account.id, account);
    }
    for row in rows(conn, "SELECT bank_line_id FROM transfer", "WHERE bank_line_id IN", &named.bank_lines).await? {
        state.bank_lines.insert(row.try_get("", "bank_line_id")?);
    }
    in_burn_order(&mut state);
    Ok(state)
}

async fn rows(
    conn: &impl ConnectionTrait,
    select: &str,
    filter: &str,
    keys: &BTreeSet<Id>,
) -> Result<Vec<sea_orm::QueryResult>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    rows_of_keys(conn, &format!("{select} {filter}"), keys.iter().map(|key| (*key).into()).collect()).await
}

async fn load_known(conn: &impl ConnectionTrait, state: &mut State, orders: &[&Order]) -> Result<()> {
    let ids: BTreeSet<Id> = orders.iter().map(|order| order.id).collect();
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

fn take_lots(state: &mut State, found: &[sea_orm::QueryResult]) -> Result<()> {
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
