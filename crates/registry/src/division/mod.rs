//! The divisions of the city (GB/T 2260 and GB/T 10114), as dated rows.
//!
//! The bundled data ([`data`]) is the first content of the table; after that the table counts. `valid_from` is
//! included, `valid_to` is not; towns are merged and renamed, so every reader asks as of a day. What lies outside the city
//! is a bundled list of names ([`province`]).
//!
//! ```
//! use registry::division::{self, Divisions};
//!
//! async fn example(tx: &kernel::Tx) -> kernel::Result<()> {
//!     division::seed(tx).await?;
//!     let divisions = Divisions::on(tx, tx.today()).await?;
//!     assert_eq!(divisions.name("440703"), Some("蓬江区"));
//!     Ok(())
//! }
//! ```

pub mod data;
pub mod entity;
mod find;
mod list;
pub mod province;
mod seed;

use kernel::Routes;

pub use find::Unfound;
pub use list::{Divisions, DivisionsAnswer};
pub use seed::{FIRST_DAY, seed};

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("division")
        .get("/api/divisions", "Lists the divisions of the city as of a day, with their tiles")
        .public()
        .runs(list::list)
        .get("/api/divisions/province", "Lists the cities and counties of the province")
        .public()
        .runs(province::list)
}
