//! A transaction that is cut off at any moment is there whole or not at all, and asked again it is there once.

use std::time::Duration;

use kernel::Id;
use kernel::id::Ids;
use kernel::testing::seeds;
use rewards::ledger::{Order, apply};
use rewards::testing::RewardsCity;

use super::stage::Stage;

kernel::both_engines! {
    async fn a_bulk_issue_that_is_cut_off_is_whole_or_not_there(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        let mut wallets = 0;
        for cut in 0..seeds().end * 6 {
            let persons: Vec<Id> = (0..120).map(|_| Ids::random()).collect();
            let issue = |person: &Id| stage.order(stage.issue_to(*person, 100, "2027-06-30"));
            let orders: Vec<Order> = persons.iter().map(issue).collect();
            let (cx, asked) = (city.system(), orders.clone());
            let work = tokio::spawn(async move {
                let tx = cx.begin_bulk().await.unwrap();
                apply(&tx, &asked).await.unwrap();
                tx.commit(()).await.unwrap();
            });
            tokio::time::sleep(Duration::from_micros(cut * 900)).await;
            work.abort();
            let _ = work.await;
            let before = stage.report().await.lots - wallets;
            assert!(before == 0 || before == 120, "cut {cut}: {before} of 120");
            stage.apply(&orders).await.into_iter().for_each(|answer| assert!(answer.is_ok(), "{answer:?}"));
            wallets += 120;
            assert_eq!(stage.sound().await.lots, wallets, "cut {cut}");
        }
    }
}
