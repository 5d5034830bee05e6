//! What surrounds the routes: guards, inputs, headers, panics, repeated submits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Request, header};
use kernel::access::{Permission, Policy, Role};
use kernel::routes::{Done, Nothing};
use kernel::testing::{Client, Engine, Fixture, TestApp, Who};
use kernel::{Cx, Error, Migration, Result, Routes, both_engines, node, refusals, schema};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

const OPEN: Permission = Permission("box.open");
const KEEPER: Role = Role { name: "keeper", label: "保管员", levels: &[], exclusive: false };
const BOX: Migration = Migration {
    name: "test_0001_box",
    sql: "CREATE TABLE box (k text PRIMARY KEY, n bigint NOT NULL CHECK (n >= 0), note text)
;;
INSERT INTO box (k, n) VALUES ('a', 0), ('x', 1), ('y', 1)",
};

refusals! {
    /// The box does not want to.
    BOX_SHUT = "box.shut", CONFLICT, "盒子打不开，请换一个。";
}

#[derive(Clone, Deserialize, ToSchema)]
struct PutInput {
    key: String,
    n: i64,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Put {
    n: i64,
}

async fn value(conn: &impl ConnectionTrait, key: &str) -> Result<i64> {
    let sql = "SELECT n FROM box WHERE k = $1";
    let statement = sea_orm::Statement::from_sql_and_values(conn.get_database_backend(), sql, [key.into()]);
    Ok(conn.query_one_raw(statement).await?.ok_or_else(Error::not_found)?.try_get("", "n")?)
}

/// Reads, then writes what it read plus `n`: loses updates unless isolation is real.
async fn add(cx: Cx, input: PutInput) -> Result<Put> {
    let tx = cx.begin().await?;
    let n = value(&tx, &input.key).await? + input.n;
    let note = input.note.clone();
    tx.execute_sql("UPDATE box SET n = $2, note = $3 WHERE k = $1", [input.key.into(), n.into(), note.into()]).await?;
    tx.commit(Put { n }).await
}

/// Takes one from a box as long as both boxes together keep one.
async fn take(cx: Cx, input: PutInput) -> Result<Put> {
    let tx = cx.begin().await?;
    if value(&tx, "x").await? + value(&tx, "y").await? < 2 {
        return Err(BOX_SHUT.refusal().into());
    }
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    tx.execute_sql("UPDATE box SET n = n - 1 WHERE k = $1", [input.key.into()]).await?;
    tx.commit(Put { n: 0 }).await
}

/// Counts a try and refuses it as long as `n` is below zero.
async fn attempt(cx: Cx, input: PutInput) -> Result<Put> {
    let tx = cx.begin().await?;
    tx.execute_sql("UPDATE box SET n = n + 1 WHERE k = 'a'", []).await?;
    if input.note.as_deref() == Some("fail") {
        return Err(Error::internal("told to"));
    }
    if input.n < 0 && value(&tx, "a").await? < 2 {
        return tx.refuse(BOX_SHUT.refusal().on("n")).await;
    }
    let n = value(&tx, "a").await?;
    tx.commit(Put { n }).await
}

async fn slow(cx: Cx, input: PutInput) -> Result<Done> {
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    add(cx, input).await.map(|_| Done {})
}

async fn look(cx: Cx, input: PutInput) -> Result<Put> {
    Ok(Put { n: value(cx.read(), &input.key).await? + input.n })
}

async fn panics(_: Cx, _: Nothing) -> Result<Done> {
    panic!("on purpose")
}

fn routes() -> Routes {
    Routes::new("box")
        .post("/api/box/add", "Adds")
        .signed_in()
        .runs(add)
        .post("/api/box/take", "Takes")
        .signed_in()
        .runs(take)
        .post("/api/box/attempt", "Tries")
        .signed_in()
        .runs(attempt)
        .post("/api/box/{key}/slow", "Adds slowly")
        .public()
        .runs(slow)
        .get("/api/box/{key}", "Looks")
        .requires(OPEN)
        .runs(look)
        .get("/api/panic", "Panics")
        .public()
        .runs(panics)
        .post("/api/panic", "Panics")
        .public()
        .runs(panics)
}

struct Boxes(TestApp);

impl Fixture for Boxes {
    async fn on(engine: Engine) -> Self {
        let steps = [schema::migrations(), vec![BOX]].concat();
        let policy = Policy::new().role(KEEPER).allow("keeper", &[OPEN]);
        Self(TestApp::new(engine, &steps, policy, routes()).await)
    }
}

impl Boxes {
    async fn signed_in(&self) -> Arc<Client> {
        Arc::new(self.0.client_of(&Who::new()).await)
    }

    async fn value(&self, key: &str) -> i64 {
        value(self.0.db.read(), key).await.unwrap()
    }

    async fn root(&self) -> kernel::Id {
        let tx = self.0.system().begin().await.unwrap();
        let id = tx.id();
        node::create(&tx, id, "city_federation", None, tx.today()).await.unwrap();
        tx.commit(id).await.unwrap()
    }
}

both_engines! {
    async fn no_increment_is_lost(boxes: Boxes) {
        let client = boxes.signed_in().await;
        let done = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..16).map(|_| {
            let (client, done) = (client.clone(), done.clone());
            tokio::spawn(async move {
                while done.fetch_add(1, Ordering::Relaxed) < 1_000 {
                    // "Busy" is a promise that nothing was changed, so it may be sent again.
                    while client.post("/api/box/add", json!({"key": "a", "n": 1})).await.status == 503 {}
                }
            })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(boxes.value("a").await, 1_000);
    }

    async fn write_skew_is_refused(boxes: Boxes) {
        let client = boxes.signed_in().await;
        let (one, two) = tokio::join!(
            client.post("/api/box/take", json!({"key": "x", "n": 0})),
            client.post("/api/box/take", json!({"key": "y", "n": 0})),
        );
        let mut answers = [one.status, two.status];
        answers.sort_unstable();
        assert_eq!(answers, [200, 409]);
        assert_eq!(boxes.value("x").await + boxes.value("y").await, 1);
    }

    async fn repeated_submit_has_one_effect(boxes: Boxes) {
        let client = boxes.signed_in().await;
        let tasks: Vec<_> = (0..20).map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                loop {
                    let answer = client.post_once("/api/box/add", "key-1", json!({"key": "a", "n": 5})).await;
                    if answer.status != 503 {
                        return answer.ok();
                    }
                }
            })
        }).collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), json!({"n": 5}));
        }
        assert_eq!(boxes.value("a").await, 5);
        let other = client.post_once("/api/box/add", "key-1", json!({"key": "a", "n": 6})).await;
        other.refused(409, "idempotency.mismatch");
        // Another person's key of the same text is another key.
        let stranger = boxes.signed_in().await;
        assert_eq!(stranger.post_once("/api/box/add", "key-1", json!({"key": "a", "n": 6})).await.ok()["n"], 11);
    }

    async fn refusal_commits_and_may_be_sent_again(boxes: Boxes) {
        let client = boxes.signed_in().await;
        let body = json!({"key": "a", "n": -1});
        let first = client.post_once("/api/box/attempt", "k", body.clone()).await;
        first.refused(409, "box.shut");
        assert_eq!(first.body["field"], "n");
        assert_eq!(boxes.value("a").await, 1);
        assert_eq!(client.post_once("/api/box/attempt", "k", body).await.ok()["n"], 2);
    }

    async fn error_rolls_back(boxes: Boxes) {
        let client = boxes.signed_in().await;
        let body = json!({"key": "a", "n": 1, "note": "fail"});
        let answer = client.post_once("/api/box/attempt", "k", body.clone()).await;
        answer.refused(500, "system.internal");
        assert!(!answer.body.to_string().contains("told to"));
        assert_eq!(boxes.value("a").await, 0);
        client.post_once("/api/box/attempt", "k", body).await.refused(500, "system.internal");
    }

    async fn hanging_up_does_not_undo(boxes: Boxes) {
        let client = boxes.signed_in().await;
        let request = client.post("/api/box/a/slow", json!({"n": 7}));
        let hung_up = tokio::time::timeout(std::time::Duration::from_millis(50), request).await;
        assert!(hung_up.is_err());
        for _ in 0..100 {
            if boxes.value("a").await == 7 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the write was cancelled with its client");
    }

    async fn guards(boxes: Boxes) {
        boxes.0.client().get("/api/box/a?n=0").await.refused(401, "auth.required");
        boxes.0.client().post("/api/box/add", json!({})).await.refused(401, "auth.required");
        boxes.signed_in().await.get("/api/box/a?n=0").await.refused(403, "access.denied");
        let root = boxes.root().await;
        let keeper = boxes.0.client_of(&Who::new().role("keeper", root)).await;
        assert_eq!(keeper.get("/api/box/x?n=2").await.ok()["n"], 3);
        keeper.get("/api/box/nothing?n=2").await.refused(404, "not_found");
    }

    async fn unreadable_input_is_refused(boxes: Boxes) {
        let client = boxes.signed_in().await;
        let put = "/api/box/add";
        client.post(put, json!({"key": "a", "n": 1, "note": "a\u{0}b"})).await.refused(422, "input.characters");
        client.post(put, json!({"key": "a", "n": "one"})).await.refused(400, "input.invalid");
        client.post(put, json!({"key": "a"})).await.refused(400, "input.invalid");
        client.post(put, json!([1])).await.refused(400, "input.invalid");
        client.post(put, json!({"key": "a", "n": 1, "note": "x".repeat(1 << 20)})).await.refused(413, "input.too_large");
        let bare = Request::post(put).header("content-type", "application/json").body(Body::from("{}")).unwrap();
        client.send(bare).await.refused(403, "request.forged");
        let form = Request::post(put).header("x-zhigong", "1").header("content-type", "text/plain");
        client.send(form.body(Body::from("{}")).unwrap()).await.refused(403, "request.forged");
        assert_eq!(boxes.value("a").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_where_there_is_no_route() {
    let Boxes(test) = Boxes::on(Engine::Sqlite).await;
    let client = test.client();
    client.get("/api/nothing/here").await.refused(404, "not_found");
    client.post("/api", json!({})).await.refused(404, "not_found");
    client.get("/api/box/add/more").await.refused(404, "not_found");
    client.get("/api/panic").await.refused(500, "system.internal");
    client.post("/api/panic", json!({})).await.refused(500, "system.internal");
    let wrong = Request::delete("/api/panic").body(Body::empty()).unwrap();
    client.send(wrong).await.refused(405, "request.method");
    assert_eq!(client.get("/healthz").await.body, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_and_request_number() {
    let Boxes(test) = Boxes::on(Engine::Sqlite).await;
    let request = Request::get("/api/nothing").header("x-request-id", "mine").body(Body::empty()).unwrap();
    let answer = test.client().send(request).await;
    let text = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert_eq!(text("x-request-id").len(), 32);
    assert!(text("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(text("x-content-type-options"), "nosniff");
    assert_eq!(text("cache-control"), "no-store");
    assert_eq!(text("content-type"), "application/problem+json");
    assert!(answer.headers.get(header::STRICT_TRANSPORT_SECURITY).is_none());
}
