//! The commands, one file each.

pub mod backup;
pub mod bench;
pub mod codes;
pub mod import;
pub mod matrix;
pub mod migrate;
pub mod openapi;
pub mod reset_administrator;
pub mod serve;
pub mod simulate;
pub mod verify;
