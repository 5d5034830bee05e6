//! Several books in one go, one lot after another.

use std::collections::VecDeque;

use kernel::combine::Outcome;
use kernel::time::Day;
use kernel::{Error, Id, Result, Tx};

use super::{Plain, sound, thawed};
use crate::ledger::account::wallet_id;
use crate::ledger::engine::rows::Account;
use crate::ledger::joint::{GiveBack, Joint, Part, Spend};
use crate::ledger::kind::is_paid;
use crate::ledger::order::Order;
use crate::ledger::{LEDGER_ACCOUNT, LEDGER_AMOUNT, LEDGER_KEY, LEDGER_REFUND, LEDGER_SHORT, LEDGER_STOPPED};

/// What a book can give, one lot after another.
type Line = VecDeque<(Day, i64)>;

/// Carries out one order over several books.
///
/// # Errors
/// Contention, or the database.
pub async fn carry_out_joint(tx: &Tx, joint: &Joint) -> Result<Outcome<Vec<Part>>> {
    let whole = joint.whole();
    if let [only] = whole.as_slice() {
        let done = super::carry_out(tx, only).await?;
        return Ok(done.map(|done| vec![Part { book_id: only.book_id, done }]));
    }
    let mut plains = Vec::with_capacity(whole.len());
    for order in &whole {
        plains.push(Plain::open(tx, order).await?);
    }
    for plain in &plains {
        if plain.known().await?.is_some() {
            return Ok(Err(LEDGER_KEY.refusal()));
        }
    }
    if plains.iter().any(|plain| plain.stopped) {
        return Ok(Err(LEDGER_STOPPED.refusal()));
    }
    let Some(first) = plains.first() else { return Ok(Err(LEDGER_ACCOUNT.refusal())) };
    match split(&plains, joint).await {
        Ok(cents) => each(tx, &joint.orders(&cents)).await.map(Ok),
        Err(Error::Refusal(refusal)) => {
            first.burn(&Err(refusal.clone())).await?;
            Ok(Err(refusal))
        }
        Err(error) => Err(error),
    }
}

/// How much each book gives.
async fn split(plains: &[Plain<'_>], joint: &Joint) -> Result<Vec<i64>> {
    plains.iter().try_for_each(Plain::dated)?;
    match joint {
        Joint::Spend(spend) => pay(plains, spend).await,
        Joint::GiveBack(back) => give_back(plains, back).await,
    }
}

async fn each(tx: &Tx, orders: &[Order]) -> Result<Vec<Part>> {
    let mut parts = Vec::with_capacity(orders.len());
    for order in orders {
        parts.push(Part { book_id: order.book_id, done: super::carry_out(tx, order).await?? });
    }
    Ok(parts)
}

/// How much each book gives of a payment.
async fn pay(plains: &[Plain<'_>], spend: &Spend) -> Result<Vec<i64>> {
    sound(spend.amount_cents)?;
    let mut takers = Vec::new();
    for (plain, (_, to)) in plains.iter().zip(&spend.to) {
        let taker = plain.account(*to).await?;
        if !is_paid(taker.kind) {
            return Err(LEDGER_ACCOUNT.refusal().into());
        }
        takers.push(taker);
    }
    let wallet = |plain: &Plain<'_>| wallet_id(plain.order.book_id, spend.person_id);
    for (plain, taker) in plains.iter().zip(&takers) {
        thawed([taker].into_iter().chain(plain.find_account(wallet(plain)).await?.as_ref()))?;
    }
    let mut lines = Vec::new();
    for plain in plains {
        let lots = plain.free_lots(wallet(plain)).await?;
        lines.push(lots.into_iter().map(|lot| (lot.expires_on, lot.left_cents - lot.held_cents)).collect());
    }
    // Of the lots in front the one that ends first; of equal ones that of the book that was named first.
    let next = |lines: &[Line]| {
        let front = lines.iter().enumerate().filter_map(|(at, line)| line.front().map(|(day, _)| (*day, at)));
        front.min().map(|(_, at)| at)
    };
    let cents = merged(lines, spend.amount_cents, next).ok_or_else(|| LEDGER_SHORT.refusal())?;
    fits(&takers, &cents)?;
    Ok(cents)
}

/// How much goes back in each book.
async fn give_back(plains: &[Plain<'_>], back: &GiveBack) -> Result<Vec<i64>> {
    sound(back.amount_cents)?;
    let (mut payments, mut left) = (Vec::new(), 0);
    for (plain, (_, of)) in plains.iter().zip(&back.of) {
        let past = plain.past(*of).await?.filter(|past| past.kind.is_payment());
        let past = past.ok_or_else(|| LEDGER_REFUND.refusal())?;
        let before = plain.refunded(*of).await?;
        left += past.amount_cents - before;
        payments.push((past, before));
    }
    if back.amount_cents > left {
        return Err(LEDGER_REFUND.refusal().into());
    }
    let (mut givers, mut takers) = (Vec::new(), Vec::new());
    for (plain, (past, _)) in plains.iter().zip(&payments) {
        let (giver, taker) = (plain.account(past.credit_id).await?, plain.account(past.debit_id).await?);
        thawed([&giver, &taker])?;
        givers.push(giver);
        takers.push(taker);
    }
    let mut lines = Vec::new();
    for ((plain, (_, of)), (_, before)) in plains.iter().zip(&back.of).zip(&payments) {
        lines.push(newest(plain, *of, *before).await?);
    }
    let next = |lines: &[Line]| {
        let front = lines.iter().enumerate().filter_map(|(at, line)| line.front().map(|(day, _)| (*day, at)));
        front.max().map(|(_, at)| at)
    };
    let cents = merged(lines, back.amount_cents, next).ok_or_else(|| LEDGER_REFUND.refusal())?;
    if givers.iter().zip(&cents).any(|(giver, cents)| *cents > 0 && !giver.affords(*cents)) {
        return Err(LEDGER_SHORT.refusal().into());
    }
    fits(&takers, &cents)?;
    Ok(cents)
}

/// What a payment took from lots and has not given back, newest split first.
async fn newest(plain: &Plain<'_>, of: Id, before: i64) -> Result<Line> {
    let sql = "SELECT l.expires_on, u.amount_cents FROM lot_use u JOIN lot l ON l.id = u.lot_id
        WHERE u.transfer_id = $1 ORDER BY l.expires_on DESC, l.seq DESC, l.id DESC";
    let (mut line, mut passed) = (Line::new(), before);
    for row in plain.all(sql, [of.into()]).await? {
        let used = -row.try_get::<i64>("", "amount_cents")?;
        let gone = passed.min(used);
        passed -= gone;
        if used > gone {
            line.push_back((row.try_get("", "expires_on")?, used - gone));
        }
    }
    Ok(line)
}

/// Takes an amount lot by lot from the line that is next; none when all are empty before.
fn merged(mut lines: Vec<Line>, amount_cents: i64, next: impl Fn(&[Line]) -> Option<usize>) -> Option<Vec<i64>> {
    let (mut rest, mut cents) = (amount_cents, vec![0; lines.len()]);
    while rest > 0 {
        let at = next(&lines)?;
        let (_, free) = lines.get_mut(at)?.pop_front()?;
        let part = rest.min(free);
        rest -= part;
        *cents.get_mut(at)? += part;
    }
    Some(cents)
}

/// No balance leaves the range.
fn fits(takers: &[Account], cents: &[i64]) -> Result<()> {
    let beyond = |(taker, cents): (&Account, &i64)| *cents > 0 && taker.balance_cents.checked_add(*cents).is_none();
    if takers.iter().zip(cents).any(beyond) { Err(LEDGER_AMOUNT.refusal().into()) } else { Ok(()) }
}
