//! A thousand employers, each written in sixteen ways, among thousands that look like them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kernel::db::insert_rows;
use kernel::testing::{Engine, long};
use kernel::{Id, both_engines};
use registry::employer::uscc::synthetic;
use registry::employer::{Reach, find, index_names};
use registry::testing::TestCity;

use super::invented::{Invented, directory};
use super::spellings::spellings;

/// As many employers as the city's unions cover; in full-size runs as many as the city has.
fn size() -> usize {
    if long() { 60_000 } else { 6_000 }
}

/// Of the employers, how many are looked for. The order is made above the engine, so one engine asks for all of them
/// and the other, unless in full-size runs, for an eighth.
fn asked(city: &TestCity) -> usize {
    if long() || city.database().engine() == Engine::Sqlite { 1_000 } else { 125 }
}

fn code(of: &Invented) -> String {
    // The first thousand numbers are those of the test city.
    synthetic('9', '1', &of.division[..6], 1_000 + of.number).unwrap().to_string()
}

/// Enters the directory; answers the id of each.
async fn enter(city: &TestCity, all: &[Invented]) -> Vec<Id> {
    let mut ids = Vec::new();
    for some in all.chunks(1_000) {
        let tx = city.system().begin_bulk().await.unwrap();
        let (mut rows, mut aliases, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for one in some {
            let id = tx.id();
            let now = tx.now();
            let code = code(one).into();
            rows.push(vec![id.into(), one.parts.name().into(), code, one.division.into(), true.into(), now.into()]);
            aliases.push(vec![id.into(), one.former.clone().into(), now.into()]);
            names.extend([(id, one.parts.name()), (id, one.former.clone())]);
            ids.push(id);
        }
        let columns = ["id", "name", "uscc", "division_code", "synthetic", "created_at"];
        insert_rows(&tx, "employer", &columns, rows, "").await.unwrap();
        insert_rows(&tx, "employer_alias", &["employer_id", "name", "created_at"], aliases, "").await.unwrap();
        index_names(&tx, &names).await.unwrap();
        tx.commit(()).await.unwrap();
    }
    ids
}

/// What one part of the questions came to: asked, found first, by kind of spelling; and how long each took.
type Tally = (BTreeMap<&'static str, (u32, u32)>, Vec<Duration>);

async fn ask(city: &TestCity, some: &[(Invented, Id)]) -> Tally {
    let (cx, mut tally) = (city.system(), Tally::default());
    for (employer, id) in some {
        for (kind, typed) in spellings(employer, &code(employer)) {
            let start = Instant::now();
            let found = find(&cx, &typed, &Reach::Everything).await.unwrap();
            tally.1.push(start.elapsed());
            let of_kind = tally.0.entry(kind).or_default();
            of_kind.0 += 1;
            of_kind.1 += u32::from(found.first().is_some_and(|first| first.employer.id == *id));
        }
    }
    tally
}

both_engines! {
    async fn fifteen_spellings_find_their_employer(city: TestCity) {
        let start = Instant::now();
        let all = directory(size());
        let ids = enter(&city, &all).await;
        let entered = start.elapsed();
        let asked: Vec<(Invented, Id)> = all.into_iter().zip(ids).step_by(size() / asked(&city)).collect();
        // Latency is that of one at a time in full-size runs; else both cores share the work.
        let parts = if long() { 1 } else { 2 };
        let asks = asked.chunks(asked.len().div_ceil(parts)).map(|some| ask(&city, some));
        let tallies = futures::future::join_all(asks).await;
        let (mut kinds, mut times) = Tally::default();
        for (of_part, taken) in tallies {
            times.extend(taken);
            for (kind, (asked, first)) in of_part {
                let of_kind = kinds.entry(kind).or_default();
                *of_kind = (of_kind.0 + asked, of_kind.1 + first);
            }
        }
        times.sort();
        let (asked, first) = kinds.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let share = |(asked, first): (u32, u32)| f64::from(first) * 100.0 / f64::from(asked);
        let lines: Vec<String> = kinds.iter().map(|(kind, of)| format!("{kind} {:.1} %", share(*of))).collect();
        let p95 = times[times.len() * 95 / 100];
        eprintln!("{} employers entered in {entered:?}; {asked} asked, first {:.2} %, p50 {:?}, p95 {p95:?}; {}",
            size(), share((asked, first)), times[times.len() / 2], lines.join(", "));
        assert!(kinds.len() >= 15 && asked >= 2_000);
        assert!(share((asked, first)) >= 95.0);
    }
}
