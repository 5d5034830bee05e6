//! Persons: one record each, whoever they are to the federation.
//!
//! A person is not yet a member (that is `member`) and cannot sign in (that is
//! `account`). Pure rules for what people type: [`id_number`], [`name`],
//! [`phone`]; their faults turn into refusals by `?`:
//!
//! ```
//! use registry::person::phone::Phone;
//!
//! fn read(raw: &str) -> kernel::Result<String> {
//!     Ok(Phone::parse(raw)?.masked())
//! }
//! assert_eq!(read("138 0000 1234").ok().as_deref(), Some("138****1234"));
//! let refused = read("123").err().and_then(|error| error.refusal().cloned());
//! assert_eq!(refused.map(|refusal| refusal.code.into_owned()).as_deref(), Some("phone.format"));
//! ```

pub mod complete;
pub mod contact;
pub mod entity;
pub mod fault;
pub mod id_number;
pub mod index_entity;
pub mod mandate;
pub mod mandate_entity;
pub mod name;
pub mod phone;
pub mod reveal;
pub mod vault;

use kernel::Routes;

pub use fault::REFUSALS;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    mandate::routes()
}
