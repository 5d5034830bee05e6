//! Nobody heard an answer: every payment ends paid, closed or reversed, and both sides see the same.

use chrono::TimeDelta;
use futures::future::join_all;
use kernel::Id;
use kernel::id::Ids;
use kernel::testing::{Answer, long, seeds};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rewards::counter::parameters::PERSON_DAY_TIMES;
use rewards::testing::RewardsCity;
use serde_json::json;
use tokio::time::timeout;

use super::stage::{Stage, patience};

async fn within(patience: Option<std::time::Duration>, call: impl Future<Output = Answer>) -> Option<Answer> {
    match patience {
        Some(patience) => timeout(patience, call).await.ok(),
        None => Some(call.await),
    }
}

/// Charges, and hangs up at some moment; asks, and may hang up; reverses until that is answered.
async fn closed(stage: &Stage<'_>, at: usize, seed: u64) -> (Id, String) {
    let (id, mut dice) = (Ids::random(), StdRng::seed_from_u64(seed ^ at as u64));
    let shop = at % stage.shops.len();
    // Some of them are more than there is.
    let points = if at % 5 == 4 { 90_000 } else { 100 };
    if let Some(answer) = within(patience(&mut dice), stage.pay(shop, id, points)).await {
        assert!(answer.status == 200 || answer.code() == "ledger.short", "{}", answer.body);
    }
    let path = stage.path(shop, &format!("/payments/{id}"));
    let asked = within(patience(&mut dice), stage.cashiers[shop].get(&path)).await;
    if let Some(answer) = asked
        && answer.status == 200
    {
        return (id, answer.body["state"].as_str().unwrap().to_owned());
    }
    loop {
        if let Some(answer) = within(patience(&mut dice), stage.reverse(shop, id)).await {
            return (id, answer.ok()["state"].as_str().unwrap().to_owned());
        }
    }
}

kernel::both_engines! {
    async fn time_outs_at_each_step_end_decided(city: RewardsCity) {
        let many = if long() { 1_000 } else { 80 };
        let stage = Stage::open(&city, 4, 50_000).await;
        stage.set(PERSON_DAY_TIMES, 10_000).await;
        let ends = join_all((0..many).map(|at| closed(&stage, at, seeds().end))).await;
        for (at, (id, told)) in ends.into_iter().enumerate() {
            assert!(["paid", "closed", "reversed"].contains(&told.as_str()), "{told}");
            let sql = format!("payment WHERE id = {} AND state = '{told}'", literal(&stage, id));
            assert_eq!(stage.count(&sql).await, 1, "{id} was told to be {told}");
            let (shop, path) = (at % stage.shops.len(), format!("/payments/{id}"));
            assert_eq!(stage.cashiers[shop].get(&stage.path(shop, &path)).await.ok()["state"], told.as_str());
            let receipt = stage.member.get(&format!("/api{path}")).await;
            if receipt.status == 200 {
                assert_eq!(receipt.body["state"], told.as_str(), "both sides see the same of {id}");
            } else {
                // One that never arrived was never hers.
                receipt.refused(404, "not_found");
                assert_eq!(told, "reversed");
            }
        }
        stage.agrees(50_000).await;
    }

    async fn what_was_given_up_never_arrives(city: RewardsCity) {
        let stage = Stage::open(&city, 2, 10_000).await;
        let (lost, phone) = (Ids::random(), stage.phone().await);
        let missing = stage.path(0, &format!("/payments/{lost}"));
        stage.cashiers[0].get(&missing).await.refused(404, "not_found");
        for _ in 0..2 {
            assert_eq!(stage.reverse(0, lost).await.ok()["state"], "reversed");
        }
        stage.charge(0, lost, &stage.code(&phone), 100).await.refused(409, "counter.reversed");
        assert_eq!(stage.cashiers[0].get(&missing).await.ok()["state"], "reversed");
        // The member may give up what never arrived, and nothing that was paid.
        let (never, paid) = (Ids::random(), Ids::random());
        let give_up = |id: Id| format!("/api/payments/{id}/give-up");
        assert_eq!(stage.member.post(&give_up(never), json!({})).await.ok()["state"], "reversed");
        stage.pay(0, never, 100).await.refused(409, "counter.reversed");
        stage.pay(0, paid, 100).await.ok();
        assert_eq!(stage.member.post(&give_up(paid), json!({})).await.ok()["state"], "paid");
        city.chair().post(&give_up(paid), json!({})).await.refused(404, "not_found");
        // Reversed by its own shop alone, within minutes, once.
        stage.reverse(1, paid).await.refused(404, "not_found");
        let answers = join_all((0..8).map(|_| stage.reverse(0, paid))).await;
        assert!(answers.iter().all(|answer| answer.body["state"] == "reversed"));
        assert_eq!(stage.wallet().await, 10_000);
        let late = Ids::random();
        stage.pay(0, late, 100).await.ok();
        city.clock.advance(TimeDelta::minutes(31));
        stage.reverse(0, late).await.refused(409, "counter.reverse");
        stage.agrees(10_000).await;
    }
}

/// An id as the engine has it in a text.
fn literal(stage: &Stage<'_>, id: Id) -> String {
    if stage.city.db.is_sqlite() { format!("x'{}'", id.simple()) } else { format!("'{id}'") }
}
