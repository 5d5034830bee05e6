//! Who may act, from when until when, and who may decide it.

use kernel::both_engines;
use kernel::testing::{Client, Who};
use kernel::{Id, event};
use registry::testing::TestCity;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

/// A new staff account and a browser signed in to it.
async fn staff(city: &TestCity, login: &str, phone: &str) -> (Id, Client) {
    let body = json!({"login": login, "name": "示例新人", "phone": phone});
    let made = city.system_admin().post("/api/accounts", body).await.ok();
    let id = made["id"].as_str().unwrap().parse().unwrap();
    (id, city.client_of(&Who::new().account(id)).await)
}

fn role(account: Id, role: &str, node: Id) -> Value {
    json!({"account_id": account, "role": role, "node_id": node})
}

async fn granted(by: &Client, account: Id, name: &str, node: Id) -> String {
    by.post("/api/roles", role(account, name, node)).await.ok()["id"].as_str().unwrap().to_owned()
}

async fn revoke(by: &Client, grant: &str) -> kernel::testing::Answer {
    by.post(&format!("/api/roles/{grant}/revoke"), json!({"reason": "岗位变动"})).await
}

async fn grant_of(city: &TestCity, account: Id) -> String {
    let rows = city.audit_admin().get("/api/roles?limit=100").await.ok();
    let row = rows["items"].as_array().unwrap().iter().find(|row| row["account_id"] == account.to_string()).cloned();
    row.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn events_of(city: &TestCity, kind: &str) -> u64 {
    event::entity::Entity::find().filter(event::entity::Column::Kind.eq(kind)).count(city.db.read()).await.unwrap()
}

async fn one_text(city: &TestCity, sql: &str, id: Id) -> Option<String> {
    let row = city.db.read().query_one_raw(city.db.statement(sql, [id.into()])).await.unwrap();
    row.and_then(|row| row.try_get("", "t").unwrap())
}

both_engines! {
    async fn a_role_works_from_the_next_request_until_it_is_revoked(city: TestCity) {
        let (account, browser) = staff(&city, "new.auditor", "19811110001").await;
        browser.get("/api/roles").await.refused(403, "access.denied");
        let grant = granted(&city.security_admin(), account, "audit_admin", TestCity::CITY).await;
        let rows = browser.get("/api/roles?limit=100").await.ok();
        let row = rows["items"].as_array().unwrap().iter().find(|row| row["id"] == grant).unwrap();
        assert_eq!((&row["person_name"], &row["role_label"]), (&json!("示例新人"), &json!("审计管理员")));
        assert_eq!((&row["node_name"], &row["to"]), (&json!("江门市总工会"), &Value::Null));
        assert!(row["granted_by"].is_string());
        revoke(&city.security_admin(), &grant).await.ok();
        browser.get("/api/roles").await.refused(403, "access.denied");
        browser.get("/api/roles/kinds").await.ok();
        let told = browser.get("/api/notices").await.ok();
        let kinds: Vec<&Value> = told["items"].as_array().unwrap().iter().map(|notice| &notice["kind"]).collect();
        assert_eq!(kinds, ["role.revoked", "role.granted"]);
        revoke(&city.security_admin(), &grant).await.refused(409, "role.ended");
        assert_eq!((events_of(&city, "role.granted").await, events_of(&city, "role.revoked").await), (1, 1));
    }

    async fn roles_are_read_in_pages(city: TestCity) {
        let all = city.security_admin().get("/api/roles?limit=100").await.ok();
        let first = city.security_admin().get("/api/roles?limit=5").await.ok();
        let next = first["next"].as_str().unwrap();
        let rest = city.security_admin().get(&format!("/api/roles?limit=100&after={next}")).await.ok();
        let joined: Vec<Value> = [&first, &rest].iter().flat_map(|page| page["items"].as_array().unwrap().clone()).collect();
        assert_eq!(&joined, all["items"].as_array().unwrap());
        assert_eq!(joined.len(), 12);
        let here = city.security_admin().get(&format!("/api/roles?node_id={}", TestCity::UNION)).await.ok();
        assert_eq!(here["items"].as_array().unwrap().len(), 2);
        city.security_admin().get("/api/roles?after=x").await.refused(400, "input.invalid");
    }

    async fn a_role_must_fit_union_account_and_days(city: TestCity) {
        let (account, _) = staff(&city, "officer.one", "19811110002").await;
        let ask = |body: Value| {
            let by = city.security_admin();
            async move { by.post("/api/roles", body).await }
        };
        ask(role(account, "town_officer", TestCity::COUNTY)).await.refused(422, "role.level");
        ask(role(account, "king", TestCity::CITY)).await.refused(422, "role.unknown");
        ask(role(account, "town_officer", Id::nil())).await.refused(404, "not_found");
        ask(role(Id::nil(), "town_officer", TestCity::TOWN)).await.refused(404, "not_found");
        ask(role(TestCity::account_of("rider"), "town_officer", TestCity::TOWN)).await.refused(422, "role.account_kind");
        ask(role(TestCity::account_of("rider"), "chair", TestCity::SMALL_UNION)).await.ok();
        let mut dated = role(account, "town_officer", TestCity::TOWN);
        dated["to"] = json!("2026-11-22");
        ask(dated).await.refused(422, "role.dates");
        ask(role(account, "town_officer", TestCity::TOWN)).await.ok();
        ask(role(account, "town_officer", TestCity::TOWN)).await.refused(409, "role.twice");
        ask(role(account, "town_officer", TestCity::STREET)).await.ok();
        let own = role(TestCity::account_of("security_admin"), "city_officer", TestCity::CITY);
        ask(own).await.refused(409, "role.self");
    }

    async fn a_role_ends_with_its_last_day(city: TestCity) {
        let (account, browser) = staff(&city, "substitute", "19811110003").await;
        let mut dated = role(account, "audit_admin", TestCity::CITY);
        dated["to"] = json!("2026-11-24");
        city.security_admin().post("/api/roles", dated.clone()).await.ok();
        city.clock.advance(chrono::Duration::days(1));
        browser.get("/api/events").await.ok();
        city.clock.advance(chrono::Duration::days(1));
        browser.get("/api/events").await.refused(403, "access.denied");
        // What is over bars nothing.
        dated["to"] = json!("2026-11-25");
        city.security_admin().post("/api/roles", dated).await.ok();
        browser.get("/api/events").await.ok();
        let shown = grant_of(&city, account).await;
        assert_eq!(one_text(&city, "SELECT role AS t FROM role_grant WHERE id = $1", shown.parse().unwrap()).await.as_deref(), Some("audit_admin"));
    }

    async fn administrators_exclude_each_other_and_everything_else(city: TestCity) {
        let by = city.security_admin();
        for held in ["system_admin", "audit_admin"] {
            let account = TestCity::account_of(held);
            by.post("/api/roles", role(account, "security_admin", TestCity::CITY)).await.refused(409, "role.exclusive");
            by.post("/api/roles", role(account, "town_officer", TestCity::TOWN)).await.refused(409, "role.exclusive");
        }
        let officer = role(TestCity::account_of("city_officer"), "audit_admin", TestCity::CITY);
        by.post("/api/roles", officer).await.refused(409, "role.exclusive");
    }

    async fn of_two_administrators_roles_granted_at_once_one_holds(city: TestCity) {
        let by = city.security_admin();
        for round in 0..5 {
            let (account, _) = staff(&city, &format!("race.{round}"), &format!("1982222000{round}")).await;
            let other = if round % 2 == 0 { role(account, "audit_admin", TestCity::CITY) } else { role(account, "town_officer", TestCity::TOWN) };
            let (one, two) = tokio::join!(
                by.post("/api/roles", role(account, "system_admin", TestCity::CITY)),
                by.post("/api/roles", other),
            );
            let mut statuses = [one.status, two.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "{} {}", one.body, two.body);
            let refused = if one.status == 409 { one } else { two };
            assert_eq!(refused.code(), "role.exclusive");
        }
    }

    async fn the_database_itself_refuses_a_second_administrators_role(city: TestCity) {
        let insert = "INSERT INTO role_grant (id, account_id, role, node_id, valid_from) VALUES ($1, $2, $3, $4, $5)";
        let tx = city.db.begin().await.unwrap();
        let values = [
            city.ids.next().into(),
            TestCity::account_of("audit_admin").into(),
            "system_admin".into(),
            TestCity::CITY.into(),
            city.clock.today().into(),
        ];
        let refused = tx.execute_raw(city.db.statement(insert, values)).await.unwrap_err();
        assert!(refused.sql_err().is_some(), "{refused}");
    }

    async fn the_last_security_administrator_stays(city: TestCity) {
        let first = grant_of(&city, TestCity::account_of("security_admin")).await;
        revoke(&city.security_admin(), &first).await.refused(409, "role.last");
        // A substitute with an end does not count: on that day nobody would be left.
        let (substitute, _) = staff(&city, "security.two", "19811110004").await;
        let mut dated = role(substitute, "security_admin", TestCity::CITY);
        dated["to"] = json!("2027-01-31");
        city.security_admin().post("/api/roles", dated).await.ok();
        revoke(&city.security_admin(), &first).await.refused(409, "role.last");
        let (second, browser) = staff(&city, "security.three", "19811110005").await;
        let other = granted(&city.security_admin(), second, "security_admin", TestCity::CITY).await;
        // Each revokes the other at once: one of the two must lose.
        let admin = city.security_admin();
        let (one, two) = tokio::join!(revoke(&admin, &other), revoke(&browser, &first));
        assert_ne!(one.status == 200, two.status == 200, "{} {}", one.body, two.body);
    }

    async fn an_account_is_made_with_a_password_shown_once(city: TestCity) {
        let body = json!({"login": "Li.Chunhua", "name": "李春示例", "phone": "138 1111 0006"});
        let by = city.system_admin();
        let made = by.post_once("/api/accounts", "key-1", body.clone()).await.ok();
        let password = made["one_time_password"].as_str().unwrap();
        assert_eq!(password.chars().count(), 16);
        let again = by.post_once("/api/accounts", "key-1", body.clone()).await.ok();
        assert_eq!((&again["id"], &again["one_time_password"]), (&made["id"], &Value::Null));
        by.post("/api/accounts", json!({"login": "li.chunhua", "name": "李示例", "phone": "13811110007"}))
            .await
            .refused(409, "login.taken");
        by.post("/api/accounts", json!({"login": "li.two", "name": "李示例", "phone": "13811110006"}))
            .await
            .refused(409, "phone.taken");
        for (login, name, phone, code) in [
            ("李", "李示例", "13811110008", "login.format"),
            ("li.three", "=cmd", "13811110008", "name.characters"),
            ("li.three", "李示例", "123", "phone.format"),
        ] {
            let answer = by.post("/api/accounts", json!({"login": login, "name": name, "phone": phone})).await;
            answer.refused(422, code);
        }
        let id: Id = made["id"].as_str().unwrap().parse().unwrap();
        let hash = one_text(&city, "SELECT password_hash AS t FROM account WHERE id = $1", id).await.unwrap();
        assert!(kernel::crypto::password::verify(password, &hash));
        let kept = city.db.statement("SELECT answer AS t FROM idempotency WHERE answer IS NOT NULL", []);
        let kept = city.db.read().query_all_raw(kept).await.unwrap();
        assert!(kept.iter().all(|row| !row.try_get::<String>("", "t").unwrap().contains(password)));
    }

    async fn accounts_are_found_by_login_phone_and_name(city: TestCity) {
        let (id, _) = staff(&city, "find.me", "13811110009").await;
        let find = |q: &'static str| {
            let by = city.security_admin();
            async move { by.get(&format!("/api/accounts?limit=100&q={q}")).await.ok()["items"].as_array().unwrap().clone() }
        };
        for q in ["find.me", "FIND.ME", "13811110009", "138-1111-0009", "%E7%A4%BA%E4%BE%8B%E6%96%B0"] {
            let rows = find(q).await;
            assert_eq!(rows.len(), 1, "{q}");
            assert_eq!(rows[0]["id"], id.to_string());
            assert_eq!(rows[0]["phone_masked"], "138****0009");
        }
        // The chair's account has no name of its own; its person's counts.
        let rows = find("%E9%99%88").await;
        assert_eq!((rows.len(), &rows[0]["kind"], &rows[0]["roles"]), (1, &json!("member"), &json!(1)));
        for q in ["find", "1381111", "%25", "_", "nobody"] {
            assert_eq!(find(q).await.len(), 0, "{q}");
        }
        let staff = city.system_admin().get("/api/accounts?limit=100").await.ok();
        assert!(staff["items"].as_array().unwrap().iter().all(|row| row["kind"] == "staff"));
    }

    async fn a_reset_ends_sessions_and_the_second_factor(city: TestCity) {
        let (id, browser) = staff(&city, "forgetful", "19811110010").await;
        browser.get("/api/roles/kinds").await.ok();
        let path = format!("/api/accounts/{id}/reset");
        city.system_admin().post(&path, json!({"reason": "好"})).await.refused(422, "staff.reason");
        let password = city.system_admin().post(&path, json!({"reason": "忘记密码"})).await.ok()["one_time_password"].clone();
        browser.get("/api/roles/kinds").await.refused(401, "auth.required");
        let hash = one_text(&city, "SELECT password_hash AS t FROM account WHERE id = $1", id).await.unwrap();
        assert!(kernel::crypto::password::verify(password.as_str().unwrap(), &hash));
        let own = format!("/api/accounts/{}/reset", TestCity::account_of("system_admin"));
        city.system_admin().post(&own, json!({"reason": "忘记密码"})).await.refused(409, "staff.self");
        let member = format!("/api/accounts/{}/reset", TestCity::account_of("rider"));
        city.system_admin().post(&member, json!({"reason": "忘记密码"})).await.refused(409, "staff.not_staff");
        assert_eq!(events_of(&city, "account.reset").await, 1);
    }

    async fn an_unlocked_account_may_try_again(city: TestCity) {
        let (id, _) = staff(&city, "locked.out", "19811110011").await;
        let tx = city.db.begin().await.unwrap();
        let lock = "UPDATE account SET failures = 5, locked_until = $2 WHERE id = $1";
        let until = city.clock.now() + chrono::Duration::minutes(15);
        tx.execute_raw(city.db.statement(lock, [id.into(), until.into()])).await.unwrap();
        kernel::db::commit(tx).await.unwrap();
        let locked = || async { city.system_admin().get("/api/accounts?q=locked.out").await.ok()["items"][0]["locked"].clone() };
        assert_eq!(locked().await, true);
        let path = format!("/api/accounts/{id}/unlock");
        city.system_admin().post(&path, json!({"reason": "本人当面说明"})).await.ok();
        assert_eq!(locked().await, false);
        city.system_admin().post(&path, json!({"reason": "本人当面说明"})).await.ok();
        assert_eq!(events_of(&city, "account.unlocked").await, 1);
    }

    async fn a_disabled_account_loses_sessions_and_roles(city: TestCity) {
        let (id, browser) = staff(&city, "leaver", "19811110012").await;
        granted(&city.security_admin(), id, "audit_admin", TestCity::CITY).await;
        browser.get("/api/events").await.ok();
        let disable = format!("/api/accounts/{id}/disable");
        city.system_admin().post(&disable, json!({"reason": "离职"})).await.ok();
        browser.get("/api/events").await.refused(401, "auth.required");
        city.system_admin().post(&disable, json!({"reason": "离职"})).await.refused(409, "staff.disabled");
        city.security_admin().post("/api/roles", role(id, "town_officer", TestCity::TOWN)).await.refused(409, "role.account_disabled");
        let reset = format!("/api/accounts/{id}/reset");
        city.system_admin().post(&reset, json!({"reason": "忘记密码"})).await.refused(409, "staff.disabled");
        city.system_admin().post(&format!("/api/accounts/{id}/enable"), json!({"reason": "返聘"})).await.ok();
        let rows = city.system_admin().get("/api/accounts?q=leaver").await.ok();
        assert_eq!((&rows["items"][0]["disabled"], &rows["items"][0]["roles"]), (&json!(false), &json!(0)));
    }

    async fn nobody_disables_himself_or_the_last_of_a_kind(city: TestCity) {
        let disable = |key: &str| format!("/api/accounts/{}/disable", TestCity::account_of(key));
        let why = || json!({"reason": "账号有风险"});
        city.system_admin().post(&disable("system_admin"), why()).await.refused(409, "staff.self");
        for key in ["security_admin", "audit_admin"] {
            city.system_admin().post(&disable(key), why()).await.refused(409, "staff.last");
        }
        let (second, _) = staff(&city, "auditor.two", "19811110013").await;
        granted(&city.security_admin(), second, "audit_admin", TestCity::CITY).await;
        city.system_admin().post(&disable("audit_admin"), why()).await.ok();
        city.system_admin().post(&format!("/api/accounts/{second}/disable"), why()).await.refused(409, "staff.last");
    }
}
