//! What all of it leaves behind.

use chrono::Duration;
use kernel::both_engines;
use kernel::event::entity as event;
use registry::testing::TestCity;
use sea_orm::EntityTrait;
use serde_json::json;

use super::{ONE_TIME, OWN, by_phone, code_for, count, ready_staff};

both_engines! {
    async fn events_hold_no_personal_data(city: TestCity) {
        let phones = ["13800001234", "13800005678", "13800009999"];
        let client = by_phone(&city, phones[0]).await;
        let code = code_for(&client, phones[1]).await;
        client.post("/api/me/phone", json!({ "phone": phones[1], "code": code })).await.ok();
        client.post("/api/me/data/reveal", json!({ "field": "phone" })).await.ok();
        client.post("/api/sign-out-everywhere", json!({})).await.ok();
        let (_, device, staff) = ready_staff(&city, "officer.li", Some(phones[2])).await;
        staff.get("/api/me/data/download").await.ok();
        staff.post("/api/sign-out", json!({})).await.ok();
        let wrong = json!({ "login": "officer.li", "password": "Wrong-password 1" });
        staff.post("/api/sign-in/password", wrong).await.refused(422, "sign_in.wrong");
        let member = city.member();
        let number = member.post("/api/me/data/reveal", json!({ "field": "id_number" })).await.ok();
        city.clock.advance(Duration::seconds(30));

        let number = number["value"].as_str().unwrap();
        let device_code = device.code(&city);
        let secrets = [number, "officer.li", "示例", &code, &device_code, ONE_TIME, OWN, "Wrong-password"];
        let events = event::Entity::find().all(city.db.read()).await.unwrap();
        assert!(events.len() > 10);
        for row in &events {
            let told = secrets.iter().chain(&phones).find(|secret| row.payload.contains(**secret));
            assert_eq!(told, None, "{} {}", row.kind, row.payload);
        }
        let kinds: std::collections::BTreeSet<_> = events.iter().map(|row| row.kind.as_str()).collect();
        for kind in [
            "account.created",
            "account.signed_in",
            "account.sign_in_begun",
            "account.sign_in_failed",
            "account.password_changed",
            "account.totp_enrolled",
            "account.phone_changed",
            "account.signed_out",
            "account.signed_out_everywhere",
            "personal_data.revealed",
            "personal_data.exported",
        ] {
            assert!(kinds.contains(kind), "{kind} was not recorded");
        }
        assert_eq!(count(&city, "unsealed").await, count(&city, "event").await);
    }

    async fn a_token_from_before_the_sign_in_is_worth_nothing(city: TestCity) {
        let (_, device, client) = ready_staff(&city, "officer", None).await;
        client.post("/api/sign-out", json!({})).await.ok();
        city.clock.advance(Duration::seconds(30));
        client.post("/api/sign-in/password", json!({ "login": "officer", "password": OWN })).await.ok();
        let half = client.token();
        client.post("/api/sign-in/totp", json!({ "code": device.code(&city) })).await.ok();
        assert_ne!(client.token(), half);
        let thief = city.stranger();
        thief.set_token(half.as_deref());
        thief.get("/api/me").await.refused(401, "auth.required");
        city.clock.advance(Duration::seconds(30));
        let body = json!({ "code": device.code(&city) });
        thief.post("/api/sign-in/totp", body).await.refused(401, "auth.required");
    }
}
