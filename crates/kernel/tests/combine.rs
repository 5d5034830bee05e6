//! Hot actions: each caller gets an answer of her own, whatever befalls the others.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use kernel::access::Policy;
use kernel::app::App;
use kernel::combine::Counts;
use kernel::db::Db;
use kernel::testing::{Engine, Fixture, TestApp, TestDb, seeds};
use kernel::{Result, Routes, both_engines, schema};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::Semaphore;

use crate::crash::{CHILD, killed_writer};
use purse::{Pay, books, pay_alone};
use seat::{Careless, NOBODY, PANIC, SEAT_TAKEN, Seat, seated};

mod purse;
mod seat;

/// What one caller heard, to be compared.
type Heard<T> = Result<T, String>;

struct House(TestApp);

impl Fixture for House {
    async fn on(engine: Engine) -> Self {
        if let Ok(url) = std::env::var(CHILD) {
            seat_for_ever(&url).await;
        }
        let steps = [schema::migrations(), vec![seat::TABLE, purse::TABLES]].concat();
        Self(TestApp::over(TestDb::new(engine, &steps).await, Policy::new(), Routes::new("test")))
    }
}

fn heard<T>(answer: Result<T>) -> Heard<T> {
    answer.map_err(|error| error.refusal().map_or_else(|| error.to_string(), |refusal| refusal.code.to_string()))
}

fn taken<T>() -> Heard<T> {
    Err(SEAT_TAKEN.code.to_owned())
}

/// A second server over the same database.
async fn second(test: &TestApp) -> App {
    TestApp::open(Db::connect(test.database().url()).await.unwrap())
}

/// Callers as tasks of their own; answers in their order.
async fn at_once(app: &App, seats: impl IntoIterator<Item = Seat>) -> Vec<Heard<(i64, i64)>> {
    let call = |seat| {
        let app = app.clone();
        tokio::spawn(async move { heard(app.combine(seat).await) })
    };
    let calls: Vec<_> = seats.into_iter().map(call).collect();
    join_all(calls).await.into_iter().map(|answer| answer.unwrap()).collect()
}

/// Callers who come while the line is held, so that they are one batch.
async fn together(app: &App, seats: Vec<Seat>) -> Vec<Heard<(i64, i64)>> {
    let gate = Arc::new(Semaphore::new(0));
    let first = app.combine(Seat { gate: Some(Arc::clone(&gate)), ..Seat::of(1_000_000, 0) });
    let rest = join_all(seats.into_iter().map(|seat| app.combine(seat)));
    // Polled in this order: the gate opens when all have come.
    let (first, rest, ()) = tokio::join!(first, rest, async { gate.add_permits(1) });
    assert_eq!(first.unwrap(), (1_000_000, 0));
    rest.into_iter().map(heard).collect()
}

both_engines! {
    async fn a_thousand_callers_get_a_thousand_answers(house: House) {
        let test = &house.0;
        let answers = at_once(test, (0..1_000).map(|n| Seat::of(n, n * 7))).await;
        let expected: Vec<(i64, i64)> = (0..1_000).map(|n| (n, n * 7)).collect();
        assert_eq!(answers.into_iter().map(Result::unwrap).collect::<Vec<_>>(), expected);
        assert_eq!(seated(test).await, (expected, 1_000));
        let Counts { batches, actions, largest } = test.combiners.counts::<Seat>();
        assert_eq!(actions, 1_000);
        assert!(batches <= 250 && largest >= 8, "{batches} batches, the largest of {largest}");
    }

    async fn the_same_seat_is_given_once(house: House) {
        let test = &house.0;
        // Twice by the same person and once by another, in one batch.
        let answers = together(test, vec![Seat::of(1, 5), Seat::of(1, 6), Seat::of(1, 5), Seat::of(2, 6)]).await;
        assert_eq!(answers, [Ok((1, 5)), taken(), Ok((1, 5)), Ok((2, 6))]);
        // And in later ones.
        assert_eq!(heard(test.combine(Seat::of(1, 5)).await), Ok((1, 5)));
        assert_eq!(heard(test.combine(Seat::of(2, 5)).await), taken());
        assert_eq!(seated(test).await, (vec![(1, 5), (2, 6), (1_000_000, 0)], 3));
    }

    async fn a_poisoned_action_fails_alone(house: House) {
        let test = &house.0;
        for (poison, at) in [(NOBODY, 0), (PANIC, 29), (NOBODY, 13)] {
            let seats = (0..30).map(|n| Seat::of(n, if n == at { poison } else { n })).collect();
            let answers = together(test, seats).await;
            for (n, answer) in (0..).zip(answers) {
                assert_eq!(answer.is_err(), n == at, "{poison} at {at}: {answer:?} of {n}");
            }
            assert_eq!(seated(test).await.0.iter().filter(|(n, _)| *n < 30).count(), 29);
            test.database().tamper("DELETE FROM seat").await;
        }
    }

    async fn a_careless_action_is_sent_away_and_its_neighbours_are_not(house: House) {
        let test = &house.0;
        test.combine(Seat::of(3, 3)).await.unwrap();
        let answers = join_all((0..20).map(|n| test.combine(Careless(n)))).await;
        for (n, answer) in (0..).zip(&answers) {
            assert_eq!(answer.is_err(), n == 3, "{n}: {answer:?}");
        }
        assert_eq!(seated(test).await.0.len(), 20);
    }

    async fn who_hangs_up_leaves_nobody_behind(house: House) {
        let test = &house.0;
        let gate = Arc::new(Semaphore::new(0));
        let first = test.combine(Seat { gate: Some(Arc::clone(&gate)), ..Seat::of(1_000_000, 0) });
        let rest = async {
            let mut calls: Vec<_> = (0..30).map(|n| Box::pin(test.combine(Seat::of(n, n)))).collect();
            for call in &mut calls {
                assert!(futures::poll!(call).is_pending());
            }
            // Every other one is dropped while it stands in the line.
            let stay = calls.into_iter().step_by(2);
            gate.add_permits(1);
            join_all(stay).await
        };
        let (first, rest) = tokio::join!(first, rest);
        assert!(first.is_ok() && rest.len() == 15 && rest.iter().all(Result::is_ok));
        test.combiners.stop(Duration::from_secs(60)).await;
        assert_eq!(seated(test).await.0.len(), 31, "who has joined is carried out");
    }

    async fn two_servers_give_each_seat_once(house: House) {
        let (one, two) = (&house.0, second(&house.0).await);
        let seats = |who: i64| (0..400).map(move |n| Seat::of(n * 17 % 200, who));
        let (first, second) = tokio::join!(at_once(one, seats(1)), at_once(&two, seats(2)));
        let (rows, events) = seated(one).await;
        assert_eq!((rows.len(), events), (200, 200));
        for (who, answers) in [(1, first), (2, second)] {
            for (n, answer) in (0..).map(|n| n * 17 % 200).zip(answers) {
                let mine = rows.binary_search(&(n, who)).is_ok();
                assert_eq!(answer, if mine { Ok((n, who)) } else { taken() });
            }
        }
        two.db.clone().close().await.unwrap();
    }

    async fn two_servers_pay_each_bill_once(house: House) {
        let (one, two) = (&house.0, second(&house.0).await);
        purse::fill(one, 5, 1_000).await;
        // Both servers are asked for the same payments; each purse has enough for ten of forty.
        let pays: Vec<Pay> = (0..200).map(|id| Pay { id, purse: id % 5, cents: 100 }).collect();
        let call = |app: &App| join_all(pays.clone().into_iter().map(|pay| {
            let app = app.clone();
            tokio::spawn(async move { heard(app.combine(pay).await) })
        }));
        let (first, second) = tokio::join!(call(one), call(&two));
        let books = books(one).await;
        assert_eq!(books.iter().filter(|row| row[0] < 0).map(|row| row[2]).sum::<i64>(), 0);
        let paid: Vec<_> = books.iter().filter(|row| row[0] >= 0).collect();
        assert_eq!(paid.len(), 50);
        for (id, answer) in (0..).zip(first).chain((0..).zip(second)) {
            if let Ok(left) = answer.unwrap() {
                assert!(paid.iter().any(|row| row[0] == id && row[3] == left), "{id}, {left} left");
            }
        }
        two.db.clone().close().await.unwrap();
    }

    async fn a_line_does_what_single_commands_do(house: House) {
        let alone = House::on(house.0.database().engine()).await;
        let (line, alone) = (&house.0, &alone.0);
        for seed in seeds() {
            let mut random = StdRng::seed_from_u64(seed);
            for test in [line, alone] {
                test.database().tamper("DELETE FROM payment").await;
                test.database().tamper("DELETE FROM purse").await;
                purse::fill(test, 4, 3_000).await;
            }
            for _ in 0..12 {
                // Ids are few, so that payments come again, in a batch and across.
                let pays: Vec<Pay> = (0..random.random_range(1..40))
                    .map(|_| Pay {
                        id: random.random_range(0..150),
                        purse: random.random_range(0..4),
                        cents: random.random_range(1..200),
                    })
                    .collect();
                let combined = join_all(pays.iter().map(|pay| line.combine(*pay))).await;
                for (pay, answer) in pays.iter().zip(combined) {
                    let single = pay_alone(&alone.system(), *pay).await;
                    assert_eq!(heard(answer), heard(single), "seed {seed}: {pay:?}");
                }
                assert_eq!(books(line).await, books(alone).await, "seed {seed}");
            }
        }
    }

    async fn a_stop_finishes_the_line_and_takes_nobody_in(house: House) {
        let test = &house.0;
        let app = test.app.clone();
        let stop = async {
            while app.combiners.counts::<Seat>().batches == 0 {
                tokio::task::yield_now().await;
            }
            app.combiners.stop(Duration::from_secs(60)).await
        };
        let (answers, stopped) = tokio::join!(at_once(test, (0..600).map(|n| Seat::of(n, n))), stop);
        assert!(stopped);
        let (rows, _) = seated(test).await;
        assert!(!rows.is_empty());
        for (n, answer) in (0..).zip(answers) {
            let there = rows.binary_search(&(n, n)).is_ok();
            assert_eq!(answer, if there { Ok((n, n)) } else { Err("system.busy".to_owned()) });
        }
        assert_eq!(heard(test.combine(Seat::of(700, 7)).await), Err("system.busy".to_owned()));
        assert_eq!(heard(test.combine(Careless(701)).await), Err("system.busy".to_owned()), "a line that was not there");
        assert_eq!(seated(test).await.0.len(), rows.len());
    }

    async fn everybody_hears_that_the_database_is_away(house: House) {
        let test = &house.0;
        let away = second(test).await;
        away.db.clone().close().await.unwrap();
        let answers = join_all((0..50).map(|n| away.combine(Seat::of(n, n)))).await;
        assert!(answers.iter().all(|answer| answer.as_ref().is_err_and(kernel::Error::is_away)));
        assert_eq!(away.combiners.counts::<Seat>(), Counts::default());
        assert!(seated(test).await.0.is_empty());
    }

    async fn a_failing_database_is_not_laid_to_an_action(house: House) {
        let test = &house.0;
        let calls = || join_all((0..200).map(|n| test.combine(Seat::of(n, n))));
        let answers = test.database().failing("LOCK TABLE seat", calls()).await;
        let failed: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert!(!failed.is_empty() && failed.iter().all(kernel::Error::is_away), "{failed:?}");
        for (n, answer) in (0..).zip(calls().await) {
            assert_eq!(heard(answer), Ok((n, n)));
        }
        assert_eq!(seated(test).await.1, 200, "asked again, each is seated once");
    }

    async fn killed_lines_keep_their_word(house: House) {
        let test = &house.0;
        for seed in seeds() {
            test.database().tamper("DELETE FROM seat").await;
            let pause = Duration::from_millis(30 + (seed * 7_919) % 400);
            let name = "combine::killed_lines_keep_their_word";
            let kept = tokio::task::block_in_place(|| killed_writer(test.database(), name, pause));
            assert!(!kept.is_empty());
            // PostgreSQL may still be committing what the dead client asked for last.
            tokio::time::sleep(Duration::from_millis(200)).await;
            let (rows, _) = seated(test).await;
            assert!(kept.iter().all(|n| rows.binary_search(&(*n, *n)).is_ok()), "seed {seed}: {kept:?} {rows:?}");
        }
    }
}

/// What the child does until it is killed: sixteen callers, each with the next seat once it has the last.
async fn seat_for_ever(url: &str) -> ! {
    let app = TestApp::open(Db::connect(url).await.unwrap());
    for caller in 0..16_i64 {
        let app = app.clone();
        tokio::spawn(async move {
            for n in (caller..).step_by(16) {
                app.combine(Seat::of(n, n)).await.unwrap();
                // One write call per line: a killed process leaves no half line behind it.
                std::io::stdout().lock().write_all(format!("kept {n}\n").as_bytes()).unwrap();
            }
        });
    }
    std::future::pending().await
}
