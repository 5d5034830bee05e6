//! The system administrator makes a staff account.

use kernel::crypto::password::one_time_password;
use kernel::{Cx, Error, Id, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::account::{PHONE_TAKEN, create_staff};
use crate::person::phone::Phone;

/// A staff account to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AccountCreate {
    /// Login name: a letter, then letters, digits, `.`, `_`, `-`.
    pub login: String,
    /// Name of the person.
    pub name: String,
    /// The person's mobile.
    pub phone: String,
}

/// The new account and its one-time password.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccountCreated {
    /// The account.
    pub id: Id,
    /// Shown once: absent when the same submit comes again, then reset the account.
    pub one_time_password: Option<String>,
}

/// Makes a staff account; at its first sign-in the password is changed and the second factor enrolled.
///
/// # Errors
/// `login.*`, `name.*`, `phone.*`; the database.
pub async fn create(cx: Cx, input: AccountCreate) -> Result<AccountCreated> {
    let phone = Phone::parse(&input.phone)?;
    let password = one_time_password();
    let tx = cx.begin().await?;
    let made = create_staff(&tx, &input.login, &input.name, Some(&phone), &password).await;
    let id = made.map_err(say_to_administrator)?;
    // What is kept for a repeated submit must not hold the password.
    let kept = tx.commit(AccountCreated { id, one_time_password: None }).await?;
    Ok(AccountCreated { one_time_password: Some(password), ..kept })
}

/// The account's own sentence speaks to somebody who signs in.
fn say_to_administrator(error: Error) -> Error {
    match error.refusal() {
        Some(refusal) if refusal.code == PHONE_TAKEN.code => {
            let message = "这个手机号已经登记在另一个账号上，请先用手机号查找该账号。\
                主席、副主席可以直接给会员账号授权；其他人请登记另一个号码。";
            PHONE_TAKEN.with(message).on("phone").into()
        }
        _ => error,
    }
}
