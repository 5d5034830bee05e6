//! Joining with a number that the roster knows: the applicant is told nothing, the deciders are.

use kernel::both_engines;
use kernel::testing::Client;
use registry::member::rules::NEUTRAL_REASON;
use registry::testing::TestCity;
use serde_json::{Value, json};

use super::{code_of, events, holder, holders, id_of, name_of, roster_phone};
use crate::account::count;

const PHONE: &str = "13800001234";

async fn apply(client: &Client, number: u16, name: &str, union: kernel::Id) -> Value {
    let body = json!({
        "door": "employer", "organization_id": union, "name": name, "id_kind": "resident_id",
        "id_number": id_of(number), "employment_form": "labour_contract",
        "consent_version": registry::account::consent::VERSION,
    });
    client.post("/api/join/submit", body).await.ok()
}

async fn decide(chair: &Client, id: &Value) -> Value {
    chair.post("/api/applications/approve", json!({ "ids": [id] })).await.ok()["results"][0].clone()
}

both_engines! {
    async fn the_roster_answers_nothing_to_an_applicant(city: TestCity) {
        // On the roster of this union, of another, held by an account, and unknown to all.
        let mut answers = Vec::new();
        for (seq, number) in [4, 9, 3, 14].into_iter().enumerate() {
            let (_, client) = holder(&city, &format!("1380000100{seq}")).await;
            let mut made = apply(&client, number, "示例员工", TestCity::UNION).await;
            for field in ["id", "id_number_masked", "phone_masked"] {
                made[field].take();
            }
            answers.push(made);
            assert!(client.get("/api/join/application").await.ok()["application"]["known"].is_null());
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
        let rows = city.chair().get("/api/applications").await.ok();
        let known: Vec<&Value> = rows["items"].as_array().unwrap().iter().map(|row| &row["known"]).collect();
        assert_eq!(known, ["same_union", "elsewhere", "same_union", "elsewhere"]);
        let one = city.chair().get(&format!("/api/applications/{}", rows["items"][1]["id"].as_str().unwrap())).await.ok();
        assert_eq!(one["known"], "elsewhere");
        assert_eq!(events(&city, "join.identity_refused").await, 0);
    }

    async fn approving_in_the_same_union_hands_the_record_over(city: TestCity) {
        let code = code_of(&city, 4).await;
        let (_, client) = holder(&city, PHONE).await;
        let made = apply(&client, 4, name_of(4), TestCity::UNION).await;
        let before = count(&city, "membership").await;
        let chair = city.chair();
        assert_eq!(decide(&chair, &made["id"]).await["ok"], true);
        assert_eq!((count(&city, "membership").await, holders(&city, 4).await), (before, 1));
        let me = client.get("/api/me").await.ok();
        assert_eq!((&me["person"]["name"], &me["membership"]["joined_on"]), (&json!("梁示例"), &json!("2021-07-01")));
        assert_eq!((events(&city, "takeover.done").await, events(&city, "membership.started").await), (1, 0));
        let found = chair.get(&format!("/api/members?phone={PHONE}")).await.ok();
        assert_eq!(found["items"][0]["membership_id"], me["membership"]["id"]);
        assert_eq!(count(&city, "hand_over WHERE outcome = 'needless'").await, 1);
        let (_, late) = holder(&city, &roster_phone(4)).await;
        late.post(super::BY_CODE, super::with(super::right(4), "code", code)).await.refused(422, "takeover.no_match");
    }

    async fn an_officer_known_by_name_and_phone_is_the_applicant(city: TestCity) {
        let office = json!({ "name": "示例员工", "phone": PHONE, "title": "organiser", "from": "2026-11-23" });
        let path = format!("/api/organizations/{}/officers", TestCity::UNION);
        city.town_officer().post(&path, office).await.ok();
        let before = count(&city, "person").await;
        let (_, client) = holder(&city, PHONE).await;
        let made = apply(&client, 40, "示例员工", TestCity::UNION).await;
        assert_eq!(decide(&city.chair(), &made["id"]).await["ok"], true);
        let one = "person p JOIN officer f ON f.person_id = p.id JOIN membership m ON m.person_id = p.id
            JOIN person_index i ON i.person_id = p.id AND i.kind = 'id_number' WHERE p.name = '示例员工'";
        assert_eq!((count(&city, "person").await, count(&city, one).await), (before, 1));
        assert_eq!(client.get("/api/me").await.ok()["person"]["name"], "示例员工");
        assert_eq!(events(&city, "person.number_entered").await, 1);
    }

    async fn what_stands_in_the_way_is_told_to_the_officer(city: TestCity) {
        let cases = [
            (9, "谭示例", "member.elsewhere"),
            (3, "黄示例", "id.taken"),
            (5, "别的名字", "member.name_differs"),
        ];
        let chair = city.chair();
        for (seq, (number, name, code)) in cases.into_iter().enumerate() {
            let (_, client) = holder(&city, &format!("1380000200{seq}")).await;
            let made = apply(&client, number, name, TestCity::UNION).await;
            let result = decide(&chair, &made["id"]).await;
            assert_eq!((&result["ok"], &result["code"]), (&json!(false), &json!(code)));
            // Returned with the officer's own words, the applicant reads the neutral ones, in the history too.
            let back = json!({ "ids": [made["id"]], "reason": "该证件号码已在另一工会入会" });
            assert_eq!(chair.post("/api/applications/return", back).await.ok()["results"][0]["ok"], true);
            let status = client.get("/api/join/application").await.ok();
            assert_eq!(status["application"]["return_reason"], NEUTRAL_REASON);
            let told = format!("{status} {}", client.get("/api/notices").await.ok());
            assert!(!told.contains("另一工会"), "{told}");
            assert!(client.get("/api/me").await.ok()["person"].is_null(), "nothing was attached");
        }
        assert_eq!((holders(&city, 9).await, holders(&city, 5).await), (0, 0));
    }

    async fn somebody_unknown_reads_the_officers_words(city: TestCity) {
        let (_, client) = holder(&city, PHONE).await;
        let body = json!({
            "door": "employer", "organization_id": TestCity::UNION, "name": "示例员工", "id_kind": "resident_id",
            "id_number": registry::person::id_number::synthetic("440703", "1991-05-17".parse().unwrap(), 7),
            "employment_form": "labour_contract", "consent_version": registry::account::consent::VERSION,
        });
        let made = client.post("/api/join/submit", body).await.ok();
        let row = city.chair().get("/api/applications").await.ok();
        assert!(row["items"][0]["known"].is_null());
        let back = json!({ "ids": [made["id"]], "reason": "请补充工作单位" });
        city.chair().post("/api/applications/return", back).await.ok();
        let status = client.get("/api/join/application").await.ok();
        assert_eq!(status["application"]["return_reason"], "请补充工作单位");
    }

    async fn a_member_is_told_of_his_own_membership(city: TestCity) {
        let body = json!({
            "door": "employer", "organization_id": TestCity::UNION, "name": "黄示例", "id_kind": "resident_id",
            "id_number": id_of(3), "employment_form": "labour_contract",
            "consent_version": registry::account::consent::VERSION,
        });
        city.member().post("/api/join/submit", body).await.refused(409, "member.already");
    }

    async fn approval_and_code_at_once_make_one_holder(city: TestCity) {
        let code = code_of(&city, 4).await;
        let (_, applicant) = holder(&city, PHONE).await;
        let made = apply(&applicant, 4, name_of(4), TestCity::UNION).await;
        let (_, bearer) = holder(&city, "13800005678").await;
        let body = super::with(super::right(4), "code", code);
        let chair = city.chair();
        let (approved, taken) = tokio::join!(decide(&chair, &made["id"]), bearer.post(super::BY_CODE, body));
        assert_ne!(approved["ok"] == true, taken.status == 200, "{approved} {}", taken.body);
        assert_eq!(holders(&city, 4).await, 1);
    }
}
