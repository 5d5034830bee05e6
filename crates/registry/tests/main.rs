//! The registry on both engines. Run with `scripts/pg.sh cargo test -p zhigong-registry`.

mod access;
mod account;
mod city;
mod delegate;
mod employer;
mod export;
mod figures;
mod import;
mod import_register;
mod mandate;
mod member;
mod organization;
mod scale;
mod search;
mod segment;
mod staff;
mod system;
mod takeover;
