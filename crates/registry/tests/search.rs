//! Who finds whom: a number, a name and a list stop at the edge of the scope, as the tree stands today.

use std::collections::{BTreeSet, HashMap};

use kernel::testing::{Client, Who};
use kernel::{Id, both_engines, node};
use registry::member::entity as membership;
use registry::person::phone::Phone;
use registry::person::{entity as person, vault};
use registry::testing::TestCity;
use sea_orm::EntityTrait;
use serde_json::json;

use crate::figures::{join, run};

const NODES: [Id; 4] = [TestCity::CITY, TestCity::COUNTY, TestCity::OTHER_COUNTY, TestCity::UNION];

async fn registrar(city: &TestCity, node: Id) -> Client {
    city.client_of(&Who::new().role("member_registrar", node)).await
}

async fn found(client: &Client, query: &str) -> BTreeSet<String> {
    let page = client.get(&format!("/api/members?limit=100&{query}")).await.ok();
    let rows = page["items"].as_array().unwrap().iter();
    rows.map(|row| row["membership_id"].as_str().unwrap().to_owned()).collect()
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

type Those<'a> = dyn Fn(&dyn Fn(&membership::Model) -> bool) -> BTreeSet<String> + 'a;

/// The lists of a registrar there have those below, and of a union or of a part of the tree those there.
async fn lists_hold(client: &Client, node: Id, those: &Those<'_>, below: &dyn Fn(&membership::Model, Id) -> bool) {
    for state in ["active", "left"] {
        let query = |more: &str| format!("state={state}{more}");
        assert_eq!(found(client, &query("")).await, those(&|row| row.state == state), "{node} {state}");
        let union = TestCity::UNION;
        let only = found(client, &query(&format!("&organization_id={union}"))).await;
        assert_eq!(only, those(&|row| row.state == state && row.organization_id == union), "{node} {state}");
        for top in [TestCity::CITY, TestCity::COUNTY, TestCity::TOWN] {
            let within = found(client, &query(&format!("&within={top}"))).await;
            assert_eq!(within, those(&|row| row.state == state && below(row, top)), "{node} {state} {top}");
        }
    }
}

/// Everybody is found by whoever has rights above him today, and by nobody else.
async fn edges_hold(city: &TestCity) {
    let (conn, today, keys) = (city.db.read(), city.clock.today(), &*city.app.keys);
    let rows = membership::Entity::find().all(conn).await.unwrap();
    let persons = person::Entity::find().all(conn).await.unwrap();
    let persons: HashMap<Id, person::Model> = persons.into_iter().map(|person| (person.id, person)).collect();
    let mut paths: HashMap<Id, Vec<Id>> = HashMap::new();
    for row in &rows {
        paths.insert(row.organization_id, node::path(conn, row.organization_id, today).await.unwrap());
    }
    let below = |row: &membership::Model, top: Id| paths[&row.organization_id].contains(&top);
    for node in NODES {
        let client = registrar(city, node).await;
        let those = |wanted: &dyn Fn(&membership::Model) -> bool| -> BTreeSet<String> {
            rows.iter().filter(|row| below(row, node) && wanted(row)).map(|row| row.id.to_string()).collect()
        };
        lists_hold(&client, node, &those, &below).await;
        for row in &rows {
            let somebody = &persons[&row.person_id];
            let same = |other: &membership::Model| other.person_id == row.person_id && other.state == row.state;
            let name = hex(somebody.name.as_deref().unwrap());
            let named = |other: &membership::Model| {
                let name = persons[&other.person_id].name.clone().unwrap();
                name.starts_with(somebody.name.as_deref().unwrap()) && other.state == row.state
            };
            assert_eq!(found(&client, &format!("state={}&name={name}", row.state)).await, those(&named), "{node}");
            let Some(sealed) = &somebody.id_number_sealed else { continue };
            let number = vault::open_id_number(keys, somebody.id, sealed).unwrap();
            let by_number = format!("state={}&id_number={number}", row.state);
            assert_eq!(found(&client, &by_number).await, those(&same), "{node}");
            let narrowed = found(&client, &format!("{by_number}&within={}", TestCity::TOWN)).await;
            assert_eq!(narrowed, those(&|other| same(other) && below(other, TestCity::TOWN)), "{node}");
        }
    }
}

both_engines! {
    async fn a_search_stops_at_the_edge_of_the_scope(city: TestCity) {
        edges_hold(&city).await;
        // Two leave, one of them to another union; a union goes to the other county, another one out of the tree.
        let (tx, today) = (city.system().begin().await.unwrap(), city.clock.today());
        let small = membership::Entity::find().all(&tx).await.unwrap();
        let small: Vec<_> = small.into_iter().filter(|row| row.organization_id == TestCity::SMALL_UNION).collect();
        let end = "UPDATE membership SET state = 'left', ended_on = $2 WHERE organization_id = $1";
        assert_eq!(run(&tx, end, vec![TestCity::SMALL_UNION.into(), today.into()]).await, 2);
        assert_eq!(join(&tx, small[0].person_id, TestCity::OTHER_UNION, today, None).await, 1);
        node::place(&tx, TestCity::STREET, TestCity::OTHER_COUNTY, today).await.unwrap();
        let out = "UPDATE placement SET valid_to = $2 WHERE child = $1 AND valid_to IS NULL";
        assert_eq!(run(&tx, out, vec![TestCity::OTHER_UNION.into(), today.into()]).await, 1);
        tx.commit(()).await.unwrap();
        edges_hold(&city).await;
    }

    async fn a_shared_phone_shows_each_his_own(city: TestCity) {
        let phone = TestCity::phone_of("member").unwrap();
        let digest = vault::phone_digest(&*city.app.keys, &Phone::parse(&phone).unwrap());
        let other = membership::Entity::find().all(city.db.read()).await.unwrap();
        let other = other.into_iter().find(|row| row.organization_id == TestCity::OTHER_UNION).unwrap();
        let tx = city.system().begin().await.unwrap();
        let share = "INSERT INTO person_index (kind, digest, person_id) VALUES ('phone', $1, $2)";
        run(&tx, share, vec![digest.into(), other.person_id.into()]).await;
        tx.commit(()).await.unwrap();
        let asked = format!("phone={phone}");
        for (node, many) in NODES.into_iter().zip([2, 1, 1, 1]) {
            let client = registrar(&city, node).await;
            let found = found(&client, &asked).await;
            assert_eq!(found.len(), many, "{node}");
            assert_eq!(found.contains(&other.id.to_string()), node == TestCity::CITY || node == TestCity::OTHER_COUNTY);
        }
        // Who is out of reach and who is nowhere are one answer.
        let street = registrar(&city, TestCity::STREET).await;
        for asked in [asked.as_str(), "phone=13700000000"] {
            assert_eq!(street.get(&format!("/api/members?{asked}")).await.ok(), json!({ "items": [], "next": null }));
        }
    }
}
