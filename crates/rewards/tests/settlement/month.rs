//! F1 and F3 in small: a month of payments and refunds; the statements are the ledger, to the fen, and stay so.

use std::collections::BTreeMap;

use kernel::Id;
use kernel::testing::long;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use registry::testing::TestCity;
use rewards::ledger::OWN_BOOK;
use rewards::settlement::{cut, statement_entity as statement};
use rewards::testing::RewardsCity;
use sea_orm::{ConnectionTrait, EntityTrait};

use super::stage::{balance_of, sound};
use crate::merchant::stage::{budget, capture, issue, merchant, next_day, pay, refund, shop};

async fn sums(city: &RewardsCity, sql: &str) -> BTreeMap<Id, i64> {
    let rows = city.db.read().query_all_raw(city.db.statement(sql, [])).await.unwrap();
    rows.iter().map(|row| (row.try_get("", "id").unwrap(), row.try_get("", "cents").unwrap())).collect()
}

kernel::both_engines! {
    async fn statements_are_the_ledger(city: RewardsCity) {
        let mut dice = SmallRng::seed_from_u64(20_261_123);
        let budgets = [budget(&city, TestCity::UNION).await, budget(&city, TestCity::OTHER_UNION).await];
        let persons = ["member", "chair", "vice_chair"].map(TestCity::person_of);
        let (days, many, lots) = if long() { (30, 60, 120) } else { (6, 8, 5) };
        for person in persons {
            for _ in 0..lots {
                // Odd amounts in turn, so that payments run over from the points of one union to those of the other.
                issue(&city, budgets[0], person, 33_301).await;
                issue(&city, budgets[1], person, 33_307).await;
            }
        }
        let (mut shops, mut firms) = (Vec::new(), Vec::new());
        for number in 1..=2 {
            let firm = merchant(&city, number).await;
            firms.push(firm);
            for code in ["1", "2"] {
                shops.push(shop(&city, firm, code).await);
            }
        }
        let mut payments: Vec<(Id, i64)> = Vec::new();
        for _ in 0..days {
            for _ in 0..many {
                let (person, at) = (persons[dice.random_range(0..3)], shops[dice.random_range(0..4)]);
                let cents = dice.random_range(1..9_999);
                payments.push((pay(&city, person, at, cents).await, cents));
            }
            // Refunds of the day and of days before: they land where they are made.
            for _ in 0..2 {
                let chosen = dice.random_range(0..payments.len());
                let (payment, left) = payments[chosen];
                let part = dice.random_range(1..=left.max(1));
                if left > 0 {
                    refund(&city, payment, part).await;
                    payments[chosen].1 -= part;
                }
            }
            next_day(&city).await;
        }
        assert_eq!(cut::round(&city.app).await.unwrap(), 0, "a day is cut once");

        let statements = statement::Entity::find().all(city.db.read()).await.unwrap();
        assert!(statements.len() >= 8, "{} statements", statements.len());
        for firm in &firms {
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
