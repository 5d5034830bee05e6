//! By the phone that the roster has.

use chrono::Duration;
use kernel::both_engines;
use registry::testing::TestCity;
use sea_orm::sea_query::Value as Bound;
use serde_json::json;

use super::{
    BY_PHONE, code_of, events, holder, holders, id_of, membership_of, move_phone, person, right, roster_phone, with,
};
use crate::account::{by_phone, count, execute, number};

const ELSEWHERE: &str = "13800001234";

both_engines! {
    async fn a_member_takes_over_with_the_phone_of_the_roster(city: TestCity) {
        let client = by_phone(&city, &roster_phone(4)).await;
        let status = client.get("/api/takeover").await.ok();
        assert_eq!(status, json!({ "phone_tail": "0004", "locked_until": null, "member": false }));
        let taken = client.post_once(BY_PHONE, "one", right(4)).await.ok();
        assert_eq!(taken["organization_id"], TestCity::UNION.to_string());
        assert_eq!((&taken["organization_name"], &taken["state"]), (&json!("示例制造有限公司工会"), &json!("active")));
        assert_eq!(taken["membership_id"], membership_of(&city, 4).await);
        assert_eq!(taken["joined_on"], "2021-07-01");
        // The answer got lost: the same submit again gets it, and nothing happens twice.
        assert_eq!(client.post_once(BY_PHONE, "one", right(4)).await.ok(), taken);

        let me = client.get("/api/me").await.ok();
        assert_eq!((&me["person"]["name"], &me["person"]["real_name"]), (&json!("梁示例"), &json!("declared")));
        assert_eq!(me["membership"]["organization_id"], taken["organization_id"]);
        assert_eq!(client.get("/api/takeover").await.ok()["member"], true);
        let notices = client.get("/api/notices").await.ok();
        assert_eq!(notices["items"][0]["kind"], "takeover.done");
        assert_eq!(count(&city, "consent WHERE purpose = 'takeover'").await, 1);
        assert_eq!((events(&city, "takeover.done").await, events(&city, "account.person_attached").await), (1, 1));
        client.post(BY_PHONE, right(4)).await.refused(409, "takeover.known");
        client.post(BY_PHONE, right(5)).await.refused(409, "takeover.known");

        let detail = city.chair().get(&format!("/api/members/{}", taken["membership_id"].as_str().unwrap())).await.ok();
        assert_eq!((&detail["taken_over"], &detail["hand_over"]), (&json!(true), &json!(null)));
        assert!(detail["history"].as_array().unwrap().iter().any(|step| step["text"] == "本人认领会籍"));
        assert!(!detail["may"].as_array().unwrap().contains(&json!("hand_over")));
    }

    async fn persons_on_one_phone_are_told_apart(city: TestCity) {
        for number in [5, 6] {
            move_phone(&city, number, &roster_phone(4)).await;
        }
        let (_, client) = holder(&city, &roster_phone(4)).await;
        let tail = id_of(4)[12..].to_owned();
        client.post(BY_PHONE, with(right(5), "id_tail", tail)).await.refused(422, "takeover.no_match");
        client.post(BY_PHONE, right(5)).await.ok();
        assert_eq!((holders(&city, 4).await, holders(&city, 5).await), (0, 1));
        assert_eq!(client.get("/api/me").await.ok()["person"]["name"], "李示例");
    }

    async fn two_of_one_name_and_tail_on_one_phone_go_to_the_chair(city: TestCity) {
        move_phone(&city, 5, &roster_phone(4)).await;
        let keys = &*city.app.keys;
        let twin = registry::person::vault::seal_id_number(keys, person(5), &id_of(4)).unwrap();
        let update = "UPDATE person SET name = '梁示例', id_number_sealed = $2 WHERE id = $1";
        execute(&city, update, [person(5).into(), twin.into()]).await;
        let (_, client) = holder(&city, &roster_phone(4)).await;
        client.post(BY_PHONE, right(4)).await.refused(422, "takeover.no_match");
        assert_eq!((holders(&city, 4).await, holders(&city, 5).await), (0, 0));
    }

    async fn who_left_is_found_by_neither_way(city: TestCity) {
        let code = code_of(&city, 4).await;
        let path = format!("/api/members/{}/end", membership_of(&city, 4).await);
        city.chair().post(&path, json!({ "state": "left", "reason": "离职" })).await.ok();
        let (_, client) = holder(&city, &roster_phone(4)).await;
        client.post(BY_PHONE, right(4)).await.refused(422, "takeover.no_match");
        client.post(super::BY_CODE, with(right(4), "code", code)).await.refused(422, "takeover.no_match");
        assert_eq!(holders(&city, 4).await, 0);
    }

    async fn five_wrong_lock_the_account_until_tomorrow(city: TestCity) {
        let (_, client) = holder(&city, &roster_phone(4)).await;
        for _ in 0..5 {
            assert!(client.get("/api/takeover").await.ok()["locked_until"].is_null());
            client.post(BY_PHONE, with(right(4), "id_tail", "000000")).await.refused(422, "takeover.no_match");
        }
        let answer = client.post(BY_PHONE, right(4)).await;
        answer.refused(429, "takeover.locked");
        assert!(answer.body["detail"].as_str().unwrap().contains("11 月 24 日零点"), "{}", answer.body);
        let code = code_of(&city, 4).await;
        client.post(super::BY_CODE, with(right(4), "code", code)).await.refused(429, "takeover.locked");
        assert_eq!(client.get("/api/takeover").await.ok()["locked_until"], "2026-11-23T16:00:00Z");
        assert_eq!(events(&city, "takeover.refused").await, 5);
        // Slips of the pen are no guesses, and another account is not locked.
        let (_, other) = holder(&city, &roster_phone(5)).await;
        for (field, value) in [("id_tail", "12"), ("name", "=cmd"), ("consent_version", "1999-01-01")] {
            other.post(BY_PHONE, with(right(5), field, value)).await;
        }
        assert_eq!(count(&city, "takeover_try").await, 1);
        other.post(BY_PHONE, right(5)).await.ok();
        city.clock.advance(Duration::hours(14));
        client.post(BY_PHONE, right(4)).await.ok();
    }

    async fn ten_wrong_close_a_record_until_a_code_is_handed_over(city: TestCity) {
        let (_, client) = holder(&city, &roster_phone(4)).await;
        for _ in 0..2 {
            for _ in 0..5 {
                client.post(BY_PHONE, with(right(4), "id_tail", "000000")).await.refused(422, "takeover.no_match");
            }
            city.clock.advance(Duration::days(1));
        }
        let wrong = "SELECT wrong AS n FROM takeover_record WHERE person_id = $1";
        assert_eq!(number(&city, wrong, [Bound::from(person(4))]).await, 10);
        client.post(BY_PHONE, right(4)).await.refused(422, "takeover.no_match");
        code_of(&city, 4).await;
        client.post(BY_PHONE, right(4)).await.ok();
        assert_eq!(count(&city, "takeover_record").await, 0);
        assert_eq!(count(&city, "hand_over WHERE outcome = 'needless' AND code_digest IS NULL").await, 1);
    }

    async fn a_name_that_nobody_on_the_phone_has_closes_nothing(city: TestCity) {
        let (_, client) = holder(&city, &roster_phone(4)).await;
        client.post(BY_PHONE, with(right(4), "name", "别人")).await.refused(422, "takeover.no_match");
        assert_eq!(count(&city, "takeover_record").await, 0);
        assert_eq!(count(&city, "takeover_try").await, 1);
    }

    async fn hostile_answers_change_nothing(city: TestCity) {
        let (_, client) = holder(&city, &roster_phone(4)).await;
        let long = "长".repeat(10_000);
        let bad = [
            ("name", json!("<script>alert(1)</script>"), "name.characters"),
            ("name", json!("张\u{202e}三"), "name.characters"),
            ("name", json!("张😀三"), "name.characters"),
            ("name", json!(long), "name.long"),
            ("name", json!(""), "name.empty"),
            ("name", json!("张\u{0}三"), "input.characters"),
            ("name", json!(null), "input.invalid"),
            ("id_tail", json!("' OR 1=1"), "takeover.tail"),
            ("id_tail", json!(long), "takeover.tail"),
            ("id_tail", json!(123_456), "input.invalid"),
            ("consent_version", json!(""), "consent.version"),
        ];
        for (field, value, code) in bad {
            let answer = client.post(BY_PHONE, with(right(4), field, value.clone())).await;
            assert_eq!(answer.code(), code, "{field} = {value}");
            assert!(answer.body["detail"].as_str().unwrap().ends_with('。'));
        }
        for code in ["", "ABCDEFGH", "ACDE-FGHJ-K", "=cmd", &long] {
            client.post(super::BY_CODE, with(right(4), "code", code)).await.refused(422, "takeover.code");
        }
        assert_eq!((count(&city, "takeover_try").await, events(&city, "takeover.refused").await), (0, 0));
        city.stranger().post(BY_PHONE, right(4)).await.refused(401, "auth.required");
        city.town_officer().post(BY_PHONE, right(4)).await.refused(422, "takeover.phone");
        city.chair().post(BY_PHONE, right(4)).await.refused(409, "takeover.known");
        assert_eq!(holders(&city, 4).await, 0);
    }

    async fn sixty_four_taps_make_one_take_over(city: TestCity) {
        let (_, client) = holder(&city, &roster_phone(4)).await;
        let taps = (0..64).map(|_| client.post(BY_PHONE, right(4)));
        let all = futures::future::join_all(taps).await;
        let done = all.iter().filter(|answer| answer.status == 200).count();
        assert_eq!((done, holders(&city, 4).await), (1, 1));
        assert!(all.iter().all(|answer| answer.status == 200 || ["takeover.known", "system.busy"].contains(&answer.code())));
        assert_eq!((events(&city, "takeover.done").await, count(&city, "takeover_try").await), (1, 0));
    }

    async fn sixty_four_wrong_taps_are_five_guesses(city: TestCity) {
        let (_, client) = holder(&city, &roster_phone(4)).await;
        let body = with(right(4), "id_tail", "000000");
        let taps = (0..64).map(|_| client.post(BY_PHONE, body.clone()));
        let all = futures::future::join_all(taps).await;
        let of = |code: &str| all.iter().filter(|answer| answer.code() == code).count();
        assert!(of("takeover.no_match") <= 5 && of("takeover.no_match") > 0);
        assert_eq!(of("takeover.no_match") + of("takeover.locked") + of("system.busy"), 64);
        let told = i64::try_from(of("takeover.no_match")).unwrap();
        assert_eq!(number(&city, "SELECT wrong AS n FROM takeover_try", []).await, told);
        assert_eq!(events(&city, "takeover.refused").await, told);
    }

    async fn a_wrong_phone_finds_nobody(city: TestCity) {
        let (_, client) = holder(&city, ELSEWHERE).await;
        client.post(BY_PHONE, right(4)).await.refused(422, "takeover.no_match");
        assert_eq!(holders(&city, 4).await, 0);
    }
}
