//! What was filed stays, whoever writes to the tables.

use voice::testing::VoiceCity;

use super::{PNG, published};

kernel::both_engines! {
    async fn nothing_is_deleted_or_written_over(city: VoiceCity) {
        let followed = published(&city, 5).await;
        followed.plan(0, "2026-12-21").await.ok();
        let chair = city.chair();
        let file = followed.upload(&chair, "a.png", PNG).await.ok();
        let item = followed.item(0).await;
        let body = serde_json::json!({ "text": "办好了", "file_ids": [file["file_id"]], "claim": true });
        followed.enter(&item, body).await.ok();
        followed.round().await;
        followed.answer(5, |_| vec![2]).await;
        followed.after(8).await;
        for table in [
            "rectification", "rectification_seen", "rectification_problem", "rectification_plan", "rectification_measure",
            "rectification_item", "rectification_evidence", "rectification_file", "closure_round", "closure_question",
            "closure_result",
        ] {
            assert!(followed.count(&format!("SELECT 1 AS one FROM {table}")).await > 0, "{table} is filled");
            refused(&city, &format!("DELETE FROM {table}")).await;
        }
        for change in [
            "UPDATE rectification SET opened_on = '2026-01-01'",
            "UPDATE rectification_problem SET text = '没有问题'",
            "UPDATE rectification_plan SET filed_on = '2026-01-01'",
            "UPDATE rectification_measure SET measure = '改写'",
            "UPDATE rectification_measure SET due_on = '2027-12-31'",
            "UPDATE rectification_evidence SET text = '改写'",
            "UPDATE rectification_file SET name = '改写'",
            "UPDATE closure_round SET form = '{}'",
            "UPDATE closure_round SET state = 'open', ballots = NULL, counted_on = NULL",
            "UPDATE closure_question SET question = 'q9'",
            "UPDATE closure_result SET fixed = 9",
            "UPDATE rectification_item SET state = 'fixed', settled_on = '2026-12-09' WHERE state = 'not_fixed'",
            "UPDATE rectification_item SET begun_on = '2026-01-01'",
            "UPDATE rectification_item SET state = 'fixed', claimed_on = '2026-12-09', settled_on = '2026-12-09' WHERE state = 'open'",
            "UPDATE rectification_item SET state = 'asked', claimed_on = '2026-12-09' WHERE state = 'open'",
        ] {
            refused(&city, change).await;
        }
    }
}

async fn refused(city: &VoiceCity, sql: &str) {
    let tx = city.system().begin().await.unwrap();
    assert!(tx.execute_sql(sql, []).await.is_err(), "{sql}");
}
