//! `zhigong verify` names the first changed byte of the chain of events, the number that is not its rows', and the first
//! thing that is wrong in a published result.

use kernel::db::{Db, commit};
use sea_orm::ConnectionTrait;

use crate::support::{DemoCity, House, bare};

kernel::both_engines! {
    /// An intruder who gets past the triggers is found by the chain.
    async fn a_changed_byte_is_named(house: DemoCity) {
        let clean = house.run(&["verify", "events"], &[]);
        assert!(clean.status.success(), "{}", String::from_utf8_lossy(&clean.stdout));

        let db = Db::connect(&house.database_url()).await.unwrap();
        let free = if db.is_sqlite() { "DROP TRIGGER event_frozen" } else { "DROP TRIGGER event_frozen ON event" };
        let change = "UPDATE event SET kind = 'demo.changed' WHERE id = (SELECT event_id FROM sealed WHERE seq = 3)";
        let tx = db.begin().await.unwrap();
        tx.execute_unprepared(free).await.unwrap();
        tx.execute_unprepared(change).await.unwrap();
        commit(tx).await.unwrap();
        db.close().await.unwrap();

        let changed = house.run(&["verify", "events"], &[]);
        let said = String::from_utf8(changed.stdout).unwrap();
        assert_eq!(changed.status.code(), Some(1), "{said}");
        assert!(said.contains("第 3 条"), "{said}");
    }

    async fn a_number_that_is_not_its_rows_is_named(house: DemoCity) {
        let clean = house.run(&["verify", "figures"], &[]);
        assert!(clean.status.success(), "{}", String::from_utf8_lossy(&clean.stdout));

        let db = Db::connect(&house.database_url()).await.unwrap();
        let tx = db.begin().await.unwrap();
        let drift = "UPDATE membership_year SET delta = delta + 1 WHERE (organization_id, year, lane) IN
            (SELECT organization_id, year, lane FROM membership_year ORDER BY organization_id, year, lane LIMIT 1)";
        assert_eq!(tx.execute_unprepared(drift).await.unwrap().rows_affected(), 1);
        commit(tx).await.unwrap();
        db.close().await.unwrap();

        let changed = house.run(&["verify", "figures"], &[]);
        let said = String::from_utf8(changed.stdout).unwrap();
        assert_eq!(changed.status.code(), Some(1), "{said}");
        assert_eq!(said.matches('✗').count(), 1, "{said}");
    }
}

#[test]
fn nothing_to_verify_is_said() {
    let house = House::new();
    let output = house.run(&["verify", "events"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!house.data().exists());
}

/// A published file is recounted on any machine: no database, no keys, no data directory.
#[test]
fn a_published_file_is_recounted() {
    let run = |file: &str| bare(&["verify", "appraisal", file]).output().unwrap();
    let temporary = |name: &str| std::env::temp_dir().join(format!("zhigong-{name}-{}", std::process::id()));
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/shared/verify/fixtures/large.jsonl");
    let good = run(file);
    let said = String::from_utf8(good.stdout).unwrap();
    assert_eq!(good.status.code(), Some(0), "{said}");
    assert!(said.contains("24 / ") && said.contains("全部一致"), "{said}");

    let text = std::fs::read_to_string(file).unwrap().replacen("\"paper\":", "\"paper\":1", 1);
    let bent = temporary("bent");
    std::fs::write(&bent, text).unwrap();
    let found = run(bent.to_str().unwrap());
    std::fs::remove_file(&bent).unwrap();
    let said = String::from_utf8(found.stdout).unwrap();
    assert_eq!(found.status.code(), Some(1), "{said}");
    assert!(said.contains("指纹不一致"), "{said}");
    assert_eq!(run("no-such-file").status.code(), Some(2));

    // What the page shows beside the file is held against it, where it was saved.
    let saved = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/shared/verify/fixtures/large-after.json");
    let saved = std::fs::read_to_string(saved).unwrap();
    let changed = saved.replacen("\"count\":", "\"count\":1", 1);
    let after = temporary("after");
    for (text, status, words) in [(saved, 0, "全部一致"), (changed, 1, "数字分布"), ("{}".to_owned(), 2, "")] {
        std::fs::write(&after, text).unwrap();
        let held = bare(&["verify", "appraisal", file, "--after", after.to_str().unwrap()]).output().unwrap();
        let said = String::from_utf8(held.stdout).unwrap();
        assert_eq!(held.status.code(), Some(status), "{said}");
        assert!(said.contains(words), "{said}");
    }
    std::fs::remove_file(&after).unwrap();
}
