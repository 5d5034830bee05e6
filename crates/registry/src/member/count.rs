//! How many active members unions have on a day, without reading them all.
//!
//! `membership_year` says what a union gained in every year; the engine keeps it. The years up to the day's own give
//! the number at the end of that year, those before it the number at its beginning; from there the memberships that
//! began or ended between are counted off, on the side on which they are fewer. So a day of any year is told from some
//! thousand rows, and every number is that of the rows: [`amiss`] proves it.

use std::collections::HashMap;

use chrono::Datelike;
use kernel::time::Day;
use kernel::{Error, Id, Result};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

/// So many changes are few enough, tried one after the other.
const FEW: [i64; 2] = [20_000, 100_000];

/// From which end of the year a day is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// From the beginning, onward.
    Beginning,
    /// From the end, back.
    End,
}

/// A number that is not that of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amiss {
    /// The union.
    pub organization_id: Id,
    /// The year.
    pub year: i64,
    /// What it gained in that year, as kept.
    pub kept: i64,
    /// What it gained by its memberships.
    pub counted: i64,
}

/// Active members of each union on a day, of these unions or of all; unions without members are missing.
///
/// # Errors
/// The database.
pub async fn on(conn: &impl ConnectionTrait, of: Option<&[Id]>, day: Day) -> Result<HashMap<Id, i64>> {
    from(conn, of, day, nearer(conn, day).await?).await
}

/// As [`on`], reckoned from one end of the year.
///
/// # Errors
/// The database.
pub async fn from(conn: &impl ConnectionTrait, of: Option<&[Id]>, day: Day, side: Side) -> Result<HashMap<Id, i64>> {
    if of.is_some_and(<[Id]>::is_empty) {
        return Ok(HashMap::new());
    }
    let Parts { sql, values } = parts(of, day, side)?;
    let mut members = HashMap::new();
    for row in asked(conn, &sql, values).await? {
        let part: i64 = row.try_get("", "members")?;
        *members.entry(row.try_get("", "organization_id")?).or_default() += part;
    }
    members.retain(|_, members| *members != 0);
    Ok(members)
}

/// A question for the members of unions on a day, to be asked by itself or within another one.
#[derive(Debug)]
pub struct Parts {
    /// Answers `organization_id` and `members`, twice for some unions: what they had, and what came or went since.
    pub sql: String,
    /// What stands for `$1` and so on.
    pub values: Vec<Value>,
}

/// As [`on`] of all unions, for a question that joins something to the numbers.
///
/// # Errors
/// The database.
pub async fn all_parts(conn: &impl ConnectionTrait, day: Day) -> Result<Parts> {
    parts(None, day, nearer(conn, day).await?)
}

fn parts(of: Option<&[Id]>, day: Day, side: Side) -> Result<Parts> {
    let (after, last) = span(day, side)?;
    let (years, sign) = match side {
        Side::Beginning => (day.year() - 1, ["1", "-1"]),
        Side::End => (day.year(), ["-1", "1"]),
    };
    let mut values: Vec<Value> = vec![after.into(), last.into(), i64::from(years).into()];
    let (mut among, mut also_among) = (String::new(), String::new());
    if let Some(of) = of {
        let first = values.len() + 1;
        values.extend(of.iter().map(|id| Value::from(*id)));
        let places: Vec<String> = (first..=values.len()).map(|n| format!("${n}")).collect();
        let places = places.join(", ");
        among = format!(" AND organization_id IN ({places})");
        // As an expression, or SQLite reads all members of these unions instead of the few that moved.
        also_among = format!(" AND CASE WHEN true THEN organization_id END IN ({places})");
    }
    // Each part is grouped by itself: the years come in the order of their key, and today there is no second part.
    let sql = format!(
        "SELECT organization_id, CAST(sum(delta) AS bigint) AS members FROM membership_year
            WHERE year <= $3{among} GROUP BY organization_id
        UNION ALL SELECT organization_id, CAST(sum(delta) AS bigint) FROM (
            SELECT organization_id, {} AS delta FROM membership
                WHERE joined_on > $1 AND joined_on <= $2 AND (ended_on IS NULL OR ended_on > joined_on){also_among}
            UNION ALL SELECT organization_id, {} FROM membership
                WHERE ended_on > $1 AND ended_on <= $2 AND ended_on > joined_on{also_among}) step GROUP BY organization_id",
        sign[0], sign[1]
    );
    Ok(Parts { sql, values })
}

/// Numbers that are not those of their rows: none, unless somebody wrote past the engine.
///
/// # Errors
/// The database.
pub async fn amiss(conn: &impl ConnectionTrait) -> Result<Vec<Amiss>> {
    let sql = "SELECT organization_id, CAST(year AS bigint) AS year, CAST(sum(kept) AS bigint) AS kept, CAST(sum(counted) AS bigint) AS counted
        FROM (SELECT organization_id, year, delta AS kept, 0 AS counted FROM membership_year
            UNION ALL SELECT organization_id, CAST(substr(CAST(joined_on AS text), 1, 4) AS integer), 0, 1
                FROM membership WHERE ended_on IS NULL OR ended_on > joined_on
            UNION ALL SELECT organization_id, CAST(substr(CAST(ended_on AS text), 1, 4) AS integer), 0, -1
                FROM membership WHERE ended_on > joined_on) compared
        GROUP BY organization_id, year HAVING sum(kept) <> sum(counted) ORDER BY organization_id, year";
    let row = |row: &QueryResult| {
        Ok(Amiss {
            organization_id: row.try_get("", "organization_id")?,
            year: row.try_get("", "year")?,
            kept: row.try_get("", "kept")?,
            counted: row.try_get("", "counted")?,
        })
    };
    asked(conn, sql, Vec::new()).await?.iter().map(row).collect()
}

/// The end of the year with few changes between; hundreds of thousands may have been entered with the same day.
async fn nearer(conn: &impl ConnectionTrait, day: Day) -> Result<Side> {
    for few in FEW {
        for side in [Side::End, Side::Beginning] {
            if changes(conn, day, side, few + 1).await? <= few {
                return Ok(side);
            }
        }
    }
    Ok(Side::End)
}

/// Memberships that began or ended between a day and an end of its year; of each no more than `most` are counted.
async fn changes(conn: &impl ConnectionTrait, day: Day, side: Side, most: i64) -> Result<i64> {
    let (after, last) = span(day, side)?;
    let sql = "SELECT CAST(count(*) AS bigint) AS changes FROM (
        SELECT 1 FROM (SELECT 1 FROM membership WHERE joined_on > $1 AND joined_on <= $2 LIMIT $3) came
        UNION ALL SELECT 1 FROM (SELECT 1 FROM membership WHERE ended_on > $1 AND ended_on <= $2 LIMIT $3) gone) near";
    let rows = asked(conn, sql, vec![after.into(), last.into(), most.into()]).await?;
    Ok(rows.first().map(|row| row.try_get("", "changes")).transpose()?.unwrap_or_default())
}

/// The days between a day and an end of its year: after the first, up to the second.
fn span(day: Day, side: Side) -> Result<(Day, Day)> {
    let year = |year: i32| Day::from_ymd_opt(year, 12, 31).ok_or_else(|| Error::internal("a day beyond all years"));
    match side {
        Side::Beginning => Ok((year(day.year() - 1)?, day)),
        Side::End => Ok((day, year(day.year())?)),
    }
}

async fn asked(conn: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>> {
    Ok(conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_stay_in_the_year() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        for (asked, beginning, end) in [
            ("2026-11-25", ("2025-12-31", "2026-11-25"), ("2026-11-25", "2026-12-31")),
            ("2026-01-01", ("2025-12-31", "2026-01-01"), ("2026-01-01", "2026-12-31")),
            ("2026-12-31", ("2025-12-31", "2026-12-31"), ("2026-12-31", "2026-12-31")),
        ] {
            let span = |side| super::span(day(asked), side).unwrap();
            assert_eq!(span(Side::Beginning), (day(beginning.0), day(beginning.1)), "{asked}");
            assert_eq!(span(Side::End), (day(end.0), day(end.1)), "{asked}");
        }
    }
}
