//! Evaluations (评议): who is rated, by whom, until when, and where it stands.
//!
//! States: `draft` → `freezing` (the electorate is copied from the register) → `open` → `closing` (the last ballots are
//! shuffled in) → `published`, or `too_few`. A `draft` can be withdrawn. Nothing goes back.

pub mod campaign_entity;
pub mod department_entity;
pub mod elector_entity;
pub mod entity;
pub mod union_entity;
