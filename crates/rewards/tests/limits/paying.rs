//! Limits of paying, and of guessing at the till.

use chrono::TimeDelta;
use futures::future::join_all;
use kernel::id::Ids;
use rewards::counter::parameters::{
    CODE_MISSES, DEVICES, PAYMENT_MOST, PERSON_DAY_CENTS, PERSON_DAY_TIMES, SHOP_DAY_CENTS, SHORT_MISSES, SHORT_MOST,
};
use rewards::testing::RewardsCity;
use serde_json::json;

use super::{CROWD, declared, done, guessed};
use crate::counter::stage::Stage;

/// Names of the parameters that are attacked here begin so.
pub(super) const PREFIXES: [&str; 2] = ["cashier.", "counter."];
/// Limits that are no parameters: one use of a code, and what was paid of what goes back.
const OTHERS: [&str; 2] = ["pay_code", "payment.refund"];
/// More than anybody pays here.
const ROOM: i64 = 1_000_000;

async fn attack(stage: &Stage<'_>, name: &str) {
    match name {
        "cashier.invitation_tries" => invitations(stage).await,
        "cashier.pin_tries" => pins(stage).await,
        "counter.code_misses" => codes(stage).await,
        "counter.devices" => devices(stage).await,
        "counter.payment_cents" => assert_eq!(paid(stage, PAYMENT_MOST, 99).await, 0),
        "counter.person_day_cents" => assert_eq!(paid(stage, PERSON_DAY_CENTS, 1_250).await, 12),
        "counter.person_day_times" => assert_eq!(paid(stage, PERSON_DAY_TIMES, 7).await, 7),
        "counter.shop_day_cents" => assert_eq!(paid(stage, SHOP_DAY_CENTS, 900).await, 9),
        "counter.short_cents" => short_codes(stage).await,
        "counter.short_misses" => short_guesses(stage).await,
        "pay_code" => one_code(stage).await,
        "payment.refund" => refunds(stage).await,
        _ => panic!("nobody attacks {name}"),
    }
}

/// Pays a yuan again and again on a new day; answers how often it was paid.
async fn paid(stage: &Stage<'_>, limit: &str, value: i64) -> usize {
    stage.city.clock.advance(TimeDelta::days(1));
    stage.set(limit, value).await;
    let paid = done(|| stage.pay(0, Ids::random(), 100), "counter.limit").await;
    stage.set(limit, ROOM).await;
    paid
}

async fn invitations(stage: &Stage<'_>) {
    let (chair, code) = (stage.city.chair(), json!({ "code": "000000000000" }));
    let ask = || chair.post("/api/shop/join", code.clone());
    assert_eq!(guessed(ask, "cashier.code", "cashier.code_locked").await, 10);
}

async fn pins(stage: &Stage<'_>) {
    let (cashier, shift) = (&stage.cashiers[0], stage.path(0, "/shift"));
    let id = cashier.get(&shift).await.ok()["now"]["id"].clone();
    let pin = format!("/api/shop/cashiers/{}/pin", id.as_str().unwrap());
    cashier.post(&pin, json!({ "pin": "482913" })).await.ok();
    let guess = json!({ "cashier_id": id, "pin": "482914" });
    // The fifth one locks.
    assert_eq!(guessed(|| cashier.post(&shift, guess.clone()), "cashier.pin", "cashier.pin_locked").await, 4);
    cashier.post(&shift, json!({ "cashier_id": id, "pin": "482913" })).await.refused(429, "cashier.pin_locked");
}

/// Of eight digits, which are beyond guessing, those are looked at that came at once. Each is counted, and none after them is
/// taken, not even the right one.
async fn codes(stage: &Stage<'_>) {
    stage.set(CODE_MISSES, 20).await;
    let phone = stage.phone().await;
    let wrong = format!("66{}{:08}", phone.number, 1);
    let ask = || stage.charge(0, Ids::random(), &wrong, 100);
    assert!(guessed(ask, "counter.code", "counter.code_locked").await >= 20);
    stage.charge(0, Ids::random(), &stage.code(&phone), 100).await.refused(409, "counter.code_locked");
    stage.city.clock.advance(TimeDelta::minutes(10));
}

async fn devices(stage: &Stage<'_>) {
    stage.set(DEVICES, 3).await;
    let label = json!({ "label": "示例手机" });
    let answers = join_all((0..CROWD).map(|_| stage.member.post("/api/pay/devices", label.clone()))).await;
    for answer in answers.iter().filter(|answer| answer.status != 503) {
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let there = stage.count("pay_device WHERE revoked_at IS NULL").await;
    assert!((1..=3).contains(&there), "{there} devices");
}

/// Four digits that were good for more than is allowed by now: not one of many takes it.
async fn short_codes(stage: &Stage<'_>) {
    stage.set(SHORT_MOST, 700).await;
    // Right ones take a try while they are looked at.
    stage.set(SHORT_MISSES, 1_000).await;
    let sign = stage.cashiers[0].post(&stage.path(0, "/sign"), json!({})).await.ok();
    let make = |cents: i64| json!({ "shop": sign["number"], "amount_cents": cents });
    let asked = (0..CROWD).map(|_| stage.member.post("/api/pay/short-codes", make(701)));
    join_all(asked).await.iter().for_each(|answer| answer.refused(409, "counter.limit"));
    let code = stage.member.post("/api/pay/short-codes", make(700)).await.ok()["code"].as_str().unwrap().to_owned();
    let charge = || stage.charge(0, Ids::random(), &code, 700);
    stage.set(SHORT_MOST, 699).await;
    assert_eq!(done(charge, "counter.limit").await, 0);
    stage.set(SHORT_MOST, 700).await;
    assert_eq!(done(charge, "counter.code_used").await, 1);
    stage.city.clock.advance(TimeDelta::minutes(10));
}

/// Of guesses at once a few are looked at, and in the next window right ones use up none of the tries.
async fn short_guesses(stage: &Stage<'_>) {
    stage.set(SHORT_MISSES, 5).await;
    let guesses: Vec<String> = (0..CROWD).map(|n| format!("{n:04}")).collect();
    let answers = join_all(guesses.iter().map(|digits| stage.charge(0, Ids::random(), digits, 100))).await;
    let told = |code: &str| answers.iter().filter(|answer| answer.code() == code).count();
    assert_eq!((told("counter.short_code"), told("counter.short_locked")), (5, CROWD - 5));
    stage.city.clock.advance(TimeDelta::minutes(10));
    let sign = stage.cashiers[0].post(&stage.path(0, "/sign"), json!({})).await.ok();
    for _ in 0..6 {
        let make = json!({ "shop": sign["number"], "amount_cents": 100 });
        let code = stage.member.post("/api/pay/short-codes", make).await.ok()["code"].as_str().unwrap().to_owned();
        stage.charge(0, Ids::random(), &code, 100).await.ok();
    }
}

async fn one_code(stage: &Stage<'_>) {
    let phone = stage.phone().await;
    let code = stage.code(&phone);
    assert_eq!(done(|| stage.charge(0, Ids::random(), &code, 100), "counter.code_used").await, 1);
}

async fn refunds(stage: &Stage<'_>) {
    let payment = Ids::random();
    stage.pay(0, payment, 700).await.ok();
    assert_eq!(done(|| stage.refund(0, payment, Ids::random(), 100, 0), "counter.refund_more").await, 7);
}

kernel::both_engines! {
    async fn no_limit_of_paying_gives_way(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 1_000_000).await;
        for limit in [PAYMENT_MOST, PERSON_DAY_CENTS, PERSON_DAY_TIMES, SHOP_DAY_CENTS] {
            stage.set(limit, ROOM).await;
        }
        let limits = declared(&PREFIXES, true);
        assert!(limits.len() >= 10, "{limits:?}");
        for name in limits.into_iter().chain(OTHERS) {
            attack(&stage, name).await;
        }
        stage.agrees(1_000_000).await;
    }
}
