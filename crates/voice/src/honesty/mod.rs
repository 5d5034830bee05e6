//! Honesty flags (诚信提示): what the level above should look at, and nothing that could point at a ballot.
//!
//! Invariants:
//! * computed from aggregates alone: how many drew in ten minutes, of a whole poll (`draw_slot`);
//! * shown to nobody but the level above with `evaluation.audit`; a flag is a question, never a finding, and no ballot is
//!   ever left out because of one;
//! * that nearly everybody is satisfied, and that many vote from one address, is normal here and no flag.

pub mod rules;
mod show;

use kernel::Routes;

use crate::access::EVALUATION_AUDIT;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("honesty")
        .get("/api/evaluations/{evaluation_id}/honesty", "Tells the level above what it should look at")
        .requires(EVALUATION_AUDIT)
        .runs(show::show)
}
