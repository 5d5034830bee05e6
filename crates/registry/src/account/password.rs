//! Signs staff in with login and password; argon2 runs on a blocking thread,
//! outside any transaction, a few at a time.

use kernel::crypto::password;
use kernel::{Cx, Error, Result};
use serde::Deserialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::limits::Limits;
use super::signed::{self, Signed};
use super::{ACCOUNT_DISABLED, SIGN_IN_WRONG, create, lockout, rules, vault};

/// Each takes 19 MiB and tens of milliseconds of one core: a flood of sign-ins
/// waits in line here and does not take the server's memory.
static HASHING: Semaphore = Semaphore::const_new(4);

/// A login and its password.
#[derive(Clone, Deserialize, ToSchema)]
pub struct PasswordSignInInput {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
}

/// Signs in with the first factor; staff always have another.
///
/// # Errors
/// `sign_in.wrong`, `sign_in.locked`, `account.disabled`, or the database.
pub async fn sign_in_password(cx: Cx, input: PasswordSignInInput) -> Result<Signed> {
    let login = rules::normal_login(&input.login);
    let digest = vault::login_digest(cx.app.keys.as_ref(), &login);
    let seen = create::by_login(cx.read(), &login).await?;
    let failing = match &seen {
        Some(account) => account.failing(),
        None => lockout::of_unknown(cx.read(), &digest).await?,
    };
    if failing.is_locked(cx.now()) {
        return Err(lockout::locked(failing, cx.now()).into());
    }
    let known_hash = seen.and_then(|account| account.password_hash);
    let right = verify(input.password, known_hash.clone()).await?;

    let tx = cx.begin().await?;
    let limits = Limits::load(&tx, tx.today()).await?;
    let wrong = SIGN_IN_WRONG.refusal().on("password");
    let Some(account) = create::by_login(&tx, &login).await? else {
        let refusal = lockout::count_unknown(&tx, &digest, &limits, wrong).await?;
        return tx.refuse(refusal).await;
    };
    // Again, inside: of a hundred guesses sent at once only the first few may count.
    if account.failing().is_locked(tx.now()) {
        let refusal = lockout::locked(account.failing(), tx.now());
        return tx.refuse(refusal).await;
    }
    if !right || account.password_hash != known_hash {
        let refusal = lockout::count(&tx, &account, &limits, wrong).await?;
        return tx.refuse(refusal).await;
    }
    if account.disabled_at.is_some() {
        return tx.refuse(ACCOUNT_DISABLED.refusal()).await;
    }
    let signed = signed::start(&tx, &cx, &account, rules::next_stage(&account), &limits, "password").await?;
    tx.commit(signed).await
}

/// Whether the password belongs to the hash; without a hash it takes as long and is wrong.
pub(super) async fn verify(text: String, hash: Option<String>) -> Result<bool> {
    blocking(move || {
        let text = if text.chars().count() > password::MAX_CHARS { "" } else { text.as_str() };
        hash.map_or_else(|| password::verify_dummy(text), |hash| password::verify(text, &hash))
    })
    .await
}

/// The hash of a new password.
///
/// # Errors
/// When there is no memory or no random bytes for it.
pub async fn hash(text: String) -> Result<String> {
    blocking(move || password::hash(&text)).await?.map_err(Error::internal)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _turn = HASHING.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}
