//! A transaction begins whole.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::FutureExt;
use futures::future::BoxFuture;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, TransactionOptions, TransactionTrait};

/// A transaction on its way. It is not given up half-way: sqlx knows of a transaction only once PostgreSQL has answered
/// `BEGIN`, so whoever is cut off before that would hand back a connection with one open, and the next command on it would
/// find itself inside.
pub(super) struct Beginning(Option<BoxFuture<'static, Result<DatabaseTransaction, DbErr>>>);

impl Beginning {
    /// Begins on a connection of this pool, once somebody waits for it.
    #[expect(clippy::disallowed_methods, reason = "the one place where transactions start")]
    pub(super) fn of(pool: &DatabaseConnection, options: TransactionOptions) -> Self {
        let pool = pool.clone();
        Self(Some(async move { pool.begin_with_options(options).await }.boxed()))
    }
}

impl Future for Beginning {
    type Output = Result<DatabaseTransaction, DbErr>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(begin) = self.0.as_mut() else { return Poll::Pending };
        let begun = ready!(begin.as_mut().poll(context));
        self.0 = None;
        Poll::Ready(begun)
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        if let (Some(begin), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            // Once it is there it is dropped, which rolls it back.
            runtime.spawn(async move { drop(begin.await) });
        }
    }
}
