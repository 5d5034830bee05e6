//! A firm applies, is contracted by two people, changes its bank account by two people, and pauses.

use registry::testing::TestCity;
use rewards::ledger::OWN_BOOK;
use rewards::merchant::account_in;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{bank, form, id, merchant, number, upload};

kernel::both_engines! {
    async fn a_firm_applies_and_is_contracted(city: RewardsCity) {
        let (rider, officer) = (city.rider(), city.city_officer());
        let wrong = json!({ "form": { "uscc": "911100001000013428", "name": "示例餐饮", "category": "catering",
            "contact_name": "陈示例", "contact_phone": "19900000088", "bank": bank(1) } });
        rider.post("/api/shop/merchants", wrong).await.refused(422, "uscc.check");
        let merchant = id(&rider.post("/api/shop/merchants", json!({ "form": form(1) })).await.ok());
        city.member().post("/api/shop/merchants", json!({ "form": form(1) })).await.refused(409, "merchant.twice");
        let path = format!("/api/merchants/{merchant}");
        city.other_county_officer().get(&path).await.refused(404, "not_found");
        city.member().get(&format!("/api/shop/merchants/{merchant}")).await.refused(404, "not_found");
        let seen = officer.get(&path).await.ok();
        assert_eq!((&seen["merchant"]["state"], &seen["banks"][0]["tail"]), (&json!("waiting"), &json!("0001")));
        assert!(!seen.to_string().contains("6217000000000001") && !seen.to_string().contains("19900000088"));

        officer.post(&format!("{path}/return"), json!({ "version": 1, "reason": "营业执照看不清" })).await.ok();
        officer.post(&format!("{path}/return"), json!({ "version": 2, "reason": "再退一次" })).await.refused(409, "merchant.state");
        let again = json!({ "version": 2, "form": form(1) });
        rider.post(&format!("/api/shop/merchants/{merchant}/resubmit"), again).await.ok();
        let contract = json!({ "version": 3, "contract_from": "2026-11-01", "contract_to": "2027-11-01", "terms": "按月结算" });
        officer.post(&format!("{path}/approve"), json!({ "version": 3 })).await.refused(422, "merchant.contract");
        officer.post(&format!("{path}/approve"), contract.clone()).await.ok();
        officer.post(&format!("{path}/approve"), contract).await.refused(409, "merchant.state");

        let mine = rider.get("/api/shop/merchants").await.ok();
        assert_eq!((&mine["items"][0]["role"], &mine["items"][0]["merchant"]["takes_points"]), (&json!("manager"), &json!(true)));
        let told = rider.get("/api/notices").await.ok().to_string();
        assert!(told.contains("商户申请已批准") && told.contains("商户申请被退回"), "{told}");
        assert!(account_in(city.db.read(), merchant, OWN_BOOK).await.unwrap().is_some());
        let steps = officer.get(&path).await.ok()["steps"].clone();
        let steps: Vec<&str> = steps.as_array().unwrap().iter().map(|step| step["what"].as_str().unwrap()).collect();
        assert_eq!(steps, ["applied", "returned", "changed", "approved"]);
    }

    async fn a_licence_is_seen_by_those_who_decide_and_by_nobody_else(city: RewardsCity) {
        let (rider, officer) = (city.rider(), city.city_officer());
        let path = "/api/shop/licences?name=%E6%89%A7%E7%85%A7.pdf";
        let content = "%PDF-1.7 示例执照";
        upload(&rider, path, "<svg xmlns='http://www.w3.org/2000/svg'/>").await.refused(422, "merchant.licence");
        let taken = upload(&rider, path, content).await.ok();
        assert_eq!((&taken["name"], &taken["content_type"]), (&json!("执照.pdf"), &json!("application/pdf")));
        let apply = |number: u32, files: Value| json!({ "form": form(number), "licence_file_ids": files });
        let one = json!([taken["file_id"]]);
        // Not of somebody else, and for one application.
        city.member().post("/api/shop/merchants", apply(1, one.clone())).await.refused(404, "file.unknown");
        let merchant = id(&rider.post("/api/shop/merchants", apply(1, one.clone())).await.ok());
        rider.post("/api/shop/merchants", apply(2, one)).await.refused(404, "file.unknown");

        let page = officer.get(&format!("/api/merchants/{merchant}")).await.ok();
        assert_eq!((&page["licences"][0]["name"], &page["licence_files"]), (&json!("执照.pdf"), &json!(1)));
        let own = rider.get(&format!("/api/shop/merchants/{merchant}")).await.ok();
        assert_eq!((&own["licences"], &own["licence_files"]), (&json!([]), &json!(1)));
        let file = format!("/api/merchant-licences/{}", taken["file_id"].as_str().unwrap());
        assert_eq!(officer.get(&file).await.ok(), content);
        city.county_officer().get(&file).await.refused(404, "not_found");
        rider.get(&file).await.refused(403, "access.denied");

        // Put right, with more of it; what was attached stays, and is not rewritten with the database at hand.
        officer.post(&format!("/api/merchants/{merchant}/return"), json!({ "version": 1, "reason": "缺副本" })).await.ok();
        let mut more = Vec::new();
        for _ in 0..9 {
            more.push(upload(&rider, path, content).await.ok()["file_id"].clone());
        }
        upload(&rider, path, content).await.refused(409, "merchant.licence_many");
        let again = |files: &[Value]| json!({ "version": 2, "form": form(1), "licence_file_ids": files });
        let resubmit = format!("/api/shop/merchants/{merchant}/resubmit");
        rider.post(&resubmit, again(&more[..4])).await.refused(422, "merchant.licence");
        rider.post(&resubmit, again(&more[..3])).await.ok();
        assert_eq!(officer.get(&format!("/api/merchants/{merchant}")).await.ok()["licences"].as_array().unwrap().len(), 4);
        let tx = city.system().begin_bulk().await.unwrap();
        let sql = "DELETE FROM merchant_licence WHERE merchant_id = $1";
        assert!(tx.execute_sql(sql, [merchant.into()]).await.is_err());
    }

    async fn two_people_contract_and_change_the_bank_account(city: RewardsCity) {
        let (officer, deputy) = (city.city_officer(), city.city_deputy());
        let enter = json!({ "organization_id": TestCity::CITY, "form": form(2), "terms": "按月结算",
            "contract_from": "2026-01-01", "contract_to": "2028-01-01" });
        let entered = id(&officer.post("/api/merchants", enter).await.ok());
        let approve = format!("/api/merchants/{entered}/approve");
        officer.post(&approve, json!({ "version": 1 })).await.refused(403, "merchant.own");
        city.member().post(&approve, json!({ "version": 1 })).await.refused(403, "access.denied");
        deputy.post(&approve, json!({ "version": 1 })).await.ok();

        let ask = format!("/api/merchants/{entered}/bank");
        officer.post(&ask, json!({ "bank": bank(77) })).await.ok();
        deputy.post(&ask, json!({ "bank": bank(78) })).await.refused(409, "merchant.bank_waiting");
        let page = officer.get(&format!("/api/merchants/{entered}")).await.ok();
        let states = |page: &Value| -> Vec<(String, String)> {
            let mut all: Vec<_> = page["banks"].as_array().unwrap().iter()
                .map(|bank| (bank["tail"].as_str().unwrap().to_owned(), bank["state"].as_str().unwrap().to_owned()))
                .collect();
            all.sort();
            all
        };
        let pair = |tail: &str, state: &str| (tail.to_owned(), state.to_owned());
        assert_eq!(states(&page), [pair("0002", "active"), pair("0077", "waiting")]);
        let waiting = page["banks"].as_array().unwrap().iter().find(|bank| bank["state"] == "waiting").unwrap();
        let decide = format!("/api/merchant-banks/{}/decide", waiting["id"].as_str().unwrap());
        let yes = json!({ "approved": true, "reason": "已和开户许可核对" });
        officer.post(&decide, yes.clone()).await.refused(403, "merchant.own");
        deputy.post(&decide, yes.clone()).await.ok();
        deputy.post(&decide, yes).await.refused(409, "merchant.state");
        let page = officer.get(&format!("/api/merchants/{entered}")).await.ok();
        assert_eq!(states(&page), [pair("0002", "replaced"), pair("0077", "active")]);
    }

    async fn a_paused_merchant_takes_no_points(city: RewardsCity) {
        let merchant = merchant(&city, 3).await;
        let officer = city.city_officer();
        let path = format!("/api/merchants/{merchant}");
        let step = |version: i64, step: &str| json!({ "version": version, "step": step, "reason": "停业装修" });
        officer.post(&format!("{path}/state"), step(2, "resume")).await.refused(409, "merchant.state");
        officer.post(&format!("{path}/state"), step(2, "suspend")).await.ok();
        assert_eq!(officer.get(&path).await.ok()["merchant"]["takes_points"], false);
        officer.post(&format!("{path}/state"), step(2, "resume")).await.refused(409, "merchant.changed");
        officer.post(&format!("{path}/state"), step(3, "resume")).await.ok();
        let extend = |to: &str| json!({ "version": 4, "contract_to": to, "reason": "续签一年" });
        officer.post(&format!("{path}/extend"), extend("2027-12-31")).await.refused(422, "merchant.contract");
        officer.post(&format!("{path}/extend"), extend("2029-01-01")).await.ok();
        officer.post(&format!("{path}/state"), step(5, "end")).await.ok();
        let steps: i64 = number(&city, "SELECT CAST(count(*) AS bigint) AS n FROM merchant_step WHERE merchant_id = $1", merchant).await;
        assert_eq!(steps, 6);
        // Not even somebody with the database rewrites the history.
        let tx = city.system().begin_bulk().await.unwrap();
        let sql = "UPDATE merchant_step SET reason = '别的' WHERE merchant_id = $1";
        assert!(tx.execute_sql(sql, [merchant.into()]).await.is_err());
    }
}
