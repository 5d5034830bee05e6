//! The people of a rule against a count by hand, and going on after a cut.

use std::collections::{BTreeSet, HashMap};

use kernel::time::Day;
use kernel::{Id, both_engines};
use registry::member::entity as membership;
use registry::organization::entity as organization;
use registry::person::entity as person;
use registry::segment::{Elector, People, Segment, age_on};
use registry::testing::TestCity;
use registry::testing::crowd::crowd;
use sea_orm::EntityTrait;

use super::{change, counted, mix};

fn today() -> Day {
    Day::from_ymd_opt(2026, 11, 23).unwrap()
}

/// Every elector, in chunks of `limit`, from a cursor on.
async fn all(city: &TestCity, rule: &str, roots: Option<&[Id]>, day: Day, limit: usize) -> Vec<Elector> {
    let segment = Segment::parse(rule).unwrap();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        // Opened anew for each chunk, as a run does that was killed after each.
        let mut people = People::below(city.db.read(), &segment, roots, day, &[]).await.unwrap();
        let chunk = people.next(city.db.read(), after, limit).await.unwrap();
        assert!(chunk.electors.len() <= limit);
        found.extend(chunk.electors);
        after = chunk.next;
        if after.is_none() {
            return found;
        }
    }
}

fn in_order(electors: &[Elector]) {
    assert!(electors.windows(2).all(|pair| pair[0].membership_id < pair[1].membership_id));
    let persons: BTreeSet<Id> = electors.iter().map(|elector| elector.person_id).collect();
    assert_eq!(persons.len(), electors.len(), "a person came twice");
}

/// A person with everything, as read row by row.
struct Row {
    membership: membership::Model,
    person: person::Model,
    union: organization::Model,
}

async fn rows(city: &TestCity) -> Vec<Row> {
    let conn = city.db.read();
    let persons = person::Entity::find().all(conn).await.unwrap();
    let persons: HashMap<Id, person::Model> = persons.into_iter().map(|row| (row.id, row)).collect();
    let unions = organization::Entity::find().all(conn).await.unwrap();
    let unions: HashMap<Id, organization::Model> = unions.into_iter().map(|row| (row.id, row)).collect();
    let memberships = membership::Entity::find().all(conn).await.unwrap();
    let row = |membership: membership::Model| Row {
        person: persons[&membership.person_id].clone(),
        union: unions[&membership.organization_id].clone(),
        membership,
    };
    memberships.into_iter().filter(|membership| membership.state == "active").map(row).collect()
}

type ByHand = fn(&Row) -> bool;

const RULES: [(&str, ByHand); 10] = [
    ("true", |_| true),
    (r#"employment_form == "platform""#, |row| row.membership.employment_form == "platform"),
    (r#"work in ["courier", "trucker"] && county != "440703""#, |row| {
        row.membership.work.as_deref() == Some("courier") && !row.union.division_code.starts_with("440703")
    }),
    (r#"sex == "female" || is_officer"#, |row| {
        let officers = ["chair", "vice_chair"].map(TestCity::person_of);
        row.person.sex.as_deref() == Some("female") || officers.contains(&row.person.id)
    }),
    ("age < 45", |row| row.person.birth.is_some_and(|birth| age_on(birth, today()) < 45)),
    ("!(age < 45)", |row| row.person.birth.is_some_and(|birth| age_on(birth, today()) >= 45)),
    ("!birth_known", |row| row.person.birth.is_none()),
    (r#"joined_on >= "2023-01-01" && employment_form != "dispatched""#, |row| {
        row.membership.joined_on.to_string().as_str() >= "2023-01-01" && row.membership.employment_form != "dispatched"
    }),
    (r#"organization_kind == "grassroots" && sex != "unknown""#, |row| {
        row.union.kind == "grassroots" && row.person.sex.is_some()
    }),
    (r#"division.startsWith("44070310") && employer_id != """#, |row| {
        row.union.division_code.starts_with("44070310") && row.membership.employer_id.is_some()
    }),
];

both_engines! {
    async fn a_count_equals_the_rows(city: TestCity) {
        let crowd = crowd(&city.app, 3_500, 150).await.unwrap();
        mix(&city).await;
        let (officer, rows) = (city.city_officer(), rows(&city).await);
        for (rule, by_hand) in RULES {
            for root in [None, Some(crowd.county), Some(crowd.town), Some(crowd.union)] {
                let below: BTreeSet<Id> = match root {
                    Some(root) => kernel::node::subtree(city.db.read(), root, today()).await.unwrap().into_iter().collect(),
                    None => rows.iter().map(|row| row.union.id).collect(),
                };
                let expected: BTreeSet<Id> = rows
                    .iter()
                    .filter(|row| below.contains(&row.union.id) && by_hand(row))
                    .map(|row| row.membership.id)
                    .collect();
                let roots = root.map(|root| [root]);
                let found = all(&city, rule, roots.as_ref().map(<[Id; 1]>::as_slice), today(), 700).await;
                in_order(&found);
                let found: BTreeSet<Id> = found.iter().map(|elector| elector.membership_id).collect();
                assert_eq!(found, expected, "{rule} below {root:?}");
                let figure = (expected.len() >= 5).then_some(expected.len());
                assert_eq!(counted(&officer, rule, root).await["people"], serde_json::json!(figure), "{rule} below {root:?}");
            }
        }
    }

    async fn who_goes_on_after_a_cut_gets_the_same(city: TestCity) {
        let crowd = crowd(&city.app, 1_500, 120).await.unwrap();
        mix(&city).await;
        for (rule, root) in [("true", None), (r#"work == "courier""#, None), ("age > 40", Some(crowd.county)), ("true", Some(crowd.town))] {
            let roots = root.map(|root| [root]);
            let roots = roots.as_ref().map(<[Id; 1]>::as_slice);
            let whole = all(&city, rule, roots, today(), 10_000).await;
            assert!(!whole.is_empty());
            for limit in [1, 7, 199, 200, 201, 1_000] {
                if limit > 1 || whole.len() < 100 {
                    assert_eq!(all(&city, rule, roots, today(), limit).await, whole, "{rule} by {limit}");
                }
            }
        }
    }

    async fn officers_and_those_left_out(city: TestCity) {
        let persons = |electors: Vec<Elector>| electors.into_iter().map(|elector| elector.person_id).collect::<BTreeSet<Id>>();
        let [chair, vice] = ["chair", "vice_chair"].map(TestCity::person_of);
        let below = Some([TestCity::UNION]);
        let below = below.as_ref().map(<[Id; 1]>::as_slice);
        for (rule, expected) in [
            ("is_officer", vec![chair, vice]),
            (r#""chair" in officer_titles"#, vec![chair]),
            (r#"officer_titles.exists(t, t != "chair")"#, vec![vice]),
        ] {
            assert_eq!(persons(all(&city, rule, below, today(), 100).await), expected.into_iter().collect(), "{rule}");
        }
        // Before the office began there was none.
        let before = Day::from_ymd_opt(2021, 5, 31).unwrap();
        assert!(all(&city, "is_officer", None, before, 100).await.is_empty());
        let segment = Segment::parse("true").unwrap();
        let mut people = People::below(city.db.read(), &segment, below, today(), &[chair, Id::from_u128(5)]).await.unwrap();
        let rest = people.next(city.db.read(), None, 100).await.unwrap();
        assert_eq!((rest.electors.len(), rest.next), (5, None));
        assert!(!persons(rest.electors).contains(&chair));
        let mut nobody = People::below(city.db.read(), &segment, Some(&[]), today(), &[]).await.unwrap();
        assert_eq!(nobody.next(city.db.read(), None, 100).await.unwrap().next, None);
    }

    async fn the_day_counts_and_a_person_once(city: TestCity) {
        let day = |text: &str| text.parse::<Day>().unwrap();
        // Left on the 1st, joined elsewhere with the day of the old roster: on a past day both hold.
        change(&city, &["UPDATE membership SET state = 'left', ended_on = '2026-11-01' WHERE person_id IN (SELECT id FROM person WHERE name = '何示例')"]).await;
        let gone = all(&city, "true", Some(&[TestCity::SMALL_UNION]), today(), 100).await;
        assert_eq!(gone.len(), 1);
        assert_eq!(all(&city, "true", Some(&[TestCity::SMALL_UNION]), day("2026-10-31"), 100).await.len(), 2);
        assert_eq!(all(&city, "true", Some(&[TestCity::SMALL_UNION]), day("2026-11-01"), 100).await.len(), 1);
        let insert = "INSERT INTO membership (id, person_id, organization_id, state, employment_form, joined_on, source, created_at)
            SELECT $1, person_id, $2, 'active', employment_form, joined_on, 'imported', created_at FROM membership
            WHERE state = 'left'";
        let tx = city.system().begin_bulk().await.unwrap();
        tx.execute_sql(insert, [tx.id().into(), TestCity::UNION.into()]).await.unwrap();
        tx.commit(()).await.unwrap();
        for on in ["2026-10-31", "2026-11-01", "2026-11-23"] {
            let found = all(&city, "true", None, day(on), 3).await;
            in_order(&found);
            assert_eq!(found.len(), 14, "{on}");
        }
        // Before anybody had joined there was nobody.
        assert!(all(&city, "true", None, day("2021-06-30"), 100).await.is_empty());
    }
}
