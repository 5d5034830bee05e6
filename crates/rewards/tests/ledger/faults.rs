//! The database fails under a batch: a disk that is full, a connection that is cut off while it waits for the book. What
//! was not acknowledged is not there, and asked again it is there once.

use std::time::Duration;

use futures::future::join_all;
use kernel::db::Db;
use kernel::testing::TestApp;
use rewards::ledger::{Order, carry_out};
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;

use super::stage::Stage;

/// Members who pay at once.
const MEMBERS: usize = 120;

kernel::both_engines! {
    async fn a_batch_under_which_the_database_fails_is_not_there(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        let members = stage.members(MEMBERS, 1_000).await;
        let before = stage.sound().await.transfers;
        let orders: Vec<Order> = members.iter().map(|(person, _)| stage.order(stage.pay_of(*person, 100))).collect();
        let calls = || join_all(orders.iter().map(|order| carry_out(&city.app, order.clone())));
        let answers = if city.db.is_sqlite() {
            city.database().tamper("PRAGMA max_page_count = 1").await;
            let answers = calls().await;
            city.database().tamper("PRAGMA max_page_count = 1000000").await;
            answers
        } else {
            cut_off(&city, calls()).await
        };
        let acknowledged = answers.iter().filter(|answer| answer.is_ok()).count();
        let failed: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert!(!failed.is_empty() && failed.iter().all(kernel::Error::is_away), "{failed:?}");
        assert_eq!(stage.sound().await.transfers - before, acknowledged as u64);
        // There is room again, or another connection: everybody asks the same again.
        assert!(calls().await.iter().all(Result::is_ok));
        assert_eq!(stage.sound().await.transfers - before, MEMBERS as u64);
        assert_eq!(stage.balance(stage.merchant).await.balance_cents, 12_000);
    }
}

/// Lets a batch wait for the book and ends its connection meanwhile, as a server that is stopped does.
async fn cut_off<T>(city: &RewardsCity, calls: impl Future<Output = T>) -> T {
    let other = TestApp::open(Db::connect(city.database().url()).await.unwrap());
    let lock = other.db.begin_relaxed().await.unwrap();
    lock.execute_unprepared("SELECT 1 FROM ledger_book FOR UPDATE").await.unwrap();
    let cut = async {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        // Outside the transaction, which would see the same moment for ever.
        while other.db.read().query_all_raw(other.db.statement(end, [])).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        kernel::db::commit(lock).await.unwrap();
    };
    let (answers, ()) = tokio::join!(calls, cut);
    other.db.clone().close().await.unwrap();
    answers
}
