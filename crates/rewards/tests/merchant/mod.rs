//! Merchants, shops, cashiers and disputes.

mod cashiers;
mod contract;
mod disputes;
mod shops;
pub mod stage;
