//! What became of the points of a batch (发放使用情况): figures, no person.

use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::batch::held;
use crate::access::POINTS_READ;

/// Which batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchReportInput {
    /// Its id.
    pub batch_id: Uuid,
}

/// What became of the points; amounts in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct UseReport {
    /// Were issued.
    pub issued_cents: i64,
    /// Were spent.
    pub spent_cents: i64,
    /// Came back because nobody spent them in time.
    pub expired_cents: i64,
    /// Were taken back by a correction.
    pub reversed_cents: i64,
    /// Members still hold.
    pub left_cents: i64,
    /// Was paid altogether, points and cash, in payments at the counter in which they took part; without what went back.
    pub moved_cents: i64,
    /// People who got them.
    pub people: i64,
    /// Of them, people who have spent some.
    pub spent_people: i64,
}

/// Tells what became of the points of a batch.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn report(cx: Cx, input: BatchReportInput) -> Result<UseReport> {
    let row = held(&cx, cx.read(), POINTS_READ, input.batch_id).await?;
    of_subject(cx.read(), row.id).await
}

/// Lots of what a batch or rule issued (`issued`), and of what of them came back by a refund when it had expired and is
/// good for some days more (`of_grace`).
const LOTS: &str = "WITH RECURSIVE mine (id, left_cents, amount_cents, of_grace) AS (
        SELECT l.id, l.left_cents, l.amount_cents, 0 FROM transfer t JOIN lot l ON l.transfer_id = t.id
        WHERE t.subject_id = $1 AND t.kind = 'issue'
        UNION ALL
        SELECT g.id, g.left_cents, g.amount_cents, 1 FROM mine m JOIN lot g ON g.grace_of = m.id
    )";

/// What became of what a batch or rule issued. What went back to a member is not spent, whichever lot it went to.
///
/// # Errors
/// The database.
pub async fn of_subject(conn: &impl ConnectionTrait, subject: Id) -> Result<UseReport> {
    let lots = format!(
        "{LOTS} SELECT CAST(COALESCE(SUM(1 - of_grace), 0) AS bigint) AS people,
            CAST(COALESCE(SUM(CASE WHEN of_grace = 0 THEN amount_cents ELSE 0 END), 0) AS bigint) AS issued,
            CAST(COALESCE(SUM(left_cents), 0) AS bigint) AS remains FROM mine"
    );
    let uses = format!(
        "{LOTS} SELECT u.kind, CAST(COALESCE(SUM(ABS(x.amount_cents)), 0) AS bigint) AS cents
        FROM mine m JOIN lot_use x ON x.lot_id = m.id JOIN transfer u ON u.id = x.transfer_id
        WHERE u.kind IN ('expire', 'reverse') GROUP BY u.kind"
    );
    let spenders = format!(
        "{LOTS} SELECT CAST(COUNT(DISTINCT x.lot_id) AS bigint) AS people
        FROM mine m JOIN lot_use x ON x.lot_id = m.id JOIN transfer u ON u.id = x.transfer_id
        WHERE m.of_grace = 0 AND u.kind IN ('pay', 'capture')"
    );
    // A payment bears the same id in all of its transfers.
    let moved = format!(
        "{LOTS} SELECT CAST(COALESCE(SUM(p.points_cents - p.points_back_cents + p.cash_cents - p.cash_back_cents), 0)
            AS bigint) AS moved FROM payment p WHERE p.state = 'paid' AND p.id IN (SELECT u.subject_id
            FROM mine m JOIN lot_use x ON x.lot_id = m.id JOIN transfer u ON u.id = x.transfer_id
            WHERE u.kind = 'pay')"
    );
    let (row, moved) = (one(conn, &lots, subject).await?, one(conn, &moved, subject).await?);
    let (issued, remains): (i64, i64) = (row.try_get("", "issued")?, row.try_get("", "remains")?);
    let (mut expired_cents, mut reversed_cents) = (0_i64, 0_i64);
    let uses = Statement::from_sql_and_values(conn.get_database_backend(), uses, [subject.into()]);
    for row in conn.query_all_raw(uses).await? {
        let cents: i64 = row.try_get("", "cents")?;
        if row.try_get::<String>("", "kind")? == "expire" {
            expired_cents = cents;
        } else {
            reversed_cents = cents;
        }
    }
    let spent = one(conn, &spenders, subject).await?;
    Ok(UseReport {
        issued_cents: issued,
        spent_cents: issued - remains - expired_cents - reversed_cents,
        expired_cents,
        reversed_cents,
        left_cents: remains,
        moved_cents: moved.try_get("", "moved")?,
        people: row.try_get("", "people")?,
        spent_people: spent.try_get("", "people")?,
    })
}

async fn one(conn: &impl ConnectionTrait, sql: &str, subject: Id) -> Result<QueryResult> {
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [subject.into()]);
    conn.query_one_raw(statement).await?.ok_or_else(|| Error::internal("a sum without a row"))
}
