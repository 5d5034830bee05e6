//! Limits of issuing: of a budget, of a purpose, of a rule, and of those who may approve.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use futures::future::join_all;
use kernel::event::Event;
use kernel::event::seal::seal_all;
use kernel::testing::Client;
use kernel::{Error, Id, Result};
use registry::testing::TestCity;
use rewards::points::issue::run::carry;
use rewards::points::purpose::CODES;
use rewards::points::rule::feed::follow;
use rewards::testing::RewardsCity;
use serde_json::json;

use super::paying::PREFIXES;
use super::{CROWD, declared, done};
use crate::points::stage::{approve, batch_page, budget, fund, memberships, number, page, text};

/// Limits that are no parameters: what a budget holds, and what a rule gives in a day and in a year.
const OTHERS: [&str; 2] = ["budget", "point_rule"];

/// A union with a budget for every purpose.
struct Ground<'a> {
    city: &'a RewardsCity,
    budgets: BTreeMap<&'static str, String>,
    members: Vec<Id>,
}

impl Ground<'_> {
    async fn set(&self, name: &str, value: i64) {
        let tx = self.city.system().begin_bulk().await.unwrap();
        let sql = "UPDATE parameter SET value = $2 WHERE name = $1";
        assert_eq!(tx.execute_sql(sql, [name.into(), value.to_string().into()]).await.unwrap(), 1);
        tx.commit(()).await.unwrap();
    }

    /// A batch that waits for its approval, over one member.
    async fn waiting(&self, purpose: &str, member: Id, cents: i64) -> String {
        let chair = self.city.chair();
        let body = json!({
            "budget_id": self.budgets[purpose], "kind": "activity", "name": "同时发放", "each_cents": cents,
            "membership_ids": [member],
        });
        let made = chair.post("/api/points/batches", body).await.ok();
        let batch = text(&made, "id");
        let submit = json!({ "version": made["version"] });
        chair.post(&format!("/api/points/batches/{batch}/submit"), submit).await.ok();
        batch
    }

    /// What was given for a purpose.
    async fn given(&self, purpose: &str) -> i64 {
        let sql = "SELECT CAST(COALESCE(SUM(cents), 0) AS bigint) AS n FROM points_given WHERE purpose = ";
        number(self.city, &format!("{sql}'{purpose}'")).await
    }
}

async fn attack(ground: &Ground<'_>, name: &str) {
    let city = ground.city;
    match name {
        "budget" => empty(ground).await,
        "point_rule" => caps(ground).await,
        "points.approve_above_cents" => approvals(ground, &[name], &[city.vice_chair()], &city.town_officer()).await,
        "points.approve_city_cents" => {
            let below = [city.vice_chair(), city.town_officer(), city.town_deputy()];
            approvals(ground, &["points.approve_above_cents", name], &below, &city.city_deputy()).await;
        }
        _ => match name.strip_prefix("points.limit_cents.") {
            Some(purpose) => two_batches(ground, purpose).await,
            // Whether a limit blocks: the limit is attacked while it does.
            None => assert!(name.strip_prefix("points.limit_blocks.").is_some_and(|of| CODES.contains(&of)), "{name}"),
        },
    }
}

/// From which sum on the level above is asked: those below it press as often as they like.
async fn approvals(ground: &Ground<'_>, thresholds: &[&str], below: &[Client], above: &Client) {
    for name in thresholds {
        ground.set(name, 600).await;
    }
    let batch = ground.waiting("festival", ground.members[1], 600).await;
    for client in below {
        join_all((0..CROWD).map(|_| approve(client, "issue_batch", &batch))).await;
        // The last one is heard, whatever the race was like.
        approve(client, "issue_batch", &batch).await;
    }
    ground.city.work().await;
    let seen = batch_page(&ground.city.chair(), &batch).await["batch"].clone();
    assert_eq!((&seen["state"], &seen["issued_cents"]), (&json!("waiting"), &json!(0)), "{thresholds:?}");
    assert_eq!(approve(above, "issue_batch", &batch).await.ok()["progress"], "done");
    ground.city.work().await;
    assert_eq!(batch_page(&ground.city.chair(), &batch).await["batch"]["issued_cents"], 600);
    for name in thresholds {
        ground.set(name, 100_000_000).await;
    }
}

/// Two batches for the same member, carried out by many workers at once: the limit has room for one of them.
async fn two_batches(ground: &Ground<'_>, purpose: &str) {
    let (limit, blocks) = (format!("points.limit_cents.{purpose}"), format!("points.limit_blocks.{purpose}"));
    ground.set(&limit, 3_000).await;
    ground.set(&blocks, 1).await;
    let before = ground.given(purpose).await;
    let mut batches: Vec<Id> = Vec::new();
    for _ in 0..2 {
        let batch = ground.waiting(purpose, ground.members[0], 2_000).await;
        approve(&ground.city.vice_chair(), "issue_batch", &batch).await.ok();
        batches.push(batch.parse().unwrap());
    }
    let workers = (0..CROWD).map(|at| carry(&ground.city.app, batches[at % 2]));
    join_all(workers).await.into_iter().for_each(worked);
    ground.city.work().await;
    assert_eq!(ground.given(purpose).await - before, 2_000, "{purpose}");
    let left = page(&ground.city.chair(), &ground.budgets[purpose]).await;
    assert_eq!(left["reserved_cents"], 0, "{purpose}");
    ground.set(&limit, 0).await;
}

/// Of what a budget holds a seventh is asked back again and again.
async fn empty(ground: &Ground<'_>) {
    let (chair, budget) = (ground.city.chair(), &ground.budgets["birthday"]);
    let cents = page(&chair, budget).await["available_cents"].as_i64().unwrap() / 7;
    let path = format!("/api/points/budgets/{budget}/give-back");
    let ask = || chair.post(&path, json!({ "amount_cents": cents, "reason": "年度结余退回" }));
    assert_eq!(done(ask, "budget.short").await, 7);
}

/// The same thing happens to a member again and again, and many follow it at once: three a day, and five a year.
async fn caps(ground: &Ground<'_>) {
    let city = ground.city;
    let rule = json!({
        "budget_id": ground.budgets["join"], "name": "新会员见面礼", "event_kind": "membership.started",
        "amount_cents": 2_000, "daily_cents": 6_000, "yearly_cents": 10_000, "total_cents": 1_000_000, "from_on": city.clock.today(),
        "to_on": "2026-12-31",
    });
    let rule = text(&city.chair().post("/api/points/rules", rule).await.ok(), "id");
    approve(&city.vice_chair(), "point_rule", &rule).await.ok();
    for given in [3, 5] {
        let tx = city.system().begin().await.unwrap();
        for _ in 0..CROWD {
            let event = Event::of("membership.started", "membership", tx.id()).at(TestCity::UNION);
            tx.record(event.with("person", TestCity::person_of("member"))).await.unwrap();
        }
        tx.commit(()).await.unwrap();
        seal_all(&city.app).await.unwrap();
        join_all((0..CROWD).map(|_| follow(&city.app))).await.into_iter().for_each(worked);
        follow(&city.app).await.unwrap();
        let counted = number(city, "SELECT COUNT(*) AS n FROM point_grant WHERE outcome = 'given'").await;
        assert_eq!(counted, given);
        city.clock.advance(TimeDelta::days(1));
    }
    assert_eq!(number(city, "SELECT COUNT(*) AS n FROM point_grant").await, 2 * CROWD as i64);
}

/// One of many at work may lose the race too often.
fn worked(result: Result<()>) {
    if let Err(error) = result {
        assert!(matches!(error, Error::Contention), "{error}");
    }
}

kernel::both_engines! {
    async fn no_limit_of_issuing_gives_way(city: RewardsCity) {
        let mut budgets = BTreeMap::new();
        for purpose in CODES {
            let id = budget(&city, TestCity::UNION, purpose).await;
            fund(&city, &id, 100_000).await;
            budgets.insert(purpose, id);
        }
        let ground = Ground { city: &city, budgets, members: memberships(&city, TestCity::UNION).await };
        let limits = declared(&PREFIXES, false);
        assert!(limits.len() >= 2 + 2 * CODES.len(), "{limits:?}");
        for name in limits.into_iter().chain(OTHERS) {
            attack(&ground, name).await;
        }
    }
}
