//! An officer approves a merchant with its contract, or returns the application.

use chrono::NaiveDate;
use kernel::routes::Done;
use kernel::{Cx, Result, Tx, notice};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::MERCHANT_APPROVE;
use super::{
    MERCHANT_CHANGED, MERCHANT_CONTRACT, MERCHANT_OWN, MERCHANT_STATE, account, bank, bank_entity, entity, find, rules,
    step,
};
use crate::ledger;

/// A yes, with the contract.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantApprove {
    /// Which merchant.
    pub merchant_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
    /// First day; as entered unless told.
    #[serde(default)]
    pub contract_from: Option<NaiveDate>,
    /// The first day on which it is over; as entered unless told.
    #[serde(default)]
    pub contract_to: Option<NaiveDate>,
    /// What was agreed; as entered unless told.
    #[serde(default)]
    pub terms: Option<String>,
}

/// A no, with its reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantReturn {
    /// Which merchant.
    pub merchant_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
    /// What is to be put right.
    pub reason: String,
}

/// Approves a merchant: its contract and bank account are in force, its account in the ledger is open, and whoever
/// applied is its first manager.
///
/// # Errors
/// `merchant.own`, `merchant.state`, `merchant.changed`, `merchant.contract`, 404 outside the caller's scope; the database.
pub async fn approve(cx: Cx, input: MerchantApprove) -> Result<Done> {
    let tx = cx.begin().await?;
    let row = waiting(&cx, &tx, input.merchant_id, input.version).await?;
    let (from, to) = (input.contract_from.or(row.contract_from), input.contract_to.or(row.contract_to));
    let (from, to) = rules::contract(from, to, tx.today())?;
    let terms = input.terms.clone().or_else(|| row.terms.clone());
    let terms = terms.ok_or_else(|| MERCHANT_CONTRACT.refusal().on("terms"))?;
    let terms = rules::text(&terms, "terms", "结算约定", 2, 500)?;
    let sql = "UPDATE merchant SET state = 'active', contract_from = $3, contract_to = $4, terms = $5, decided_by = $6,
        decided_at = $7, version = version + 1 WHERE id = $1 AND version = $2 AND state = 'waiting'";
    let values = [
        row.id.into(),
        row.version.into(),
        from.into(),
        to.into(),
        terms.into(),
        cx.caller.account_id().into(),
        tx.now().into(),
    ];
    changed(tx.execute_sql(sql, values).await?)?;
    if let Some(waiting) = waiting_bank(&tx, &row).await? {
        bank::put_in_force(&tx, &waiting, true, None).await?;
    }
    let book = ledger::own_book(&tx).await?;
    account::open_account_in(&tx, row.id, book).await?;
    if let Some(applicant) = row.applicant_id {
        crate::cashier::begin(&tx, row.id, applicant).await?;
    }
    let event = step::write(&tx, &row, "approved", "merchant.approved", None).await?;
    let body = "合同已经生效，可以添加门店和收银员，开始收积分。";
    tell(&tx, &row, "商户申请已批准", body.to_owned(), event).await?;
    tx.commit(Done {}).await
}

/// Returns an application with a reason.
///
/// # Errors
/// `merchant.form`, `merchant.own`, `merchant.state`, `merchant.changed`, 404 outside the caller's scope; the database.
pub async fn send_back(cx: Cx, input: MerchantReturn) -> Result<Done> {
    let reason = rules::reason(&input.reason)?;
    let tx = cx.begin().await?;
    let row = waiting(&cx, &tx, input.merchant_id, input.version).await?;
    let sql = "UPDATE merchant SET state = 'returned', reason = $3, decided_by = $4, decided_at = $5,
        version = version + 1 WHERE id = $1 AND version = $2 AND state = 'waiting'";
    let values =
        [row.id.into(), row.version.into(), reason.clone().into(), cx.caller.account_id().into(), tx.now().into()];
    changed(tx.execute_sql(sql, values).await?)?;
    let event = step::write(&tx, &row, "returned", "merchant.returned", Some(reason.clone())).await?;
    tell(&tx, &row, "商户申请被退回", format!("原因：{reason}。请补正后重新提交。"), event).await?;
    tx.commit(Done {}).await
}

/// A merchant that waits, in the caller's scope and not entered by himself.
async fn waiting(cx: &Cx, tx: &Tx, id: Uuid, version: i64) -> Result<entity::Model> {
    let row = find::kept(cx, tx, MERCHANT_APPROVE, id).await?;
    if row.state != "waiting" {
        return Err(MERCHANT_STATE.refusal().into());
    }
    if row.version != version {
        return Err(MERCHANT_CHANGED.refusal().into());
    }
    if row.entered_by.is_some() && row.entered_by == cx.caller.account_id() {
        return Err(MERCHANT_OWN.refusal().into());
    }
    Ok(row)
}

async fn waiting_bank(tx: &Tx, row: &entity::Model) -> Result<Option<bank_entity::Model>> {
    let rows = bank_entity::Entity::find()
        .filter(bank_entity::Column::MerchantId.eq(row.id))
        .filter(bank_entity::Column::State.eq("waiting"));
    Ok(rows.one(tx).await?)
}

async fn tell(tx: &Tx, row: &entity::Model, title: &str, body: String, event: Uuid) -> Result<()> {
    let Some(account_id) = row.applicant_id else { return Ok(()) };
    let new = notice::New {
        account_id,
        kind: "merchant.decided",
        title: title.to_owned(),
        body,
        link: Some(format!("/shop/merchants/{}", row.id)),
        event_id: Some(event),
    };
    notice::send(tx, new).await?;
    Ok(())
}

fn changed(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(MERCHANT_CHANGED.refusal().into()) }
}
