//! Nobody issues above a budget, however many approve at once.

use std::time::Duration;

use futures::future::join_all;
use kernel::testing::Client;
use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use serde_json::json;

use super::stage::{approve, funded, memberships, number, page, text};

/// Presses 同意 until it was heard; answers the status.
async fn press(client: &Client, batch: &str) -> u16 {
    loop {
        let answer = approve(client, "issue_batch", batch).await;
        match answer.status {
            503 => tokio::time::sleep(Duration::from_millis(5)).await,
            200 => return 200,
            _ => {
                answer.refused(409, "budget.short");
                return answer.status;
            }
        }
    }
}

kernel::both_engines! {
    async fn a_hundred_approvals_of_a_budget_for_sixty_are_sixty(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 6_000).await;
        let member = memberships(&city, TestCity::UNION).await[0];
        let (chair, deputy) = (city.chair(), city.vice_chair());
        let mut batches = Vec::new();
        for n in 0..100 {
            let body = json!({
                "budget_id": budget, "kind": "activity", "name": format!("趣味运动会第{n}场"), "each_cents": 100,
                "membership_ids": [member],
            });
            let made = chair.post("/api/points/batches", body).await.ok();
            let batch = text(&made, "id");
            let submit = json!({ "version": made["version"] });
            chair.post(&format!("/api/points/batches/{batch}/submit"), submit).await.ok();
            batches.push(batch);
        }
        let answers = join_all(batches.iter().map(|batch| press(&deputy, batch))).await;
        assert_eq!(answers.iter().filter(|status| **status == 200).count(), 60);
        let promised = page(&chair, &budget).await;
        assert_eq!((&promised["reserved_cents"], &promised["available_cents"]), (&json!(6_000), &json!(0)));
        city.work().await;
        let spent = page(&chair, &budget).await;
        let figures = ["issued_cents", "balance_cents", "reserved_cents"].map(|key| spent[key].as_i64().unwrap());
        assert_eq!(figures, [6_000, 0, 0]);
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM transfer WHERE kind = 'issue'").await, 60);
        // The rest still waits, and is approved once there is money again.
        let late = batches.iter().zip(&answers).find(|(_, status)| **status != 200).unwrap().0;
        super::stage::fund(&city, &budget, 100).await;
        assert_eq!(press(&deputy, late).await, 200);
    }
}
