//! Clients, a ledger, and everything that goes wrong between them, from one seed: orders come twice, in another order,
//! in batches that are cut off before the commit or whose answers are lost after it, while the clock jumps.
//!
//! In the suite a few seeds, in a long run five hundred; `make simulate-faults` goes on for hours. `ZHIGONG_SIMULATE_SEED` begins at a seed,
//! `ZHIGONG_SIMULATE_SECONDS` says for how long.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use kernel::Id;
use kernel::testing::{Fixture, long, seeds};
use rand::RngExt;
use rand::seq::SliceRandom;
use rewards::ledger::{Done, Order, apply, release_due, verify};
use rewards::testing::RewardsCity;

use super::random::World;

/// Batches of a seed.
const BATCHES: usize = 60;
/// Seeds of a long run.
const LONG: u64 = 500;

/// What clients know: kept outside of what is tested.
#[derive(Default)]
struct Clients {
    /// Asked, and not answered yet.
    open: Vec<Order>,
    /// What each was told.
    told: HashMap<Id, (Order, Result<Done, String>)>,
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

kernel::both_engines! {
    async fn faults_lose_nothing_and_double_nothing(city: RewardsCity) {
        let (started, first) = (Instant::now(), number("ZHIGONG_SIMULATE_SEED").unwrap_or_default());
        let last = match number("ZHIGONG_SIMULATE_SECONDS") {
            Some(seconds) => {
                let until = Duration::from_secs(seconds);
                Box::new((first..).take_while(move |_| started.elapsed() < until)) as Box<dyn Iterator<Item = u64> + Send>
            }
            None => Box::new(first..first + if long() { LONG } else { seeds().end }),
        };
        for seed in last {
            println!("seed {seed}");
            run(seed, &RewardsCity::on(city.database().engine()).await).await;
        }
    }
}

async fn run(seed: u64, city: &RewardsCity) {
    let mut world = World::open(seed, &[city]).await;
    let mut clients = Clients::default();
    for batch in 0..BATCHES {
        for _ in 0..world.rng.random_range(0..12) {
            let order = world.next(city.clock.now());
            clients.open.push(order);
        }
        step(&mut world, &mut clients, city, seed).await;
        let jump = match world.rng.random_range(0..12) {
            0 => chrono::TimeDelta::hours(26),
            1 => -chrono::TimeDelta::hours(1),
            2 => -chrono::TimeDelta::days(1),
            _ => chrono::TimeDelta::milliseconds(world.rng.random_range(0..900_000)),
        };
        city.clock.advance(jump);
        if world.rng.random_bool(0.2) {
            release_due(&city.app).await.unwrap();
        }
        if batch % 20 == 19 {
            sound(city, seed).await;
        }
    }
    while !clients.open.is_empty() {
        step(&mut world, &mut clients, city, seed).await;
    }
    sound(city, seed).await;
    // Asked again, everybody hears what she heard.
    let told: Vec<_> = clients.told.values().cloned().collect();
    for some in told.chunks(100) {
        let orders: Vec<Order> = some.iter().map(|(order, _)| order.clone()).collect();
        let tx = city.system().begin_bulk().await.unwrap();
        let answers = apply(&tx, &orders).await.unwrap();
        tx.commit(()).await.unwrap();
        for ((order, before), now) in some.iter().zip(answers) {
            let now = now.map(|done| Done { fresh: false, ..done }).map_err(|refusal| refusal.code.to_string());
            assert_eq!(before, &now, "seed {seed}: {order:?}");
        }
    }
}

/// One batch of what is open: shuffled, some of it twice; cut off, answered, or carried out without an answer.
async fn step(world: &mut World, clients: &mut Clients, city: &RewardsCity, seed: u64) {
    clients.open.shuffle(&mut world.rng);
    let many = world.rng.random_range(0..=clients.open.len().min(20));
    let mut batch: Vec<Order> = clients.open[..many].to_vec();
    for again in 0..many / 5 {
        batch.push(batch[again].clone());
    }
    let fate = world.rng.random_range(0..10);
    let tx = city.system().begin_bulk().await.unwrap();
    let answers = apply(&tx, &batch).await.unwrap();
    if fate < 2 {
        // Cut off before the commit: as if it had not been.
        return;
    }
    tx.commit(()).await.unwrap();
    if fate == 2 {
        // The answers are lost; the clients ask again later.
        return;
    }
    for (order, answer) in batch.into_iter().zip(answers) {
        let answer = answer.map(|done| Done { fresh: false, ..done }).map_err(|refusal| refusal.code.to_string());
        clients.open.retain(|one| one != &order);
        if answer == Err("ledger.key".to_owned()) {
            continue;
        }
        if let Some((_, before)) = clients.told.insert(order.id, (order.clone(), answer.clone())) {
            assert_eq!(before, answer, "seed {seed}: {order:?} was told two things");
        }
    }
}

async fn sound(city: &RewardsCity, seed: u64) {
    let snapshot = city.db.begin_snapshot().await.unwrap();
    let report = verify::verify(&snapshot).await.unwrap();
    kernel::db::commit(snapshot).await.unwrap();
    assert!(report.is_sound() && report.transfers > 0, "seed {seed}: {report:#?}");
}
