//! What became of the points of a batch (发放使用情况): figures, no person.

use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::batch::held;
use super::figures::{lots, of_subjects};
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
    /// Was paid at the counter with them, and the cash beside them; without what went back. Of a payment that took points of
    /// other batches as well, its part by the points.
    pub moved_cents: i64,
    /// People who got them.
    pub people: i64,
    /// Of them, people who have spent some; who got back all that she spent has spent nothing.
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

/// What became of what a batch or rule issued.
///
/// # Errors
/// The database.
pub async fn of_subject(conn: &impl ConnectionTrait, subject: Id) -> Result<UseReport> {
    let uses = of_subjects(conn, &[subject]).await?.remove(&subject).unwrap_or_default();
    let lots = lots(1);
    // What came back after its end stands in a lot of grace: a lot and those of grace that came of it count as one.
    let spenders = format!(
        "{lots} SELECT CAST(COUNT(*) AS bigint) AS people FROM (SELECT root FROM mine GROUP BY root
            HAVING SUM(CASE WHEN of_grace = 0 THEN amount_cents ELSE 0 END)
                > SUM(left_cents + expired_cents + reversed_cents)) AS spent"
    );
    Ok(UseReport {
        issued_cents: uses.issued,
        spent_cents: uses.spent(),
        expired_cents: uses.expired,
        reversed_cents: uses.reversed,
        left_cents: uses.left,
        moved_cents: moved(conn, &lots, subject).await?,
        people: uses.lots,
        spent_people: one(conn, &spenders, subject, "people").await?,
    })
}

/// What was paid with these points, and the cash beside them. A payment bears the same id in all of its transfers and may
/// take points of several batches: to each belongs what was taken of it and did not go back, and its part of the cash. Cash
/// is cut along the lots in their order, so that the parts of all batches are the whole.
async fn moved(conn: &impl ConnectionTrait, lots: &str, subject: Id) -> Result<i64> {
    let (pays, refunds) = (used("debit_id", "pay"), used("credit_id", "refund"));
    let points = format!(
        "{lots}, used AS ({pays} UNION ALL {refunds})
        SELECT CAST(COALESCE(SUM(s.cents), 0) AS bigint) AS cents FROM used s CROSS JOIN payment p
        WHERE p.id = s.subject_id AND p.state = 'paid'"
    );
    let cash = format!(
        "{lots}, paid AS (
            SELECT id, points_cents, cash_cents - cash_back_cents AS cash FROM payment
            WHERE state = 'paid' AND cash_cents > cash_back_cents
                AND id IN (SELECT s.subject_id FROM ({pays}) AS s)
        ), moves AS (
            SELECT id AS payment_id, id AS transfer_id FROM paid
            UNION SELECT o.payment_id, o.transfer_id FROM paid p JOIN payment_part o ON o.payment_id = p.id
        ), split AS (
            SELECT p.id, x.lot_id, p.points_cents, p.cash, -x.amount_cents AS part,
                CAST(SUM(-x.amount_cents) OVER (PARTITION BY p.id ORDER BY x.lot_id) AS bigint) AS upto
            FROM paid p CROSS JOIN moves o CROSS JOIN lot_use x
            WHERE o.payment_id = p.id AND x.transfer_id = o.transfer_id
        )
        SELECT CAST(COALESCE(SUM(s.cash * s.upto / s.points_cents - s.cash * (s.upto - s.part) / s.points_cents), 0)
            AS bigint) AS cents FROM split s JOIN mine m ON m.id = s.lot_id"
    );
    let (points, cash) = (one(conn, &points, subject, "cents").await?, one(conn, &cash, subject, "cents").await?);
    points.checked_add(cash).ok_or_else(|| Error::internal("a sum beyond all measure"))
}

/// What transfers of a kind took of the lots, or gave back to them (then less than zero): found over their wallets, which
/// stand on this side of the transfer, from the one on that opened the lot. `CROSS JOIN` keeps SQLite in this order, whatever
/// it was told of the tables: it takes a recursive list for endless, and might rather read all transfers.
fn used(side: &str, kind: &str) -> String {
    format!(
        "SELECT v.subject_id, -y.amount_cents AS cents FROM mine m CROSS JOIN transfer v CROSS JOIN lot_use y
        WHERE v.{side} = m.account_id AND v.seq >= m.seq AND v.kind = '{kind}'
            AND y.transfer_id = v.id AND y.lot_id = m.id"
    )
}

async fn one(conn: &impl ConnectionTrait, sql: &str, subject: Id, column: &str) -> Result<i64> {
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [subject.into()]);
    let row = conn.query_one_raw(statement).await?.ok_or_else(|| Error::internal("a sum without a row"))?;
    Ok(row.try_get("", column)?)
}
