//! The ledger is held against what the bank says; what does not agree is told, and stops nothing.

use chrono::Duration;
use kernel::testing::{Client, Who};
use registry::testing::TestCity;
use rewards::points::audit::stop::watch::look;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{approve, budget, funded, line, text, upload};

const BALANCES: &str = "/api/points/bank-balances";

/// A day of the city's own book at the bank.
async fn bank_day(client: &Client, day: &str) -> Value {
    let seen = client.get("/api/points/proof").await.ok();
    let days = seen["books"][0]["bank"].as_array().unwrap();
    days.iter().find(|one| one["day"] == day).cloned().unwrap_or_default()
}

/// What the bank says, what leads to what must be there, and what is there beyond it.
fn figures(day: &Value) -> [i64; 7] {
    ["balance", "custody", "unmatched", "payouts_under_way", "returns_under_way", "ahead", "difference"]
        .map(|key| day["figures"][format!("{key}_cents")].as_i64().unwrap())
}

/// What of balances waits for somebody.
async fn waits(client: &Client) -> Vec<(String, String)> {
    let rows = client.get("/api/todo").await.ok()["items"].as_array().unwrap().clone();
    // Who is nobody but a role here has no page of her own.
    let me = client.get("/api/me").await;
    assert!(me.status == 404 || me.body["todo"] == json!(rows.len()), "{}", me.body);
    let bank = rows.iter().filter(|row| text(row, "kind").starts_with("bank_"));
    bank.map(|row| (text(row, "kind"), text(row, "detail"))).collect()
}

/// One officer types a balance, another looks at it.
async fn balance(city: &RewardsCity, day: &str, cents: i64) -> String {
    let entered = city.city_officer().post(BALANCES, json!({ "day": day, "balance_cents": cents })).await.ok();
    looked_at(city, &entered).await
}

async fn corrected(city: &RewardsCity, wrong: &str, cents: i64) -> String {
    let body = json!({ "balance_cents": cents, "reason": "抄错了行" });
    let entered = city.city_officer().post(&format!("{BALANCES}/{wrong}/correct"), body).await.ok();
    looked_at(city, &entered).await
}

async fn looked_at(city: &RewardsCity, entered: &Value) -> String {
    let id = text(entered, "id");
    city.city_deputy().post(&format!("{BALANCES}/{id}/check"), json!({})).await.ok();
    id
}

kernel::both_engines! {
    async fn the_ledger_is_held_against_the_bank(city: RewardsCity) {
        const DAY: &str = "2026-11-23";
        funded(&city, TestCity::UNION, 50_000).await;
        line(&city, 7_000).await;
        let (officer, deputy) = (city.city_officer(), city.city_deputy());
        let auditor = city.client_of(&Who::new().role("audit_director", TestCity::CITY)).await;
        assert_eq!(bank_day(&officer, DAY).await, Value::Null, "today may still move");
        city.clock.advance(Duration::days(1));
        assert_eq!(bank_day(&officer, DAY).await["state"], "missing");

        // Typed by one, looked at by another; only then it counts.
        let body = |cents: i64| json!({ "day": DAY, "balance_cents": cents });
        officer.post(BALANCES, json!({ "day": "2026-11-25", "balance_cents": 1 })).await.refused(422, "bank_line.form");
        officer.post(BALANCES, body(-1)).await.refused(422, "bank_line.form");
        city.chair().post(BALANCES, body(1)).await.refused(403, "access.denied");
        let first = text(&officer.post(BALANCES, body(57_000)).await.ok(), "id");
        officer.post(BALANCES, body(57_000)).await.refused(409, "bank_balance.known");
        assert_eq!(bank_day(&officer, DAY).await["state"], "waiting");
        assert_eq!((waits(&officer).await.len(), waits(&deputy).await, waits(&auditor).await), (0,
            vec![("bank_balance".to_owned(), "570.00 元，请对照银行对账单".to_owned())],
            vec![("bank_balance".to_owned(), "570.00 元，请对照银行对账单".to_owned())]));
        let check = |id: &str| format!("{BALANCES}/{id}/check");
        officer.post(&check(&first), json!({})).await.refused(403, "bank_balance.own");
        city.county_officer().post(&check(&first), json!({})).await.refused(404, "not_found");
        auditor.post(&check(&first), json!({})).await.ok();
        deputy.post(&check(&first), json!({})).await.refused(409, "bank_balance.checked");
        let seen = bank_day(&officer, DAY).await;
        assert_eq!((&seen["state"], figures(&seen)), (&json!("agrees"), [57_000, 50_000, 7_000, 0, 0, 0, 0]));
        assert!(waits(&officer).await.is_empty() && waits(&auditor).await.is_empty());

        // A wrong balance differs by exactly as much, once it counts; and the book goes on.
        let wrong = json!({ "balance_cents": 56_995, "reason": "再看一遍银行单" });
        let second = officer.post(&format!("{BALANCES}/{first}/correct"), wrong.clone()).await.ok();
        officer.post(&format!("{BALANCES}/{first}/correct"), wrong).await.refused(409, "bank_balance.replaced");
        let seen = bank_day(&deputy, DAY).await;
        assert_eq!((&seen["state"], &seen["waiting"]["balance_cents"], &seen["waiting"]["own"]),
            (&json!("agrees"), &json!(56_995), &json!(false)));
        let second = looked_at(&city, &second).await;
        let seen = bank_day(&officer, DAY).await;
        assert_eq!((&seen["state"], figures(&seen)[6]), (&json!("differs"), -5));
        let told = ("bank_difference".to_owned(), "银行比账上应有的少 0.05 元".to_owned());
        assert_eq!((waits(&officer).await, waits(&auditor).await), (vec![told.clone()], vec![told]));
        assert!(look(&city.app).await.unwrap().stopped.is_empty());
        funded_more(&city).await;
        assert_eq!(figures(&bank_day(&officer, DAY).await)[6], -5, "what came later is not of this day");

        // What the bank took and nobody entered stays a difference; a line that comes late explains its own day.
        officer.post("/api/points/bank-outgoing", json!({ "number": "FEE1123", "day": DAY, "amount_cents": 5 })).await.ok();
        assert_eq!(figures(&bank_day(&officer, DAY).await)[6], -5);
        corrected(&city, &second, 60_000).await;
        assert_eq!(figures(&bank_day(&officer, DAY).await)[6], 3_000);
        let late = json!({ "number": "LATE1123", "day": DAY, "amount_cents": 3_000, "payer": "示例工会" });
        officer.post("/api/points/bank-lines", late).await.ok();
        let seen = bank_day(&officer, DAY).await;
        assert_eq!((&seen["state"], figures(&seen)), (&json!("agrees"), [60_000, 50_000, 10_000, 0, 0, 0, 0]));

        let states: Vec<String> = officer.get(BALANCES).await.ok()["items"].as_array().unwrap().iter().map(|row| text(row, "state")).collect();
        assert_eq!(states, ["counts", "replaced", "replaced"]);
        let changes = ["UPDATE bank_balance SET balance_cents = 1", "DELETE FROM bank_balance", "UPDATE bank_outgoing SET amount_cents = 1",
            "UPDATE bank_balance SET checked_by = NULL, checked_at = NULL"];
        for sql in changes {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_sql(sql, []).await.is_err(), "{sql}");
        }
    }

    async fn nobody_enters_a_balance_for_days(city: RewardsCity) {
        funded(&city, TestCity::UNION, 50_000).await;
        city.clock.advance(Duration::days(5));
        assert!(waits(&city.city_officer()).await.is_empty());
        city.clock.advance(Duration::days(1));
        let rows = waits(&city.city_officer()).await;
        assert_eq!((rows.len(), rows[0].0.as_str()), (1, "bank_balance_missing"));
        assert!(waits(&city.county_officer()).await.is_empty());
        balance(&city, "2026-11-28", 50_000).await;
        assert!(waits(&city.city_officer()).await.is_empty());
    }

    async fn what_goes_back_is_paid_by_a_line_of_the_bank(city: RewardsCity) {
        let budget_id = funded(&city, TestCity::UNION, 50_000).await;
        let (officer, chair, vice) = (city.city_officer(), city.chair(), city.vice_chair());
        let give = json!({ "amount_cents": 20_000, "reason": "年度结余退回" });
        let give_back = async || text(&chair.post(&format!("/api/points/budgets/{budget_id}/give-back"), give.clone()).await.ok(), "id");
        let went_out = async |number: &str, day: &str, cents: i64| {
            let body = json!({ "number": number, "day": day, "amount_cents": cents, "payee": "示例市财政局" });
            text(&officer.post("/api/points/bank-outgoing", body).await.ok(), "id")
        };
        let pays = async |line: &str, request: &str| {
            officer.post(&format!("/api/points/bank-outgoing/{line}/match"), json!({ "funding_id": request })).await
        };
        let request = give_back().await;
        let early = went_out("OUT112301", "2026-11-23", 20_000).await;
        pays(&early, &request).await.refused(409, "bank_outgoing.fits");
        approve(&vice, "points_funding", &request).await.ok();
        city.clock.advance(Duration::days(1));
        // Approved, so out of the custody; the bank has yet to pay.
        balance(&city, "2026-11-23", 50_000).await;
        let seen = bank_day(&officer, "2026-11-23").await;
        assert_eq!(figures(&seen), [50_000, 30_000, 0, 0, 20_000, 0, 0]);
        let own = officer.get("/api/points/books").await.ok()["items"][0]["id"].clone();
        let open = async || officer.get(&format!("/api/points/give-backs?open=true&book_id={}", own.as_str().unwrap())).await.ok()["items"].clone();
        assert_eq!((&open().await[0]["id"], &open().await[0]["left_on"]), (&json!(request), &json!("2026-11-23")));

        let short = went_out("OUT112401", "2026-11-24", 19_999).await;
        pays(&short, &request).await.refused(409, "bank_outgoing.fits");
        let line = went_out("OUT112402", "2026-11-24", 20_000).await;
        assert_eq!(pays(&line, &request).await.ok()["budget_id"], json!(budget_id));
        let second = give_back().await;
        approve(&vice, "points_funding", &second).await.ok();
        pays(&line, &second).await.refused(409, "bank_outgoing.fits");
        pays(&early, &request).await.refused(409, "bank_outgoing.fits");
        chair.post(&format!("/api/points/bank-outgoing/{early}/match"), json!({ "funding_id": second })).await.refused(403, "access.denied");
        // The bank paid the second one a day before it was approved here.
        balance(&city, "2026-11-24", 30_000).await;
        assert_eq!(figures(&bank_day(&officer, "2026-11-24").await), [30_000, 10_000, 0, 0, 20_000, 0, 0]);
        pays(&early, &second).await.ok();
        assert_eq!(open().await, json!([]));
        assert_eq!(figures(&bank_day(&officer, "2026-11-24").await), [30_000, 10_000, 0, 0, 0, 0, 20_000]);
        assert_eq!(figures(&bank_day(&officer, "2026-11-23").await), [50_000, 30_000, 0, 0, 20_000, 20_000, 20_000]);
        let shown = chair.get(&format!("/api/points/budgets/{budget_id}")).await.ok();
        let states: Vec<_> = shown["fundings"].as_array().unwrap().iter().map(|row| (text(row, "state"), text(&row["paid"], "number"))).collect();
        assert!(states.contains(&("paid".to_owned(), "OUT112402".to_owned())) && states.contains(&("paid".to_owned(), "OUT112301".to_owned())), "{states:?}");
        for sql in ["DELETE FROM points_funding_paid", "UPDATE points_funding_paid SET matched_by = NULL",
            "INSERT INTO points_funding_paid (funding_id, outgoing_id, matched_at)
                SELECT f.id, o.id, o.entered_at FROM points_funding f, bank_outgoing o WHERE f.kind = 'top_up' AND o.number = 'OUT112401'"] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_sql(sql, []).await.is_err(), "{sql}");
        }
    }

    async fn a_file_tells_what_went_out_and_what_was_there(city: RewardsCity) {
        let officer = city.city_officer();
        let path = "/api/points/bank-lines/files?name=bank.csv";
        let head = "交易流水号,交易日期,收入,对方户名,摘要,支出,余额\n";
        let rows = "LS2026112000001,2026/11/20,\"1,000.00\",示例制造有限公司工会,拨款,,1000.00\n\
            LS2026112000002,20261120,,,手续费,5.00,995.00\nLS2026112100001,20261121,10,示例工会,,,1005.00\n";
        let counts = |taken: &Value| ["added", "outgoing", "known", "left_out", "balances"].map(|key| taken[key].as_i64().unwrap());
        let taken = upload(&officer, path, &format!("{head}{rows}")).await.ok();
        assert_eq!((counts(&taken), &taken["faults"]), ([2, 1, 0, 0, 2], &json!([])));
        let again = upload(&officer, path, &format!("{head}{rows}")).await.ok();
        assert_eq!(counts(&again), [0, 0, 3, 0, 0]);
        let page = officer.get("/api/points/bank-outgoing?open=true").await.ok();
        assert_eq!((&page["items"][0]["amount_cents"], &page["items"][0]["payee"]), (&json!(500), &json!("")));
        let seen = officer.get(BALANCES).await.ok();
        let found: Vec<_> = seen["items"].as_array().unwrap().iter().map(|row| (text(row, "day"), row["balance_cents"].as_i64().unwrap(), text(row, "state"))).collect();
        assert_eq!(found, [("2026-11-21".to_owned(), 100_500, "counts".to_owned()), ("2026-11-20".to_owned(), 99_500, "counts".to_owned())]);
        // Another balance is not taken over silently, nor is one that does not follow from what moved.
        let other = rows.replace("1000.00\n", "1001.00\n").replace("995.00", "996.00").replace("1005.00", "1006.00");
        let taken = upload(&officer, path, &format!("{head}{other}")).await.ok();
        assert_eq!((counts(&taken), &taken["faults"][0]["code"], &taken["faults"][1]["row_number"]), ([0, 0, 3, 0, 0], &json!("bank_balance.known"), &json!(4)));
        let gap = rows.replace("995.00", "994.00");
        let taken = upload(&officer, path, &format!("{head}{gap}")).await.ok();
        assert_eq!((taken["faults"].as_array().map(Vec::len), &taken["faults"][0]["code"]), (Some(1), &json!("bank_line.form")));
    }
}

/// A later top-up, from a line of its own day.
async fn funded_more(city: &RewardsCity) {
    let (officer, more) = (city.city_officer(), budget(city, TestCity::UNION, "birthday").await);
    let body = json!({ "number": "MORE1124", "day": "2026-11-24", "amount_cents": 1_000, "payer": "示例工会" });
    let line = text(&officer.post("/api/points/bank-lines", body).await.ok(), "id");
    let body = json!({ "budget_id": more, "reason": "与付款通知一致" });
    let asked = officer.post(&format!("/api/points/bank-lines/{line}/match"), body).await.ok();
    approve(&city.city_deputy(), "points_funding", &text(&asked, "id")).await.ok();
}
