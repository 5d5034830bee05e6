//! The bank account that a merchant is paid to: asked for by one person, put in force by another.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::{MERCHANT_APPROVE, MERCHANT_KEEP};
use super::apply::tell_keepers;
use super::enter::MerchantBankInput;
use super::rules::{self, BankNumber};
use super::{
    MERCHANT_BANK_WAITING, MERCHANT_CHANGED, MERCHANT_OWN, MERCHANT_STATE, bank_entity as entity, find, vault,
};
use crate::cashier::manager_of;

/// Another account for a merchant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantBankAsk {
    /// Whose.
    pub merchant_id: Uuid,
    /// The account.
    pub bank: MerchantBankInput,
}

/// What is decided on an account that waits.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantBankDecide {
    /// Which account.
    pub bank_id: Uuid,
    /// Whether it is put in force.
    pub approved: bool,
    /// Why not; of a yes, what it was checked against.
    pub reason: String,
}

/// An account that passed.
pub(super) struct Checked {
    holder: String,
    bank: String,
    pub(super) number: BankNumber,
}

/// Reads an account.
pub(super) fn checked(input: &MerchantBankInput) -> Result<Checked> {
    Ok(Checked {
        holder: rules::text(&input.holder, "holder", "账户名称", 2, 60)?,
        bank: rules::text(&input.bank, "bank", "开户银行", 2, 60)?,
        number: BankNumber::parse(&input.number)?,
    })
}

/// The row of an account that waits.
pub(super) fn row(tx: &Tx, merchant: Id, bank: &Checked) -> Result<entity::ActiveModel> {
    let (id, keys) = (tx.id(), tx.app().keys.as_ref());
    Ok(entity::ActiveModel {
        id: Set(id),
        merchant_id: Set(merchant),
        holder: Set(bank.holder.clone()),
        bank: Set(bank.bank.clone()),
        number_sealed: Set(vault::seal_bank(keys, id, &bank.number)?),
        number_digest: Set(vault::bank_digest(keys, &bank.number)),
        tail: Set(bank.number.tail()),
        state: Set("waiting".to_owned()),
        reason: Set(None),
        entered_by: Set(tx.caller().account_id()),
        entered_at: Set(tx.now()),
        decided_by: Set(None),
        decided_at: Set(None),
    })
}

/// Asks for another account, as a manager of the merchant.
///
/// # Errors
/// `merchant.form`, `merchant.bank_waiting`, `merchant.state`, `cashier.role`, 404 elsewhere; the database.
pub async fn ask_as_manager(cx: Cx, input: MerchantBankAsk) -> Result<Done> {
    let bank = checked(&input.bank)?;
    let tx = cx.begin().await?;
    manager_of(&cx, &tx, input.merchant_id).await?;
    ask(&tx, input.merchant_id, &bank).await?;
    tx.commit(Done {}).await
}

/// Enters another account at the desk.
///
/// # Errors
/// As [`ask_as_manager`].
pub async fn ask_at_desk(cx: Cx, input: MerchantBankAsk) -> Result<Done> {
    let bank = checked(&input.bank)?;
    let tx = cx.begin().await?;
    find::kept(&cx, &tx, MERCHANT_KEEP, input.merchant_id).await?;
    ask(&tx, input.merchant_id, &bank).await?;
    tx.commit(Done {}).await
}

async fn ask(tx: &Tx, merchant: Id, bank: &Checked) -> Result<()> {
    let merchant = find::one(tx, merchant).await?;
    if !["active", "suspended"].contains(&merchant.state.as_str()) {
        return Err(MERCHANT_STATE.refusal().into());
    }
    let row = row(tx, merchant.id, bank)?;
    let id = *row.id.as_ref();
    let claimed = entity::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if claimed.exec_without_returning(tx).await? != 1 {
        return Err(MERCHANT_BANK_WAITING.refusal().into());
    }
    let event = Event::of("merchant.bank_asked", "merchant", merchant.id).at(merchant.organization_id);
    tx.record(event.with("bank_id", id)).await?;
    tell_keepers(tx, merchant.organization_id, merchant.id, "商户要更换收款账户").await
}

/// Puts an account that another person entered in force, or refuses it.
///
/// # Errors
/// `merchant.own`, `merchant.state`, `merchant.form`, `merchant.changed`, 404 outside the caller's scope; the database.
pub async fn decide(cx: Cx, input: MerchantBankDecide) -> Result<Done> {
    let reason = rules::reason(&input.reason)?;
    let tx = cx.begin().await?;
    let row = entity::Entity::find_by_id(input.bank_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let merchant = find::kept(&cx, &tx, MERCHANT_APPROVE, row.merchant_id).await?;
    if row.state != "waiting" || ["waiting", "returned"].contains(&merchant.state.as_str()) {
        return Err(MERCHANT_STATE.refusal().into());
    }
    if row.entered_by == cx.caller.account_id() {
        return Err(MERCHANT_OWN.refusal().into());
    }
    put_in_force(&tx, &row, input.approved, Some(reason)).await?;
    let kind = if input.approved { "merchant.bank_approved" } else { "merchant.bank_refused" };
    let event = Event::of(kind, "merchant", merchant.id).at(merchant.organization_id);
    tx.record(event.with("bank_id", row.id)).await?;
    tx.commit(Done {}).await
}

/// The one in force steps back for the one that waited; or the one that waited is refused.
pub(super) async fn put_in_force(tx: &Tx, row: &entity::Model, approved: bool, reason: Option<String>) -> Result<()> {
    let by = tx.caller().account_id();
    if approved {
        let sql = "UPDATE merchant_bank SET state = 'replaced' WHERE merchant_id = $1 AND state = 'active'";
        tx.execute_sql(sql, [row.merchant_id.into()]).await?;
    }
    let sql = "UPDATE merchant_bank SET state = $2, reason = $3, decided_by = $4, decided_at = $5
        WHERE id = $1 AND state = 'waiting'";
    let state = if approved { "active" } else { "refused" };
    let values = [row.id.into(), state.into(), reason.into(), by.into(), tx.now().into()];
    if tx.execute_sql(sql, values).await? == 1 { Ok(()) } else { Err(MERCHANT_CHANGED.refusal().into()) }
}

/// Whatever account waits is refused: its application was returned or written anew.
pub(super) async fn refuse_waiting(tx: &Tx, merchant: Id, reason: &str) -> Result<()> {
    let sql = "UPDATE merchant_bank SET state = 'refused', reason = $2, decided_at = $3
        WHERE merchant_id = $1 AND state = 'waiting'";
    tx.execute_sql(sql, [merchant.into(), reason.into(), tx.now().into()]).await?;
    Ok(())
}
