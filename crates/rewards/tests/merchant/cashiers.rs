//! Cashiers: invited once, by role, at their own shop, behind a PIN that locks.

use kernel::testing::Client;
use kernel::{Cx, Error};
use rewards::cashier::{CashierRole, till};
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{cashier, form, id, merchant, shop};

fn code(error: &Error) -> String {
    error.refusal().map_or_else(|| error.to_string(), |refusal| refusal.code.to_string())
}

async fn cx(city: &RewardsCity, key: &str) -> Cx {
    city.cx(&city.who(key)).await
}

/// Guesses wrong until he is locked; answers how often he was told that it was wrong. What many at once are told is in
/// `limits`.
async fn guessed(client: &Client, path: &str, guess: &Value, wrong: &str, locked: &str) -> usize {
    let mut told = 0;
    while client.post(path, guess.clone()).await.code() == wrong {
        told += 1;
    }
    client.post(path, guess.clone()).await.refused(429, locked);
    told
}

kernel::both_engines! {
    async fn a_cashier_works_in_his_own_shop_alone(city: RewardsCity) {
        let (rider, officer, deputy) = (city.rider(), city.city_officer(), city.city_deputy());
        let firm = id(&rider.post("/api/shop/merchants", json!({ "form": form(1) })).await.ok());
        let contract = json!({ "version": 1, "contract_from": "2026-11-01", "contract_to": "2027-11-01", "terms": "按月结算" });
        officer.post(&format!("/api/merchants/{firm}/approve"), contract).await.ok();
        let (first, second) = (shop(&city, firm, "1").await, shop(&city, firm, "2").await);
        let others = merchant(&city, 2).await;
        let elsewhere = shop(&city, others, "1").await;

        let invitations = format!("/api/shop/merchants/{firm}/invitations");
        let invite = json!({ "shop_id": first, "role": "charge", "label": "小陈" });
        city.member().post(&invitations, invite.clone()).await.refused(404, "not_found");
        rider.post(&invitations, json!({ "shop_id": elsewhere, "role": "charge", "label": "小陈" })).await.refused(404, "not_found");
        let code_of = rider.post(&invitations, invite).await.ok();
        let join = json!({ "code": code_of["code"] });
        let wrong = json!({ "code": "000000000000" });
        assert_eq!(guessed(&city.chair(), "/api/shop/join", &wrong, "cashier.code", "cashier.code_locked").await, 10);
        city.chair().post("/api/shop/join", join.clone()).await.refused(429, "cashier.code_locked");
        city.member().post("/api/shop/join", join.clone()).await.ok();
        city.vice_chair().post("/api/shop/join", join).await.refused(422, "cashier.code");

        let member = cx(&city, "member").await;
        let at = till(&member, city.db.read(), first, CashierRole::Charge).await.unwrap();
        assert_eq!((at.shop_id, at.role, at.by_shift), (first, CashierRole::Charge, false));
        let asked = [(first, CashierRole::Refund, "cashier.role"), (second, CashierRole::Charge, "not_found"), (elsewhere, CashierRole::Charge, "not_found")];
        for (shop, need, expected) in asked {
            assert_eq!(code(&till(&member, city.db.read(), shop, need).await.unwrap_err()), expected);
        }
        city.member().get(&format!("/api/shop/merchants/{firm}/cashiers")).await.refused(403, "cashier.role");

        // A pause closes the till for charging, and leaves it open for refunds.
        let pause = json!({ "version": 2, "step": "suspend", "reason": "停业装修" });
        deputy.post(&format!("/api/merchants/{firm}/state"), pause).await.ok();
        assert_eq!(code(&till(&member, city.db.read(), first, CashierRole::Charge).await.unwrap_err()), "merchant.closed");
        let manager = cx(&city, "rider").await;
        assert!(till(&manager, city.db.read(), second, CashierRole::Refund).await.is_ok());

        let list = rider.get(&format!("/api/shop/merchants/{firm}/cashiers")).await.ok();
        let of = |label: &str| list["items"].as_array().unwrap().iter().find(|row| row["label"] == label).unwrap()["id"].as_str().unwrap().to_owned();
        rider.post(&format!("/api/shop/cashiers/{}/end", of("店长")), json!({})).await.refused(409, "cashier.last");
        rider.post(&format!("/api/shop/cashiers/{}/end", of("小陈")), json!({})).await.ok();
        assert_eq!(code(&till(&member, city.db.read(), first, CashierRole::Charge).await.unwrap_err()), "not_found");
    }

    async fn a_shared_phone_asks_for_a_pin_and_locks(city: RewardsCity) {
        let (rider, officer) = (city.rider(), city.city_officer());
        let firm = id(&rider.post("/api/shop/merchants", json!({ "form": form(1) })).await.ok());
        let contract = json!({ "version": 1, "contract_from": "2026-11-01", "contract_to": "2027-11-01", "terms": "按月结算" });
        officer.post(&format!("/api/merchants/{firm}/approve"), contract).await.ok();
        let place = shop(&city, firm, "1").await;
        let worker = cashier(&rider, firm, Some(place), "refund", &city.member()).await;
        let shift = format!("/api/shop/shops/{place}/shift");
        let begin = |pin: &str| json!({ "cashier_id": worker, "pin": pin });
        rider.post(&shift, begin("482913")).await.refused(409, "cashier.pin_missing");
        let pin = format!("/api/shop/cashiers/{worker}/pin");
        rider.post(&pin, json!({ "pin": "482913" })).await.refused(404, "not_found");
        city.member().post(&pin, json!({ "pin": "123456" })).await.refused(422, "cashier.pin_form");
        city.member().post(&pin, json!({ "pin": "482913" })).await.ok();
        city.chair().post(&shift, begin("482913")).await.refused(404, "not_found");

        let page = rider.post(&shift, begin("482913")).await.ok();
        assert_eq!((&page["now"]["label"], &page["by_shift"]), (&json!("refund"), &json!(true)));
        assert_eq!(rider.get(&shift).await.ok()["by_shift"], true);
        rider.post(&format!("{shift}/end"), json!({})).await.ok();
        assert_eq!(rider.get(&shift).await.ok()["now"]["role"], "manager");

        // The fifth one locks.
        assert_eq!(guessed(&rider, &shift, &begin("482914"), "cashier.pin", "cashier.pin_locked").await, 4);
        rider.post(&shift, begin("482913")).await.refused(429, "cashier.pin_locked");
        city.clock.advance(chrono::TimeDelta::minutes(16));
        rider.post(&shift, begin("482913")).await.ok();
    }
}
