//! The numbers of signing in: dated parameters of the whole city, read together.
//!
//! ```
//! use registry::account::limits::KINDS;
//!
//! assert!(KINDS.iter().all(|kind| (kind.least..=kind.most).contains(&kind.default)));
//! ```

use kernel::parameter::{self, Kind};
use kernel::time::Day;
use kernel::{Error, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

const LEVEL_3: &str =
    "GB/T 22239-2019 第三级 8.1.4.1 身份鉴别：限制非法登录次数，登录连接超时自动退出；具体数值为平台初始值";
const OWN: &str = "平台初始值，可由系统管理员按实际调整";

macro_rules! kinds {
    ($( $(#[$doc:meta])+ $name:ident = $text:literal, $label:literal, $unit:literal,
        $default:literal in $least:literal ..= $most:literal, $source:ident; )+) => {
        $(
            $(#[$doc])+
            pub const $name: Kind = Kind {
                name: $text, label: $label, unit: $unit,
                default: $default, least: $least, most: $most, source: $source,
            };
        )+
        /// Every parameter of signing in, for the list that administrators see.
        pub const KINDS: &[Kind] = &[$($name),+];
    };
}

kinds! {
    /// Minutes without a request until a staff session ends.
    IDLE_STAFF = "session.idle_minutes.staff", "工作台无操作退出时间", "分钟", 30 in 5..=60, LEVEL_3;
    /// Minutes without a request until a member's session ends.
    IDLE_MEMBER = "session.idle_minutes.member", "会员端无操作退出时间", "分钟", 43200 in 30..=129600, OWN;
    /// Minutes until a staff session ends in any case.
    ABSOLUTE_STAFF = "session.absolute_minutes.staff", "工作台登录最长时间", "分钟", 720 in 60..=1440, LEVEL_3;
    /// Minutes until a member's session ends in any case.
    ABSOLUTE_MEMBER = "session.absolute_minutes.member", "会员端登录最长时间", "分钟", 129600 in 60..=259200, OWN;
    /// Wrong passwords or second factors in a row that lock a login.
    LOCK_TRIES = "lock.tries", "连续输错几次后锁定", "次", 5 in 3..=10, LEVEL_3;
    /// Minutes for which it stays locked.
    LOCK_MINUTES = "lock.minutes", "锁定时间", "分钟", 30 in 5..=1440, LEVEL_3;
    /// Seconds before another code may be asked for.
    SMS_RESEND = "sms.resend_seconds", "验证码重发间隔", "秒", 60 in 30..=600, OWN;
    /// Seconds after which a code is worth nothing.
    SMS_EXPIRE = "sms.expire_seconds", "验证码有效时间", "秒", 300 in 60..=1800, OWN;
    /// Codes for one phone in a day.
    SMS_DAILY = "sms.daily_limit", "同一号码每日验证码上限", "条", 10 in 3..=50, OWN;
    /// Wrong tries that burn a code.
    SMS_TRIES = "sms.tries", "验证码可试次数", "次", 5 in 3..=10, OWN;
}

/// The value of the foot-of-page filing number: a text, set by the operator once the site has one.
const FILING_NUMBER: &str = "site.filing_number";

/// The limits in force on a day.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Seconds between two codes of a phone.
    pub code_resend_seconds: i64,
    /// Codes of a phone a day.
    pub code_daily: i64,
    /// Seconds a code is good.
    pub code_seconds: i64,
    /// Wrong tries that burn a code.
    pub code_tries: i64,
    /// Failures in a row that lock a login.
    pub failures: i64,
    /// Minutes it stays locked.
    pub lock_minutes: i64,
    idle_staff: i64,
    idle_member: i64,
    absolute_staff: i64,
    absolute_member: i64,
}

impl Limits {
    /// Reads them all at once.
    ///
    /// # Errors
    /// The database, or a stored value that is no number.
    pub async fn load(conn: &impl ConnectionTrait, day: Day) -> Result<Self> {
        let rows = in_force(conn, KINDS.iter().map(|kind| kind.name), day).await?;
        let value = |kind: Kind| {
            let row = rows.iter().find(|row| row.name == kind.name);
            row.map_or(Ok(kind.default), |row| row.value.parse().map_err(Error::internal))
        };
        Ok(Self {
            code_resend_seconds: value(SMS_RESEND)?,
            code_daily: value(SMS_DAILY)?,
            code_seconds: value(SMS_EXPIRE)?,
            code_tries: value(SMS_TRIES)?,
            failures: value(LOCK_TRIES)?,
            lock_minutes: value(LOCK_MINUTES)?,
            idle_staff: value(IDLE_STAFF)?,
            idle_member: value(IDLE_MEMBER)?,
            absolute_staff: value(ABSOLUTE_STAFF)?,
            absolute_member: value(ABSOLUTE_MEMBER)?,
        })
    }

    /// Minutes without a request until a session of this kind of account ends.
    #[must_use]
    pub fn idle_minutes(&self, kind: &str) -> i64 {
        if kind == "staff" { self.idle_staff } else { self.idle_member }
    }

    /// Minutes until a session of this kind of account ends in any case.
    #[must_use]
    pub fn absolute_minutes(&self, kind: &str) -> i64 {
        if kind == "staff" { self.absolute_staff } else { self.absolute_member }
    }
}

/// The ICP filing number that the foot of every page must show, once there is one.
///
/// # Errors
/// The database.
pub async fn filing_number(conn: &impl ConnectionTrait, day: Day) -> Result<Option<String>> {
    let rows = in_force(conn, [FILING_NUMBER], day).await?;
    Ok(rows.into_iter().next().map(|row| row.value))
}

async fn in_force(
    conn: &impl ConnectionTrait,
    names: impl IntoIterator<Item = &'static str>,
    day: Day,
) -> Result<Vec<parameter::Model>> {
    let rows = parameter::Entity::find()
        .filter(parameter::Column::Name.is_in(names))
        .filter(parameter::Column::DivisionCode.eq(""))
        .filter(parameter::Column::ValidFrom.lte(day))
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter(|row| row.valid_to.is_none_or(|to| day < to)).collect())
}
