//! The bench runs: a few rows, every figure there. What the figures are is no test's business.

use std::collections::BTreeSet;

use kernel::testing::{Engine, Fixture};
use serde_json::Value;

use crate::support::{House, bare};

/// The figures of a whole run, and beside them the second format of the export.
const FIGURES: [&str; 37] = [
    "cheapest command ÷ no-op POST over HTTP, 1 caller(s)",
    "cheapest command ÷ no-op POST over HTTP, 32 caller(s)",
    "roster import ÷ (parse + raw insert of the same rows)",
    "roster import",
    "dry run of the roster",
    "most memory of the server while it runs",
    "register import",
    "people at work during the import",
    "the chain of events is behind the import's end by",
    "members by whole ID number",
    "members by phone",
    "members by full name, whole city",
    "members by surname, whole city",
    "the tree of unions with its figures",
    "pages of 100 members, one after the other",
    "export of everybody, xlsx",
    "tokens issued per core",
    "ballots cast ÷ no-op POST over HTTP, 32 callers",
    "4 members behind one address vote",
    "recount of a city from its file",
    "the same with every token's signature",
    "tally of a city over the sealed box",
    "memory that publishing a city's vote takes",
    "one receipt checked in a city's vote",
    "results of a campaign published",
    "electorate of the whole city frozen",
    "payments in process ÷ bare inserts of the transfer, 100 a transaction",
    "payments to one shop ÷ spread over all shops",
    "syncs of the log for a payment",
    "one payment alone ÷ one row inserted",
    "payments at half of the most: p99 ÷ p50",
    "payments over HTTP, signed in ÷ payments in process",
    "payments over HTTP, signed in ÷ no-op POST over HTTP",
    "payments over HTTP, signed in ÷ the same command in process",
    "points for everybody ÷ bare insert of the same rows",
    "a payment at ten times the wallets",
    "serving again after kill -9",
];

/// Only where the engine brings a benchmark of its own.
const PGBENCH: &str = "payments in process ÷ pgbench TPC-B-like, the better of 8 and 32 clients";

/// Both engines in one run, as `make bench` has them.
#[tokio::test]
async fn every_figure_is_measured() {
    let house = House::on(Engine::Postgres).await;
    let folder = house.data().parent().unwrap().to_path_buf();
    let [work, out] = ["work", "out"].map(|name| folder.join(name));
    let mut command = bare(&["bench", "--smoke", "--rows", "300", "--pg", &house.database_url()]);
    let output = command.arg("--work").arg(&work).arg("--out").arg(&out).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&std::fs::read(out.join("latest.json")).unwrap()).unwrap();
    assert!(report["machine"].as_str().unwrap().contains("smoke run"), "{report}");
    for engine in ["SQLite", "PostgreSQL"] {
        let of_engine = report["figures"].as_array().unwrap().iter().filter(|line| line["engine"] == engine);
        let lines: Vec<(&str, &str)> =
            of_engine.map(|line| (line["name"].as_str().unwrap(), line["figure"].as_str().unwrap())).collect();
        let names: BTreeSet<&str> = lines.iter().map(|(name, _)| *name).collect();
        let own = (engine == "PostgreSQL").then_some(PGBENCH);
        let expected: BTreeSet<&str> = FIGURES.into_iter().chain(["export of everybody, csv"]).chain(own).collect();
        let number = FIGURES.len() + 1 + usize::from(own.is_some());
        assert_eq!((names, lines.len()), (expected, number), "{engine}");
        for (name, figure) in lines {
            assert!(figure.contains(|c: char| c.is_ascii_digit()), "{name}: {figure}");
        }
    }
    let text = std::fs::read_to_string(out.join("latest.md")).unwrap();
    assert!(
        text.contains("| what | engine | figure |") && text.contains("294 added + 6 rejected = 300 rows"),
        "{text}"
    );
    assert_eq!(std::fs::read_dir(&work).unwrap().count(), 0, "something was left behind");
}
