//! Counting failures of a login, known or not, and locking it for a while.
//!
//! A login that nobody has is counted in a table of its own, so that it locks like
//! any other and tells nobody which logins exist; its rows go after a day.

use kernel::event::Event;
use kernel::time::Time;
use kernel::{Refusal, Result, Tx};
use sea_orm::ConnectionTrait;

use super::limits::Limits;
use super::rules::Failures;
use super::{SIGN_IN_LOCKED, entity};

impl entity::Model {
    /// Failures in a row of this account.
    #[must_use]
    pub fn failing(&self) -> Failures {
        Failures { count: self.failures, locked_until: self.locked_until }
    }
}

/// The refusal of a locked login; says how long.
pub(super) fn locked(failures: Failures, now: Time) -> Refusal {
    let minutes = failures.minutes_left(now);
    SIGN_IN_LOCKED.with(format!("连续输错次数太多，已暂时锁定，请 {minutes} 分钟后再试；急用请联系系统管理员解锁。"))
}

/// Counts a failure of an account; answers what to say in place of `refusal` when it locked.
pub(super) async fn count(tx: &Tx, account: &entity::Model, limits: &Limits, refusal: Refusal) -> Result<Refusal> {
    let after = account.failing().one_more(tx.now(), limits.failures, limits.lock_minutes);
    let update = "UPDATE account SET failures = $2, locked_until = $3 WHERE id = $1";
    tx.execute_sql(update, [account.id.into(), after.count.into(), after.locked_until.into()]).await?;
    let kind = if after.is_locked(tx.now()) { "account.locked" } else { "account.sign_in_failed" };
    tx.record(Event::of(kind, "account", account.id).with("failures", after.count)).await?;
    Ok(if after.is_locked(tx.now()) { locked(after, tx.now()) } else { refusal })
}

/// Forgets the failures of an account: it was signed in to the end.
pub(super) async fn reset(tx: &Tx, account: &entity::Model) -> Result<()> {
    if account.failures > 0 || account.locked_until.is_some() {
        let update = "UPDATE account SET failures = 0, locked_until = NULL WHERE id = $1";
        tx.execute_sql(update, [account.id.into()]).await?;
    }
    Ok(())
}

/// Failures of a login that nobody has.
pub(super) async fn of_unknown(conn: &impl ConnectionTrait, digest: &[u8]) -> Result<Failures> {
    let sql = "SELECT failures, locked_until FROM login_failure WHERE login_digest = $1";
    let statement = sea_orm::Statement::from_sql_and_values(conn.get_database_backend(), sql, [digest.to_vec().into()]);
    let Some(row) = conn.query_one_raw(statement).await? else {
        return Ok(Failures::default());
    };
    Ok(Failures { count: row.try_get("", "failures")?, locked_until: row.try_get("", "locked_until")? })
}

/// Counts a failure of a login that nobody has, like [`count`].
pub(super) async fn count_unknown(tx: &Tx, digest: &[u8], limits: &Limits, refusal: Refusal) -> Result<Refusal> {
    let before = of_unknown(tx, digest).await?;
    let after = before.one_more(tx.now(), limits.failures, limits.lock_minutes);
    let stale = "DELETE FROM login_failure WHERE seen_on < $1 AND (locked_until IS NULL OR locked_until < $2)";
    tx.execute_sql(stale, [tx.today().into(), tx.now().into()]).await?;
    let upsert = "INSERT INTO login_failure (login_digest, failures, locked_until, seen_on) VALUES ($1, $2, $3, $4)
        ON CONFLICT (login_digest) DO UPDATE
        SET failures = excluded.failures, locked_until = excluded.locked_until, seen_on = excluded.seen_on";
    let values = [digest.to_vec().into(), after.count.into(), after.locked_until.into(), tx.today().into()];
    tx.execute_sql(upsert, values).await?;
    Ok(if after.is_locked(tx.now()) { locked(after, tx.now()) } else { refusal })
}
