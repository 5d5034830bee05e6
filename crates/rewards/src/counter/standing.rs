//! What the caller can pay with today.

use chrono::{DateTime, Utc};
use kernel::routes::Nothing;
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;

use super::parameters::{self, PERSON_DAY_CENTS, PERSON_DAY_TIMES, SHORT_MINUTES};
use super::rules::{Channel, Limits, day_id};
use super::{device_entity as device, freeze};
use crate::ledger;

/// What the caller can pay with, and the limits of today.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PayStanding {
    /// Nobody who could hold points is behind this account.
    pub nobody: bool,
    /// Points that are free over all books, in cents.
    pub available_cents: i64,
    /// Why the wallet stands still; absent when it does not.
    pub frozen: Option<String>,
    /// A book in which the caller has points stands still: nothing is paid until it goes on.
    pub paused: bool,
    /// Points paid today, in cents.
    pub spent_cents: i64,
    /// Payments today.
    pub spent_times: i64,
    /// Most points of one payment, in cents.
    pub most_cents: i64,
    /// Most points of a day, in cents.
    pub day_cents: i64,
    /// Most payments of a day.
    pub day_times: i64,
    /// Most points of one payment with four digits, in cents.
    pub short_most_cents: i64,
    /// Minutes for which four digits are good.
    pub short_minutes: i64,
    /// The caller's devices that make pay codes.
    pub devices: u64,
    /// The server's clock, by which codes are made.
    pub now: DateTime<Utc>,
}

/// Tells what the caller can pay with.
///
/// # Errors
/// The database.
pub async fn standing(cx: Cx, _: Nothing) -> Result<PayStanding> {
    let values = parameters::values(cx.read(), cx.today()).await?;
    let limits = Limits::of(&values)?;
    let mut standing = PayStanding {
        nobody: true,
        available_cents: 0,
        frozen: None,
        paused: false,
        spent_cents: 0,
        spent_times: 0,
        most_cents: limits.one(Channel::Code),
        day_cents: values.get(PERSON_DAY_CENTS)?,
        day_times: values.get(PERSON_DAY_TIMES)?,
        short_most_cents: limits.one(Channel::Short),
        short_minutes: values.get(SHORT_MINUTES)?,
        devices: 0,
        now: cx.now(),
    };
    if let Some(person) = cx.caller.person_id() {
        of_person(&cx, person, &mut standing).await?;
    }
    Ok(standing)
}

async fn of_person(cx: &Cx, person: Id, standing: &mut PayStanding) -> Result<()> {
    standing.nobody = false;
    standing.available_cents = ledger::available(cx.read(), person).await?;
    standing.frozen = freeze::open_of(cx.read(), person).await?.map(|(_, reason)| reason);
    standing.paused = ledger::stands_still_for(cx.read(), person).await?;
    let sql = "SELECT cents, times FROM spend_day WHERE id = $1";
    let day = day_id("person", person, cx.today());
    if let Some(row) = cx.read().query_one_raw(cx.app.db.statement(sql, [day.into()])).await? {
        standing.spent_cents = row.try_get("", "cents")?;
        standing.spent_times = row.try_get("", "times")?;
    }
    let devices = device::Entity::find()
        .filter(device::Column::PersonId.eq(person))
        .filter(device::Column::RevokedAt.is_null())
        .filter(device::Column::GoodUntil.gt(cx.now()));
    standing.devices = devices.count(cx.read()).await?;
    Ok(())
}
