//! What a line of the bank or a decided correction does: the state of the item, and the ledger in the same transaction.

use kernel::{Error, Id, Result, Tx};

use super::{SETTLEMENT_DIFFERENCE, find, item_entity as item};
use crate::ledger::{self, MoveKind, Order, What};

/// An item is paid with an amount: the ledger moves it from the merchant to custody, once.
///
/// # Errors
/// `settlement.difference` when the item was dealt with meanwhile; `ledger.*`; the database.
pub async fn pay(tx: &Tx, item: &item::Model, number: &str, cents: i64) -> Result<()> {
    turn(tx, item, &["open"], "paid").await?;
    let id = item.pay_transfer_id;
    let to = ledger::custody_id(item.book_id);
    payout(tx, item, Payout { id, from: item.account_id, to, cents, kind: "paid" }, number).await
}

/// The bank paid an item once more: the merchant owes it until it sells again. `id` is that of the difference, so that it
/// is done once.
///
/// # Errors
/// As [`pay`].
pub async fn pay_again(tx: &Tx, item: &item::Model, number: &str, cents: i64, id: Id) -> Result<()> {
    let to = ledger::custody_id(item.book_id);
    payout(tx, item, Payout { id, from: item.account_id, to, cents, kind: "extra" }, number).await
}

/// What was paid came back: it is owed again. What was never entered as paid only changes its state.
///
/// # Errors
/// As [`pay`].
pub async fn come_back(tx: &Tx, item: &item::Model, number: &str) -> Result<()> {
    turn(tx, item, &["open", "paid"], "returned").await?;
    if item.state == "open" {
        return Ok(());
    }
    let (id, from) = (item.return_transfer_id, ledger::custody_id(item.book_id));
    let back = Payout { id, from, to: item.account_id, cents: item.amount_cents, kind: "returned" };
    payout(tx, item, back, number).await
}

/// An item ends without a payment: the merchant is owed as before.
///
/// # Errors
/// As [`pay`].
pub async fn give_up(tx: &Tx, item: &item::Model, state: &'static str) -> Result<()> {
    turn(tx, item, &["open"], state).await
}

/// Whether everything of a settlement is done: then it is closed, else it is under way.
///
/// # Errors
/// The database.
pub async fn close_if_done(tx: &Tx, settlement: Id) -> Result<bool> {
    let items = find::items(tx, settlement).await?;
    let differences = find::differences(tx, settlement).await?;
    let done = items.iter().all(|item| item.state != "open") && differences.iter().all(|one| one.state == "done");
    let sql = "UPDATE settlement SET state = $2, closed_at = $3, version = version + 1
        WHERE id = $1 AND state IN ('sent', 'closed') AND state <> $2";
    let (state, at) = if done { ("closed", Some(tx.now())) } else { ("sent", None) };
    let changed = tx.execute_sql(sql, [settlement.into(), state.into(), at.into()]).await? == 1;
    Ok(done && changed)
}

async fn turn(tx: &Tx, item: &item::Model, from: &[&str], to: &'static str) -> Result<()> {
    if !from.contains(&item.state.as_str()) {
        return Err(SETTLEMENT_DIFFERENCE.refusal().into());
    }
    let sql = "UPDATE settlement_item SET state = $3 WHERE id = $1 AND state = $2";
    if tx.execute_sql(sql, [item.id.into(), item.state.clone().into(), to.into()]).await? == 1 {
        Ok(())
    } else {
        Err(Error::Contention)
    }
}

struct Payout {
    id: Id,
    from: Id,
    to: Id,
    cents: i64,
    kind: &'static str,
}

async fn payout(tx: &Tx, item: &item::Model, moved: Payout, number: &str) -> Result<()> {
    let back = moved.kind == "returned";
    let (kind, said) = if back { (MoveKind::PayoutBack, "退汇") } else { (MoveKind::Payout, "结算付款") };
    let order = Order {
        id: moved.id,
        book_id: item.book_id,
        by: tx.caller().account_id(),
        what: What::Move {
            from: moved.from,
            to: moved.to,
            amount_cents: moved.cents,
            kind,
            reason: format!("{said} {number} {}", item.reference),
            subject_id: Some(item.id),
        },
    };
    for outcome in ledger::apply(tx, &[order]).await? {
        outcome?;
    }
    let sql = "INSERT INTO settlement_payout (transfer_id, item_id, merchant_id, book_id, kind, cents, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let cents = if back { -moved.cents } else { moved.cents };
    let values = [
        moved.id.into(),
        item.id.into(),
        item.merchant_id.into(),
        item.book_id.into(),
        moved.kind.into(),
        cents.into(),
        tx.now().into(),
    ];
    tx.execute_sql(sql, values).await?;
    Ok(())
}
