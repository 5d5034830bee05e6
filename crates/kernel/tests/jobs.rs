//! Jobs: each carried out once, tried again, taken over, given back; cron and housekeeping.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use kernel::background::Background;
use kernel::job::{self, Every, Jobs, New};
use kernel::testing::{TestApp, Who};
use kernel::{Error, both_engines};
use sea_orm::ConnectionTrait;

async fn enqueue(test: &TestApp, new: New) -> bool {
    let tx = test.system().begin().await.unwrap();
    let added = job::enqueue(&tx, new).await.unwrap();
    tx.commit(added).await.unwrap()
}

async fn count(test: &TestApp, table: &str, filter: &str) -> i64 {
    let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM {table} WHERE {filter}");
    let row = test.db.read().query_one_raw(test.db.statement(&sql, [])).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

/// Waits for something that background work brings about.
async fn until(mut reached: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if reached().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within thirty seconds");
}

both_engines! {
    async fn four_workers_carry_out_each_job_once(test: TestApp) {
        let carried: Arc<Mutex<BTreeMap<i64, usize>>> = Arc::default();
        let counted = carried.clone();
        let jobs = Jobs::new().on("count", move |_app, n: i64| {
            *counted.lock().unwrap().entry(n).or_default() += 1;
            async { Ok(()) }
        });
        let mut background = Background::new();
        jobs.start(&mut background, &test, 4);
        for n in 0..200_i64 {
            assert!(enqueue(&test, New::of("count", n).unwrap()).await);
        }
        until(async || count(&test, "job", "state = 'done'").await == 200).await;
        assert!(background.stop(Duration::from_secs(10)).await);
        let carried = carried.lock().unwrap();
        assert_eq!(carried.len(), 200);
        assert!(carried.values().all(|times| *times == 1), "{carried:?}");
    }

    async fn enqueued_with_the_command_or_not_at_all(test: TestApp) {
        let tx = test.system().begin().await.unwrap();
        assert!(job::enqueue(&tx, New::of("count", 1).unwrap()).await.unwrap());
        drop(tx);
        assert_eq!(count(&test, "job", "1 = 1").await, 0);
        assert!(enqueue(&test, New::of("count", 1).unwrap().once("key")).await);
        assert!(!enqueue(&test, New::of("count", 2).unwrap().once("key")).await);
        assert_eq!(count(&test, "job", "1 = 1").await, 1);
    }

    async fn a_dead_workers_job_is_taken_over_after_its_lease(test: TestApp) {
        let starts = Arc::new(AtomicUsize::new(0));
        let seen = starts.clone();
        let jobs = Arc::new(Jobs::new().on("hang", move |_app, (): ()| {
            let first = seen.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                if first {
                    std::future::pending::<()>().await;
                }
                Ok(())
            }
        }));
        enqueue(&test, New::of("hang", ()).unwrap()).await;
        let background = Background::new();
        let worker = tokio::spawn(job::work(test.app.clone(), jobs.clone(), background.signal()));
        until(async || starts.load(Ordering::SeqCst) == 1).await;
        worker.abort();
        let _ = worker.await;
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 0, "still leased");
        test.clock.advance(TimeDelta::from_std(job::LEASE).unwrap());
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 1);
        assert_eq!((starts.load(Ordering::SeqCst), count(&test, "job", "state = 'done'").await), (2, 1));
    }

    async fn a_server_that_starts_gives_back_what_a_dead_one_held(test: TestApp) {
        let set = "UPDATE job SET lease_token = $1, lease_until = $2, attempts = 1";
        for kind in ["note", "count"] {
            enqueue(&test, New::of(kind, ()).unwrap()).await;
        }
        let tx = test.db.begin().await.unwrap();
        let until = test.clock.now() + TimeDelta::seconds(50);
        tx.execute_raw(test.db.statement(set, [test.ids.next().into(), until.into()])).await.unwrap();
        kernel::db::commit(tx).await.unwrap();
        let jobs = Jobs::new().on("note", async |_app, (): ()| Ok(())).on("count", async |_app, (): ()| Ok(()));
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 0, "still leased");
        // On PostgreSQL another server may be alive and at work.
        let given_back = if test.db.is_sqlite() { 2 } else { 0 };
        assert_eq!(job::release(&test).await.unwrap(), given_back);
        assert_eq!(job::work_off(&test, &jobs).await.unwrap() as u64, given_back);
        assert_eq!(job::release(&test).await.unwrap(), 0);
    }

    async fn only_the_holder_of_the_lease_finishes(test: TestApp) {
        // While the first worker works, its lease ends and a second one takes over and fails:
        // the first one's success must not be written over that.
        let jobs = Jobs::new().on("slow", |app: kernel::app::App, (): ()| async move {
            app.clock.advance(TimeDelta::seconds(61));
            let tx = app.db.begin_relaxed().await?;
            let other = "UPDATE job SET lease_token = $1, lease_until = $2";
            let values = [kernel::id::Ids::random().into(), (app.clock.now() + TimeDelta::seconds(60)).into()];
            tx.execute_raw(app.db.statement(other, values)).await?;
            kernel::db::commit(tx).await
        });
        enqueue(&test, New::of("slow", ()).unwrap()).await;
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 1);
        assert_eq!(count(&test, "job", "state = 'waiting' AND lease_token IS NOT NULL").await, 1);
    }

    async fn a_job_that_holds_the_writer_is_not_stopped_by_its_own_lease(test: TestApp) {
        // On SQLite the renewal waits for the writer that the job itself holds, or stands in the queue for it.
        let jobs = Jobs::new().renewed_every(Duration::from_millis(5)).on("long", |app: kernel::app::App, (): ()| async move {
            for _ in 0..5 {
                let tx = app.db.begin_relaxed().await?;
                tokio::time::sleep(Duration::from_millis(40)).await;
                kernel::db::commit(tx).await?;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Ok(())
        });
        enqueue(&test, New::of("long", ()).unwrap()).await;
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 1);
        assert_eq!(count(&test, "job", "state = 'done' AND attempts = 1 AND last_error IS NULL").await, 1);
    }

    async fn failures_are_tried_again_and_given_up(test: TestApp) {
        let jobs = Jobs::new()
            .on("fail", |_app, (): ()| async { Err(Error::internal("the other side is away")) })
            .on("panic", |_app, (): ()| async { panic!("on purpose") });
        enqueue(&test, New::of("fail", ()).unwrap()).await;
        enqueue(&test, New::of("panic", ()).unwrap()).await;
        for attempt in 1..=job::MAX_ATTEMPTS {
            assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 2, "attempt {attempt}");
            assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 0, "waits after attempt {attempt}");
            test.clock.advance(TimeDelta::hours(2));
        }
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 0);
        assert_eq!(count(&test, "job", "state = 'failed' AND last_error LIKE '%the other side is away'").await, 1);
        assert_eq!(count(&test, "job", "state = 'failed' AND last_error = 'the handler panicked'").await, 1);
    }

    async fn kinds_of_other_programs_are_left_alone(test: TestApp) {
        enqueue(&test, New::of("unknown", ()).unwrap()).await;
        enqueue(&test, New::of("late", ()).unwrap().at(test.clock.now() + TimeDelta::hours(1))).await;
        let jobs = Jobs::new().on("late", |_app, (): ()| async { Ok(()) });
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 0);
        test.clock.advance(TimeDelta::hours(1));
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 1);
        assert_eq!(count(&test, "job", "state = 'waiting' AND kind = 'unknown' AND attempts = 0").await, 1);
    }

    async fn a_cron_row_is_due_once_over_three_servers(test: TestApp) {
        let jobs = Jobs::new().every("night", Every::daily(3, 30), |_app| async { Ok(()) });
        assert_eq!(job::schedule_due(&test, &jobs).await.unwrap(), 0);
        // Off for three days: made up for once.
        test.clock.advance(TimeDelta::days(3));
        let (one, two, three) = tokio::join!(
            job::schedule_due(&test, &jobs),
            job::schedule_due(&test, &jobs),
            job::schedule_due(&test, &jobs),
        );
        assert_eq!(one.unwrap() + two.unwrap() + three.unwrap(), 1);
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 1);
        assert_eq!(job::schedule_due(&test, &jobs).await.unwrap(), 0);
        // An administrator's row wins over the program's first value.
        test.database().tamper("UPDATE cron SET every = '10 minutes'").await;
        test.clock.advance(TimeDelta::days(1));
        assert_eq!(job::schedule_due(&test, &jobs).await.unwrap(), 1);
        test.clock.advance(TimeDelta::minutes(10));
        assert_eq!(job::schedule_due(&test, &jobs).await.unwrap(), 1);
    }

    async fn the_house_tidies_and_signs(test: TestApp) {
        let jobs = job::housekeeping(Jobs::new());
        let tx = test.system().begin().await.unwrap();
        tx.record(kernel::event::Event::of("box.opened", "box", kernel::id::Ids::random())).await.unwrap();
        let old = test.clock.today() - TimeDelta::days(3);
        for (key, day) in [(1_u8, old), (2, test.clock.today() - TimeDelta::days(2))] {
            let sql = "INSERT INTO idempotency (key_hash, fingerprint, day) VALUES ($1, $1, $2)";
            tx.execute_sql(sql, [vec![key].into(), day.into()]).await.unwrap();
        }
        tx.commit(()).await.unwrap();
        let account = kernel::id::Ids::random();
        test.sign_in(&Who::new().account(account)).await;
        let tx = test.system().begin().await.unwrap();
        assert_eq!(kernel::session::end_all(&tx, account).await.unwrap(), 1);
        tx.commit(()).await.unwrap();
        assert_eq!(job::tidy(&test).await.unwrap(), 1, "one old key; the session ended today");
        job::schedule_due(&test, &jobs).await.unwrap();
        test.clock.advance(TimeDelta::days(31));
        assert_eq!(job::schedule_due(&test, &jobs).await.unwrap(), 3);
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 3);
        assert_eq!(count(&test, "session", "1 = 1").await, 0);
        assert_eq!(count(&test, "idempotency", "1 = 1").await, 0);
        assert_eq!(count(&test, "sealed_root", "seq = 1").await, 1);
    }

    async fn stopping_gives_the_lease_back(test: TestApp) {
        let started = Arc::new(AtomicUsize::new(0));
        let seen = started.clone();
        let jobs = Jobs::new().on("hang", move |_app, (): ()| {
            seen.fetch_add(1, Ordering::SeqCst);
            std::future::pending()
        });
        let mut background = Background::new();
        jobs.start(&mut background, &test, 1);
        enqueue(&test, New::of("hang", ()).unwrap()).await;
        until(async || started.load(Ordering::SeqCst) == 1).await;
        assert!(background.stop(Duration::from_secs(30)).await);
        assert_eq!(count(&test, "job", "state = 'waiting' AND lease_token IS NULL AND attempts = 0").await, 1);
    }
}
