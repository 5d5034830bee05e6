//! Locks a settlement: who is paid how much, to which account, under which reference.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::owed::{Row, rows};
use super::rules::{Sealed, number, reference, seal};
use super::{SETTLEMENT_NOTHING, entity, find, item_entity as item};
use crate::ledger;
use crate::merchant::access::SETTLEMENT_RUN;

/// What is to be settled.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SettlementMake {
    /// The book; the city's own unless told.
    #[serde(default)]
    pub book_id: Option<Uuid>,
    /// The last day.
    pub through: NaiveDate,
    /// These merchants alone; all that are owed something unless told.
    #[serde(default)]
    pub merchants: Vec<Uuid>,
}

/// A settlement that was locked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SettlementMade {
    /// Which.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// How many merchants it pays.
    pub items: i64,
    /// How much in all, in cents.
    pub total_cents: i64,
}

/// Locks a settlement of what merchants are owed up to a day. Who has no bank account in force, who stands in another
/// settlement and who is owed nothing is left out.
///
/// # Errors
/// `settlement.day`, `settlement.nothing`, 404 outside the caller's scope; the database.
pub async fn make(cx: Cx, input: SettlementMake) -> Result<SettlementMade> {
    let tx = cx.begin().await?;
    let through = find::through(Some(input.through), tx.today())?;
    let city = crate::merchant::city(&tx).await?;
    cx.caller.must(&tx, SETTLEMENT_RUN, city).await?;
    let book = match input.book_id {
        Some(book) => book,
        None => ledger::own_book(&tx).await?,
    };
    let owed = rows(&tx, book, through).await?.into_iter();
    let wanted = |row: &Row| input.merchants.is_empty() || input.merchants.contains(&row.merchant);
    let owed: Vec<Row> = owed.filter(|row| wanted(row) && !row.under_way && row.bank.is_some()).collect();
    let mut paid = Vec::new();
    for row in owed {
        let cents = row.owed()?;
        if let Some(bank) = row.bank.filter(|_| cents > 0) {
            paid.push((row, bank, cents));
        }
    }
    let made = write(&tx, book, city, through, &paid).await?;
    tx.commit(made).await
}

async fn write(tx: &Tx, book: Id, city: Id, through: Day, paid: &[(Row, Id, i64)]) -> Result<SettlementMade> {
    if paid.is_empty() {
        return Err(SETTLEMENT_NOTHING.refusal().into());
    }
    let nth = nth_of_today(tx).await?;
    let (id, number) = (tx.id(), number(tx.today(), nth));
    let total_cents = paid.iter().try_fold(0_i64, |sum, (_, _, cents)| sum.checked_add(*cents));
    let total_cents = total_cents.ok_or_else(|| Error::internal("a settlement leaves the range"))?;
    let references: Vec<String> = (1..).zip(paid).map(|(n, _)| reference(&number, n)).collect();
    let sealed = references.iter().zip(paid).map(|(reference, (row, bank, cents))| Sealed {
        reference,
        merchant: row.merchant,
        bank: *bank,
        cents: *cents,
    });
    let digest = seal(&number, through, sealed);
    let items = i64::try_from(paid.len()).map_err(Error::internal)?;
    let row = entity::ActiveModel {
        id: Set(id),
        book_id: Set(book),
        number: Set(number.clone()),
        organization_id: Set(city),
        through: Set(through),
        state: Set("locked".to_owned()),
        items: Set(items),
        total_cents: Set(total_cents),
        digest: Set(digest.to_vec()),
        made_by: Set(tx.caller().account()?),
        made_at: Set(tx.now()),
        checked_by: Set(None),
        checked_at: Set(None),
        approved_by: Set(None),
        approved_at: Set(None),
        sent_by: Set(None),
        sent_at: Set(None),
        closed_at: Set(None),
        dropped_by: Set(None),
        reason: Set(None),
        version: Set(1),
    };
    let claimed = entity::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if claimed.exec_without_returning(tx).await? != 1 {
        // Another one of today took the number.
        return Err(Error::Contention);
    }
    for (n, (reference, (row, bank, cents))) in (1..).zip(references.into_iter().zip(paid)) {
        enter(tx, id, n, reference, (row, *bank, *cents), book).await?;
    }
    let event = Event::of("settlement.locked", "settlement", id).at(city);
    tx.record(event.with("through", through).with("items", items).with("total_cents", total_cents)).await?;
    Ok(SettlementMade { id, number, items, total_cents })
}

async fn enter(
    tx: &Tx,
    settlement: Id,
    number: i64,
    reference: String,
    (row, bank, cents): (&Row, Id, i64),
    book: Id,
) -> Result<()> {
    let item = item::ActiveModel {
        id: Set(tx.id()),
        settlement_id: Set(settlement),
        number: Set(number),
        reference: Set(reference),
        merchant_id: Set(row.merchant),
        book_id: Set(book),
        account_id: Set(row.account),
        bank_id: Set(bank),
        amount_cents: Set(cents),
        pay_transfer_id: Set(tx.id()),
        return_transfer_id: Set(tx.id()),
        state: Set("open".to_owned()),
    };
    let claimed = item::Entity::insert(item).on_conflict(OnConflict::new().do_nothing().to_owned());
    match claimed.exec_without_returning(tx).await? {
        1 => Ok(()),
        // The merchant stands in another settlement meanwhile: looked at again.
        _ => Err(Error::Contention),
    }
}

/// How many settlements were made today, and one.
async fn nth_of_today(tx: &Tx) -> Result<i64> {
    let sql = "SELECT CAST(count(*) AS bigint) AS n FROM settlement WHERE number LIKE $1";
    let like = format!("{}-%", tx.today().format("%Y%m%d"));
    let row = tx.query_one_raw(tx.app().db.statement(sql, [like.into()])).await?;
    let many: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default();
    Ok(many + 1)
}
