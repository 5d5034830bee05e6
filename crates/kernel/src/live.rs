//! Bells by topic: whoever waits for something to happen somewhere (a till for its next payment) is woken when it did.
//!
//! A bell carries nothing. Who is woken looks into the database, and looks there every few seconds anyhow: another server
//! rings no bell here, and a bell that is missed loses nothing. So nothing is kept for a listener, however slow it is.
//!
//! A process has at most [`MOST`] listeners and a topic at most [`MOST_OF_TOPIC`]; who comes later hears `system.busy` and
//! asks again from time to time.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> kernel::Result<()> {
//! use std::time::Duration;
//! use kernel::{id::Ids, live::Live};
//! let (live, till) = (Live::default(), Ids::random());
//! let mut listener = live.listen(till)?;
//! live.ring(till); // after the commit
//! assert!(listener.wait(Duration::from_secs(60)).await); // woken: look into the database
//! live.close();
//! assert!(!listener.wait(Duration::from_secs(60)).await); // the process stops
//! # Ok(()) }
//! ```

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::error::{BUSY, Result};
use crate::id::Id;

/// Listeners of a process.
pub const MOST: usize = 4_096;
/// Listeners of one topic: the devices of one person, the tills of one shop.
pub const MOST_OF_TOPIC: usize = 16;

struct Topic {
    bell: watch::Sender<u64>,
    listeners: usize,
}

#[derive(Default)]
struct Topics {
    closed: bool,
    listeners: usize,
    of: HashMap<Id, Topic>,
}

type Shared = Arc<Mutex<Topics>>;

/// The bells of a process.
#[derive(Default)]
pub struct Live(Shared);

/// Somebody who waits for the bell of a topic.
pub struct Listener {
    topic: Id,
    rung: watch::Receiver<u64>,
    live: Shared,
}

fn topics(shared: &Shared) -> MutexGuard<'_, Topics> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    /// Begins to wait. What happens from now on rings, also before the first [`Listener::wait`].
    ///
    /// # Errors
    /// `system.busy` when too many wait, or the process stops.
    pub fn listen(&self, topic: Id) -> Result<Listener> {
        let mut all = topics(&self.0);
        let waiting = all.of.get(&topic).map_or(0, |of| of.listeners);
        if all.closed || all.listeners >= MOST || waiting >= MOST_OF_TOPIC {
            return Err(BUSY.refusal().into());
        }
        all.listeners += 1;
        let of = all.of.entry(topic).or_insert_with(|| Topic { bell: watch::Sender::new(0), listeners: 0 });
        of.listeners += 1;
        Ok(Listener { topic, rung: of.bell.subscribe(), live: Arc::clone(&self.0) })
    }

    /// Wakes who waits for this topic. After the commit, never before.
    pub fn ring(&self, topic: Id) {
        if let Some(of) = topics(&self.0).of.get(&topic) {
            of.bell.send_modify(|times| *times = times.wrapping_add(1));
        }
    }

    /// Sends everybody away, and lets nobody in any more.
    pub fn close(&self) {
        let mut all = topics(&self.0);
        all.closed = true;
        all.of.clear();
    }
}

impl Listener {
    /// Waits for the bell, or for so long; `false` when the process stops.
    pub async fn wait(&mut self, most: Duration) -> bool {
        !matches!(timeout(most, self.rung.changed()).await, Ok(Err(_)))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut all = topics(&self.live);
        all.listeners = all.listeners.saturating_sub(1);
        if let Some(of) = all.of.get_mut(&self.topic) {
            of.listeners = of.listeners.saturating_sub(1);
            if of.listeners == 0 {
                all.of.remove(&self.topic);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Ids;

    const SHORT: Duration = Duration::from_millis(5);

    #[tokio::test]
    async fn a_bell_wakes_its_topic_and_no_other() {
        let (live, one, other) = (Live::default(), Ids::random(), Ids::random());
        let (mut here, there) = (live.listen(one).unwrap(), live.listen(other).unwrap());
        live.ring(one);
        assert!(here.rung.has_changed().unwrap() && !there.rung.has_changed().unwrap());
        assert!(here.wait(SHORT).await);
        assert!(here.wait(SHORT).await, "a wait that ends by itself is no end");
    }

    #[test]
    fn places_are_few_and_given_back() {
        let (live, topic) = (Live::default(), Ids::random());
        let listeners: Vec<_> = (0..MOST_OF_TOPIC).map(|_| live.listen(topic).unwrap()).collect();
        assert_eq!(live.listen(topic).err().unwrap().refusal().unwrap().code, "system.busy");
        drop(listeners);
        assert!(live.listen(topic).is_ok());
        let left = |live: &Live| {
            let all = topics(&live.0); // once: the lock is held to the end of a statement
            (all.listeners, all.of.len())
        };
        assert_eq!(left(&live), (0, 0));
        live.close();
        assert!(live.listen(topic).is_err());
    }
}
