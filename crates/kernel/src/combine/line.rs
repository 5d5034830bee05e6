//! The line of one action: who waits, and the task that carries them out.
//!
//! The task lives only while somebody waits, so an idle process has none, and nothing has to be started with it.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::timeout;

use super::pace::Pace;
use super::{Action, AnyLine, Counts, Outcome};
use crate::app::App;
use crate::command::{ATTEMPTS, Cx, Tx, step_back};
use crate::db::Db;
use crate::error::{BUSY, Error, Result};

/// How many may wait, and how long one waits for a place among them.
pub(super) struct Limits {
    pub(super) places: usize,
    pub(super) wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { places: 4_096, wait: Duration::from_secs(5) }
    }
}

/// Where a caller waits for the answer.
type Reply<A> = oneshot::Sender<Result<<A as Action>::Answer>>;

struct Queue<A: Action> {
    closed: bool,
    waiting: VecDeque<(A, Reply<A>)>,
    pace: Pace,
}

pub(super) struct Line<A: Action> {
    queue: Mutex<Queue<A>>,
    places: Semaphore,
    wait: Duration,
    /// Changed only while the queue is locked, so that nobody joins a line whose task has just ended.
    running: watch::Sender<bool>,
    batches: AtomicU64,
    actions: AtomicU64,
    largest: AtomicU64,
}

impl<A: Action> Line<A> {
    pub(super) fn new(db: &Db, limits: Limits, closed: bool) -> Self {
        Self {
            queue: Mutex::new(Queue { closed, waiting: VecDeque::new(), pace: Pace::of(db) }),
            places: Semaphore::new(limits.places),
            wait: limits.wait,
            running: watch::Sender::new(false),
            batches: AtomicU64::new(0),
            actions: AtomicU64::new(0),
            largest: AtomicU64::new(0),
        }
    }

    /// Waits for a place, then for the answer. Once in the line there is no way out of it but the answer.
    pub(super) async fn join(self: &Arc<Self>, app: &App, action: A) -> Result<A::Answer> {
        let Ok(Ok(place)) = timeout(self.wait, self.places.acquire()).await else {
            return Err(BUSY.refusal().into());
        };
        // Given back by who takes the action out of the line.
        place.forget();
        let (reply, answer) = oneshot::channel();
        self.enter(app, action, reply);
        answer.await.unwrap_or_else(|_| Err(BUSY.refusal().into()))
    }

    /// A closed line drops the reply, which is an answer, too.
    fn enter(self: &Arc<Self>, app: &App, action: A, reply: Reply<A>) {
        let mut queue = self.queue();
        if queue.closed {
            return;
        }
        queue.waiting.push_back((action, reply));
        if !self.running.send_replace(true) {
            tokio::spawn(Arc::clone(self).run(app.clone()));
        }
    }

    async fn run(self: Arc<Self>, app: App) {
        let cx = Cx::system(&app);
        while self.goes_on() {
            self.turn(&cx).await;
        }
    }

    fn goes_on(&self) -> bool {
        let queue = self.queue();
        let anybody = !queue.waiting.is_empty();
        self.running.send_replace(anybody);
        anybody
    }

    /// One batch, until each of its callers has an answer. It is taken once the transaction is open: who comes while
    /// others write is in it.
    async fn turn(&self, cx: &Cx) {
        let mut tx = cx.begin_bulk().await;
        if let Err(error) = &tx
            && error.is_away()
        {
            return self.take(usize::MAX).fail(error);
        }
        let batch = self.take_next();
        if batch.actions.is_empty() {
            return;
        }
        let (mut parts, mut races) = (vec![batch], 0);
        while let Some(part) = parts.pop() {
            let outcome = match tx {
                Ok(tx) => self.carry_out(tx, &part.actions).await,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(outcomes) => part.answer(outcomes),
                Err(Error::Contention) if races < ATTEMPTS => {
                    step_back(races).await;
                    races += 1;
                    parts.push(part);
                }
                Err(error) if error.is_away() => parts.drain(..).chain([part]).for_each(|part| part.fail(&error)),
                Err(error) if part.actions.len() <= 1 => part.fail(&error),
                Err(error) => {
                    tracing::warn!(action = A::NAME, actions = part.actions.len(), %error, "a batch is halved");
                    parts.extend(part.halves());
                }
            }
            if parts.is_empty() {
                return;
            }
            tx = cx.begin_bulk().await;
        }
    }

    async fn carry_out(&self, tx: Tx, actions: &[A]) -> Result<Vec<Outcome<A::Answer>>> {
        let started = Instant::now();
        let applied = AssertUnwindSafe(A::apply(&tx, actions)).catch_unwind().await;
        let outcomes = applied.map_err(|_| Error::internal("the action panicked"))??;
        if outcomes.len() != actions.len() {
            return Err(Error::internal(format!("{}: {} outcomes of {}", A::NAME, outcomes.len(), actions.len())));
        }
        self.queue().pace.took(actions.len(), started.elapsed());
        tx.commit(()).await?;
        let number = actions.len() as u64;
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.actions.fetch_add(number, Ordering::Relaxed);
        self.largest.fetch_max(number, Ordering::Relaxed);
        Ok(outcomes)
    }

    fn take_next(&self) -> Batch<A> {
        let size = self.queue().pace.size();
        self.take(size)
    }

    fn take(&self, most: usize) -> Batch<A> {
        let mut queue = self.queue();
        let number = most.min(queue.waiting.len());
        let (actions, replies) = queue.waiting.drain(..number).unzip();
        self.places.add_permits(number);
        Batch { actions, replies }
    }

    fn queue(&self) -> MutexGuard<'_, Queue<A>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A: Action> AnyLine for Line<A> {
    fn stop(&self, within: Duration) -> BoxFuture<'_, bool> {
        self.queue().closed = true;
        self.places.close();
        let mut running = self.running.subscribe();
        Box::pin(async move {
            let done = timeout(within, running.wait_for(|running| !running)).await.is_ok();
            // Nobody is left where the task has ended; otherwise a dropped reply is "busy".
            drop(self.take(usize::MAX));
            done
        })
    }

    fn counts(&self) -> Counts {
        Counts {
            batches: self.batches.load(Ordering::Relaxed),
            actions: self.actions.load(Ordering::Relaxed),
            largest: self.largest.load(Ordering::Relaxed),
        }
    }
}

/// Actions that go together, and where the caller of each waits.
struct Batch<A: Action> {
    actions: Vec<A>,
    replies: Vec<Reply<A>>,
}

impl<A: Action> Batch<A> {
    /// Who has gone away is told nothing; that is no error.
    fn answer(self, outcomes: Vec<Outcome<A::Answer>>) {
        for (reply, outcome) in self.replies.into_iter().zip(outcomes) {
            let _ = reply.send(outcome.map_err(Error::from));
        }
    }

    /// Everybody hears the same. Lost races have been run again here: a route must not do so once more.
    fn fail(self, error: &Error) {
        for reply in self.replies {
            let _ = reply.send(Err(match error {
                Error::Contention => BUSY.refusal().into(),
                other => other.clone(),
            }));
        }
    }

    /// The second half, then the first, which is carried out next.
    fn halves(mut self) -> [Self; 2] {
        let half = self.actions.len() / 2;
        let second = Self { actions: self.actions.split_off(half), replies: self.replies.split_off(half) };
        [second, self]
    }
}

#[cfg(test)]
mod tests;
