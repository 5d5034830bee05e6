//! Passwords and the second factor.

use chrono::Duration;
use kernel::both_engines;
use kernel::parameter;
use kernel::testing::{Answer, Client};
use registry::account::create_staff;
use registry::person::phone::Phone;
use registry::testing::TestCity;
use serde_json::json;

use super::{Device, ONE_TIME, OWN, count, new_staff, ready_staff, system};

async fn password(client: &Client, login: &str, password: &str) -> Answer {
    client.post("/api/sign-in/password", json!({ "login": login, "password": password })).await
}

async fn totp(client: &Client, code: &str) -> Answer {
    client.post("/api/sign-in/totp", json!({ "code": code })).await
}

fn not(code: &str) -> String {
    super::wrong(code)
}

both_engines! {
    async fn the_whole_way_in(city: TestCity) {
        new_staff(&city, "Officer.Li", None, ONE_TIME).await;
        let client = city.stranger();
        assert_eq!(password(&client, " OFFICER.li", ONE_TIME).await.ok()["next"], "password");
        client.get("/api/me").await.refused(401, "auth.required");
        // Nothing can be skipped.
        totp(&client, "123456").await.refused(401, "auth.required");
        client.post("/api/sign-in/enrol-totp", json!({})).await.refused(401, "auth.required");

        let change = async |text: &str| client.post("/api/sign-in/new-password", json!({ "password": text })).await;
        for (text, code) in [
            ("Ab1-", "password.short"),
            ("onlylowercase", "password.classes"),
            ("P@ssw0rd2026!", "password.common"),
            ("Officer.Li-2026", "password.login"),
            (&"Ab1-".repeat(40), "password.long"),
            (ONE_TIME, "password.same"),
        ] {
            change(text).await.refused(422, code);
        }
        assert_eq!(change(OWN).await.ok()["next"], "enrol_totp");
        change("Camphor-tree 49").await.refused(401, "auth.required");

        let device = Device::enrol(&client).await;
        assert_eq!(Device::enrol(&client).await.code(&city), device.code(&city), "a reload shows the same secret");
        let confirm = async |code: &str| client.post("/api/sign-in/confirm-totp", json!({ "code": code })).await;
        confirm(&not(&device.code(&city))).await.refused(422, "totp.wrong");
        assert_eq!(confirm(&device.code(&city)).await.ok()["next"], "done");
        let me = client.get("/api/me").await.ok();
        assert_eq!((me["login"].as_str(), me["phone_masked"].is_null()), (Some("officer.li"), true));
        assert_eq!(count(&city, "totp_enrolment").await, 0);

        client.post("/api/sign-out", json!({})).await.ok();
        assert_eq!(client.token(), None);
        password(&client, "officer.li", ONE_TIME).await.refused(422, "sign_in.wrong");
        assert_eq!(password(&client, "officer.li", OWN).await.ok()["next"], "totp");
    }

    async fn the_one_time_password_is_good_for_one(city: TestCity) {
        new_staff(&city, "officer", None, ONE_TIME).await;
        let (first, second) = (city.stranger(), city.stranger());
        password(&first, "officer", ONE_TIME).await.ok();
        password(&second, "officer", ONE_TIME).await.ok();
        first.post("/api/sign-in/new-password", json!({ "password": OWN })).await.ok();
        let late = second.post("/api/sign-in/new-password", json!({ "password": "Camphor-tree 49" })).await;
        late.refused(401, "auth.required");
    }

    async fn a_used_code_is_not_good_again(city: TestCity) {
        let (_, device, _) = ready_staff(&city, "officer", None).await;
        let client = city.stranger();
        password(&client, "officer", OWN).await.ok();
        totp(&client, &device.code(&city)).await.refused(422, "totp.used");
        city.clock.advance(Duration::seconds(30));
        let code = device.code(&city);
        assert_eq!(totp(&client, &code).await.ok()["next"], "done");
        let another = city.stranger();
        password(&another, "officer", OWN).await.ok();
        totp(&another, &code).await.refused(422, "totp.used");
        city.clock.advance(Duration::seconds(30));
        totp(&another, &code).await.refused(422, "totp.used");
        totp(&another, &device.code(&city)).await.ok();
    }

    async fn one_code_sent_many_times_signs_in_once(city: TestCity) {
        let (_, device, _) = ready_staff(&city, "officer", None).await;
        city.clock.advance(Duration::seconds(30));
        let mut clients = Vec::new();
        for _ in 0..8 {
            let client = city.stranger();
            password(&client, "officer", OWN).await.ok();
            clients.push(client);
        }
        let mut tasks = tokio::task::JoinSet::new();
        for client in clients {
            let code = device.code(&city);
            tasks.spawn(async move { totp(&client, &code).await });
        }
        let answers = tasks.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        let lost = answers.iter().filter(|answer| answer.status != 200);
        assert!(lost.into_iter().all(|answer| ["totp.used", "system.busy"].contains(&answer.code())));
    }

    async fn a_login_locks_whether_it_exists_or_not(city: TestCity) {
        let (_, device, _) = ready_staff(&city, "officer", None).await;
        let mut answers = Vec::new();
        for login in ["officer", "nobody"] {
            let mut said = Vec::new();
            for _ in 0..7 {
                let answer = password(&city.stranger(), login, "Wrong-password 1").await;
                said.push((answer.status, answer.body));
            }
            answers.push(said);
        }
        assert_eq!(answers[0], answers[1]);
        let codes: Vec<_> = answers[0].iter().map(|(_, body)| body["code"].as_str().unwrap()).collect();
        assert_eq!(codes[..4], ["sign_in.wrong"; 4]);
        assert_eq!(codes[4..], ["sign_in.locked"; 3]);

        let client = city.stranger();
        password(&client, "officer", OWN).await.refused(429, "sign_in.locked");
        let minutes = parameter::get_i64(city.db.read(), parameter::name::LOCK_MINUTES, "", city.clock.today());
        let minutes = minutes.await.unwrap();
        city.clock.advance(Duration::minutes(minutes));
        password(&client, "nobody", OWN).await.refused(422, "sign_in.wrong");
        assert_eq!(password(&client, "officer", OWN).await.ok()["next"], "totp");
        totp(&client, &device.code(&city)).await.ok();
        assert_eq!(count(&city, "account WHERE failures > 0 OR locked_until IS NOT NULL").await, 0);
    }

    async fn how_many_failures_lock_is_a_parameter(city: TestCity) {
        new_staff(&city, "officer", None, ONE_TIME).await;
        let tx = system(&city).begin().await.unwrap();
        let from = city.clock.today() + chrono::Days::new(1);
        let lock_tries = parameter::KERNEL.iter().find(|one| one.name == parameter::name::LOCK_TRIES).unwrap();
        let new = parameter::New { division_code: "", value: "3", from, source: "示例会议纪要" };
        parameter::set(&tx, lock_tries, new).await.unwrap();
        tx.commit(()).await.unwrap();
        let guess = async || password(&city.stranger(), "officer", "Wrong-password 1").await;
        for _ in 0..3 {
            guess().await.refused(422, "sign_in.wrong");
        }
        city.clock.advance(Duration::days(1));
        guess().await.refused(429, "sign_in.locked");
    }

    async fn a_known_password_does_not_open_the_second_factor_to_guessing(city: TestCity) {
        let (_, device, _) = ready_staff(&city, "officer", None).await;
        city.clock.advance(Duration::seconds(30));
        let client = city.stranger();
        for _ in 0..4 {
            password(&client, "officer", OWN).await.ok();
            totp(&client, &not(&device.code(&city))).await.refused(422, "totp.wrong");
        }
        password(&client, "officer", OWN).await.ok();
        totp(&client, &not(&device.code(&city))).await.refused(429, "sign_in.locked");
        totp(&client, &device.code(&city)).await.refused(429, "sign_in.locked");
        password(&client, "officer", OWN).await.refused(429, "sign_in.locked");
    }

    async fn of_many_guesses_sent_at_once_only_a_few_count(city: TestCity) {
        new_staff(&city, "officer", None, ONE_TIME).await;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..12 {
            let client = city.stranger();
            tasks.spawn(async move { password(&client, "officer", &format!("Wrong-password {number}")).await });
        }
        let answers = tasks.join_all().await;
        let wrong = answers.iter().filter(|answer| answer.code() == "sign_in.wrong").count();
        assert!(wrong <= 4, "{wrong} guesses were judged");
        let said = ["sign_in.wrong", "sign_in.locked", "system.busy"];
        assert!(answers.iter().all(|answer| said.contains(&answer.code())));
        assert!(count(&city, "account WHERE failures > 5").await == 0);
    }

    async fn a_disabled_account_says_so_after_the_right_password(city: TestCity) {
        let id = new_staff(&city, "officer", None, ONE_TIME).await;
        let (sql, now) = ("UPDATE account SET disabled_at = $2 WHERE id = $1", city.clock.now());
        super::execute(&city, sql, [id.into(), now.into()]).await;
        password(&city.stranger(), "officer", "Wrong-password 1").await.refused(422, "sign_in.wrong");
        password(&city.stranger(), "officer", ONE_TIME).await.refused(403, "account.disabled");
    }

    async fn hostile_logins_and_passwords_are_only_wrong(city: TestCity) {
        let long = "A1-".repeat(4_000);
        for text in ["", "' OR 1=1 --", "=cmd()", "<script>", "\u{202e}admin", "😀", &long] {
            password(&city.stranger(), text, text).await.refused(422, "sign_in.wrong");
        }
        password(&city.stranger(), "a\u{0}b", "x").await.refused(422, "input.characters");
        // A member's account has no password at all.
        super::by_phone(&city, "13800001234").await;
        password(&city.stranger(), "13800001234", "").await.refused(422, "sign_in.wrong");
    }

    async fn a_login_and_a_phone_are_given_once(city: TestCity) {
        let phone = Phone::parse("13800001234").unwrap();
        new_staff(&city, "officer", Some(phone.as_str()), ONE_TIME).await;
        let cases = [
            ("Officer", None, "示例", "login.taken"),
            ("other", Some(&phone), "示例", "phone.taken"),
            ("李主席", None, "示例", "login.format"),
            ("other", None, "=示例", "name.characters"),
        ];
        for (login, phone, name, code) in cases {
            let tx = system(&city).begin().await.unwrap();
            let refused = create_staff(&tx, login, name, phone, ONE_TIME).await.unwrap_err();
            assert_eq!(refused.refusal().unwrap().code, code);
        }
    }
}
