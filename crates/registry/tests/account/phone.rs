//! Codes by SMS.

use chrono::Duration;
use kernel::both_engines;
use registry::testing::TestCity;
use serde_json::json;

use super::{by_phone, code_for, count, execute, in_earnest, new_staff, number, ready_staff, wrong};

const PHONE: &str = "13800001234";
const PATH: &str = "/api/sign-in/phone";

both_engines! {
    async fn a_new_phone_becomes_an_account_and_stays_one(city: TestCity) {
        let client = city.stranger();
        client.get("/api/me").await.refused(401, "auth.required");
        let code = code_for(&client, " 138 0000-1234 ").await;
        client.get("/api/me").await.refused(401, "auth.required");
        let signed = client.post(PATH, json!({ "phone": "+86 13800001234", "code": code })).await.ok();
        assert_eq!(signed["next"], "done");
        let me = client.get("/api/me").await.ok();
        assert_eq!(me["account_id"], signed["account_id"]);
        assert_eq!((me["phone_masked"].as_str(), me["person"].is_null()), (Some("138****1234"), true));
        assert_eq!((me["roles"].as_array().unwrap().len(), me["permissions"].as_array().unwrap().len()), (0, 0));
        city.clock.advance(Duration::seconds(60));
        let again = by_phone(&city, PHONE).await.get("/api/me").await.ok();
        assert_eq!(again["account_id"], signed["account_id"]);
    }

    async fn known_and_unknown_phones_get_the_same_answer(city: TestCity) {
        by_phone(&city, PHONE).await;
        city.clock.advance(Duration::seconds(60));
        let mut answers = Vec::new();
        for phone in [PHONE, "13800005678"] {
            let mut answer = city.stranger().post("/api/sign-in/code", json!({ "phone": phone })).await.ok();
            assert_eq!(answer["demo_code"].as_str().unwrap().len(), 6);
            answer["demo_code"].take();
            answers.push(answer);
        }
        assert_eq!(answers[0], answers[1]);
        let sent = in_earnest(&city).await.post("/api/sign-in/code", json!({ "phone": "13800009999" })).await.ok();
        assert!(sent.get("demo_code").is_none(), "only a demo shows the code");
    }

    async fn what_is_no_phone_is_refused(city: TestCity) {
        for phone in ["", "123", "12351", "=13800001234", "1380000\u{202e}1234", &"1".repeat(10_000)] {
            city.stranger().post("/api/sign-in/code", json!({ "phone": phone })).await.refused(422, "phone.format");
            let body = json!({ "phone": phone, "code": "123456" });
            city.stranger().post(PATH, body).await.refused(422, "phone.format");
        }
        assert_eq!(count(&city, "sign_in_code").await, 0);
        assert_eq!(count(&city, "sms").await, 0);
    }

    async fn a_pause_between_codes_and_so_many_a_day(city: TestCity) {
        let client = city.stranger();
        let body = json!({ "phone": PHONE });
        let first = client.post("/api/sign-in/code", body.clone()).await.ok();
        let pause = Duration::seconds(first["resend_after_seconds"].as_i64().unwrap());
        client.post("/api/sign-in/code", body.clone()).await.refused(429, "code.wait");
        let mut sent = 1;
        loop {
            city.clock.advance(pause);
            let answer = client.post("/api/sign-in/code", body.clone()).await;
            if answer.status != 200 {
                answer.refused(429, "code.daily");
                break;
            }
            sent += 1;
            assert!(sent < 100, "there is no daily cap");
        }
        assert_eq!(count(&city, "sms").await, sent);
        city.stranger().post("/api/sign-in/code", json!({ "phone": "13800005678" })).await.ok();
        city.clock.advance(Duration::days(1));
        client.post("/api/sign-in/code", body).await.ok();
    }

    async fn wrong_tries_burn_the_code(city: TestCity) {
        let accounts = count(&city, "account").await;
        let client = city.stranger();
        let code = code_for(&client, PHONE).await;
        let try_code = async |code: &str| client.post(PATH, json!({ "phone": PHONE, "code": code })).await;
        for _ in 0..4 {
            try_code(&wrong(&code)).await.refused(422, "code.wrong");
        }
        try_code(&wrong(&code)).await.refused(422, "code.burned");
        try_code(&code).await.refused(422, "code.burned");
        assert_eq!(count(&city, "account").await, accounts);
        city.clock.advance(Duration::seconds(60));
        let fresh = code_for(&client, PHONE).await;
        assert_eq!(try_code(&fresh).await.ok()["next"], "done");
    }

    async fn a_code_is_good_once_for_its_phone_and_its_minutes(city: TestCity) {
        let client = city.stranger();
        let code = code_for(&client, PHONE).await;
        let other = json!({ "phone": "13800005678", "code": code });
        client.post(PATH, other).await.refused(422, "code.expired");
        let body = json!({ "phone": PHONE, "code": code });
        client.post(PATH, body.clone()).await.ok();
        client.post(PATH, body).await.refused(422, "code.expired");
        city.clock.advance(Duration::seconds(60));
        let sent = client.post("/api/sign-in/code", json!({ "phone": PHONE })).await.ok();
        city.clock.advance(Duration::seconds(sent["expires_in_seconds"].as_i64().unwrap()));
        let late = json!({ "phone": PHONE, "code": sent["demo_code"] });
        client.post(PATH, late).await.refused(422, "code.expired");
    }

    async fn twenty_at_once_make_one_account_and_one_session(city: TestCity) {
        let code = code_for(&city.stranger(), PHONE).await;
        let (accounts, sessions) = (count(&city, "account").await, count(&city, "session").await);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (client, body) = (city.stranger(), json!({ "phone": PHONE, "code": code }));
            tasks.spawn(async move {
                let answer = client.post(PATH, body).await;
                (answer, client)
            });
        }
        let mut won = Vec::new();
        for (answer, client) in tasks.join_all().await {
            if answer.status == 200 {
                won.push(client);
                continue;
            }
            assert!(["code.expired", "system.busy"].contains(&answer.code()), "{}", answer.body);
            assert_eq!(client.token(), None, "who lost gets no cookie");
        }
        assert_eq!(won.len(), 1);
        won[0].get("/api/me").await.ok();
        assert_eq!(count(&city, "account").await, accounts + 1);
        assert_eq!(count(&city, "session").await, sessions + 1);
    }

    async fn a_disabled_account_is_told_so_only_to_its_holder(city: TestCity) {
        let client = by_phone(&city, PHONE).await;
        let id: kernel::Id = client.get("/api/me").await.ok()["account_id"].as_str().unwrap().parse().unwrap();
        let now = city.clock.now();
        execute(&city, "UPDATE account SET disabled_at = $2 WHERE id = $1", [id.into(), now.into()]).await;
        city.clock.advance(Duration::seconds(60));
        let code = code_for(&city.stranger(), PHONE).await;
        let body = json!({ "phone": PHONE, "code": wrong(&code) });
        city.stranger().post(PATH, body).await.refused(422, "code.wrong");
        let answer = city.stranger().post(PATH, json!({ "phone": PHONE, "code": code })).await;
        answer.refused(403, "account.disabled");
        assert!(answer.body["detail"].as_str().unwrap().contains("12351"));
    }

    async fn for_staff_the_code_stands_in_for_the_password_alone(city: TestCity) {
        new_staff(&city, "fresh", Some(PHONE), super::ONE_TIME).await;
        let code = code_for(&city.stranger(), PHONE).await;
        let body = json!({ "phone": PHONE, "code": code });
        city.stranger().post(PATH, body).await.refused(409, "sign_in.staff");

        let phone = "13800005678";
        let (_, device, _) = ready_staff(&city, "ready", Some(phone)).await;
        city.clock.advance(Duration::seconds(60));
        let client = city.stranger();
        let code = code_for(&client, phone).await;
        let signed = client.post(PATH, json!({ "phone": phone, "code": code })).await.ok();
        assert_eq!(signed["next"], "totp");
        client.get("/api/me").await.refused(401, "auth.required");
        client.post("/api/sign-in/totp", json!({ "code": device.code(&city) })).await.ok();
        assert_eq!(client.get("/api/me").await.ok()["login"], "ready");
    }

    async fn the_outbox_holds_nothing_in_clear(city: TestCity) {
        let code = code_for(&city.stranger(), PHONE).await;
        let sql = "SELECT CAST(count(*) AS bigint) AS n FROM sms WHERE phone_sealed = $1 OR text_sealed = $2";
        assert_eq!(number(&city, sql, [PHONE.as_bytes().to_vec().into(), code.as_bytes().to_vec().into()]).await, 0);
        let sql = "SELECT CAST(count(*) AS bigint) AS n FROM sign_in_code WHERE code_hash = $1 OR phone_digest = $2";
        let sm3 = |text: &str| kernel::crypto::digest::sm3(text.as_bytes()).to_vec();
        assert_eq!(number(&city, sql, [sm3(&code).into(), sm3(PHONE).into()]).await, 0);
    }
}
