//! Decides about payments: the hot action of the counter.
//!
//! Charges, reversals and refunds are one action, so that what concerns the same payment stands in one line. A batch locks
//! the gate, reads what it needs (`load`), decides one after the other in memory (`decide`), asks the ledger for all of
//! them together, and writes (`write`). A payment takes from all books in which the member has points (`books`). Who must
//! know first what becomes of another of the batch (the same payment twice, a limit that is reached only if the others are
//! paid) is decided in a further round.

mod books;
mod decide;
mod load;
mod write;

use kernel::combine::{Action, Outcome};
use kernel::error::BUSY;
use kernel::{Cx, Error, Id, Result, Tx};

use super::entity;
use super::rules::Channel;
use crate::ledger::{self, Joint, Part};

pub(super) use decide::repeated;

/// By whom.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct By {
    /// Account of the cashier or the member.
    pub account: Option<Id>,
    /// The cashier.
    pub cashier_id: Option<Id>,
    /// The till of a chain.
    pub till_id: Option<Id>,
}

/// A charge that was looked at: the code is good, the shop takes points.
#[derive(Debug, Clone)]
pub struct Pay {
    /// Made by whoever asks.
    pub id: Id,
    /// Of everything that was asked.
    pub fingerprint: [u8; 32],
    /// How it came about.
    pub channel: Channel,
    /// Whose wallet.
    pub person_id: Id,
    /// Which code is used up: device and step, or the four digits and 0.
    pub source: Option<(Id, i64)>,
    /// Who is paid.
    pub merchant_id: Id,
    /// Its account in the ledger.
    pub merchant_account_id: Id,
    /// Where.
    pub shop_id: Id,
    /// Its name, for the ledger's reason.
    pub shop_name: String,
    /// By whom.
    pub by: By,
    /// Points.
    pub points_cents: i64,
    /// Cash that was paid beside them.
    pub cash_cents: i64,
    /// Number of the merchant's own receipt.
    pub reference: Option<String>,
}

/// A payment whose outcome was not heard is to be as if it had never been.
#[derive(Debug, Clone)]
pub struct Reverse {
    /// Which.
    pub payment_id: Id,
    /// Where; none for who would have paid, who may give up what never arrived and nothing else.
    pub shop_id: Option<Id>,
    /// May do so with what others charged; otherwise with his own charges alone, of which he did not hear.
    pub any: bool,
    /// By whom.
    pub by: By,
}

/// Points, or cash, go back.
#[derive(Debug, Clone)]
pub struct Refund {
    /// Made by whoever asks.
    pub id: Id,
    /// Of everything that was asked.
    pub fingerprint: [u8; 32],
    /// Of which payment.
    pub payment_id: Id,
    /// Where it was made.
    pub shop_id: Id,
    /// Points.
    pub points_cents: i64,
    /// Cash.
    pub cash_cents: i64,
    /// Why, for the member.
    pub reason: String,
    /// By whom.
    pub by: By,
}

/// What is asked at the counter.
#[derive(Debug, Clone)]
pub enum Act {
    /// A charge.
    Pay(Pay),
    /// A reversal.
    Reverse(Reverse),
    /// A refund.
    Refund(Refund),
}

/// How a payment stands now.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The payment.
    pub payment: entity::Model,
    /// Something was changed just now; otherwise it had been before.
    pub fresh: bool,
    /// It was paid just now, with points of another book than the city's own beside it or alone.
    pub split: bool,
}

impl Action for Act {
    const NAME: &'static str = "payment.settle";
    type Answer = Settled;

    async fn apply(tx: &Tx, batch: &[Self]) -> Result<Vec<Outcome<Settled>>> {
        let mut desk = load::desk(tx, batch).await?;
        let mut outcomes: Vec<Option<Outcome<Settled>>> = batch.iter().map(|_| None).collect();
        let mut open: Vec<usize> = (0..batch.len()).collect();
        while !open.is_empty() {
            open = round(tx, &mut desk, batch, &open, &mut outcomes).await?;
        }
        write::all(tx, desk).await?;
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|| Err(BUSY.refusal()))).collect())
    }
}

/// Decides about those that need not wait for another one; answers who must.
async fn round(
    tx: &Tx,
    desk: &mut load::Desk,
    batch: &[Act],
    open: &[usize],
    outcomes: &mut [Option<Outcome<Settled>>],
) -> Result<Vec<usize>> {
    let (mut wait, mut asked, mut orders) = (Vec::new(), Vec::new(), Vec::new());
    let mut pending = decide::Pending::default();
    for at in open.iter().copied() {
        let Some(act) = batch.get(at) else { continue };
        match decide::one(desk, &mut pending, act, tx.id()) {
            decide::Step::Said(outcome) => said(outcomes, at, outcome),
            decide::Step::Wait => wait.push(at),
            decide::Step::Ask(order) => {
                asked.push(at);
                orders.push(order);
            }
        }
    }
    let answers = if orders.is_empty() { Vec::new() } else { ask(tx, &orders).await? };
    for (at, answer) in asked.into_iter().zip(answers) {
        if let Some(act) = batch.get(at) {
            said(outcomes, at, decide::answered(desk, act, answer));
        }
    }
    if wait.len() == open.len() {
        return Err(Error::internal("payments wait for each other"));
    }
    Ok(wait)
}

fn said(outcomes: &mut [Option<Outcome<Settled>>], at: usize, outcome: Outcome<Settled>) {
    if let Some(place) = outcomes.get_mut(at) {
        *place = Some(outcome);
    }
}

async fn ask(tx: &Tx, orders: &[Joint]) -> Result<Vec<Outcome<Vec<Part>>>> {
    let answers = ledger::apply_joint(tx, orders).await?;
    if answers.len() == orders.len() {
        Ok(answers)
    } else {
        Err(Error::internal(format!("the ledger answers {} of {} orders", answers.len(), orders.len())))
    }
}

/// Has it decided together with others, and rings where somebody looks at it.
///
/// # Errors
/// The refusal; `system.busy`; the database, and then the same may be asked for again.
pub(super) async fn settle(cx: &Cx, act: Act) -> Result<Settled> {
    let settled = cx.app.combine(act).await?;
    if settled.fresh {
        let topics = [settled.payment.person_id, settled.payment.shop_id];
        topics.into_iter().flatten().for_each(|topic| cx.app.live.ring(topic));
    }
    Ok(settled)
}
