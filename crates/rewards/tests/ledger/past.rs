//! Any account at any number of the past: what the transfer says is what those before it make, one after the other from
//! the beginning of the book.

use std::collections::HashMap;

use kernel::Id;
use kernel::testing::{long, seeds};
use rand::RngExt;
use rand::rngs::StdRng;
use rewards::ledger::{OWN_BOOK, Order, apply};
use rewards::testing::RewardsCity;
use sea_orm::{ConnectionTrait, QueryResult};

use super::random::World;
use super::stage::Stage;

/// Batches of all that can be asked of a ledger, the transfers that are there at the end at least, and how many accounts
/// are looked at. Of a long history the most is paying, as it is in life.
fn size() -> (i64, i64, usize) {
    if long() { (400, 500_000, 1_000) } else { (8, 8, 60) }
}

/// Members pay, and are paid back a little, a thousand transfers at a time.
async fn lengthen(city: &RewardsCity, dice: &mut StdRng, thousands: i64) {
    if thousands == 0 {
        return;
    }
    let stage = Stage::open(city).await;
    let members = stage.members(200, 1_000_000).await;
    for _ in 0..thousands {
        let mut orders: Vec<Order> = Vec::with_capacity(1_000);
        for _ in 0..750 {
            let (person, _) = members[dice.random_range(0..members.len())];
            orders.push(stage.order(stage.pay_of(person, dice.random_range(1..100))));
        }
        let refunds: Vec<Order> = orders[..250].iter().map(|pay| stage.order(stage.refund_of(pay.id, 1))).collect();
        orders.extend(refunds);
        stage.all(&orders).await;
    }
}

async fn rows(city: &RewardsCity, sql: &str, values: [sea_orm::Value; 2]) -> Vec<QueryResult> {
    city.db.read().query_all_raw(city.db.statement(sql, values)).await.unwrap()
}

/// Somebody of the transfer with this number, who gave or who got.
async fn somebody(city: &RewardsCity, seq: i64, gave: bool) -> Id {
    let sql = "SELECT debit_id, credit_id FROM transfer WHERE book_id = $1 AND seq = $2";
    let found = rows(city, sql, [OWN_BOOK.into(), seq.into()]).await;
    found[0].try_get("", if gave { "debit_id" } else { "credit_id" }).unwrap()
}

/// The balance that the last transfer of an account up to a number says; none where there is none.
async fn said(city: &RewardsCity, account: Id, seq: i64) -> Option<i64> {
    let sql = "SELECT cents FROM (
            SELECT * FROM (SELECT seq, debit_after_cents AS cents FROM transfer
                WHERE debit_id = $1 AND seq <= $2 ORDER BY seq DESC LIMIT 1) gave
            UNION ALL
            SELECT * FROM (SELECT seq, credit_after_cents AS cents FROM transfer
                WHERE credit_id = $1 AND seq <= $2 ORDER BY seq DESC LIMIT 1) got
        ) newest ORDER BY seq DESC LIMIT 1";
    let found = rows(city, sql, [account.into(), seq.into()]).await;
    found.first().map(|row| row.try_get("", "cents").unwrap())
}

/// What all transfers up to a number make of an account, for each number and account, which are in order.
async fn made(city: &RewardsCity, asked: &[(i64, Id)]) -> Vec<i64> {
    let sql = "SELECT seq, debit_id, credit_id, amount_cents FROM transfer WHERE book_id = $1 AND seq > $2
        ORDER BY seq LIMIT 10000";
    let (mut balances, mut made, mut after) = (HashMap::<Id, i64>::new(), Vec::new(), 0_i64);
    let mut open = asked.iter().peekable();
    loop {
        let page = rows(city, sql, [OWN_BOOK.into(), after.into()]).await;
        for row in &page {
            after = row.try_get("", "seq").unwrap();
            while let Some((_, account)) = open.next_if(|(at, _)| *at < after) {
                made.push(balances.get(account).copied().unwrap_or_default());
            }
            let cents: i64 = row.try_get("", "amount_cents").unwrap();
            *balances.entry(row.try_get("", "debit_id").unwrap()).or_default() -= cents;
            *balances.entry(row.try_get("", "credit_id").unwrap()).or_default() += cents;
        }
        if page.is_empty() {
            break;
        }
    }
    made.extend(open.map(|(_, account)| balances.get(account).copied().unwrap_or_default()));
    made
}

kernel::both_engines! {
    async fn any_account_can_be_asked_for_at_any_number(city: RewardsCity) {
        let (batches, transfers, probes) = size();
        let mut world = World::open(seeds().end, &[&city]).await;
        for _ in 0..batches {
            let orders: Vec<_> = (0..25).map(|_| world.next(city.clock.now())).collect();
            let tx = city.system().begin_bulk().await.unwrap();
            apply(&tx, &orders).await.unwrap();
            tx.commit(()).await.unwrap();
        }
        lengthen(&city, &mut world.rng, transfers / 1_000).await;
        let sql = "SELECT CAST(max(seq) AS bigint) AS seq FROM transfer WHERE book_id = $1 AND seq > $2";
        let last: i64 = rows(&city, sql, [OWN_BOOK.into(), 0_i64.into()]).await[0].try_get("", "seq").unwrap();
        assert!(last > transfers, "only {last} transfers");
        let mut asked = Vec::with_capacity(probes);
        for _ in 0..probes {
            let (of, at, gave) = (world.rng.random_range(1..=last), world.rng.random_range(1..=last), world.rng.random_bool(0.5));
            asked.push((at, somebody(&city, of, gave).await));
        }
        asked.sort_unstable();
        let made = made(&city, &asked).await;
        assert_eq!(made.len(), probes);
        let mut looked_at = 0;
        for ((at, account), made) in asked.into_iter().zip(made) {
            let said = said(&city, account, at).await;
            assert_eq!(said.unwrap_or_default(), made, "account {account} at {at}");
            looked_at += usize::from(said.is_some());
        }
        assert!(looked_at > probes / 4, "nothing was there yet at {looked_at} of {probes}");
    }
}
