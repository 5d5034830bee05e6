//! The end of points: what nobody spent in time goes back to the budget it came from.
//!
//! Each night a sweep ([`end`]) ends lots whose last day is over, some at a time; the order of a lot and day is the same
//! however often the sweep is cut off. Members are told some weeks before ([`tell`]), and members and unions see what
//! ends in the next 30, 60 and 90 days ([`forecast`]).

pub mod end;
pub mod forecast;
pub mod tell;

use kernel::Routes;
use kernel::app::App;
use kernel::job::{Every, Jobs};

use crate::access::POINTS_READ;

pub use forecast::Forecast;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/forecast", "Tells what comes back to a union's budgets unless it is spent")
        .requires(POINTS_READ)
        .runs(forecast::forecast)
}

/// What the slice carries out beside the requests.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.every("points.expire", Every::daily(0, 20), |app: App| async move { end::sweep(&app).await.map(|_| ()) })
        .every("points.remind", Every::daily(9, 0), |app: App| async move { tell::tell(&app).await.map(|_| ()) })
}
