//! The kernel on both engines. Run with `scripts/pg.sh cargo test -p zhigong-kernel`.

mod chain;
mod jobs;
mod notices;
mod parameters;
mod schema;
mod serve;
