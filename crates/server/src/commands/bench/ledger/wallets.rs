//! What a payment costs as there are ten times as many wallets, and ten times as many again.

use std::sync::Arc;

use kernel::Id;
use kernel::db::insert_rows;
use kernel::{Cx, Tx};
use rewards::ledger::columns::{ACCOUNT, LOT};
use rewards::ledger::{OWN_BOOK, wallet_id};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;

use super::super::Bench;
use super::super::client::failed;
use super::super::http::WARM_UP;
use super::super::report::Figure;
use super::super::rounds::Sample;
use super::super::stage::{Engine, Stage};
use super::Size;
use super::till::{Till, last_day, load};
use crate::fault::Fault;

/// Wallets of one transaction.
const CHUNK: usize = 512;
/// What a wallet that is only there has in it.
const EACH_CENTS: i64 = 50_000_000;

/// A tenth of the roster's rows, the rows, and ten times the rows where this was asked for by name.
pub async fn measure(bench: &Bench, engine: &Engine, size: &Size) -> Result<Vec<Figure>, Fault> {
    let stage = Stage::open(engine, bench, "wallets").await?.quiet().await;
    let rows = usize::try_from(bench.rows).map_err(failed)?;
    let mut steps = vec![rows / 10, rows];
    if bench.only.iter().any(|one| one == "wallets") {
        steps.push(rows * 10);
    }
    let (mut persons, mut before, mut figures) = (Vec::new(), None, Vec::new());
    for (step, wallets) in steps.into_iter().enumerate() {
        let till = Till::bare(&stage.app, persons, size.merchants).await?;
        let mut till = fill(till, wallets).await?;
        let (shops, time) = (till.merchants.len(), bench.round());
        let shared = Arc::new(till);
        load(&shared, shops, size.callers, time.min(WARM_UP)).await?;
        let mut rate = Sample::default();
        for _ in 0..3 {
            rate.add(load(&shared, shops, size.callers, time).await?);
        }
        till = Arc::into_inner(shared).ok_or_else(|| failed("somebody is still paying"))?;
        persons = till.persons;
        if let Some((fewer, faster)) = before.replace((wallets, rate.clone())) {
            let times = if step == 1 { "ten" } else { "a hundred" };
            let figure = Figure::ratio(format!("a payment at {times} times the wallets"), "payments/s", &faster, &rate);
            let made_of = format!("{}, {fewer} → {wallets} wallets", figure.made_of);
            figures.push(Figure { made_of, ..figure }.held_against("≤ 1.2"));
        }
    }
    stage.close().await?;
    Ok(figures)
}

/// Writes wallets with a lot each, as an issue leaves them, until there are so many.
async fn fill(mut till: Till, wallets: usize) -> Result<Till, Fault> {
    while till.persons.len() < wallets {
        let many = CHUNK.min(wallets - till.persons.len());
        let fresh: Vec<Id> = (0..many).map(|_| till.app.ids.next()).collect();
        let tx = Cx::system(&till.app).begin_bulk().await?;
        write(&tx, till.budget, &fresh).await?;
        tx.commit(()).await?;
        till.persons.extend(fresh);
    }
    if !till.app.db.is_sqlite() {
        // What the engine does by itself after a while.
        till.app.db.read().execute_unprepared("VACUUM ANALYZE").await.map_err(kernel::Error::from)?;
    }
    Ok(till)
}

async fn write(tx: &Tx, budget: Id, persons: &[Id]) -> kernel::Result<()> {
    let wallets: Vec<(Id, Id)> = persons.iter().map(|person| (*person, wallet_id(OWN_BOOK, *person))).collect();
    let accounts = wallets.iter().map(|(person, wallet)| -> Vec<Value> {
        vec![
            (*wallet).into(),
            OWN_BOOK.into(),
            "wallet".into(),
            (*person).into(),
            "".into(),
            0_i64.into(),
            EACH_CENTS.into(),
            0_i64.into(),
            0_i64.into(),
            1_i64.into(),
        ]
    });
    insert_rows(tx, "ledger_account", &ACCOUNT, accounts.collect(), "").await?;
    let lots = wallets.iter().map(|(_, wallet)| -> Vec<Value> {
        let id = tx.id();
        vec![
            id.into(),
            OWN_BOOK.into(),
            (*wallet).into(),
            budget.into(),
            budget.into(),
            id.into(),
            None::<Id>.into(),
            EACH_CENTS.into(),
            EACH_CENTS.into(),
            0_i64.into(),
            0_i64.into(),
            0_i64.into(),
            true.into(),
            last_day(2999).into(),
            1_i64.into(),
        ]
    });
    insert_rows(tx, "lot", &LOT, lots.collect(), "").await?;
    Ok(())
}
