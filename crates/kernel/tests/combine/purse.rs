//! A payment from a purse that must not go below nothing: what a hot action over balances looks like.

use std::collections::{BTreeMap, HashMap};

use kernel::combine::{Action, Outcome};
use kernel::command::retried;
use kernel::db::{insert_rows, rows_of_keys};
use kernel::testing::TestApp;
use kernel::{Cx, Error, Migration, Result, Tx};
use sea_orm::{ConnectionTrait, QueryResult, Value};

pub const TABLES: Migration = Migration {
    name: "test_0002_purse",
    sql: "
CREATE TABLE ledger (id bigint PRIMARY KEY, batches bigint NOT NULL)
;;
INSERT INTO ledger (id, batches) VALUES (1, 0)
;;
CREATE TABLE purse (id bigint PRIMARY KEY, cents bigint NOT NULL CHECK (cents >= 0))
;;
CREATE TABLE payment (id bigint PRIMARY KEY, purse bigint NOT NULL, cents bigint NOT NULL, left_cents bigint NOT NULL)
",
};

kernel::refusals! {
    /// There is not enough in the purse.
    PURSE_EMPTY = "purse.empty", CONFLICT, "余额不足，请先充值。";
}

/// Pays from a purse; `id` is made by the payer and names this payment for ever.
#[derive(Debug, Clone, Copy)]
pub struct Pay {
    pub id: i64,
    pub purse: i64,
    pub cents: i64,
}

impl Action for Pay {
    const NAME: &'static str = "purse.pay";
    /// What is left, in cents.
    type Answer = i64;

    async fn apply(tx: &Tx, batch: &[Self]) -> Result<Vec<Outcome<i64>>> {
        // The one row that every batch of every server locks first: what is read below is not changed by another.
        tx.execute_sql("UPDATE ledger SET batches = batches + 1 WHERE id = 1", []).await?;
        let keys = |of: fn(&Self) -> i64| {
            let keys: BTreeMap<i64, Value> = batch.iter().map(|one| (of(one), of(one).into())).collect();
            keys.into_values().collect()
        };
        let paid = "SELECT id AS k, left_cents AS v FROM payment WHERE id IN";
        let mut paid = pairs(rows_of_keys(tx, paid, keys(|one| one.id)).await?)?;
        let purses = "SELECT id AS k, cents AS v FROM purse WHERE id IN";
        let mut purses = pairs(rows_of_keys(tx, purses, keys(|one| one.purse)).await?)?;
        let (mut outcomes, mut payments, mut changed) = (Vec::new(), Vec::new(), BTreeMap::new());
        for one in batch {
            let left = purses.get(&one.purse).copied().unwrap_or_default() - one.cents;
            outcomes.push(match paid.get(&one.id) {
                Some(left) => Ok(*left),
                None if left < 0 => Err(PURSE_EMPTY.refusal()),
                None => {
                    paid.insert(one.id, left);
                    purses.insert(one.purse, left);
                    changed.insert(one.purse, vec![one.purse.into(), left.into()]);
                    payments.push(vec![one.id.into(), one.purse.into(), one.cents.into(), left.into()]);
                    Ok(left)
                }
            });
        }
        insert_rows(tx, "payment", &["id", "purse", "cents", "left_cents"], payments, "").await?;
        let tail = "ON CONFLICT (id) DO UPDATE SET cents = excluded.cents";
        insert_rows(tx, "purse", &["id", "cents"], changed.into_values().collect(), tail).await?;
        Ok(outcomes)
    }
}

fn pairs(rows: Vec<QueryResult>) -> Result<HashMap<i64, i64>> {
    rows.iter().map(|row| Ok((row.try_get("", "k")?, row.try_get("", "v")?))).collect()
}

/// The same payment as a command of its own.
pub async fn pay_alone(cx: &Cx, pay: Pay) -> Result<i64> {
    retried(async || {
        let tx = cx.begin().await?;
        let paid = cx.app.db.statement("SELECT left_cents FROM payment WHERE id = $1", [pay.id.into()]);
        if let Some(row) = tx.query_one_raw(paid).await? {
            return Ok(row.try_get("", "left_cents")?);
        }
        let purse = cx.app.db.statement("SELECT cents FROM purse WHERE id = $1", [pay.purse.into()]);
        let cents: i64 = tx.query_one_raw(purse).await?.ok_or_else(Error::not_found)?.try_get("", "cents")?;
        let left = cents - pay.cents;
        if left < 0 {
            return tx.refuse(PURSE_EMPTY.refusal()).await;
        }
        let insert = "INSERT INTO payment (id, purse, cents, left_cents) VALUES ($1, $2, $3, $4)";
        tx.execute_sql(insert, [pay.id.into(), pay.purse.into(), pay.cents.into(), left.into()]).await?;
        tx.execute_sql("UPDATE purse SET cents = $2 WHERE id = $1", [pay.purse.into(), left.into()]).await?;
        tx.commit(left).await
    })
    .await
}

/// Purses with so much in each.
pub async fn fill(test: &TestApp, purses: i64, cents: i64) {
    let tx = test.system().begin().await.unwrap();
    let rows = (0..purses).map(|id| vec![id.into(), cents.into()]).collect();
    insert_rows(&tx, "purse", &["id", "cents"], rows, "").await.unwrap();
    tx.commit(()).await.unwrap();
}

/// Every number of purses and payments, in order.
pub async fn books(test: &TestApp) -> Vec<[i64; 4]> {
    let all = "SELECT id AS a, purse AS b, cents AS c, left_cents AS d FROM payment
        UNION ALL SELECT -1 - id, 0, cents, 0 FROM purse ORDER BY 1";
    let rows = test.db.read().query_all_raw(test.db.statement(all, [])).await.unwrap();
    rows.iter().map(|row| ["a", "b", "c", "d"].map(|name| row.try_get("", name).unwrap())).collect()
}
