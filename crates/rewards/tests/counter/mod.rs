//! Paying at the counter.

mod books;
mod breaker;
mod limits;
mod paying;
mod pos;
mod refunds;
mod short;
mod slips;
pub mod stage;
mod telling;
mod unknown;
