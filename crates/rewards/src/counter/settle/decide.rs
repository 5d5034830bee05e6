//! One after the other: what becomes of a charge, a reversal, a refund. No database; the desk holds what is known.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;
use kernel::combine::Outcome;
use kernel::error::{NOT_FOUND, Status};
use kernel::{Id, Refusal};

use super::load::{Desk, Owner};
use super::{Act, By, Pay, Refund, Reverse, Settled};
use crate::cashier::CASHIER_ROLE;
use crate::counter::rules::{Channel, Spent, use_id};
use crate::counter::{
    COUNTER_CODE_USED, COUNTER_KEY, COUNTER_NOT_PAID, COUNTER_REFUND_LATE, COUNTER_REFUND_MORE, COUNTER_REVERSE,
    COUNTER_REVERSED, entity, refund_entity as refund, step_entity as step,
};
use crate::ledger::{GiveBack, Joint, Part, Spend};

/// What is on its way to the ledger in this round.
#[derive(Default)]
pub(super) struct Pending {
    payments: BTreeSet<Id>,
    refunds: BTreeSet<Id>,
    days: HashMap<Owner, Spent>,
}

/// How it goes on.
pub(super) enum Step {
    /// Decided.
    Said(Outcome<Settled>),
    /// Another one of this round must be decided first.
    Wait,
    /// The ledger must say.
    Ask(Joint),
}

/// Decides about one, as far as it can be decided without the ledger. `fresh` is an id that nobody has used.
pub(super) fn one(desk: &mut Desk, pending: &mut Pending, act: &Act, fresh: Id) -> Step {
    match act {
        Act::Pay(act) => pay(desk, pending, act),
        Act::Reverse(act) => reverse(desk, pending, act, fresh),
        Act::Refund(act) => refund(desk, pending, act),
    }
}

/// What the ledger said.
pub(super) fn answered(desk: &mut Desk, act: &Act, answer: Outcome<Vec<Part>>) -> Outcome<Settled> {
    match (act, answer) {
        (Act::Pay(act), Ok(parts)) => Ok(paid(desk, act, &parts)),
        (Act::Pay(act), Err(refusal)) => close(desk, act, refusal),
        (Act::Reverse(act), Ok(_)) => reversed(desk, act),
        // Nothing was changed, and the reversal may be asked for again.
        (Act::Reverse(_), Err(refusal)) => Err(refusal),
        (Act::Refund(act), Ok(_)) => refunded(desk, act),
        (Act::Refund(act), Err(refusal)) => refuse(desk, act, refusal),
    }
}

fn pay(desk: &mut Desk, pending: &mut Pending, act: &Pay) -> Step {
    if let Some(known) = desk.payments.rows.get(&act.id) {
        return Step::Said(repeated(known, &act.fingerprint));
    }
    if pending.payments.contains(&act.id) {
        return Step::Wait;
    }
    let used = act.source.map(|(source, step)| use_id(source, step));
    if used.is_some_and(|row| desk.uses.contains_key(&row)) {
        return Step::Said(close(desk, act, COUNTER_CODE_USED.refusal()));
    }
    let owners = [Owner::Person(act.person_id), Owner::Shop(act.shop_id)];
    let [person, shop] = owners.map(|owner| desk.spent(owner).plus(pending.spent(owner)));
    if let Err(refusal) = desk.limits.fit(act.channel, act.points_cents, person, shop) {
        // Only if the others of this round are paid is the limit reached.
        let alone = owners.iter().all(|owner| pending.spent(*owner) == Spent::default());
        return if alone { Step::Said(close(desk, act, refusal)) } else { Step::Wait };
    }
    // Used up whatever the ledger says: the phone has another one in half a minute.
    if let (Some(row), Some(source)) = (used, act.source) {
        desk.uses.insert(row, act.id);
        desk.new_uses.push((row, source, act.id));
    }
    pending.payments.insert(act.id);
    owners.iter().for_each(|owner| pending.add(*owner, act.points_cents));
    Step::Ask(Joint::Spend(Spend {
        id: act.id,
        by: act.by.account,
        person_id: act.person_id,
        to: desk.books.to(act),
        amount_cents: act.points_cents,
        shop_id: Some(act.shop_id),
        reason: act.shop_name.clone(),
        subject_id: Some(act.id),
    }))
}

impl Pending {
    fn spent(&self, owner: Owner) -> Spent {
        self.days.get(&owner).copied().unwrap_or_default()
    }

    fn add(&mut self, owner: Owner, cents: i64) {
        let spent = self.spent(owner).and(cents);
        self.days.insert(owner, spent);
    }
}

/// The answer to a charge that was decided before.
pub(in crate::counter) fn repeated(known: &entity::Model, fingerprint: &[u8; 32]) -> Outcome<Settled> {
    match known.state.as_str() {
        "reversed" => Err(COUNTER_REVERSED.refusal()),
        _ if known.fingerprint != fingerprint => Err(COUNTER_KEY.refusal()),
        "closed" => Err(stored(known.code.as_deref(), known.message.as_deref(), known.status)),
        _ => Ok(standing(known)),
    }
}

/// A payment that nothing happened to.
fn standing(known: &entity::Model) -> Settled {
    Settled { payment: known.clone(), fresh: false, split: false }
}

/// A refusal that was given before.
fn stored(code: Option<&str>, message: Option<&str>, status: Option<i64>) -> Refusal {
    let status = status.and_then(|status| u16::try_from(status).ok()).and_then(|status| Status::from_u16(status).ok());
    Refusal {
        code: code.unwrap_or_default().to_owned().into(),
        status: status.unwrap_or(Status::CONFLICT),
        message: message.unwrap_or_default().to_owned(),
        field: None,
    }
}

fn blank(desk: &Desk, id: Id, by: By) -> entity::Model {
    entity::Model {
        id,
        fingerprint: vec![0; 32],
        state: "reversed".to_owned(),
        channel: Channel::None.as_str().to_owned(),
        person_id: None,
        merchant_id: None,
        shop_id: None,
        cashier_id: by.cashier_id,
        till_id: by.till_id,
        points_cents: 0,
        cash_cents: 0,
        points_back_cents: 0,
        cash_back_cents: 0,
        reference: None,
        code: None,
        message: None,
        status: None,
        at: desk.now,
        day: desk.today,
        seq: 0,
    }
}

fn of_charge(desk: &Desk, act: &Pay, state: &str) -> entity::Model {
    entity::Model {
        fingerprint: act.fingerprint.to_vec(),
        state: state.to_owned(),
        channel: act.channel.as_str().to_owned(),
        person_id: Some(act.person_id),
        merchant_id: Some(act.merchant_id),
        shop_id: Some(act.shop_id),
        points_cents: act.points_cents,
        cash_cents: act.cash_cents,
        reference: act.reference.clone(),
        ..blank(desk, act.id, act.by)
    }
}

/// Puts a new payment on the desk, with its first step.
fn enter(desk: &mut Desk, mut row: entity::Model) -> Settled {
    row.seq = step_of(desk, &row, &row.state, None, (row.points_cents, row.cash_cents), None);
    desk.payments.new.push(row.id);
    desk.payments.rows.insert(row.id, row.clone());
    Settled { payment: row, fresh: true, split: false }
}

fn paid(desk: &mut Desk, act: &Pay, parts: &[Part]) -> Settled {
    desk.spend(Owner::Person(act.person_id), act.points_cents);
    desk.spend(Owner::Shop(act.shop_id), act.points_cents);
    let split = desk.books.paid(act.id, parts);
    let row = of_charge(desk, act, "paid");
    Settled { split, ..enter(desk, row) }
}

/// Refuses a charge for good.
fn close(desk: &mut Desk, act: &Pay, refusal: Refusal) -> Outcome<Settled> {
    let mut row = of_charge(desk, act, "closed");
    row.code = Some(refusal.code.to_string());
    row.message = Some(refusal.message.clone());
    row.status = Some(refusal.status.as_u16().into());
    enter(desk, row);
    Err(refusal)
}

/// A step of a payment; answers its number.
fn step_of(
    desk: &mut Desk,
    row: &entity::Model,
    kind: &str,
    refund_id: Option<Id>,
    (points_cents, cash_cents): (i64, i64),
    by: Option<By>,
) -> i64 {
    let seq = desk.number();
    let by = by.unwrap_or(By { account: None, cashier_id: row.cashier_id, till_id: row.till_id });
    desk.steps.push(step::Model {
        seq,
        payment_id: row.id,
        kind: kind.to_owned(),
        person_id: row.person_id,
        shop_id: row.shop_id,
        cashier_id: by.cashier_id,
        till_id: by.till_id,
        refund_id,
        points_cents,
        cash_cents,
        at: desk.now,
        day: desk.today,
    });
    seq
}

fn reverse(desk: &mut Desk, pending: &mut Pending, act: &Reverse, fresh: Id) -> Step {
    if pending.payments.contains(&act.payment_id) {
        return Step::Wait;
    }
    let Some(known) = desk.payments.rows.get(&act.payment_id) else {
        let row = blank(desk, act.payment_id, act.by);
        return Step::Said(Ok(enter(desk, row)));
    };
    let unchanged = || Step::Said(Ok(standing(known)));
    let Some(shop) = act.shop_id else { return unchanged() };
    if known.shop_id.is_some_and(|of| of != shop) {
        return Step::Said(Err(NOT_FOUND.refusal()));
    }
    if known.state != "paid" {
        return unchanged();
    }
    if !act.any && (known.cashier_id, known.till_id) != (act.by.cashier_id, act.by.till_id) {
        return Step::Said(Err(CASHIER_ROLE.refusal()));
    }
    let late = desk.now > known.at + TimeDelta::minutes(desk.reverse_minutes);
    if late || known.points_back_cents > 0 || known.cash_back_cents > 0 {
        return Step::Said(Err(COUNTER_REVERSE.refusal()));
    }
    pending.payments.insert(act.payment_id);
    Step::Ask(back(desk, fresh, act.payment_id, known.points_cents, act.by, "撤销"))
}

fn back(desk: &Desk, id: Id, payment_id: Id, amount_cents: i64, by: By, reason: &str) -> Joint {
    let grace_until = desk.today + TimeDelta::days(desk.grace_days);
    let (of, reason) = (desk.books.of(payment_id), reason.to_owned());
    Joint::GiveBack(GiveBack { id, by: by.account, of, amount_cents, reason, grace_until })
}

fn reversed(desk: &mut Desk, act: &Reverse) -> Outcome<Settled> {
    let Some(known) = desk.payments.rows.get(&act.payment_id) else { return Err(NOT_FOUND.refusal()) };
    let mut row = known.clone();
    row.state = "reversed".to_owned();
    row.points_back_cents = row.points_cents;
    row.cash_back_cents = row.cash_cents;
    step_of(desk, &row, "reversed", None, (row.points_cents, row.cash_cents), Some(act.by));
    let points_cents = row.points_cents;
    Ok(changed(desk, row, points_cents))
}

/// Puts a payment back on the desk, of which so many points went back.
fn changed(desk: &mut Desk, row: entity::Model, points_cents: i64) -> Settled {
    if row.day == desk.today {
        let owners = row.person_id.map(Owner::Person).into_iter().chain(row.shop_id.map(Owner::Shop));
        owners.for_each(|owner| desk.give_back(owner, points_cents));
    }
    desk.payments.changed.insert(row.id);
    desk.payments.rows.insert(row.id, row.clone());
    Settled { payment: row, fresh: true, split: false }
}

fn refund(desk: &mut Desk, pending: &mut Pending, act: &Refund) -> Step {
    if pending.refunds.contains(&act.id) || pending.payments.contains(&act.payment_id) {
        return Step::Wait;
    }
    let known = desk.payments.rows.get(&act.payment_id).filter(|row| row.shop_id == Some(act.shop_id));
    let Some(known) = known.cloned() else { return Step::Said(Err(NOT_FOUND.refusal())) };
    if let Some(before) = desk.refunds.rows.get(&act.id) {
        return Step::Said(match before.state.as_str() {
            _ if before.fingerprint != act.fingerprint => Err(COUNTER_KEY.refusal()),
            "refused" => Err(stored(before.code.as_deref(), before.message.as_deref(), before.status)),
            _ => Ok(standing(&known)),
        });
    }
    let over = |back: i64, asked: i64, all: i64| back.saturating_add(asked) > all;
    let refusal = match () {
        () if known.state != "paid" => Some(COUNTER_NOT_PAID),
        () if !desk.may_refund(&known, act.points_cents) => Some(COUNTER_REFUND_LATE),
        () if over(known.points_back_cents, act.points_cents, known.points_cents) => Some(COUNTER_REFUND_MORE),
        () if over(known.cash_back_cents, act.cash_cents, known.cash_cents) => Some(COUNTER_REFUND_MORE),
        () => None,
    };
    if let Some(kind) = refusal {
        return Step::Said(refuse(desk, act, kind.refusal()));
    }
    if act.points_cents == 0 {
        return Step::Said(refunded(desk, act));
    }
    pending.refunds.insert(act.id);
    pending.payments.insert(act.payment_id);
    Step::Ask(back(desk, act.id, act.payment_id, act.points_cents, act.by, &act.reason))
}

fn keep(desk: &mut Desk, act: &Refund, refusal: Option<&Refusal>) {
    let row = refund::Model {
        id: act.id,
        fingerprint: act.fingerprint.to_vec(),
        payment_id: act.payment_id,
        state: if refusal.is_some() { "refused" } else { "done" }.to_owned(),
        points_cents: act.points_cents,
        cash_cents: act.cash_cents,
        reason: act.reason.clone(),
        cashier_id: act.by.cashier_id,
        till_id: act.by.till_id,
        code: refusal.map(|refusal| refusal.code.to_string()),
        message: refusal.map(|refusal| refusal.message.clone()),
        status: refusal.map(|refusal| refusal.status.as_u16().into()),
        at: desk.now,
    };
    desk.refunds.new.push(row.id);
    desk.refunds.rows.insert(row.id, row);
}

/// Refuses a refund for good.
fn refuse(desk: &mut Desk, act: &Refund, refusal: Refusal) -> Outcome<Settled> {
    keep(desk, act, Some(&refusal));
    Err(refusal)
}

fn refunded(desk: &mut Desk, act: &Refund) -> Outcome<Settled> {
    let Some(mut row) = desk.payments.rows.get(&act.payment_id).cloned() else { return Err(NOT_FOUND.refusal()) };
    row.points_back_cents += act.points_cents;
    row.cash_back_cents += act.cash_cents;
    keep(desk, act, None);
    step_of(desk, &row, "refunded", Some(act.id), (act.points_cents, act.cash_cents), Some(act.by));
    Ok(changed(desk, row, act.points_cents))
}
