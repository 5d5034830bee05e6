//! The numbers of signing in: dated parameters of the whole city, read together. One
//! that a new version declares and nobody has seeded yet has its declared first value.

use std::collections::BTreeMap;

use kernel::parameter::{self, name};
use kernel::time::Day;
use kernel::{Error, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter};

use crate::parameters::{CODE_TRIES, FILING_NUMBER, NO_FILING_NUMBER, PARAMETERS};

const NAMES: [&str; 10] = [
    name::SESSION_IDLE_STAFF,
    name::SESSION_IDLE_MEMBER,
    name::SESSION_ABSOLUTE_STAFF,
    name::SESSION_ABSOLUTE_MEMBER,
    name::LOCK_TRIES,
    name::LOCK_MINUTES,
    name::SMS_RESEND,
    name::SMS_EXPIRE,
    name::SMS_DAILY,
    CODE_TRIES,
];

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
    /// The database; a parameter that is no number.
    pub async fn load(conn: &impl ConnectionTrait, day: Day) -> Result<Self> {
        let values = in_force(conn, &NAMES, day).await?;
        let number = |name: &str| {
            let text = values.get(name).map(String::as_str).or_else(|| first_value(name));
            let number = text.and_then(|text| text.parse::<i64>().ok());
            number.ok_or_else(|| Error::internal(format!("parameter {name} has no number on {day}")))
        };
        Ok(Self {
            code_resend_seconds: number(name::SMS_RESEND)?,
            code_daily: number(name::SMS_DAILY)?,
            code_seconds: number(name::SMS_EXPIRE)?,
            code_tries: number(CODE_TRIES)?,
            failures: number(name::LOCK_TRIES)?,
            lock_minutes: number(name::LOCK_MINUTES)?,
            idle_staff: number(name::SESSION_IDLE_STAFF)?,
            idle_member: number(name::SESSION_IDLE_MEMBER)?,
            absolute_staff: number(name::SESSION_ABSOLUTE_STAFF)?,
            absolute_member: number(name::SESSION_ABSOLUTE_MEMBER)?,
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
    let value = parameter::get(conn, FILING_NUMBER, "", day).await?;
    Ok(value.filter(|text| text != NO_FILING_NUMBER))
}

fn first_value(name: &str) -> Option<&'static str> {
    let mut declared = parameter::KERNEL.iter().chain(PARAMETERS);
    declared.find(|parameter| parameter.name == name).map(|parameter| parameter.first)
}

/// One query in place of ten: every sign-in reads them.
async fn in_force(conn: &impl ConnectionTrait, names: &[&str], day: Day) -> Result<BTreeMap<String, String>> {
    let rows = parameter::Entity::find()
        .filter(parameter::Column::Name.is_in(names.iter().copied()))
        .filter(parameter::Column::DivisionCode.eq(""))
        .filter(parameter::Column::ValidFrom.lte(day))
        .filter(parameter::Column::ValidTo.is_null().or(parameter::Column::ValidTo.gt(day)))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
}
