//! Killed, doubled, overtaken: the end is the same.

use std::time::Duration;

use kernel::testing::{Engine, Fixture};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use registry::import::drive::{Ended, Work};
use registry::import::jobs::pass;
use registry::import::roster::Roster;
use registry::import::sequence::Sequence;
use registry::import::source::SourceFile;
use registry::import::words::Phase;
use registry::import::{find, sequence::Verdict};
use registry::testing::TestCity;
use serde_json::json;

use super::*;

const ROWS: u32 = 1_500;

/// A roster with faults of many kinds planted, persons twice among them.
fn roster() -> Vec<u8> {
    csv((0..ROWS).map(|n| match n % 50 {
        7 => format!("示例,{}0,,示例制造有限公司工会", number(n)),
        13 => line(n, "没有的工会"),
        19 => line(n - 10, "示例物流有限公司工会"),
        31 => format!("示例1,{},12,示例制造有限公司工会", number(n)),
        _ => line(n, if n % 3 == 0 { "示例制造有限公司工会" } else { "示例物流有限公司工会" }),
    }))
}

fn id(import: &Value) -> Id {
    import["id"].as_str().unwrap().parse().unwrap()
}

/// What an undisturbed import leaves behind, on the same engine.
async fn undisturbed(city: &TestCity) -> (Vec<String>, [i64; 3]) {
    let engine = if city.db.is_sqlite() { Engine::Sqlite } else { Engine::Postgres };
    let quiet = TestCity::on(engine).await;
    let done = imported(&quiet, &quiet.registrar(), TestCity::COUNTY, roster()).await;
    (content(&quiet).await, counts(&done))
}

/// The page and the content of one moment. The commit of a worker that was killed may still be on its way: a chunk
/// moves the position with all it writes, so what lies between two equal pages belongs to them.
async fn looked(city: &TestCity, import: &Value) -> (Value, Vec<String>) {
    let registrar = city.registrar();
    let mut seen = page(&registrar, import).await;
    loop {
        let content = content(city).await;
        let after = page(&registrar, import).await;
        if after["position"] == seen["position"] {
            return (seen, content);
        }
        seen = after;
    }
}

async fn running(city: &TestCity) -> Value {
    let registrar = city.registrar();
    let import = checked(city, &registrar, TestCity::COUNTY, roster()).await;
    post(&registrar, &import, "run").await.ok()
}

kernel::both_engines! {
    async fn killed_three_times_it_ends_the_same(city: TestCity) {
        let (expected, sums) = undisturbed(&city).await;
        let import = running(&city).await;
        let mut dice = SmallRng::seed_from_u64(kernel::testing::seeds().end);
        let mut kills = 0;
        while kills < 3 {
            let app = city.app.clone();
            let worker = tokio::spawn(async move { work_off(&app, &registry::jobs(Jobs::new())).await });
            tokio::time::sleep(Duration::from_millis(dice.random_range(5..150))).await;
            worker.abort();
            let _ = worker.await;
            kills += 1;
            let (seen, content) = looked(&city, &import).await;
            let sum: i64 = counts(&seen).iter().sum();
            assert_eq!(seen["position"], sum);
            assert_eq!(content.len() as i64, seen["added"].as_i64().unwrap() + seen["rejected"].as_i64().unwrap());
            // The lease of the dead ends.
            city.clock.advance(chrono::Duration::seconds(61));
        }
        work(&city).await;
        let done = page(&city.registrar(), &import).await;
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), sums));
        adds_up(&done);
        assert_eq!(content(&city).await, expected);
        let again = imported(&city, &city.registrar(), TestCity::COUNTY, roster()).await;
        assert_eq!(again["added"], 0);
    }

    async fn two_workers_never_write_twice(city: TestCity) {
        let (expected, sums) = undisturbed(&city).await;
        let import = running(&city).await;
        let workers = [0, 30, 60].map(|pause| {
            let (app, id) = (city.app.clone(), id(&import));
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                pass(&app, id, Phase::Run).await.unwrap()
            })
        });
        let mut ended = Vec::new();
        for worker in workers {
            ended.push(worker.await.unwrap());
        }
        assert_eq!(ended.iter().filter(|ended| **ended == Ended::Whole).count(), 1, "{ended:?}");
        let done = page(&city.registrar(), &import).await;
        assert_eq!(counts(&done), sums);
        adds_up(&done);
        assert_eq!(content(&city).await, expected);
    }

    async fn cancelled_half_way_it_goes_on(city: TestCity) {
        let (expected, sums) = undisturbed(&city).await;
        let import = running(&city).await;
        let app = city.app.clone();
        let worker = tokio::spawn(async move { work_off(&app, &registry::jobs(Jobs::new())).await });
        tokio::time::sleep(Duration::from_millis(60)).await;
        let cancelled = post(&city.registrar(), &import, "cancel").await;
        worker.await.unwrap().unwrap();
        // On a fast machine it may have been done by then.
        if cancelled.status == 200 {
            let seen = page(&city.registrar(), &import).await;
            assert_eq!((&seen["state"], counts(&seen)), (&json!("cancelled"), counts(&cancelled.body)));
            post(&city.registrar(), &import, "resume").await.ok();
            work(&city).await;
        }
        let done = page(&city.registrar(), &import).await;
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), sums));
        assert_eq!(content(&city).await, expected);
    }

    async fn whoever_joins_meanwhile_is_judged_again(city: TestCity) {
        let registrar = city.registrar();
        let lines = || csv((0..40).map(|n| line(n, "示例制造有限公司工会")));
        let first = checked(&city, &registrar, TestCity::COUNTY, lines()).await;
        post(&registrar, &first, "run").await.ok();
        let files = find::files(city.db.read(), id(&first)).await.unwrap();
        let work_of = Work::take(&city.app, id(&first), Phase::Run).await.unwrap().unwrap();
        let mut sequence = Roster::open(&work_of, SourceFile::of(&files[0]).unwrap()).await.unwrap();
        let chunk = sequence.next(100).await.unwrap().unwrap();
        let judged = sequence.judge(city.db.read(), &chunk).await.unwrap();
        assert!(judged.outcomes.iter().all(|outcome| outcome.verdict == Verdict::Added));

        // Number 5 joins another union in the same moment.
        let other = draft(&registrar, TestCity::COUNTY, "b.csv", csv([line(5, "示例物流有限公司工会")])).await;
        for (verb, phase) in [("check", Phase::Check), ("run", Phase::Run)] {
            post(&registrar, &other, verb).await.ok();
            assert_eq!(pass(&city.app, id(&other), phase).await.unwrap(), Ended::Whole);
        }
        assert_eq!(counts(&page(&registrar, &other).await), [1, 0, 0]);
        let tx = city.system().begin_bulk().await.unwrap();
        let outcome = sequence.write(&tx, &chunk, judged.plan).await;
        assert!(matches!(outcome, Err(kernel::Error::Contention)));
        drop(tx);
        let judged = sequence.judge(city.db.read(), &chunk).await.unwrap();
        let rejected: Vec<i64> =
            judged.outcomes.iter().filter(|outcome| outcome.verdict != Verdict::Added).map(|outcome| outcome.row).collect();
        assert_eq!(rejected, [7]);
        drop(sequence);
        work(&city).await;
        let done = page(&registrar, &first).await;
        assert_eq!((counts(&done), faults(&registrar, &done).await), ([39, 0, 1], vec![(7, vec!["import.member_elsewhere".to_owned()])]));
    }

    async fn a_union_that_is_dissolved_in_the_same_moment(city: TestCity) {
        let (registrar, officer) = (city.registrar(), city.county_officer());
        let leave = "UPDATE membership SET state = 'left', ended_on = joined_on WHERE organization_id = $1";
        let tx = city.db.begin().await.unwrap();
        tx.execute_raw(city.db.statement(leave, [TestCity::SMALL_UNION.into()])).await.unwrap();
        kernel::db::commit(tx).await.unwrap();
        let lines = || csv((0..40).map(|n| line(n, "示例物流有限公司工会")));
        let import = checked(&city, &registrar, TestCity::COUNTY, lines()).await;
        post(&registrar, &import, "run").await.ok();
        let files = find::files(city.db.read(), id(&import)).await.unwrap();
        let work_of = Work::take(&city.app, id(&import), Phase::Run).await.unwrap().unwrap();
        let mut sequence = Roster::open(&work_of, SourceFile::of(&files[0]).unwrap()).await.unwrap();
        let chunk = sequence.next(100).await.unwrap().unwrap();
        let path = format!("/api/organizations/{}/dissolve", TestCity::SMALL_UNION);

        // The chunk is written and not yet committed: whoever dissolves the union waits for it, and finds its members.
        let judged = sequence.judge(city.db.read(), &chunk).await.unwrap();
        let tx = city.system().begin_bulk().await.unwrap();
        sequence.write(&tx, &chunk, judged.plan).await.unwrap();
        let dissolving = officer.post(&path, json!({ "reason": "并入其他工会" }));
        let committing = async {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            tx.commit(()).await.unwrap();
        };
        let (refused, ()) = tokio::join!(dissolving, committing);
        refused.refused(409, "organization.in_use");
        let tx = city.db.begin().await.unwrap();
        tx.execute_raw(city.db.statement(leave, [TestCity::SMALL_UNION.into()])).await.unwrap();
        kernel::db::commit(tx).await.unwrap();

        // It is dissolved after the chunk was judged: nobody is written into it.
        let judged = sequence.judge(city.db.read(), &chunk).await.unwrap();
        assert!(judged.outcomes.iter().all(|outcome| outcome.verdict == Verdict::Added));
        officer.post(&path, json!({ "reason": "并入其他工会" })).await.ok();
        let tx = city.system().begin_bulk().await.unwrap();
        let outcome = sequence.write(&tx, &chunk, judged.plan).await;
        assert!(matches!(outcome, Err(kernel::Error::Contention)));
        drop(tx);
        drop(sequence);
        work(&city).await;
        let done = page(&registrar, &import).await;
        assert_eq!(counts(&done), [0, 0, 40]);
        let active = "SELECT CAST(count(*) AS bigint) AS n FROM membership m JOIN organization o ON o.id = m.organization_id
            WHERE m.state = 'active' AND o.state = 'dissolved'";
        assert_eq!(count(&city, active).await, 0);
    }

    async fn the_run_decides_when_the_city_has_changed(city: TestCity) {
        let registrar = city.registrar();
        let import = checked(&city, &registrar, TestCity::COUNTY, csv([line(1, "示例制造有限公司工会"), line(2, "示例物流有限公司工会")])).await;
        assert_eq!(counts(&import), [2, 0, 0]);
        let tx = city.db.begin().await.unwrap();
        let end = "UPDATE organization SET state = 'dissolved' WHERE id = $1";
        tx.execute_raw(city.db.statement(end, [TestCity::SMALL_UNION.into()])).await.unwrap();
        kernel::db::commit(tx).await.unwrap();
        post(&registrar, &import, "run").await.ok();
        work(&city).await;
        let done = page(&registrar, &import).await;
        assert_eq!((counts(&done), faults(&registrar, &done).await), ([1, 0, 1], vec![(3, vec!["import.union_not_established".to_owned()])]));
    }
}
