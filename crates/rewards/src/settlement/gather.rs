//! What merchants took between two cuts, from the ledger: by shop and by the union whose points were spent.

use std::collections::BTreeMap;

use kernel::{Error, Id, Result};
use sea_orm::{ConnectionTrait, QueryResult, Statement};

/// Transfers of a book after one number and through another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The last number before.
    pub after: i64,
    /// The last number of it.
    pub through: i64,
}

/// Amounts and how many made them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Payments.
    pub payments: i64,
    /// What was paid, in cents.
    pub paid_cents: i64,
    /// Refunds.
    pub refunds: i64,
    /// What was refunded, in cents.
    pub refunded_cents: i64,
}

/// Of one shop and one union whose points were spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The shop; none where the transfer names none.
    pub shop_id: Option<Id>,
    /// The union; none of what came without points: corrections, the mall's escrow.
    pub issuer_id: Option<Id>,
    /// What it took.
    pub sum: Sum,
}

/// A merchant's day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gathered {
    /// In order of shop and union.
    pub lines: Vec<Line>,
    /// Of all transfers; a payment with points of two unions counts once here and for each in the lines.
    pub sum: Sum,
}

/// By merchant, shop and issuer; a payment and its refund name the shop of the payment. What is paid out to the merchant
/// is not of its day.
const LINES: &str = "SELECT a.merchant_id, COALESCE(t.shop_id, p.shop_id) AS shop_id, l.issuer_id,
        CAST(count(DISTINCT CASE WHEN t.credit_id = a.account_id THEN t.id END) AS bigint) AS payments,
        CAST(COALESCE(sum(CASE WHEN t.credit_id = a.account_id THEN abs(u.amount_cents) END), 0) AS bigint) AS paid,
        CAST(count(DISTINCT CASE WHEN t.debit_id = a.account_id THEN t.id END) AS bigint) AS refunds,
        CAST(COALESCE(sum(CASE WHEN t.debit_id = a.account_id THEN abs(u.amount_cents) END), 0) AS bigint) AS refunded
    FROM transfer t
    JOIN merchant_account a ON a.account_id = t.credit_id OR a.account_id = t.debit_id
    JOIN lot_use u ON u.transfer_id = t.id
    JOIN lot l ON l.id = u.lot_id
    LEFT JOIN transfer p ON p.id = t.reverses_id
    WHERE t.book_id = $1 AND t.seq > $2 AND t.seq <= $3 AND t.kind IN ('pay', 'capture', 'refund')
    GROUP BY a.merchant_id, COALESCE(t.shop_id, p.shop_id), l.issuer_id";

/// By merchant and shop, what came without points.
const OTHERS: &str = "SELECT a.merchant_id, t.shop_id,
        CAST(count(CASE WHEN t.credit_id = a.account_id THEN 1 END) AS bigint) AS payments,
        CAST(COALESCE(sum(CASE WHEN t.credit_id = a.account_id THEN t.amount_cents END), 0) AS bigint) AS paid,
        CAST(count(CASE WHEN t.debit_id = a.account_id THEN 1 END) AS bigint) AS refunds,
        CAST(COALESCE(sum(CASE WHEN t.debit_id = a.account_id THEN t.amount_cents END), 0) AS bigint) AS refunded
    FROM transfer t
    JOIN merchant_account a ON a.account_id = t.credit_id OR a.account_id = t.debit_id
    WHERE t.book_id = $1 AND t.seq > $2 AND t.seq <= $3
      AND t.kind NOT IN ('pay', 'capture', 'refund', 'payout', 'payout_back')
    GROUP BY a.merchant_id, t.shop_id";

/// By merchant alone, from the transfers and not from their splits.
const SUMS: &str = "SELECT a.merchant_id,
        CAST(count(CASE WHEN t.credit_id = a.account_id THEN 1 END) AS bigint) AS payments,
        CAST(COALESCE(sum(CASE WHEN t.credit_id = a.account_id THEN t.amount_cents END), 0) AS bigint) AS paid,
        CAST(count(CASE WHEN t.debit_id = a.account_id THEN 1 END) AS bigint) AS refunds,
        CAST(COALESCE(sum(CASE WHEN t.debit_id = a.account_id THEN t.amount_cents END), 0) AS bigint) AS refunded
    FROM transfer t
    JOIN merchant_account a ON a.account_id = t.credit_id OR a.account_id = t.debit_id
    WHERE t.book_id = $1 AND t.seq > $2 AND t.seq <= $3 AND t.kind NOT IN ('payout', 'payout_back')
    GROUP BY a.merchant_id";

/// Everything between two cuts, by merchant. The sums of the lines are held against the transfers: a fen of rest stops
/// the statement.
///
/// # Errors
/// [`Error::Internal`] when lines and transfers differ; the database.
pub async fn all(conn: &impl ConnectionTrait, book: Id, span: Span) -> Result<BTreeMap<Id, Gathered>> {
    let mut merchants: BTreeMap<Id, Gathered> = BTreeMap::new();
    for row in ask(conn, SUMS, book, span).await? {
        merchants.entry(row.try_get("", "merchant_id")?).or_default().sum = sum(&row)?;
    }
    for sql in [LINES, OTHERS] {
        for row in ask(conn, sql, book, span).await? {
            let shop_id = row.try_get("", "shop_id")?;
            let issuer_id = if sql == OTHERS { None } else { row.try_get("", "issuer_id")? };
            let line = Line { shop_id, issuer_id, sum: sum(&row)? };
            merchants.entry(row.try_get("", "merchant_id")?).or_default().lines.push(line);
        }
    }
    for (merchant, gathered) in &mut merchants {
        gathered.lines.sort_by_key(|line| (line.shop_id, line.issuer_id));
        let split = |of: fn(&Sum) -> i64| gathered.lines.iter().map(|line| i128::from(of(&line.sum))).sum::<i128>();
        let whole = (split(|sum| sum.paid_cents), split(|sum| sum.refunded_cents));
        if whole != (i128::from(gathered.sum.paid_cents), i128::from(gathered.sum.refunded_cents)) {
            return Err(Error::internal(format!("the statement of merchant {merchant} leaves a rest")));
        }
    }
    Ok(merchants)
}

async fn ask(conn: &impl ConnectionTrait, sql: &str, book: Id, span: Span) -> Result<Vec<QueryResult>> {
    let values = [book.into(), span.after.into(), span.through.into()];
    Ok(conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?)
}

fn sum(row: &QueryResult) -> Result<Sum> {
    Ok(Sum {
        payments: row.try_get("", "payments")?,
        paid_cents: row.try_get("", "paid")?,
        refunds: row.try_get("", "refunds")?,
        refunded_cents: row.try_get("", "refunded")?,
    })
}
