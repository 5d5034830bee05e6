//! Questions that many ask at the same moment: one query for all who wait.
//!
//! Every request asks who its caller is, every payment which shop it is at: by a key, each for itself. On a busy machine
//! most of the cost is the question, not the row. Who asks while such a question is under way is gathered, and when it is
//! answered the next query is asked for all of them. Nothing is kept: what is answered was read after it was asked for, and
//! alone, one is asked at once.
//!
//! ```
//! use std::collections::HashMap;
//! use kernel::ask::Question;
//! use kernel::app::App;
//! use kernel::{Result, db};
//!
//! /// The colour of a box.
//! #[derive(Clone, PartialEq, Eq, Hash)]
//! struct Colour(i64);
//!
//! impl Question for Colour {
//!     type Answer = String;
//!
//!     async fn ask(app: &App, all: &[Self]) -> Result<HashMap<Self, String>> {
//!         let keys = all.iter().map(|one| one.0.into()).collect();
//!         let rows = db::rows_of_keys(app.db.read(), "SELECT id, colour FROM box WHERE id IN", keys).await?;
//!         rows.iter().map(|row| Ok((Self(row.try_get("", "id")?), row.try_get("", "colour")?))).collect()
//!     }
//! }
//!
//! # async fn example(app: App) -> Result<()> {
//! let colour: Option<String> = app.ask(Colour(7)).await?;
//! # Ok(()) }
//! ```

use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use tokio::sync::oneshot;

use crate::app::App;
use crate::error::{BUSY, Error, Result};

/// Questions of one query.
const MOST: usize = 256;

/// Something that is asked by a key; each type has a gathering of its own.
pub trait Question: Clone + Eq + Hash + Send + Sync + 'static {
    /// What is told.
    type Answer: Clone + Send + 'static;

    /// Asks all of them, set-wise; each is there once. What has no answer is left out.
    fn ask(app: &App, all: &[Self]) -> impl Future<Output = Result<HashMap<Self, Self::Answer>>> + Send;
}

impl App {
    /// Asks together with whoever asks the same kind of question now; none if there is no answer.
    ///
    /// # Errors
    /// Those of the query, which everybody in it hears.
    pub async fn ask<Q: Question>(&self, question: Q) -> Result<Option<Q::Answer>> {
        let (reply, answer) = oneshot::channel();
        self.gatherings.of::<Q>().enter(self, question, reply);
        answer.await.unwrap_or_else(|_| Err(BUSY.refusal().into()))
    }
}

/// The gatherings of a process, one for each kind of question, made when first asked.
#[derive(Default)]
pub struct Gatherings(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Gatherings {
    fn of<Q: Question>(&self) -> Arc<Gathering<Q>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || -> Arc<dyn Any + Send + Sync> { Arc::new(Gathering::<Q>(Mutex::default())) };
        let one = Arc::clone(all.entry(TypeId::of::<Q>()).or_insert_with(make));
        drop(all);
        one.downcast().unwrap_or_else(|_| unreachable!("a gathering is filed under the type of its question"))
    }
}

/// Where who asked waits for the answer.
type Reply<Q> = oneshot::Sender<Result<Option<<Q as Question>::Answer>>>;

struct Gathering<Q: Question>(Mutex<Waiting<Q>>);

struct Waiting<Q: Question> {
    asked: Vec<(Q, Reply<Q>)>,
    /// A task asks, and looks here again when it has its answer.
    asking: bool,
}

impl<Q: Question> Default for Waiting<Q> {
    fn default() -> Self {
        Self { asked: Vec::new(), asking: false }
    }
}

impl<Q: Question> Gathering<Q> {
    fn enter(self: Arc<Self>, app: &App, question: Q, reply: Reply<Q>) {
        let mut waiting = self.waiting();
        waiting.asked.push((question, reply));
        if !std::mem::replace(&mut waiting.asking, true) {
            drop(waiting);
            // A task of its own: who asked may hang up while others wait with her.
            tokio::spawn(self.run(app.clone()));
        }
    }

    async fn run(self: Arc<Self>, app: App) {
        loop {
            // Whoever is about to ask does so first: where many requests arrive at once, none is asked for alone.
            tokio::task::yield_now().await;
            let Some(asked) = self.next() else { return };
            let all: HashSet<&Q> = asked.iter().map(|(question, _)| question).collect();
            let all: Vec<Q> = all.into_iter().cloned().collect();
            let told = AssertUnwindSafe(Q::ask(&app, &all)).catch_unwind().await;
            let told = told.unwrap_or_else(|_| Err(Error::internal("the question panicked")));
            for (question, reply) in asked {
                let answer = match &told {
                    Ok(answers) => Ok(answers.get(&question).cloned()),
                    Err(error) => Err(error.clone()),
                };
                // Who has gone away is told nothing; that is no error.
                let _ = reply.send(answer);
            }
        }
    }

    /// Those who wait now; the task ends where nobody does, and the next who asks starts another one.
    fn next(&self) -> Option<Vec<(Q, Reply<Q>)>> {
        let mut waiting = self.waiting();
        let number = waiting.asked.len().min(MOST);
        waiting.asking = number > 0;
        waiting.asking.then(|| waiting.asked.drain(..number).collect())
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<Q>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
