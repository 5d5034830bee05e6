//! Whoever gets past the constraints is found: one planted change after the other, each with the row that was changed.

use kernel::Id;
use kernel::id::Ids;
use kernel::testing::{Engine, long};
use rand::RngExt;
use rewards::ledger::verify::Report;
use rewards::ledger::{MoveKind, OWN_BOOK, What, apply, custody_id};
use rewards::points::audit::stop::watch::look;
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::random::World;
use super::stage::{Stage, day};

pub const TABLES: [&str; 9] =
    ["transfer", "lot", "lot_use", "lot_hold", "ledger_hold", "ledger_account", "burnt_key", "ledger_book", "event"];

/// A change, and what puts it right again; `PAY`, `ISSUE` … stand for the first transfer of that kind.
pub const CHANGES: [(&str, &str); 30] = [
    (
        "UPDATE transfer SET amount_cents = amount_cents + 1 WHERE id = PAY",
        "UPDATE transfer SET amount_cents = amount_cents - 1 WHERE id = PAY",
    ),
    (
        "UPDATE transfer SET debit_after_cents = debit_after_cents + 1 WHERE id = PAY",
        "UPDATE transfer SET debit_after_cents = debit_after_cents - 1 WHERE id = PAY",
    ),
    (
        "UPDATE transfer SET credit_after_cents = credit_after_cents + 1 WHERE id = TOPUP",
        "UPDATE transfer SET credit_after_cents = credit_after_cents - 1 WHERE id = TOPUP",
    ),
    ("UPDATE transfer SET reason = 'x' WHERE id = PAY", "UPDATE transfer SET reason = '午餐' WHERE id = PAY"),
    ("UPDATE transfer SET seq = seq + 1000 WHERE id = LAST", "UPDATE transfer SET seq = seq - 1000 WHERE id = LAST"),
    ("UPDATE transfer SET actor_id = id WHERE id = PAY", "UPDATE transfer SET actor_id = NULL WHERE id = PAY"),
    ("UPDATE transfer SET shop_id = id WHERE id = PAY", "UPDATE transfer SET shop_id = NULL WHERE id = PAY"),
    ("UPDATE transfer SET shop_id = id WHERE id = CAPTURE", "UPDATE transfer SET shop_id = NULL WHERE id = CAPTURE"),
    (
        "UPDATE transfer SET reverses_id = CAPTURE WHERE id = REFUND",
        "UPDATE transfer SET reverses_id = PAY WHERE id = REFUND",
    ),
    (
        "UPDATE ledger_account SET balance_cents = balance_cents + 1 WHERE kind = 'merchant'",
        "UPDATE ledger_account SET balance_cents = balance_cents - 1 WHERE kind = 'merchant'",
    ),
    (
        "UPDATE ledger_account SET held_cents = held_cents + 1 WHERE kind = 'budget'",
        "UPDATE ledger_account SET held_cents = held_cents - 1 WHERE kind = 'budget'",
    ),
    (
        "UPDATE ledger_account SET floor_cents = NULL WHERE kind = 'budget'",
        "UPDATE ledger_account SET floor_cents = 0 WHERE kind = 'budget'",
    ),
    (
        "UPDATE ledger_account SET seq = seq - 1 WHERE kind = 'budget'",
        "UPDATE ledger_account SET seq = seq + 1 WHERE kind = 'budget'",
    ),
    (
        "UPDATE ledger_account SET purpose = 'x' WHERE kind = 'budget'",
        "UPDATE ledger_account SET purpose = '文体活动' WHERE kind = 'budget'",
    ),
    (
        "UPDATE lot SET left_cents = left_cents - 1 WHERE id = ISSUE",
        "UPDATE lot SET left_cents = left_cents + 1 WHERE id = ISSUE",
    ),
    (
        "UPDATE lot SET held_cents = held_cents - 1 WHERE id = ISSUE",
        "UPDATE lot SET held_cents = held_cents + 1 WHERE id = ISSUE",
    ),
    (
        "UPDATE lot SET expired_cents = expired_cents + 1 WHERE id = ISSUE",
        "UPDATE lot SET expired_cents = expired_cents - 1 WHERE id = ISSUE",
    ),
    (
        "UPDATE lot SET reversed_cents = reversed_cents + 1 WHERE id = ISSUE",
        "UPDATE lot SET reversed_cents = reversed_cents - 1 WHERE id = ISSUE",
    ),
    (
        "UPDATE lot SET expires_on = '2028-01-01' WHERE id = ISSUE",
        "UPDATE lot SET expires_on = '2027-06-30' WHERE id = ISSUE",
    ),
    (
        "UPDATE lot SET issuer_id = id WHERE id = ISSUE",
        "UPDATE lot SET issuer_id = (SELECT owner_id FROM ledger_account WHERE kind = 'budget') WHERE id = ISSUE",
    ),
    (
        "UPDATE lot_use SET amount_cents = amount_cents + 1 WHERE transfer_id = PAY",
        "UPDATE lot_use SET amount_cents = amount_cents - 1 WHERE transfer_id = PAY",
    ),
    (
        "UPDATE lot_use SET lot_id = OTHER WHERE transfer_id = PAY",
        "UPDATE lot_use SET lot_id = ISSUE WHERE transfer_id = PAY",
    ),
    // Neither a lot nor a transfer.
    (
        "UPDATE lot_use SET lot_id = HELD WHERE transfer_id = PAY",
        "UPDATE lot_use SET lot_id = ISSUE WHERE transfer_id = PAY",
    ),
    (
        "UPDATE lot_use SET transfer_id = HELD WHERE transfer_id = PAY",
        "UPDATE lot_use SET transfer_id = PAY WHERE transfer_id = HELD",
    ),
    (
        "UPDATE lot_hold SET amount_cents = amount_cents + 1 WHERE hold_id = HELD",
        "UPDATE lot_hold SET amount_cents = amount_cents - 1 WHERE hold_id = HELD",
    ),
    (
        "UPDATE ledger_hold SET amount_cents = amount_cents + 1 WHERE id = HELD",
        "UPDATE ledger_hold SET amount_cents = amount_cents - 1 WHERE id = HELD",
    ),
    (
        "UPDATE ledger_hold SET captured_cents = captured_cents - 1 WHERE state = 'captured'",
        "UPDATE ledger_hold SET captured_cents = captured_cents + 1 WHERE state = 'captured'",
    ),
    ("UPDATE ledger_book SET seq = seq + 1", "UPDATE ledger_book SET seq = seq - 1"),
    (
        "UPDATE burnt_key SET code = 'ledger.nonsense' WHERE code = 'ledger.short'",
        "UPDATE burnt_key SET code = 'ledger.short' WHERE code = 'ledger.nonsense'",
    ),
    (
        "UPDATE event SET payload = replace(payload, '\"amount_cents\":70', '\"amount_cents\":71') WHERE kind = 'transfer.paid'",
        "UPDATE event SET payload = replace(payload, '\"amount_cents\":71', '\"amount_cents\":70') WHERE kind = 'transfer.paid'",
    ),
];

pub fn spelled(sql: &str) -> String {
    let of = |kind: &str| format!("(SELECT id FROM transfer WHERE kind = '{kind}' ORDER BY seq LIMIT 1)");
    [
        ("PAY", of("pay")),
        ("TOPUP", of("top_up")),
        ("REFUND", of("refund")),
        ("CAPTURE", of("capture")),
        ("ISSUE", of("issue")),
        ("LAST", "(SELECT id FROM transfer ORDER BY seq DESC LIMIT 1)".to_owned()),
        ("OTHER", "(SELECT id FROM transfer WHERE kind = 'issue' ORDER BY seq DESC LIMIT 1)".to_owned()),
        ("HELD", "(SELECT id FROM ledger_hold WHERE state = 'held')".to_owned()),
    ]
    .into_iter()
    .fold(sql.to_owned(), |sql, (name, spelled)| sql.replace(&format!("= {name}"), &format!("= {spelled}")))
}

/// The rows that a change is planted in, by what a fault calls them.
async fn rows_of(city: &RewardsCity, change: &str) -> Vec<Id> {
    let (table, rest) = change.trim_start_matches("UPDATE ").split_once(" SET ").unwrap();
    let filter = rest.split_once(" WHERE ").map(|(_, filter)| format!(" WHERE {filter}")).unwrap_or_default();
    let key = match table {
        "lot_use" => "transfer_id",
        "lot_hold" => "hold_id",
        _ => "id",
    };
    let sql = spelled(&format!("SELECT {key} AS id FROM {table}{filter}"));
    let rows = city.db.read().query_all_raw(city.db.statement(&sql, [])).await.unwrap();
    rows.iter().map(|row| row.try_get("", "id").unwrap()).collect()
}

/// A fault says which of the rows it is.
fn named(report: &Report, rows: &[Id]) -> bool {
    let rows: Vec<String> = rows.iter().map(Id::to_string).collect();
    report.faults.iter().any(|fault| rows.iter().any(|row| fault.what.contains(row)))
}

/// A cell of whatever row: its table, what is changed, and what puts it right again.
const CELLS: [(&str, &str, &str); 11] = [
    ("transfer", "amount_cents = amount_cents + 1", "amount_cents = amount_cents - 1"),
    ("transfer", "debit_after_cents = debit_after_cents - 1", "debit_after_cents = debit_after_cents + 1"),
    ("transfer", "credit_after_cents = credit_after_cents + 1", "credit_after_cents = credit_after_cents - 1"),
    ("transfer", "seq = seq + 100000", "seq = seq - 100000"),
    ("lot", "amount_cents = amount_cents + 1", "amount_cents = amount_cents - 1"),
    ("lot", "left_cents = left_cents - 1", "left_cents = left_cents + 1"),
    ("lot", "expired_cents = expired_cents + 1", "expired_cents = expired_cents - 1"),
    ("lot", "reversed_cents = reversed_cents + 1", "reversed_cents = reversed_cents - 1"),
    ("ledger_account", "balance_cents = balance_cents + 1", "balance_cents = balance_cents - 1"),
    ("ledger_account", "held_cents = held_cents + 1", "held_cents = held_cents - 1"),
    ("ledger_account", "seq = seq + 1", "seq = seq - 1"),
];

/// Changes a row past everything but the constraints of its table; `false` when these refuse it.
async fn change(city: &RewardsCity, table: &str, to: &str, id: Id) -> bool {
    let tx = city.system().begin_bulk().await.unwrap();
    let changed = tx.execute_sql(&format!("UPDATE {table} SET {to} WHERE id = $1"), [id.into()]).await;
    changed.is_ok() && tx.commit(()).await.is_ok()
}

kernel::both_engines! {
    async fn every_planted_change_is_found_and_named(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        assert!(!stage.report().await.faults.iter().any(|fault| fault.rule == "I0"));
        one_of_each(&stage).await;

        for table in TABLES {
            city.database().tamper(&unlocked(&city, table)).await;
        }
        for (change, back) in CHANGES {
            let rows = rows_of(&city, change).await;
            city.database().tamper(&spelled(change)).await;
            let report = stage.report().await;
            assert!(named(&report, &rows), "not named: {change} of {rows:?} in {report:#?}");
            city.database().tamper(&spelled(back)).await;
            stage.sound().await;
        }
    }

    /// Beside those that are whole, and so that no row is missing.
    async fn a_use_too_many_is_found_and_named(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        one_of_each(&stage).await;
        let pay = rows_of(&city, "UPDATE transfer SET seq = seq WHERE id = PAY").await;
        for (row, of_pay) in [
            ("SELECT $1, id, -1 FROM lot WHERE id = ISSUE", false),
            ("SELECT id, $1, -1 FROM transfer WHERE id = PAY", true),
            ("VALUES ($1, $1, -1)", false),
        ] {
            let nobody = Ids::random();
            let sql = spelled(&format!("INSERT INTO lot_use (transfer_id, lot_id, amount_cents) {row}"));
            let tx = city.system().begin_bulk().await.unwrap();
            assert_eq!(tx.execute_sql(&sql, [nobody.into()]).await.unwrap(), 1);
            tx.commit(()).await.unwrap();
            let report = stage.report().await;
            assert!(named(&report, &[nobody]), "not named: {row} in {report:#?}");
            // A look sees of a payment whose lot is not there that it does not fit.
            let looked = look(&city.app).await.unwrap().report;
            let row_named = if of_pay { pay.clone() } else { vec![nobody] };
            assert!(named(&looked, &row_named), "not seen: {row} in {looked:#?}");
        }
    }

    /// As it was before transfers shared an event.
    async fn an_event_of_one_transfer_is_still_understood(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        one_of_each(&stage).await;
        city.database().tamper(&unlocked(&city, "event")).await;
        let sql = "SELECT id, event_id, seq, debit_id, credit_id, amount_cents FROM transfer WHERE kind = 'pay'";
        let pay = city.db.read().query_one_raw(city.db.statement(sql, [])).await.unwrap().unwrap();
        let id = |column: &str| pay.try_get::<Id>("", column).unwrap();
        let number = |column: &str| pay.try_get::<i64>("", column).unwrap();
        for (cents, fits) in [(number("amount_cents"), true), (number("amount_cents") + 1, false)] {
            let (debit_id, credit_id, seq) = (id("debit_id"), id("credit_id"), number("seq"));
            let told = json!({ "seq": seq, "debit_id": debit_id, "credit_id": credit_id, "amount_cents": cents });
            let tx = city.system().begin_bulk().await.unwrap();
            let change = "UPDATE event SET aggregate_kind = 'transfer', aggregate_id = $2, payload = $3 WHERE id = $1";
            let values = [id("event_id").into(), id("id").into(), told.to_string().into()];
            assert_eq!(tx.execute_sql(change, values).await.unwrap(), 1);
            tx.commit(()).await.unwrap();
            let report = stage.report().await;
            assert_eq!(report.is_sound(), fits, "{report:#?}");
            assert!(fits || named(&report, &[id("event_id")]) && report.faults[0].rule == "I12", "{report:#?}");
        }
    }

    /// In full length two hundred of them.
    async fn a_changed_cell_of_any_row_is_found_and_named(city: RewardsCity) {
        let (stage, mut world) = (Stage::open(&city).await, World::open(7, &[&city]).await);
        let orders: Vec<_> = (0..150).map(|_| world.next(city.clock.now())).collect();
        let tx = city.system().begin_bulk().await.unwrap();
        apply(&tx, &orders).await.unwrap();
        tx.commit(()).await.unwrap();
        stage.sound().await;
        for table in TABLES {
            city.database().tamper(&unlocked(&city, table)).await;
        }
        let (mut found, mut refused, wanted) = (0, 0, if long() { 200 } else { 22 });
        for number in 0.. {
            let (table, to, back) = CELLS[number % CELLS.len()];
            let sql = format!("SELECT id FROM {table} ORDER BY id");
            let rows = city.db.read().query_all_raw(city.db.statement(&sql, [])).await.unwrap();
            let id: Id = rows[world.rng.random_range(0..rows.len())].try_get("", "id").unwrap();
            if change(&city, table, to, id).await {
                let report = stage.report().await;
                assert!(named(&report, &[id]), "not named: {table} {to} of {id} in {report:#?}");
                assert!(change(&city, table, back, id).await, "{table} {back} of {id}");
                found += 1;
            } else {
                refused += 1;
            }
            if found == wanted {
                break;
            }
            assert!(refused < 10 * wanted, "the tables refuse everything");
        }
        stage.sound().await;
    }

    async fn a_look_at_nothing_is_a_fault(city: RewardsCity) {
        let stage = Stage::unfunded(&city).await;
        let report = stage.report().await;
        assert_eq!((report.transfers, report.faults[0].rule), (0, "I0"));
    }

    async fn what_is_written_is_never_changed(city: RewardsCity) {
        let (stage, person) = (Stage::open(&city).await, Ids::random());
        stage.issue(person, 100, "2027-06-30").await;
        stage.done(stage.pay_of(person, 10)).await;
        assert_eq!(stage.ask(stage.order(stage.pay_of(person, 500))).await, Err("ledger.short".into()));
        assert!(day("2027-06-30") > city.clock.today());
        for sql in [
            "UPDATE transfer SET reason = 'x'",
            "DELETE FROM transfer",
            "UPDATE lot_use SET amount_cents = -1",
            "DELETE FROM lot_use",
            "UPDATE burnt_key SET seq = 1",
            "DELETE FROM burnt_key",
            "DELETE FROM lot",
            "DELETE FROM ledger_account",
            "UPDATE lot SET left_cents = -1",
            "UPDATE ledger_account SET balance_cents = -1 WHERE kind = 'wallet'",
        ] {
            let tx = city.db.begin().await.unwrap();
            let refused = sea_orm::ConnectionTrait::execute_unprepared(&tx, sql).await;
            assert!(refused.is_err(), "{sql}");
        }
        stage.sound().await;
    }
}

/// Something of every kind that a change may be planted in; answers who has points.
pub async fn one_of_each(stage: &Stage<'_>) -> Id {
    let (person, other) = (Ids::random(), Ids::random());
    stage.issue(person, 1_000, "2027-06-30").await;
    let paid = stage.done(stage.pay_of(person, 70)).await.transfer_id;
    stage.done(stage.refund_of(paid, 20)).await;
    let hold_id = stage.done(stage.hold_of(person, 50, 10)).await.transfer_id;
    stage.done(What::Capture { hold_id, amount_cents: 30 }).await;
    stage.done(stage.hold_of(person, 40, 10)).await;
    let poor = stage.order(stage.pay_of(person, 5_000));
    assert_eq!(stage.ask(poor).await, Err("ledger.short".into()));
    stage.issue(other, 10, "2027-06-30").await;
    let (from, to, kind) = (stage.budget, custody_id(OWN_BOOK), MoveKind::Return);
    let reason = "退回".to_owned();
    stage.done(What::Move { from, to, amount_cents: 5, kind, reason, subject_id: None }).await;
    stage.sound().await;
    person
}

/// Takes the triggers off a table.
pub fn unlocked(city: &RewardsCity, table: &str) -> String {
    match city.database().engine() {
        Engine::Postgres => format!("ALTER TABLE {table} DISABLE TRIGGER USER"),
        Engine::Sqlite => match table {
            "transfer" => "DROP TRIGGER transfer_frozen".into(),
            "lot_use" => "DROP TRIGGER lot_use_frozen".into(),
            "lot_hold" => "DROP TRIGGER lot_hold_frozen".into(),
            "ledger_hold" => "DROP TRIGGER ledger_hold_resolved".into(),
            "burnt_key" => "DROP TRIGGER burnt_key_frozen".into(),
            "event" => "DROP TRIGGER event_frozen".into(),
            "ledger_day" => "DROP TRIGGER ledger_day_frozen".into(),
            "ledger_day_block" => "DROP TRIGGER ledger_day_block_frozen".into(),
            "ledger_stop" => "DROP TRIGGER ledger_stop_kept".into(),
            _ => "SELECT 1".into(),
        },
    }
}
