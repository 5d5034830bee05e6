//! How long it takes to go through everybody. Full-size runs take 652,000 members and tell; ordinary ones check that
//! the same walk covers a small crowd.

use std::time::Instant;

use kernel::both_engines;
use kernel::testing::long;
use registry::segment::{Elector, People, PersonFacts, Segment};
use registry::testing::TestCity;
use registry::testing::crowd::crowd;
use sea_orm::Value;

use super::mix;

const RULES: [&str; 5] = [
    "true",
    r#"employment_form == "platform" && county in ["440703", "440704"]"#,
    r#"work in ["food_delivery", "courier"] && age >= 18 && age < 60 && joined_on < "2024-01-01""#,
    "is_officer || age < 35",
    r#"["440703", "440704", "440705"].exists(d, division.startsWith(d)) && sex != "unknown""#,
];

/// Microseconds of one judgement, without any memory of people who are alike.
fn judgement(rule: &str) -> f64 {
    let segment = Segment::parse(rule).unwrap();
    let person = PersonFacts {
        employment_form: "platform".into(),
        work: Some("courier".into()),
        division_code: "440705101".into(),
        age: Some(30),
        joined_on: "2023-01-01".parse().unwrap(),
        ..PersonFacts::default()
    };
    let (start, times) = (Instant::now(), 100_000_u32);
    for _ in 0..times {
        segment.matches(&person).unwrap();
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(times)
}

/// Writes electors as a frozen electorate would be.
async fn freeze(city: &TestCity, electors: &[Elector]) {
    let tx = city.system().begin_bulk().await.unwrap();
    let row = |elector: &Elector| -> Vec<Value> {
        vec![elector.membership_id.into(), elector.person_id.into(), elector.organization_id.into()]
    };
    let columns = ["membership_id", "person_id", "organization_id"];
    let rows = electors.iter().map(row).collect();
    kernel::db::insert_rows(&tx, "frozen", &columns, rows, "ON CONFLICT DO NOTHING").await.unwrap();
    tx.commit(()).await.unwrap();
}

async fn walk(city: &TestCity, rule: &str, frozen: bool) -> usize {
    let segment = Segment::parse(rule).unwrap();
    let mut people = People::below(city.db.read(), &segment, None, city.clock.today(), &[]).await.unwrap();
    let (mut found, mut after) = (0, None);
    loop {
        let chunk = people.next(city.db.read(), after, 1_000).await.unwrap();
        if frozen {
            freeze(city, &chunk.electors).await;
        }
        found += chunk.electors.len();
        after = chunk.next;
        if after.is_none() {
            return found;
        }
    }
}

both_engines! {
    async fn everybody_is_gone_through_and_frozen(city: TestCity) {
        let (members, unions) = if long() { (652_000, 5_908) } else { (1_200, 120) };
        crowd(&city.app, members, unions).await.unwrap();
        mix(&city).await;
        let uuid = if city.db.is_sqlite() { "blob" } else { "uuid" };
        let table = format!("CREATE TABLE frozen (membership_id {uuid} PRIMARY KEY, person_id {uuid} NOT NULL UNIQUE, organization_id {uuid} NOT NULL)");
        super::change(&city, &[&table]).await;
        for rule in RULES {
            let start = Instant::now();
            let found = walk(&city, rule, false).await;
            if long() {
                let (took, each) = (start.elapsed(), judgement(rule));
                eprintln!("{:?}: {found} of {members} in {took:?}, {each:.2} µs a judgement: {rule}", city.database().engine());
            }
        }
        let start = Instant::now();
        let found = walk(&city, "true", true).await;
        if long() {
            eprintln!("{:?}: {found} gone through and frozen in {:?}", city.database().engine(), start.elapsed());
        }
        let kept = city.db.read();
        let statement = city.db.statement("SELECT CAST(count(*) AS bigint) AS n FROM frozen", []);
        let kept: i64 = sea_orm::ConnectionTrait::query_one_raw(kept, statement).await.unwrap().unwrap().try_get("", "n").unwrap();
        assert_eq!(kept, i64::try_from(found).unwrap());
        assert!(found > members / 2);
    }
}
