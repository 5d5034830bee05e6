//! The registry on both engines. Run with `scripts/pg.sh cargo test -p zhigong-registry`.

mod account;
mod city;
