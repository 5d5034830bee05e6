//! A contract is suspended, resumed, ended, or goes on for longer.

use chrono::NaiveDate;
use kernel::routes::Done;
use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::MERCHANT_APPROVE;
use super::rules::{self, MerchantStep};
use super::{MERCHANT_CHANGED, MERCHANT_CONTRACT, MERCHANT_STATE, find, step};

/// What happens to a contract, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantPause {
    /// Which merchant.
    pub merchant_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
    /// What happens.
    pub step: MerchantStep,
    /// Why.
    pub reason: String,
}

/// A later end.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantExtend {
    /// Which merchant.
    pub merchant_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
    /// The first day on which it is over.
    pub contract_to: NaiveDate,
    /// Why.
    pub reason: String,
}

/// Suspends, resumes or ends a merchant. Refunds, statements and settlement go on.
///
/// # Errors
/// `merchant.form`, `merchant.state`, `merchant.changed`, 404 outside the caller's scope; the database.
pub async fn pause(cx: Cx, input: MerchantPause) -> Result<Done> {
    let reason = rules::reason(&input.reason)?;
    let tx = cx.begin().await?;
    let row = find::kept(&cx, &tx, MERCHANT_APPROVE, input.merchant_id).await?;
    let (from, to, what) = input.step.path();
    if !from.contains(&row.state.as_str()) {
        return Err(MERCHANT_STATE.refusal().into());
    }
    let kept = (input.step != MerchantStep::Resume).then(|| reason.clone());
    let sql = "UPDATE merchant SET state = $4, reason = $5, version = version + 1
        WHERE id = $1 AND version = $2 AND state = $3";
    let values = [row.id.into(), input.version.into(), row.state.clone().into(), to.into(), kept.into()];
    if tx.execute_sql(sql, values).await? != 1 {
        return Err(MERCHANT_CHANGED.refusal().into());
    }
    let kind = match input.step {
        MerchantStep::Suspend => "merchant.suspended",
        MerchantStep::Resume => "merchant.resumed",
        MerchantStep::End => "merchant.ended",
    };
    step::write(&tx, &row, what, kind, Some(reason)).await?;
    tx.commit(Done {}).await
}

/// Moves the end of a contract to a later day.
///
/// # Errors
/// `merchant.form`, `merchant.contract`, `merchant.state`, `merchant.changed`, 404 outside the caller's scope; the
/// database.
pub async fn extend(cx: Cx, input: MerchantExtend) -> Result<Done> {
    let reason = rules::reason(&input.reason)?;
    let tx = cx.begin().await?;
    let row = find::kept(&cx, &tx, MERCHANT_APPROVE, input.merchant_id).await?;
    if !["active", "suspended"].contains(&row.state.as_str()) {
        return Err(MERCHANT_STATE.refusal().into());
    }
    let (_, to) = rules::contract(row.contract_from, Some(input.contract_to), tx.today())?;
    if row.contract_to.is_some_and(|before| to <= before) {
        return Err(MERCHANT_CONTRACT
            .with("新的到期日要晚于现在的到期日；要提前结束的，请办理终止。")
            .on("contract_to")
            .into());
    }
    let sql = "UPDATE merchant SET contract_to = $3, version = version + 1 WHERE id = $1 AND version = $2";
    if tx.execute_sql(sql, [row.id.into(), input.version.into(), to.into()]).await? != 1 {
        return Err(MERCHANT_CHANGED.refusal().into());
    }
    step::write(&tx, &row, "extended", "merchant.extended", Some(reason)).await?;
    tx.commit(Done {}).await
}
