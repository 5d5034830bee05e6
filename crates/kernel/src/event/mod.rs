//! Events: the audit trail, the outbox and the feed, all in one.
//!
//! A command inserts its events and an `unsealed` row each; the sealer
//! ([`seal`]) numbers them and chains their SM3 hashes at most a second later.
//! Consumers read by `seq` and never miss one. Payloads carry ids, not personal
//! data. [`verify`] finds any changed byte.
//!
//! ```
//! use kernel::{event::Event, id::Ids};
//! let event = Event::of("member.approved", "membership", Ids::random()).with("stage", 1);
//! assert_eq!(event.payload["stage"], 1);
//! ```

pub mod canonical;
pub mod entity;
mod feed;
pub mod seal;
mod verify;

pub use feed::{Feed, Sealed, read_after};
pub use verify::{Bad, Head, Report, verify};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::db::Write;
use crate::error::Result;
use crate::id::Id;
use crate::time::Time;

/// An event about to be recorded.
#[derive(Debug, Clone)]
pub struct Event {
    /// `noun.past_tense`, e.g. `membership.ended`.
    pub kind: &'static str,
    /// Noun of the aggregate.
    pub aggregate_kind: &'static str,
    /// Which aggregate.
    pub aggregate_id: Id,
    /// Where in the union tree, for scope and figures.
    pub node_id: Option<Id>,
    /// Ids, codes and amounts; never names, numbers or addresses of persons.
    pub payload: Map<String, Value>,
}

impl Event {
    /// An event of one aggregate.
    #[must_use]
    pub fn of(kind: &'static str, aggregate_kind: &'static str, aggregate_id: Id) -> Self {
        Self { kind, aggregate_kind, aggregate_id, node_id: None, payload: Map::new() }
    }

    /// Places the event in the tree.
    #[must_use]
    pub fn at(mut self, node: Id) -> Self {
        self.node_id = Some(node);
        self
    }

    /// Adds a value to the payload; a value that cannot be JSON is left out.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.payload.insert(name.to_owned(), value);
        }
        self
    }
}

/// Who did it, when and why: the same for every event of an action.
pub(crate) struct By {
    pub at: Time,
    pub actor: Option<Id>,
    pub cause: Option<Id>,
    pub request_id: Option<String>,
}

/// Events and their unsealed marks, to be written; used by [`crate::Tx::draft`].
pub(crate) fn writes(ids: &[Id], by: &By, events: Vec<Event>) -> Result<[Write; 2]> {
    const COLUMNS: [&str; 10] = [
        "id",
        "kind",
        "aggregate_kind",
        "aggregate_id",
        "node_id",
        "actor_id",
        "at",
        "cause_id",
        "request_id",
        "payload",
    ];
    let row = |(id, event): (&Id, Event)| -> Result<Vec<sea_orm::Value>> {
        Ok(vec![
            (*id).into(),
            event.kind.into(),
            event.aggregate_kind.into(),
            event.aggregate_id.into(),
            event.node_id.into(),
            by.actor.into(),
            by.at.into(),
            by.cause.into(),
            by.request_id.clone().into(),
            serde_json::to_string(&event.payload)?.into(),
        ])
    };
    let rows = ids.iter().zip(events).map(row).collect::<Result<Vec<_>>>()?;
    let marks = ids.iter().map(|id| vec![(*id).into()]).collect();
    Ok([Write::insert("event", &COLUMNS, rows), Write::insert("unsealed", &["event_id"], marks)])
}
