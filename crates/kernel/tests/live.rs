//! An answer that goes on: what rings is heard, and what stands in the database is told.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use futures::{StreamExt, stream};
use kernel::access::Policy;
use kernel::id::Ids;
use kernel::routes::Messages;
use kernel::testing::{Engine, TestApp};
use kernel::{Cx, Id, Result, Routes, schema};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Deserialize, ToSchema)]
struct ListenInput {
    topic: Uuid,
}

#[derive(Serialize, ToSchema)]
struct Rung {
    times: u64,
}

async fn listen(cx: Cx, input: ListenInput) -> Result<Messages<Rung>> {
    let listener = cx.app.live.listen(input.topic)?;
    Ok(stream::unfold((listener, 0), |(mut listener, times)| async move {
        let on = listener.wait(Duration::from_secs(60)).await;
        on.then_some((Rung { times: times + 1 }, (listener, times + 1)))
    })
    .boxed())
}

async fn stage() -> (TestApp, Id) {
    let routes = Routes::new("test").stream("/api/rings/{topic}", "Tells of a bell").public().follows(listen);
    (TestApp::new(Engine::Sqlite, &schema::migrations(), Policy::new(), routes).await, Ids::random())
}

#[tokio::test]
async fn a_page_that_stands_open_is_told() {
    let (test, topic) = stage().await;
    let request = Request::get(format!("/api/rings/{topic}")).body(Body::empty()).unwrap();
    let response = test.router().oneshot(request).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
    let mut pieces = response.into_body().into_data_stream();
    for times in 1..=2 {
        test.app.live.ring(topic);
        let piece = pieces.next().await.unwrap().unwrap();
        assert_eq!(piece, format!("data: {{\"times\":{times}}}\n\n"));
    }
    test.app.live.close();
    assert!(pieces.next().await.is_none(), "the process stops");
}

#[tokio::test]
async fn whoever_finds_no_place_is_told_so() {
    let (test, topic) = stage().await;
    let listeners: Vec<_> = (0..kernel::live::MOST_OF_TOPIC).map(|_| test.app.live.listen(topic).unwrap()).collect();
    test.client().get(&format!("/api/rings/{topic}")).await.refused(503, "system.busy");
    drop(listeners);
}
