//! Days under their roots: every transfer leads to the root of its day, nothing that was changed does, and nothing is
//! written into a day that is sealed.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use kernel::crypto::tree::{beside, levels};
use kernel::id::Ids;
use kernel::testing::Engine;
use kernel::time::Day;
use rewards::ledger::OWN_BOOK;
use rewards::ledger::day::leaf::{COLUMNS, Leaf, node};
use rewards::ledger::day::{self, SealedDay, Way, way};
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;

use super::stage::{Stage, day};
use super::tamper::unlocked;

async fn leaves(city: &RewardsCity) -> BTreeMap<Day, Vec<Leaf>> {
    let sql = format!("SELECT {COLUMNS} FROM transfer ORDER BY seq");
    let mut days: BTreeMap<Day, Vec<Leaf>> = BTreeMap::new();
    for row in city.db.read().query_all_raw(city.db.statement(&sql, [])).await.unwrap() {
        let leaf = Leaf::of(&row).unwrap();
        days.entry(leaf.day).or_default().push(leaf);
    }
    days
}

async fn sealed(city: &RewardsCity) -> Vec<SealedDay> {
    day::of_book(city.db.read(), OWN_BOOK).await.unwrap()
}

/// Every way, made here from the whole day; those that the ledger makes from a block are looked at beside some of them.
async fn all_lead_on(city: &RewardsCity, sealed: &SealedDay, leaves: &[Leaf]) -> Vec<Way> {
    let tree = levels(leaves.iter().map(Leaf::hash).collect(), node);
    let mut ways = Vec::new();
    for (place, leaf) in leaves.iter().enumerate() {
        let size = i64::try_from(leaves.len()).unwrap();
        let made = Way { place: leaf.seq - sealed.first_seq, size, path: beside(&tree, place) };
        assert_eq!(made.root(leaf), Some(sealed.root), "{place} of {size}");
        if place % 101 == 0 || leaves.len() - place < 3 {
            assert_eq!(way(city.db.read(), sealed, leaf.seq).await.unwrap().as_ref(), Some(&made));
        }
        ways.push(made);
    }
    ways
}

/// Lets no day be sealed, as if the process were killed before it.
async fn cut(city: &RewardsCity, on: bool) {
    let sql = match (city.database().engine(), on) {
        (Engine::Sqlite, true) => {
            "CREATE TRIGGER cut BEFORE INSERT ON ledger_day BEGIN SELECT RAISE(ABORT, 'cut'); END"
        }
        (Engine::Sqlite, false) => "DROP TRIGGER cut",
        (Engine::Postgres, true) => "ALTER TABLE ledger_day ADD CONSTRAINT cut CHECK (transfers < 0) NOT VALID",
        (Engine::Postgres, false) => "ALTER TABLE ledger_day DROP CONSTRAINT cut",
    };
    city.database().tamper(sql).await;
}

/// What the sealed days must not become, and what puts them right again.
const CHANGES: [(&str, &str); 5] = [
    (
        "UPDATE ledger_day SET transfers = transfers + 1 WHERE day = '2026-11-25'",
        "UPDATE ledger_day SET transfers = transfers - 1 WHERE day = '2026-11-25'",
    ),
    (
        "UPDATE ledger_day SET root = (SELECT root FROM ledger_day WHERE day = '2026-11-23') WHERE day = '2026-11-27'",
        "UPDATE ledger_day SET root = (SELECT root FROM ledger_day_block WHERE day = '2026-11-27') WHERE day = '2026-11-27'",
    ),
    (
        "UPDATE ledger_day_block SET transfers = 2 WHERE day = '2026-11-25'",
        "UPDATE ledger_day_block SET transfers = 3 WHERE day = '2026-11-25'",
    ),
    (
        "UPDATE event SET kind = 'ledger.day' WHERE kind = 'ledger.day_sealed'",
        "UPDATE event SET kind = 'ledger.day_sealed' WHERE kind = 'ledger.day'",
    ),
    (
        "UPDATE transfer SET reason = 'x' WHERE day = '2026-11-24'",
        "UPDATE transfer SET reason = '春节慰问' WHERE day = '2026-11-24'",
    ),
];

kernel::both_engines! {
    async fn every_transfer_leads_to_the_root_of_its_day(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        assert_eq!(day::round(&city.app).await.unwrap(), 0, "the day still runs");
        for many in [2, 3, 1_000, 0, 1_100] {
            city.clock.advance(TimeDelta::days(1));
            if many > 0 {
                stage.members(many, 10).await;
            }
        }
        // Nobody was there at midnight: the round makes up for every day that is over.
        assert_eq!(day::round(&city.app).await.unwrap(), 5);
        city.clock.advance(TimeDelta::days(1));
        // Cut off once its blocks are there, it goes on with them.
        cut(&city, true).await;
        day::round(&city.app).await.unwrap_err();
        assert_eq!(stage.number("SELECT COUNT(*) AS n FROM ledger_day_block WHERE book_id = $1", OWN_BOOK).await, 4 + 2);
        cut(&city, false).await;
        assert_eq!(day::round(&city.app).await.unwrap(), 1);
        assert_eq!(day::round(&city.app).await.unwrap(), 0);

        let (days, made) = (sealed(&city).await, leaves(&city).await);
        assert_eq!(days.iter().map(|one| one.transfers).collect::<Vec<_>>(), [1, 2, 3, 1_000, 0, 1_100]);
        for one in days.iter().filter(|one| one.transfers > 0) {
            let leaves = &made[&one.day];
            let ways = all_lead_on(&city, one, leaves).await;
            let changed = Leaf { amount_cents: leaves[0].amount_cents + 1, ..leaves[0].clone() };
            assert_ne!(ways[0].root(&changed), Some(one.root), "a changed amount");
            if let [_, other, ..] = leaves.as_slice() {
                assert_ne!(ways[0].root(other), Some(one.root), "another's way");
            }
            assert!(days.iter().all(|other| other.day == one.day || other.root != one.root), "another day's root");
            assert_eq!(way(city.db.read(), one, one.first_seq + one.transfers).await.unwrap(), None);
        }
        assert_eq!(stage.sound().await.days, 6);
    }

    async fn nothing_is_written_into_a_day_that_is_sealed(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        city.clock.advance(TimeDelta::days(1));
        assert_eq!(day::round(&city.app).await.unwrap(), 1);
        // A server whose clock is a day behind writes at midnight, which is the next day.
        city.clock.advance(-TimeDelta::days(1));
        let late = stage.top_up(5).await;
        assert_eq!(late.at, "2026-11-23T16:00:00Z".parse::<kernel::time::Time>().unwrap());
        city.clock.advance(TimeDelta::days(1));
        let copy = "INSERT INTO transfer (id, fingerprint, book_id, seq, kind, debit_id, credit_id, amount_cents,
                debit_after_cents, credit_after_cents, reason, event_id, at, day)
            SELECT $1, fingerprint, book_id, 1000000, 'adjust', debit_id, credit_id, amount_cents,
                debit_after_cents, credit_after_cents, reason, event_id, at, $2 FROM transfer WHERE seq = 1";
        for (on, fits) in [("2026-11-22", false), ("2026-11-23", false), ("2026-11-24", true)] {
            let tx = city.system().begin_bulk().await.unwrap();
            assert_eq!(tx.execute_sql(copy, [Ids::random().into(), day(on).into()]).await.is_ok(), fits, "{on}");
        }
        for sql in [
            "UPDATE ledger_day SET transfers = 2",
            "DELETE FROM ledger_day",
            "UPDATE ledger_day_block SET transfers = 2",
            "DELETE FROM ledger_day_block",
            "UPDATE ledger_book SET shut_through = NULL",
            "UPDATE ledger_book SET shut_through = '2026-11-22'",
            // Not shut yet.
            "INSERT INTO ledger_day SELECT book_id, '2026-11-24', 2, 0, root, signature, public_key, event_id, sealed_at
                FROM ledger_day",
        ] {
            let tx = city.system().begin_bulk().await.unwrap();
            assert!(tx.execute_unprepared(sql).await.is_err(), "{sql}");
        }
        assert_eq!(stage.sound().await.days, 1);
    }

    async fn a_changed_day_is_found(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        for many in [2, 3, 0, 1] {
            city.clock.advance(TimeDelta::days(1));
            if many > 0 {
                stage.members(many, 10).await;
            }
        }
        city.clock.advance(TimeDelta::days(1));
        day::round(&city.app).await.unwrap();
        assert_eq!(stage.sound().await.days, 5);
        for table in ["ledger_day", "ledger_day_block", "event", "transfer"] {
            city.database().tamper(&unlocked(&city, table)).await;
        }
        for (change, back) in CHANGES {
            city.database().tamper(change).await;
            let report = stage.report().await;
            assert!(report.faults.iter().any(|fault| fault.rule == "I14"), "not found: {change}");
            city.database().tamper(back).await;
            stage.sound().await;
        }
    }
}
