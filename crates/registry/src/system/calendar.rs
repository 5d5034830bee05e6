//! The year's exceptions from Monday–Friday, and how an administrator adds one.

use std::collections::BTreeMap;

use chrono::Datelike;
use kernel::calendar::store;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Cx, Result};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CALENDAR_DAY, CALENDAR_NAME, CALENDAR_SAME, CALENDAR_SOURCE, CALENDAR_YEAR};
use crate::person::name::clean_text;

/// The bundled data begins with this year.
const FIRST_YEAR: i32 = 2019;
const LAST_YEAR: i32 = 2100;

/// Which year.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct CalendarYearInput {
    /// 2019 to 2100; this year unless given.
    pub year: Option<i32>,
}

/// A day that departs from Monday–Friday.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalendarDay {
    /// The day.
    pub day: Day,
    /// Worked or free.
    pub working: bool,
    /// The festival, or the festival it is exchanged for.
    pub name: String,
    /// Recorded, but deadlines are reckoned with it only after the next start of the program.
    pub pending: bool,
}

/// A year's exceptions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalendarYear {
    /// The year.
    pub year: i32,
    /// Last day for which the arrangement is known.
    pub known_until: Day,
    /// In order of day.
    pub days: Vec<CalendarDay>,
}

/// A day to be recorded.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CalendarDayAdd {
    /// The day, not before today.
    pub day: Day,
    /// Worked or free.
    pub working: bool,
    /// The festival or the cause, 2 to 30 characters.
    pub name: String,
    /// The notice it rests on, with its number, 2 to 200 characters.
    pub source: String,
}

/// What was recorded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalendarDayAdded {
    /// The day.
    pub day: Day,
    /// When it counts.
    pub note: String,
}

/// Shows a year's exceptions; the same for everybody.
///
/// # Errors
/// `calendar.year`; the database.
pub async fn calendar_year(cx: Cx, input: CalendarYearInput) -> Result<CalendarYear> {
    let year = input.year.unwrap_or_else(|| cx.today().year());
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return Err(CALENDAR_YEAR.refusal().on("year").into());
    }
    let calendar = &cx.app.calendar;
    let mut days: BTreeMap<Day, CalendarDay> = calendar
        .days()
        .filter(|day| day.date.year() == year)
        .map(|day| (day.date, shown(day.date, day.working, day.name.clone(), false)))
        .collect();
    for store::Model { day, working, name } in store::Entity::find().all(cx.read()).await? {
        let reckoned = calendar.is_working_day(day) == working && calendar.name_of(day) == Some(name.as_str());
        if day.year() == year && !reckoned {
            days.insert(day, shown(day, working, name, true));
        }
    }
    Ok(CalendarYear { year, known_until: calendar.known_until(), days: days.into_values().collect() })
}

fn shown(day: Day, working: bool, name: String, pending: bool) -> CalendarDay {
    CalendarDay { day, working, name, pending }
}

/// Records an exception; a day recorded before is replaced. It counts from the next start of the program.
///
/// # Errors
/// `calendar.*` refusals; the database.
pub async fn add_calendar_day(cx: Cx, input: CalendarDayAdd) -> Result<CalendarDayAdded> {
    let name = sized(&input.name, 30).ok_or_else(|| CALENDAR_NAME.refusal().on("name"))?;
    let source = sized(&input.source, 200).ok_or_else(|| CALENDAR_SOURCE.refusal().on("source"))?;
    // What was reckoned for days gone by stays as it is.
    if input.day < cx.today() || input.day.year() > LAST_YEAR {
        return Err(CALENDAR_DAY.refusal().on("day").into());
    }
    let tx = cx.begin().await?;
    let upsert = "INSERT INTO calendar_day (day, working, name) VALUES ($1, $2, $3)
        ON CONFLICT (day) DO UPDATE SET working = excluded.working, name = excluded.name
        WHERE calendar_day.working <> excluded.working OR calendar_day.name <> excluded.name";
    let values = [input.day.into(), input.working.into(), name.clone().into()];
    if tx.execute_sql(upsert, values).await? == 0 {
        return Err(CALENDAR_SAME.refusal().on("day").into());
    }
    let event = Event::of("calendar.changed", "calendar_day", tx.id()).with("day", input.day);
    tx.record(event.with("working", input.working).with("name", &name).with("source", &source)).await?;
    let note = "已登记。系统下次启动后按新安排计算期限，之前已经算好的期限不变；请联系运维人员安排重启。".to_owned();
    tx.commit(CalendarDayAdded { day: input.day, note }).await
}

fn sized(raw: &str, most: usize) -> Option<String> {
    clean_text(raw, most).ok().filter(|text| text.chars().count() >= 2 && !text.contains('\n'))
}
