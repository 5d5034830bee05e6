//! What the floor of points does, over HTTP and on both engines.

mod counter;
mod ledger;
mod merchant;
mod points;
mod settlement;
