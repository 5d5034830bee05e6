//! Slips (凭证): a transfer of the caller's own, and its way to the published root of its day.

use chrono::NaiveDate;
use kernel::db::rows_of_keys;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::own;
use crate::ledger;
use crate::ledger::day;
use crate::ledger::day::leaf::{COLUMNS, Leaf};
use crate::points::book;

/// Which transfer, or which payment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SlipsInput {
    /// Its id.
    pub transfer_id: Uuid,
}

/// Slips of a payment or another transfer, and of what went back of it, the oldest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Slips {
    /// One a transfer: a payment with points of several books has one in each.
    pub items: Vec<Slip>,
}

/// A transfer and its way to the root of its day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Slip {
    /// What is hashed of it.
    pub transfer: SlipTransfer,
    /// Name of its book.
    pub book_name: String,
    /// The day after: from its first hour on the day is sealed.
    pub due_on: NaiveDate,
    /// The way; absent before the day is sealed.
    pub way: Option<SlipWay>,
}

/// The fields that are hashed, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SlipTransfer {
    /// Which.
    pub id: Uuid,
    /// Of the order, in hex.
    pub fingerprint: String,
    /// The book.
    pub book_id: Uuid,
    /// Its number in the book.
    pub seq: i64,
    /// Its kind.
    pub kind: String,
    /// The account that gave.
    pub debit_id: Uuid,
    /// The account that got.
    pub credit_id: Uuid,
    /// How much, in cents.
    pub amount_cents: i64,
    /// Why.
    pub reason: String,
    /// In which shop.
    pub shop_id: Option<Uuid>,
    /// What it gives back or corrects.
    pub reverses_id: Option<Uuid>,
    /// Its event.
    pub event_id: Uuid,
    /// When: microseconds since 1970.
    pub at_micros: i64,
    /// The day in China.
    pub day: NaiveDate,
}

/// A way to the root of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SlipWay {
    /// Place among the transfers of the day, from 0.
    pub place: i64,
    /// Transfers of the day.
    pub size: i64,
    /// Hashes beside the way, from the transfer upwards, in hex.
    pub path: Vec<String>,
    /// The root that was published, in hex.
    pub root: String,
}

/// Shows slips.
///
/// # Errors
/// 404 for what is not the caller's own, and for an account that is nobody's yet; the database.
pub async fn slips(cx: Cx, input: SlipsInput) -> Result<Slips> {
    let person = own(&cx)?;
    let mut leaves = found(&cx, input.transfer_id).await?;
    leaves.retain(|leaf| {
        let wallet = ledger::wallet_id(leaf.book_id, person);
        leaf.debit_id == wallet || leaf.credit_id == wallet
    });
    if leaves.is_empty() {
        return Err(Error::not_found());
    }
    leaves.sort_by_key(|leaf| (leaf.at, leaf.book_id, leaf.seq));
    let books = book::points_names(cx.read()).await?;
    let mut items = Vec::new();
    for leaf in leaves {
        items.push(Slip {
            book_name: books.get(&leaf.book_id).cloned().unwrap_or_default(),
            due_on: leaf.day.succ_opt().unwrap_or(leaf.day),
            way: way(&cx, &leaf).await?,
            transfer: shaped(leaf),
        });
    }
    Ok(Slips { items })
}

/// The transfer, or those of a payment from several books, and what went back of them.
async fn found(cx: &Cx, id: Id) -> Result<Vec<Leaf>> {
    let sql = "SELECT transfer_id FROM payment_part WHERE payment_id = $1";
    let mut keys: Vec<Value> = vec![id.into()];
    for row in cx.read().query_all_raw(cx.app.db.statement(sql, [id.into()])).await? {
        let part: Id = row.try_get("", "transfer_id")?;
        if part != id {
            keys.push(part.into());
        }
    }
    let mut leaves = Vec::new();
    for by in ["id", "reverses_id"] {
        let select = format!("SELECT {COLUMNS} FROM transfer WHERE {by} IN");
        for row in rows_of_keys(cx.read(), &select, keys.clone()).await? {
            leaves.push(Leaf::of(&row)?);
        }
    }
    Ok(leaves)
}

async fn way(cx: &Cx, leaf: &Leaf) -> Result<Option<SlipWay>> {
    let sealed = day::on(cx.read(), leaf.day).await?.into_iter().find(|sealed| sealed.book_id == leaf.book_id);
    let Some(sealed) = sealed else { return Ok(None) };
    let way = day::way(cx.read(), &sealed, leaf.seq).await?;
    Ok(way.map(|way| SlipWay {
        place: way.place,
        size: way.size,
        path: way.path.iter().map(hex::encode).collect(),
        root: hex::encode(sealed.root),
    }))
}

fn shaped(leaf: Leaf) -> SlipTransfer {
    SlipTransfer {
        id: leaf.id,
        fingerprint: hex::encode(leaf.fingerprint),
        book_id: leaf.book_id,
        seq: leaf.seq,
        kind: leaf.kind,
        debit_id: leaf.debit_id,
        credit_id: leaf.credit_id,
        amount_cents: leaf.amount_cents,
        reason: leaf.reason,
        shop_id: leaf.shop_id,
        reverses_id: leaf.reverses_id,
        event_id: leaf.event_id,
        at_micros: leaf.at.timestamp_micros(),
        day: leaf.day,
    }
}
