//! The kernel on both engines. Run with `scripts/pg.sh cargo test -p zhigong-kernel`.

mod approvals;
mod ask;
mod begin;
mod chain;
mod combine;
mod crash;
mod due;
mod files;
mod jobs;
mod live;
mod notices;
mod parameters;
mod schema;
mod serve;
mod sessions;
mod transfers;
mod tree;
mod uploads;
