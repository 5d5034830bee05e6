//! Statements, settlements and what the bank says.

mod bank;
mod month;
mod people;
mod race;
mod reconcile;
mod stage;
mod todo;
mod trail;
