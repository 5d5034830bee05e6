//! Work beside the requests (the sealer, the workers, the cron) and its orderly end.
//!
//! [`Background::stop`] tells every task to stop, waits for them, and cuts off those that
//! take too long: whatever they hold is leased, so another server takes it over.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use std::time::Duration;
//! use kernel::background::Background;
//! let mut background = Background::new();
//! background.spawn(|stop| async move { stop.wait().await });
//! assert!(background.stop(Duration::from_secs(1)).await);
//! # }
//! ```

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

/// Tells a task when to stop; cheap to clone.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Answers once it is time to stop.
    pub async fn wait(&self) {
        // An error means that the sender is gone, which also means stop.
        let _ = self.0.clone().wait_for(|stop| *stop).await;
    }

    /// Whether it is time to stop.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Pauses, unless it is time to stop; answers whether to go on.
    pub async fn pause(&self, time: Duration) -> bool {
        tokio::time::timeout(time, self.wait()).await.is_err()
    }
}

/// The tasks of a process.
pub struct Background {
    signal: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Default for Background {
    fn default() -> Self {
        Self::new()
    }
}

impl Background {
    /// No tasks yet.
    #[must_use]
    pub fn new() -> Self {
        Self { signal: watch::Sender::new(false), tasks: JoinSet::new() }
    }

    /// The signal, for whatever else must end with the tasks.
    #[must_use]
    pub fn signal(&self) -> Stop {
        Stop(self.signal.subscribe())
    }

    /// Starts a task; it must return soon after its [`Stop`] is set.
    pub fn spawn<F>(&mut self, task: impl FnOnce(Stop) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(task(self.signal()));
    }

    /// Sets the signal and waits; answers whether every task ended by itself in time.
    pub async fn stop(mut self, within: Duration) -> bool {
        self.signal.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        let ended = tokio::time::timeout(within, all).await.is_ok();
        self.tasks.shutdown().await;
        ended
    }
}
