//! Two orders about the same thing at the same instant, from two processes: one legal outcome each.

use kernel::Id;
use kernel::db::Db;
use kernel::testing::{TestApp, long, seeds};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rewards::ledger::{Order, What};
use rewards::testing::RewardsCity;

use super::stage::Stage;

/// Pairs of each kind.
fn many() -> usize {
    if long() { 10_000 } else { 40 }
}

/// Asks both at once; answers how many were carried out.
async fn both(apps: [&kernel::app::App; 2], orders: [Order; 2]) -> usize {
    let [one, two] = orders;
    let (one, two) = tokio::join!(rewards::ledger::carry_out(apps[0], one), rewards::ledger::carry_out(apps[1], two));
    for answer in [&one, &two] {
        if let Err(error) = answer {
            assert!(error.refusal().is_some_and(|refusal| refusal.code.starts_with("ledger.")), "{error}");
        }
    }
    usize::from(one.is_ok()) + usize::from(two.is_ok())
}

kernel::both_engines! {
    async fn of_two_who_resolve_a_hold_one_does(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        let other = TestApp::open(Db::connect(city.database().url()).await.unwrap());
        let members = stage.members(3 * many(), 100).await;
        let later = 60 * 24 * 365;
        let holds: Vec<Order> = members.iter().map(|(person, _)| stage.order(stage.hold_of(*person, 80, later))).collect();
        stage.all(&holds).await;
        let capture = |hold_id: Id, amount_cents| stage.order(What::Capture { hold_id, amount_cents });
        let release = |hold_id: Id| stage.order(What::Release { hold_id });
        let mut dice = SmallRng::seed_from_u64(seeds().end);
        for (n, hold) in holds.iter().enumerate() {
            let [one, two] = [0; 2].map(|_| dice.random_range(1..=80));
            let orders = match n % 3 {
                0 => [capture(hold.id, one), capture(hold.id, two)],
                1 => [release(hold.id), release(hold.id)],
                _ => [capture(hold.id, one), release(hold.id)],
            };
            assert_eq!(both([&city.app, &other], orders).await, 1, "pair {n}");
        }
        let report = stage.sound().await;
        assert_eq!(report.holds, holds.len() as u64);
        other.db.clone().close().await.unwrap();
    }

    async fn refunds_never_exceed_the_payment_and_expiry_takes_what_is_left(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        let other = TestApp::open(Db::connect(city.database().url()).await.unwrap());
        let members = stage.members(3 * many(), 100).await;
        let pays: Vec<Order> = members.iter().map(|(person, _)| stage.order(stage.pay_of(*person, 60))).collect();
        stage.all(&pays).await;
        let mut dice = SmallRng::seed_from_u64(seeds().end);
        for (n, pay) in pays.iter().enumerate().filter(|(n, _)| n % 3 == 0) {
            // Of any two of these there is room for one.
            let orders = [0; 2].map(|_| stage.order(stage.refund_of(pay.id, dice.random_range(31..=60))));
            assert_eq!(both([&city.app, &other], orders).await, 1, "pair {n}");
        }
        // The lots' last day passes on the ledger's clock.
        city.clock.advance(chrono::TimeDelta::days(365));
        let today = city.clock.today();
        stage.top_up(1).await;
        for (n, (pay, (person, lot))) in pays.iter().zip(&members).enumerate().filter(|(n, _)| n % 3 > 0) {
            let expire = stage.order(What::Expire { lot_id: *lot, today });
            let (against, carried_out) = match n % 3 {
                1 => (stage.order(stage.refund_of(pay.id, dice.random_range(1..=60))), 2),
                _ => (stage.order(stage.pay_of(*person, dice.random_range(1..=40))), 1),
            };
            assert_eq!(both([&city.app, &other], [expire, against]).await, carried_out, "pair {n}");
        }
        stage.sound().await;
        other.db.clone().close().await.unwrap();
    }
}
