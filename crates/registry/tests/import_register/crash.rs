//! Killed at every boundary, overtaken, doubled: the end is the same.

use kernel::testing::{Engine, Fixture};
use kernel::{Error, Result, Tx};
use registry::import::drive::{Ended, Work};
use registry::import::find;
use registry::import::jobs::pass;
use registry::import::register::Register;
use registry::import::register::judge::New;
use registry::import::register::rows::Chunk;
use registry::import::sequence::{Judged, Outcome, Sequence, Verdict};
use registry::import::source::SourceFile;
use registry::import::words::Phase;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;

use super::outcomes::hostile_order;
use super::*;

/// A register that dies after so many chunks of so many rows.
struct Mortal {
    register: Register,
    chunks: usize,
    rows: usize,
}

impl Sequence for Mortal {
    type Chunk = Chunk;
    type Plan = New;

    async fn next(&mut self, _most: usize) -> Result<Option<Chunk>> {
        self.chunks = self.chunks.checked_sub(1).ok_or_else(|| Error::internal("killed"))?;
        self.register.next(self.rows).await
    }

    async fn judge<C: ConnectionTrait>(&self, conn: &C, chunk: &Chunk) -> Result<Judged<New>> {
        self.register.judge(conn, chunk).await
    }

    async fn write(&self, tx: &Tx, chunk: &Chunk, plan: New) -> Result<()> {
        self.register.write(tx, chunk, plan).await
    }

    fn settled(&mut self, chunk: Chunk, outcomes: &[Outcome]) {
        self.register.settled(chunk, outcomes);
    }
}

fn id(import: &Value) -> Id {
    import["id"].as_str().unwrap().parse().unwrap()
}

async fn open(city: &TestCity, import: Id) -> (Work, Register) {
    let work = Work::take(&city.app, import, Phase::Run).await.unwrap().unwrap();
    let files = find::files(city.db.read(), import).await.unwrap();
    let files = files.iter().map(|file| SourceFile::of(file).unwrap()).collect();
    let register = Register::open(&work, files).await.unwrap();
    (work, register)
}

/// What an undisturbed import leaves behind, on the same engine.
async fn undisturbed(city: &TestCity, files: Files<'_>) -> (Vec<String>, [i64; 3]) {
    let engine = if city.db.is_sqlite() { Engine::Sqlite } else { Engine::Postgres };
    let quiet = TestCity::on(engine).await;
    let done = imported(&quiet, &quiet.county_officer(), TestCity::COUNTY, files).await;
    (content(&quiet).await, counts(&done))
}

kernel::both_engines! {
    async fn killed_at_every_boundary_it_ends_the_same(city: TestCity) {
        let files = hostile_order();
        let (expected, sums) = undisturbed(&city, &files).await;
        let officer = city.county_officer();
        let import = checked(&city, &officer, TestCity::COUNTY, &files).await;
        post(&officer, &import, "run").await.ok();
        let mut lives = 0;
        loop {
            lives += 1;
            let (work, register) = open(&city, id(&import)).await;
            // One chunk a life, of changing sizes; the day may change between two lives.
            match work.drive(Mortal { register, chunks: 1, rows: lives % 3 + 1 }).await {
                Ok(ended) => break assert_eq!(ended, Ended::Whole),
                Err(error) => assert_eq!(error.to_string(), "internal: killed"),
            }
            let seen = page(&officer, &import).await;
            assert_eq!(seen["position"], counts(&seen).iter().sum::<i64>());
            city.clock.advance(chrono::Duration::hours(7));
            assert!(lives < 30);
        }
        assert!(lives >= 8, "{lives}");
        let done = page(&city.county_officer(), &import).await;
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), sums));
        adds_up(&done);
        assert_eq!(content(&city).await, expected);
    }

    async fn three_workers_never_write_twice(city: TestCity) {
        let files = hostile_order();
        let (expected, sums) = undisturbed(&city, &files).await;
        let officer = city.county_officer();
        let import = checked(&city, &officer, TestCity::COUNTY, &files).await;
        post(&officer, &import, "run").await.ok();
        let workers = [(); 3].map(|()| {
            let (app, id) = (city.app.clone(), id(&import));
            tokio::spawn(async move { pass(&app, id, Phase::Run).await.unwrap() })
        });
        let mut ended = Vec::new();
        for worker in workers {
            ended.push(worker.await.unwrap());
        }
        assert_eq!(ended.iter().filter(|ended| **ended == Ended::Whole).count(), 1, "{ended:?}");
        let done = page(&officer, &import).await;
        assert_eq!(counts(&done), sums);
        assert_eq!(content(&city).await, expected);
    }

    async fn whoever_is_faster_is_seen(city: TestCity) {
        let officer = city.county_officer();
        let rows = [
            union("快一公司工会", "单独基层工会", "棠下镇总工会", ",,,,,,,,,,"),
            union("快二公司工会", "单独基层工会", "棠下镇总工会", &format!("{},,,,,,,,,,", union_code(1))),
            union("快三公司工会", "单独基层工会", "白沙街道工会联合会", &format!(",,,,快三公司,{},,,,,", unit_code(1))),
        ];
        let import = checked(&city, &officer, TestCity::COUNTY, &[("unions", rows.to_vec())]).await;
        assert_eq!(counts(&import), [3, 0, 0]);
        post(&officer, &import, "run").await.ok();
        let (_work, mut register) = open(&city, id(&import)).await;
        let chunk = register.next(100).await.unwrap().unwrap();
        let judged = register.judge(city.db.read(), &chunk).await.unwrap();
        assert!(judged.outcomes.iter().all(|outcome| outcome.verdict == Verdict::Added));
        // Meanwhile somebody proposes a union of the first name, and one with the code of the second.
        let propose = |name: &str, code: Value| json!({
            "parent_id": TestCity::TOWN, "name": name, "kind": "grassroots", "division_code": "440703101", "uscc": code,
        });
        for (name, code) in [("快一公司工会", Value::Null), ("别的公司工会", json!(union_code(1)))] {
            assert_eq!(officer.post("/api/organizations", propose(name, code)).await.status, 200);
        }
        let tx = city.system().begin_bulk().await.unwrap();
        assert!(matches!(register.write(&tx, &chunk, judged.plan).await, Err(Error::Contention)));
        drop(tx);
        drop(register);
        work(&city).await;
        let done = page(&officer, &import).await;
        let expected = [(1, 2, vec!["import.founding"]), (1, 3, vec!["import.name_differs", "import.founding"])];
        let mut found = faults(&officer, &done).await;
        found.iter_mut().for_each(|(_, _, codes)| codes.sort_by_key(|code| code == "import.founding"));
        assert_eq!(table(&found), expected);
        assert_eq!(counts(&done), [1, 0, 2]);
    }

    async fn a_parent_that_is_dissolved_meanwhile_takes_nobody_in(city: TestCity) {
        let officer = city.county_officer();
        let rows = vec![union("快一公司工会", "单独基层工会", "白沙街道工会联合会", ",,,,,,,,,,")];
        let import = checked(&city, &officer, TestCity::COUNTY, &[("unions", rows)]).await;
        post(&officer, &import, "run").await.ok();
        let (_work, mut register) = open(&city, id(&import)).await;
        let chunk = register.next(100).await.unwrap().unwrap();
        let judged = register.judge(city.db.read(), &chunk).await.unwrap();
        let tx = city.db.begin().await.unwrap();
        let end = "UPDATE organization SET state = 'dissolved' WHERE id = $1";
        tx.execute_raw(city.db.statement(end, [TestCity::STREET.into()])).await.unwrap();
        kernel::db::commit(tx).await.unwrap();
        let tx = city.system().begin_bulk().await.unwrap();
        assert!(matches!(register.write(&tx, &chunk, judged.plan).await, Err(Error::Contention)));
        drop(tx);
        drop(register);
        work(&city).await;
        let done = page(&officer, &import).await;
        assert_eq!(table(&faults(&officer, &done).await), [(1, 2, vec!["import.parent_unknown"])]);
    }
}
