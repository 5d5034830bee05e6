//! Rules over people: who is covered, on both engines, within whose scope.

mod people;
mod scope;
mod time;

use kernel::testing::Client;
use registry::testing::TestCity;
use serde_json::{Value, json};

/// Runs statements that prepare a test.
async fn change(city: &TestCity, statements: &[&str]) {
    let tx = city.system().begin_bulk().await.unwrap();
    for sql in statements {
        tx.execute_sql(sql, []).await.unwrap();
    }
    tx.commit(()).await.unwrap();
}

/// Makes the people of a crowd differ: by their names, which are dealt at random.
async fn mix(city: &TestCity) {
    change(
        city,
        &[
            "UPDATE person SET sex = 'female' WHERE name LIKE '%丽%' OR name LIKE '%秀%' OR name LIKE '%美%'",
            "UPDATE person SET sex = 'male' WHERE name LIKE '%伟%' OR name LIKE '%强%'",
            "UPDATE person SET birth = NULL WHERE name LIKE '%雨%'",
            "UPDATE membership SET employment_form = 'platform', work = 'courier' WHERE person_id IN (SELECT id FROM person WHERE name LIKE '李%')",
            "UPDATE membership SET employment_form = 'platform', work = 'food_delivery' WHERE person_id IN (SELECT id FROM person WHERE name LIKE '黄%')",
            "UPDATE membership SET employment_form = 'dispatched' WHERE person_id IN (SELECT id FROM person WHERE name LIKE '张%')",
            "UPDATE membership SET joined_on = '2024-01-01' WHERE person_id IN (SELECT id FROM person WHERE name LIKE '梁%')",
            "UPDATE membership SET state = 'left', ended_on = '2026-11-01' WHERE person_id IN (SELECT id FROM person WHERE name LIKE '林%' AND birth < '1980-01-01')",
        ],
    )
    .await;
}

async fn counted(client: &Client, rule: &str, within: Option<kernel::Id>) -> Value {
    let asked = json!({"rule": rule, "organization_id": within.map(|id| id.to_string())});
    client.post("/api/segments/count", asked).await.ok()
}
