//! The commands, one file each.

pub mod migrate;
pub mod openapi;
pub mod serve;
