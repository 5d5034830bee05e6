//! Numbers of members against their rows: after joins, ends, transfers, corrections and imports in any order, on any
//! day, from both ends of a year, and with many writers at once.

use std::collections::{BTreeMap, HashMap};

use kernel::command::retried;
use kernel::testing::Client;
use kernel::time::Day;
use kernel::{Id, Tx, both_engines, node};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use registry::member::count::{self, Amiss, Side};
use registry::member::entity as membership;
use registry::organization::entity as organization;
use registry::organization::rules::OrganizationState::{Established, Founding};
use registry::testing::TestCity;
use sea_orm::{EntityTrait, Value};
use serde_json::json;

use crate::import::{csv, imported, line};

const UNIONS: [Id; 4] = [TestCity::UNION, TestCity::SMALL_UNION, TestCity::STREET_UNION, TestCity::OTHER_UNION];
const ALL: [Id; 12] = [
    TestCity::CITY,
    TestCity::COUNTY,
    TestCity::OTHER_COUNTY,
    TestCity::CITY_INDUSTRY,
    TestCity::INDUSTRY,
    TestCity::TOWN,
    TestCity::STREET,
    TestCity::OTHER_TOWN,
    TestCity::UNION,
    TestCity::SMALL_UNION,
    TestCity::STREET_UNION,
    TestCity::OTHER_UNION,
];

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A day of the years before the day of the test city.
fn some_day(dice: &mut SmallRng) -> Day {
    match dice.random_range(0..10) {
        // Where numbers turn.
        0 => day(["2023-12-31", "2024-01-01", "2024-02-29", "2026-11-23"][dice.random_range(0..4)]),
        _ => day("2023-01-01") + chrono::Days::new(dice.random_range(0..1_422)),
    }
}

/// Members of every union on a day, row by row.
fn brute(rows: &[membership::Model], day: Day) -> HashMap<Id, i64> {
    let mut members = HashMap::new();
    for row in rows.iter().filter(|row| row.joined_on <= day && row.ended_on.is_none_or(|ended| ended > day)) {
        *members.entry(row.organization_id).or_default() += 1;
    }
    members
}

async fn rows(city: &TestCity) -> Vec<membership::Model> {
    membership::Entity::find().all(city.db.read()).await.unwrap()
}

/// Nothing is amiss, and the number of any day is that of the rows.
async fn holds(city: &TestCity, dice: &mut SmallRng) {
    let (conn, rows) = (city.db.read(), rows(city).await);
    assert_eq!(count::amiss(conn).await.unwrap(), []);
    let some = &UNIONS[..dice.random_range(0..=UNIONS.len())];
    for _ in 0..8 {
        let day = some_day(dice);
        let expected = brute(&rows, day);
        assert_eq!(count::on(conn, None, day).await.unwrap(), expected, "{day}");
        let mut among = expected.clone();
        among.retain(|union, _| some.contains(union));
        for side in [Side::Beginning, Side::End] {
            assert_eq!(count::from(conn, None, day, side).await.unwrap(), expected, "{day} {side:?}");
            assert_eq!(count::from(conn, Some(some), day, side).await.unwrap(), among, "{day} {side:?}");
        }
    }
}

/// Runs a statement; answers the rows affected.
pub async fn run(tx: &Tx, sql: &str, values: Vec<Value>) -> u64 {
    tx.execute_sql(sql, values).await.unwrap()
}

async fn enter_person(tx: &Tx) -> Id {
    let id = tx.id();
    let sql = "INSERT INTO person (id, name, real_name, synthetic, created_at) VALUES ($1, '示例', 'none', true, $2)";
    run(tx, sql, vec![id.into(), tx.now().into()]).await;
    id
}

const JOIN: &str = "INSERT INTO membership
    (id, person_id, organization_id, state, employment_form, joined_on, ended_on, source, created_at)
    VALUES ($1, $2, $3, $4, 'flexible', $5, $6, 'demo', $7) ON CONFLICT DO NOTHING";

/// Enters a membership.
pub async fn join(tx: &Tx, person: Id, union: Id, joined: Day, ended: Option<Day>) -> u64 {
    let state = if ended.is_some() { "left" } else { "active" };
    let values =
        vec![tx.id().into(), person.into(), union.into(), state.into(), joined.into(), ended.into(), tx.now().into()];
    run(tx, JOIN, values).await
}

/// One change of any kind to the memberships.
async fn change(tx: &Tx, dice: &mut SmallRng, rows: &[membership::Model]) {
    let one = &rows[dice.random_range(0..rows.len())];
    let (union, day) = (UNIONS[dice.random_range(0..UNIONS.len())], some_day(dice));
    match dice.random_range(0..9) {
        0..3 => {
            let person = enter_person(tx).await;
            let ended = dice.random_bool(0.3).then(|| some_day(dice));
            assert_eq!(join(tx, person, union, day, ended).await, 1);
            // A second active one is refused by the database and counts nothing.
            assert_eq!(join(tx, person, union, day, None).await, u64::from(ended.is_some()));
        }
        3 | 4 => {
            let end = "UPDATE membership SET state = 'left', ended_on = $2 WHERE id = $1 AND ended_on IS NULL";
            run(tx, end, vec![one.id.into(), day.into()]).await;
        }
        5 => {
            let transfer = "UPDATE membership SET organization_id = $2 WHERE id = $1";
            run(tx, transfer, vec![one.id.into(), union.into()]).await;
        }
        6 => {
            let correct = "UPDATE membership SET joined_on = $2 WHERE organization_id = $1 AND joined_on < $2";
            run(tx, correct, vec![one.organization_id.into(), day.into()]).await;
        }
        7 => {
            let merge = "UPDATE membership SET organization_id = $2, work = 'courier' WHERE organization_id = $1
                AND joined_on > $3";
            run(tx, merge, vec![one.organization_id.into(), union.into(), day.into()]).await;
        }
        _ => {
            run(tx, "DELETE FROM membership WHERE id = $1 AND source = 'demo'", vec![one.id.into()]).await;
        }
    }
}

/// Years of a city: base unions move twice, a town changes its county, one union is dissolved, another one with its
/// placement, a third is only being founded.
async fn rearrange(city: &TestCity, dice: &mut SmallRng) {
    const ABOVE: [Id; 6] = [
        TestCity::TOWN,
        TestCity::STREET,
        TestCity::OTHER_TOWN,
        TestCity::INDUSTRY,
        TestCity::CITY_INDUSTRY,
        TestCity::COUNTY,
    ];
    let tx = city.system().begin_bulk().await.unwrap();
    for union in UNIONS {
        let mut days = 30;
        for _ in 0..2 {
            days += dice.random_range(100..600);
            let from = day("2021-06-01") + chrono::Days::new(days);
            node::place(&tx, union, ABOVE[dice.random_range(0..ABOVE.len())], from).await.unwrap();
        }
    }
    node::place(&tx, TestCity::TOWN, TestCity::OTHER_COUNTY, day("2023-05-05")).await.unwrap();
    let end = "UPDATE organization SET state = 'dissolved', dissolved_on = $2 WHERE id = $1";
    for (union, on) in [(TestCity::SMALL_UNION, "2025-03-01"), (TestCity::STREET_UNION, "2025-08-01")] {
        assert_eq!(run(&tx, end, vec![union.into(), day(on).into()]).await, 1);
    }
    let out = "UPDATE placement SET valid_to = $2 WHERE child = $1 AND valid_to IS NULL";
    assert_eq!(run(&tx, out, vec![TestCity::STREET_UNION.into(), day("2025-08-01").into()]).await, 1);
    let found = "UPDATE organization SET state = 'founding', established_on = NULL WHERE id = $1";
    assert_eq!(run(&tx, found, vec![TestCity::OTHER_UNION.into()]).await, 1);
    tx.commit(()).await.unwrap();
}

/// The tree of somebody with rights at `root`, union by union: which are shown, under whom, with which figures.
async fn tree_holds(city: &TestCity, client: &Client, root: Id, day: Day, members: &[membership::Model]) {
    let (conn, own) = (city.db.read(), brute(members, day));
    let unions = organization::Entity::find().all(conn).await.unwrap();
    let mut paths = HashMap::new();
    for union in &unions {
        paths.insert(union.id, node::path(conn, union.id, day).await.unwrap());
    }
    let (paths, mut expected) = (&paths, BTreeMap::new());
    for union in &unions {
        let there = matches!(union.state_on(day), Some(Founding | Established));
        let covered = paths[&union.id].contains(&root);
        let above = paths[&root].iter().skip(1).any(|node| *node == union.id);
        if !there || !(above || covered && (union.kind().unwrap().in_tree() || union.id == root)) {
            continue;
        }
        let below = || unions.iter().filter(move |other| paths[&other.id].contains(&union.id));
        let established = |other: &&organization::Model| other.state_on(day) == Some(Established);
        let unions = below().filter(|other| other.id != union.id).filter(established).count();
        let members: i64 = below().map(|other| own.get(&other.id).copied().unwrap_or_default()).sum();
        let figures = if covered { json!([unions, members]) } else { json!([null, null]) };
        expected.insert(union.id.to_string(), json!([paths[&union.id].get(1), figures]));
    }
    let tree = client.get(&format!("/api/tree?as_of={day}")).await.ok();
    let shown = tree["items"].as_array().unwrap().iter();
    let shown = shown.map(|node| {
        let figures = json!([node["unions"], node["members"]]);
        (node["id"].as_str().unwrap().to_owned(), json!([node["parent_id"], figures]))
    });
    assert_eq!(shown.collect::<BTreeMap<_, _>>(), expected, "{day} {root}");
}

both_engines! {
    async fn numbers_follow_the_rows(city: TestCity) {
        for seed in kernel::testing::seeds() {
            let mut dice = SmallRng::seed_from_u64(seed);
            holds(&city, &mut dice).await;
            for round in 0..12 {
                let before = rows(&city).await;
                // By a command and by bulk work, which PostgreSQL isolates differently.
                let cx = city.system();
                let tx = if round % 2 == 0 { cx.begin().await } else { cx.begin_bulk().await }.unwrap();
                for _ in 0..10 {
                    change(&tx, &mut dice, &before).await;
                }
                // What is rolled back counts nothing.
                if round % 4 == 3 {
                    drop(tx);
                    assert_eq!(rows(&city).await.len(), before.len());
                } else {
                    tx.commit(()).await.unwrap();
                }
                holds(&city, &mut dice).await;
            }
        }
    }

    async fn imports_and_ends_are_counted(city: TestCity) {
        let (registrar, mut dice) = (city.registrar(), SmallRng::seed_from_u64(kernel::testing::seeds().end));
        let union = |n: u32| if n.is_multiple_of(3) { "示例制造有限公司工会" } else { "示例物流有限公司工会" };
        let done = imported(&city, &registrar, TestCity::COUNTY, csv((0..400).map(|n| line(n, union(n))))).await;
        assert_eq!(done["added"], 400);
        holds(&city, &mut dice).await;
        let number = registrar.get(&format!("/api/organizations/{}", TestCity::UNION)).await.ok()["members"].clone();
        assert_eq!(number, 6 + 134);
        let members = registrar.get(&format!("/api/members?organization_id={}&limit=30", TestCity::UNION)).await.ok();
        for row in members["items"].as_array().unwrap() {
            let path = format!("/api/members/{}/end", row["membership_id"].as_str().unwrap());
            registrar.post(&path, json!({"state": "left", "reason": "离职退会"})).await.ok();
        }
        holds(&city, &mut dice).await;
        let after = registrar.get(&format!("/api/organizations/{}", TestCity::UNION)).await.ok();
        assert_eq!(after["members"], 6 + 134 - 30);
        // The same file again: nobody comes twice.
        imported(&city, &registrar, TestCity::COUNTY, csv((100..200).map(|n| line(n, union(n))))).await;
        holds(&city, &mut dice).await;
    }

    async fn tree_list_and_page_show_the_rows_of_a_day(city: TestCity) {
        let mut dice = SmallRng::seed_from_u64(7);
        let tx = city.system().begin_bulk().await.unwrap();
        for n in 0..120 {
            let person = enter_person(&tx).await;
            let ended = (n % 3 == 0).then(|| some_day(&mut dice));
            join(&tx, person, UNIONS[dice.random_range(0..4)], some_day(&mut dice), ended).await;
        }
        tx.commit(()).await.unwrap();
        let (officer, rows) = (city.city_officer(), rows(&city).await);
        for day in ["2022-06-01", "2024-01-01", "2024-12-31", "2025-07-15", "2026-11-22", "2026-11-23"] {
            let own = brute(&rows, self::day(day));
            let own = |union: Id| own.get(&union).copied().unwrap_or_default();
            let tree = officer.get(&format!("/api/tree?as_of={day}")).await.ok();
            for node in tree["items"].as_array().unwrap() {
                let id: Id = node["id"].as_str().unwrap().parse().unwrap();
                let below = node::subtree(city.db.read(), id, self::day(day)).await.unwrap();
                let expected: i64 = below.into_iter().map(own).sum();
                assert_eq!(node["members"], expected, "{day} {id}");
            }
            let list = officer.get(&format!("/api/organizations?as_of={day}&limit=100")).await.ok();
            for union in list["items"].as_array().unwrap() {
                assert_eq!(union["members"], own(union["id"].as_str().unwrap().parse().unwrap()), "{day} {union}");
            }
            assert_eq!(list["items"].as_array().unwrap().len(), ALL.len());
            for id in ALL {
                let page = officer.get(&format!("/api/organizations/{id}?as_of={day}")).await.ok();
                assert_eq!(page["members"], own(id), "{day} {id}");
            }
        }
    }

    async fn the_tree_is_that_of_the_day_whatever_moved(city: TestCity) {
        let mut dice = SmallRng::seed_from_u64(kernel::testing::seeds().end);
        rearrange(&city, &mut dice).await;
        let tx = city.system().begin_bulk().await.unwrap();
        for n in 0..60 {
            let person = enter_person(&tx).await;
            let ended = (n % 3 == 0).then(|| some_day(&mut dice));
            join(&tx, person, UNIONS[dice.random_range(0..4)], some_day(&mut dice), ended).await;
        }
        tx.commit(()).await.unwrap();
        let rows = rows(&city).await;
        let mut days = ["2021-06-01", "2025-02-28", "2025-03-01", "2025-08-01", "2026-11-23"].map(day).to_vec();
        days.extend((0..4).map(|_| some_day(&mut dice)));
        for day in days {
            for (client, root) in [
                (city.city_officer(), TestCity::CITY),
                (city.county_officer(), TestCity::COUNTY),
                (city.town_officer(), TestCity::TOWN),
                (city.chair(), TestCity::UNION),
            ] {
                tree_holds(&city, &client, root, day, &rows).await;
            }
        }
    }

    async fn many_at_once_are_all_counted(city: TestCity) {
        let tx = city.system().begin_bulk().await.unwrap();
        let mut persons = Vec::new();
        for _ in 0..12 {
            persons.push(enter_person(&tx).await);
        }
        tx.commit(()).await.unwrap();
        let tasks = persons.into_iter().map(|person| {
            let cx = city.system();
            tokio::spawn(async move {
                retried(|| async {
                    let tx = cx.begin().await?;
                    let values = [
                        tx.id().into(), person.into(), TestCity::UNION.into(), "active".into(),
                        tx.today().into(), None::<Day>.into(), tx.now().into(),
                    ];
                    tx.execute_sql(JOIN, values).await?;
                    tx.commit(()).await
                })
                .await
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap().unwrap();
        }
        let today = city.system().today();
        let members = count::on(city.db.read(), None, today).await.unwrap();
        assert_eq!(members, brute(&rows(&city).await, today));
        assert_eq!(members[&TestCity::UNION], 18);
        assert_eq!(count::amiss(city.db.read()).await.unwrap(), []);
    }

    async fn what_is_written_past_the_engine_is_found(city: TestCity) {
        let union = TestCity::UNION;
        let drift = "UPDATE membership_year SET delta = delta + 2 WHERE organization_id = $1 AND year = 2021";
        let tx = city.system().begin_bulk().await.unwrap();
        assert_eq!(run(&tx, drift, vec![union.into()]).await, 1);
        run(&tx, "INSERT INTO membership_year VALUES ($1, 1999, 0, -3)", vec![TestCity::CITY.into()]).await;
        tx.commit(()).await.unwrap();
        let found = count::amiss(city.db.read()).await.unwrap();
        let amiss = |organization_id, year, kept, counted| Amiss { organization_id, year, kept, counted };
        assert_eq!(found, [amiss(TestCity::CITY, 1999, -3, 0), amiss(union, 2021, 8, 6)]);
    }
}
