//! What the floor of points does, over HTTP and on both engines.

mod ledger;
mod points;
