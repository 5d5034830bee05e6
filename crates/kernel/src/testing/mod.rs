//! What tests of every crate stand on: a database of its own per test, on both
//! engines, a clock that stands still, and an application served in-process.
//!
//! * [`both_engines!`](crate::both_engines) makes two tests of one body, `name::sqlite`
//!   and `name::postgres`. Nothing is skipped: without `ZHIGONG_TEST_PG` the second fails
//!   and says what to run.
//! * [`TestDb`] is copied from a template that was migrated once; it is deleted afterwards,
//!   also when the test fails.
//! * [`TestApp`] serves routes over HTTP without a socket; it is Monday, 23 November 2026,
//!   10:00 in China, until the test moves the clock.
//!
//! ```
//! # use kernel::testing::{Engine, TestDb};
//! # #[tokio::main(flavor = "multi_thread")] async fn main() {
//! let db = TestDb::new(Engine::Sqlite, &kernel::schema::migrations()).await;
//! assert!(db.ping().await.is_ok());
//! # }
//! ```
//!
//! Always compiled: behind a cargo feature it would make `cargo run` and `cargo test` build
//! every crate twice. Nothing in the program calls it.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod app;
mod client;
mod db;
mod disk;
mod folder;

use std::future::Future;

pub use app::{START, TestApp, Who};
pub use client::{Answer, Client};
pub use db::TestDb;
pub use disk::NarrowDisk;
pub use folder::TestFolder;

/// Which engine a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded default.
    Sqlite,
    /// The server at `ZHIGONG_TEST_PG`.
    Postgres,
}

/// Something a test begins with, set up on either engine.
pub trait Fixture: Sized {
    /// Sets it up.
    fn on(engine: Engine) -> impl Future<Output = Self>;
}

/// Sets up and runs; called by [`both_engines!`](crate::both_engines).
pub async fn run<F: Fixture, Fut: Future<Output = ()>>(engine: Engine, test: fn(F) -> Fut) {
    test(F::on(engine).await).await;
}

/// How many random runs a randomised test makes: `ZHIGONG_TEST_SEEDS`, 3 unless set.
#[must_use]
pub fn seeds() -> std::ops::Range<u64> {
    let text = std::env::var("ZHIGONG_TEST_SEEDS").unwrap_or_default();
    0..text.parse().unwrap_or(3)
}

/// Whether full-size runs are wanted: `ZHIGONG_TEST_LONG` is set and not `0`.
#[must_use]
pub fn long() -> bool {
    std::env::var("ZHIGONG_TEST_LONG").is_ok_and(|text| !text.is_empty() && text != "0")
}

/// Makes of each body a module with two tests, `sqlite` and `postgres`; the argument is any
/// [`Fixture`].
///
/// ```
/// kernel::both_engines! {
///     /// A fresh database answers.
///     async fn answers(db: kernel::testing::TestDb) {
///         db.ping().await.unwrap();
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! both_engines {
    ($( $(#[$attribute:meta])* async fn $name:ident($fixture:ident : $kind:ty) $body:block )+) => { $(
        $(#[$attribute])*
        #[cfg(test)]
        async fn $name($fixture: $kind) $body

        #[cfg(test)]
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::testing::run($crate::testing::Engine::Sqlite, super::$name).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::testing::run($crate::testing::Engine::Postgres, super::$name).await;
            }
        }
    )+ };
}
