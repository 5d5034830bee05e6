//! How much of a batch could come back now. Figures alone; of named people for those who know them.

use std::collections::BTreeSet;

use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, Statement, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::named;
use crate::access::POINTS_ISSUE;
use crate::points::issue::batch::{held, known};
use crate::points::key;

/// Of whom.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct IssueCorrectionLook {
    /// The batch.
    pub batch_id: Uuid,
    /// Of everybody in it; else of those who are named.
    pub whole: bool,
    /// Who.
    #[serde(default)]
    pub person_ids: Vec<Uuid>,
}

/// What could come back now; amounts in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueCorrectionForecast {
    /// People who got something.
    pub people: i64,
    /// What they got.
    pub amount_cents: i64,
    /// What can come back now; what they spend until then cannot.
    pub back_cents: i64,
    /// People who spent nothing of it.
    pub whole_people: i64,
    /// People who spent some of it, or have some of it held.
    pub part_people: i64,
    /// People of whom nothing is left.
    pub spent_people: i64,
    /// People of whom it was taken back before.
    pub before_people: i64,
}

/// Tells how much could come back.
///
/// # Errors
/// `issue_correction.people`, 404 outside the caller's scope; the database.
pub async fn look(cx: Cx, input: IssueCorrectionLook) -> Result<IssueCorrectionForecast> {
    let persons = named(input.whole, &input.person_ids)?;
    let conn = cx.read();
    let row = if input.whole {
        held(&cx, conn, POINTS_ISSUE, input.batch_id).await?
    } else {
        known(&cx, conn, input.batch_id).await?
    };
    forecast(conn, row.id, &persons).await
}

/// What could come back of a batch now: of everybody when nobody is named.
///
/// # Errors
/// The database.
pub async fn forecast(
    conn: &impl ConnectionTrait,
    batch: Id,
    persons: &BTreeSet<Id>,
) -> Result<IssueCorrectionForecast> {
    let mut values: Vec<Value> = vec![batch.into()];
    // The lot of an issue has the issue's id, which follows from batch and person.
    values.extend(persons.iter().map(|person| Value::from(key::of("issue", &[batch, *person]))));
    let places: Vec<String> = (2..=values.len()).map(|place| format!("${place}")).collect();
    let only = if places.is_empty() { String::new() } else { format!("AND t.id IN ({})", places.join(", ")) };
    let sum = |what: &str, name: &str| format!("CAST(COALESCE(SUM({what}), 0) AS bigint) AS {name}");
    let count = |which: &str, name: &str| sum(&format!("CASE WHEN {which} THEN 1 ELSE 0 END"), name);
    let untouched = "l.left_cents = l.amount_cents AND l.held_cents = 0";
    let sql = format!(
        "SELECT CAST(COUNT(*) AS bigint) AS people, {}, {}, {}, {}, {}, {}
        FROM transfer t JOIN lot l ON l.id = t.id
            LEFT JOIN transfer r ON r.reverses_id = t.id AND r.kind = 'reverse'
        WHERE t.subject_id = $1 AND t.kind = 'issue' {only}",
        sum("l.amount_cents", "amount"),
        sum("CASE WHEN r.id IS NULL THEN l.left_cents - l.held_cents ELSE 0 END", "back"),
        count(&format!("r.id IS NULL AND {untouched}"), "whole"),
        count(&format!("r.id IS NULL AND l.left_cents > l.held_cents AND NOT ({untouched})"), "part"),
        count("r.id IS NULL AND l.left_cents = l.held_cents", "spent"),
        count("r.id IS NOT NULL", "before"),
    );
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let row = conn.query_one_raw(statement).await?.ok_or_else(|| Error::internal("a sum without a row"))?;
    Ok(IssueCorrectionForecast {
        people: row.try_get("", "people")?,
        amount_cents: row.try_get("", "amount")?,
        back_cents: row.try_get("", "back")?,
        whole_people: row.try_get("", "whole")?,
        part_people: row.try_get("", "part")?,
        spent_people: row.try_get("", "spent")?,
        before_people: row.try_get("", "before")?,
    })
}
