//! What counts against a limit (that none gives way is in `limits`); a wallet stands still for a reason; flags ask and
//! refuse nothing.

use chrono::TimeDelta;
use kernel::id::Ids;
use rewards::counter::flag;
use rewards::counter::parameters::{FLAG_PAIR, FLAG_PERSON, PAYMENT_MOST, PERSON_DAY_CENTS, SHOP_DAY_CENTS};
use rewards::testing::RewardsCity;
use serde_json::json;

use super::stage::Stage;

kernel::both_engines! {
    async fn what_was_reversed_counts_no_more_and_what_was_refused_stays_refused(city: RewardsCity) {
        let stage = Stage::open(&city, 2, 10_000).await;
        stage.set(PERSON_DAY_CENTS, 1_250).await;
        let last = Ids::random();
        stage.pay(0, Ids::random(), 1_200).await.ok();
        stage.pay(0, last, 50).await.ok();
        stage.pay(0, Ids::random(), 50).await.refused(409, "counter.limit");
        stage.reverse(0, last).await.ok();
        stage.pay(0, Ids::random(), 50).await.ok();
        stage.pay(0, Ids::random(), 1).await.refused(409, "counter.limit");
        // Another day, and what one shop may take another one may, too.
        city.clock.advance(TimeDelta::days(1));
        stage.set(SHOP_DAY_CENTS, 900).await;
        stage.pay(0, Ids::random(), 900).await.ok();
        stage.pay(0, Ids::random(), 1).await.refused(409, "counter.limit");
        stage.set(PAYMENT_MOST, 99).await;
        let id = Ids::random();
        stage.pay(1, id, 100).await.refused(409, "counter.limit");
        // Refused for good, also when it would fit by now.
        stage.set(PAYMENT_MOST, 10_000).await;
        stage.pay(1, id, 100).await.refused(409, "counter.limit");
        stage.pay(1, Ids::random(), 100).await.ok();
        stage.agrees(10_000).await;
    }

    async fn a_wallet_stands_still_for_a_reason(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 10_000).await;
        let (path, reason) = (format!("/api/wallets/{}", stage.person), json!({ "reason": "手机被盗，本人要求" }));
        let freeze = format!("{path}/freeze");
        stage.member.post(&freeze, reason.clone()).await.refused(403, "access.denied");
        city.other_county_officer().post(&freeze, reason.clone()).await.refused(404, "not_found");
        city.county_officer().post(&freeze, json!({ "reason": " " })).await.refused(422, "counter.form");
        city.county_officer().post(&freeze, reason.clone()).await.ok();
        city.county_officer().post(&freeze, reason.clone()).await.refused(409, "wallet.state");
        stage.pay(0, Ids::random(), 100).await.refused(409, "ledger.frozen");
        assert_eq!(stage.member.get("/api/pay").await.ok()["frozen"], "手机被盗，本人要求");
        let told = stage.member.get("/api/notices").await.ok();
        assert_eq!(told["items"][0]["kind"], "wallet.frozen");
        city.city_officer().post(&format!("{path}/unfreeze"), json!({ "reason": "已换手机" })).await.ok();
        stage.pay(0, Ids::random(), 100).await.ok();
        let history = city.county_officer().get(&path).await.ok();
        assert_eq!((history["frozen"].as_bool(), history["items"][0]["end_reason"].as_str()), (Some(false), Some("已换手机")));
        // Who left the union keeps his points, and his last union may still stop a thief.
        stage.member.post("/api/me/membership/leave", json!({ "reason": "离职" })).await.ok();
        city.other_county_officer().post(&freeze, reason.clone()).await.refused(404, "not_found");
        city.county_officer().post(&freeze, reason).await.ok();
        assert_eq!(stage.member.get("/api/pay").await.ok()["frozen"], "手机被盗，本人要求");
    }

    /// Four before a look and four after it lie within ten minutes, whichever minute the look falls on.
    async fn what_lies_close_together_is_seen_across_two_looks(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 100_000).await;
        stage.set(FLAG_PAIR, 1_000).await;
        let looked = async || {
            flag::round(&city.app).await.unwrap();
            city.city_officer().get("/api/spend-flags").await.ok()["items"].as_array().unwrap().clone()
        };
        for minutes in [4, 1] {
            for _ in 0..4 {
                stage.pay(0, Ids::random(), 100).await.ok();
            }
            city.clock.advance(TimeDelta::minutes(minutes));
            assert_eq!(looked().await.len(), usize::from(minutes == 1));
        }
        // What stands in a flag is in no second one, and a further one in the same ten minutes raises none.
        stage.pay(0, Ids::random(), 100).await.ok();
        city.clock.advance(TimeDelta::minutes(1));
        let seen = looked().await;
        assert_eq!((seen.len(), &seen[0]["kind"], &seen[0]["times"]), (1, &json!("person_often"), &json!(8)));
    }

    async fn what_lies_close_together_is_shown_to_the_auditor(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 100_000).await;
        stage.set(FLAG_PERSON, 3).await;
        stage.set(FLAG_PAIR, 4).await;
        for _ in 0..3 {
            stage.pay(0, Ids::random(), 100).await.ok();
        }
        city.clock.advance(TimeDelta::minutes(10));
        flag::round(&city.app).await.unwrap();
        flag::round(&city.app).await.unwrap();
        let flags = city.city_officer().get("/api/spend-flags").await.ok();
        assert_eq!(flags["items"].as_array().unwrap().len(), 1, "{flags}");
        assert_eq!((flags["items"][0]["kind"].as_str(), flags["items"][0]["times"].as_i64()), (Some("person_often"), Some(3)));
        // Nothing is refused because of it; the fourth one of the day in this shop is another question.
        stage.pay(0, Ids::random(), 100).await.ok();
        city.clock.advance(TimeDelta::minutes(10));
        flag::round(&city.app).await.unwrap();
        let flags = city.audit_admin().get("/api/spend-flags").await.ok();
        assert_eq!(flags["items"].as_array().unwrap().len(), 2, "{flags}");
        assert!(!flags.to_string().contains("黄示例"), "a flag names nobody");
        let note = format!("/api/spend-flags/{}/note", flags["items"][0]["id"].as_str().unwrap());
        let said = json!({ "note": "会员分次购买，已核对小票" });
        city.county_officer().post(&note, said.clone()).await.refused(403, "access.denied");
        city.audit_admin().post(&note, said.clone()).await.ok();
        city.city_officer().post(&note, said).await.refused(409, "spend_flag.seen");
        assert_eq!(city.city_officer().get("/api/spend-flags").await.ok()["items"].as_array().unwrap().len(), 1);
    }
}
