//! A returned application is submitted again.

use kernel::{Cx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::apply::tell_keepers;
use super::enter::{MerchantEntered, MerchantForm, checked, rewrite};
use super::{MERCHANT_CHANGED, MERCHANT_STATE, find, licence, step};

/// The application, put right.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantResubmit {
    /// Which.
    pub merchant_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
    /// The firm.
    pub form: MerchantForm,
    /// More files of its business licence, at most 3.
    #[serde(default)]
    pub licence_file_ids: Vec<Uuid>,
}

/// Submits a returned application again.
///
/// # Errors
/// `merchant.state`, `merchant.changed`, `merchant.form`, `merchant.licence`, `file.*`, 404 for everybody but the applicant; the database.
pub async fn resubmit(cx: Cx, input: MerchantResubmit) -> Result<MerchantEntered> {
    let account = cx.caller.account()?;
    let form = checked(&input.form)?;
    let files = licence::looked(&cx, &input.licence_file_ids).await?;
    let tx = cx.begin().await?;
    let row = find::one(&tx, input.merchant_id).await?;
    if row.applicant_id != Some(account) {
        return Err(Error::not_found());
    }
    if row.state != "returned" {
        return Err(MERCHANT_STATE.refusal().into());
    }
    if row.version != input.version || !rewrite(&tx, &row, &form).await? {
        return Err(MERCHANT_CHANGED.refusal().into());
    }
    licence::keep(&tx, &row, files).await?;
    step::write(&tx, &row, "changed", "merchant.resubmitted", None).await?;
    tell_keepers(&tx, row.organization_id, row.id, "商户重新提交了申请").await?;
    tx.commit(MerchantEntered { id: row.id }).await
}
