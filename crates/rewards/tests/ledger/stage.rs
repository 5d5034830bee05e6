//! A book with a budget that has money, a merchant and members.

use kernel::id::Ids;
use kernel::time::Day;
use kernel::{Error, Id};
use registry::testing::TestCity;
use rewards::ledger::{
    AccountKind, Balance, Done, NewAccount, OWN_BOOK, Order, What, apply, balance, carry_out, open_account, verify,
    wallet_id,
};
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;

/// What the budget has at first.
pub const FUNDED: i64 = 1_000_000_000;

pub struct Stage<'a> {
    pub city: &'a RewardsCity,
    pub budget: Id,
    pub merchant: Id,
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn new_account(kind: AccountKind, owner: Id, purpose: &str, floor_cents: Option<i64>) -> NewAccount {
    let fiscal_year = if kind == AccountKind::Budget { 2026 } else { 0 };
    let (book_id, owner_id, purpose) = (OWN_BOOK, Some(owner), purpose.to_owned());
    NewAccount { book_id, kind, owner_id, purpose, fiscal_year, floor_cents }
}

impl<'a> Stage<'a> {
    pub async fn open(city: &'a RewardsCity) -> Self {
        let stage = Self::unfunded(city).await;
        stage.top_up(FUNDED).await;
        stage
    }

    pub async fn unfunded(city: &'a RewardsCity) -> Self {
        let tx = city.system().begin_bulk().await.unwrap();
        let budget = new_account(AccountKind::Budget, TestCity::UNION, "文体活动", Some(0));
        let budget = open_account(&tx, budget).await.unwrap();
        let merchant = new_account(AccountKind::Merchant, Id::from_u128(77), "", Some(0));
        let merchant = open_account(&tx, merchant).await.unwrap();
        tx.commit(()).await.unwrap();
        Self { city, budget, merchant }
    }

    pub fn order(&self, what: What) -> Order {
        Order { id: Ids::random(), book_id: OWN_BOOK, by: None, what }
    }

    /// Asks, and answers the code of a refusal.
    pub async fn ask(&self, order: Order) -> Result<Done, String> {
        carry_out(&self.city.app, order).await.map_err(|error| code(&error))
    }

    pub async fn done(&self, what: What) -> Done {
        self.ask(self.order(what)).await.unwrap()
    }

    pub async fn top_up(&self, amount_cents: i64) -> Done {
        self.done(What::TopUp { budget_id: self.budget, amount_cents, bank_line_id: Ids::random() }).await
    }

    pub fn issue_to(&self, person_id: Id, amount_cents: i64, until: &str) -> What {
        let (budget_id, expires_on, reason) = (self.budget, day(until), "春节慰问".to_owned());
        What::Issue { budget_id, person_id, amount_cents, expires_on, reason, subject_id: None }
    }

    /// Issues; answers the lot.
    pub async fn issue(&self, person: Id, amount_cents: i64, until: &str) -> Id {
        self.done(self.issue_to(person, amount_cents, until)).await.transfer_id
    }

    /// Gives so many new members the same; answers them and their lots.
    pub async fn members(&self, many: usize, amount_cents: i64) -> Vec<(Id, Id)> {
        let persons: Vec<Id> = (0..many).map(|_| Ids::random()).collect();
        let issue = |person: &Id| self.order(self.issue_to(*person, amount_cents, "2027-06-30"));
        let orders: Vec<Order> = persons.iter().map(issue).collect();
        self.all(&orders).await;
        persons.into_iter().zip(orders.iter().map(|order| order.id)).collect()
    }

    /// Carries out orders that all make sense, a thousand in a transaction.
    pub async fn all(&self, orders: &[Order]) {
        for some in orders.chunks(1_000) {
            self.apply(some).await.into_iter().for_each(|outcome| assert!(outcome.is_ok(), "{outcome:?}"));
        }
    }

    pub async fn apply(&self, orders: &[Order]) -> Vec<Result<Done, String>> {
        let tx = self.city.system().begin_bulk().await.unwrap();
        let outcomes = apply(&tx, orders).await.unwrap();
        tx.commit(()).await.unwrap();
        outcomes.into_iter().map(|outcome| outcome.map_err(|refusal| refusal.code.to_string())).collect()
    }

    pub fn pay_of(&self, person_id: Id, amount_cents: i64) -> What {
        let (merchant_account_id, reason) = (self.merchant, "午餐".to_owned());
        What::Pay { person_id, merchant_account_id, amount_cents, shop_id: None, reason, subject_id: None }
    }

    pub fn hold_of(&self, person_id: Id, amount_cents: i64, minutes: i64) -> What {
        let expires_at = self.city.clock.now() + chrono::TimeDelta::minutes(minutes);
        let (to, reason) = (self.merchant, "订单".to_owned());
        What::Hold { person_id, to, amount_cents, expires_at, shop_id: None, reason, subject_id: None }
    }

    pub fn refund_of(&self, payment_id: Id, amount_cents: i64) -> What {
        let (reason, grace_until) = ("退货".to_owned(), day("2027-12-31"));
        What::Refund { payment_id, amount_cents, reason, grace_until }
    }

    pub async fn wallet(&self, person: Id) -> Balance {
        self.balance(wallet_id(OWN_BOOK, person)).await
    }

    pub async fn balance(&self, account: Id) -> Balance {
        balance(self.city.db.read(), account).await.unwrap()
    }

    /// What is left of a lot.
    pub async fn left(&self, lot: Id) -> i64 {
        self.number("SELECT left_cents AS n FROM lot WHERE id = $1", lot).await
    }

    pub async fn number(&self, sql: &str, id: Id) -> i64 {
        let db = &self.city.db;
        let row = db.read().query_one_raw(db.statement(sql, [id.into()])).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    /// Everything fits.
    pub async fn sound(&self) -> verify::Report {
        let report = self.report().await;
        assert!(report.is_sound(), "{report:#?}");
        report
    }

    pub async fn report(&self) -> verify::Report {
        let snapshot = self.city.db.begin_snapshot().await.unwrap();
        let report = verify::verify(&snapshot).await.unwrap();
        kernel::db::commit(snapshot).await.unwrap();
        report
    }
}

/// Whether an account has been opened.
pub async fn is_open(city: &RewardsCity, account: Id) -> bool {
    let sql = "SELECT id FROM ledger_account WHERE id = $1";
    city.db.read().query_one_raw(city.db.statement(sql, [account.into()])).await.unwrap().is_some()
}

pub fn code(error: &Error) -> String {
    error.refusal().map_or_else(|| error.to_string(), |refusal| refusal.code.to_string())
}
