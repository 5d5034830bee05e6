//! The real binary on both engines: how it starts, refuses, is killed and comes back.
//! Run with `scripts/pg.sh cargo test -p zhigong-server`.

mod start;
mod support;
