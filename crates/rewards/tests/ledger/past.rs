//! Any account at any number of the past: what the transfer says is what those before it make.

use kernel::Id;
use kernel::testing::{long, seeds};
use rand::RngExt;
use rewards::ledger::apply;
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;

use super::random::World;

/// The balance that the last transfer of an account up to a number says, and the sum of all of them; none where there is
/// none.
async fn balances(city: &RewardsCity, account: Id, seq: i64) -> (Option<i64>, i64) {
    let said =
        "SELECT CASE WHEN debit_id = $1 THEN debit_after_cents ELSE credit_after_cents END AS cents FROM transfer
        WHERE (debit_id = $1 OR credit_id = $1) AND seq <= $2 ORDER BY seq DESC LIMIT 1";
    let made =
        "SELECT CAST(COALESCE(SUM(CASE WHEN debit_id = $1 THEN -amount_cents ELSE amount_cents END), 0) AS bigint)
        AS cents FROM transfer WHERE (debit_id = $1 OR credit_id = $1) AND seq <= $2";
    let one = async |sql: &str| {
        let row = city.db.read().query_one_raw(city.db.statement(sql, [account.into(), seq.into()])).await.unwrap();
        row.map(|row| row.try_get::<i64>("", "cents").unwrap())
    };
    (one(said).await, one(made).await.unwrap())
}

kernel::both_engines! {
    async fn any_account_can_be_asked_for_at_any_number(city: RewardsCity) {
        let (batches, probes) = if long() { (400, 1_000) } else { (8, 60) };
        let mut world = World::open(seeds().end, &[&city]).await;
        for _ in 0..batches {
            let orders: Vec<_> = (0..25).map(|_| world.next(city.clock.now())).collect();
            let tx = city.system().begin_bulk().await.unwrap();
            apply(&tx, &orders).await.unwrap();
            tx.commit(()).await.unwrap();
        }
        let sql = "SELECT debit_id, credit_id, seq FROM transfer ORDER BY seq";
        let rows = city.db.read().query_all_raw(city.db.statement(sql, [])).await.unwrap();
        assert!(rows.len() > batches, "only {} transfers", rows.len());
        let mut looked_at = 0;
        for _ in 0..probes {
            let of = &rows[world.rng.random_range(0..rows.len())];
            let at: i64 = rows[world.rng.random_range(0..rows.len())].try_get("", "seq").unwrap();
            let account: Id = of.try_get("", if world.rng.random_bool(0.5) { "debit_id" } else { "credit_id" }).unwrap();
            let (said, made) = balances(&city, account, at).await;
            assert_eq!(said.unwrap_or_default(), made, "account {account} at {at}");
            looked_at += usize::from(said.is_some());
        }
        assert!(looked_at > probes / 4, "nothing was there yet at {looked_at} of {probes}");
    }
}
