//! A seat is taken once: what a hot action over a unique key looks like.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::combine::{Action, Outcome};
use kernel::db::{insert_rows, rows_of_keys};
use kernel::event::Event;
use kernel::id::Ids;
use kernel::testing::TestApp;
use kernel::{Id, Migration, Result, Tx};
use sea_orm::ConnectionTrait;
use tokio::sync::Semaphore;

pub const TABLE: Migration = Migration {
    name: "test_0001_seat",
    sql: "CREATE TABLE seat (n bigint PRIMARY KEY, who bigint NOT NULL CHECK (who >= 0), claim {uuid} NOT NULL)",
};

kernel::refusals! {
    /// Somebody else has the seat.
    SEAT_TAKEN = "seat.taken", CONFLICT, "座位已被占用，请另选一个。";
}

/// Makes the action panic.
pub const PANIC: i64 = i64::MAX;
/// Breaks the constraint of the table.
pub const NOBODY: i64 = -1;

/// Takes a seat for somebody, once.
pub struct Seat {
    pub n: i64,
    pub who: i64,
    /// Tells this claim from another one of the same person in the same batch.
    pub claim: Id,
    /// Holds the line until it is opened.
    pub gate: Option<Arc<Semaphore>>,
}

impl Seat {
    pub fn of(n: i64, who: i64) -> Self {
        Self { n, who, claim: Ids::random(), gate: None }
    }
}

/// Who has it, and by which claim.
struct Holder {
    who: i64,
    claim: Id,
}

impl Action for Seat {
    const NAME: &'static str = "seat.take";
    type Answer = (i64, i64);

    async fn apply(tx: &Tx, batch: &[Self]) -> Result<Vec<Outcome<(i64, i64)>>> {
        for gate in batch.iter().filter_map(|one| one.gate.as_ref()) {
            drop(gate.acquire().await.map_err(kernel::Error::internal)?);
        }
        assert!(batch.iter().all(|one| one.who != PANIC), "a poisoned seat");
        let row = |one: &Self| vec![one.n.into(), one.who.into(), one.claim.into()];
        // In the order of the keys: two servers that want the same seats do not wait for each other in a circle.
        let mut sorted: Vec<&Self> = batch.iter().collect();
        sorted.sort_by_key(|one| one.n);
        let rows = sorted.into_iter().map(row).collect();
        insert_rows(tx, "seat", &["n", "who", "claim"], rows, "ON CONFLICT DO NOTHING").await?;
        let holders = holders(tx, batch).await?;
        let mine = |one: &&Self| holders.get(&one.n).is_some_and(|holder| holder.claim == one.claim);
        let event = |one: &Self| Event::of("seat.taken", "seat", one.claim).with("n", one.n);
        tx.record_many(batch.iter().filter(mine).map(event).collect()).await?;
        let outcome = |one: &Self| match holders.get(&one.n) {
            Some(holder) if holder.who == one.who => Ok((one.n, one.who)),
            _ => Err(SEAT_TAKEN.refusal()),
        };
        Ok(batch.iter().map(outcome).collect())
    }
}

async fn holders(tx: &Tx, batch: &[Seat]) -> Result<HashMap<i64, Holder>> {
    let mut keys: Vec<i64> = batch.iter().map(|one| one.n).collect();
    keys.sort_unstable();
    keys.dedup();
    let keys = keys.into_iter().map(Into::into).collect();
    let mut holders = HashMap::new();
    for row in rows_of_keys(tx, "SELECT n, who, claim FROM seat WHERE n IN", keys).await? {
        let holder = Holder { who: row.try_get("", "who")?, claim: row.try_get("", "claim")? };
        holders.insert(row.try_get("", "n")?, holder);
    }
    Ok(holders)
}

/// Takes a seat and does not look: what an action must not be.
pub struct Careless(pub i64);

impl Action for Careless {
    const NAME: &'static str = "seat.grab";
    type Answer = i64;

    async fn apply(tx: &Tx, batch: &[Self]) -> Result<Vec<Outcome<i64>>> {
        let rows = batch.iter().map(|one| vec![one.0.into(), 0_i64.into(), Ids::random().into()]).collect();
        insert_rows(tx, "seat", &["n", "who", "claim"], rows, "").await?;
        Ok(batch.iter().map(|one| Ok(one.0)).collect())
    }
}

/// Who sits where, and how many events say so.
pub async fn seated(test: &TestApp) -> (Vec<(i64, i64)>, i64) {
    let db = test.db.read();
    let rows = db.query_all_raw(test.db.statement("SELECT n, who FROM seat ORDER BY n", [])).await.unwrap();
    let seats = rows.iter().map(|row| (row.try_get("", "n").unwrap(), row.try_get("", "who").unwrap())).collect();
    let count = "SELECT CAST(count(*) AS bigint) AS events FROM event WHERE kind = 'seat.taken'";
    let row = db.query_one_raw(test.db.statement(count, [])).await.unwrap().unwrap();
    (seats, row.try_get("", "events").unwrap())
}
