//! Budgets, batches, rules, the end of points, and the proof.

mod allocate;
mod approval;
mod audit;
mod breaker;
mod correction;
mod expiry;
mod issue;
mod list;
mod race;
mod rule;
pub mod stage;
mod todo;
