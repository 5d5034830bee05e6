//! One's own page: sessions, data, messages, phone.

use chrono::Duration;
use kernel::both_engines;
use kernel::notice;
use kernel::testing::Client;
use registry::account::attach_person;
use registry::testing::TestCity;
use serde_json::{Value, json};

use super::{by_phone, code_for, count, execute, in_earnest, number, ready_staff};

async fn wait_until_seen(city: &TestCity, minutes: i64) {
    let since = city.clock.now() - Duration::minutes(minutes);
    let sql = "SELECT CAST(count(*) AS bigint) AS n FROM session WHERE last_seen_at > $1";
    for _ in 0..400 {
        if number(city, sql, [since.into()]).await > 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("the session was not touched");
}

async fn phone_of(client: &Client) -> Value {
    client.get("/api/me").await.ok()["phone_masked"].clone()
}

both_engines! {
    async fn me_as_a_chair_and_as_a_stranger(city: TestCity) {
        let me = city.chair().get("/api/me").await.ok();
        assert_eq!(me["person"]["id"], TestCity::person_of("chair").to_string());
        assert_eq!(me["person"]["synthetic"], true);
        assert_eq!(me["membership"]["organization_name"], "示例制造有限公司工会");
        assert_eq!((me["membership"]["state"].as_str(), me["membership"]["joined_on"].as_str()), (Some("active"), Some("2021-07-01")));
        assert_eq!(me["roles"][0]["label"], "工会主席");
        assert_eq!(me["roles"][0]["node_name"], "示例制造有限公司工会");
        let permissions: Vec<_> = me["permissions"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert!(permissions.is_sorted() && permissions.contains(&"member.read"));
        assert_eq!((me["unread"].as_i64(), me["todo"].as_i64(), me["demo"].as_bool()), (Some(0), Some(0), Some(true)));
        for path in ["/api/me", "/api/me/sessions", "/api/me/data", "/api/me/data/download", "/api/notices"] {
            city.stranger().get(path).await.refused(401, "auth.required");
        }
        for path in ["/api/sign-out-everywhere", "/api/me/data/reveal", "/api/me/phone", "/api/notices/read-all"] {
            city.stranger().post(path, json!({})).await.refused(401, "auth.required");
        }
        city.stranger().post("/api/sign-out", json!({})).await.ok();
    }

    async fn todo_counts_what_waits_for_oneself(city: TestCity) {
        for (kind, node, permission) in [
            ("application", TestCity::UNION, "application.decide"),
            ("application", TestCity::OTHER_UNION, "application.decide"),
            ("founding", TestCity::TOWN, "organization.approve"),
        ] {
            let sql = "INSERT INTO approval (id, kind, subject_id, state, stage, stages, node_id, permission, opened_at, due_on,
                due_derivation, version) VALUES ($1, $2, $3, 'open', 1, 1, $4, $5, $6, $7, '[]', 1)";
            let (id, due) = (city.app.ids.next(), city.clock.today() + chrono::Days::new(5));
            let now = city.clock.now();
            let values = [id.into(), kind.into(), id.into(), node.into(), permission.into(), now.into(), due.into()];
            execute(&city, sql, values).await;
        }
        let todo = async |client: Client| client.get("/api/me").await.ok()["todo"].as_i64().unwrap();
        assert_eq!(todo(city.chair()).await, 1);
        assert_eq!(todo(city.town_officer()).await, 1, "what waits at the union is not the town's while it is in time");
        assert_eq!(todo(city.member()).await, 0);
        city.clock.advance(Duration::days(6));
        assert_eq!(todo(city.town_officer()).await, 2, "overdue below, it is");
        assert_eq!(todo(city.county_officer()).await, 1, "a county officer decides on foundings only");
        assert_eq!(todo(city.other_county_officer()).await, 0);
    }

    async fn signing_out_everywhere_ends_the_others_too(city: TestCity) {
        let first = by_phone(&city, "13800001234").await;
        city.clock.advance(Duration::seconds(60));
        let second = by_phone(&city, "13800001234").await;
        let stranger = by_phone(&city, "13800005678").await;
        let items = second.get("/api/me/sessions").await.ok()["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), 2);
        assert_eq!((items[0]["current"].as_bool(), items[1]["current"].as_bool()), (Some(true), Some(false)));
        assert_eq!(second.post("/api/sign-out-everywhere", json!({})).await.ok()["ended"], 2);
        assert_eq!(second.token(), None);
        first.get("/api/me").await.refused(401, "auth.required");
        stranger.get("/api/me").await.ok();
    }

    async fn a_session_ends_when_idle_and_in_any_case(city: TestCity) {
        let (_, _, client) = ready_staff(&city, "officer", None).await;
        let idle = client.get("/api/me").await.ok()["idle_minutes"].as_i64().unwrap();
        city.clock.advance(Duration::minutes(idle - 1));
        client.get("/api/me").await.ok();
        wait_until_seen(&city, 1).await;
        city.clock.advance(Duration::minutes(idle));
        client.get("/api/me").await.refused(401, "auth.required");

        let client = by_phone(&city, "13800001234").await;
        let sql = "SELECT CAST(max(idle_minutes) AS bigint) AS n FROM session WHERE device = ''";
        let idle = number(&city, sql, []).await;
        let mut minutes = 0;
        loop {
            city.clock.advance(Duration::minutes(idle - 1));
            minutes += idle - 1;
            let answer = client.get("/api/me").await;
            if answer.status != 200 {
                answer.refused(401, "auth.required");
                break;
            }
            wait_until_seen(&city, 1).await;
            assert!(minutes < 525_600, "a session never ends");
        }
        assert!(minutes > idle, "it was used all the time");
    }

    async fn what_is_held_is_shown_masked_and_every_look_is_told(city: TestCity) {
        let member = city.member();
        let data = member.get("/api/me/data").await.ok();
        let item = |label: &str| {
            let items = data["items"].as_array().unwrap().clone();
            items.into_iter().find(|item| item["label"] == label).unwrap()
        };
        assert_eq!(item("姓名")["value"], "黄示例");
        assert_eq!((item("手机号")["value"].as_str(), item("手机号")["reveal_field"].as_str()), (Some("199****0003"), Some("phone")));
        assert!(item("证件号码")["value"].as_str().unwrap().contains("****"));
        assert_eq!(item("所在工会")["value"], "示例制造有限公司工会");
        assert_eq!(data["readers"]["items"], json!([]));

        let shown = member.post_once("/api/me/data/reveal", "key", json!({ "field": "id_number" })).await.ok();
        let number_text = shown["value"].as_str().unwrap();
        assert_eq!(number_text.len(), 18);
        let kept = format!("idempotency WHERE answer LIKE '%{number_text}%'");
        assert_eq!(count(&city, &kept).await, 0, "the number is not kept with the submit");
        city.rider().post("/api/me/data/reveal", json!({ "field": "id_number" })).await.refused(404, "value.none");
        member.post("/api/me/data/reveal", json!({ "field": "name" })).await.refused(400, "input.invalid");

        let membership = member.get("/api/me").await.ok()["membership"]["id"].as_str().unwrap().to_owned();
        let look = json!({ "field": "phone", "reason": "核对入会资料" });
        city.chair().post(&format!("/api/members/{membership}/reveal"), look).await.ok();
        let readers = member.get("/api/me/data").await.ok()["readers"]["items"].clone();
        let told = |index: usize| ["by_role", "reason", "field"].map(|key| readers[index][key].as_str().unwrap().to_owned());
        assert_eq!(told(0), ["工会主席", "核对入会资料", "手机号"]);
        assert_eq!(told(1), ["本人", "本人查看", "证件号码"]);

        let package = member.get("/api/me/data/download").await.ok();
        assert!(package["items"].as_array().unwrap().iter().any(|item| item["value"] == number_text));
        assert_eq!(package["memberships"][0]["organization_name"], "示例制造有限公司工会");
        assert_eq!(count(&city, "event WHERE kind = 'personal_data.exported'").await, 1);
    }

    async fn a_phone_is_changed_by_who_holds_the_new_one(city: TestCity) {
        let (old, new) = ("13800001234", "13800005678");
        let client = by_phone(&city, old).await;
        let change = async |phone: &str, code: &str| client.post("/api/me/phone", json!({ "phone": phone, "code": code })).await;
        let code = code_for(&client, new).await;
        change(new, &super::wrong(&code)).await.refused(422, "code.wrong");
        let before = count(&city, "sms").await;
        change(new, &code).await.ok();
        assert_eq!(phone_of(&client).await, "138****5678");
        assert_eq!(count(&city, "sms").await, before + 2, "both phones are told");
        assert_eq!(client.get("/api/notices").await.ok()["items"][0]["kind"], "account.phone_changed");

        by_phone(&city, "13800009999").await;
        city.clock.advance(Duration::seconds(60));
        let code = code_for(&client, "13800009999").await;
        let taken = change("13800009999", &code).await;
        taken.refused(409, "phone.taken");
        assert!(taken.body["detail"].as_str().unwrap().contains("12351"));
        assert_eq!(phone_of(&client).await, "138****5678");

        let member = city.member();
        let code = code_for(&member, old).await;
        member.post("/api/me/phone", json!({ "phone": old, "code": code })).await.ok();
        let shown = member.post("/api/me/data/reveal", json!({ "field": "phone" })).await.ok();
        assert_eq!(shown["value"], old);
        let sql = "SELECT CAST(count(*) AS bigint) AS n FROM person_index WHERE person_id = $1 AND kind = 'phone'";
        assert_eq!(number(&city, sql, [TestCity::person_of("member").into()]).await, 1);
    }

    async fn messages_are_read_by_their_owner(city: TestCity) {
        let account = TestCity::account_of("rider");
        let tx = city.system().begin().await.unwrap();
        for _ in 0..3 {
            let (title, body) = ("标题".to_owned(), "内容".to_owned());
            let new = notice::New { account_id: account, kind: "test.sent", title, body, link: None, event_id: None };
            assert!(notice::send(&tx, new).await.unwrap());
        }
        tx.commit(()).await.unwrap();
        let rider = city.rider();
        assert_eq!(rider.get("/api/me").await.ok()["unread"], 3);
        let page = rider.get("/api/notices?limit=2").await.ok();
        assert_eq!(page["items"].as_array().unwrap().len(), 2);
        let rest = rider.get(&format!("/api/notices?limit=2&after={}", page["next"].as_str().unwrap())).await.ok();
        assert_eq!((rest["items"].as_array().unwrap().len(), rest["next"].is_null()), (1, true));
        let path = format!("/api/notices/{}/read", page["items"][0]["id"].as_str().unwrap());
        city.member().post(&path, json!({})).await.refused(404, "not_found");
        rider.post(&path, json!({})).await.ok();
        rider.post(&path, json!({})).await.ok();
        assert_eq!(rider.get("/api/me").await.ok()["unread"], 2);
        assert_eq!(rider.post("/api/notices/read-all", json!({})).await.ok()["read"], 2);
        assert_eq!(rider.get("/api/me").await.ok()["unread"], 0);
        assert_eq!(city.member().get("/api/notices").await.ok()["items"], json!([]));
    }

    async fn an_account_gets_its_person_once(city: TestCity) {
        let rider = by_phone(&city, "13800001234").await;
        let id: kernel::Id = rider.get("/api/me").await.ok()["account_id"].as_str().unwrap().parse().unwrap();
        let free = city.app.ids.next();
        let sql = "INSERT INTO person (id, name, real_name, synthetic, created_at) VALUES ($1, '示例', 'declared', $2, $3)";
        execute(&city, sql, [free.into(), true.into(), city.clock.now().into()]).await;
        let attach = async |account, person| {
            let tx = city.system().begin().await.unwrap();
            let attached = attach_person(&tx, account, person).await.unwrap();
            tx.commit(attached).await.unwrap()
        };
        assert!(!attach(id, TestCity::person_of("chair")).await, "the chair has an account");
        assert!(attach(id, free).await);
        assert!(attach(id, free).await, "again is no harm");
        assert!(!attach(TestCity::account_of("rider"), free).await);
        assert_eq!(rider.get("/api/me").await.ok()["person"]["name"], "示例");
        assert_eq!(rider.get("/api/me/data").await.ok()["readers"]["items"], json!([]));
    }

    async fn demo_accounts_are_there_in_a_demo_only(city: TestCity) {
        let site = city.stranger().get("/api/site").await.ok();
        assert_eq!((site["name"].as_str(), site["city"].as_str()), (Some("江门市总工会"), Some("江门市")));
        assert_eq!((site["demo"].as_bool(), site["today"].as_str()), (Some(true), Some("2026-11-23")));
        assert_eq!(site["consent"]["version"], registry::account::consent::VERSION);
        let accounts = site["demo_accounts"].as_array().unwrap();
        assert_eq!(accounts.len(), 14);
        let chair = accounts.iter().find(|one| one["key"] == "chair").unwrap();
        assert_eq!(chair["label"], "工会主席");
        assert!(chair["detail"].as_str().unwrap().starts_with("陈示例 · 示例制造有限公司工会"));
        assert_eq!(chair["app"], "member");
        assert_eq!(accounts.iter().find(|one| one["key"] == "system_admin").unwrap()["app"], "desk");

        let client = city.stranger();
        client.post("/api/sign-in/demo", json!({ "key": "nobody" })).await.refused(404, "not_found");
        assert_eq!(client.post("/api/sign-in/demo", json!({ "key": "town_officer" })).await.ok()["next"], "done");
        assert_eq!(client.get("/api/me").await.ok()["roles"][0]["role"], "town_officer");

        let earnest = in_earnest(&city).await;
        earnest.post("/api/sign-in/demo", json!({ "key": "chair" })).await.refused(404, "not_found");
        earnest.post("/api/demo/clock", json!({ "hours": 24 })).await.refused(404, "not_found");
        let site = earnest.get("/api/site").await.ok();
        assert_eq!((site["demo"].as_bool(), site["demo_accounts"].as_array().unwrap().len()), (Some(false), 0));
    }

    async fn the_time_of_a_demo_goes_ahead_only(city: TestCity) {
        let client = city.stranger();
        for hours in [0, 1_501] {
            client.post("/api/demo/clock", json!({ "hours": hours })).await.refused(400, "input.invalid");
        }
        client.post("/api/demo/clock", json!({ "hours": -1 })).await.refused(400, "input.invalid");
        assert_eq!(city.stranger().get("/api/site").await.ok()["today"], "2026-11-23");
        assert_eq!(client.post("/api/demo/clock", json!({ "hours": 24 })).await.ok()["today"], "2026-11-24");
        assert_eq!(city.stranger().get("/api/site").await.ok()["today"], "2026-11-24");
    }
}
