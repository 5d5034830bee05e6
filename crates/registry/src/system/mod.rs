//! Rooms of the administrators: the audit trail, dated parameters, the calendar of working days.
//!
//! Invariants:
//! * events are read as they were sealed, and nothing here can change one; reading them leaves no event, because they
//!   hold no personal data;
//! * a parameter's value is within the bounds of the [`catalogue`] and names the document it rests on; a new value
//!   begins on a day and the former ends there, so the history has neither gap nor overlap;
//! * a recorded calendar day counts from the next start of the program, and the answer says so.
//!
//! ```
//! assert_eq!(registry::system::kind_label("role.granted"), "授予角色");
//! ```

mod calendar;
mod events;
mod kinds;
mod parameters;
mod verify;

use kernel::Routes;

pub use calendar::{
    CalendarDay, CalendarDayAdd, CalendarDayAdded, CalendarYear, CalendarYearInput, add_calendar_day, calendar_year,
};
pub use events::{EventList, EventRow, events};
pub use kinds::label as kind_label;
pub use parameters::{
    ParameterIsSet, ParameterRow, ParameterRows, ParameterSet, ParameterValue, catalogue, parameters, set_parameter,
};
pub use verify::{ChainEnd, ChainFault, ChainVerified, verify_events};

use crate::access::{EVENT_READ, EVENT_VERIFY, PARAMETER_CHANGE, PARAMETER_READ};

kernel::refusals! {
    /// A filter of the event list is no id or no number.
    EVENT_FILTER = "event.filter", UNPROCESSABLE_ENTITY, "查找条件不对：对象编号和账号编号要整段复制，请检查后重新查找。";
    /// The parameter was to be set for a division that does not exist.
    PARAMETER_DIVISION = "parameter.division", UNPROCESSABLE_ENTITY, "没有这个行政区划，请从列表里选择；不选则适用于全市。";
    /// The calendar has no such year.
    CALENDAR_YEAR = "calendar.year", UNPROCESSABLE_ENTITY, "只能查看 2019 年到 2100 年的日历，请重新选择年份。";
    /// The day is past, or far in the future.
    CALENDAR_DAY = "calendar.day", UNPROCESSABLE_ENTITY, "只能登记今天及以后的日子，请重新选择日期；过去已经算好的期限不会改动。";
    /// The name of the day is missing or too long.
    CALENDAR_NAME = "calendar.name", UNPROCESSABLE_ENTITY, "请填写节日或事由（2 到 30 字，一行），例如“国庆节”。";
    /// The source of the day is missing or too long.
    CALENDAR_SOURCE = "calendar.source", UNPROCESSABLE_ENTITY, "请填写依据（2 到 200 字，一行），写明通知的名称和文号。";
    /// The day is recorded in the same way already.
    CALENDAR_SAME = "calendar.same", CONFLICT, "这一天已经这样登记过，不用重复登记。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("system")
        .get("/api/events", "Sealed events, newest first")
        .requires(EVENT_READ)
        .runs(events)
        .post("/api/events/verify", "Computes the whole chain of events again")
        .requires(EVENT_VERIFY)
        .runs(verify_events)
        .get("/api/parameters", "Dated parameters with their history")
        .requires(PARAMETER_READ)
        .runs(parameters)
        .post("/api/parameters", "Sets a parameter from a day on")
        .requires(PARAMETER_CHANGE)
        .runs(set_parameter)
        .get("/api/calendar", "A year's exceptions from Monday to Friday")
        .signed_in()
        .runs(calendar_year)
        .post("/api/calendar-days", "Records a working or free day, for the next start")
        .requires(PARAMETER_CHANGE)
        .runs(add_calendar_day)
}
