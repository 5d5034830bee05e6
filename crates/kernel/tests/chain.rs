//! The chain of events: every event once, and nothing tampered with goes unseen.

use std::sync::Arc;

use kernel::background::Background;
use kernel::event::{Event, Feed, Report, entity, read_after, seal, verify};
use kernel::id::Ids;
use kernel::testing::{Engine, TestApp};
use kernel::{Result, both_engines};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};

async fn record(test: &TestApp, n: i64) {
    let tx = test.system().begin().await.unwrap();
    let node = Ids::random();
    tx.record(Event::of("box.opened", "box", Ids::random()).at(node).with("n", n)).await.unwrap();
    tx.commit(()).await.unwrap();
}

async fn check(test: &TestApp) -> Report {
    verify(test.db.read(), &test.keys.public_key()).await.unwrap()
}

/// Five sealed events and a signed root on two days.
async fn chained(test: &TestApp) {
    for n in 0..5 {
        record(test, n).await;
    }
    assert_eq!(seal::seal_all(test).await.unwrap(), 5);
    seal::sign_root(test, test.clock.today()).await.unwrap().unwrap();
    record(test, 5).await;
    seal::seal_all(test).await.unwrap();
    test.clock.advance(chrono::Duration::days(1));
    seal::sign_root(test, test.clock.today()).await.unwrap().unwrap();
    let report = check(test).await;
    assert_eq!((report.checked, report.unsealed, report.first_bad), (6, 0, None));
}

/// What an intruder with the database in hand does first.
async fn unlock(test: &TestApp) {
    let sql = match test.database().engine() {
        Engine::Sqlite => {
            "DROP TRIGGER event_frozen; DROP TRIGGER event_kept; DROP TRIGGER sealed_frozen; DROP TRIGGER sealed_kept"
        }
        Engine::Postgres => "DROP TRIGGER event_frozen ON event; DROP TRIGGER sealed_frozen ON sealed",
    };
    test.database().tamper(sql).await;
}

async fn execute(test: &TestApp, sql: &str, values: Vec<sea_orm::Value>) {
    let tx = test.db.begin_relaxed().await.unwrap();
    let changed = tx.execute_raw(test.db.statement(sql, values)).await.unwrap().rows_affected();
    assert!(changed > 0, "{sql}");
    kernel::db::commit(tx).await.unwrap();
}

/// Tampers with a fresh chain each time and demands that it is seen.
async fn seen(test: &TestApp, sql: &str, values: Vec<sea_orm::Value>, at: i64) {
    execute(test, sql, values).await;
    let report = check(test).await;
    assert_eq!(report.first_bad.as_ref().map(|bad| bad.seq), Some(at), "{sql}: {report:?}");
}

both_engines! {
    async fn every_column_is_covered(test: TestApp) {
        chained(&test).await;
        unlock(&test).await;
        let third = read_after(test.db.read(), 2, 1).await.unwrap().remove(0).event;
        let moved: sea_orm::Value = (third.at + chrono::Duration::microseconds(1)).into();
        let changes: Vec<(&str, sea_orm::Value, sea_orm::Value)> = vec![
            ("kind", "box.closed".into(), third.kind.clone().into()),
            ("aggregate_kind", "bag".into(), third.aggregate_kind.clone().into()),
            ("aggregate_id", Ids::random().into(), third.aggregate_id.into()),
            ("node_id", Ids::random().into(), third.node_id.into()),
            ("node_id", None::<kernel::Id>.into(), third.node_id.into()),
            ("actor_id", Ids::random().into(), None::<kernel::Id>.into()),
            ("at", moved, third.at.into()),
            ("cause_id", Ids::random().into(), None::<kernel::Id>.into()),
            ("request_id", "other".into(), None::<String>.into()),
            ("request_id", "".into(), None::<String>.into()),
            ("payload", "{\"n\": 2}".into(), third.payload.clone().into()),
        ];
        for (column, bad, good) in changes {
            let sql = format!("UPDATE event SET {column} = $1 WHERE id = $2");
            seen(&test, &sql, vec![bad, third.id.into()], 3).await;
            execute(&test, &sql, vec![good, third.id.into()]).await;
            assert_eq!(check(&test).await.first_bad, None, "{column}");
        }
    }

    async fn links_are_covered(test: TestApp) {
        chained(&test).await;
        unlock(&test).await;
        let links = read_after(test.db.read(), 0, 10).await.unwrap();
        seen(&test, "UPDATE sealed SET hash = $1 WHERE seq = 4", vec![vec![7_u8; 32].into()], 4).await;
        execute(&test, "UPDATE sealed SET hash = $1 WHERE seq = 4", vec![links[3].hash.clone().into()]).await;
        // Two links change places.
        for (from, to) in [(2, 100), (3, 2), (100, 3)] {
            execute(&test, "UPDATE sealed SET seq = $2 WHERE seq = $1", vec![from.into(), to.into()]).await;
        }
        assert_eq!(check(&test).await.first_bad.unwrap().seq, 2);
        for (from, to) in [(2, 100), (3, 2), (100, 3)] {
            execute(&test, "UPDATE sealed SET seq = $2 WHERE seq = $1", vec![from.into(), to.into()]).await;
        }
        assert_eq!(check(&test).await.first_bad, None);
        // A link taken away leaves a gap, also at the end, which a root has signed.
        seen(&test, "DELETE FROM sealed WHERE seq = 6", vec![], 6).await;
        execute(&test, "INSERT INTO sealed (seq, event_id, hash) VALUES (6, $1, $2)",
            vec![links[5].event.id.into(), links[5].hash.clone().into()]).await;
        assert_eq!(check(&test).await.first_bad, None);
        seen(&test, "DELETE FROM sealed WHERE seq = 3", vec![], 3).await;
    }

    async fn an_event_cannot_go_or_come(test: TestApp) {
        chained(&test).await;
        unlock(&test).await;
        let second = read_after(test.db.read(), 1, 1).await.unwrap().remove(0).event;
        let insert = "INSERT INTO event (id, kind, aggregate_kind, aggregate_id, at, payload) VALUES ($1, 'box.forged', 'box', $1, $2, '{}')";
        let forged = Ids::random();
        seen(&test, insert, vec![forged.into(), test.clock.now().into()], 7).await;
        execute(&test, "DELETE FROM event WHERE id = $1", vec![forged.into()]).await;
        assert_eq!(check(&test).await.first_bad, None);
        // A mark without an event, which would make up for an event that was slipped in.
        let mark = "INSERT INTO unsealed (event_id) VALUES ($1)";
        seen(&test, mark, vec![Ids::random().into()], 7).await;
        execute(&test, insert, vec![forged.into(), test.clock.now().into()]).await;
        assert_eq!(check(&test).await.first_bad.unwrap().seq, 7);
        execute(&test, "DELETE FROM event WHERE id = $1", vec![forged.into()]).await;
        execute(&test, "DELETE FROM unsealed", vec![]).await;
        assert_eq!(check(&test).await.first_bad, None);
        seen(&test, "DELETE FROM event WHERE id = $1", vec![second.id.into()], 2).await;
    }

    async fn roots_are_covered(test: TestApp) {
        chained(&test).await;
        assert!(seal::sign_root(&test, test.clock.today()).await.unwrap().is_none(), "one root a day");
        let root = entity::root::Entity::find().one(test.db.read()).await.unwrap().unwrap();
        let changes: Vec<(&str, sea_orm::Value, sea_orm::Value)> = vec![
            ("seq", 4_i64.into(), root.seq.into()),
            ("hash", vec![0_u8; 32].into(), root.hash.clone().into()),
            ("signature", vec![9_u8; 64].into(), root.signature.clone().into()),
            ("public_key", vec![4_u8; 65].into(), root.public_key.clone().into()),
        ];
        for (column, bad, good) in changes {
            let set = |by: &str| format!("UPDATE sealed_root SET {column} = $1 WHERE day = {by}");
            execute(&test, &set("$2"), vec![bad, root.day.into()]).await;
            let found = check(&test).await.first_bad.unwrap_or_else(|| panic!("{column}"));
            assert!(found.what.starts_with("2026-11-23"), "{found:?}");
            execute(&test, &set("$2"), vec![good, root.day.into()]).await;
            assert_eq!(check(&test).await.first_bad, None);
        }
        let moved = root.day - chrono::Duration::days(3);
        execute(&test, "UPDATE sealed_root SET day = $1 WHERE day = $2", vec![moved.into(), root.day.into()]).await;
        assert!(check(&test).await.first_bad.is_some());
        execute(&test, "DELETE FROM sealed_root WHERE day = $1", vec![moved.into()]).await;
        let found = check(&test).await.first_bad.unwrap();
        assert!(found.what.starts_with("2026-11-24"), "a root taken away breaks the next one: {found:?}");
    }

    async fn rows_are_frozen(test: TestApp) {
        chained(&test).await;
        for sql in ["UPDATE event SET kind = 'box.closed'", "DELETE FROM event", "UPDATE sealed SET seq = seq + 10", "DELETE FROM sealed"] {
            let tx = test.db.begin_relaxed().await.unwrap();
            let error = tx.execute_unprepared(sql).await.unwrap_err().to_string();
            assert!(error.contains("never"), "{error}");
        }
    }

    async fn many_writers_and_three_sealers(test: TestApp) {
        let test = Arc::new(test);
        let mut background = Background::new();
        for _ in 0..3 {
            background.spawn(|stop| seal::run(test.app.clone(), stop));
        }
        let writers: Vec<_> = (0..8).map(|writer| {
            let test = test.clone();
            tokio::spawn(async move {
                for n in 0..25 {
                    kernel::command::retried(async || -> Result<()> {
                        let tx = test.system().begin().await?;
                        tx.record(Event::of("box.opened", "box", Ids::random()).with("n", writer * 100 + n)).await?;
                        tx.commit(()).await
                    }).await.unwrap();
                }
            })
        }).collect();
        for writer in writers {
            writer.await.unwrap();
        }
        assert!(background.stop(std::time::Duration::from_secs(20)).await);
        seal::seal_all(&test).await.unwrap();
        let report = check(&test).await;
        assert_eq!((report.checked, report.unsealed, report.first_bad), (200, 0, None));
        let mut seen: Vec<i64> = read_after(test.db.read(), 0, 1_000).await.unwrap().iter()
            .map(|sealed| serde_json::from_str::<serde_json::Value>(&sealed.event.payload).unwrap()["n"].as_i64().unwrap())
            .collect();
        seen.sort_unstable();
        let all: Vec<i64> = (0..8).flat_map(|writer| (0..25).map(move |n| writer * 100 + n)).collect();
        assert_eq!(seen, all);
    }

    async fn what_rolled_back_leaves_nothing(test: TestApp) {
        let tx = test.system().begin().await.unwrap();
        tx.record(Event::of("box.opened", "box", Ids::random())).await.unwrap();
        drop(tx);
        record(&test, 1).await;
        assert_eq!(entity::Entity::find().count(test.db.read()).await.unwrap(), 1);
        assert_eq!(seal::seal_all(&test).await.unwrap(), 1);
    }

    async fn a_feed_gives_each_event_once(test: TestApp) {
        const FEED: Feed = Feed("test");
        for n in 0..7 {
            record(&test, n).await;
        }
        seal::seal_all(&test).await.unwrap();
        let test = Arc::new(test);
        let takers: Vec<_> = (0..3).map(|_| {
            let test = test.clone();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                loop {
                    let some = kernel::command::retried(async || -> Result<Vec<i64>> {
                        let tx = test.system().begin().await?;
                        let events = FEED.claim(&tx, 2).await?;
                        FEED.advance(&tx, &events).await?;
                        tx.commit(events.iter().map(|event| event.seq).collect()).await
                    }).await.unwrap();
                    if some.is_empty() {
                        return taken;
                    }
                    taken.extend(some);
                }
            })
        }).collect();
        let mut all = Vec::new();
        for taker in takers {
            all.extend(taker.await.unwrap());
        }
        all.sort_unstable();
        assert_eq!(all, [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(FEED.position(test.db.read()).await.unwrap(), 7);
    }
}

/// A chain written on one engine has the same bytes on the other.
#[tokio::test(flavor = "multi_thread")]
async fn both_engines_hash_alike() {
    use kernel::testing::Fixture;
    let (one, two) = (TestApp::on(Engine::Sqlite).await, TestApp::on(Engine::Postgres).await);
    for micros in [0, 1, 100_000, 999_999] {
        let row = entity::Model {
            id: one.ids.next(),
            kind: "box.开".into(),
            aggregate_kind: "box".into(),
            aggregate_id: Ids::random(),
            node_id: Some(Ids::random()),
            actor_id: None,
            at: one.clock.now() + chrono::Duration::microseconds(micros),
            cause_id: None,
            request_id: None,
            payload: "{\"a\":\"智工\",\"b\":1.5}".into(),
        };
        for test in [&one, &two] {
            let tx = test.db.begin_relaxed().await.unwrap();
            let event: entity::ActiveModel = row.clone().into();
            entity::Entity::insert(event).exec_without_returning(&tx).await.unwrap();
            let mark = entity::unsealed::ActiveModel { event_id: sea_orm::ActiveValue::Set(row.id) };
            entity::unsealed::Entity::insert(mark).exec_without_returning(&tx).await.unwrap();
            kernel::db::commit(tx).await.unwrap();
        }
    }
    seal::seal_all(&one).await.unwrap();
    seal::seal_all(&two).await.unwrap();
    assert_eq!(check(&one).await.root, check(&two).await.root);
    assert_eq!(check(&one).await.checked, 4);
}
