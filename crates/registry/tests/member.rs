//! Joining, deciding, listing, leaving: on both engines, over HTTP.

use kernel::Id;
use kernel::testing::{Client, Who};
use registry::account;
use registry::member::{application_entity as application, entity as membership};
use registry::person::id_number;
use registry::person::phone::Phone;
use registry::testing::TestCity;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

/// A synthetic worker with a phone of his own, signed in.
async fn worker(city: &TestCity, number: u16) -> (Id, Client) {
    let (id, keys) = (city.app.ids.next(), &*city.app.keys);
    let phone = Phone::parse(&format!("139{number:08}")).unwrap();
    let mut row = account::blank(id, "member", city.clock.now());
    account::set_phone(&mut row, keys, &phone).unwrap();
    row.synthetic = Set(true);
    let tx = city.app.db.begin().await.unwrap();
    account::entity::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    kernel::db::commit(tx).await.unwrap();
    (id, city.client_of(&Who::new().account(id)).await)
}

fn number(seq: u16) -> String {
    id_number::synthetic("440703", "1990-05-17".parse().unwrap(), seq).unwrap()
}

async fn consent(client: &Client) -> Value {
    client.get("/api/site").await.ok()["consent"]["version"].clone()
}

async fn answers(client: &Client, seq: u16) -> Value {
    json!({
        "door": "employer", "organization_id": TestCity::UNION, "name": "示例员工",
        "id_kind": "resident_id", "id_number": number(seq), "employment_form": "labour_contract",
        "consent_version": consent(client).await,
    })
}

async fn rider_answers(client: &Client, seq: u16) -> Value {
    let mut answers = answers(client, seq).await;
    answers["door"] = json!("open");
    answers["work"] = json!("food_delivery");
    answers["division_code"] = json!("440703101");
    answers["organization_id"] = Value::Null;
    answers["employment_form"] = json!("platform");
    answers
}

async fn apply(city: &TestCity, seq: u16) -> (Client, String) {
    let (_, client) = worker(city, seq).await;
    let body = answers(&client, seq).await;
    let made = client.post("/api/join/submit", body).await.ok();
    let id = made["id"].as_str().unwrap().to_owned();
    (client, id)
}

async fn active(city: &TestCity) -> u64 {
    membership::Entity::find().filter(membership::Column::State.eq("active")).count(city.app.db.read()).await.unwrap()
}

async fn open_applications(city: &TestCity) -> u64 {
    application::Entity::find()
        .filter(application::Column::State.eq("submitted"))
        .count(city.app.db.read())
        .await
        .unwrap()
}

kernel::both_engines! {
    async fn a_rider_joins_through_the_second_door(city: TestCity) {
        let (_, rider) = worker(&city, 1).await;
        let asked = "/api/join/destination?work=food_delivery&division_code=440703101";
        let destination = city.stranger().get(asked).await.ok();
        assert_eq!(destination["organization_id"], TestCity::INDUSTRY.to_string());
        assert!(!destination["derivation"].as_array().unwrap().is_empty());

        let made = rider.post("/api/join/submit", rider_answers(&rider, 1).await).await.ok();
        assert_eq!(made["state"], "waiting_dispatch");
        assert_eq!(made["organization_id"], TestCity::INDUSTRY.to_string());
        assert_eq!(made["id_number_masked"].as_str().unwrap().matches('*').count(), 11);

        let registrar = city.registrar();
        let todo = registrar.get("/api/todo").await.ok();
        assert_eq!(todo["items"][0]["id"], made["id"]);
        let done = registrar.post("/api/applications/approve", json!({ "ids": [made["id"]] })).await.ok();
        assert_eq!(done["results"][0]["ok"], true, "{done}");
        let status = rider.get("/api/join/application").await.ok();
        assert_eq!(status["application"]["state"], "approved");
        assert_eq!(registrar.get("/api/todo").await.ok()["items"].as_array().unwrap().len(), 0);
        rider.post("/api/join/submit", rider_answers(&rider, 1).await).await.refused(409, "member.already");
        let notices = rider.get("/api/notices").await.ok();
        assert_eq!(notices["items"][0]["kind"], "application.approved");
    }

    async fn who_joins_counts_for_her_employer(city: TestCity) {
        let (chair, officer) = (city.chair(), city.county_officer());
        let members = async || {
            let found = officer.get("/api/employers?q=%E7%A4%BA%E4%BE%8B%E5%88%B6%E9%80%A0").await.ok();
            (found["items"][0]["name"].clone(), found["items"][0]["members"].as_i64().unwrap())
        };
        let (name, before) = members().await;
        assert_eq!(name, "示例制造有限公司");
        // The union covers one employer: not named, called by its short name, and another one that it does not cover.
        for (seq, typed, counts) in [(31, "", true), (32, "示例制造", true), (33, "别处的公司", false)] {
            let (_, client) = worker(&city, seq).await;
            let mut body = answers(&client, seq).await;
            body["employer_name"] = json!(typed);
            let made = client.post("/api/join/submit", body).await.ok();
            let done = chair.post("/api/applications/approve", json!({ "ids": [made["id"]] })).await.ok();
            assert_eq!(done["results"][0]["ok"], true, "{done}");
            let status = client.get("/api/join/application").await.ok();
            assert_eq!(status["application"]["state"], "approved");
            let row = application::Entity::find_by_id(made["id"].as_str().unwrap().parse::<Id>().unwrap());
            let row = row.one(city.app.db.read()).await.unwrap().unwrap();
            let membership = membership::Entity::find_by_id(row.membership_id.unwrap());
            let membership = membership.one(city.app.db.read()).await.unwrap().unwrap();
            assert_eq!(membership.employer_id.is_some(), counts, "{typed}");
        }
        assert_eq!(members().await.1, before + 2);
    }

    async fn a_chair_approves_three_and_returns_one(city: TestCity) {
        let chair = city.chair();
        let mut ids = Vec::new();
        let mut clients = Vec::new();
        for seq in 11..15 {
            let (client, id) = apply(&city, seq).await;
            ids.push(id);
            clients.push(client);
        }
        let before = active(&city).await;
        let approved = chair.post("/api/applications/approve", json!({ "ids": &ids[..3] })).await.ok();
        assert!(approved["results"].as_array().unwrap().iter().all(|row| row["ok"] == true), "{approved}");
        chair.post("/api/applications/return", json!({ "ids": [ids[3]], "reason": "" })).await.refused(422, "text.empty");
        let body = json!({ "ids": [ids[3]], "reason": "证件号码与姓名不一致" });
        assert_eq!(chair.post("/api/applications/return", body).await.ok()["results"][0]["ok"], true);
        assert_eq!(active(&city).await, before + 3);

        // The same tap again is done already; another person's tap comes too late.
        let again = chair.post("/api/applications/approve", json!({ "ids": [ids[0]] })).await.ok();
        assert_eq!(again["results"][0]["ok"], true);
        let late = city.vice_chair().post("/api/applications/approve", json!({ "ids": [ids[0]] })).await.ok();
        assert_eq!(late["results"][0]["code"], "approval.closed");

        // Returned: the reason is there, and the same application goes in again.
        let status = clients[3].get("/api/join/application").await.ok();
        assert_eq!(status["application"]["return_reason"], "证件号码与姓名不一致");
        let body = answers(&clients[3], 14).await;
        let again = clients[3].post("/api/join/submit", body).await.ok();
        assert_eq!(again["id"].as_str().unwrap(), ids[3]);
        assert_eq!(again["state"], "submitted");
    }

    async fn others_do_not_see_it(city: TestCity) {
        let (client, id) = apply(&city, 21).await;
        for outsider in [city.other_county_officer(), city.rider(), client] {
            let answer = outsider.get(&format!("/api/applications/{id}")).await;
            assert!([403, 404].contains(&answer.status), "{}", answer.body);
        }
        city.stranger().get(&format!("/api/applications/{id}")).await.refused(401, "auth.required");
        let list = city.chair().get("/api/applications").await.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let decided = city.registrar().post("/api/applications/approve", json!({ "ids": [Id::nil()] })).await.ok();
        assert_eq!(decided["results"][0]["code"], "not_found");
    }

    async fn twenty_taps_make_one_application(city: TestCity) {
        let (_, client) = worker(&city, 31).await;
        let body = answers(&client, 31).await;
        let keyed = (0..20).map(|_| client.post_once("/api/join/submit", "one-key", body.clone()));
        let kept: Vec<_> = futures::future::join_all(keyed).await.into_iter().map(|answer| answer.ok()["id"].clone()).collect();
        assert!(kept.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(open_applications(&city).await, 1);
        client.post("/api/join/submit", body).await.refused(409, "application.open");
    }

    async fn one_identity_waits_once_and_is_a_member_once(city: TestCity) {
        let mut workers = Vec::new();
        for seq in 41..57 {
            workers.push(worker(&city, seq).await.1);
        }
        let body = answers(&workers[0], 99).await;
        let all = futures::future::join_all(workers.iter().map(|client| client.post("/api/join/submit", body.clone()))).await;
        assert_eq!(all.iter().filter(|answer| answer.status == 200).count(), 1);
        assert!(all.iter().all(|answer| answer.status == 200 || answer.code() == "application.open"));
        assert_eq!(open_applications(&city).await, 1);

        // Two chairs at once: one membership.
        let winner = all.iter().find(|answer| answer.status == 200).unwrap();
        let before = active(&city).await;
        let ids = json!({ "ids": [winner.body["id"]] });
        let (chair, deputy) = (city.chair(), city.vice_chair());
        let both = futures::future::join_all([
            chair.post("/api/applications/approve", ids.clone()),
            deputy.post("/api/applications/approve", ids),
        ]).await;
        let ok = both.into_iter().filter(|answer| answer.body["results"][0]["ok"] == true).count();
        assert_eq!(ok, 1);
        assert_eq!(active(&city).await, before + 1);

        // A second active membership of the person is refused by the database itself.
        let row = membership::Entity::find().filter(membership::Column::State.eq("active")).one(city.app.db.read()).await;
        let row = row.unwrap().unwrap();
        let twin = membership::ActiveModel { id: Set(city.app.ids.next()), ..row.into() };
        let tx = city.app.db.begin().await.unwrap();
        assert!(membership::Entity::insert(twin).exec_without_returning(&tx).await.is_err());
    }

    async fn sixty_four_approvals_for_one_person_make_one_membership(city: TestCity) {
        // Applications of one identity that got past the form, at two unions.
        let mut ids = Vec::new();
        for seq in 60..68_u16 {
            let (client, id) = apply(&city, seq).await;
            drop(client);
            ids.push(id);
        }
        let digest = registry::person::vault::id_number_digest(&*city.app.keys, &number(60));
        let tx = city.app.db.begin().await.unwrap();
        kernel::db::commit(tx).await.unwrap();
        city.database().tamper("DROP INDEX join_application_one_identity").await;
        let tx = city.app.db.begin().await.unwrap();
        application::Entity::update_many()
            .col_expr(application::Column::IdDigest, sea_orm::sea_query::Expr::value(digest))
            .exec(&tx)
            .await
            .unwrap();
        kernel::db::commit(tx).await.unwrap();
        let before = active(&city).await;
        let chair = city.chair();
        let taps = (0..64).map(|tap| chair.post("/api/applications/approve", json!({ "ids": [ids[tap % ids.len()]] })));
        futures::future::join_all(taps).await;
        assert_eq!(active(&city).await, before + 1);
    }

    async fn a_pool_hands_an_application_on(city: TestCity) {
        let (_, rider) = worker(&city, 71).await;
        let made = rider.post("/api/join/submit", rider_answers(&rider, 71).await).await.ok();
        let path = format!("/api/applications/{}/dispatch", made["id"].as_str().unwrap());
        let registrar = city.registrar();
        registrar.post(&path, json!({ "organization_id": TestCity::COUNTY })).await.refused(422, "destination.unknown");
        registrar.post(&path, json!({ "organization_id": TestCity::OTHER_UNION })).await.refused(404, "not_found");
        let moved = registrar.post(&path, json!({ "organization_id": TestCity::UNION, "note": "在该单位驻点" })).await.ok();
        assert_eq!(moved["state"], "submitted");
        assert_eq!(moved["answer_by"], made["answer_by"], "handing on gives no more time");
        let approved = city.chair().post("/api/applications/approve", json!({ "ids": [made["id"]] })).await.ok();
        assert_eq!(approved["results"][0]["ok"], true, "{approved}");
    }

    async fn a_draft_is_kept_for_seven_days(city: TestCity) {
        let rider = city.rider();
        rider.post("/api/join/draft", json!({ "answers": { "name": "示例骑手" } })).await.ok();
        assert_eq!(rider.get("/api/join/application").await.ok()["draft"]["answers"]["name"], "示例骑手");
        city.clock.advance(chrono::Duration::days(7));
        assert!(rider.get("/api/join/application").await.ok()["draft"].is_object());
        city.clock.advance(chrono::Duration::days(1));
        assert!(rider.get("/api/join/application").await.ok()["draft"].is_null());
        let big = "长".repeat(10_000);
        rider.post("/api/join/draft", json!({ "answers": { "name": big } })).await.refused(422, "draft.too_large");
    }

    async fn hostile_answers_change_nothing(city: TestCity) {
        let (_, client) = worker(&city, 81).await;
        let good = answers(&client, 81).await;
        let long = "长".repeat(10_000);
        let bad = [
            ("name", json!("<script>alert(1)</script>"), "name.characters"),
            ("name", json!("=cmd()"), "name.characters"),
            ("name", json!("张\u{202e}三"), "name.characters"),
            ("name", json!("张😀三"), "name.characters"),
            ("name", json!(long), "name.long"),
            ("name", json!("张\u{0}三"), "input.characters"),
            ("name", json!(7), "input.invalid"),
            ("id_number", json!("440703199005170000"), "id.check"),
            ("id_number", json!("44070319900230001X"), "id.date"),
            ("id_number", json!(""), "id.length"),
            ("consent_version", json!("1999-01-01"), "consent.version"),
            ("organization_id", json!(TestCity::COUNTY), "destination.unknown"),
            ("organization_id", json!("not-an-id"), "input.invalid"),
            ("door", json!("window"), "input.invalid"),
        ];
        for (field, value, code) in bad {
            let mut body = good.clone();
            body[field] = value.clone();
            let answer = client.post("/api/join/submit", body).await;
            assert_eq!(answer.code(), code, "{field} = {value}");
            assert!(answer.body["detail"].as_str().unwrap().ends_with('。'));
        }
        assert_eq!(open_applications(&city).await, 0);
    }

    async fn lists_are_masked_and_a_full_number_leaves_a_trace(city: TestCity) {
        let (_, id) = apply(&city, 91).await;
        let chair = city.chair();
        chair.post("/api/applications/approve", json!({ "ids": [id] })).await.ok();
        let found = chair.get(&format!("/api/members?id_number={}", number(91))).await.ok();
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        assert!(!found.to_string().contains(&number(91)));
        let by_phone = chair.get("/api/members?phone=13900000091").await.ok();
        assert_eq!(by_phone["items"][0]["membership_id"], found["items"][0]["membership_id"]);
        assert_eq!(chair.get("/api/members?name=%25").await.ok()["items"].as_array().unwrap().len(), 0);
        chair.get("/api/members?id_number=123").await.refused(422, "id.length");

        let path = format!("/api/members/{}/reveal", found["items"][0]["membership_id"].as_str().unwrap());
        chair.post(&path, json!({ "field": "id_number", "reason": "x" })).await.refused(422, "reason.missing");
        let full = chair.post_once(&path, "k", json!({ "field": "id_number", "reason": "核对参保信息" })).await.ok();
        assert_eq!(full["value"], number(91));
        let kept = "SELECT 1 FROM idempotency WHERE answer LIKE '%4407031990%'";
        let kept = sea_orm::ConnectionTrait::query_one_raw(city.app.db.read(), city.app.db.statement(kept, [])).await;
        assert!(kept.unwrap().is_none(), "a full number was kept for a repeated submit");
        city.other_county_officer().post(&path, json!({ "field": "phone", "reason": "看看" })).await.refused(403, "access.denied");
    }

    async fn a_figure_opens_its_own_rows(city: TestCity) {
        let county = city.county_officer();
        let tree = county.get("/api/tree").await.ok();
        let registrar = city.registrar();
        for node in tree["items"].as_array().unwrap().iter().filter(|node| node["members"].is_u64()) {
            let rows = registrar.get(&format!("/api/members?limit=100&within={}", node["id"].as_str().unwrap())).await.ok();
            assert_eq!(rows["items"].as_array().unwrap().len() as u64, node["members"].as_u64().unwrap(), "{node}");
        }
    }

    async fn pages_of_members_miss_nobody(city: TestCity) {
        let registrar = city.registrar();
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = registrar.get(&format!("/api/members?limit=2&after={after}")).await.ok();
            seen.extend(page["items"].as_array().unwrap().iter().map(|row| row["membership_id"].to_string()));
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        let all = registrar.get("/api/members?limit=100").await.ok();
        assert_eq!(seen.len(), all["items"].as_array().unwrap().len());
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all["items"].as_array().unwrap().len());
        registrar.get("/api/members?after=nonsense").await.refused(400, "input.invalid");
    }

    async fn a_member_leaves_and_joins_again(city: TestCity) {
        let (client, id) = apply(&city, 95).await;
        let chair = city.chair();
        chair.post("/api/applications/approve", json!({ "ids": [id] })).await.ok();
        client.post("/api/me/membership/leave", json!({ "reason": "换了工作" })).await.ok();
        client.post("/api/me/membership/leave", json!({ "reason": "换了工作" })).await.refused(409, "membership.ended");
        let again = client.post("/api/join/submit", answers(&client, 95).await).await.ok();
        let approved = chair.post("/api/applications/approve", json!({ "ids": [again["id"]] })).await.ok();
        assert_eq!(approved["results"][0]["ok"], true, "{approved}");
    }

    async fn a_withdrawn_application_is_closed(city: TestCity) {
        let (client, id) = apply(&city, 96).await;
        assert_eq!(client.post("/api/join/withdraw", json!({})).await.ok()["state"], "withdrawn");
        client.post("/api/join/withdraw", json!({})).await.refused(404, "not_found");
        let late = city.chair().post("/api/applications/approve", json!({ "ids": [id] })).await.ok();
        assert_eq!(late["results"][0]["code"], "approval.closed");
    }
}
