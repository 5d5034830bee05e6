//! A list with planted errors: what can be read is issued, everything else is told by row, and a file to mend comes back.

use kernel::testing::Client;
use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{approve, batch_page, funded, id_number_of, number, submit, text, upload};

const FILES: &str = "/api/points/batches/files?name=list.csv";

async fn codes(client: &Client, batch: &str) -> Vec<(i64, String)> {
    let page = client.get(&format!("/api/points/batches/{batch}/faults")).await.ok();
    let row = |row: &Value| (row["row_number"].as_i64().unwrap(), text(row, "code"));
    page["items"].as_array().unwrap().iter().map(row).collect()
}

kernel::both_engines! {
    async fn a_list_with_planted_errors(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 100_000).await;
        let chair = city.chair();
        let id = id_number_of;
        // Members 1 to 6 are of the union, 10 of another one; 3 has the phone 19900000003.
        let content = format!(
            "姓名,证件号码,手机号,积分\n陈示例,{},,50\n林示例,{},,80.5\n黄示例,,19900000003,20\n梁示例,{},,20\n\
            区示例,{},,20\n陈示例,{},,30\n李示例,{},,二十\n张示例,,,20\n查无此人,440703199001010000,,20\n",
            id(1), id(2), id(5), id(10), id(1), id(5)
        );
        let file = upload(&chair, FILES, &content).await.ok();
        assert_eq!(file["rows"], 9);
        let body = json!({ "budget_id": budget, "kind": "list", "name": "技能竞赛奖励", "file_id": file["file_id"] });
        let batch = text(&chair.post("/api/points/batches", body).await.ok(), "id");
        city.work().await;
        let seen = batch_page(&chair, &batch).await["batch"].clone();
        let figures = ["people", "amount_cents", "faults"].map(|key| seen[key].as_i64().unwrap());
        assert_eq!((text(&seen, "state").as_str(), figures), ("prepared", [3, 15_050, 6]));
        let expected = [
            (5, "issue_list.not_member"), // the number of another member
            (6, "issue_list.not_member"), // of another union: not told apart from one who is nowhere
            (7, "issue_list.twice"),
            (8, "issue_list.amount"),
            (9, "issue_list.number"),
            (10, "issue_list.not_member"),
        ];
        assert_eq!(codes(&chair, &batch).await, expected.map(|(row, code)| (row, code.to_owned())));
        let mended = chair.get(&format!("/api/points/batches/{batch}/faults/csv")).await.ok();
        let mended = mended.as_str().unwrap();
        assert!(mended.contains("区示例") && mended.contains("二十") && !mended.contains("黄示例"), "{mended}");
        // Prepared again by a process that was killed before, it says the same.
        city.database().tamper("UPDATE issue_batch SET state = 'preparing'").await;
        rewards::points::issue::prepare::carry(&city.app, batch.parse().unwrap()).await.unwrap();
        let again = batch_page(&chair, &batch).await["batch"].clone();
        assert_eq!((&again["people"], &again["faults"]), (&json!(3), &json!(6)));
        submit(&chair, &batch).await.ok();
        approve(&city.vice_chair(), "issue_batch", &batch).await.ok();
        city.work().await;
        assert_eq!(batch_page(&chair, &batch).await["batch"]["issued_cents"], 15_050);
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM lot").await, 3);
        upload(&chair, FILES, "甲,乙\n1,2\n").await.refused(422, "points_table.header");
        city.member().post("/api/points/batches", json!({})).await.refused(403, "access.denied");
    }

    async fn lines_without_a_number_are_known_again(city: RewardsCity) {
        let officer = city.city_officer();
        let path = "/api/points/bank-lines/files?name=bank.csv";
        let line = |payer: &str| format!("2026/11/20,500.00,{payer}\n");
        let (first, second) = (line("示例甲厂工会"), line("示例乙厂工会"));
        let file = |lines: &[&str]| format!("交易日期,贷方发生额,对方户名\n{}", lines.concat());
        let counts = async |content: String| {
            let taken = upload(&officer, path, &content).await.ok();
            ["added", "known", "left_out"].map(|key| taken[key].as_i64().unwrap())
        };
        // Two equal ones are two; the same file again adds nothing, in whatever order; one more is one more.
        assert_eq!(counts(file(&[&first, &first, &second])).await, [3, 0, 0]);
        assert_eq!(counts(file(&[&second, &first, &first])).await, [0, 3, 0]);
        assert_eq!(counts(file(&[&first, &first, &first, &second])).await, [1, 3, 0]);
        // A bank that gives numbers to some.
        let mixed = "流水号,交易日期,贷方发生额,对方户名\n,2026/11/20,500,示例乙厂工会\nLS20261120001,2026/11/20,500,示例乙厂工会\n";
        assert_eq!(counts(mixed.to_owned()).await, [1, 1, 0]);
        assert_eq!(number(&city, "SELECT CAST(SUM(amount_cents) AS bigint) AS n FROM bank_line").await, 250_000);
        let body = json!({ "number": "", "day": "2026-11-20", "amount_cents": 1, "payer": "示例甲厂工会" });
        officer.post("/api/points/bank-lines", body).await.refused(422, "points.form");
    }

    async fn the_same_file_of_the_bank_twice_adds_nothing(city: RewardsCity) {
        let officer = city.city_officer();
        let content = "交易流水号,交易日期,贷方发生额,对方户名,摘要\nLS2026112000001,2026/11/20,\"1,000.00\",示例制造有限公司工会,拨款\n\
            LS2026112000002,20261120,-5.00,示例银行,手续费\nLS2026112000003,明天,20,示例工会,\n";
        let path = "/api/points/bank-lines/files?name=bank.csv";
        let first = upload(&officer, path, content).await.ok();
        let counts = ["added", "outgoing", "left_out"].map(|key| first[key].as_i64().unwrap());
        assert_eq!((counts, &first["faults"][0]["row_number"]), ([1, 1, 0], &json!(4)));
        let again = upload(&officer, path, content).await.ok();
        assert_eq!((&again["added"], &again["outgoing"], &again["known"]), (&json!(0), &json!(0), &json!(2)));
        let other = upload(&officer, path, &content.replace("1,000.00", "9,000.00")).await.ok();
        assert_eq!(other["faults"][0]["code"], "bank_line.other");
        let page = officer.get("/api/points/bank-lines?open=true").await.ok();
        assert_eq!((&page["items"][0]["amount_cents"], &page["items"][0]["state"]), (&json!(100_000), &json!("open")));
        city.chair().get("/api/points/bank-lines").await.refused(403, "access.denied");
        let tx = city.system().begin().await.unwrap();
        assert!(tx.execute_sql("UPDATE bank_line SET amount_cents = 1", []).await.is_err());
    }
}
