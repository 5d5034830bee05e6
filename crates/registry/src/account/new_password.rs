//! Changes a one-time password, half-way through signing in.

use kernel::crypto::password as rule;
use kernel::error::AUTH_REQUIRED;
use kernel::event::Event;
use kernel::{Cx, Result, session};
use serde::Deserialize;
use utoipa::ToSchema;

use super::limits::Limits;
use super::signed::{self, Signed};
use super::{PASSWORD_SAME, create, of_password, password, rules};

/// The password that takes the place of the one-time password.
#[derive(Clone, Deserialize, ToSchema)]
pub struct NewPasswordInput {
    /// At least ten characters of three classes.
    pub password: String,
}

/// Sets the password; whoever else came in with the one-time password is out.
///
/// # Errors
/// `auth.required` unless this is due, `password.*`, `account.disabled`, or the database.
pub async fn new_password(cx: Cx, input: NewPasswordInput) -> Result<Signed> {
    let session = signed::due(&cx, "password")?;
    let known = create::by_id(cx.read(), session.account_id).await?;
    let login = known.login.clone().unwrap_or_default();
    if let Some(refusal) = rule::check(&input.password, &login).err().and_then(|faults| of_password(&faults)) {
        return Err(refusal.into());
    }
    if password::verify(input.password.clone(), known.password_hash.clone()).await? {
        return Err(PASSWORD_SAME.refusal().on("password").into());
    }
    let hash = password::hash(input.password).await?;

    let tx = cx.begin().await?;
    let limits = Limits::load(&tx, tx.today()).await?;
    let mut account = signed::account_of(&tx, &session).await?;
    signed::spend(&tx, &session).await?;
    if account.password_hash != known.password_hash || !account.must_change {
        return Err(AUTH_REQUIRED.refusal().into());
    }
    let update = "UPDATE account SET password_hash = $2, must_change = $3 WHERE id = $1";
    tx.execute_sql(update, [account.id.into(), hash.into(), false.into()]).await?;
    session::end_all(&tx, account.id).await?;
    tx.record(Event::of("account.password_changed", "account", account.id)).await?;
    account.must_change = false;
    let signed = signed::start(&tx, &cx, &account, rules::next_stage(&account), &limits, "password").await?;
    tx.commit(signed).await
}
