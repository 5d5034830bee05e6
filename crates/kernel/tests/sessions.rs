//! Sessions end: when nobody uses them, in any case after a while, and when told to.

use std::time::Duration;

use chrono::TimeDelta;
use kernel::access::Policy;
use kernel::caller::Caller;
use kernel::id::Ids;
use kernel::routes::{Done, Nothing};
use kernel::session::{self, NewSession};
use kernel::testing::{Client, Engine, Fixture, TestApp};
use kernel::{Cx, Id, Result, Routes, both_engines, schema};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Clone, Deserialize, ToSchema)]
struct SignInInput {
    account_id: Uuid,
    #[serde(default)]
    half: bool,
}

#[derive(Serialize, ToSchema)]
struct Ended {
    ended: u64,
}

async fn sign_in(cx: Cx, input: SignInInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let stage = if input.half { "totp" } else { "done" };
    let new =
        NewSession { account_id: input.account_id, person_id: None, stage, idle_minutes: 30, absolute_minutes: 120 };
    session::start(&tx, &cx, new).await?;
    tx.commit(Done {}).await
}

async fn who(_: Cx, _: Nothing) -> Result<Done> {
    Ok(Done {})
}

async fn sign_out_everywhere(cx: Cx, _: Nothing) -> Result<Ended> {
    let tx = cx.begin().await?;
    let ended = session::end_all(&tx, cx.caller.account()?).await?;
    cx.set_session_cookie(None);
    tx.commit(Ended { ended }).await
}

struct Door(TestApp);

impl Fixture for Door {
    async fn on(engine: Engine) -> Self {
        let routes = Routes::new("door")
            .post("/api/sign-in", "Signs in")
            .public()
            .runs(sign_in)
            .post("/api/sign-out-everywhere", "Signs out")
            .signed_in()
            .runs(sign_out_everywhere)
            .get("/api/who", "Who")
            .signed_in()
            .runs(who);
        Self(TestApp::new(engine, &schema::migrations(), Policy::new(), routes).await)
    }
}

impl Door {
    async fn enter(&self, account_id: Id) -> Client {
        let client = self.0.client();
        client.post("/api/sign-in", json!({"account_id": account_id})).await.ok();
        client
    }

    /// Uses the session and waits until its last use is written.
    async fn used(&self, client: &Client, account: Id) -> u16 {
        let status = client.get("/api/who").await.status;
        for _ in 0..200 {
            let open = session::open_of(self.0.db.read(), account, self.0.clock.now()).await.unwrap();
            if status != 200 || open.iter().any(|row| row.last_seen_at == self.0.clock.now()) {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the use was not written");
    }
}

both_engines! {
    async fn a_caller_has_the_session_that_stands_in_the_table(door: Door) {
        let account = Ids::random();
        let token = door.enter(account).await.token().unwrap();
        door.0.clock.advance(TimeDelta::seconds(7));
        let caller = Caller::of_token(&door.0, &token).await.unwrap();
        let open = session::open_of(door.0.db.read(), account, door.0.clock.now()).await.unwrap();
        assert_eq!((caller.session(), open.len()), (open.first(), 1));
    }

    async fn ends_when_idle(door: Door) {
        let account = Ids::random();
        let client = door.enter(account).await;
        for _ in 0..2 {
            door.0.clock.advance(TimeDelta::minutes(29));
            assert_eq!(door.used(&client, account).await, 200);
        }
        door.0.clock.advance(TimeDelta::minutes(30));
        client.get("/api/who").await.refused(401, "auth.required");
    }

    async fn ends_in_any_case(door: Door) {
        let account = Ids::random();
        let client = door.enter(account).await;
        for _ in 0..5 {
            door.0.clock.advance(TimeDelta::minutes(20));
            assert_eq!(door.used(&client, account).await, 200);
        }
        door.0.clock.advance(TimeDelta::minutes(20));
        client.get("/api/who").await.refused(401, "auth.required");
    }

    async fn every_device_is_signed_out(door: Door) {
        let (account, other) = (Ids::random(), Ids::random());
        let (phone, desk, stranger) = (door.enter(account).await, door.enter(account).await, door.enter(other).await);
        assert_eq!(phone.post("/api/sign-out-everywhere", json!({})).await.ok()["ended"], 2);
        assert_eq!(phone.token(), None);
        desk.get("/api/who").await.refused(401, "auth.required");
        stranger.get("/api/who").await.ok();
    }

    async fn a_password_alone_is_not_a_sign_in(door: Door) {
        let client = door.0.client();
        client.post("/api/sign-in", json!({"account_id": Ids::random(), "half": true})).await.ok();
        client.get("/api/who").await.refused(401, "auth.required");
    }

    async fn a_token_from_before_is_worth_nothing(door: Door) {
        let account = Ids::random();
        let client = door.enter(account).await;
        let before = client.token();
        client.post("/api/sign-in", json!({"account_id": account})).await.ok();
        assert_ne!(client.token(), before);
        let thief = door.0.client();
        thief.set_token(before.as_deref());
        thief.get("/api/who").await.refused(401, "auth.required");
    }
}
