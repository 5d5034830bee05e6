//! A batch is issued exactly once to each of its people, whatever happens to the process that does it.

use std::time::Duration;

use kernel::Id;
use kernel::testing::seeds;
use registry::testing::TestCity;
use rewards::ledger::{self, MoveKind, Order, What};
use rewards::points::issue::run::{Issuing, Step, carry};
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::stage::{approve, batch_page, everybody, funded, issued, memberships, number, page, submitted};

/// So many lots as people, one each.
async fn each_once(city: &RewardsCity, people: i64) {
    let twice = "SELECT COUNT(*) AS n FROM (SELECT account_id FROM lot GROUP BY account_id HAVING COUNT(*) > 1) twice";
    assert_eq!(number(city, twice).await, 0);
    assert_eq!(number(city, "SELECT COUNT(*) AS n FROM lot").await, people);
    assert_eq!(number(city, "SELECT COUNT(*) AS n FROM issue_line WHERE state = 'issued'").await, people);
}

kernel::both_engines! {
    async fn a_batch_that_is_killed_again_and_again_is_issued_once(city: RewardsCity) {
        city.enter_members(TestCity::UNION, 400).await;
        let budget = funded(&city, TestCity::UNION, 50_000).await;
        let batch = submitted(&city, &city.chair(), everybody(&budget, 100)).await;
        approve(&city.vice_chair(), "issue_batch", &batch).await.ok();
        let id: Id = batch.parse().unwrap();
        // Killed between two chunks, and in the middle of one.
        let at_work = Issuing::take(&city.app, id).await.unwrap().unwrap();
        assert!(matches!(at_work.step().await.unwrap(), Step::Settled(_)));
        drop(at_work);
        for cut in 0..seeds().end * 3 {
            let app = city.app.clone();
            let run = tokio::spawn(async move { carry(&app, id).await });
            tokio::time::sleep(Duration::from_micros(700 * cut)).await;
            run.abort();
            let _ = run.await;
        }
        // Of two workers one stops, and what it was about to issue is not issued.
        if let Some(slow) = Issuing::take(&city.app, id).await.unwrap() {
            let fast = Issuing::take(&city.app, id).await.unwrap().unwrap();
            assert_eq!(slow.step().await.unwrap(), Step::Stopped);
            drop(fast);
        }
        city.work().await;
        carry(&city.app, id).await.unwrap();
        let seen = batch_page(&city.chair(), &batch).await["batch"].clone();
        assert_eq!((&seen["state"], &seen["issued_people"], &seen["issued_cents"]), (&json!("done"), &json!(406), &json!(40_600)));
        each_once(&city, 406).await;
        let left = page(&city.chair(), &budget).await;
        assert_eq!((&left["balance_cents"], &left["reserved_cents"]), (&json!(9_400), &json!(0)));
        let report = city.county_officer().get(&format!("/api/points/batches/{batch}/report")).await.ok();
        assert_eq!((&report["issued_cents"], &report["left_cents"], &report["spent_cents"]), (&json!(40_600), &json!(40_600), &json!(0)));
        // The three who have an account were told, once.
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM notice WHERE kind = 'points.issued'").await, 3);
        let wallet = city.member().get("/api/wallet").await.ok();
        assert_eq!((&wallet["available_cents"], &wallet["books"][0]["lots"][0]["reason"]), (&json!(100), &json!("2026 年节日慰问")));
    }

    async fn a_budget_that_was_emptied_meanwhile_stops_the_batch_cleanly(city: RewardsCity) {
        city.enter_members(TestCity::UNION, 60).await;
        let budget = funded(&city, TestCity::UNION, 10_000).await;
        let batch = submitted(&city, &city.chair(), everybody(&budget, 100)).await;
        approve(&city.vice_chair(), "issue_batch", &batch).await.ok();
        // Behind the back of this slice: only the ledger's own floor stands in the way.
        let book = ledger::own_book(city.db.read()).await.unwrap();
        let what = What::Move {
            from: budget.parse().unwrap(),
            to: ledger::custody_id(book),
            amount_cents: 9_000,
            kind: MoveKind::Return,
            reason: "划回".into(),
            subject_id: None,
        };
        ledger::carry_out(&city.app, Order { id: city.ids.next(), book_id: book, by: None, what }).await.unwrap();
        city.work().await;
        let seen = batch_page(&city.chair(), &batch).await["batch"].clone();
        assert_eq!((&seen["state"], &seen["issued_cents"], &seen["people"]), (&json!("short"), &json!(1_000), &json!(66)));
        let left = page(&city.chair(), &budget).await;
        assert_eq!((&left["balance_cents"], &left["reserved_cents"]), (&json!(0), &json!(0)));
        each_once(&city, 10).await;
    }

    async fn members_are_named_and_limits_warn_or_block(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 100_000).await;
        issued(&city, &budget, 5_000).await;
        let set = async |name: &str, value: &str| {
            let tx = city.system().begin().await.unwrap();
            let sql = "UPDATE parameter SET value = $2 WHERE name = $1";
            tx.execute_sql(sql, [name.into(), value.into()]).await.unwrap();
            tx.commit(()).await.unwrap();
        };
        set("points.limit_cents.festival", "8000").await;
        let all = memberships(&city, TestCity::UNION).await;
        let named = |cents: i64, members: &[Id]| json!({
            "budget_id": budget, "kind": "activity", "name": "端午慰问", "each_cents": cents, "membership_ids": members,
        });
        let chair = city.chair();
        let warned = chair.post("/api/points/batches", named(3_001, &all[..2])).await.ok();
        assert_eq!((&warned["state"], &warned["over_limit"], &warned["amount_cents"]), (&json!("prepared"), &json!(2), &json!(6_002)));
        set("points.limit_blocks.festival", "1").await;
        let fits = submitted(&city, &chair, named(3_000, &all[..2])).await;
        let blocked = chair.post("/api/points/batches", named(3_001, &all[..2])).await.ok();
        assert_eq!((&blocked["state"], &blocked["refused_people"]), (&json!("failed"), &json!(2)));
        // What another batch gave meanwhile counts when this one is issued.
        let late = submitted(&city, &chair, named(1_000, &all[1..3])).await;
        for batch in [&fits, &late] {
            approve(&city.vice_chair(), "issue_batch", batch).await.ok();
            city.work().await;
        }
        let seen = batch_page(&chair, &late).await["batch"].clone();
        assert_eq!((&seen["issued_people"], &seen["refused_people"], &seen["state"]), (&json!(1), &json!(1), &json!("done")));
        let lines = chair.get(&format!("/api/points/batches/{late}/lines?state=refused")).await.ok();
        assert_eq!(lines["items"][0]["code"], "limit");
        // Somebody of another union is not named, and a county sees figures alone.
        let strangers = memberships(&city, TestCity::OTHER_UNION).await;
        chair.post("/api/points/batches", named(100, &strangers[..1])).await.refused(422, "issue.member");
        city.county_officer().get(&format!("/api/points/batches/{late}/lines")).await.refused(403, "access.denied");
        city.other_county_officer().get(&format!("/api/points/batches/{late}")).await.refused(404, "not_found");
        let chosen = chair.get(&format!("/api/points/batches/people?organization_id={}&q=%E9%99%88", TestCity::UNION)).await.ok();
        assert_eq!(chosen["items"].as_array().map(Vec::len), Some(1), "{chosen}");
        for sql in ["UPDATE issue_line SET amount_cents = 1 WHERE state = 'issued'", "DELETE FROM issue_line WHERE state = 'issued'"] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_raw(city.db.statement(sql, [])).await.is_err(), "{sql}");
        }
    }
}
