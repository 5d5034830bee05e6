//! `zhigong reset-administrator LOGIN`: for whoever sits at the server itself when an
//! administrator lost the password or the second factor and no other can help. Only
//! the three administrators; everybody else is reset by the system administrator on
//! the desk. Leaves an event that says it was done here.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use kernel::access::grant;
use kernel::app::Config;
use kernel::crypto::password::one_time_password;
use kernel::event::Event;
use kernel::{Cx, Result, session};
use registry::account::{entity as account, hash_password};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::fault::Fault;
use crate::house::{self, Place};

const ADMINISTRATORS: [&str; 3] = ["system_admin", "security_admin", "audit_admin"];

/// Whose.
#[derive(Args)]
pub struct Reset {
    /// 登录名 / Login of the administrator.
    login: String,
    #[command(flatten)]
    place: Place,
}

/// Gives a new one-time password and prints it once.
///
/// # Errors
/// When no administrator has that login, or the database refuses.
pub async fn reset_administrator(reset: Reset) -> Result<ExitCode, Fault> {
    let keys = Arc::new(reset.place.existing_keys()?);
    let db = reset.place.connect_existing().await?;
    let config =
        Config { demo: false, secure_cookies: false, base_url: String::new(), body_silence: Config::BODY_SILENCE };
    let cx = Cx::system(&house::app(&reset.place, db.clone(), keys, config).await?);
    let password = one_time_password();
    let login = reset.login.trim().to_lowercase();
    if !give(&cx, &login, &password).await? {
        return Err(Fault::new(
            format!("没有登录名为“{login}”的管理员，没有改动。"),
            format!("No administrator has the login {login:?}; nothing was changed."),
        )
        .next("第一次启动生成的登录名是 / the first run made: system, security, audit"));
    }
    db.close().await?;
    println!("{login} 的一次性密码（只显示这一次）/ one-time password, shown once:\n    {password}");
    println!("登录后须改密码并重新绑定动态口令 / it must be changed, and a second factor enrolled anew.");
    Ok(ExitCode::SUCCESS)
}

/// Answers whether there is such an administrator.
async fn give(cx: &Cx, login: &str, password: &str) -> Result<bool> {
    let hash = hash_password(password.to_owned()).await?;
    let tx = cx.begin().await?;
    let Some(found) = account::Entity::find().filter(account::Column::Login.eq(login)).one(&tx).await? else {
        return Ok(false);
    };
    let roles = grant::Entity::find()
        .filter(grant::Column::AccountId.eq(found.id))
        .filter(grant::Column::Role.is_in(ADMINISTRATORS))
        .filter(grant::Column::RevokedAt.is_null());
    if roles.one(&tx).await?.is_none() {
        return Ok(false);
    }
    let update = "UPDATE account SET password_hash = $2, must_change = $3, totp_sealed = NULL, totp_last_step = 0,
        failures = 0, locked_until = NULL, disabled_at = NULL WHERE id = $1";
    tx.execute_sql(update, [found.id.into(), hash.into(), true.into()]).await?;
    let ended = session::end_all(&tx, found.id).await?;
    tx.record(Event::of("account.reset", "account", found.id).with("by", "server").with("sessions_ended", ended))
        .await?;
    tx.commit(true).await
}
