//! Takes over by the phone that the roster has.

use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use super::done::{self, TakenOver};
use super::found::{self, Way};
use super::own;
use super::tries::{self, Guessed};

/// Who the holder of the phone says she is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct TakeoverPhoneInput {
    /// Name as on the ID.
    pub name: String,
    /// Last six of the ID number, the last may be X.
    pub id_tail: String,
    /// Version of the consent text that was shown.
    pub consent_version: String,
}

/// Takes over the record whose phone is the caller's own.
///
/// # Errors
/// `takeover.*`, `name.*`, `consent.version`.
pub async fn by_phone(cx: Cx, input: TakeoverPhoneInput) -> Result<TakenOver> {
    let said = own::said(&input.name, &input.id_tail, &input.consent_version)?;
    let tx = cx.begin().await?;
    let own = own::load(&tx).await?;
    let found = found::of_phone(&tx, &own.phone, &said.name).await?;
    let record = found::only(&tx, &found, &said, Way::Phone)?;
    let taken = done::take(&tx, &own, record.as_ref(), (Way::Phone, &input.consent_version)).await?;
    let Some(taken) = taken else {
        let named = found.iter().map(|one| one.person_id).collect();
        return tries::miss(tx, own.account, "phone", Guessed::Records(named)).await;
    };
    tx.commit(taken).await
}
