//! What is done again and again: a row per name with the next moment. One of several
//! servers moves the moment on and enqueues the job, in one transaction. A server that was
//! off makes up for it once, not once per missed day.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveTime, TimeDelta};
use sea_orm::ConnectionTrait;

use super::{Jobs, New, insert};
use crate::app::App;
use crate::background::Stop;
use crate::calendar::china_day;
use crate::db::commit;
use crate::error::{Error, Result};
use crate::time::Time;

/// How often the rows are looked at.
const LOOK: Duration = Duration::from_secs(20);
/// China is eight hours ahead of UTC, without summer time.
const CHINA: TimeDelta = TimeDelta::hours(8);

/// When something is due again; as text `daily HH:MM` (China time) or `N minutes`.
///
/// ```
/// use kernel::job::Every;
/// let every: Every = "daily 03:30".parse().unwrap();
/// let next = every.after("2026-11-22T19:30:00Z".parse().unwrap());
/// assert_eq!(next.to_rfc3339(), "2026-11-23T19:30:00+00:00");
/// assert_eq!("15 minutes".parse::<Every>().unwrap().to_string(), "15 minutes");
/// assert!("daily 25:00".parse::<Every>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Once a day at this time in China.
    Daily(NaiveTime),
    /// After so many minutes, at least one.
    Minutes(u32),
}

impl Every {
    /// Daily at this time in China; what is no time of day becomes midnight.
    #[must_use]
    pub fn daily(hour: u32, minute: u32) -> Self {
        Self::Daily(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default())
    }

    /// The first moment after `now`.
    #[must_use]
    pub fn after(self, now: Time) -> Time {
        match self {
            Self::Minutes(minutes) => now + TimeDelta::minutes(minutes.max(1).into()),
            Self::Daily(time) => {
                let today = china_day(now).and_time(time).and_utc() - CHINA;
                if today > now { today } else { today + TimeDelta::days(1) }
            }
        }
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Daily(time) => write!(f, "daily {}", time.format("%H:%M")),
            Self::Minutes(minutes) => write!(f, "{minutes} minutes"),
        }
    }
}

impl FromStr for Every {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::internal(format!("not a schedule: {text}"));
        if let Some(time) = text.strip_prefix("daily ") {
            return NaiveTime::parse_from_str(time, "%H:%M").map(Self::Daily).map_err(|_| wrong());
        }
        let minutes = text.strip_suffix(" minutes").and_then(|number| number.parse().ok());
        minutes.filter(|minutes| *minutes > 0).map(Self::Minutes).ok_or_else(wrong)
    }
}

/// Enqueues what is due until told to stop.
pub(super) async fn run(app: App, jobs: Arc<Jobs>, stop: Stop) {
    loop {
        if let Err(error) = schedule_due(&app, &jobs).await {
            tracing::warn!(%error, "cron not scheduled");
        }
        tokio::select! {
            () = app.bells.cron.notified() => {}
            goes_on = stop.pause(LOOK) => if !goes_on { return },
        }
    }
}

/// Adds rows for new names and enqueues what is due now; answers how many jobs.
///
/// # Errors
/// The database.
pub async fn schedule_due(app: &App, jobs: &Jobs) -> Result<usize> {
    let mut enqueued = 0;
    for (name, every) in &jobs.crons {
        enqueued += usize::from(schedule(app, name, *every).await?);
    }
    if enqueued > 0 {
        app.bells.jobs.notify_one();
    }
    Ok(enqueued)
}

async fn schedule(app: &App, name: &str, every: Every) -> Result<bool> {
    let now = app.clock.now();
    let select = app.db.statement("SELECT every, next_at FROM cron WHERE name = $1", [name.into()]);
    let Some(row) = app.db.read().query_one_raw(select).await? else {
        let insert = "INSERT INTO cron (name, every, next_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let values = [name.into(), every.to_string().into(), every.after(now).into()];
        let tx = app.db.begin_relaxed().await?;
        tx.execute_raw(app.db.statement(insert, values)).await?;
        commit(tx).await?;
        return Ok(false);
    };
    let due: Time = row.try_get("", "next_at")?;
    if now < due {
        return Ok(false);
    }
    // The row wins over the program: an administrator may have moved it.
    let text: String = row.try_get("", "every")?;
    let next = text.parse().unwrap_or(every).after(now);
    let tx = app.db.begin_relaxed().await?;
    let update = "UPDATE cron SET next_at = $3 WHERE name = $1 AND next_at = $2";
    let moved = tx.execute_raw(app.db.statement(update, [name.into(), due.into(), next.into()])).await?;
    let mine = moved.rows_affected() == 1;
    if mine {
        let new = New::of(&format!("cron.{name}"), ())?.once(format!("cron.{name}@{}", due.timestamp()));
        insert(&tx, app.ids.next(), now, new).await?;
    }
    commit(tx).await?;
    Ok(mine)
}
