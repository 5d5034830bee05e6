//! The power goes while files are imported: SIGKILL three times at random positions of a register and of a roster, on the
//! real binary. The end is that of an undisturbed import, and the same files again add nothing.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kernel::db::{Db, commit};
use kernel::testing::{Engine, Fixture, seeds};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::support::{Browser, DemoCity, House, Running, bare};

/// Kills of one import.
const KILLS: u64 = 3;
/// Longer than anything takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// A kind of import and its files, each with its part.
struct Files {
    kind: &'static str,
    files: Vec<(&'static str, PathBuf)>,
}

/// A register and a roster about it, with planted mistakes, made by the binary itself.
fn simulated(folder: &Path) -> [Files; 2] {
    let register = folder.join("register");
    let roster = folder.join("roster.xlsx");
    let (out, file) = (register.to_str().unwrap(), roster.to_str().unwrap());
    let made = [
        bare(&["simulate", "register", "--out", out, "--unions", "700", "--seed", "5"]).output().unwrap(),
        bare(&["simulate", "roster", "--out", file, "--rows", "9000", "--faults", "2", "--register", out])
            .output()
            .unwrap(),
    ];
    assert!(made.iter().all(|made| made.status.success()), "{made:?}");
    let of = |name: &str| register.join(name);
    let parts =
        vec![("unions", of("unions.xlsx")), ("employers", of("employers.csv")), ("officers", of("officers.xlsx"))];
    [Files { kind: "register", files: parts }, Files { kind: "roster", files: vec![("members", roster)] }]
}

kernel::both_engines! {
    /// Killed or not, the same files leave the same behind.
    async fn an_import_killed_three_times_ends_as_an_undisturbed_one(house: DemoCity) {
        let engine = if house.database_url().starts_with("sqlite") { Engine::Sqlite } else { Engine::Postgres };
        let folder = house.data().parent().unwrap().to_path_buf();
        let imports = simulated(&folder);
        let quiet = DemoCity::on(engine).await;
        let expected = undisturbed(&quiet, &imports);
        let seed = seeds().end;

        let mut running = house.serve(&["--demo"]);
        let mut browser = running.visitor("city");
        for (files, sums) in imports.iter().zip(&expected) {
            let import = checked(&browser, files);
            browser.post(&format!("{import}/run"), &json!({}));
            for kill in 1..=KILLS {
                killed(&browser, &running, &import, (kill, seed));
                forget_leases(&house).await;
                running = house.serve(&["--demo"]);
                browser.moved_to(&running.address);
                assert_eq!(browser.get(&import).body["state"], "running", "a killed import goes on");
            }
            assert_eq!(&finished(&browser, &import, "done"), sums);
        }
        assert_eq!(content(&house).await, content(&quiet).await);
        let before = content(&house).await;
        for (files, [added, unchanged, rejected]) in imports.iter().zip(&expected) {
            let import = checked(&browser, files);
            browser.post(&format!("{import}/run"), &json!({}));
            assert_eq!(finished(&browser, &import, "done"), [0, added + unchanged, *rejected], "the same files again");
        }
        let now = content(&house).await;
        let rows = |lines: &[String]| lines.iter().filter(|line| !line.starts_with("fault ")).cloned().collect::<Vec<_>>();
        assert_eq!(rows(&now), rows(&before));
        assert!(running.stop().success());
        let verified = house.run(&["verify", "events"], &[]);
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    }
}

/// Imports without a disturbance; answers added, unchanged and rejected of each.
fn undisturbed(house: &House, imports: &[Files]) -> Vec<[i64; 3]> {
    let running = house.serve(&["--demo"]);
    let browser = running.visitor("city");
    let sums = imports.iter().map(|files| {
        let import = checked(&browser, files);
        browser.post(&format!("{import}/run"), &json!({}));
        finished(&browser, &import, "done")
    });
    let sums: Vec<[i64; 3]> = sums.collect();
    assert!(running.stop().success());
    assert!(sums.iter().all(|[added, ..]| *added > 1_000), "{sums:?}");
    assert!(sums[1][2] >= 180, "two of a hundred rows are wrong: {sums:?}");
    sums
}

/// Uploads and checks; answers the address of the import.
fn checked(browser: &Browser, files: &Files) -> String {
    let staged = files.files.iter().map(|(part, path)| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let answer = browser.upload(&format!("/api/imports/files?name={name}"), &std::fs::read(path).unwrap());
        assert_eq!(answer.status, 200, "{}", answer.text);
        json!({ "file_id": answer.body["file_id"], "part": part })
    });
    let staged: Vec<Value> = staged.collect();
    let tree = browser.get("/api/tree").body;
    let city = tree["items"].as_array().unwrap().iter().find(|node| node["kind"] == "city_federation").unwrap();
    let body = json!({ "kind": files.kind, "organization_id": city["id"], "files": staged });
    let draft = browser.post("/api/imports", &body);
    assert_eq!(draft.status, 200, "{}", draft.text);
    let import = format!("/api/imports/{}", draft.body["id"].as_str().unwrap());
    assert_eq!(browser.post(&format!("{import}/check"), &json!({})).status, 200);
    finished(browser, &import, "checked");
    import
}

/// Waits for a state; answers added, unchanged, rejected, which add up to the rows.
fn finished(browser: &Browser, import: &str, state: &str) -> [i64; 3] {
    let started = Instant::now();
    loop {
        let page = browser.get(import).body;
        if page["state"] == state {
            let counts = ["added", "unchanged", "rejected"].map(|name| page[name].as_i64().unwrap());
            assert_eq!(page["rows_total"], counts.iter().sum::<i64>(), "{page}");
            return counts;
        }
        assert!(page["state"] == "checking" || page["state"] == "running", "{page}");
        assert!(started.elapsed() < PATIENCE, "{page}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Kills the server somewhere in the quarter of the import before `kill` of four.
fn killed(browser: &Browser, running: &Running, import: &str, (kill, seed): (u64, u64)) {
    let total = browser.get(import).body["rows_total"].as_u64().unwrap();
    let dice = (seed * 7919 + kill * 104_729) % (total / 4);
    let started = Instant::now();
    loop {
        let page = browser.get(import).body;
        if page["position"].as_u64().unwrap() >= kill * total / 4 - dice {
            // Nobody waits for the end of a chunk.
            std::thread::sleep(Duration::from_millis(dice % 13));
            running.kill_now();
            break;
        }
        assert!(page["state"] == "running" && started.elapsed() < PATIENCE, "{page}");
    }
    while browser.try_get("/readyz").is_some() {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// On PostgreSQL the job of a dead server is taken over when its lease ends, after a minute; here at once.
async fn forget_leases(house: &House) {
    let db = Db::connect(&house.database_url()).await.unwrap();
    if !db.is_sqlite() {
        let past = chrono::DateTime::UNIX_EPOCH;
        let sql = "UPDATE job SET lease_until = $1 WHERE lease_until IS NOT NULL";
        let tx = db.begin_relaxed().await.unwrap();
        tx.execute_raw(db.statement(sql, [past.into()])).await.unwrap();
        commit(tx).await.unwrap();
    }
    db.close().await.unwrap();
}

/// What imports left behind, without ids, moments, random codes and sealed values.
const CONTENT: [&str; 8] = [
    "SELECT o.name || '|' || o.kind || '|' || o.state || '|' || coalesce(o.uscc, '') || '|' || o.division_code || '|'
        || coalesce(CAST(o.employees_declared AS text), '') || '|' || coalesce(CAST(o.established_on AS text), '') || '|'
        || coalesce(CAST(o.term_to AS text), '') || '|' || coalesce(o.contact_name, '') || '|' || coalesce(o.address, '')
        || '|' || coalesce(p.name, '') || '|' || CAST((SELECT count(*) FROM join_link l
            WHERE l.organization_id = o.id AND l.ended_at IS NULL) AS text) AS t
        FROM organization o LEFT JOIN placement x ON x.child = o.id AND x.valid_to IS NULL
        LEFT JOIN organization p ON p.id = x.parent WHERE o.import_id IS NOT NULL",
    "SELECT e.name || '|' || coalesce(e.uscc, '') || '|' || e.division_code || '|' || coalesce(o.name, '') || '|'
        || CAST((SELECT count(*) FROM employer_alias a WHERE a.employer_id = e.id) AS text) || '|'
        || CAST((SELECT count(*) FROM employer_key k WHERE k.employer_id = e.id) AS text) AS t
        FROM employer e LEFT JOIN organization_employer x ON x.employer_id = e.id AND x.valid_to IS NULL
        LEFT JOIN organization o ON o.id = x.organization_id WHERE e.import_id IS NOT NULL",
    "SELECT o.name || '|' || p.name || '|' || f.title || '|' || CAST(f.valid_from AS text) AS t FROM officer f
        JOIN organization o ON o.id = f.organization_id JOIN person p ON p.id = f.person_id WHERE f.import_id IS NOT NULL",
    "SELECT p.name || '|' || coalesce(p.sex, '') || '|' || coalesce(CAST(p.birth AS text), '') || '|' || o.name || '|'
        || coalesce(e.name, '') || '|' || m.state || '|' || m.employment_form || '|' || coalesce(m.work, '') || '|'
        || CAST(m.joined_on AS text) || '|' || CAST((SELECT count(*) FROM person_index i WHERE i.person_id = p.id) AS text)
        AS t FROM membership m JOIN person p ON p.id = m.person_id JOIN organization o ON o.id = m.organization_id
        LEFT JOIN employer e ON e.id = m.employer_id WHERE m.import_id IS NOT NULL",
    "SELECT 'persons ' || CAST(count(*) AS text) AS t FROM person",
    "SELECT 'indexed ' || CAST(count(*) AS text) AS t FROM person_index",
    "SELECT 'event ' || kind || ' ' || CAST(count(*) AS text) AS t FROM event WHERE cause_id IS NOT NULL GROUP BY kind",
    "SELECT 'fault ' || f.phase || ' ' || i.kind || ' ' || CAST(f.file_number AS text) || ' ' || CAST(f.row_number AS text)
        || ' ' || f.code AS t FROM import_fault f JOIN import i ON i.id = f.import_id",
];

async fn content(house: &House) -> Vec<String> {
    let db = Db::connect(&house.database_url()).await.unwrap();
    let mut all = Vec::new();
    for sql in CONTENT {
        let rows = db.read().query_all_raw(db.statement(sql, [])).await.unwrap();
        let mut lines: Vec<String> = rows.iter().map(|row| row.try_get("", "t").unwrap()).collect();
        lines.sort();
        all.extend(lines);
    }
    db.close().await.unwrap();
    all
}
