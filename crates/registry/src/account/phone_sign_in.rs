//! Signs in with a phone and its code.

use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use super::entity::Model;
use super::limits::Limits;
use super::signed::{self, Signed};
use super::{ACCOUNT_DISABLED, SIGN_IN_STAFF, code, create, lockout, rules};
use crate::person::phone::Phone;

/// A phone and the code that was sent to it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PhoneSignInInput {
    /// The phone.
    pub phone: String,
    /// Six digits.
    pub code: String,
}

/// Signs in; an unknown phone gets an account, without a person yet. For staff the
/// code stands in for the password, never for the second factor.
///
/// # Errors
/// `phone.format`, `code.*`, `account.disabled`, `sign_in.staff`, `sign_in.locked`, or the database.
pub async fn sign_in_phone(cx: Cx, input: PhoneSignInInput) -> Result<Signed> {
    let phone = Phone::parse(&input.phone)?;
    let tx = cx.begin().await?;
    let limits = Limits::load(&tx, tx.today()).await?;
    if let Some(refusal) = code::judge(&tx, &limits, &phone, &input.code).await? {
        return tx.refuse(refusal).await;
    }
    let account = account(&tx, &phone).await?;
    if account.disabled_at.is_some() {
        return tx.refuse(ACCOUNT_DISABLED.refusal()).await;
    }
    let stage = rules::next_stage(&account);
    if stage == "password" || stage == "enrol_totp" {
        // Whoever holds the phone alone must not choose the password or the second factor.
        return tx.refuse(SIGN_IN_STAFF.refusal()).await;
    }
    if stage == "totp" && account.failing().is_locked(tx.now()) {
        let refusal = lockout::locked(account.failing(), tx.now());
        return tx.refuse(refusal).await;
    }
    let signed = signed::start(&tx, &cx, &account, stage, &limits, "phone").await?;
    tx.commit(signed).await
}

async fn account(tx: &kernel::Tx, phone: &Phone) -> Result<Model> {
    let keys = tx.app().keys.as_ref();
    if let Some(account) = create::find_by_phone(tx, keys, phone).await? {
        return Ok(account);
    }
    // When somebody was quicker, the account is there on the next attempt.
    let id = create::create_member(tx, phone).await?.ok_or(kernel::Error::Contention)?;
    create::by_id(tx, id).await
}
