//! What a dispute decided to be refunded: by when, how much of it went back, and where it still waits.
//!
//! Whether it is done is no column: it is read from the payment, of which the shop refunds as always. The days within
//! which a shop refunds by itself do not bind what was decided ([`ordered`]).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use kernel::db::rows_of_keys;
use kernel::parameter;
use kernel::time::Day;
use kernel::{Error, Id, Result, Tx};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::refund_entity::{self as refund, Column};
use super::rules::{Standing, to_refund};
use super::{DISPUTE_AMOUNT, entity};
use crate::merchant::parameters::REFUND_WORKING_DAYS;

/// Points of a payment that went back: the counter knows of all books, the ledger of a payment that was made elsewhere.
const BACK: &str = "COALESCE((SELECT p.points_back_cents FROM payment p WHERE p.id = r.payment_id),
    (SELECT CAST(SUM(t.amount_cents) AS bigint) FROM transfer t WHERE t.reverses_id = r.payment_id), 0)";

/// A refund that was decided and did not, or not wholly, go back.
const NOT_DONE: &str = "COALESCE(
    (SELECT p.points_back_cents FROM payment p WHERE p.id = dispute_refund.payment_id),
    (SELECT SUM(t.amount_cents) FROM transfer t WHERE t.reverses_id = dispute_refund.payment_id), 0)
    < dispute_refund.from_cents + dispute_refund.amount_cents";

/// What a dispute decided to be refunded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisputeRefund {
    /// Points to be refunded, in cents.
    pub amount_cents: i64,
    /// Points that went back since, of these, in cents.
    pub done_cents: i64,
    /// The last day.
    pub due_on: NaiveDate,
    /// All of it went back.
    pub done: bool,
    /// The last day is over, and it is not done.
    pub overdue: bool,
}

/// Decides that so many points of the payment go back, or all that still can.
///
/// # Errors
/// `dispute.amount`; the database.
pub(super) async fn decide(tx: &Tx, row: &entity::Model, asked: Option<i64>) -> Result<refund::Model> {
    let standing = standing(tx, row.payment_id).await?;
    let amount_cents = to_refund(standing, asked).ok_or_else(|| DISPUTE_AMOUNT.refusal())?;
    let days = parameter::get_i64(tx, REFUND_WORKING_DAYS, "", tx.today()).await?;
    let due = tx.app().calendar.due_after_working_days(tx.today(), u32::try_from(days).map_err(Error::internal)?);
    let model = refund::Model {
        dispute_id: row.id,
        payment_id: row.payment_id,
        from_cents: standing.gone_cents,
        amount_cents,
        due_on: due.day,
        derivation: serde_json::to_string(&due.derivation)?,
        decided_at: tx.now(),
    };
    let new = refund::ActiveModel {
        dispute_id: Set(model.dispute_id),
        payment_id: Set(model.payment_id),
        from_cents: Set(model.from_cents),
        amount_cents: Set(model.amount_cents),
        due_on: Set(model.due_on),
        derivation: Set(model.derivation.clone()),
        decided_at: Set(model.decided_at),
    };
    refund::Entity::insert(new).exec_without_returning(tx).await?;
    Ok(model)
}

/// What was paid, and what of it went back or was decided to.
async fn standing(tx: &Tx, payment: Id) -> Result<Standing> {
    let sql = format!(
        "SELECT COALESCE((SELECT p.points_cents FROM payment p WHERE p.id = r.payment_id), r.amount_cents) AS paid,
            {BACK} AS back, COALESCE((SELECT CAST(MAX(d.from_cents + d.amount_cents) AS bigint) FROM dispute_refund d
            WHERE d.payment_id = r.payment_id), 0) AS decided
        FROM (SELECT id AS payment_id, amount_cents FROM transfer WHERE id = $1) r"
    );
    let row = tx.query_one_raw(tx.app().db.statement(&sql, [payment.into()])).await?.ok_or_else(Error::not_found)?;
    let (back, decided): (i64, i64) = (row.try_get("", "back")?, row.try_get("", "decided")?);
    Ok(Standing { paid_cents: row.try_get("", "paid")?, gone_cents: back.max(decided) })
}

/// What was decided in these disputes, and how far it is.
///
/// # Errors
/// The database.
pub(super) async fn of(
    conn: &impl ConnectionTrait,
    disputes: impl Iterator<Item = Id>,
    today: Day,
) -> Result<BTreeMap<Id, DisputeRefund>> {
    let select = format!(
        "SELECT r.dispute_id, r.from_cents, r.amount_cents, r.due_on, {BACK} AS back FROM dispute_refund r
        WHERE r.dispute_id IN"
    );
    let mut found = BTreeMap::new();
    for row in rows_of_keys(conn, &select, disputes.map(Into::into).collect()).await? {
        let (from, amount_cents): (i64, i64) = (row.try_get("", "from_cents")?, row.try_get("", "amount_cents")?);
        let (back, due_on): (i64, Day) = (row.try_get("", "back")?, row.try_get("", "due_on")?);
        let done_cents = (back - from).clamp(0, amount_cents);
        let done = done_cents == amount_cents;
        let told = DisputeRefund { amount_cents, done_cents, due_on, done, overdue: !done && due_on < today };
        found.insert(row.try_get("", "dispute_id")?, told);
    }
    Ok(found)
}

/// How its last day came about, a sentence a line; empty where nothing was decided to be refunded.
///
/// # Errors
/// The database.
pub(super) async fn derivation(conn: &impl ConnectionTrait, dispute: Id) -> Result<Vec<String>> {
    let row = refund::Entity::find_by_id(dispute).one(conn).await?;
    Ok(row.map(|row| serde_json::from_str(&row.derivation)).transpose()?.unwrap_or_default())
}

/// Disputes whose refund is not done; of those alone whose last day was before a day, where one is given.
pub(super) fn waits(before: Option<Day>) -> Condition {
    let mut rows = refund::Entity::find().select_only().column(Column::DisputeId).filter(Expr::cust(NOT_DONE));
    if let Some(day) = before {
        rows = rows.filter(Column::DueOn.lt(day));
    }
    Condition::all().add(entity::Column::Id.in_subquery(rows.into_query()))
}

/// Refunds that a merchant's shops, or one of them, still owe: how many, and the first last day.
///
/// # Errors
/// The database.
pub async fn owed(conn: &impl ConnectionTrait, merchant: Id, shop: Option<Id>) -> Result<(u64, Option<Day>)> {
    let mut rows = entity::Entity::find()
        .select_only()
        .column(entity::Column::Id)
        .filter(entity::Column::MerchantId.eq(merchant))
        .filter(entity::Column::Outcome.eq("refund"));
    if let Some(shop) = shop {
        rows = rows.filter(entity::Column::ShopId.eq(shop));
    }
    let days: Vec<Day> = refund::Entity::find()
        .select_only()
        .column(Column::DueOn)
        .filter(Column::DisputeId.in_subquery(rows.into_query()))
        .filter(Expr::cust(NOT_DONE))
        .into_tuple()
        .all(conn)
        .await?;
    Ok((days.len() as u64, days.into_iter().min()))
}

/// Up to how much of these payments disputes decided to go back, in cents: so much is refunded at any time.
///
/// # Errors
/// The database.
pub async fn ordered(conn: &impl ConnectionTrait, payments: BTreeSet<Id>) -> Result<BTreeMap<Id, i64>> {
    let select = "SELECT payment_id, from_cents + amount_cents AS until_cents FROM dispute_refund WHERE payment_id IN";
    let mut found = BTreeMap::new();
    for row in rows_of_keys(conn, select, payments.into_iter().map(Into::into).collect()).await? {
        let until: i64 = row.try_get("", "until_cents")?;
        let most = found.entry(row.try_get("", "payment_id")?).or_insert(until);
        *most = until.max(*most);
    }
    Ok(found)
}
