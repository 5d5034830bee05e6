//! What goes back: in part, in full, later, by rule, and never more than was paid.

use chrono::TimeDelta;
use futures::future::join_all;
use kernel::id::Ids;
use rewards::testing::RewardsCity;
use serde_json::json;

use super::stage::{Stage, cents};

kernel::both_engines! {
    async fn a_payment_goes_back_in_parts_and_never_beyond(city: RewardsCity) {
        let stage = Stage::open(&city, 2, 10_000).await;
        let (payment, phone) = (Ids::random(), stage.phone().await);
        let body = json!({ "id": payment, "code": stage.code(&phone), "points_cents": 3_000, "cash_cents": 500, "reference": "A-1" });
        let told = stage.cashiers[0].post(&stage.path(0, "/charge"), body).await.ok();
        assert_eq!((cents(&told, "cash_cents"), told["reference"].as_str()), (500, Some("A-1")));
        // A part, twice the same.
        let id = Ids::random();
        for _ in 0..2 {
            let told = stage.refund(0, payment, id, 1_000, 200).await.ok();
            assert_eq!((cents(&told, "points_back_cents"), cents(&told, "cash_back_cents")), (1_000, 200));
            assert_eq!(told["refunds"][0]["reason"], "示例退货");
        }
        stage.refund(0, payment, id, 1_001, 200).await.refused(409, "counter.key");
        stage.refund(1, payment, Ids::random(), 1, 0).await.refused(404, "not_found");
        stage.refund(0, payment, Ids::random(), 0, 0).await.refused(422, "counter.amount");
        stage.refund(0, payment, Ids::random(), 0, 301).await.refused(409, "counter.refund_more");
        // What was refunded in part is not reversed any more.
        stage.reverse(0, payment).await.refused(409, "counter.reverse");
        // 32 at once for the rest, which is enough for four of them.
        city.clock.advance(TimeDelta::days(40));
        let answers = join_all((0..32).map(|_| stage.refund(0, payment, Ids::random(), 500, 0))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 4);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            answer.refused(409, "counter.refund_more");
        }
        assert_eq!(stage.wallet().await, 10_000);
        // Cash goes back without the ledger.
        stage.refund(0, payment, Ids::random(), 0, 300).await.ok();
        stage.agrees(10_000).await;
        let day = stage.cashiers[0].get(&stage.path(0, "/payments")).await.ok();
        assert_eq!((cents(&day["refunded"], "points_cents"), cents(&day["refunded"], "cash_cents")), (2_000, 300));
        assert_eq!(cents(&day["paid"], "times"), 0, "that was forty days ago");
    }

    async fn who_may_refund_and_until_when(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 10_000).await;
        let (old, closed) = (Ids::random(), Ids::random());
        stage.pay(0, old, 1_000).await.ok();
        stage.pay(0, closed, 99_999).await.refused(409, "ledger.short");
        stage.refund(0, closed, Ids::random(), 1, 0).await.refused(409, "counter.not_paid");
        let tx = city.system().begin_bulk().await.unwrap();
        tx.execute_sql("UPDATE cashier SET role = 'charge' WHERE role = 'refund'", []).await.unwrap();
        tx.commit(()).await.unwrap();
        stage.refund(0, old, Ids::random(), 1, 0).await.refused(403, "cashier.role");
        // What he charged himself he may reverse, and nothing that others paid.
        stage.reverse(0, old).await.refused(403, "cashier.role");
        let (own, phone) = (Ids::random(), stage.phone().await);
        stage.charge(0, own, &stage.code(&phone), 1_000).await.ok();
        assert_eq!(stage.reverse(0, own).await.ok()["state"], "reversed");
        // A manager of all shops may, also when the shop takes no points any more.
        let tx = city.system().begin_bulk().await.unwrap();
        tx.execute_sql("UPDATE merchant SET state = 'suspended', reason = '示例整顿'", []).await.unwrap();
        tx.commit(()).await.unwrap();
        stage.pay(0, Ids::random(), 1).await.refused(409, "merchant.closed");
        let path = stage.path(0, &format!("/payments/{old}/refund"));
        let body = |cents: i64| json!({ "id": Ids::random(), "points_cents": cents, "reason": "示例退货" });
        stage.manager.post(&path, body(100)).await.ok();
        city.clock.advance(TimeDelta::days(90));
        stage.manager.post(&path, body(100)).await.ok();
        city.clock.advance(TimeDelta::days(1));
        let late = body(100);
        stage.manager.post(&path, late.clone()).await.refused(409, "counter.refund_late");
        // Refused for good.
        stage.set("counter.refund_days", 700).await;
        stage.manager.post(&path, late).await.refused(409, "counter.refund_late");
        // The lot has expired by now: what comes back is good for some days more.
        city.clock.advance(TimeDelta::days(150));
        let told = stage.manager.post(&path, body(100)).await.ok();
        assert_eq!(cents(&told, "points_back_cents"), 300);
        assert_eq!(told["refunds"].as_array().unwrap().len(), 3);
    }

    async fn what_a_dispute_decided_is_refunded_however_late(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 10_000).await;
        let (disputed, other) = (Ids::random(), Ids::random());
        stage.pay(0, disputed, 3_000).await.ok();
        stage.pay(0, other, 1_000).await.ok();
        city.clock.advance(TimeDelta::days(50));
        let open = json!({ "payment_id": disputed, "ground": "amount", "said": "多收了二十元" });
        let dispute = stage.member.post("/api/disputes", open).await.ok()["id"].as_str().unwrap().to_owned();
        city.clock.advance(TimeDelta::days(50));
        stage.refund(0, disputed, Ids::random(), 500, 0).await.refused(409, "counter.refund_late");
        let settle = json!({ "version": 1, "outcome": "refund", "refund_cents": 2_000, "said": "到期没有说明，由门店退款" });
        city.city_officer().post(&format!("/api/disputes/{dispute}/settle"), settle).await.ok();
        stage.refund(0, other, Ids::random(), 1, 0).await.refused(409, "counter.refund_late");
        stage.refund(0, disputed, Ids::random(), 2_001, 0).await.refused(409, "counter.refund_late");
        // Sixteen at once for a quarter of it each: no more than was decided.
        let answers = join_all((0..16).map(|_| stage.refund(0, disputed, Ids::random(), 500, 0))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 4);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            answer.refused(409, "counter.refund_late");
        }
        let seen = stage.member.get(&format!("/api/disputes/{dispute}")).await.ok();
        assert_eq!((&seen["dispute"]["refund"]["done"], cents(&seen["dispute"]["refund"], "done_cents")), (&json!(true), 2_000));
        stage.agrees(10_000).await;
    }
}
