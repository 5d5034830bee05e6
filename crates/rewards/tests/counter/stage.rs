//! A merchant with shops and cashiers, a member with points and a phone; all SYNTHETIC.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{Days, TimeDelta};
use kernel::db::insert_rows;
use kernel::id::Ids;
use kernel::testing::{Answer, Client, Who};
use kernel::{Id, Tx};
use registry::testing::TestCity;
use rewards::counter::code;
use rewards::ledger::{self, AccountKind, NewAccount, OWN_BOOK, Order, What};
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

/// Shops of one merchant, each with a cashier who may refund; the first one's account is a manager as well.
pub struct Stage<'a> {
    pub city: &'a RewardsCity,
    pub shops: Vec<Id>,
    pub cashiers: Vec<Client>,
    /// Who manages the merchant.
    pub manager: Client,
    /// Who pays.
    pub person: Id,
    pub member: Client,
}

/// What a phone keeps.
pub struct Phone {
    pub device: Id,
    pub number: String,
    pub secret: Vec<u8>,
}

pub fn cents(answer: &Value, name: &str) -> i64 {
    answer[name].as_i64().unwrap_or_else(|| panic!("no {name} in {answer}"))
}

impl<'a> Stage<'a> {
    /// So many shops, and a wallet with so many cents.
    pub async fn open(city: &'a RewardsCity, shops: usize, points_cents: i64) -> Self {
        let person = city.who("member").person_id.unwrap();
        let (merchant, manager) = (Ids::random(), Ids::random());
        let (ids, accounts): (Vec<Id>, Vec<Id>) = (0..shops).map(|_| (Ids::random(), Ids::random())).unzip();
        enter(city, merchant, &ids, &accounts, manager).await;
        fund(city, person, points_cents).await;
        let mut cashiers = Vec::new();
        for account in &accounts {
            cashiers.push(city.client_of(&Who::new().account(*account)).await);
        }
        let manager = city.client_of(&Who::new().account(manager)).await;
        Self { city, shops: ids, cashiers, manager, person, member: city.member() }
    }

    /// Sets a parameter, for today and always.
    pub async fn set(&self, name: &str, value: i64) {
        let tx = self.city.system().begin_bulk().await.unwrap();
        let update = "UPDATE parameter SET value = $2 WHERE name = $1";
        assert_eq!(tx.execute_sql(update, [name.into(), value.to_string().into()]).await.unwrap(), 1);
        tx.commit(()).await.unwrap();
    }

    /// The member's phone gets its secret.
    pub async fn phone(&self) -> Phone {
        let key = Ids::random().to_string();
        let told = self.member.post_once("/api/pay/devices", &key, json!({ "label": "示例手机" })).await.ok();
        Phone {
            device: told["device_id"].as_str().unwrap().parse().unwrap(),
            number: told["number"].as_str().unwrap().to_owned(),
            secret: STANDARD.decode(told["secret"].as_str().unwrap()).unwrap(),
        }
    }

    /// The code that a phone shows now.
    pub fn code(&self, phone: &Phone) -> String {
        code::show(&phone.number, &phone.secret, self.city.clock.now())
    }

    /// Another code: half a minute later.
    pub fn next_code(&self, phone: &Phone) -> String {
        self.city.clock.advance(TimeDelta::seconds(30));
        self.code(phone)
    }

    pub async fn charge(&self, shop: usize, id: Id, code: &str, points_cents: i64) -> Answer {
        let body = json!({ "id": id, "code": code, "points_cents": points_cents });
        self.cashiers[shop].post(&self.path(shop, "/charge"), body).await
    }

    /// The member pays at the sign of a shop.
    pub async fn pay(&self, shop: usize, id: Id, points_cents: i64) -> Answer {
        let path = format!("/api/pay/shops/{}/pay", self.shops[shop]);
        self.member.post(&path, json!({ "id": id, "points_cents": points_cents })).await
    }

    pub async fn refund(&self, shop: usize, payment: Id, id: Id, points_cents: i64, cash_cents: i64) -> Answer {
        let path = self.path(shop, &format!("/payments/{payment}/refund"));
        let body = json!({ "id": id, "points_cents": points_cents, "cash_cents": cash_cents, "reason": "示例退货" });
        self.cashiers[shop].post(&path, body).await
    }

    pub async fn reverse(&self, shop: usize, payment: Id) -> Answer {
        let path = self.path(shop, &format!("/payments/{payment}/reverse"));
        self.cashiers[shop].post(&path, json!({})).await
    }

    pub fn path(&self, shop: usize, rest: &str) -> String {
        format!("/api/shop/shops/{}{rest}", self.shops[shop])
    }

    /// Points that are free.
    pub async fn wallet(&self) -> i64 {
        let told = self.member.get("/api/pay").await.ok();
        let wallet = ledger::wallet_id(OWN_BOOK, self.person);
        let balance = ledger::balance(self.city.db.read(), wallet).await.unwrap();
        assert_eq!(cents(&told, "available_cents"), balance.available_cents);
        balance.available_cents
    }

    /// Rows that a query counts.
    pub async fn count(&self, sql: &str) -> i64 {
        let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM {sql}");
        let row = self.city.db.read().query_one_raw(self.city.db.statement(&sql, [])).await.unwrap();
        row.unwrap().try_get("", "n").unwrap()
    }

    /// What the payments say and what the ledger says are the same, and every payment is decided.
    pub async fn agrees(&self, issued_cents: i64) {
        let sql = "SELECT CAST(coalesce(sum(points_cents - points_back_cents), 0) AS bigint) AS n FROM payment
            WHERE state <> 'closed'";
        let row = self.city.db.read().query_one_raw(self.city.db.statement(sql, [])).await.unwrap().unwrap();
        let paid: i64 = row.try_get("", "n").unwrap();
        assert_eq!(issued_cents - paid, self.wallet().await, "payments and the ledger differ");
        let moved = self.count("transfer WHERE kind = 'pay'").await;
        assert_eq!(moved, self.count("payment WHERE state <> 'closed' AND channel <> 'none'").await);
        assert!(moved + self.count("payment").await > 0, "nothing was looked at");
    }
}

async fn enter(city: &RewardsCity, merchant: Id, shops: &[Id], accounts: &[Id], manager: Id) {
    let tx = city.system().begin_bulk().await.unwrap();
    enter_merchant(&tx, merchant).await;
    enter_shops(&tx, merchant, shops).await;
    enter_cashiers(&tx, merchant, shops.iter().zip(accounts), manager).await;
    tx.commit(()).await.unwrap();
}

async fn enter_merchant(tx: &Tx, merchant: Id) {
    let (from, to) = (tx.today() - Days::new(30), tx.today() + Days::new(700));
    let columns = [
        "id",
        "organization_id",
        "name",
        "uscc",
        "category",
        "contact_name",
        "contact_phone_sealed",
        "terms",
        "contract_from",
        "contract_to",
        "state",
        "synthetic",
        "entered_at",
        "decided_at",
        "version",
    ];
    let row = vec![
        merchant.into(),
        TestCity::CITY.into(),
        "示例连锁超市".into(),
        "91440703MA00000001".into(),
        "grocery".into(),
        "示例联系人".into(),
        vec![0_u8; 32].into(),
        "示例约定".into(),
        from.into(),
        to.into(),
        "active".into(),
        true.into(),
        tx.now().into(),
        tx.now().into(),
        1_i64.into(),
    ];
    insert_rows(tx, "merchant", &columns, vec![row], "").await.unwrap();
}

async fn enter_shops(tx: &Tx, merchant: Id, shops: &[Id]) {
    let columns = [
        "id",
        "merchant_id",
        "code",
        "name",
        "division_code",
        "address",
        "opens",
        "closes",
        "shut",
        "state",
        "entered_at",
        "version",
    ];
    let shop = |(at, id): (usize, &Id)| {
        vec![
            (*id).into(),
            merchant.into(),
            format!("{at:03}").into(),
            format!("示例{at}号店").into(),
            "440703".into(),
            "示例路 1 号".into(),
            0_i64.into(),
            1_440_i64.into(),
            "".into(),
            "open".into(),
            tx.now().into(),
            1_i64.into(),
        ]
    };
    insert_rows(tx, "shop", &columns, shops.iter().enumerate().map(shop).collect(), "").await.unwrap();
}

async fn enter_cashiers(tx: &Tx, merchant: Id, of_shops: impl Iterator<Item = (&Id, &Id)>, manager: Id) {
    let columns = ["id", "merchant_id", "shop_id", "account_id", "role", "label", "pin_failures", "state", "began_at"];
    let cashier = |(shop, account): (Option<Id>, Id), role: &str| {
        vec![
            tx.id().into(),
            merchant.into(),
            shop.into(),
            account.into(),
            role.into(),
            "示例收银".into(),
            0_i64.into(),
            "active".into(),
            tx.now().into(),
        ]
    };
    let mut rows: Vec<_> = of_shops.map(|(shop, account)| cashier((Some(*shop), *account), "refund")).collect();
    rows.push(cashier((None, manager), "manager"));
    insert_rows(tx, "cashier", &columns, rows, "").await.unwrap();
}

/// A union's budget, topped up from the bank, and points from it that are good for 200 days.
pub async fn fund(city: &RewardsCity, person: Id, points_cents: i64) {
    let tx = city.system().begin_bulk().await.unwrap();
    let budget = NewAccount {
        book_id: OWN_BOOK,
        kind: AccountKind::Budget,
        owner_id: Some(TestCity::UNION),
        purpose: "示例普惠".into(),
        fiscal_year: 2026,
        floor_cents: Some(0),
    };
    let budget_id = ledger::open_account(&tx, budget).await.unwrap();
    let expires_on = tx.today() + Days::new(200);
    tx.commit(()).await.unwrap();
    let order = |what| Order { id: Ids::random(), book_id: OWN_BOOK, by: None, what };
    let top_up = What::TopUp { budget_id, amount_cents: points_cents, bank_line_id: Ids::random() };
    ledger::carry_out(&city.app, order(top_up)).await.unwrap();
    let issue = What::Issue {
        budget_id,
        person_id: person,
        amount_cents: points_cents,
        expires_on,
        reason: "示例发放".into(),
        subject_id: None,
    };
    ledger::carry_out(&city.app, order(issue)).await.unwrap();
}

/// Patience of a client that may hang up before it hears.
pub fn patience(dice: &mut impl rand::RngExt) -> Option<Duration> {
    dice.random_bool(0.5).then(|| Duration::from_micros(dice.random_range(0..6_000)))
}
