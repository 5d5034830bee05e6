//! Takes over with a one-time code, on any phone.

use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use super::done::{self, TakenOver};
use super::found::{self, Way};
use super::tries::{self, Guessed};
use super::{CODE_FORMAT, issue, own, rules};

/// A code and who its bearer says she is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct TakeoverCodeInput {
    /// The code on the slip; small letters, spaces and the hyphen are taken.
    pub code: String,
    /// Name as on the ID.
    pub name: String,
    /// Last six of the ID number, the last may be X.
    pub id_tail: String,
    /// Version of the consent text that was shown.
    pub consent_version: String,
}

/// Takes over the record of a code; the caller's phone becomes the record's phone.
///
/// # Errors
/// `takeover.*`, `name.*`, `consent.version`.
pub async fn by_code(cx: Cx, input: TakeoverCodeInput) -> Result<TakenOver> {
    let code = rules::code(&input.code).ok_or_else(|| CODE_FORMAT.refusal().on("code"))?;
    let said = own::said(&input.name, &input.id_tail, &input.consent_version)?;
    let digest = issue::digest(cx.app.keys.as_ref(), &code);
    let tx = cx.begin().await?;
    let own = own::load(&tx).await?;
    let (open, found) = found::of_code(&tx, digest, tx.now()).await?;
    // Who saw the ID card and who takes over are two people.
    let handed = open.as_ref().is_some_and(|open| open.issued_by != Some(own.account));
    let record = found::only(&tx, &found, &said, Way::Code)?.filter(|_| handed);
    let taken = done::take(&tx, &own, record.as_ref(), (Way::Code, &input.consent_version)).await?;
    let Some(taken) = taken else {
        return tries::miss(tx, own.account, "code", Guessed::Code(open)).await;
    };
    tx.commit(taken).await
}
