//! While the ledger stands still nobody pays with points, nobody loses any, and everybody is told what to do.

use kernel::id::Ids;
use rewards::ledger::{OWN_BOOK, let_go_on};
use rewards::points::audit::stop::watch::look;
use rewards::testing::RewardsCity;

use super::stage::Stage;

kernel::both_engines! {
    async fn the_counter_says_to_pay_otherwise(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 10_000).await;
        let phone = stage.phone().await;
        let (paid, back) = (Ids::random(), Ids::random());
        stage.pay(0, paid, 500).await.ok();
        city.database().tamper("UPDATE ledger_account SET held_cents = held_cents + 1 WHERE kind = 'wallet'").await;
        assert_eq!(look(&city.app).await.unwrap().stopped, [OWN_BOOK]);

        let (mine, charged) = (Ids::random(), Ids::random());
        let refused = stage.pay(0, mine, 100).await;
        refused.refused(409, "ledger.stopped");
        assert!(refused.body["detail"].as_str().unwrap().contains("没有扣款；在门店请先用现金"), "{}", refused.body);
        let code = stage.code(&phone);
        stage.charge(0, charged, &code, 100).await.refused(409, "ledger.stopped");
        stage.refund(0, paid, back, 100, 0).await.refused(409, "ledger.stopped");
        stage.reverse(0, paid).await.refused(409, "ledger.stopped");
        // Reads stay up: the wallet, the receipt, what the shop took today.
        assert_eq!(stage.member.get("/api/pay").await.ok()["paused"], true);
        assert_eq!(stage.member.get(&format!("/api/payments/{paid}")).await.ok()["state"], "paid");
        stage.cashiers[0].get(&stage.path(0, "/payments")).await.ok();
        city.database().tamper("UPDATE ledger_account SET held_cents = held_cents - 1 WHERE kind = 'wallet'").await;
        assert_eq!(stage.wallet().await, 9_500);

        let tx = city.system().begin_bulk().await.unwrap();
        assert!(let_go_on(&tx, OWN_BOOK).await.unwrap());
        tx.commit(()).await.unwrap();
        // Who was told to pay in cash has paid in cash: that charge is never made later. Another one is.
        stage.pay(0, mine, 100).await.refused(409, "ledger.stopped");
        stage.charge(0, charged, &code, 100).await.refused(409, "ledger.stopped");
        stage.pay(0, Ids::random(), 100).await.ok();
        stage.reverse(0, paid).await.ok();
        assert_eq!(stage.wallet().await, 9_900);
        assert!(look(&city.app).await.unwrap().report.is_sound());
    }
}
