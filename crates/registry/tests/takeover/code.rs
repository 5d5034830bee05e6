//! With a one-time code.

use chrono::Duration;
use kernel::both_engines;
use kernel::testing::Who;
use registry::testing::TestCity;
use serde_json::json;

use super::{BY_CODE, BY_PHONE, code_of, events, holder, holders, membership_of, person, right, roster_phone, with};
use crate::account::{count, execute, number};

const NEW: &str = "13800001234";

both_engines! {
    async fn a_member_takes_over_on_another_phone(city: TestCity) {
        let path = format!("/api/members/{}/hand-over", membership_of(&city, 4).await);
        let chair = city.chair();
        chair.post(&path, json!({ "seen_id": false })).await.refused(422, "handover.seen_id");
        chair.post(&path, json!({})).await.refused(400, "input.invalid");
        let handed = chair.post_once(&path, "k", json!({ "seen_id": true })).await.ok();
        assert_eq!((&handed["name"], &handed["organization_name"]), (&json!("梁示例"), &json!("示例制造有限公司工会")));
        // Seven days after Monday, until midnight in China.
        assert_eq!(handed["expires_at"], "2026-11-30T16:00:00Z");
        let code = handed["code"].as_str().unwrap();
        assert_eq!((code.len(), code.chars().nth(4)), (9, Some('-')));
        let open = chair.get(&format!("/api/members/{}", membership_of(&city, 4).await)).await.ok();
        assert_eq!(open["hand_over"], json!({ "issued_at": "2026-11-23T02:00:00Z", "expires_at": "2026-11-30T16:00:00Z" }));
        assert!(!open.to_string().contains(code));
        for table in ["idempotency WHERE answer LIKE $1", "event WHERE payload LIKE $1"] {
            let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM {table}");
            assert_eq!(number(&city, &sql, [format!("%{code}%").into()]).await, 0, "{table}");
        }

        let (_, client) = holder(&city, NEW).await;
        client.post(BY_PHONE, right(4)).await.refused(422, "takeover.no_match");
        let typed = code.replace('-', " ").to_lowercase();
        client.post(BY_CODE, with(right(4), "code", typed)).await.ok();
        assert_eq!(client.get("/api/me").await.ok()["person"]["name"], "梁示例");
        // Her phone is the record's phone now, and the former one finds nothing.
        let by_phone = |phone: &str| format!("/api/members?phone={phone}");
        let found = chair.get(&by_phone(NEW)).await.ok();
        assert_eq!((&found["items"][0]["name"], &found["items"][0]["taken_over"]), (&json!("梁示例"), &json!(true)));
        assert_eq!(chair.get(&by_phone(&roster_phone(4))).await.ok()["items"].as_array().unwrap().len(), 0);
        let (_, former) = holder(&city, &roster_phone(4)).await;
        former.post(BY_PHONE, right(4)).await.refused(422, "takeover.no_match");
        former.post(BY_CODE, with(right(4), "code", code)).await.refused(422, "takeover.no_match");
        assert_eq!(former.get("/api/notices").await.ok()["items"].as_array().unwrap().len(), 0);
        chair.post(&path, json!({ "seen_id": true })).await.refused(409, "handover.held");
        assert_eq!((events(&city, "handover.issued").await, events(&city, "handover.ended").await), (1, 1));
        assert_eq!(count(&city, "hand_over WHERE outcome = 'used' AND code_digest IS NULL").await, 1);
        let payload = format!("SELECT CAST(count(*) AS bigint) AS n FROM event WHERE payload LIKE '%{NEW}%'");
        assert_eq!(number(&city, &payload, []).await, 0);
    }

    async fn only_who_may_hands_codes_out(city: TestCity) {
        let path = format!("/api/members/{}/hand-over", membership_of(&city, 4).await);
        let seen = json!({ "seen_id": true });
        for nobody in [city.vice_chair(), city.member(), city.city_officer(), city.system_admin()] {
            nobody.post(&path, seen.clone()).await.refused(403, "access.denied");
            nobody.post(&format!("{path}/end"), json!({})).await.refused(403, "access.denied");
        }
        let other = format!("/api/members/{}/hand-over", membership_of(&city, 9).await);
        for stranger in [city.chair(), city.town_officer()] {
            stranger.post(&other, seen.clone()).await.refused(404, "not_found");
            stranger.post(&format!("{other}/end"), json!({})).await.refused(404, "not_found");
        }
        city.town_officer().post(&path, seen.clone()).await.ok();
        city.registrar().post(&other, seen.clone()).await.ok();
        // Who may not hand codes out is not told of one either.
        let seen_by = city.vice_chair().get(&format!("/api/members/{}", membership_of(&city, 4).await)).await.ok();
        assert!(seen_by["hand_over"].is_null());
        let held = format!("/api/members/{}/hand-over", membership_of(&city, 3).await);
        city.chair().post(&held, seen).await.refused(409, "handover.held");
    }

    async fn a_newer_code_ends_the_older(city: TestCity) {
        let (first, second) = (code_of(&city, 4).await, code_of(&city, 4).await);
        let (_, client) = holder(&city, NEW).await;
        client.post(BY_CODE, with(right(4), "code", first)).await.refused(422, "takeover.no_match");
        let path = format!("/api/members/{}/hand-over/end", membership_of(&city, 4).await);
        city.chair().post(&path, json!({})).await.ok();
        city.chair().post(&path, json!({})).await.refused(409, "handover.none");
        client.post(BY_CODE, with(right(4), "code", second)).await.refused(422, "takeover.no_match");
        let third = code_of(&city, 4).await;
        client.post(BY_CODE, with(right(4), "code", third)).await.ok();
        assert_eq!((events(&city, "handover.issued").await, events(&city, "handover.ended").await), (3, 3));
    }

    async fn a_code_runs_out(city: TestCity) {
        let (_, client) = holder(&city, NEW).await;
        let code = code_of(&city, 4).await;
        city.clock.advance(Duration::days(7) + Duration::hours(14));
        client.post(BY_CODE, with(right(4), "code", code)).await.refused(422, "takeover.no_match");
        let detail = city.chair().get(&format!("/api/members/{}", membership_of(&city, 4).await)).await.ok();
        assert!(detail["hand_over"].is_null());
        let code = code_of(&city, 4).await;
        assert_eq!(count(&city, "hand_over WHERE outcome = 'expired'").await, 1);
        city.clock.advance(Duration::days(7) + Duration::hours(13));
        client.post(BY_CODE, with(right(4), "code", code)).await.ok();
    }

    async fn five_wrong_names_or_tails_burn_a_code(city: TestCity) {
        let code = code_of(&city, 4).await;
        for number in 1..=5 {
            let (_, client) = holder(&city, &format!("1380000000{number}")).await;
            let (field, value) = if number % 2 == 0 { ("name", "别人") } else { ("id_tail", "000000") };
            let body = with(with(right(4), "code", code.as_str()), field, value);
            client.post(BY_CODE, body).await.refused(422, "takeover.no_match");
        }
        assert_eq!(count(&city, "hand_over WHERE outcome = 'burned' AND code_digest IS NULL").await, 1);
        let (_, client) = holder(&city, NEW).await;
        client.post(BY_CODE, with(right(4), "code", code)).await.refused(422, "takeover.no_match");
        assert_eq!(events(&city, "handover.ended").await, 1);
        // Guesses with a code close nothing to the phone.
        let (_, own) = holder(&city, &roster_phone(4)).await;
        own.post(BY_PHONE, right(4)).await.ok();
    }

    async fn a_code_guess_counts_against_the_account(city: TestCity) {
        let (_, client) = holder(&city, NEW).await;
        for code in ["ACDEFGHJ", "ACDEFGHK", "ACDEFGHM", "ACDEFGHN", "ACDEFGHP"] {
            client.post(BY_CODE, with(right(4), "code", code)).await.refused(422, "takeover.no_match");
        }
        let code = code_of(&city, 4).await;
        client.post(BY_CODE, with(right(4), "code", code)).await.refused(429, "takeover.locked");
        assert_eq!(holders(&city, 4).await, 0);
    }

    async fn nobody_takes_over_with_his_own_code(city: TestCity) {
        let code = code_of(&city, 4).await;
        // The chair's account, as if it were not yet tied to anybody and had its phone.
        let chair = TestCity::account_of("chair");
        execute(&city, "UPDATE account SET person_id = NULL WHERE id = $1", [chair.into()]).await;
        let client = city.client_of(&Who::new().account(chair)).await;
        client.post(BY_CODE, with(right(4), "code", code)).await.refused(422, "takeover.no_match");
        assert_eq!(holders(&city, 4).await, 0);
    }

    async fn sixty_four_bearers_of_one_code_make_one_take_over(city: TestCity) {
        let code = code_of(&city, 4).await;
        let mut clients = Vec::new();
        for number in 0..64 {
            clients.push(holder(&city, &format!("138000001{number:02}")).await.1);
        }
        let body = with(right(4), "code", code);
        let all = futures::future::join_all(clients.iter().map(|client| client.post(BY_CODE, body.clone()))).await;
        let done = all.iter().filter(|answer| answer.status == 200).count();
        assert_eq!((done, holders(&city, 4).await), (1, 1));
        assert!(all.iter().all(|answer| answer.status == 200 || ["takeover.no_match", "system.busy"].contains(&answer.code())));
        let phones = "SELECT CAST(count(*) AS bigint) AS n FROM person_index WHERE kind = 'phone' AND person_id = $1";
        assert_eq!(number(&city, phones, [person(4).into()]).await, 1);
        assert_eq!(count(&city, "consent WHERE purpose = 'takeover'").await, 1);
    }

    async fn phone_and_code_at_once_make_one_take_over(city: TestCity) {
        let code = code_of(&city, 4).await;
        let (_, old) = holder(&city, &roster_phone(4)).await;
        let (_, new) = holder(&city, NEW).await;
        let body = with(right(4), "code", code);
        let both = futures::future::join_all((0..32).flat_map(|_| {
            let by_phone: futures::future::BoxFuture<'_, _> = Box::pin(old.post(BY_PHONE, right(4)));
            let by_code: futures::future::BoxFuture<'_, _> = Box::pin(new.post(BY_CODE, body.clone()));
            [by_phone, by_code]
        })).await;
        assert_eq!(both.iter().filter(|answer| answer.status == 200).count(), 1);
        assert_eq!(holders(&city, 4).await, 1);
    }

    async fn officers_at_once_leave_one_open_code(city: TestCity) {
        let path = format!("/api/members/{}/hand-over", membership_of(&city, 4).await);
        let (chair, town) = (city.chair(), city.town_officer());
        let taps = (0..16).map(|tap| (if tap % 2 == 0 { &chair } else { &town }).post(&path, json!({ "seen_id": true })));
        let all = futures::future::join_all(taps).await;
        assert!(all.iter().all(|answer| answer.status == 200 || answer.code() == "system.busy"));
        assert_eq!(count(&city, "hand_over WHERE ended_at IS NULL").await, 1);
    }
}
