//! A month of payments and refunds; the statements are the ledger, to the fen, and stay so.

use std::collections::BTreeMap;

use kernel::Id;
use kernel::id::Ids;
use kernel::testing::long;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use registry::testing::TestCity;
use rewards::ledger::{OWN_BOOK, Order, What, apply};
use rewards::merchant::account_in;
use rewards::settlement::{cut, statement_entity as statement};
use rewards::testing::RewardsCity;
use sea_orm::{ConnectionTrait, EntityTrait};

use super::stage::{balance_of, sound};
use crate::merchant::stage::{budget, capture, issue, merchant, next_day, pay, refund, shop};

/// How much of a month.
struct Size {
    merchants: usize,
    shops: usize,
    members: usize,
    /// Pairs of lots of each, and cents of a lot.
    lots: (usize, i64),
    days: usize,
    /// Of a day.
    payments: usize,
}

impl Size {
    /// The whole of it is the city's: 14 merchants, 557 shops, 400,000 payments.
    fn of_the_run() -> Self {
        if long() {
            Self { merchants: 14, shops: 557, members: 200, lots: (4, 2_000_001), days: 30, payments: 13_334 }
        } else {
            Self { merchants: 2, shops: 4, members: 3, lots: (5, 33_301), days: 6, payments: 8 }
        }
    }

    /// Three of a hundred, and two at the least.
    fn refunds(&self) -> usize {
        (self.payments * 3 / 100).max(2)
    }
}

/// What a month was made of.
struct Month {
    firms: Vec<Id>,
    /// Each shop with the account of its merchant.
    shops: Vec<(Id, Id)>,
    members: Vec<Id>,
    /// Payments, and what may still go back of each.
    payments: Vec<(Id, i64)>,
    refunds: i64,
    dice: SmallRng,
}

fn order(what: What) -> Order {
    Order { id: Ids::random(), book_id: OWN_BOOK, by: None, what }
}

/// Carries out orders that all make sense.
async fn carry_out(city: &RewardsCity, orders: &[Order]) {
    for some in orders.chunks(256) {
        let tx = city.system().begin_bulk().await.unwrap();
        for outcome in apply(&tx, some).await.unwrap() {
            assert!(outcome.is_ok(), "{outcome:?}");
        }
        tx.commit(()).await.unwrap();
    }
}

impl Month {
    async fn open(city: &RewardsCity, size: &Size) -> Self {
        let members: Vec<Id> = (0..size.members).map(|_| Ids::random()).collect();
        let unions = [TestCity::UNION, TestCity::OTHER_UNION];
        for (at, union) in unions.into_iter().enumerate() {
            let (budget_id, bank_line_id) = (budget(city, union).await, Ids::random());
            let mut orders = vec![order(What::TopUp { budget_id, amount_cents: 10_000_000_000, bank_line_id })];
            // Odd amounts in turn, so that payments run over from the points of one union to those of the other.
            let amount_cents = size.lots.1 + 6 * i64::try_from(at).unwrap();
            for number in 0..size.lots.0 {
                let expires_on =
                    "2027-12-30".parse::<kernel::time::Day>().unwrap() - chrono::Days::new((2 * number + at) as u64);
                let issue = |person_id: &Id| What::Issue {
                    budget_id,
                    person_id: *person_id,
                    amount_cents,
                    expires_on,
                    reason: "示例发放".to_owned(),
                    subject_id: None,
                };
                orders.extend(members.iter().map(|person| order(issue(person))));
            }
            carry_out(city, &orders).await;
        }
        let (mut firms, mut shops) = (Vec::new(), Vec::new());
        for number in 0..size.merchants {
            let firm = merchant(city, u32::try_from(number + 1).unwrap()).await;
            let account = account_in(city.db.read(), firm, OWN_BOOK).await.unwrap().unwrap();
            for code in (number..size.shops).step_by(size.merchants) {
                shops.push((shop(city, firm, &code.to_string()).await, account));
            }
            firms.push(firm);
        }
        let dice = SmallRng::seed_from_u64(20_261_123);
        Self { firms, shops, members, payments: Vec::new(), refunds: 0, dice }
    }

    /// A day of payments, and of refunds: two of three of the same day, the others of a day before. They land where they
    /// are made.
    async fn day(&mut self, city: &RewardsCity, size: &Size) {
        let (before, mut orders) = (self.payments.len(), Vec::new());
        for _ in 0..size.payments {
            let (shop, merchant_account_id) = self.shops[self.dice.random_range(0..self.shops.len())];
            let person_id = self.members[self.dice.random_range(0..self.members.len())];
            let (amount_cents, reason) = (self.dice.random_range(1..9_999), "午餐".to_owned());
            let (shop_id, subject_id) = (Some(shop), None);
            let pay = order(What::Pay { person_id, merchant_account_id, amount_cents, shop_id, reason, subject_id });
            self.payments.push((pay.id, amount_cents));
            orders.push(pay);
        }
        for number in 0..size.refunds() {
            let from = if number % 3 == 0 && before > 0 { 0..before } else { before..self.payments.len() };
            let (payment_id, left) = &mut self.payments[self.dice.random_range(from)];
            if *left > 0 {
                let amount_cents = self.dice.random_range(1..=*left);
                *left -= amount_cents;
                let (reason, grace_until) = ("退货".to_owned(), "2027-12-31".parse().unwrap());
                let payment_id = *payment_id;
                orders.push(order(What::Refund { payment_id, amount_cents, reason, grace_until }));
                self.refunds += 1;
            }
        }
        carry_out(city, &orders).await;
        next_day(city).await;
    }
}

async fn sums(city: &RewardsCity, sql: &str) -> BTreeMap<Id, i64> {
    let rows = city.db.read().query_all_raw(city.db.statement(sql, [])).await.unwrap();
    rows.iter().map(|row| (row.try_get("", "id").unwrap(), row.try_get("", "cents").unwrap())).collect()
}

kernel::both_engines! {
    async fn statements_are_the_ledger(city: RewardsCity) {
        let size = Size::of_the_run();
        let mut month = Month::open(&city, &size).await;
        for _ in 0..size.days {
            month.day(&city, &size).await;
        }
        assert_eq!(cut::round(&city.app).await.unwrap(), 0, "a day is cut once");

        let statements = statement::Entity::find().all(city.db.read()).await.unwrap();
        assert!(statements.len() >= 8, "{} statements", statements.len());
        let told = statements.iter().fold((0, 0), |sum, row| (sum.0 + row.payments, sum.1 + row.refunds));
        assert_eq!(told, (i64::try_from(month.payments.len()).unwrap(), month.refunds));
        for firm in &month.firms {
            let net: i64 = statements.iter().filter(|row| row.merchant_id == *firm).map(|row| row.net_cents).sum();
            assert_eq!(net, balance_of(&city, *firm).await);
        }
        // By issuing union: what members spent of its points, less what went back, without a fen of rest.
        let by_issuer = "SELECT issuer_id AS id, CAST(sum(paid_cents - refunded_cents) AS bigint) AS cents
            FROM merchant_statement_line GROUP BY issuer_id";
        let spent = "SELECT issuer_id AS id, CAST(sum(amount_cents - left_cents) AS bigint) AS cents
            FROM lot WHERE grace_of IS NULL GROUP BY issuer_id";
        assert_eq!(sums(&city, by_issuer).await, sums(&city, spent).await);
        assert_eq!(sums(&city, by_issuer).await.len(), 2, "points of both unions were spent");
        sound(&city).await;
    }

    async fn what_was_held_names_its_shop(city: RewardsCity) {
        let person = TestCity::person_of("member");
        issue(&city, budget(&city, TestCity::UNION).await, person, 100_000).await;
        let firm = merchant(&city, 1).await;
        let place = shop(&city, firm, "1").await;
        let payment = capture(&city, person, place, 5_000, 4_000).await;
        refund(&city, payment, 1_000).await;
        next_day(&city).await;
        let officer = city.city_officer();
        let list = officer.get(&format!("/api/merchants/{firm}/statements")).await.ok();
        let page = officer.get(&format!("/api/statements/{}", list["items"][0]["id"].as_str().unwrap())).await.ok();
        assert_eq!(page["lines"].as_array().map(Vec::len), Some(1), "{page}");
        let line = &page["lines"][0];
        let figures = ["paid_cents", "refunded_cents"].map(|key| line[key].as_i64().unwrap());
        assert_eq!((&line["shop_id"], figures), (&serde_json::json!(place), [4_000, 1_000]));
        sound(&city).await;
    }

    async fn a_statement_stays_as_it_is(city: RewardsCity) {
        let person = TestCity::person_of("member");
        issue(&city, budget(&city, TestCity::UNION).await, person, 100_000).await;
        let firm = merchant(&city, 1).await;
        let place = shop(&city, firm, "1").await;
        let payment = pay(&city, person, place, 5_000).await;
        next_day(&city).await;
        let officer = city.city_officer();
        let list = format!("/api/merchants/{firm}/statements");
        let first = officer.get(&list).await.ok()["items"][0].clone();
        let path = format!("/api/statements/{}", first["id"].as_str().unwrap());
        let (before, file) = (officer.get(&path).await.ok(), officer.get(&format!("{path}/file")).await.body);
        assert_eq!(before["lines"][0]["issuer_name"], "示例制造有限公司工会");

        // A late refund, and a shop that is called otherwise: the closed day does not move.
        refund(&city, payment, 1_000).await;
        let mut form = crate::merchant::stage::shop_form("1");
        form["name"] = "示例改名店".into();
        officer.post(&format!("/api/shops/{place}/change"), serde_json::json!({ "version": 1, "form": form })).await.ok();
        next_day(&city).await;
        assert_eq!(officer.get(&path).await.ok(), before);
        assert_eq!(officer.get(&format!("{path}/file")).await.body, file);
        let proof = officer.get(&format!("{path}/proof")).await.ok();
        assert_eq!((&proof["agrees"], &proof["computed"]), (&true.into(), &before["digest"]));
        let newest = officer.get(&list).await.ok()["items"][0].clone();
        assert_eq!((&newest["refunded_cents"], &newest["net_cents"]), (&1_000.into(), &(-1_000).into()));
        city.member().get(&path).await.refused(404, "not_found");

        let tx = city.system().begin_bulk().await.unwrap();
        let sql = "UPDATE merchant_statement SET paid_cents = 0 WHERE book_id = $1";
        assert!(tx.execute_sql(sql, [OWN_BOOK.into()]).await.is_err());
    }
}
