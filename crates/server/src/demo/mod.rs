//! The demo city: the real divisions of one city, and everything else invented:
//! unions, employers, some 8,000 people with right check digits, all marked
//! synthetic. The same city every time (a fixed seed), written in one transaction,
//! so that a start that was killed half-way starts over.
//!
//! It leaves one event `demo.seeded` per kind of thing with how many there are, all
//! with one cause, rather than one per person: nobody decided 8,000 things that
//! day. The first of them is also the mark by which a database is known to hold a
//! demo; events are never deleted, so the mark cannot be lost.

mod accounts;
mod applications;
pub mod dice;
pub mod names;
pub mod people;
mod points;
mod rows;
mod shops;
mod tree_rows;
mod unions;

use kernel::app::App;
use kernel::db::Db;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Cx, Id, Result, Tx};
use sea_orm::ConnectionTrait;
use voice::parameters::BALLOT_KEYS_READY;

pub use accounts::{Visitor, visitors};
use dice::Dice;

/// Decides everything that is thrown.
const SEED: u64 = 20_261_122;
const SEEDED: &str = "demo.seeded";
/// Keys that are made ahead: few votes open at once here, and each key keeps a laptop busy for a fifth of a second.
const KEYS_READY: (&str, &str) = ("8", "演示城市：同时开启的评议很少");

/// What a database holds, as far as a demo is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Nothing yet.
    Empty,
    /// The demo city.
    Demo,
    /// A city of its own.
    Real,
}

/// Looks what a migrated database holds; a demo city with a real person in it is no demo any more.
///
/// # Errors
/// When the database is away.
pub async fn content(db: &Db) -> Result<Content> {
    let there = async |sql: &str, values: Vec<sea_orm::Value>| -> Result<bool> {
        Ok(db.read().query_one_raw(db.statement(sql, values)).await?.is_some())
    };
    let real = "SELECT 1 AS one FROM person WHERE NOT synthetic AND erased_at IS NULL LIMIT 1";
    if there(real, vec![]).await? {
        return Ok(Content::Real);
    }
    if there("SELECT 1 AS one FROM event WHERE kind = $1 LIMIT 1", vec![SEEDED.into()]).await? {
        return Ok(Content::Demo);
    }
    let any = there("SELECT 1 AS one FROM organization LIMIT 1", vec![]).await?;
    Ok(if any { Content::Real } else { Content::Empty })
}

/// Fills an empty database with the demo city.
///
/// # Errors
/// When the database refuses.
pub async fn seed(app: &App) -> Result<()> {
    let mut tx = Cx::system(app).begin().await?;
    let cause = tx.id();
    tx.caused_by(cause);
    let mut dice = Dice::new(SEED);
    let tree = unions::plan(&app.ids, &mut dice, tx.today())?;
    let mut maker = people::Maker::new(&app.ids, &mut dice, tx.now());
    let people = people::plan(&mut maker, &tree)?;
    tree_rows::write(&tx, &mut maker, &tree, &people).await?;
    let (persons, indexes) = people::rows(app.keys.as_ref(), &people.persons, tx.now())?;
    rows::insert(&tx, persons).await?;
    rows::insert(&tx, indexes).await?;
    let counts = [
        ("organization", tree.unions.len()),
        ("employer", tree.employers.len()),
        ("person", people.persons.len()),
        ("membership", people.memberships.len()),
        ("officer", people.officers.len()),
    ];
    rows::insert(&tx, people.memberships.clone()).await?;
    rows::insert(&tx, people.officers.clone()).await?;
    let visitors = accounts::write(&tx, &tree, &people).await?;
    let applications = applications::write(&tx, &mut maker, (&tree, &people), &visitors).await?;
    let shops = shops::write(&tx, &tree, &people, &visitors).await?;
    let root = tree.find("city_federation", "440700", None)?.id;
    points::write(&tx, &tree, &people).await?;
    let few = "UPDATE parameter SET value = $2, source = $3 WHERE name = $1";
    tx.execute_sql(few, [BALLOT_KEYS_READY, KEYS_READY.0, KEYS_READY.1].map(sea_orm::Value::from)).await?;
    for (kind, count) in counts.into_iter().chain([("application", applications), ("shop", shops)]) {
        record(&tx, kind, root, count).await?;
    }
    tx.commit(()).await
}

async fn record(tx: &Tx, kind: &'static str, root: Id, count: usize) -> Result<()> {
    let event = Event::of(SEEDED, kind, root).at(root).with("count", count).with("synthetic", true);
    tx.record(event).await?;
    Ok(())
}

/// A day of the plan; the dates it is called with exist.
fn day(year: i32, month: u32, day: u32) -> Day {
    Day::from_ymd_opt(year, month, day).unwrap_or_default()
}
