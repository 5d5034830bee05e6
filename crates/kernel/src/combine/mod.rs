//! Hot actions: many callers, one transaction.
//!
//! Who asks for a hot action (casts a ballot, pays) joins the *line* of that action. What stands in the line when the
//! last batch is durable is applied as one set-wise transaction, READ COMMITTED, and each caller gets an answer of her
//! own after the commit. There is no timer: alone, one is carried out at once.
//!
//! * Nothing is acknowledged that is not committed, and who has joined the line is carried out even if she hangs up.
//! * A line holds no state that counts: it may be lost at any moment, and every server may have one. What must hold is
//!   held by the rows that the action locks and by constraints, never by being the only one.
//! * A batch that fails by one of its actions is halved until that one fails alone; a lost race is run again; a database
//!   that is away is told to everybody at once.
//! * A batch has at most 256 actions, on SQLite as few as keep the writer under 20 ms ([`pace`]). A line holds 4,096
//!   callers; who finds it full waits a few seconds and then hears `system.busy`.
//!
//! ```
//! use kernel::combine::{Action, Outcome};
//! use kernel::{Result, Tx, db};
//!
//! /// A visitor enters the book, once.
//! struct Enter { visitor: i64 }
//!
//! impl Action for Enter {
//!     const NAME: &'static str = "visitor.enter";
//!     type Answer = i64;
//!
//!     async fn apply(tx: &Tx, batch: &[Self]) -> Result<Vec<Outcome<i64>>> {
//!         let rows = batch.iter().map(|one| vec![one.visitor.into()]).collect();
//!         db::insert_rows(tx, "book", &["visitor"], rows, "ON CONFLICT DO NOTHING").await?;
//!         Ok(batch.iter().map(|one| Ok(one.visitor)).collect())
//!     }
//! }
//!
//! # async fn example(app: kernel::app::App) -> Result<()> {
//! let visitor = app.combine(Enter { visitor: 7 }).await?;
//! # Ok(()) }
//! ```

mod line;
pub mod pace;

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, join_all};

use crate::app::App;
use crate::command::Tx;
use crate::error::{Refusal, Result};
use line::{Limits, Line};

/// What one caller of a batch is told: her answer, or a business "no", which commits like the others.
pub type Outcome<T> = std::result::Result<T, Refusal>;

/// A hot action: the value is what one caller asks for. Actions that change the same rows belong into one type (an
/// enum), since each type has a line of its own.
///
/// The author of an action keeps this contract:
///
/// * **The same action applied again changes nothing and is answered as before.** It carries its own key, claimed by a
///   constraint: the request's idempotency key is not looked at. A batch whose commit was cut off may have committed;
///   its callers hear an error and may ask again, and a batch that lost a race or is halved is applied again.
/// * **The same key may be there twice in a batch**, and in a batch of another server at the same moment: claim with
///   `ON CONFLICT DO NOTHING` ([`crate::db::insert_rows`]), then read who holds the key ([`crate::db::rows_of_keys`]).
///   `DO UPDATE` needs each row once.
/// * **Rows are locked before they are read**, in the order of their keys: `UPDATE … SET x = x` on both engines.
/// * **Nothing outside the transaction is done.**
///
/// Who acts stands in the value: the transaction is the system's.
pub trait Action: Sized + Send + Sync + 'static {
    /// `noun.verb`, for the log.
    const NAME: &'static str;
    /// What a caller is told.
    type Answer: Send + 'static;

    /// Applies all of them, set-wise; answers one outcome for each, in their order. An error means all of them: nothing
    /// of this batch is kept.
    fn apply(tx: &Tx, batch: &[Self]) -> impl Future<Output = Result<Vec<Outcome<Self::Answer>>>> + Send;
}

impl App {
    /// Carries out a hot action together with those of others; answers after the commit. Never inside an open
    /// transaction: on SQLite the line would wait for it.
    ///
    /// # Errors
    /// The action's refusal; `system.busy` when the line stays full, eight races were lost or the process stops;
    /// the database, and then the same action may be asked for again.
    pub async fn combine<A: Action>(&self, action: A) -> Result<A::Answer> {
        self.combiners.line::<A>(self).join(self, action).await
    }
}

/// What a line has done since the process started; for measurements, never for decisions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Committed transactions.
    pub batches: u64,
    /// Actions in them.
    pub actions: u64,
    /// Actions of the largest one.
    pub largest: u64,
}

/// A line, whatever its action is.
trait AnyLine: Any + Send + Sync {
    fn stop(&self, within: Duration) -> BoxFuture<'_, bool>;
    fn counts(&self) -> Counts;
}

#[derive(Default)]
struct Lines {
    closed: bool,
    of: HashMap<TypeId, Arc<dyn AnyLine>>,
}

/// The lines of a process, one for each kind of action, made when first joined.
#[derive(Default)]
pub struct Combiners(Mutex<Lines>);

impl Combiners {
    /// Takes nobody in any more and waits until all who stand in a line have their answer; those who do not after this
    /// time are sent away with `system.busy`, apart from the batch in hand. Answers whether nobody was sent away.
    pub async fn stop(&self, within: Duration) -> bool {
        let lines: Vec<Arc<dyn AnyLine>> = {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines.closed = true;
            lines.of.values().cloned().collect()
        };
        join_all(lines.iter().map(|line| line.stop(within))).await.into_iter().all(|done| done)
    }

    /// What the line of an action has done.
    #[must_use]
    pub fn counts<A: Action>(&self) -> Counts {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.of.get(&TypeId::of::<A>()).map(|line| line.counts()).unwrap_or_default()
    }

    fn line<A: Action>(&self, app: &App) -> Arc<Line<A>> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let closed = lines.closed;
        let make = || -> Arc<dyn AnyLine> { Arc::new(Line::<A>::new(&app.db, Limits::default(), closed)) };
        let line: Arc<dyn Any + Send + Sync> = lines.of.entry(TypeId::of::<A>()).or_insert_with(make).clone();
        line.downcast().unwrap_or_else(|_| unreachable!("a line is filed under the type of its action"))
    }
}
