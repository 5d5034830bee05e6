//! Campaigns (评议活动): evaluations of many unions, started at once from above.
//!
//! A job goes through the unions below the campaign's root and writes a draft for each; on the first day the round opens
//! them. Unions in which fewer than five could vote are asked jointly, one evaluation a town; where even that is too few,
//! the campaign's page says so.
//!
//! Invariants:
//! * each union of the campaign has one row in `campaign_union`, written with its draft in one transaction: a job that was
//!   killed goes on with the unions that have none, and of two workers one stops at the fence;
//! * under a yearly scheme two campaigns, started at once, make one evaluation of a union: the year is claimed first;
//! * a campaign that was given up opens nothing any more, from the moment of its mark on; its drafts are withdrawn after
//!   that, a few at a time;
//! * who is in the campaign is decided as of the day on which it was started.

mod page;
mod prepare;
mod start;
mod withdraw;

use kernel::Routes;
use kernel::time::Day;
use registry::organization::rules::OrganizationKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{CAMPAIGN_START, EVALUATION_READ};

pub use prepare::{Preparing, prepare};
pub use withdraw::{GIVE_UP, give_up, give_up_rest};
pub(super) use withdraw::{is_withdrawn, withdrawn};

/// The job that writes the drafts.
pub const PREPARE: &str = "campaign.prepare";

/// What a campaign asks, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignPlan {
    /// First day.
    pub opens_on: Day,
    /// Last day.
    pub closes_on: Day,
    /// Unions of these kinds.
    pub kinds: Vec<OrganizationKind>,
    /// With at least so many members of their own and below.
    pub least_members: Option<i64>,
    /// With at most so many.
    pub most_members: Option<i64>,
    /// Who may answer, in CEL.
    pub rule: String,
}

/// Which campaign.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CampaignInput {
    /// Its id.
    pub campaign_id: Uuid,
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("campaign")
        .get("/api/campaigns", "Lists campaigns in the caller's scope, newest first")
        .requires(EVALUATION_READ)
        .runs(page::list)
        .post("/api/campaigns", "Starts evaluations of many unions at once")
        .requires(CAMPAIGN_START)
        .runs(start::start)
        .get("/api/campaigns/{campaign_id}", "Shows a campaign and what became of it, in figures")
        .requires(EVALUATION_READ)
        .runs(page::one)
        .get("/api/campaigns/{campaign_id}/unions", "Lists the unions of a campaign")
        .requires(EVALUATION_READ)
        .runs(page::unions)
        .post("/api/campaigns/{campaign_id}/withdraw", "Gives up what a campaign has not opened yet")
        .requires(CAMPAIGN_START)
        .runs(withdraw::withdraw)
}
