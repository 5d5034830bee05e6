//! The ledger: orders one by one, in crowds, against the plain reference, cut off, asked for the past, tampered with, and
//! stopped.

mod breaker;
mod crash;
mod day;
mod faults;
mod ids;
mod joint;
mod orders;
mod pairs;
mod past;
mod race;
mod random;
mod same;
mod simulate;
mod stage;
mod tamper;
