//! What a member paid and got back, newest first; and the rows that pages which stand open are told.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::error::INPUT_INVALID;
use kernel::page::{Page, PageInput};
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Where the list goes on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PaymentsInput {
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// Something that happened to a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, FromQueryResult)]
pub struct PaymentStep {
    /// Its number: later ones are larger.
    pub seq: i64,
    /// The payment.
    pub payment_id: Uuid,
    /// `paid`, `closed` (refused), `reversed`, `refunded`.
    pub kind: String,
    /// Where.
    pub shop_id: Uuid,
    /// Name of the shop.
    pub shop_name: String,
    /// Whose shop it is.
    pub merchant_name: String,
    /// Of a refund which one.
    pub refund_id: Option<Uuid>,
    /// Points of this step, in cents.
    pub points_cents: i64,
    /// Cash of this step, in cents.
    pub cash_cents: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// On which day in China.
    pub day: NaiveDate,
}

/// Whose steps.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of {
    /// A member's, without what was refused.
    Person(Id),
    /// A shop's, of one day.
    Shop(Id, Day),
}

const STEPS: &str = "SELECT t.seq, t.payment_id, t.kind, t.shop_id, s.name AS shop_name, m.name AS merchant_name,
    t.refund_id, t.points_cents, t.cash_cents, t.at, t.day
    FROM payment_step t JOIN shop s ON s.id = t.shop_id JOIN merchant m ON m.id = s.merchant_id";

impl Of {
    /// What selects them; `$1` and `$2` are taken.
    fn filter(self) -> (&'static str, Vec<Value>) {
        match self {
            Self::Person(id) => ("t.person_id = $1 AND t.kind <> $2", vec![id.into(), "closed".into()]),
            Self::Shop(id, day) => ("t.shop_id = $1 AND t.day = $2", vec![id.into(), day.into()]),
        }
    }

    /// Those after a number, oldest first.
    pub(super) async fn after(self, conn: &impl ConnectionTrait, seq: i64, limit: i64) -> Result<Vec<PaymentStep>> {
        let (filter, values) = self.filter();
        let sql = format!("{STEPS} WHERE {filter} AND t.seq > $3 ORDER BY t.seq LIMIT $4");
        steps(conn, &sql, values, [seq, limit]).await
    }

    /// Those before a number, newest first.
    pub(super) async fn before(self, conn: &impl ConnectionTrait, seq: i64, limit: i64) -> Result<Vec<PaymentStep>> {
        let (filter, values) = self.filter();
        let sql = format!("{STEPS} WHERE {filter} AND t.seq < $3 ORDER BY t.seq DESC LIMIT $4");
        steps(conn, &sql, values, [seq, limit]).await
    }
}

async fn steps(
    conn: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
    numbers: [i64; 2],
) -> Result<Vec<PaymentStep>> {
    let values = values.into_iter().chain(numbers.into_iter().map(Value::from));
    let rows = conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    Ok(rows.iter().map(|row| PaymentStep::from_query_result(row, "")).collect::<std::result::Result<_, _>>()?)
}

/// A page of steps, newest first, with its cursor.
pub(super) async fn page(conn: &impl ConnectionTrait, of: Of, input: &PageInput) -> Result<Page<PaymentStep>> {
    let before = match &input.after {
        Some(text) => text.parse().map_err(|_| INPUT_INVALID.refusal().on("after"))?,
        None => i64::MAX,
    };
    let fetch = i64::try_from(input.fetch()).unwrap_or(i64::MAX);
    Ok(Page::cut(of.before(conn, before, fetch).await?, input, |row| row.seq.to_string()))
}

/// Lists what the caller paid and got back.
///
/// # Errors
/// `input.invalid` for a bad cursor; the database.
pub async fn mine(cx: Cx, input: PaymentsInput) -> Result<Page<PaymentStep>> {
    let input = PageInput::new(input.after, input.limit);
    match cx.caller.person_id() {
        Some(person) => page(cx.read(), Of::Person(person), &input).await,
        None => Ok(Page { items: Vec::new(), next: None }),
    }
}
