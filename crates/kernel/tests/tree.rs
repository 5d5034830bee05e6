//! The tree: dated placements, no cycles, one parent at a time.

use chrono::TimeDelta;
use kernel::command::retried;
use kernel::testing::TestApp;
use kernel::{Id, Result, both_engines, node};
use sea_orm::ConnectionTrait;

async fn create(test: &TestApp, parent: Option<Id>) -> Id {
    let tx = test.system().begin().await.unwrap();
    let id = tx.id();
    node::create(&tx, id, "union", parent, tx.today()).await.unwrap();
    tx.commit(id).await.unwrap()
}

async fn place(test: &TestApp, id: Id, parent: Id, after_days: i64) -> Result<()> {
    retried(async || {
        let tx = test.system().begin().await?;
        node::place(&tx, id, parent, tx.today() + TimeDelta::days(after_days)).await?;
        tx.commit(()).await
    })
    .await
}

fn code(outcome: Result<()>) -> String {
    outcome.unwrap_err().refusal().unwrap().code.to_string()
}

both_engines! {
    async fn any_day_can_be_asked_for(test: TestApp) {
        let city = create(&test, None).await;
        let (one, two) = (create(&test, Some(city)).await, create(&test, Some(city)).await);
        let union = create(&test, Some(one)).await;
        place(&test, union, two, 10).await.unwrap();
        let (read, today) = (test.db.read(), test.clock.today());
        let day = |n| today + TimeDelta::days(n);
        assert_eq!(node::path(read, union, day(9)).await.unwrap(), [union, one, city]);
        assert_eq!(node::path(read, union, day(10)).await.unwrap(), [union, two, city]);
        assert_eq!(node::parent(read, union, day(9)).await.unwrap(), Some(one));
        assert_eq!(node::parent(read, city, day(9)).await.unwrap(), None);
        assert_eq!(node::path(read, union, day(-1)).await.unwrap(), [union], "not yet placed");
        assert!(node::subtree(read, one, day(9)).await.unwrap().contains(&union));
        assert_eq!(node::subtree(read, one, day(10)).await.unwrap(), [one]);
        assert_eq!(node::subtree(read, city, day(10)).await.unwrap().len(), 4);
        assert_eq!(node::placements(read, day(10)).await.unwrap().len(), 3);
    }

    async fn from_below_and_from_above_is_the_same_tree(test: TestApp) {
        let city = create(&test, None).await;
        let (one, two) = (create(&test, Some(city)).await, create(&test, Some(city)).await);
        let (union, other) = (create(&test, Some(one)).await, create(&test, Some(two)).await);
        place(&test, union, two, 10).await.unwrap();
        let (read, today) = (test.db.read(), test.clock.today());
        let stranger = test.ids.next();
        let all = [city, one, two, union, other];
        for day in [-1, 0, 9, 10, 11].map(|days| today + TimeDelta::days(days)) {
            for tops in [vec![], vec![stranger], vec![city], vec![one, two], vec![city, one], vec![union, two]] {
                let mut below = Vec::new();
                for top in &tops {
                    below.extend(node::subtree(read, *top, day).await.unwrap());
                }
                let expected: Vec<Id> = all.into_iter().filter(|node| below.contains(node)).collect();
                let mut found = node::among(read, &[all.as_slice(), &[stranger]].concat(), &tops, day).await.unwrap();
                found.sort_by_key(|node| all.iter().position(|known| known == node));
                assert_eq!(found, expected, "{day} {tops:?}");
                let whole = node::all_below(read, &tops, day).await.unwrap();
                assert_eq!(whole, expected.len() == all.len(), "{day} {tops:?}");
            }
        }
        // Somebody who stands alone belongs to none of it.
        create(&test, None).await;
        assert!(!node::all_below(read, &[city], today).await.unwrap());
        assert!(node::among(read, &[], &[city], today).await.unwrap().is_empty());
    }

    async fn no_cycle_and_no_move_into_the_past(test: TestApp) {
        let city = create(&test, None).await;
        let county = create(&test, Some(city)).await;
        let town = create(&test, Some(county)).await;
        assert_eq!(code(place(&test, county, town, 1).await), "node.cycle");
        assert_eq!(code(place(&test, county, county, 1).await), "node.cycle");
        assert_eq!(code(place(&test, town, city, 0).await), "node.early");
        assert_eq!(code(place(&test, town, city, -5).await), "node.early");
        place(&test, town, city, 1).await.unwrap();
    }

    async fn two_moves_at_once_make_no_cycle(test: TestApp) {
        let city = create(&test, None).await;
        for _ in kernel::testing::seeds() {
            let (one, two) = (create(&test, Some(city)).await, create(&test, Some(city)).await);
            let (a, b) = tokio::join!(place(&test, one, two, 1), place(&test, two, one, 1));
            assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
            let day = test.clock.today() + TimeDelta::days(1);
            assert!(node::path(test.db.read(), one, day).await.unwrap().contains(&city));
        }
    }

    async fn the_database_refuses_a_second_open_placement(test: TestApp) {
        let city = create(&test, None).await;
        let (one, two) = (create(&test, Some(city)).await, create(&test, Some(city)).await);
        let sql = "INSERT INTO placement (id, child, parent, valid_from) VALUES ($1, $2, $3, $4)";
        let tx = test.db.begin_relaxed().await.unwrap();
        let day = test.clock.today() + TimeDelta::days(5);
        let values = [test.ids.next().into(), one.into(), two.into(), day.into()];
        let error = tx.execute_raw(test.db.statement(sql, values)).await.unwrap_err();
        assert!(kernel::error::violates(&error, "placement"), "{error}");
    }
}
