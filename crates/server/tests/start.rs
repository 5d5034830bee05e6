//! Starting, refusing to start, stopping.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use crate::support::{DemoCity, House, bare};

kernel::both_engines! {
    /// The second start finds the city of the first, and SIGTERM ends it in peace.
    async fn the_second_start_finds_the_first(house: House) {
        let first = house.serve(&["--demo"]);
        assert_eq!(first.browser().get("/healthz").text, "ok");
        assert!(first.said.contains("/desk/"), "{}", first.said);
        assert!(first.stop().success());
        let second = house.serve(&["--demo"]);
        assert!(second.stop().success());
    }

    /// Demo data and demo keys stay out of production.
    async fn production_refuses_the_demo(house: DemoCity) {
        let https = ["--production", "--base-url", "https://gh.example.cn"];
        assert!(house.refused(&https).contains("演示城市"));
        assert!(house.refused(&["--production", "--demo", "--base-url", "https://gh.example.cn"]).contains("--demo"));
    }
}

#[test]
fn production_needs_https() {
    let house = House::new();
    assert!(house.refused(&["--production"]).contains("https"));
    assert!(house.refused(&["--production", "--base-url", "http://gh.example.cn"]).contains("https"));
    assert!(!house.data().exists(), "a refusal must leave nothing behind");
}

#[test]
fn production_refuses_demo_keys() {
    let (house, other) = (DemoCity::new(), House::new());
    let keys = house.data().join("keys.json");
    let said =
        other.refused(&["--production", "--base-url", "https://gh.example.cn", "--keys", keys.to_str().unwrap()]);
    assert!(said.contains("密钥"), "{said}");
}

#[test]
fn a_taken_port_is_named() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = holder.local_addr().unwrap().port();
    let house = House::new();
    let output = house.run(&["serve"], &["--listen", &format!("127.0.0.1:{port}")]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains(&format!("端口 {port} 已被占用")), "{said}");
    assert!(said.contains("--listen"), "{said}");
}

#[test]
fn one_server_holds_a_data_directory() {
    let house = DemoCity::new();
    let running = house.serve(&["--demo"]);
    let said = house.refused(&["--demo"]);
    assert!(said.contains(&format!("pid {}", running.process_id())), "{said}");
    assert_eq!(house.data().metadata().unwrap().permissions().mode() & 0o777, 0o700);
    // A killed server holds nothing any more.
    running.kill();
    assert!(house.serve(&["--demo"]).stop().success());
}

#[test]
fn a_data_directory_that_cannot_be_is_named() {
    let house = House::new();
    std::fs::write(house.data(), "a file").unwrap();
    assert!(house.refused(&[]).contains("不能写"));
}

#[test]
fn a_database_that_is_away_is_named() {
    let house = House::new();
    let said = house.refused(&["--database", "postgres://nobody@127.0.0.1:1/nowhere"]);
    assert!(said.contains("数据库"), "{said}");
}

#[test]
fn pages_and_interfaces_are_kept_apart() {
    let house = DemoCity::new();
    let running = house.serve(&["--demo"]);
    let browser = running.browser();
    let unknown = browser.get("/api/nothing/here");
    assert_eq!((unknown.status, unknown.body["code"].as_str()), (404, Some("not_found")));
    let wrong = browser.post("/api/nothing/here", &serde_json::json!({}));
    assert_eq!((wrong.status, wrong.body["code"].as_str()), (404, Some("not_found")));
    assert_eq!(browser.get("/join/some-code").status, 200);
    assert_eq!(browser.get("/desk/members").status, 200);
    assert_eq!(browser.get("/assets/missing.js").status, 404);
    assert_eq!(browser.get("/").header("cache-control"), Some("no-cache"));
}

#[test]
fn the_document_needs_no_database() {
    let output = bare(&["openapi"]).current_dir(std::env::temp_dir()).output().unwrap();
    assert!(output.status.success() && output.stdout.ends_with(b"}\n"));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["info"]["title"], "Zhigong 智工");
}
