//! Schema steps: applied once, never changed afterwards.

use kernel::migration::migrate;
use kernel::testing::{TestApp, TestDb, Who};
use kernel::{Migration, both_engines, schema};
use sea_orm::ConnectionTrait;

both_engines! {
    async fn second_run_applies_nothing(db: TestDb) {
        assert_eq!(migrate(&db, &schema::migrations()).await.unwrap(), 0);
    }

    async fn changed_step_is_refused(db: TestDb) {
        let mut steps = schema::migrations();
        let first = steps[0];
        steps[0] = Migration { name: first.name, sql: "CREATE TABLE other (id bigint)" };
        let error = migrate(&db, &steps).await.unwrap_err().to_string();
        assert!(error.contains(first.name) && error.contains("changed"), "{error}");
    }

    async fn failed_step_leaves_nothing(db: TestDb) {
        let bad = [Migration { name: "test_0001", sql: "CREATE TABLE half (id bigint)\n;;\nCREATE TABLE half (id bigint)" }];
        assert!(migrate(&db, &bad).await.is_err());
        assert!(db.read().execute_unprepared("SELECT 1 FROM half").await.is_err());
        let good = [Migration { name: "test_0001", sql: "CREATE TABLE half (id bigint)" }];
        assert_eq!(migrate(&db, &good).await.unwrap(), 1);
    }

    async fn two_at_once_apply_each_step_once(db: TestDb) {
        let other = kernel::db::Db::connect(db.url()).await.unwrap();
        let step = [Migration { name: "test_0001", sql: "CREATE TABLE late (id bigint)" }];
        let (one, two) = tokio::join!(migrate(&db, &step), migrate(&other, &step));
        assert_eq!(one.unwrap() + two.unwrap(), 1);
    }

    async fn the_fixture_signs_in_and_probes(test: TestApp) {
        let account = kernel::id::Ids::random();
        let caller = test.caller(&Who::new().account(account)).await;
        assert_eq!(caller.account_id(), Some(account));
        assert_eq!(test.client().get("/readyz").await.status, 200);
        test.db.probe_write_skew().await.unwrap();
    }
}
