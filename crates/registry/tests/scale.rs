//! Lists and figures with a whole city in the database. Ordinary runs take a small crowd and check that every number
//! equals its rows; full-size runs take 652,000 members in 5,908 unions and tell how long each question takes.

use std::time::{Duration, Instant};

use kernel::both_engines;
use kernel::testing::{Client, Who, long};
use registry::testing::TestCity;
use registry::testing::crowd::{Crowd, crowd};
use serde_json::Value;

/// What no question may take longer than, 95 of 100 times (optimised builds only).
const MOST: Duration = Duration::from_millis(100);

fn size() -> (usize, usize) {
    if long() { (652_000, 5_908) } else { (3_500, 150) }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Asks again and again; tells the median and the 95th of a hundred.
async fn timed(client: &Client, what: &str, path: &str) -> Duration {
    let (times, mut taken) = (if long() { 60 } else { 2 }, Vec::new());
    client.get(path).await.ok();
    for _ in 0..times {
        let start = Instant::now();
        client.get(path).await.ok();
        taken.push(start.elapsed());
    }
    taken.sort();
    let p95 = taken[taken.len() * 95 / 100];
    if long() {
        eprintln!("{what}: p50 {:?}, p95 {p95:?}", taken[taken.len() / 2]);
    }
    p95
}

/// Every row of a list, page by page, and the cursor before the last page.
async fn all_rows(client: &Client, path: &str) -> (Vec<Value>, Option<String>) {
    let (mut rows, mut after) = (Vec::new(), None::<String>);
    loop {
        let cursor = after.as_ref().map(|after| format!("&after={after}")).unwrap_or_default();
        let page = client.get(&format!("{path}&limit=100{cursor}")).await.ok();
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => return (rows, after),
        }
    }
}

async fn count(client: &Client, path: &str) -> usize {
    let (rows, _) = all_rows(client, path).await;
    let once: std::collections::BTreeSet<String> = rows.iter().map(|row| row["membership_id"].to_string()).collect();
    assert_eq!(once.len(), rows.len(), "a row came twice: {path}");
    rows.len()
}

async fn registrar(city: &TestCity, node: kernel::Id) -> Client {
    city.client_of(&Who::new().role("member_registrar", node)).await
}

/// Every list a registrar of the city, a county, a town or a union opens.
async fn lists(city: &TestCity, crowd: &Crowd) -> Vec<(Client, String, String)> {
    let (common, rare) = (hex(crowd.common_name), hex(crowd.rare_name));
    let mut asks = Vec::new();
    for (place, node) in [("city", crowd.city), ("county", crowd.county), ("town", crowd.town), ("union", crowd.union)]
    {
        for (what, query) in [
            ("list", "limit=30".to_owned()),
            ("common surname", format!("name={common}")),
            ("rare name", format!("name={rare}")),
            ("ID", format!("id_number={}", crowd.id_number)),
            ("phone", format!("phone={}", crowd.phone)),
            ("taken over", "taken_over=true".to_owned()),
            ("not taken over", "taken_over=false".to_owned()),
            ("left", "state=left".to_owned()),
        ] {
            let client = registrar(city, node).await;
            asks.push((client, format!("{place}: {what}"), format!("/api/members?{query}")));
        }
        let narrowed = format!("/api/members?within={node}&name={common}");
        asks.push((registrar(city, crowd.city).await, format!("city, within {place}: common surname"), narrowed));
    }
    asks
}

/// Cursors a long way down a list.
async fn deep(client: &Client, path: &str, pages: usize) -> String {
    let mut after = String::new();
    for _ in 0..pages {
        let page = client.get(&format!("{path}&limit=100{after}")).await.ok();
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    format!("{path}{after}")
}

both_engines! {
    async fn a_whole_city_is_listed_in_time(city: TestCity) {
        let (members, unions) = size();
        let start = Instant::now();
        let crowd = crowd(&city.app, members, unions).await.unwrap();
        if long() {
            eprintln!("{:?}: {members} members in {unions} unions written in {:?}", city.database().engine(), start.elapsed());
        }
        let mut slow = Vec::new();
        let mut asks = lists(&city, &crowd).await;
        let whole = registrar(&city, crowd.city).await;
        let pages = if long() { 300 } else { 5 };
        for query in ["state=active".to_owned(), format!("name={}", hex(crowd.common_name))] {
            let path = deep(&whole, &format!("/api/members?{query}"), pages).await;
            asks.push((registrar(&city, crowd.city).await, format!("city: deep in {query}"), path));
        }
        for (place, node) in [("city", crowd.city), ("county", crowd.county), ("town", crowd.town)] {
            for (what, path) in [
                ("tree", "/api/tree".to_owned()),
                ("tree of last year", "/api/tree?as_of=2025-12-31".to_owned()),
                ("tree in mid-year", "/api/tree?as_of=2024-07-02".to_owned()),
                ("tree before all joined", "/api/tree?as_of=2021-06-02".to_owned()),
                ("tree before anybody joined", "/api/tree?as_of=2021-05-31".to_owned()),
                ("unions in mid-year", "/api/organizations?limit=100&as_of=2024-07-02".to_owned()),
                ("unions", "/api/organizations?limit=30".to_owned()),
                ("base unions", "/api/organizations?kind=grassroots&limit=100".to_owned()),
                ("page", format!("/api/organizations/{node}")),
                ("to do", "/api/todo".to_owned()),
                ("employers", "/api/employers".to_owned()),
                ("employer", format!("/api/employers?q={}", hex("示例伟强电子"))),
            ] {
                asks.push((registrar(&city, node).await, format!("{place}: {what}"), path));
            }
        }
        for (client, what, path) in &asks {
            if timed(client, what, path).await > MOST {
                slow.push(what.clone());
            }
        }
        assert!(slow.is_empty() || cfg!(debug_assertions) || !long(), "{slow:?}");
    }

    async fn every_number_equals_its_rows(city: TestCity) {
        let crowd = crowd(&city.app, 3_500, 150).await.unwrap();
        let whole = registrar(&city, crowd.city).await;
        // 14 of the test city itself.
        assert_eq!(count(&whole, "/api/members?state=active").await, 3_514);
        let common = count(&whole, &format!("/api/members?name={}", hex(crowd.common_name))).await;
        assert!(common > 250, "{common}");
        let tree = whole.get("/api/tree").await.ok();
        let figure = |id: kernel::Id| {
            let node = tree["items"].as_array().unwrap().iter().find(|node| node["id"] == id.to_string()).cloned();
            node.unwrap()["members"].as_u64().unwrap() as usize
        };
        for node in [crowd.city, crowd.county, crowd.town] {
            let within = format!("/api/members?within={node}");
            let own = registrar(&city, node).await;
            assert_eq!(count(&whole, &within).await, figure(node));
            assert_eq!(count(&own, "/api/members?state=active").await, figure(node));
            // Through the persons and through the members: the same rows in the same order.
            let named = format!("name={}", hex(crowd.common_name));
            let (wide, _) = all_rows(&whole, &format!("{within}&{named}")).await;
            let (narrow, _) = all_rows(&own, &format!("/api/members?{named}")).await;
            assert_eq!(wide, narrow);
            let (all, _) = all_rows(&whole, &format!("/api/members?{named}")).await;
            let here: Vec<String> = narrow.iter().map(|row| row["membership_id"].to_string()).collect();
            let all = all.into_iter().filter(|row| here.contains(&row["membership_id"].to_string()));
            assert_eq!(all.collect::<Vec<_>>(), narrow);
        }
        assert_eq!(figure(crowd.town), 2_000);
        let union = registrar(&city, crowd.union).await;
        assert_eq!(count(&union, "/api/members?state=active").await, 110);
        assert_eq!(count(&whole, &format!("/api/members?organization_id={}", crowd.union)).await, 110);
        for path in ["taken_over=true", "taken_over=false", "state=left"] {
            let expected = match path {
                // The chair, the vice chair and the member of the test city have accounts.
                "taken_over=true" => 3,
                "taken_over=false" => 3_511,
                _ => 0,
            };
            assert_eq!(count(&whole, &format!("/api/members?{path}")).await, expected, "{path}");
        }
        let one = whole.get(&format!("/api/members?id_number={}&phone={}", crowd.id_number, crowd.phone)).await.ok();
        assert_eq!(one["items"].as_array().unwrap().len(), 1);
        assert_eq!(one["items"][0]["name"], crowd.rare_name);
        assert_eq!(one["items"][0]["taken_over"], false);
        let employers = whole.get(&format!("/api/employers?q={}&limit=3", hex("江门市示例"))).await.ok();
        for employer in employers["items"].as_array().unwrap() {
            let rows = count(&whole, &format!("/api/members?employer_id={}", employer["id"].as_str().unwrap())).await;
            assert_eq!(employer["members"].as_u64().unwrap() as usize, rows);
        }
        whole.get("/api/members?after=x").await.refused(400, "input.invalid");
    }
}
