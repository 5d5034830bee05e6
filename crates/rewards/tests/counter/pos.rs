//! Tills of chains: signed, heard once, for their own shop.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use kernel::id::Ids;
use kernel::testing::Answer;
use rewards::counter::pos;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{Stage, cents};

/// What a till holds.
struct Till {
    number: String,
    key: Vec<u8>,
}

impl Till {
    async fn added(stage: &Stage<'_>, shop: usize, refunds: bool) -> (String, Self) {
        let body = json!({ "label": "1 号台", "refunds": refunds });
        stage.cashiers[shop].post(&stage.path(shop, "/tills"), body.clone()).await.refused(403, "cashier.role");
        let told = stage.manager.post(&stage.path(shop, "/tills"), body).await.ok();
        let key = STANDARD.decode(told["key"].as_str().unwrap()).unwrap();
        (told["id"].as_str().unwrap().to_owned(), Self { number: told["number"].as_str().unwrap().to_owned(), key })
    }

    fn call(&self, city: &RewardsCity, action: &str, body: &Value) -> Value {
        self.call_at(city.clock.now().timestamp(), action, body)
    }

    fn call_at(&self, time: i64, action: &str, body: &Value) -> Value {
        let (nonce, body) = (Ids::random().simple().to_string(), body.to_string());
        let message = pos::message(action, &self.number, time, &nonce, &body);
        let signature = pos::signature(&self.key, &message).unwrap();
        json!({ "till": self.number, "time": time, "nonce": nonce, "body": body, "signature": signature })
    }

    async fn ask(&self, city: &RewardsCity, action: &str, body: Value) -> Answer {
        city.client().post(&format!("/api/pos/{action}"), self.call(city, action, &body)).await
    }
}

async fn daily(city: &RewardsCity, till: &Till) -> String {
    let call = till.call(city, "daily", &json!({ "day": city.clock.today() }));
    let text = |name: &str| call[name].as_str().map_or_else(|| call[name].to_string(), str::to_owned);
    let names = ["till", "time", "nonce", "body", "signature"];
    let query: Vec<String> = names.iter().map(|name| format!("{name}={}", escaped(&text(name)))).collect();
    let answer = city.client().get(&format!("/api/pos/daily?{}", query.join("&"))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body.as_str().unwrap().to_owned()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

kernel::both_engines! {
    async fn a_till_charges_asks_and_gives_back(city: RewardsCity) {
        let stage = Stage::open(&city, 2, 10_000).await;
        let (id, till) = Till::added(&stage, 0, true).await;
        let (_, plain) = Till::added(&stage, 1, false).await;
        let phone = stage.phone().await;
        let (payment, code) = (Ids::random(), stage.code(&phone));
        let which = json!({ "id": payment });
        assert_eq!(till.ask(&city, "query", which.clone()).await.ok()["state"], "unknown");
        let body = json!({ "id": payment, "code": code, "points_cents": 1_500, "cash_cents": 20, "reference": "小票 7" });
        let told = till.ask(&city, "charge", body.clone()).await.ok();
        assert_eq!((told["state"].as_str(), cents(&told["receipt"], "points_cents")), (Some("paid"), 1_500));
        // The same charge under another nonce is the same payment.
        city.clock.advance(TimeDelta::minutes(3));
        assert_eq!(till.ask(&city, "charge", body).await.ok(), told);
        assert_eq!(till.ask(&city, "query", which.clone()).await.ok(), told);
        assert_eq!(plain.ask(&city, "query", which.clone()).await.ok()["state"], "unknown");
        plain.ask(&city, "reverse", which.clone()).await.refused(404, "not_found");
        let back = json!({ "id": Ids::random(), "payment_id": payment, "points_cents": 500, "reason": "示例退货" });
        plain.ask(&city, "refund", back.clone()).await.refused(403, "pos.refund");
        till.ask(&city, "refund", back).await.ok();
        till.ask(&city, "reverse", which).await.refused(409, "counter.reverse");
        // What never arrived is given up.
        let lost = json!({ "id": Ids::random() });
        assert_eq!(till.ask(&city, "reverse", lost.clone()).await.ok()["state"], "reversed");
        let late = json!({ "id": lost["id"], "code": stage.next_code(&phone), "points_cents": 1 });
        till.ask(&city, "charge", late).await.refused(409, "counter.reversed");
        let file = daily(&city, &till).await;
        let lines: Vec<&str> = file.lines().collect();
        assert_eq!(lines.len(), 4, "{file}");
        assert!(lines[1].contains(",paid,") && lines[1].contains(",1500,20,\"小票 7\",") && lines[2].contains(",-500,0,"));
        assert!(lines[3].starts_with("sum,2,,,1000,20,,,"));
        assert_eq!(daily(&city, &till).await, file);
        stage.agrees(10_000).await;
        // Revoked: its key is gone, and with it its word.
        stage.manager.post(&stage.path(0, &format!("/tills/{id}/revoke")), json!({})).await.ok();
        till.ask(&city, "query", json!({ "id": payment })).await.refused(401, "pos.signature");
        assert_eq!(stage.count("till WHERE key_sealed IS NOT NULL").await, 1);
        let listed = stage.manager.get(&stage.path(0, "/tills")).await.ok();
        assert!(listed["items"][0]["revoked_at"].is_string() && !listed.to_string().contains("key"));
    }

    async fn what_is_not_signed_or_said_twice_does_nothing(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 10_000).await;
        let (_, till) = Till::added(&stage, 0, true).await;
        let phone = stage.phone().await;
        let body = json!({ "id": Ids::random(), "code": stage.code(&phone), "points_cents": 100 });
        let call = till.call(&city, "charge", &body);
        let client = city.client();
        for (field, other) in [
            ("signature", json!("00".repeat(32))),
            ("body", json!(body.to_string().replace("100", "1000"))),
            ("time", json!(city.clock.now().timestamp() + 1)),
            ("nonce", json!("0123456789abcdef")),
            ("till", json!("0000000000")),
        ] {
            let mut changed = call.clone();
            changed[field] = other;
            client.post("/api/pos/charge", changed).await.refused(401, "pos.signature");
        }
        // Signed for something else.
        client.post("/api/pos/refund", call.clone()).await.refused(401, "pos.signature");
        let old = till.call_at(city.clock.now().timestamp() - 301, "charge", &body);
        client.post("/api/pos/charge", old).await.refused(401, "pos.time");
        assert_eq!(stage.count("payment").await, 0);
        // Heard once, however often it is said at the same moment.
        let said = futures::future::join_all((0..16).map(|_| client.post("/api/pos/charge", call.clone()))).await;
        assert_eq!(said.iter().filter(|answer| answer.status == 200).count(), 1);
        for answer in said.iter().filter(|answer| answer.status != 200) {
            answer.refused(409, "pos.replay");
        }
        city.clock.advance(TimeDelta::minutes(4));
        client.post("/api/pos/charge", call).await.refused(409, "pos.replay");
        assert_eq!(stage.wallet().await, 9_900);
    }
}
