//! Somebody disputes a payment.

use kernel::event::Event;
use kernel::parameter;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, Tx, notice};
use registry::staff::holders;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{DisputeGround, DisputeSide, can_open};
use super::{DISPUTE_OLD, DISPUTE_TWICE, entity, words};
use crate::cashier::{CashierRole, works_for};
use crate::ledger::wallet_id;
use crate::merchant::access::DISPUTE_DECIDE;
use crate::merchant::parameters::{DISPUTE_DAYS, DISPUTE_OPEN_DAYS};
use crate::merchant::rules::text;
use crate::merchant::{find, merchant_of_account};

/// About which payment, and what is wrong.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DisputeOpen {
    /// The payment: its transfer in the ledger.
    pub payment_id: Uuid,
    /// What is wrong.
    pub ground: DisputeGround,
    /// In words.
    pub said: String,
}

/// A dispute that was opened.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DisputeOpened {
    /// Which.
    pub id: Uuid,
}

/// A payment, as far as a dispute needs it.
#[derive(Debug, Clone)]
pub(super) struct Payment {
    pub book_id: Id,
    pub debit_id: Id,
    pub shop_id: Option<Id>,
    pub merchant_id: Id,
    pub day: Day,
}

/// Disputes a payment.
///
/// # Errors
/// `merchant.form`, `dispute.old`, `dispute.twice`, 404 for everybody who neither paid nor was paid; the database.
pub async fn open(cx: Cx, input: DisputeOpen) -> Result<DisputeOpened> {
    let account = cx.caller.account()?;
    let said = text(&input.said, "said", "情况说明", 2, 500)?;
    let tx = cx.begin().await?;
    let payment = payment(&tx, input.payment_id).await?;
    let side = side_of(&cx, &tx, &payment).await?;
    let days = parameter::get_i64(&tx, DISPUTE_OPEN_DAYS, "", tx.today()).await?;
    if !can_open(payment.day, tx.today(), days) {
        return Err(DISPUTE_OLD.refusal().into());
    }
    let merchant = find::one(&tx, payment.merchant_id).await?;
    let days = parameter::get_i64(&tx, DISPUTE_DAYS, "", tx.today()).await?;
    let days = u32::try_from(days).map_err(Error::internal)?;
    let due = cx.app.calendar.due_after_working_days(tx.today(), days);
    let id = tx.id();
    let row = entity::ActiveModel {
        id: Set(id),
        merchant_id: Set(merchant.id),
        shop_id: Set(payment.shop_id),
        organization_id: Set(merchant.organization_id),
        payment_id: Set(input.payment_id),
        side: Set(side.as_str().to_owned()),
        opened_by: Set(account),
        opened_at: Set(tx.now()),
        ground: Set(input.ground.as_str().to_owned()),
        state: Set("open".to_owned()),
        outcome: Set(None),
        due_on: Set(due.day),
        derivation: Set(serde_json::to_string(&due.derivation)?),
        settled_by: Set(None),
        settled_at: Set(None),
        version: Set(1),
    };
    let claimed = entity::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if claimed.exec_without_returning(&tx).await? != 1 {
        return Err(DISPUTE_TWICE.refusal().into());
    }
    words::add(&tx, id, side, said).await?;
    let event = Event::of("dispute.opened", "dispute", id).at(merchant.organization_id);
    let event =
        tx.record(event.with("payment_id", input.payment_id).with("side", side).with("due_on", due.day)).await?;
    let row = entity::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
    words::tell(&tx, &row, side, "有一笔支付被提出争议", event).await?;
    tell_union(&tx, &row).await?;
    tx.commit(DisputeOpened { id }).await
}

async fn tell_union(tx: &Tx, row: &entity::Model) -> Result<()> {
    for account_id in holders(tx, row.organization_id, DISPUTE_DECIDE).await? {
        let new = notice::New {
            account_id,
            kind: "dispute.opened",
            title: "有新的支付争议".to_owned(),
            body: format!("请在 {} 以前办结。", row.due_on),
            link: Some(format!("/desk/disputes/{}", row.id)),
            event_id: None,
        };
        notice::send(tx, new).await?;
    }
    Ok(())
}

/// A payment of the ledger to a merchant.
///
/// # Errors
/// 404 for any other transfer; the database.
pub(super) async fn payment(conn: &impl ConnectionTrait, id: Id) -> Result<Payment> {
    let sql = "SELECT book_id, debit_id, credit_id, shop_id, day FROM transfer
        WHERE id = $1 AND kind IN ('pay', 'capture')";
    let statement = sea_orm::Statement::from_sql_and_values(conn.get_database_backend(), sql, [id.into()]);
    let row = conn.query_one_raw(statement).await?.ok_or_else(Error::not_found)?;
    let merchant = merchant_of_account(conn, row.try_get("", "credit_id")?).await?;
    Ok(Payment {
        book_id: row.try_get("", "book_id")?,
        debit_id: row.try_get("", "debit_id")?,
        shop_id: row.try_get("", "shop_id")?,
        merchant_id: merchant.ok_or_else(Error::not_found)?,
        day: row.try_get("", "day")?,
    })
}

/// On which side of a payment the caller stands.
///
/// # Errors
/// 404 for everybody else; the database.
pub(super) async fn side_of(cx: &Cx, conn: &impl ConnectionTrait, payment: &Payment) -> Result<DisputeSide> {
    if cx.caller.person_id().is_some_and(|person| wallet_id(payment.book_id, person) == payment.debit_id) {
        return Ok(DisputeSide::Member);
    }
    let (own, role) = works_for(cx, conn, payment.merchant_id).await?;
    let reaches = own.shop_id.is_none() || own.shop_id == payment.shop_id;
    if role >= CashierRole::Manager && reaches { Ok(DisputeSide::Merchant) } else { Err(Error::not_found()) }
}
