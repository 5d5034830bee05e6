//! Whoever entrusted money is told what became of it, from a day to a day, on a page and in a file.

use chrono::Duration;
use kernel::testing::Client;
use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{approve, funded, issued, text};
use crate::merchant::stage::{merchant, pay, shop};

/// Figures of a report, from its beginning to its end.
fn figures(report: &Value) -> [i64; 10] {
    let keys = [
        "opening",
        "opening_held",
        "funded",
        "issued",
        "spent",
        "expired",
        "returned",
        "returned_paid",
        "held_by_members",
        "left",
    ];
    keys.map(|key| report[format!("{key}_cents")].as_i64().unwrap())
}

async fn file(client: &Client, path: &str) -> String {
    client.get(path).await.ok().as_str().unwrap().to_owned()
}

/// A book of entrusted money with a budget of the union and 600 yuan in it; answers both.
async fn entrusted(city: &RewardsCity) -> (String, String) {
    let officer = city.city_officer();
    let body = json!({ "name": "2026 年留江过年专项资金", "funder": "示例市人力资源局" });
    let book = text(&officer.post("/api/points/books", body).await.ok(), "id");
    let body = json!({ "organization_id": TestCity::UNION, "purpose": "entrusted", "book_id": book });
    let budget = text(&officer.post("/api/points/budgets", body).await.ok(), "id");
    let body = json!({ "book_id": book, "number": "ZX20261101", "day": "2026-11-20", "amount_cents": 60_000, "payer": "示例市人力资源局" });
    let line = text(&officer.post("/api/points/bank-lines", body).await.ok(), "id");
    let body = json!({ "budget_id": budget, "reason": "专项资金到账" });
    let asked = officer.post(&format!("/api/points/bank-lines/{line}/match"), body).await.ok();
    approve(&city.city_deputy(), "points_funding", &text(&asked, "id")).await.ok();
    (book, budget)
}

kernel::both_engines! {
    async fn the_funder_is_told_of_a_period(city: RewardsCity) {
        let officer = city.city_officer();
        let (book, budget) = entrusted(&city).await;
        issued(&city, &budget, 5_000).await;
        city.clock.advance(Duration::days(10));
        let give = json!({ "amount_cents": 10_000, "reason": "余款退回委托单位" });
        let asked = text(&city.chair().post(&format!("/api/points/budgets/{budget}/give-back"), give).await.ok(), "id");
        approve(&city.vice_chair(), "points_funding", &asked).await.ok();
        let path = |file: &str, days: &str| format!("/api/points/books/{book}/report{file}?{days}");
        let told = async |days: &str| officer.get(&path("", days)).await.ok();

        let november = told("to=2026-11-30").await;
        assert_eq!((&november["from"], figures(&november)), (&json!("2026-11-23"), [0, 0, 60_000, 30_000, 0, 0, 0, 0, 30_000, 30_000]));
        let december = told("from=2026-12-01").await;
        assert_eq!((&december["to"], figures(&december)), (&json!("2026-12-03"), [30_000, 30_000, 0, 0, 0, 0, 10_000, 0, 30_000, 20_000]));
        assert_eq!((&december["budgets"][0]["opening_cents"], &december["budgets"][0]["closing_cents"]), (&json!(30_000), &json!(20_000)));
        assert_eq!(figures(&told("").await), [0, 0, 60_000, 30_000, 0, 0, 10_000, 0, 30_000, 20_000]);
        for days in ["from=2026-12-02&to=2026-12-01", "to=2026-12-04"] {
            officer.get(&path("", days)).await.refused(422, "book.period");
        }

        // The file says the same, the same each time; when the bank has paid, it says so and has another code.
        let december_file = path("/file", "from=2026-12-01");
        let paper = file(&officer, &december_file).await;
        let code = text(&december, "digest");
        assert!(paper.contains(&code) && paper.contains("余款退回委托单位") && paper.contains("银行还没有付"), "{paper}");
        assert_eq!(file(&officer, &december_file).await, paper);
        let body = json!({ "book_id": book, "number": "TH20261203", "day": "2026-12-03", "amount_cents": 10_000, "payee": "示例市人力资源局" });
        let line = text(&officer.post("/api/points/bank-outgoing", body).await.ok(), "id");
        officer.post(&format!("/api/points/bank-outgoing/{line}/match"), json!({ "funding_id": asked })).await.ok();
        let paid = told("from=2026-12-01").await;
        assert_eq!((figures(&paid)[7], &paid["give_backs"][0]["paid"]["number"]), (10_000, &json!("TH20261203")));
        assert!(text(&paid, "digest") != code && file(&officer, &december_file).await.contains("TH20261203"));
        assert_eq!(told("to=2026-11-30").await, november, "a period that is over says what it said");
        city.chair().get(&december_file).await.refused(403, "access.denied");

        // Union and member take their months along.
        let union = format!("/api/points/statement/file?organization_id={}&month=2026-12", TestCity::UNION);
        let paper = file(&city.chair(), &union).await;
        assert!(paper.contains("余款退回,0.00,100.00,1") && paper.contains("核对码"), "{paper}");
        city.member().get(&union).await.refused(403, "access.denied");
        let paper = file(&city.member(), &format!("/api/wallet/statement/file?month=2026-11&book_id={book}")).await;
        assert!(paper.contains("发放,50.00,0.00,1") && paper.contains("2026 年留江过年专项资金"), "{paper}");
    }

    async fn what_members_spent_is_told(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 50_000).await;
        issued(&city, &budget, 1_000).await;
        let place = shop(&city, merchant(&city, 1).await, "1").await;
        pay(&city, TestCity::person_of("member"), place, 600).await;
        let officer = city.city_officer();
        let own = text(&officer.get("/api/points/books").await.ok()["items"][0], "id");
        let report = officer.get(&format!("/api/points/books/{own}/report")).await.ok();
        assert_eq!(figures(&report), [0, 0, 50_000, 6_000, 600, 0, 0, 0, 5_400, 44_000]);
    }
}
