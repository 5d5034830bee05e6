//! The kernel on both engines. Run with `scripts/pg.sh cargo test -p zhigong-kernel`.

mod schema;
mod serve;
