//! Signing in, over HTTP, on both engines.

mod me;
mod phone;
mod staff;
mod whole;

use std::sync::Arc;

use kernel::app::{App, Config, Setup};
use kernel::calendar::Calendar;
use kernel::crypto::LocalKeys;
use kernel::crypto::passing::PassingKeys;
use kernel::db::Db;
use kernel::file::Files;
use kernel::testing::{Client, TestApp};
use kernel::{Cx, Id};
use registry::account;
use registry::person::phone::Phone;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;
use serde_json::json;
use totp_rs::{Builder, Secret};

/// One number out of the database, in a column `n`.
pub async fn number(app: &TestApp, sql: &str, values: impl IntoIterator<Item = Value>) -> i64 {
    let row = app.db.read().query_one_raw(app.db.statement(sql, values)).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

/// How many rows a table (and a condition) has.
pub async fn count(app: &TestApp, of: &str) -> i64 {
    number(app, &format!("SELECT CAST(count(*) AS bigint) AS n FROM {of}"), []).await
}

/// Runs a statement, as an administrator's verb would.
pub async fn execute(city: &TestCity, sql: &str, values: impl IntoIterator<Item = Value> + Send) {
    let tx = city.system().begin().await.unwrap();
    tx.execute_sql(sql, values).await.unwrap();
    tx.commit(()).await.unwrap();
}

/// Asks for a code; a demo shows it.
pub async fn code_for(client: &Client, phone: &str) -> String {
    let sent = client.post("/api/sign-in/code", json!({ "phone": phone })).await.ok();
    sent["demo_code"].as_str().unwrap().to_owned()
}

/// Some other code.
pub fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// A browser signed in with a phone and its code.
pub async fn by_phone(city: &TestCity, phone: &str) -> Client {
    let client = city.stranger();
    let code = code_for(&client, phone).await;
    let signed = client.post("/api/sign-in/phone", json!({ "phone": phone, "code": code })).await.ok();
    assert_eq!(signed["next"], "done");
    client
}

/// A staff account with a one-time password.
pub async fn new_staff(city: &TestCity, login: &str, phone: Option<&str>, one_time: &str) -> Id {
    let tx = city.system().begin().await.unwrap();
    let phone = phone.map(|phone| Phone::parse(phone).unwrap());
    let id = account::create_staff(&tx, login, "示例职员", phone.as_ref(), one_time).await.unwrap();
    tx.commit(id).await.unwrap()
}

pub const ONE_TIME: &str = "kapok.Tree-27x";
pub const OWN: &str = "Banyan-tree 38";

/// A staff account that has come the whole way: its own password and a second factor.
pub async fn ready_staff(city: &TestCity, login: &str, phone: Option<&str>) -> (Id, Device, Client) {
    let id = new_staff(city, login, phone, ONE_TIME).await;
    let client = city.stranger();
    let path = "/api/sign-in/password";
    assert_eq!(client.post(path, json!({ "login": login, "password": ONE_TIME })).await.ok()["next"], "password");
    let next = client.post("/api/sign-in/new-password", json!({ "password": OWN })).await.ok();
    assert_eq!(next["next"], "enrol_totp");
    let device = Device::enrol(&client).await;
    let next = client.post("/api/sign-in/confirm-totp", json!({ "code": device.code(city) })).await.ok();
    assert_eq!(next["next"], "done");
    (id, device, client)
}

/// An authenticator app.
pub struct Device([u8; 20]);

impl Device {
    /// Reads the secret that is shown.
    pub async fn enrol(client: &Client) -> Self {
        let shown = client.post("/api/sign-in/enrol-totp", json!({})).await.ok();
        let secret = shown["secret"].as_str().unwrap();
        assert!(shown["uri"].as_str().unwrap().contains(secret));
        assert!(shown["qr_svg"].as_str().unwrap().contains("<svg"));
        let bits = secret.bytes().flat_map(|letter| {
            let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|one| *one == letter).unwrap();
            (0..5).rev().map(move |bit| u8::from(value >> bit & 1 == 1))
        });
        let bits: Vec<u8> = bits.collect();
        let bytes: Vec<u8> = bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect();
        Self(bytes.try_into().unwrap())
    }

    /// What it shows now.
    pub fn code(&self, city: &TestCity) -> String {
        let device = Builder::new().with_secret(Secret::new_stack(self.0)).build().unwrap();
        device.generate(u64::try_from(city.clock.now().timestamp()).unwrap()).to_string()
    }
}

/// The same data served by a process that is no demo.
pub async fn in_earnest(city: &TestCity) -> Client {
    let config = Config {
        demo: false,
        secure_cookies: true,
        base_url: "https://example.cn".to_owned(),
        body_silence: Config::BODY_SILENCE,
    };
    let policy = registry::access::policy(kernel::access::Policy::new());
    let setup = Setup {
        calendar: Calendar::bundled().clone(),
        policy,
        config,
        files: Files::for_tests(),
        passing: PassingKeys::in_memory(),
        parameters: Vec::new(),
    };
    let db = Db::connect(city.database().url()).await.unwrap();
    let app = App::new(db, city.clock.clone(), Arc::new(LocalKeys::for_tests().unwrap()), setup);
    Client::new(kernel::routes::router(&app, registry::routes(), axum::Router::new()))
}

/// A context without HTTP for background work.
pub fn system(city: &TestCity) -> Cx {
    city.system()
}
