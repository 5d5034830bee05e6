//! Limits hold however many call at once; a wallet stands still for a reason; flags ask and refuse nothing.

use chrono::TimeDelta;
use futures::future::join_all;
use kernel::id::Ids;
use kernel::testing::Answer;
use rewards::counter::flag;
use rewards::counter::parameters::{
    FLAG_PAIR, FLAG_PERSON, PAYMENT_MOST, PERSON_DAY_CENTS, PERSON_DAY_TIMES, SHOP_DAY_CENTS, SHORT_MISSES,
};
use rewards::testing::RewardsCity;
use serde_json::json;

use super::stage::Stage;

async fn attack(stage: &Stage<'_>) -> usize {
    let answers: Vec<Answer> = join_all((0..32).map(|_| stage.pay(0, Ids::random(), 100))).await;
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.refused(409, "counter.limit");
    }
    answers.iter().filter(|answer| answer.status == 200).count()
}

/// Limits that are attacked by many calls at once: here, and those of cashiers where cashiers are.
const ATTACKED: [&str; 8] = [
    "cashier.invitation_tries",
    "cashier.pin_tries",
    "counter.payment_cents",
    "counter.person_day_cents",
    "counter.person_day_times",
    "counter.shop_day_cents",
    "counter.short_cents",
    "counter.short_misses",
];

/// Parameters by which nothing is gained that way: times and days, what an auditor is told, codes too long to be guessed,
/// and devices, of which the oldest goes.
const NO_LIMITS: [&str; 13] = [
    "cashier.invitation_hours",
    "cashier.pin_lock_minutes",
    "counter.code_misses",
    "counter.device_days",
    "counter.devices",
    "counter.flag_pair",
    "counter.flag_person",
    "counter.flag_refunds",
    "counter.flag_shop",
    "counter.grace_days",
    "counter.refund_days",
    "counter.reverse_minutes",
    "counter.short_minutes",
];

#[test]
fn a_new_limit_is_attacked_or_said_to_be_none() {
    let of_paying = |name: &&str| name.starts_with("counter.") || name.starts_with("cashier.");
    let parameters = rewards::parameters();
    let mut declared: Vec<&str> = parameters.iter().map(|one| one.name).filter(of_paying).collect();
    let mut known = [&ATTACKED[..], &NO_LIMITS[..]].concat();
    declared.sort_unstable();
    known.sort_unstable();
    assert_eq!(declared, known);
}

kernel::both_engines! {
    async fn thirty_two_calls_at_once_stay_within_every_limit(city: RewardsCity) {
        let stage = Stage::open(&city, 2, 1_000_000).await;
        stage.set(PERSON_DAY_TIMES, 7).await;
        assert_eq!(attack(&stage).await, 7, "times of a day");
        city.clock.advance(TimeDelta::days(1));
        stage.set(PERSON_DAY_TIMES, 1_000).await;
        stage.set(PERSON_DAY_CENTS, 1_250).await;
        assert_eq!(attack(&stage).await, 12, "points of a day");
        // What is reversed on the same day may be paid again.
        let last = Ids::random();
        stage.pay(0, last, 50).await.ok();
        stage.reverse(0, last).await.ok();
        stage.pay(0, Ids::random(), 50).await.ok();
        stage.pay(0, Ids::random(), 1).await.refused(409, "counter.limit");
        city.clock.advance(TimeDelta::days(1));
        stage.set(PERSON_DAY_CENTS, 1_000_000).await;
        stage.set(SHOP_DAY_CENTS, 900).await;
        assert_eq!(attack(&stage).await, 9, "points of a shop");
        stage.pay(1, Ids::random(), 100).await.ok();
        stage.set(PAYMENT_MOST, 99).await;
        assert_eq!(attack(&stage).await, 0, "points of a payment");
        let id = Ids::random();
        stage.pay(1, id, 100).await.refused(409, "counter.limit");
        // Refused for good, also when it would fit by now.
        stage.set(PAYMENT_MOST, 10_000).await;
        stage.pay(1, id, 100).await.refused(409, "counter.limit");
        stage.agrees(1_000_000).await;
    }

    async fn of_thirty_two_guesses_at_once_a_few_are_looked_at(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 10_000).await;
        stage.set(SHORT_MISSES, 5).await;
        let guesses: Vec<String> = (0..32).map(|n| format!("{n:04}")).collect();
        let answers = join_all(guesses.iter().map(|digits| stage.charge(0, Ids::random(), digits, 100))).await;
        let told = |code: &str| answers.iter().filter(|answer| answer.code() == code).count();
        assert_eq!((told("counter.short_code"), told("counter.short_locked")), (5, 27));
        // In the next window right ones use up none of the tries.
        city.clock.advance(TimeDelta::minutes(10));
        let sign = stage.cashiers[0].post(&stage.path(0, "/sign"), json!({})).await.ok();
        for _ in 0..6 {
            let make = json!({ "shop": sign["number"], "amount_cents": 100 });
            let code = stage.member.post("/api/pay/short-codes", make).await.ok()["code"].as_str().unwrap().to_owned();
            stage.charge(0, Ids::random(), &code, 100).await.ok();
        }
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
