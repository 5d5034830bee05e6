//! The real binary on both engines: how it starts, refuses, is killed and comes back.
//! Run with `scripts/pg.sh cargo test -p zhigong-server`.

mod bench;
mod counter_crash;
mod crash;
mod database_crash;
mod demo;
mod disk;
mod documents;
mod first_run;
mod halted_writer;
mod import;
mod import_crash;
mod ledger_crash;
mod restore;
mod start;
mod steps;
mod support;
mod verify;
mod vote_crash;
