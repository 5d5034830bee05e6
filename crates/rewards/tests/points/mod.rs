//! Budgets, batches and their papers, rules, the end of points, the proof, and what the bank says.

mod allocate;
mod approval;
mod audit;
mod bank;
mod book;
mod breaker;
mod correction;
mod evidence;
mod expiry;
mod issue;
mod list;
mod race;
mod rule;
pub mod stage;
mod todo;
