//! From any cent to its approval, evidence and bank line; the daily proof; a month that is closed stays.

use chrono::Duration;
use kernel::id::Ids;
use kernel::testing::Who;
use kernel::time::Day;
use registry::testing::TestCity;
use rewards::ledger::{OWN_BOOK, Order, What, carry_out};
use rewards::points::audit::proof;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{funded, issued, number, text};

/// Nothing is dated into a closed month: the ledger says no, and behind it the table.
async fn stands_still(city: &RewardsCity, budget: &str) {
    let budget_id = budget.parse().unwrap();
    let top_up = || {
        let what = What::TopUp { budget_id, amount_cents: 1, bank_line_id: Ids::random() };
        carry_out(&city.app, Order { id: Ids::random(), book_id: OWN_BOOK, by: None, what })
    };
    city.clock.advance(-Duration::days(10));
    assert_eq!(top_up().await.unwrap_err().refusal().unwrap().code, "ledger.month");
    city.clock.advance(Duration::days(10));
    for (day, fits) in [("2026-11-30", false), ("2026-12-31", false), ("2027-01-01", true)] {
        let tx = city.system().begin_bulk().await.unwrap();
        let sql = "INSERT INTO transfer (id, fingerprint, book_id, seq, kind, debit_id, credit_id, amount_cents,
                debit_after_cents, credit_after_cents, reason, event_id, at, day)
            SELECT $1, fingerprint, book_id, 1000000, 'adjust', debit_id, credit_id, amount_cents,
                debit_after_cents, credit_after_cents, reason, event_id, at, $2 FROM transfer WHERE seq = 1";
        let day_of: Day = day.parse().unwrap();
        assert_eq!(tx.execute_sql(sql, [Ids::random().into(), day_of.into()]).await.is_ok(), fits, "{day}");
    }
    let tx = city.system().begin_bulk().await.unwrap();
    assert!(tx.execute_sql("UPDATE ledger_book SET open_from = NULL", []).await.is_err());
    drop(tx);
    top_up().await.unwrap();
}

kernel::both_engines! {
    async fn an_auditor_follows_the_money(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 50_000).await;
        let batch = issued(&city, &budget, 1_000).await;
        let auditor = city.client_of(&Who::new().role("audit_director", TestCity::TOWN)).await;
        let accounts = auditor.get("/api/ledger/accounts").await.ok();
        assert_eq!(accounts["items"].as_array().map(Vec::len), Some(1), "budgets below the town alone: {accounts}");
        let account = text(&accounts["items"][0], "id");
        assert_eq!(account, budget);
        let entries = auditor.get(&format!("/api/ledger/accounts/{account}/entries")).await.ok();
        let rows = entries["items"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["kind"], &rows[6]["kind"]), (7, &json!("issue"), &json!("top_up")));
        assert!(text(&rows[0], "other_label").starts_with("会员钱包（尾号"), "{}", rows[0]);

        kernel::event::seal::seal_all(&city.app).await.unwrap();
        let path = |row: &Value| format!("/api/ledger/transfers/{}", text(row, "transfer_id"));
        let issue = auditor.get(&path(&rows[0])).await.ok();
        assert_eq!((&issue["ground"]["kind"], &issue["ground"]["id"]), (&json!("issue_batch"), &json!(batch)));
        assert_eq!((&issue["ground"]["decisions"][0]["outcome"], issue["sealed"]["seq"].is_i64()), (&json!("approved"), true));
        let top_up = auditor.get(&path(&rows[6])).await.ok();
        assert_eq!((&top_up["bank_line"]["payer"], &top_up["ground"]["kind"]), (&json!("示例制造有限公司工会"), &json!("points_funding")));
        let wallet = text(&issue["credit"], "id");
        for account in [&budget, &wallet] {
            let proven = auditor.get(&format!("/api/ledger/accounts/{account}/prove")).await.ok();
            assert_eq!((&proven["agrees"], &proven["wrong_at"]), (&json!(true), &Value::Null), "{proven}");
        }
        // A balance that somebody changed behind the ledger is found.
        city.database().tamper("UPDATE ledger_account SET balance_cents = balance_cents + 1 WHERE kind = 'wallet'").await;
        let proven = auditor.get(&format!("/api/ledger/accounts/{wallet}/prove")).await.ok();
        assert_eq!((&proven["agrees"], &proven["computed_cents"], &proven["balance_cents"]), (&json!(false), &json!(1_000), &json!(1_001)));

        let elsewhere = city.client_of(&Who::new().role("audit_director", TestCity::OTHER_TOWN)).await;
        elsewhere.get(&format!("/api/ledger/accounts/{budget}")).await.refused(404, "not_found");
        elsewhere.get(&path(&rows[0])).await.refused(404, "not_found");
        auditor.get("/api/points/proof").await.refused(404, "not_found");
        city.member().get("/api/ledger/accounts").await.refused(403, "access.denied");
        auditor.post("/api/points/batches", json!({})).await.refused(403, "access.denied");
    }

    async fn the_day_is_proven_and_the_month_closed(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 50_000).await;
        issued(&city, &budget, 1_000).await;
        super::stage::line(&city, 7_000).await;
        let officer = city.city_officer();
        assert_eq!(proof::write(&city.app).await.unwrap(), 1);
        assert_eq!(proof::write(&city.app).await.unwrap(), 0, "once a day");
        let seen = officer.get("/api/points/proof").await.ok();
        let now = &seen["books"][0]["now"];
        let figures = ["custody_cents", "budget_cents", "wallet_cents", "merchant_cents", "unmatched_cents"];
        assert_eq!(figures.map(|key| now[key].as_i64().unwrap()), [50_000, 44_000, 6_000, 0, 7_000]);
        assert_eq!((&now["agrees"], &seen["books"][0]["days"][0]["figures"]["agrees"]), (&json!(true), &json!(true)));

        officer.post("/api/points/months/2026-11/close", json!({})).await.refused(409, "points_month.open");
        let turn = async |client: &kernel::testing::Client| client.get("/api/points/proof").await.ok()["books"][0]["month_to_close"].clone();
        assert_eq!(turn(&officer).await, Value::Null, "the month still runs");
        city.clock.advance(Duration::days(40));
        assert_eq!(turn(&officer).await, json!("2026-11"));
        officer.post("/api/points/months/2026-12/close", json!({})).await.refused(409, "points_month.open");
        let closed = officer.post("/api/points/months/2026-11/close", json!({})).await.ok();
        assert_eq!((&closed["figures"]["last_seq"], &closed["figures"]["moved"][0]["kind"]), (&json!(7), &json!("issue")));
        officer.post("/api/points/months/2026-11/close", json!({})).await.refused(409, "points_month.closed");
        assert_eq!(turn(&officer).await, json!("2026-12"));
        officer.post("/api/points/months/2026-12/close", json!({})).await.ok();
        let verified = officer.get("/api/points/months/2026-11/verify").await.ok();
        assert_eq!((&verified["agrees"], &verified["digest"]), (&json!(true), &closed["digest"]));
        for sql in ["UPDATE points_month SET month = '2026-10'", "DELETE FROM points_month", "DELETE FROM points_proof"] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_sql(sql, []).await.is_err(), "{sql}");
        }
        stands_still(&city, &budget).await;
        let statement = city.chair().get(&format!("/api/points/statement?organization_id={}&month=2026-11", TestCity::UNION)).await.ok();
        let sums = &statement["budgets"][0]["sums"];
        assert_eq!((&sums["opening_cents"], &sums["closing_cents"]), (&json!(0), &json!(44_000)));
        city.town_officer().post("/api/points/months/2026-12/close", json!({})).await.refused(403, "access.denied");
        assert_eq!(officer.get("/api/points/months").await.ok()["items"].as_array().map(Vec::len), Some(2));
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM points_month").await, 2);
    }
}
