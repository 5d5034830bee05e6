//! Four digits: for one shop and one amount, small, short-lived, and no guessing.

use chrono::TimeDelta;
use kernel::id::Ids;
use rewards::testing::RewardsCity;
use serde_json::json;

use super::stage::Stage;

kernel::both_engines! {
    async fn four_digits_are_good_for_one_shop_and_one_amount(city: RewardsCity) {
        let stage = Stage::open(&city, 2, 10_000).await;
        let sign = stage.cashiers[0].post(&stage.path(0, "/sign"), json!({})).await.ok();
        let number = sign["number"].as_str().unwrap().to_owned();
        assert_eq!(stage.cashiers[0].post(&stage.path(0, "/sign"), json!({})).await.ok()["number"], json!(number));
        assert!(sign["qr_svg"].as_str().unwrap().starts_with("<svg") && sign["url"].as_str().unwrap().ends_with(&number));
        let shown = stage.member.get(&format!("/api/pay/shops/{number}")).await.ok();
        assert_eq!(shown["shop_id"], json!(stage.shops[0]));
        stage.member.get("/api/pay/shops/000000").await.refused(404, "not_found");

        let make = |amount: i64| json!({ "shop": number, "amount_cents": amount });
        stage.member.post("/api/pay/short-codes", make(5_001)).await.refused(409, "counter.limit");
        let code = stage.member.post("/api/pay/short-codes", make(800)).await.ok()["code"].as_str().unwrap().to_owned();
        assert_eq!(code.len(), 4);
        stage.charge(1, Ids::random(), &code, 800).await.refused(422, "counter.short_code");
        stage.charge(0, Ids::random(), &code, 801).await.refused(422, "counter.short_code");
        let id = Ids::random();
        for _ in 0..2 {
            assert_eq!(stage.charge(0, id, &code, 800).await.ok()["channel"], "short");
        }
        stage.charge(0, Ids::random(), &code, 800).await.refused(409, "counter.code_used");
        // Another one ends the one before; both end by themselves.
        let second = stage.member.post("/api/pay/short-codes", make(700)).await.ok()["code"].as_str().unwrap().to_owned();
        city.clock.advance(TimeDelta::minutes(6));
        stage.charge(0, Ids::random(), &second, 700).await.refused(422, "counter.short_code");
        assert_eq!(stage.wallet().await, 9_200);
        // Five wrong ones in a shop, and it takes none for a while, not even the right one.
        let third = stage.member.post("/api/pay/short-codes", make(600)).await.ok()["code"].as_str().unwrap().to_owned();
        for _ in 0..6 {
            stage.charge(0, Ids::random(), &third, 1).await;
        }
        stage.charge(0, Ids::random(), &third, 600).await.refused(409, "counter.short_locked");
        stage.agrees(10_000).await;
    }
}
