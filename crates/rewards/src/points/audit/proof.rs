//! The daily proof: what the ledger holds for unions, members and merchants is what came in less what went out. This is the
//! ledger held against itself; against the bank it is held by [`compare`].

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::app::App;
use kernel::routes::Nothing;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::compare::{self, BankDay};
use super::stop::BookStop;
use super::{close, reach, stop};
use crate::points::bank::PAYOUT_BACK;
use crate::points::book;

/// Days that are shown.
const DAYS: i64 = 60;

/// What the ledger holds and what is owed; amounts in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProofFigures {
    /// In custody: what was put into budgets, less what was paid out and went back.
    pub custody_cents: i64,
    /// In budgets.
    pub budget_cents: i64,
    /// With members.
    pub wallet_cents: i64,
    /// Owed to merchants.
    pub merchant_cents: i64,
    /// Elsewhere: orders under way, differences that were signed for.
    pub other_cents: i64,
    /// At the bank, and in no budget yet.
    pub unmatched_cents: i64,
    /// Transfers of the book.
    pub transfers: i64,
    /// What is in custody is what is owed.
    pub agrees: bool,
}

/// The proof of a book.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BookProof {
    /// The book.
    pub book_id: Uuid,
    /// Its name.
    pub book_name: String,
    /// As it is now.
    pub now: ProofFigures,
    /// As it was written down, the latest first.
    pub days: Vec<ProofDay>,
    /// Against the bank, the latest day first.
    pub bank: Vec<BankDay>,
    /// The month whose turn it is to be closed.
    pub month_to_close: Option<String>,
    /// Why it stands still.
    pub stop: Option<BookStop>,
}

/// A proof that was written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProofDay {
    /// On this day.
    pub day: NaiveDate,
    /// At this moment.
    pub made_at: DateTime<Utc>,
    /// What it said.
    pub figures: ProofFigures,
}

/// The proofs of all books.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Proofs {
    /// By book, the city's own first.
    pub books: Vec<BookProof>,
    /// When the auditor looked last; absent as long as it never has.
    pub looked_at: Option<DateTime<Utc>>,
    /// Its last walk over all rows; absent as long as none was whole.
    pub walked: Option<LedgerWalk>,
}

/// A walk of the auditor over all rows of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerWalk {
    /// When it was whole.
    pub ended_at: DateTime<Utc>,
    /// How long it took.
    pub seconds: i64,
}

/// Shows the proofs.
///
/// # Errors
/// 404 for those who do not audit the city; the database.
pub async fn proof(cx: Cx, _: Nothing) -> Result<Proofs> {
    reach::city(&cx, cx.read()).await?;
    let mut books = Vec::new();
    for book in book::all(cx.read()).await? {
        books.push(BookProof {
            now: figures(cx.read(), book.id).await?,
            days: days(cx.read(), book.id).await?,
            bank: compare::days(&cx, book.id).await?,
            month_to_close: close::due(cx.read(), book.id, cx.today()).await?.map(|month| month.to_string()),
            stop: stop::of_book(&cx, cx.read(), book.id).await?,
            book_id: book.id,
            book_name: book.name,
        });
    }
    let looked_at = stop::watch::looked_at(cx.read()).await?;
    let walked = stop::watch::walked(cx.read())
        .await?
        .map(|walk| LedgerWalk { ended_at: walk.ended_at, seconds: (walk.ended_at - walk.began_at).num_seconds() });
    Ok(Proofs { books, looked_at: Some(looked_at).filter(|at| *at > DateTime::UNIX_EPOCH), walked })
}

/// Writes the proof of the day down for each book, once; answers how many.
///
/// # Errors
/// The database.
pub async fn write(app: &App) -> Result<u64> {
    let mut written = 0;
    for book in book::all(app.db.read()).await? {
        let found = figures(app.db.read(), book.id).await?;
        let tx = Cx::system(app).begin_bulk().await?;
        let sql = "INSERT INTO points_proof (book_id, day, custody_cents, budget_cents, wallet_cents, merchant_cents,
            other_cents, unmatched_cents, transfers, agrees, made_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
        let values = [
            book.id.into(),
            tx.today().into(),
            found.custody_cents.into(),
            found.budget_cents.into(),
            found.wallet_cents.into(),
            found.merchant_cents.into(),
            found.other_cents.into(),
            found.unmatched_cents.into(),
            found.transfers.into(),
            found.agrees.into(),
            tx.now().into(),
        ];
        written += tx.execute_sql(sql, values).await?;
        tx.commit(()).await?;
        if !found.agrees {
            tracing::error!(book = %book.id, "what the ledger holds is not what is owed");
        }
    }
    Ok(written)
}

/// What the ledger holds and what is owed now, in one statement: a moment of the ledger.
///
/// # Errors
/// The database.
pub async fn figures(conn: &impl ConnectionTrait, book: Id) -> Result<ProofFigures> {
    let sql = format!(
        "SELECT kind, CAST(SUM(balance_cents) AS bigint) AS cents FROM ledger_account WHERE book_id = $1
            GROUP BY kind
        UNION ALL SELECT 'unmatched', CAST(COALESCE(SUM(amount_cents), 0) AS bigint) FROM bank_line
            WHERE book_id = $1 AND NOT EXISTS (SELECT 1 FROM transfer t WHERE t.bank_line_id = bank_line.id)
                AND NOT {PAYOUT_BACK}
        UNION ALL SELECT 'transfers', seq FROM ledger_book WHERE id = $1"
    );
    let rows = conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, [book.into()]));
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for row in rows.await? {
        sums.insert(row.try_get("", "kind")?, row.try_get("", "cents")?);
    }
    let of = |kind: &str| sums.get(kind).copied().unwrap_or_default();
    let custody_cents = of("custody").checked_neg().ok_or_else(|| Error::internal("a custody beyond all measure"))?;
    let (budget, wallet, merchant) = (of("budget"), of("wallet"), of("merchant"));
    let other = of("escrow") + of("expiry") + of("adjustment");
    Ok(ProofFigures {
        custody_cents,
        budget_cents: budget,
        wallet_cents: wallet,
        merchant_cents: merchant,
        other_cents: other,
        unmatched_cents: of("unmatched"),
        transfers: of("transfers"),
        agrees: custody_cents == budget + wallet + merchant + other,
    })
}

async fn days(conn: &impl ConnectionTrait, book: Id) -> Result<Vec<ProofDay>> {
    let sql = "SELECT * FROM points_proof WHERE book_id = $1 ORDER BY day DESC LIMIT $2";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [book.into(), DAYS.into()]);
    conn.query_all_raw(statement).await?.iter().map(day).collect()
}

fn day(row: &QueryResult) -> Result<ProofDay> {
    Ok(ProofDay {
        day: row.try_get("", "day")?,
        made_at: row.try_get("", "made_at")?,
        figures: ProofFigures {
            custody_cents: row.try_get("", "custody_cents")?,
            budget_cents: row.try_get("", "budget_cents")?,
            wallet_cents: row.try_get("", "wallet_cents")?,
            merchant_cents: row.try_get("", "merchant_cents")?,
            other_cents: row.try_get("", "other_cents")?,
            unmatched_cents: row.try_get("", "unmatched_cents")?,
            transfers: row.try_get("", "transfers")?,
            agrees: row.try_get("", "agrees")?,
        },
    })
}
