//! Points for everybody: one lot each, beside a bare insert of the rows that this leaves.

use std::collections::BTreeSet;
use std::time::Instant;

use kernel::Id;
use kernel::app::App;
use kernel::db::Db;
use sea_orm::ConnectionTrait;

use super::super::Bench;
use super::super::client::failed;
use super::super::raw::{self, Kind, Table};
use super::super::report::Figure;
use super::super::rounds::Sample;
use super::super::stage::{Engine, Stage};
use super::till::{Till, chunk, last_day};
use crate::fault::Fault;

use Kind::{Bool, Bytes, Day, Number, Text, Time, Uuid};

const ACCOUNT: Table = Table {
    name: "ledger_account",
    columns: &[
        ("id", Uuid),
        ("book_id", Uuid),
        ("kind", Text),
        ("owner_id", Uuid),
        ("purpose", Text),
        ("fiscal_year", Number),
        ("balance_cents", Number),
        ("held_cents", Number),
        ("floor_cents", Number),
        ("seq", Number),
    ],
    key: "id",
};
const LOT: Table = Table {
    name: "lot",
    columns: &[
        ("id", Uuid),
        ("book_id", Uuid),
        ("account_id", Uuid),
        ("issuer_id", Uuid),
        ("budget_id", Uuid),
        ("transfer_id", Uuid),
        ("grace_of", Uuid),
        ("amount_cents", Number),
        ("left_cents", Number),
        ("held_cents", Number),
        ("expired_cents", Number),
        ("reversed_cents", Number),
        ("is_open", Bool),
        ("expires_on", Day),
        ("seq", Number),
    ],
    key: "id",
};
const TRANSFER: Table = Table {
    name: "transfer",
    columns: &[
        ("id", Uuid),
        ("fingerprint", Bytes),
        ("book_id", Uuid),
        ("seq", Number),
        ("kind", Text),
        ("debit_id", Uuid),
        ("credit_id", Uuid),
        ("amount_cents", Number),
        ("debit_after_cents", Number),
        ("credit_after_cents", Number),
        ("reason", Text),
        ("subject_id", Uuid),
        ("shop_id", Uuid),
        ("actor_id", Uuid),
        ("reverses_id", Uuid),
        ("hold_id", Uuid),
        ("bank_line_id", Uuid),
        ("event_id", Uuid),
        ("at", Time),
        ("day", Day),
    ],
    key: "id",
};

/// Place of the book in [`TRANSFER`].
const BOOK: usize = 2;

/// Issues to as many wallets as the roster has rows, then inserts the same rows into another database.
pub async fn measure(bench: &Bench, engine: &Engine) -> Result<Figure, Fault> {
    let stage = Stage::open(engine, bench, "points").await?.quiet().await;
    let wallets = usize::try_from(bench.rows).map_err(failed)?;
    let persons: Vec<Id> = (0..wallets).map(|_| stage.app.ids.next()).collect();
    let till = Till::bare(&stage.app, persons, 1).await?;
    let (mut ours, mut other, started) = (Sample::default(), Sample::default(), Instant::now());
    let until = last_day(2999);
    till.all(till.persons.iter().map(|person| till.issue(*person, 3_700, until))).await?;
    ours.add(started.elapsed().as_secs_f64());
    let target = Stage::open(engine, bench, "bare_points").await?.quiet().await;
    other.add(insert(&stage.app, &target.app.db, till.budget).await?);
    target.close().await?;
    stage.close().await?;
    let name = "points for everybody ÷ bare insert of the same rows";
    let figure = Figure::ratio(name, "s", &ours, &other);
    Ok(Figure { made_of: format!("{}, {wallets} wallets", figure.made_of), ..figure }.held_against("≤ 3"))
}

/// Inserts what the issues left; seconds of inserting, reading not counted.
async fn insert(app: &App, target: &Db, budget: Id) -> Result<f64, Fault> {
    let source = &app.db;
    let (mut after, mut seconds, size) = (0_i64, 0.0, chunk(app));
    // Transfers that were written together share an event.
    let mut told = BTreeSet::new();
    let book = app.ids.next();
    let sql = format!(
        "SELECT id, seq, credit_id, event_id FROM transfer WHERE debit_id = $1 AND seq > $2 ORDER BY seq LIMIT {size}"
    );
    loop {
        let statement = source.statement(&sql, [budget.into(), after.into()]);
        let rows = source.read().query_all_raw(statement).await.map_err(kernel::Error::from)?;
        let Some(last) = rows.last() else { return Ok(seconds) };
        after = last.try_get("", "seq").map_err(kernel::Error::from)?;
        let ids = |column: &str| -> Result<Vec<Id>, kernel::Error> {
            rows.iter().map(|row| Ok(row.try_get("", column)?)).collect()
        };
        let (transfers, wallets) = (ids("id")?, ids("credit_id")?);
        let events: BTreeSet<Id> = ids("event_id")?.into_iter().filter(|id| told.insert(*id)).collect();
        let events: Vec<Id> = events.into_iter().collect();
        let mut tables = Vec::new();
        for (table, keys) in [(&ACCOUNT, &wallets), (&LOT, &transfers), (&raw::EVENT, &events), (&TRANSFER, &transfers)]
        {
            if keys.is_empty() {
                continue;
            }
            // Events are read by their own ids, not by what they are about.
            let by_id = Table { name: table.name, columns: table.columns, key: "id" };
            let mut read = raw::read(source, &by_id, keys).await?;
            if table.name == TRANSFER.name {
                // In a book of their own every number is free: the demo's job may have issued here, too.
                read.iter_mut().filter_map(|row| row.get_mut(BOOK)).for_each(|value| *value = book.into());
            }
            tables.push((table, read));
        }
        let started = Instant::now();
        raw::write(target, tables).await?;
        seconds += started.elapsed().as_secs_f64();
    }
}
