//! The ground floor: everything a capability stands on and nothing that knows a
//! union, a member or a voucher.
//!
//! Read in this order: [`app`] (what a process holds), [`routes`] (how a verb
//! becomes a route), [`command`] (what a verb holds in its hands), [`combine`] (many callers, one transaction), [`db`] (one
//! meaning on two engines), [`event`] (what a verb leaves behind), [`access`]
//! (who may), [`node`] (where in the tree).
#![forbid(unsafe_code)]

pub mod access;
pub mod app;
pub mod approval;
pub mod ask;
pub mod background;
pub mod calendar;
pub mod caller;
pub mod combine;
pub mod command;
pub mod crypto;
pub mod db;
pub mod error;
pub mod event;
pub mod file;
pub mod health;
pub mod id;
pub mod job;
pub mod live;
pub mod migration;
pub mod money;
pub mod node;
pub mod notice;
pub mod page;
pub mod parameter;
pub mod problem;
pub mod routes;
pub mod schema;
pub mod session;
pub mod sheet;
pub mod testing;
pub mod time;
pub mod waiting;

pub use command::{Cx, Tx};
pub use error::{Error, Refusal, Result};
pub use id::Id;
pub use migration::Migration;
pub use routes::Routes;
