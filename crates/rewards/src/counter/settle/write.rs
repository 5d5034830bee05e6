//! What was decided, into the tables, many rows a statement.

use kernel::db::{Write, write_all};
use kernel::{Error, Result, Tx};
use sea_orm::Value;

use super::books::PART;
use super::load::{Desk, Owner};
use crate::counter::rules::Spent;
use crate::counter::{entity, refund_entity as refund, step_entity as step};

const PAYMENT: [&str; 20] = [
    "id",
    "fingerprint",
    "state",
    "channel",
    "person_id",
    "merchant_id",
    "shop_id",
    "cashier_id",
    "till_id",
    "points_cents",
    "cash_cents",
    "points_back_cents",
    "cash_back_cents",
    "reference",
    "code",
    "message",
    "status",
    "at",
    "day",
    "seq",
];
const STEP: [&str; 12] = [
    "seq",
    "payment_id",
    "kind",
    "person_id",
    "shop_id",
    "cashier_id",
    "till_id",
    "refund_id",
    "points_cents",
    "cash_cents",
    "at",
    "day",
];
const REFUND: [&str; 13] = [
    "id",
    "fingerprint",
    "payment_id",
    "state",
    "points_cents",
    "cash_cents",
    "reason",
    "cashier_id",
    "till_id",
    "code",
    "message",
    "status",
    "at",
];

/// Writes everything that is new or changed on the desk.
pub(super) async fn all(tx: &Tx, desk: Desk) -> Result<()> {
    let Desk { mut payments, mut refunds, new_uses, books, days, changed_days, stored_days, steps, today, .. } = desk;
    let day_row = |owner: &Owner| desk.day_rows.get(owner).copied().unwrap_or_else(|| owner.row(today));
    let uses = new_uses
        .into_iter()
        .map(|(row, (source, step), payment)| vec![row.into(), source.into(), step.into(), payment.into()]);
    // What was entered in this batch and changed in it is written as it stands.
    let new: Vec<entity::Model> = payments.new.iter().filter_map(|id| payments.rows.remove(id)).collect();
    for row in payments.changed.iter().filter_map(|id| payments.rows.get(id)) {
        change(tx, row).await?;
    }
    let new_refunds: Vec<refund::Model> = refunds.new.iter().filter_map(|id| refunds.rows.remove(id)).collect();
    let spent = |owner: &Owner| days.get(owner).copied().unwrap_or_default();
    let (stood, begun): (Vec<Owner>, Vec<Owner>) =
        changed_days.into_iter().partition(|owner| stored_days.contains(owner));
    let stood = stood.iter().map(|owner| {
        let Spent { cents, times } = spent(owner);
        vec![day_row(owner).into(), cents.into(), times.into()]
    });
    let begun = begun.iter().map(|owner| {
        let Spent { cents, times } = spent(owner);
        let row = day_row(owner).into();
        vec![row, owner.kind().into(), owner.id().into(), today.into(), cents.into(), times.into()]
    });
    let writes = vec![
        Write::insert("pay_code_use", &["id", "source_id", "step", "payment_id"], uses.collect()),
        Write::insert("payment", &PAYMENT, new.into_iter().map(payment_row).collect()),
        Write::insert("payment_part", &PART, books.rows()),
        Write::insert("refund", &REFUND, new_refunds.into_iter().map(refund_row).collect()),
        Write::insert("payment_step", &STEP, steps.into_iter().map(step_row).collect()),
        Write::change("spend_day", &["id", "cents", "times"], stood.collect()),
        Write::insert("spend_day", &["id", "kind", "owner_id", "day", "cents", "times"], begun.collect()),
    ];
    write_all(tx, writes).await
}

async fn change(tx: &Tx, row: &entity::Model) -> Result<()> {
    let update = "UPDATE payment SET state = $2, points_back_cents = $3, cash_back_cents = $4 WHERE id = $1";
    let values = [row.id.into(), row.state.clone().into(), row.points_back_cents.into(), row.cash_back_cents.into()];
    match tx.execute_sql(update, values).await? {
        1 => Ok(()),
        _ => Err(Error::internal("a payment on the desk is not in its table")),
    }
}

fn payment_row(row: entity::Model) -> Vec<Value> {
    vec![
        row.id.into(),
        row.fingerprint.into(),
        row.state.into(),
        row.channel.into(),
        row.person_id.into(),
        row.merchant_id.into(),
        row.shop_id.into(),
        row.cashier_id.into(),
        row.till_id.into(),
        row.points_cents.into(),
        row.cash_cents.into(),
        row.points_back_cents.into(),
        row.cash_back_cents.into(),
        row.reference.into(),
        row.code.into(),
        row.message.into(),
        row.status.into(),
        row.at.into(),
        row.day.into(),
        row.seq.into(),
    ]
}

fn step_row(row: step::Model) -> Vec<Value> {
    vec![
        row.seq.into(),
        row.payment_id.into(),
        row.kind.into(),
        row.person_id.into(),
        row.shop_id.into(),
        row.cashier_id.into(),
        row.till_id.into(),
        row.refund_id.into(),
        row.points_cents.into(),
        row.cash_cents.into(),
        row.at.into(),
        row.day.into(),
    ]
}

fn refund_row(row: refund::Model) -> Vec<Value> {
    vec![
        row.id.into(),
        row.fingerprint.into(),
        row.payment_id.into(),
        row.state.into(),
        row.points_cents.into(),
        row.cash_cents.into(),
        row.reason.into(),
        row.cashier_id.into(),
        row.till_id.into(),
        row.code.into(),
        row.message.into(),
        row.status.into(),
        row.at.into(),
    ]
}
