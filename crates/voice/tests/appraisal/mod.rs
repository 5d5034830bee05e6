//! Evaluations: from the draft to the end of the voting.

mod campaign;
mod freeze;
mod lifecycle;
mod rated;

use kernel::Id;
use kernel::event::entity as event;
use kernel::testing::Client;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use voice::testing::VoiceCity;

/// Starts a draft; answers its row.
async fn draft(client: &Client, scheme: &str, union: Id) -> Value {
    client.post("/api/evaluations", json!({ "scheme": scheme, "organization_id": union })).await.ok()
}

/// The id in a row.
fn id(row: &Value) -> Id {
    row["id"].as_str().unwrap().parse().unwrap()
}

/// Opens a draft, with a report where one is asked for, and works off what follows.
async fn opened(city: &VoiceCity, client: &Client, scheme: &str, union: Id) -> Id {
    let id = id(&draft(client, scheme, union).await);
    if scheme == "chair_report" {
        city.report(id).await;
    }
    client.post(&format!("/api/evaluations/{id}/open"), json!({})).await.ok();
    city.work().await;
    id
}

async fn page(client: &Client, id: Id) -> Value {
    client.get(&format!("/api/evaluations/{id}")).await.ok()
}

async fn events(city: &VoiceCity, kind: &str) -> Vec<event::Model> {
    event::Entity::find().filter(event::Column::Kind.eq(kind)).all(city.db.read()).await.unwrap()
}
