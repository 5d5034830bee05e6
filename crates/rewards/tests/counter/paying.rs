//! Codes are used once, charges made once, and nobody spends what she has not.

use chrono::{Days, TimeDelta};
use futures::future::join_all;
use kernel::id::Ids;
use kernel::testing::long;
use kernel::time::Day;
use rewards::counter::parameters::PERSON_DAY_TIMES;
use rewards::testing::RewardsCity;
use serde_json::json;

use super::stage::{Stage, cents};

kernel::both_engines! {
    async fn a_code_is_used_once_in_32_shops_at_once(city: RewardsCity) {
        let stage = Stage::open(&city, 32, 100_000).await;
        let phone = stage.phone().await;
        let code = stage.code(&phone);
        let asked = (0..32).map(|shop| stage.charge(shop, Ids::random(), &code, 100));
        let answers = join_all(asked).await;
        let paid = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(paid, 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            answer.refused(409, "counter.code_used");
        }
        assert_eq!(stage.wallet().await, 99_900);
        assert_eq!(stage.count("payment WHERE state = 'closed'").await, 31);
        stage.agrees(100_000).await;
        // The next one is another one.
        let code = stage.next_code(&phone);
        stage.charge(0, Ids::random(), &code, 100).await.ok();
    }

    async fn the_same_charge_twenty_times_is_one_payment(city: RewardsCity) {
        let stage = Stage::open(&city, 2, 10_000).await;
        let phone = stage.phone().await;
        let (id, code) = (Ids::random(), stage.code(&phone));
        let answers = join_all((0..20).map(|_| stage.charge(0, id, &code, 1_234))).await;
        for answer in answers {
            let told = answer.ok();
            assert_eq!((told["state"].as_str(), cents(&told, "points_cents")), (Some("paid"), 1_234));
        }
        assert_eq!(stage.wallet().await, 8_766);
        // Asked again when the code is long over, from the same till: answered as before.
        city.clock.advance(TimeDelta::minutes(20));
        assert_eq!(stage.charge(0, id, &code, 1_234).await.ok()["id"], json!(id));
        // The id with another amount, and at another shop.
        stage.charge(0, id, &code, 1_235).await.refused(409, "counter.key");
        stage.charge(1, id, &code, 1_234).await.refused(409, "counter.key");
        // Both see the receipt, nobody else does, and the shop is not told who paid.
        let path = format!("/api/payments/{id}");
        let mine = stage.member.get(&path).await.ok();
        let shown = stage.cashiers[0].get(&stage.path(0, &format!("/payments/{id}"))).await.ok();
        assert_eq!(mine, shown);
        assert!(!shown.to_string().contains(&stage.person.to_string()));
        city.chair().get(&path).await.refused(404, "not_found");
        stage.cashiers[1].get(&stage.path(1, &format!("/payments/{id}"))).await.refused(404, "not_found");
        city.member().post(&stage.path(0, "/charge"), json!({ "id": Ids::random(), "code": code, "points_cents": 1 }))
            .await.refused(404, "not_found");
    }

    async fn an_old_code_and_a_lost_phone_pay_nothing(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 10_000).await;
        let phone = stage.phone().await;
        let code = stage.code(&phone);
        city.clock.advance(TimeDelta::seconds(61));
        stage.charge(0, Ids::random(), &code, 100).await.refused(422, "counter.code_late");
        for odd in ["", "12345", "281234567812345678", "https://example.com"] {
            stage.charge(0, Ids::random(), odd, 100).await.refused(422, "counter.code");
        }
        let wrong = format!("66{}{:08}", phone.number, 1);
        stage.charge(0, Ids::random(), &wrong, 100).await.refused(422, "counter.code");
        let code = stage.code(&phone);
        stage.charge(0, Ids::random(), &code, 0).await.refused(422, "counter.amount");
        stage.charge(0, Ids::random(), &code, 10_001).await.refused(409, "ledger.short");
        let code = stage.next_code(&phone);
        stage.charge(0, Ids::random(), &code, 100).await.ok();
        // Lost: revoked by its owner, and its secret is gone.
        let revoke = json!({ "device_id": phone.device });
        city.chair().post("/api/pay/devices/revoke", revoke.clone()).await.refused(404, "not_found");
        stage.member.post("/api/pay/devices/revoke", revoke).await.ok();
        let code = stage.next_code(&phone);
        stage.charge(0, Ids::random(), &code, 100).await.refused(422, "counter.code");
        assert_eq!(stage.count("pay_device WHERE secret_sealed IS NOT NULL").await, 0);
        // Twenty wrong codes are no typing errors.
        for _ in 0..18 {
            stage.charge(0, Ids::random(), &wrong, 100).await.refused(422, "counter.code");
        }
        stage.charge(0, Ids::random(), &wrong, 100).await.refused(409, "counter.code_locked");
        let fresh = stage.phone().await;
        let code = stage.code(&fresh);
        stage.charge(0, Ids::random(), &code, 100).await.refused(409, "counter.code_locked");
        city.clock.advance(TimeDelta::minutes(10));
        let code = stage.code(&fresh);
        stage.charge(0, Ids::random(), &code, 100).await.ok();
        assert_eq!(stage.count("idempotency").await, 0, "a secret is kept with the answer that told it");
    }

    async fn a_contract_takes_points_from_its_first_day_to_its_last(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 10_000).await;
        let (today, phone) = (city.clock.today(), stage.phone().await);
        let contract = async |from: Day, to: Day| {
            let tx = city.system().begin_bulk().await.unwrap();
            let sql = "UPDATE merchant SET contract_from = $1, contract_to = $2";
            assert_eq!(tx.execute_sql(sql, [from.into(), to.into()]).await.unwrap(), 1);
            tx.commit(()).await.unwrap();
        };
        contract(today + Days::new(1), today + Days::new(2)).await;
        stage.pay(0, Ids::random(), 100).await.refused(409, "merchant.closed");
        city.clock.advance(TimeDelta::days(1));
        let last = Ids::random();
        stage.pay(0, last, 100).await.ok();
        city.clock.advance(TimeDelta::days(1));
        stage.pay(0, Ids::random(), 100).await.refused(409, "merchant.closed");
        stage.charge(0, Ids::random(), &stage.code(&phone), 100).await.refused(409, "merchant.closed");
        // What was paid may still go back.
        stage.refund(0, last, Ids::random(), 40, 0).await.ok();
        stage.agrees(10_000).await;
    }

    async fn many_pay_from_one_wallet_and_just_those_whom_it_can_afford(city: RewardsCity) {
        let (many, afforded) = if long() { (1_000, 400) } else { (150, 60) };
        let stage = Stage::open(&city, 2, afforded * 100).await;
        stage.set(PERSON_DAY_TIMES, 10_000).await;
        let answers = join_all((0..many).map(|at| stage.pay(at % 2, Ids::random(), 100))).await;
        let paid = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(paid as i64, afforded);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            answer.refused(409, "ledger.short");
        }
        assert_eq!(stage.wallet().await, 0);
        stage.agrees(afforded * 100).await;
    }
}
