//! The keys under which employers are found, written in the transaction that enters a name.
//!
//! Whoever writes a row of `employer` or `employer_alias` calls [`index`] or, for many, [`index_names`]. A key too
//! many finds a candidate whose real name is compared and dropped, so stale keys of an older reading do no harm.

use std::collections::BTreeSet;

use kernel::app::App;
use kernel::db::insert_rows;
use kernel::job::{Every, Jobs};
use kernel::{Cx, Id, Result, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Value};

use super::spelling::{Spelling, VERSION};
use super::{alias_entity as alias, entity};

/// Employers indexed in one transaction of the repair: some 400 rows, well under 20 ms of the SQLite writer.
const CHUNK: i64 = 20;

/// A key: its kind and its text.
type Key = (&'static str, String);

/// Adds the repair of employers without keys, or with keys of an older reading.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.every("employer.index", Every::Minutes(10), |app: App| async move {
        repair(&app).await?;
        Ok(())
    })
}

/// Files an employer under its present name and its other names.
///
/// # Errors
/// The database.
pub async fn index(tx: &Tx, employer: Id) -> Result<()> {
    let names = names_of(tx, &[employer]).await?;
    index_names(tx, &names).await
}

/// Files many employers, each pair an employer and one of its names; set-wise, and again without effect.
///
/// # Errors
/// The database.
pub async fn index_names(conn: &impl ConnectionTrait, names: &[(Id, String)]) -> Result<()> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (employer, name) in names {
        let row = |(kind, key): Key| vec![kind.into(), key.into(), (*employer).into()];
        rows.extend(keys(name).into_iter().map(row));
    }
    insert_rows(conn, "employer_key", &["kind", "key", "employer_id"], rows, "ON CONFLICT DO NOTHING").await?;
    let employers: BTreeSet<Id> = names.iter().map(|(employer, _)| *employer).collect();
    let marks = employers.into_iter().map(|employer| vec![employer.into(), VERSION.into()]).collect();
    let tail = "ON CONFLICT (employer_id) DO UPDATE SET version = excluded.version";
    insert_rows(conn, "employer_search", &["employer_id", "version"], marks, tail).await?;
    Ok(())
}

/// Takes away what only this name of an employer is filed under, once the name is gone.
///
/// # Errors
/// The database.
pub async fn forget_name(tx: &Tx, employer: Id, name: &str) -> Result<()> {
    let kept = names_of(tx, &[employer]).await?;
    let kept: BTreeSet<Key> = kept.iter().flat_map(|(_, name)| keys(name)).collect();
    let delete = "DELETE FROM employer_key WHERE kind = $1 AND key = $2 AND employer_id = $3";
    for (kind, key) in keys(name).difference(&kept) {
        tx.execute_sql(delete, [(*kind).into(), key.clone().into(), employer.into()]).await?;
    }
    Ok(())
}

/// Indexes employers entered before there were keys, and those whose keys come from an older reading; answers how
/// many. Carried out again it changes nothing.
///
/// # Errors
/// The database.
pub async fn repair(app: &App) -> Result<u64> {
    let mut repaired = 0;
    loop {
        let tx = Cx::system(app).begin_bulk().await?;
        let sql = "SELECT e.id FROM employer e LEFT JOIN employer_search s ON s.employer_id = e.id
            WHERE s.version IS NULL OR s.version < $1 ORDER BY e.id LIMIT $2";
        let rows = tx.query_all_raw(app.db.statement(sql, [VERSION.into(), CHUNK.into()])).await?;
        let found: Vec<Id> = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
        if found.is_empty() {
            return Ok(repaired);
        }
        let names = names_of(&tx, &found).await?;
        index_names(&tx, &names).await?;
        tx.commit(()).await?;
        repaired += found.len() as u64;
    }
}

/// Present and other names of employers.
async fn names_of(conn: &impl ConnectionTrait, employers: &[Id]) -> Result<Vec<(Id, String)>> {
    let ids = || employers.iter().copied();
    let rows = entity::Entity::find().filter(entity::Column::Id.is_in(ids())).all(conn).await?;
    let others = alias::Entity::find().filter(alias::Column::EmployerId.is_in(ids())).all(conn).await?;
    let mut names: Vec<(Id, String)> = rows.into_iter().map(|row| (row.id, row.name)).collect();
    names.extend(others.into_iter().map(|row| (row.employer_id, row.name)));
    Ok(names)
}

/// Everything a name is filed under.
fn keys(name: &str) -> BTreeSet<Key> {
    let spelling = Spelling::read(name);
    let mut keys = BTreeSet::from([("w", spelling.whole()), ("c", spelling.core()), ("s", spelling.core_sound())]);
    keys.extend(spelling.initials().into_iter().map(|text| ("i", text)));
    keys.extend(spelling.filed_pairs().into_iter().map(|text| ("p", text)));
    keys.retain(|(_, text)| !text.is_empty());
    keys
}
