//! Flags for the auditor (经审提示): payments that lie so close together that somebody should ask why. A flag is a question,
//! never a finding, and refuses nothing. It names a shop and the union of a member, not the member.

mod list;
mod note;
mod raise;
mod rules;

pub use list::list;
pub use note::note;
pub use raise::round;
