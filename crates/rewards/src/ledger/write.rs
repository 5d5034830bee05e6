//! What a batch changed, set-wise: the rows as they stand, then how it came about, with one event for the transfers of a
//! kind in a book ([`told`]) and one a hold.

use kernel::calendar::china_day;
use kernel::db::{Write, write_all};
use kernel::event::Event;
use kernel::{Id, Result, Tx};
use sea_orm::Value;

use super::columns::{ACCOUNT, LOT, TRANSFER};
use super::engine::Engine;
use super::engine::rows::{Account, Burnt, Hold, HoldState, Lot, Transfer};
use super::load::MANY;
use super::told::{self, Told};

const HOLD: [&str; 16] = [
    "id",
    "book_id",
    "account_id",
    "to_id",
    "amount_cents",
    "state",
    "captured_cents",
    "expires_at",
    "reason",
    "subject_id",
    "actor_id",
    "event_id",
    "held_at",
    "resolved_at",
    "resolved_by",
    "shop_id",
];
const BURNT: [&str; 10] = [
    "id",
    "fingerprint",
    "code",
    "message",
    "subject_id",
    "amount_cents",
    "debit_after_cents",
    "credit_after_cents",
    "seq",
    "at",
];

const ACCOUNT_CHANGE: [&str; 4] = ["id", "balance_cents", "held_cents", "seq"];
const LOT_CHANGE: [&str; 4] = ["id", "left_cents", "held_cents", "is_open"];
/// Of a lot of which something went back to its budget: no payment writes these.
const LOT_BACK: [&str; 6] = ["id", "left_cents", "held_cents", "is_open", "expired_cents", "reversed_cents"];

/// Writes what the engine decided. Of many transfers, what stands now is written while it is put down how it came about.
pub(super) async fn write(tx: &Tx, engine: &Engine) -> Result<()> {
    let (state, effects) = (&engine.state, &engine.effects);
    let mut writes = standing(engine);
    if effects.transfers.len() < MANY {
        writes.extend(how_it_came(tx, engine)?);
    } else {
        let (stands, came) = tokio::join!(write_all(tx, writes), async { how_it_came(tx, engine) });
        stands?;
        writes = came?;
    }
    write_all(tx, writes).await?;
    let resolved = effects.resolved_holds.iter().filter(|id| !effects.new_holds.contains(id));
    for hold in resolved.filter_map(|id| state.holds.get(id)) {
        resolve(tx, hold).await?;
    }
    Ok(())
}

/// Transfers and holds, with the events that tell of them.
fn how_it_came(tx: &Tx, engine: &Engine) -> Result<Vec<Write>> {
    let (state, effects) = (&engine.state, &engine.effects);
    let made: Vec<&Hold> = effects.new_holds.iter().filter_map(|id| state.holds.get(id)).collect();
    let resolved = effects.resolved_holds.iter().filter_map(|id| state.holds.get(id));
    let freed = resolved.filter(|hold| hold.state == HoldState::Released);
    let placed = made.iter().map(|hold| of_hold("hold.placed", hold));
    let freed = freed.map(|hold| of_hold("hold.released", hold));
    let bundles = told::bundles(&effects.transfers);
    let told = bundles.iter().map(|((book, kind), of)| Told::of(of.iter().copied()).event(kind, *book, told::node(of)));
    let (events, mut writes) = tx.draft(told.chain(placed).chain(freed).collect())?;
    let of_transfers = bundles.values().zip(&events).flat_map(|(of, id)| of.iter().map(|one| transfer(one, *id)));
    let of_holds = made.iter().zip(events.iter().skip(bundles.len()));
    writes.push(Write::insert("transfer", &TRANSFER, of_transfers.collect()));
    writes.push(Write::insert("ledger_hold", &HOLD, of_holds.map(|(one, id)| hold(one, *id)).collect()));
    Ok(writes)
}

/// Books, accounts and lots as they stand now, and the rows that no event has a part in.
fn standing(engine: &Engine) -> Vec<Write> {
    let (state, effects) = (&engine.state, &engine.effects);
    let books = effects.books.iter().filter_map(|id| state.books.get(id));
    let mut writes: Vec<Write> = books
        .map(|book| Write::Run {
            sql: "UPDATE ledger_book SET seq = $2, at = $3 WHERE id = $1",
            values: vec![book.id.into(), book.seq.into(), book.at.into()],
        })
        .collect();
    let accounts = effects.accounts.iter().filter_map(|id| state.accounts.get(id));
    let (stood, opened): (Vec<_>, Vec<_>) = accounts.partition(|account| state.stored.contains(&account.id));
    writes.push(Write::change("ledger_account", &ACCOUNT_CHANGE, stood.into_iter().map(account_change).collect()));
    let tail = "ON CONFLICT (id) DO UPDATE SET balance_cents = excluded.balance_cents,
        held_cents = excluded.held_cents, seq = excluded.seq";
    writes.push(Write::upsert("ledger_account", &ACCOUNT, opened.into_iter().map(account).collect(), tail));
    let lots = effects.lots.iter().filter_map(|id| state.lot(*id));
    let (stood, made): (Vec<_>, Vec<_>) = lots.partition(|lot| state.stored.contains(&lot.id));
    // A row is touched once.
    let (back, stood): (Vec<_>, Vec<_>) = stood.into_iter().partition(|lot| effects.lots_back.contains(&lot.id));
    writes.push(Write::change("lot", &LOT_CHANGE, stood.into_iter().map(lot_change).collect()));
    writes.push(Write::change("lot", &LOT_BACK, back.into_iter().map(lot_back).collect()));
    writes.push(Write::insert("lot", &LOT, made.into_iter().map(lot).collect()));
    let uses = effects.uses.iter();
    let uses = uses.map(|one| vec![one.transfer_id.into(), one.lot_id.into(), one.amount_cents.into()]).collect();
    writes.push(Write::insert("lot_use", &["transfer_id", "lot_id", "amount_cents"], uses));
    writes.push(Write::insert("burnt_key", &BURNT, effects.burnt.iter().map(burnt).collect()));
    let made = effects.new_holds.iter().filter_map(|id| state.holds.get(id));
    let pins = made.flat_map(|hold| hold.pins.iter().map(|(lot, part)| (hold.id, *lot, *part)));
    let pins = pins.map(|(hold, lot, part)| vec![hold.into(), lot.into(), part.into()]).collect();
    writes.push(Write::insert("lot_hold", &["hold_id", "lot_id", "amount_cents"], pins));
    writes
}

/// A hold that was made and resolved in the same batch was written as it is now.
async fn resolve(tx: &Tx, hold: &Hold) -> Result<()> {
    let sql =
        "UPDATE ledger_hold SET state = $2, captured_cents = $3, resolved_at = $4, resolved_by = $5 WHERE id = $1";
    let values = [
        hold.id.into(),
        hold.state.as_str().into(),
        hold.captured_cents.into(),
        hold.resolved_at.into(),
        hold.resolved_by.into(),
    ];
    tx.execute_sql(sql, values).await?;
    Ok(())
}

fn of_hold(kind: &'static str, hold: &Hold) -> Event {
    Event::of(kind, "hold", hold.id)
        .with("debit_id", hold.account_id)
        .with("credit_id", hold.to_id)
        .with("amount_cents", hold.amount_cents)
}

fn transfer(of: &Transfer, event_id: Id) -> Vec<Value> {
    vec![
        of.id.into(),
        of.fingerprint.to_vec().into(),
        of.book_id.into(),
        of.seq.into(),
        of.kind.as_str().into(),
        of.debit_id.into(),
        of.credit_id.into(),
        of.amount_cents.into(),
        of.debit_after_cents.into(),
        of.credit_after_cents.into(),
        of.reason.clone().into(),
        of.subject_id.into(),
        of.shop_id.into(),
        of.actor_id.into(),
        of.reverses_id.into(),
        of.hold_id.into(),
        of.bank_line_id.into(),
        event_id.into(),
        of.at.into(),
        china_day(of.at).into(),
    ]
}

fn account(of: &Account) -> Vec<Value> {
    vec![
        of.id.into(),
        of.book_id.into(),
        of.kind.as_str().into(),
        of.owner_id.into(),
        of.purpose.clone().into(),
        of.fiscal_year.into(),
        of.balance_cents.into(),
        of.held_cents.into(),
        of.floor_cents.into(),
        of.seq.into(),
    ]
}

fn account_change(of: &Account) -> Vec<Value> {
    vec![of.id.into(), of.balance_cents.into(), of.held_cents.into(), of.seq.into()]
}

fn lot_change(of: &Lot) -> Vec<Value> {
    vec![of.id.into(), of.left_cents.into(), of.held_cents.into(), (of.left_cents > 0).into()]
}

fn lot_back(of: &Lot) -> Vec<Value> {
    let back: [Value; 2] = [of.expired_cents.into(), of.reversed_cents.into()];
    lot_change(of).into_iter().chain(back).collect()
}

fn lot(of: &Lot) -> Vec<Value> {
    vec![
        of.id.into(),
        of.book_id.into(),
        of.account_id.into(),
        of.issuer_id.into(),
        of.budget_id.into(),
        of.transfer_id.into(),
        of.grace_of.into(),
        of.amount_cents.into(),
        of.left_cents.into(),
        of.held_cents.into(),
        of.expired_cents.into(),
        of.reversed_cents.into(),
        (of.left_cents > 0).into(),
        of.expires_on.into(),
        of.seq.into(),
    ]
}

fn hold(of: &Hold, event_id: Id) -> Vec<Value> {
    vec![
        of.id.into(),
        of.book_id.into(),
        of.account_id.into(),
        of.to_id.into(),
        of.amount_cents.into(),
        of.state.as_str().into(),
        of.captured_cents.into(),
        of.expires_at.into(),
        of.reason.clone().into(),
        of.subject_id.into(),
        of.actor_id.into(),
        event_id.into(),
        of.held_at.into(),
        of.resolved_at.into(),
        of.resolved_by.into(),
        of.shop_id.into(),
    ]
}

fn burnt(of: &Burnt) -> Vec<Value> {
    let (code, message, done) = match &of.answer {
        Ok(done) => (None, None, Some(done)),
        Err(refusal) => (Some(refusal.code.to_string()), Some(refusal.message.clone()), None),
    };
    let cents = |of: fn(&super::order::Done) -> i64| done.map_or(0, of);
    vec![
        of.id.into(),
        of.fingerprint.to_vec().into(),
        code.into(),
        message.into(),
        done.map(|done| done.transfer_id).into(),
        cents(|done| done.amount_cents).into(),
        cents(|done| done.debit_after_cents).into(),
        cents(|done| done.credit_after_cents).into(),
        cents(|done| done.seq).into(),
        of.at.into(),
    ]
}
