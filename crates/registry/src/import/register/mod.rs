//! The register: unions, employers and officers from up to six files, in one import.
//!
//! ```text
//! lines → draft (each row by itself) → plan (rows against each other, the order) → judge (against the database) → write
//! ```
//!
//! What a row does:
//! * an **employer** is entered once, by its code; one that is there stays as it is. It is linked to the union that its
//!   row names: at once where that union is there, else together with the union's own row;
//! * a **union** enters as established, under its parent, with its joining link, its chair where the row names one, and
//!   its employers. Without a day of establishment it is established on the first day on which the files see an officer
//!   of it, else on the day of the import: the record must have a day, and this one claims nothing about the years
//!   before. Its first term is kept only while it still lasts, since of an older union the files do not say when the
//!   present committee began. A union that is there, by its code or else by name, is not changed by its row; where the
//!   row says something else about name, code, kind or parent it is refused, so nothing differs unseen. Links to
//!   employers are added to it;
//! * an **officer** is a person known by ID number, or by name and phone, or is entered as one; he holds the office from
//!   the day given, else from the day of the import. Who was known by name and phone alone gets the number of his row.
//!
//! Invariants:
//! * the order depends on the files alone ([`plan`]): employers, unions parents first, officers; so a resumed import
//!   goes on as if it had never stopped. A key is looked for in the database first, then in the files: a row whose key
//!   is in the files only was refused before its turn came;
//! * nothing outside the union for which the import is made, and what stands below it, is touched or shown;
//! * `added` counts rows whose union, employer or office is new, and each of these carries the import's id.
//!
//! ```
//! use registry::import::register::line::{At, Line};
//! use registry::import::register::{draft, plan::Plan};
//! use registry::import::words::Part;
//!
//! let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).ok_or("date")?;
//! let line = |row, name: &str, kind: &str, parent: &str| {
//!     let cells = [("name", name), ("kind", kind), ("parent", parent)];
//!     let cells = cells.into_iter().map(|(field, text)| (field, Ok(text.to_owned()))).collect();
//!     Line { at: At { file: 1, row }, part: Part::Unions, cells }
//! };
//! let below = line(2, "示例公司工会", "单独基层工会", "示例街道工会联合会");
//! let above = line(3, "示例街道工会联合会", "镇街工会联合会", "示例区总工会");
//! let plan = Plan::of([below, above].iter().filter_map(|line| draft::read(line, today)).collect());
//! assert_eq!(plan.at(0).map(|first| plan.row(first).at.row), Some(3)); // the parent first
//! # Ok::<(), &str>(())
//! ```

mod agree;
mod ancestry;
pub mod draft;
pub mod judge;
pub mod known;
pub mod line;
pub mod lookup;
mod once;
pub mod plan;
pub mod refusals;
pub mod rows;
pub mod words;
mod write;

pub use refusals::REFUSALS;
pub use rows::Register;
