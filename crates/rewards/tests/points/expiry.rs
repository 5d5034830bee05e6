//! What nobody spends goes back to its budget, and the member hears of it before.

use chrono::Duration;
use registry::testing::TestCity;
use rewards::ledger::{self, AccountKind, NewAccount, OWN_BOOK, Order, What};
use rewards::points::expiry::end::sweep;
use rewards::points::expiry::tell::tell;
use rewards::testing::RewardsCity;
use serde_json::json;

use super::stage::{approve, everybody, funded, number, page, submitted};

async fn figures(city: &RewardsCity, batch: &str) -> [i64; 5] {
    let report = city.chair().get(&format!("/api/points/batches/{batch}/report")).await.ok();
    let keys = ["issued_cents", "spent_cents", "left_cents", "expired_cents", "spent_people"];
    keys.map(|key| report[key].as_i64().unwrap())
}

kernel::both_engines! {
    async fn what_came_back_after_its_end_is_not_spent(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 10_000).await;
        let mut body = everybody(&budget, 100);
        body["expires_on"] = json!("2026-12-31");
        let batch = submitted(&city, &city.chair(), body).await;
        approve(&city.vice_chair(), "issue_batch", &batch).await.ok();
        city.work().await;
        let (member, other) = (TestCity::person_of("member"), TestCity::person_of("vice_chair"));
        let owner_id = Some(city.ids.next());
        let (kind, purpose) = (AccountKind::Merchant, String::new());
        let tx = city.system().begin_bulk().await.unwrap();
        let new = NewAccount { book_id: OWN_BOOK, kind, owner_id, purpose, fiscal_year: 0, floor_cents: None };
        let merchant_account_id = ledger::open_account(&tx, new).await.unwrap();
        tx.commit(()).await.unwrap();
        let ask = async |what: What| {
            let order = Order { id: city.ids.next(), book_id: OWN_BOOK, by: None, what };
            ledger::carry_out(&city.app, order).await.unwrap().transfer_id
        };
        let pay = |person_id, amount_cents: i64| {
            let reason = "午餐".to_owned();
            What::Pay { person_id, merchant_account_id, amount_cents, shop_id: None, reason, subject_id: None }
        };
        let back = |payment_id, amount_cents| {
            let (reason, grace_until) = ("退货".to_owned(), "2027-02-28".parse().unwrap());
            What::Refund { payment_id, amount_cents, reason, grace_until }
        };
        let payment = ask(pay(member, 40)).await;
        let whole = ask(pay(other, 25)).await;
        assert_eq!(figures(&city, &batch).await, [600, 65, 535, 0, 2]);
        // Who gets back all of it has spent nothing.
        ask(back(whole, 25)).await;
        assert_eq!(figures(&city, &batch).await, [600, 40, 560, 0, 1]);
        city.clock.advance(Duration::days(45));
        sweep(&city.app).await.unwrap();
        assert_eq!(figures(&city, &batch).await, [600, 40, 0, 560, 1]);
        // Refunded when the lot is over, it is good for some days more, and is not spent.
        ask(back(payment, 30)).await;
        assert_eq!(figures(&city, &batch).await, [600, 10, 30, 560, 1]);
        ask(back(payment, 10)).await;
        assert_eq!(figures(&city, &batch).await, [600, 0, 40, 560, 0]);
        ask(pay(member, 20)).await;
        assert_eq!(figures(&city, &batch).await, [600, 20, 20, 560, 1]);
        city.clock.advance(Duration::days(60));
        sweep(&city.app).await.unwrap();
        assert_eq!(figures(&city, &batch).await, [600, 20, 0, 580, 1]);
    }

    async fn what_is_over_goes_back_once(city: RewardsCity) {
        city.enter_members(TestCity::UNION, 120).await;
        let budget = funded(&city, TestCity::UNION, 50_000).await;
        for (cents, until) in [(100, "2026-12-31"), (200, "2027-02-10")] {
            let mut body = everybody(&budget, cents);
            body["expires_on"] = json!(until);
            let batch = submitted(&city, &city.chair(), body).await;
            approve(&city.vice_chair(), "issue_batch", &batch).await.ok();
            city.work().await;
        }
        // 23 November: 38 days to the one end, 79 to the other.
        let path = format!("/api/points/forecast?organization_id={}", TestCity::UNION);
        let forecast = city.chair().get(&path).await.ok();
        let ends = ["days_30_cents", "days_60_cents", "days_90_cents"].map(|key| forecast[key].as_i64().unwrap());
        assert_eq!(ends, [0, 12_600, 37_800]);
        assert_eq!(tell(&city.app).await.unwrap(), 0);
        city.clock.advance(Duration::days(10));
        assert_eq!(tell(&city.app).await.unwrap(), 3, "who has an account is told");
        assert_eq!(tell(&city.app).await.unwrap(), 0);
        assert_eq!(sweep(&city.app).await.unwrap(), 0);

        city.clock.advance(Duration::days(29));
        // The first day after the last one; cut off twice, and by two at once.
        for cut in 0..3 {
            let app = city.app.clone();
            let run = tokio::spawn(async move { sweep(&app).await });
            tokio::time::sleep(std::time::Duration::from_micros(1_500 * cut)).await;
            run.abort();
            let _ = run.await;
        }
        let (one, two) = tokio::join!(sweep(&city.app), sweep(&city.app));
        assert!(one.unwrap() + two.unwrap() <= 126);
        assert_eq!(sweep(&city.app).await.unwrap(), 0);
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM transfer WHERE kind = 'expire'").await, 126);
        let left = page(&city.chair(), &budget).await;
        assert_eq!((&left["expired_cents"], &left["balance_cents"]), (&json!(12_600), &json!(50_000 - 37_800 + 12_600)));
        let wallet = city.member().get("/api/wallet").await.ok();
        assert_eq!((&wallet["available_cents"], wallet["books"][0]["lots"].as_array().map(Vec::len)), (&json!(200), Some(1)));
        let entries = city.member().get("/api/wallet/entries").await.ok();
        let kinds: Vec<&str> = entries["items"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["expire", "issue", "issue"]);
        assert_eq!((&entries["items"][0]["amount_cents"], &entries["items"][0]["balance_cents"]), (&json!(-100), &json!(200)));
        let month = city.member().get("/api/wallet/statement?month=2027-01").await.ok();
        assert_eq!((&month["opening_cents"], &month["closing_cents"]), (&json!(300), &json!(200)));
        city.rider().get("/api/wallet").await.refused(404, "not_found");
        city.stranger().get("/api/wallet").await.refused(401, "auth.required");
    }
}
