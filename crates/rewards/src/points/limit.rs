//! What persons got for a purpose in a year, counted as it is given.

use std::collections::{BTreeMap, BTreeSet};

use kernel::db::{insert_rows, rows_of_keys};
use kernel::{Id, Result, Tx};
use sea_orm::{ConnectionTrait, Value};

use super::purpose::Limit;

/// A purpose in a year: what limits are counted over.
#[derive(Debug, Clone)]
pub struct Count {
    /// The purpose.
    pub purpose: String,
    /// The fiscal year.
    pub year: i64,
}

/// What persons got so far; who got nothing is left out.
///
/// # Errors
/// The database.
pub async fn given(conn: &impl ConnectionTrait, count: &Count, persons: &[Id]) -> Result<BTreeMap<Id, i64>> {
    read(conn, count, persons, "").await
}

async fn read(conn: &impl ConnectionTrait, count: &Count, persons: &[Id], more: &str) -> Result<BTreeMap<Id, i64>> {
    let Count { purpose, year } = count;
    // The purpose is one of the table's codes, the year a number.
    let sql = format!(
        "SELECT person_id, cents FROM points_given
        WHERE purpose = '{purpose}' AND fiscal_year = {year}{more} AND person_id IN"
    );
    let keys = persons.iter().map(|person| Value::from(*person)).collect();
    let rows = rows_of_keys(conn, &sql, keys).await?;
    rows.iter().map(|row| Ok((row.try_get("", "person_id")?, row.try_get("", "cents")?))).collect()
}

/// Holds the counts of persons until the transaction ends, and answers them: of two who give at once the second sees
/// what the first gave.
///
/// # Errors
/// The database.
pub async fn hold(tx: &Tx, count: &Count, persons: &[Id]) -> Result<BTreeMap<Id, i64>> {
    let sorted: BTreeSet<Id> = persons.iter().copied().collect();
    let rows = sorted
        .iter()
        .map(|person| vec![(*person).into(), count.purpose.as_str().into(), count.year.into(), Value::BigInt(Some(0))]);
    let columns = ["person_id", "purpose", "fiscal_year", "cents"];
    insert_rows(tx, "points_given", &columns, rows.collect(), "ON CONFLICT DO NOTHING").await?;
    let sorted: Vec<Id> = sorted.into_iter().collect();
    if !tx.app().db.is_sqlite() {
        // In the order of their keys, so that two that hold the same persons do not wait for each other.
        for part in sorted.chunks(128) {
            let places: Vec<String> = (3..3 + part.len()).map(|place| format!("${place}")).collect();
            let lock = format!(
                "SELECT person_id FROM points_given WHERE purpose = $1 AND fiscal_year = $2 AND person_id IN ({})
                ORDER BY person_id FOR UPDATE",
                places.join(", ")
            );
            let mut values: Vec<Value> = vec![count.purpose.as_str().into(), count.year.into()];
            values.extend(part.iter().map(|person| Value::from(*person)));
            tx.query_all_raw(tx.app().db.statement(&lock, values)).await?;
        }
    }
    read(tx, count, &sorted, "").await
}

/// Counts what was given to persons whose counts are held.
///
/// # Errors
/// The database.
pub async fn add(tx: &Tx, count: &Count, sums: &BTreeMap<Id, i64>) -> Result<()> {
    let rows = sums.iter().map(|(person, cents)| {
        vec![(*person).into(), count.purpose.as_str().into(), count.year.into(), (*cents).into()]
    });
    let columns = ["person_id", "purpose", "fiscal_year", "cents"];
    let add = "ON CONFLICT (person_id, purpose, fiscal_year) DO UPDATE SET cents = points_given.cents + excluded.cents";
    insert_rows(tx, "points_given", &columns, rows.collect(), add).await?;
    Ok(())
}

/// Counts off what was taken back from persons whose counts are held.
///
/// # Errors
/// The database.
pub async fn take_off(tx: &Tx, count: &Count, sums: &BTreeMap<Id, i64>) -> Result<()> {
    let rows = sums.iter().map(|(person, cents)| {
        vec![(*person).into(), count.purpose.as_str().into(), count.year.into(), (*cents).into()]
    });
    let columns = ["person_id", "purpose", "fiscal_year", "cents"];
    let off = "ON CONFLICT (person_id, purpose, fiscal_year) DO UPDATE SET
        cents = CASE WHEN points_given.cents > excluded.cents THEN points_given.cents - excluded.cents ELSE 0 END";
    insert_rows(tx, "points_given", &columns, rows.collect(), off).await?;
    Ok(())
}

/// Whether so much more is above a limit.
#[must_use]
pub fn is_over(limit: Option<Limit>, had: i64, more: i64) -> bool {
    limit.is_some_and(|limit| had.checked_add(more).is_none_or(|sum| sum > limit.cents))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_may_be_reached_and_not_passed() {
        let limit = Some(Limit { cents: 100, blocks: true });
        let cases = [(0, 100, false), (1, 100, true), (100, 0, false), (i64::MAX, 1, true)];
        for (had, more, over) in cases {
            assert_eq!(is_over(limit, had, more), over, "{had} {more}");
        }
        assert!(!is_over(None, i64::MAX, 1));
    }
}
