//! The set-wise ledger and the plain one say the same, and leave the same rows.

use kernel::testing::{Fixture, long, seeds};
use rand::RngExt;
use rewards::ledger::{Order, What, apply_first, freeze, plain, unfreeze};
use rewards::testing::RewardsCity;
use sea_orm::{ConnectionTrait, QueryResult};

use super::random::World;

/// Orders of a seed: 100,000 over the 50 seeds of a long run.
fn orders() -> usize {
    if long() { 2_000 } else { 250 }
}

kernel::both_engines! {
    async fn both_ledgers_say_the_same(city: RewardsCity) {
        for seed in seeds() {
            let other = RewardsCity::on(city.database().engine()).await;
            let fast = RewardsCity::on(city.database().engine()).await;
            compare(seed, &fast, &other).await;
        }
    }
}

async fn compare(seed: u64, fast: &RewardsCity, slow: &RewardsCity) {
    let mut world = World::open(seed, &[fast, slow]).await;
    let (mut asked, mut carried_out) = (0, 0);
    while asked < orders() {
        let many = world.rng.random_range(1..30);
        let batch: Vec<Order> = (0..many).map(|_| world.next(fast.clock.now())).collect();
        asked += batch.len();
        for part in parts(batch) {
            carried_out += through_both(&part, fast, slow).await.unwrap_or_else(|odd| panic!("seed {seed}: {odd}"));
        }
        pass(&mut world, [fast, slow]).await;
    }
    assert!(carried_out > asked / 4, "seed {seed}: only {carried_out} of {asked} made sense");
    for (table, columns) in TABLES {
        assert!(!rows(fast, table, columns).await.is_empty(), "seed {seed}: {table} is empty");
    }
    agree(seed, fast, slow).await;
}

/// Of every other batch those that only spend or bring money go first, by themselves: less is read for them.
fn parts(batch: Vec<Order>) -> Vec<Vec<Order>> {
    if batch.len().is_multiple_of(2) {
        return vec![batch];
    }
    let forth = |order: &Order| {
        matches!(order.what, What::Pay { .. } | What::Hold { .. } | What::Issue { .. } | What::TopUp { .. })
    };
    let (forth, back) = batch.into_iter().partition(forth);
    vec![forth, back]
}

/// Both have the same rows, and everything fits.
pub async fn agree(seed: u64, fast: &RewardsCity, slow: &RewardsCity) {
    for (table, columns) in TABLES {
        let (one, two) = (rows(fast, table, columns).await, rows(slow, table, columns).await);
        assert_eq!(one, two, "seed {seed}: {table}");
    }
    for city in [fast, slow] {
        let snapshot = city.db.begin_snapshot().await.unwrap();
        let report = rewards::ledger::verify::verify(&snapshot).await.unwrap();
        kernel::db::commit(snapshot).await.unwrap();
        assert!(report.is_sound(), "seed {seed}: {report:#?}");
    }
}

/// Answers how many were carried out, or what the two do not agree about.
pub async fn through_both(batch: &[Order], fast: &RewardsCity, slow: &RewardsCity) -> Result<usize, String> {
    let tx = fast.system().begin_bulk().await.unwrap();
    let answers = apply_first(&tx, batch).await.unwrap();
    tx.commit(()).await.unwrap();
    let tx = slow.system().begin_bulk().await.unwrap();
    for (order, answer) in batch.iter().zip(&answers) {
        let plain = plain::carry_out(&tx, order).await.unwrap();
        if answer != &plain {
            return Err(format!("{order:?}: {answer:?}, {plain:?}"));
        }
    }
    tx.commit(()).await.unwrap();
    Ok(answers.iter().filter(|answer| answer.is_ok()).count())
}

/// Time goes on, now and then a day; sometimes an account is frozen for a while.
async fn pass(world: &mut World, cities: [&RewardsCity; 2]) {
    let by = match world.rng.random_range(0..20) {
        0 => chrono::TimeDelta::days(3),
        1 => -chrono::TimeDelta::hours(2),
        _ => chrono::TimeDelta::minutes(world.rng.random_range(0..90)),
    };
    let (account, frozen) = (world.taker_or_budget(), world.rng.random_range(0..10));
    for city in cities {
        city.clock.advance(by);
        let tx = city.system().begin_bulk().await.unwrap();
        match frozen {
            0 => freeze(&tx, account, "核查").await.unwrap(),
            1..4 => unfreeze(&tx, account).await.unwrap(),
            _ => {}
        }
        tx.commit(()).await.unwrap();
    }
}

/// Every table of the ledger; of events only the ids differ.
const TABLES: [(&str, &str); 7] = [
    ("ledger_account", "id balance_cents held_cents seq"),
    (
        "transfer",
        "id seq kind debit_id credit_id amount_cents debit_after_cents credit_after_cents reason subject_id
        shop_id actor_id reverses_id hold_id bank_line_id",
    ),
    (
        "lot",
        "id account_id issuer_id budget_id transfer_id grace_of amount_cents left_cents held_cents expired_cents
        reversed_cents seq",
    ),
    ("lot_use", "transfer_id lot_id amount_cents"),
    ("lot_hold", "hold_id lot_id amount_cents"),
    ("ledger_hold", "id account_id to_id amount_cents state captured_cents shop_id reason resolved_by"),
    ("burnt_key", "id code message subject_id amount_cents debit_after_cents credit_after_cents seq"),
];

async fn rows(city: &RewardsCity, table: &str, columns: &str) -> Vec<Vec<String>> {
    let columns: Vec<&str> = columns.split_whitespace().collect();
    let sql = format!("SELECT {} FROM {table} ORDER BY 1, 2", columns.join(", "));
    let rows = city.db.read().query_all_raw(city.db.statement(&sql, [])).await.unwrap();
    rows.iter().map(|row| columns.iter().map(|column| shown(row, column)).collect()).collect()
}

fn shown(row: &QueryResult, column: &str) -> String {
    if column.ends_with("_id") || matches!(column, "id" | "grace_of" | "resolved_by") {
        return format!("{:?}", row.try_get::<Option<kernel::Id>>("", column).unwrap());
    }
    if column.ends_with("_cents") || column == "seq" {
        return row.try_get::<i64>("", column).unwrap().to_string();
    }
    format!("{:?}", row.try_get::<Option<String>>("", column).unwrap())
}
