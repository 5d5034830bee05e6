use super::*;
use crate::testing::{Engine, Fixture, TestApp};

/// Answers its number once the gate is open.
struct Pass {
    number: usize,
    gate: Arc<Gate>,
}

struct Gate {
    /// A permit for each batch that has come to the gate.
    reached: Semaphore,
    open: Semaphore,
}

impl Action for Pass {
    const NAME: &'static str = "gate.pass";
    type Answer = usize;

    async fn apply(_: &Tx, batch: &[Self]) -> Result<Vec<Outcome<usize>>> {
        for one in batch {
            one.gate.reached.add_permits(1);
            one.gate.open.acquire().await.map_err(Error::internal)?.forget();
        }
        Ok(batch.iter().map(|one| Ok(one.number)).collect())
    }
}

struct Stage {
    test: TestApp,
    line: Arc<Line<Pass>>,
    gate: Arc<Gate>,
}

impl Stage {
    async fn with(limits: Limits) -> Self {
        let test = TestApp::on(Engine::Sqlite).await;
        let line = Arc::new(Line::new(&test.db, limits, false));
        Self { test, line, gate: Arc::new(Gate { reached: Semaphore::new(0), open: Semaphore::new(0) }) }
    }

    async fn pass(&self, number: usize) -> Result<usize> {
        self.line.join(&self.test, Pass { number, gate: Arc::clone(&self.gate) }).await
    }

    async fn wait_at_gate(&self) {
        self.gate.reached.acquire().await.unwrap().forget();
    }

    /// Until so many stand in the line.
    async fn wait_for_line(&self, number: usize) {
        while self.line.queue().waiting.len() < number {
            tokio::task::yield_now().await;
        }
    }
}

fn is_busy(answer: &Result<usize>) -> bool {
    answer.as_ref().is_err_and(|error| error.refusal().is_some_and(|refusal| refusal.code == BUSY.code))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_line_sends_away_and_what_stands_in_it_is_carried_out() {
    let stage = Stage::with(Limits { places: 2, wait: Duration::from_millis(20) }).await;
    let late = async {
        stage.wait_at_gate().await;
        let second = async {
            stage.wait_for_line(2).await;
            let turned_away = stage.pass(3).await;
            stage.gate.open.add_permits(3);
            turned_away
        };
        tokio::join!(stage.pass(1), stage.pass(2), second)
    };
    let (first, (one, two, three)) = tokio::join!(stage.pass(0), late);
    assert_eq!((first.unwrap(), one.unwrap(), two.unwrap()), (0, 1, 2));
    assert!(is_busy(&three));
    assert_eq!(stage.line.counts(), Counts { batches: 2, actions: 3, largest: 2 });
    assert_eq!(stage.line.places.available_permits(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_that_cannot_wait_sends_away_who_is_not_in_hand() {
    let stage = Stage::with(Limits::default()).await;
    let late = async {
        stage.wait_at_gate().await;
        let stop = async {
            stage.wait_for_line(2).await;
            let stopped = stage.line.stop(Duration::from_millis(20)).await;
            stage.gate.open.add_permits(1);
            (stopped, stage.pass(3).await)
        };
        tokio::join!(stage.pass(1), stage.pass(2), stop)
    };
    let (first, (one, two, (stopped, three))) = tokio::join!(stage.pass(0), late);
    assert!(!stopped);
    assert_eq!(first.unwrap(), 0);
    assert!([one, two, three].iter().all(is_busy));
    assert!(stage.line.stop(Duration::from_secs(10)).await, "the task has ended");
    assert_eq!(stage.line.counts(), Counts { batches: 1, actions: 1, largest: 1 });
}
