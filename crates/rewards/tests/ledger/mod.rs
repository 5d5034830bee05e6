//! The ledger: orders one by one, in crowds, against the plain reference, cut off, and tampered with.

mod crash;
mod ids;
mod joint;
mod orders;
mod pairs;
mod race;
mod random;
mod same;
mod simulate;
mod stage;
mod tamper;
