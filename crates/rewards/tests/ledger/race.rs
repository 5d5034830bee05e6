//! Many at once: every limit is exact.

use futures::future::join_all;
use kernel::Id;
use kernel::id::Ids;
use rewards::ledger::{Done, Order};
use rewards::testing::RewardsCity;

use super::stage::Stage;

/// Asks for all of them at once, each in a task of its own; answers how many were carried out now.
async fn at_once(stage: &Stage<'_>, orders: Vec<Order>, refusal: &str) -> usize {
    let asked = orders.into_iter().map(|order| {
        let app = stage.city.app.clone();
        tokio::spawn(async move { rewards::ledger::carry_out(&app, order).await })
    });
    let mut done = 0;
    for answer in join_all(asked).await {
        match answer.unwrap() {
            Ok(Done { fresh, .. }) => done += usize::from(fresh),
            Err(error) => assert_eq!(super::stage::code(&error), refusal),
        }
    }
    done
}

kernel::both_engines! {
    async fn a_wallet_that_affords_400_payments_makes_400_of_1000(city: RewardsCity) {
        let (stage, person) = (Stage::open(&city).await, Ids::random());
        for _ in 0..4 {
            stage.issue(person, 10_000, "2027-01-31").await;
        }
        let orders = (0..1_000).map(|_| stage.order(stage.pay_of(person, 100))).collect();
        assert_eq!(at_once(&stage, orders, "ledger.short").await, 400);
        assert_eq!(stage.wallet(person).await.balance_cents, 0);
        assert_eq!(stage.balance(stage.merchant).await.balance_cents, 40_000);
        let report = stage.sound().await;
        assert_eq!((report.transfers, report.answers), (405, 600));
    }

    async fn five_of_64_holds_of_a_fifth_each(city: RewardsCity) {
        let (stage, person) = (Stage::open(&city).await, Ids::random());
        stage.issue(person, 5_000, "2027-01-31").await;
        let orders = (0..64).map(|_| stage.order(stage.hold_of(person, 1_000, 15))).collect();
        assert_eq!(at_once(&stage, orders, "ledger.short").await, 5);
        assert_eq!(stage.wallet(person).await.available_cents, 0);
        stage.sound().await;
    }

    async fn the_same_payment_twenty_times_is_one(city: RewardsCity) {
        let (stage, person) = (Stage::open(&city).await, Ids::random());
        stage.issue(person, 5_000, "2027-01-31").await;
        for _ in 0..5 {
            let order = stage.order(stage.pay_of(person, 100));
            assert_eq!(at_once(&stage, vec![order; 20], "").await, 1);
        }
        assert_eq!(stage.wallet(person).await.balance_cents, 4_500);
        stage.sound().await;
    }

    async fn a_budget_of_60_gives_60_of_100(city: RewardsCity) {
        let stage = Stage::unfunded(&city).await;
        stage.top_up(60).await;
        let persons: Vec<Id> = (0..100).map(|_| Ids::random()).collect();
        let issue = |person: &Id| stage.order(stage.issue_to(*person, 1, "2027-01-31"));
        let orders = persons.iter().map(issue).collect();
        assert_eq!(at_once(&stage, orders, "ledger.budget").await, 60);
        assert_eq!(stage.balance(stage.budget).await.balance_cents, 0);
        stage.sound().await;
    }
}
