//! The power goes: SIGKILL at random moments while people work. Every answer that was
//! given must be true afterwards, and the chain of events whole.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kernel::testing::seeds;
use serde_json::json;

use crate::support::{Browser, DemoCity, Running};

/// People who work at once.
const WORKERS: usize = 4;
/// Longer than the first answer takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

kernel::both_engines! {
    /// What was acknowledged is there after any number of kills.
    async fn what_was_acknowledged_is_there(house: DemoCity) {
        let mut all: Vec<Browser> = Vec::new();
        for seed in seeds() {
            let running = house.serve(&["--demo"]);
            for browser in &mut all {
                browser.moved_to(&running.address);
                assert_eq!(browser.get("/api/me").status, 200, "an acknowledged sign-in is lost (seed {seed})");
            }
            let fresh = work_until_killed(running, seed);
            assert!(!fresh.is_empty(), "nobody was answered in time (seed {seed})");
            all.extend(fresh);
            let verified = house.run(&["verify", "events"], &[]);
            assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
        }
    }
}

/// Signs in again and again, each an acknowledged command with its event; answers the
/// browsers that were told "done" before the kill.
fn work_until_killed(running: Running, seed: u64) -> Vec<Browser> {
    // A different moment after the first answer each time, the same for the same seed.
    let life = Duration::from_millis(50 + seed.wrapping_mul(7919) % 700);
    let (stop, answers) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let browser = running.browser();
                match browser.try_post("/api/sign-in/demo", &json!({ "key": "rider" })) {
                    Some(answer) if answer.status == 200 => {
                        answers.fetch_add(1, Ordering::Relaxed);
                        done.push(browser);
                    }
                    _ => std::thread::sleep(Duration::from_millis(1)),
                }
            }
            done
        };
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        let started = Instant::now();
        while answers.load(Ordering::Relaxed) == 0 && started.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(life);
        running.kill_now();
        stop.store(true, Ordering::Relaxed);
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}
