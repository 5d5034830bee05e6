//! The database fails under a batch: a disk that is full, a connection that is cut off while it waits for the book. What
//! was not acknowledged is not there, and asked again it is there once.

use futures::future::join_all;
use rewards::ledger::{Order, carry_out};
use rewards::testing::RewardsCity;

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
        let answers = city.database().failing("SELECT 1 FROM ledger_book FOR UPDATE", calls()).await;
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
