//! Polls (票箱): drawing a ballot while signed in, and casting it while nobody.
//!
//! Invariants: one draw per elector and poll, over all channels (primary key of `draw`); one ballot per token (primary
//! key of `spent`); a ballot stands in no relation to a draw, a token, an event or a moment.

pub mod ballot_entity;
pub mod draw_entity;
pub mod entity;
mod open;
pub mod queue_entity;
pub mod sheet_entity;
pub mod spent_entity;

pub use open::{NewPoll, Purpose, open};
