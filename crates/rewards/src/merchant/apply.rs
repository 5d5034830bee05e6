//! A firm applies on the phone: whoever is signed in becomes its first manager once it is approved.

use kernel::notice;
use kernel::{Cx, Error, Id, Result, Tx};
use registry::organization::entity as organization;
use registry::staff::holders;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::MERCHANT_APPROVE;
use super::enter::{MerchantEntered, MerchantForm, blank, checked, insert};
use super::{find, licence};

/// An application.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantApply {
    /// The firm.
    pub form: MerchantForm,
    /// Files of its business licence that were taken in before, at most 3.
    #[serde(default)]
    pub licence_file_ids: Vec<Uuid>,
}

/// Applies to become a merchant of the city federation.
///
/// # Errors
/// `merchant.form`, `merchant.twice`, `merchant.licence`, `uscc.*`, `name.*`, `phone.format`, `file.*`; the database.
pub async fn apply(cx: Cx, input: MerchantApply) -> Result<MerchantEntered> {
    let account = cx.caller.account()?;
    let form = checked(&input.form)?;
    let files = licence::looked(&cx, &input.licence_file_ids).await?;
    let tx = cx.begin().await?;
    let city = city(&tx).await?;
    let mut row = blank(&tx, city, &form)?;
    row.applicant_id = Set(Some(account));
    let id = insert(&tx, row, form, "applied").await?;
    licence::keep(&tx, &find::one(&tx, id).await?, files).await?;
    tell_keepers(&tx, city, id, "有新的商户申请").await?;
    tx.commit(MerchantEntered { id }).await
}

/// The city federation.
///
/// # Errors
/// 404 when there is none yet; the database.
pub async fn city(conn: &impl ConnectionTrait) -> Result<Id> {
    let city = organization::Entity::find()
        .filter(organization::Column::Kind.eq("city_federation"))
        .filter(organization::Column::State.eq("established"));
    Ok(city.one(conn).await?.ok_or_else(Error::not_found)?.id)
}

/// Tells those who approve merchants at a union that something waits.
pub(super) async fn tell_keepers(tx: &Tx, union: Id, merchant: Id, title: &str) -> Result<()> {
    for account_id in holders(tx, union, MERCHANT_APPROVE).await? {
        let new = notice::New {
            account_id,
            kind: "merchant.entered",
            title: title.to_owned(),
            body: "请核对资料和收款账户后批准，或者写明原因退回。".to_owned(),
            link: Some(format!("/desk/merchants/{merchant}")),
            event_id: None,
        };
        notice::send(tx, new).await?;
    }
    Ok(())
}
