//! Questions that many ask at once: one query for all, each her own answer, and nothing stale.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use kernel::access::Policy;
use kernel::app::App;
use kernel::ask::Question;
use kernel::db::{commit, rows_of_keys};
use kernel::testing::{Engine, Fixture, TestApp, TestDb};
use kernel::{Error, Migration, Result, Routes, schema};
use sea_orm::ConnectionTrait;

const BOX: Migration = Migration {
    name: "test_0003_box",
    sql: "
CREATE TABLE box (id bigint PRIMARY KEY, colour text NOT NULL)
;;
INSERT INTO box (id, colour) VALUES (1, 'red'), (2, 'blue')
",
};

struct House(TestApp);

impl Fixture for House {
    async fn on(engine: Engine) -> Self {
        let steps = [schema::migrations(), vec![BOX]].concat();
        Self(TestApp::over(TestDb::new(engine, &steps).await, Policy::new(), Routes::new("test")))
    }
}

/// How often each database was asked, and for how many at most; by the number that a test gives its questions.
static ASKED: [(AtomicUsize, AtomicUsize); 8] = [const { (AtomicUsize::new(0), AtomicUsize::new(0)) }; 8];

/// The colour of a box. Box 666 panics, box 667 fails.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Colour {
    test: usize,
    id: i64,
}

impl Question for Colour {
    type Answer = String;

    async fn ask(app: &App, all: &[Self]) -> Result<HashMap<Self, String>> {
        let test = all[0].test;
        ASKED[test].0.fetch_add(1, Ordering::Relaxed);
        ASKED[test].1.fetch_max(all.len(), Ordering::Relaxed);
        assert!(all.iter().all(|one| one.id != 666), "box 666");
        if all.iter().any(|one| one.id == 667) {
            return Err(Error::internal("box 667"));
        }
        let keys = all.iter().map(|one| one.id.into()).collect();
        let rows = rows_of_keys(app.db.read(), "SELECT id, colour FROM box WHERE id IN", keys).await?;
        rows.iter().map(|row| Ok((Self { test, id: row.try_get("", "id")? }, row.try_get("", "colour")?))).collect()
    }
}

impl House {
    /// The process, and the number of a test on this engine.
    fn for_test(&self, first: usize) -> (&TestApp, usize) {
        (&self.0, first + usize::from(self.0.db.is_sqlite()))
    }
}

kernel::both_engines! {
    async fn each_is_told_her_own_and_few_queries_are_asked(house: House) {
        let (app, test) = house.for_test(0);
        let tasks = (0..600_i64).map(|number| {
            let app = app.app.clone();
            tokio::spawn(async move { app.ask(Colour { test, id: number % 3 }).await })
        });
        for (number, told) in join_all(tasks).await.into_iter().enumerate() {
            let expected = [None, Some("red"), Some("blue")][number % 3];
            assert_eq!(told.unwrap().unwrap().as_deref(), expected);
        }
        let (times, most) = (ASKED[test].0.load(Ordering::Relaxed), ASKED[test].1.load(Ordering::Relaxed));
        assert!(times < 600 && most <= 3, "{times} queries of {most}: a question is there once");
    }

    async fn what_was_changed_before_she_asked_is_told(house: House) {
        let (app, test) = house.for_test(2);
        for number in 0..50 {
            let colour = format!("colour {number}");
            let others = (0..20).map(|_| {
                let app = app.app.clone();
                tokio::spawn(async move { app.ask(Colour { test, id: 1 }).await })
            });
            let others: Vec<_> = others.collect();
            let tx = app.db.begin_relaxed().await.unwrap();
            let sql = "UPDATE box SET colour = $1 WHERE id = 1";
            tx.execute_raw(app.db.statement(sql, [colour.clone().into()])).await.unwrap();
            commit(tx).await.unwrap();
            assert_eq!(app.ask(Colour { test, id: 1 }).await.unwrap(), Some(colour));
            join_all(others).await;
        }
    }

    async fn a_question_that_fails_is_heard_by_those_in_it_and_the_next_is_asked(house: House) {
        let (app, test) = house.for_test(4);
        for odd in [666, 667] {
            assert!(app.ask(Colour { test, id: odd }).await.is_err());
            assert_eq!(app.ask(Colour { test, id: 2 }).await.unwrap().as_deref(), Some("blue"));
        }
    }

    async fn who_hangs_up_takes_nobody_with_her(house: House) {
        let (app, test) = house.for_test(6);
        for _ in 0..50 {
            let (one, other) = (app.app.clone(), app.app.clone());
            let gone = tokio::spawn(async move { one.ask(Colour { test, id: 1 }).await });
            let stays = tokio::spawn(async move { other.ask(Colour { test, id: 2 }).await });
            gone.abort();
            assert_eq!(stays.await.unwrap().unwrap().as_deref(), Some("blue"));
        }
    }
}
