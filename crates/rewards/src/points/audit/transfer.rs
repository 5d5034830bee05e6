//! One transfer, with everything it stands on: approval, evidence, bank line, place in the chain of events.

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::accounts::{LedgerAccountRow, shaped};
use super::reach;
use super::trail::{PayoutLine, TransferLot, lots, settled};
use crate::points::approval::{ALLOCATION, BATCH, CORRECTION, FUNDING, RULE};
use crate::points::budget::backs::{PaidLine, paid_line};
use crate::points::budget::one::{FundingLine, bank_line};
use crate::points::budget::{allocation_entity as allocation, funding_entity as funding};
use crate::points::issue::batch_entity as batch;
use crate::points::issue::correction;
use crate::points::issue::evidence::{self, IssueEvidenceRow};
use crate::points::issue::one::{MoneyDecision, decisions};
use crate::points::rule::entity as rule;

/// The ground of what left the bank for a merchant.
const SETTLEMENT: &str = "settlement";

/// Which transfer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct LedgerTransferInput {
    /// Its id.
    pub transfer_id: Uuid,
}

/// A transfer with what it stands on; amounts in cents.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LedgerTransfer {
    /// Which.
    pub id: Uuid,
    /// Its number in the book.
    pub seq: i64,
    /// Its kind.
    pub kind: String,
    /// The account that gave.
    pub debit: LedgerAccountRow,
    /// The account that got.
    pub credit: LedgerAccountRow,
    /// How much.
    pub amount_cents: i64,
    /// What the giving account had afterwards.
    pub debit_after_cents: i64,
    /// What the getting account had afterwards.
    pub credit_after_cents: i64,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The transfer that this one refunds or corrects.
    pub reverses_id: Option<Uuid>,
    /// Transfers that refund or correct this one.
    pub reversed_by: Vec<Uuid>,
    /// What it belongs to.
    pub ground: Option<TransferGround>,
    /// The points that it took or gave back, by the issue they are from.
    pub lots: Vec<TransferLot>,
    /// The bank line behind a top-up.
    pub bank_line: Option<FundingLine>,
    /// The bank line that paid what went back.
    pub paid: Option<PaidLine>,
    /// Its place in the sealed chain of events.
    pub sealed: Option<TransferSeal>,
}

/// What a transfer belongs to: who asked, who approved, which file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TransferGround {
    /// `points_funding`, `points_allocation`, `issue_batch`, `issue_correction`, `point_rule`, `settlement`.
    pub kind: String,
    /// Which; of a correction its batch.
    pub id: Uuid,
    /// The budget of a request for money; of money that was moved between budgets the one that gave it.
    pub budget_id: Option<Uuid>,
    /// What people call it.
    pub name: String,
    /// The list that was uploaded.
    pub file_name: Option<String>,
    /// SM3 of that list.
    pub file_digest: Option<String>,
    /// Papers behind a batch, or behind the batch that was corrected; none for what has no papers.
    pub evidence_files: Option<i64>,
    /// These papers, to who may open them.
    pub evidence: Vec<IssueEvidenceRow>,
    /// Who decided, oldest first; of a settlement also who made, checked and sent it.
    pub decisions: Vec<MoneyDecision>,
    /// What the bank said of a payment to a merchant.
    pub lines: Vec<PayoutLine>,
}

/// A place in the sealed chain of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TransferSeal {
    /// Its number.
    pub seq: i64,
    /// Its link, in hex.
    pub hash: String,
}

/// Shows a transfer.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn transfer(cx: Cx, input: LedgerTransferInput) -> Result<LedgerTransfer> {
    let sql = "SELECT * FROM transfer WHERE id = $1";
    let row = cx.read().query_one_raw(cx.app.db.statement(sql, [input.transfer_id.into()])).await?;
    let row = row.ok_or_else(Error::not_found)?;
    let debit = reach::load(cx.read(), row.try_get("", "debit_id")?).await?;
    let credit = reach::load(cx.read(), row.try_get("", "credit_id")?).await?;
    if !reach::may(&cx, &debit).await? && !reach::may(&cx, &credit).await? {
        return Err(Error::not_found());
    }
    let line: Option<Id> = row.try_get("", "bank_line_id")?;
    let ground = ground(&cx, &row, input.transfer_id).await?;
    let paid = match &ground {
        Some(found) if found.kind == FUNDING => paid_line(cx.read(), found.id).await?,
        _ => None,
    };
    Ok(LedgerTransfer {
        id: input.transfer_id,
        seq: row.try_get("", "seq")?,
        kind: row.try_get("", "kind")?,
        debit: shaped(&cx, &debit).await?,
        credit: shaped(&cx, &credit).await?,
        amount_cents: row.try_get("", "amount_cents")?,
        debit_after_cents: row.try_get("", "debit_after_cents")?,
        credit_after_cents: row.try_get("", "credit_after_cents")?,
        reason: row.try_get("", "reason")?,
        at: row.try_get("", "at")?,
        reverses_id: row.try_get("", "reverses_id")?,
        reversed_by: reversed_by(&cx, input.transfer_id).await?,
        ground,
        lots: lots(cx.read(), input.transfer_id).await?,
        bank_line: match line {
            Some(id) => bank_line(cx.read(), id).await?,
            None => None,
        },
        paid,
        sealed: seal(&cx, row.try_get("", "event_id")?).await?,
    })
}

async fn reversed_by(cx: &Cx, id: Id) -> Result<Vec<Id>> {
    let sql = "SELECT id FROM transfer WHERE reverses_id = $1 ORDER BY seq";
    let rows = cx.read().query_all_raw(cx.app.db.statement(sql, [id.into()])).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// What the transfer belongs to: by its subject, or, of a top-up, by the request that it carried out.
async fn ground(cx: &Cx, row: &QueryResult, transfer: Id) -> Result<Option<TransferGround>> {
    let conn = cx.read();
    let asked = funding::Entity::find().filter(funding::Column::TransferId.eq(transfer)).one(conn).await?;
    if let Some(asked) = asked {
        let found = known(cx, FUNDING, asked.id, asked.reason, None).await?;
        return Ok(Some(TransferGround { budget_id: Some(asked.budget_id), ..found }));
    }
    if let Some(found) = settled(conn, transfer).await? {
        let kind = SETTLEMENT.to_owned();
        let (decisions, lines) = (found.steps, found.lines);
        return Ok(Some(TransferGround { kind, decisions, lines, ..blank(found.id, found.name) }));
    }
    if let Some(found) = correction::of_transfer(conn, transfer).await? {
        let ground = known(cx, CORRECTION, found.id, found.reason, None).await?;
        let ground = evidenced(cx, ground, found.batch_id, found.organization_id).await?;
        return Ok(Some(TransferGround { id: found.batch_id, ..ground }));
    }
    let Some(subject) = row.try_get::<Option<Id>>("", "subject_id")? else { return Ok(None) };
    if let Some(found) = allocation::Entity::find_by_id(subject).one(conn).await? {
        let ground = known(cx, ALLOCATION, found.id, found.reason, None).await?;
        return Ok(Some(TransferGround { budget_id: Some(found.from_id), ..ground }));
    }
    if let Some(found) = batch::Entity::find_by_id(subject).one(conn).await? {
        let ground = known(cx, BATCH, found.id, found.name, found.file_id).await?;
        return evidenced(cx, ground, found.id, found.organization_id).await.map(Some);
    }
    if let Some(found) = rule::Entity::find_by_id(subject).one(conn).await? {
        return known(cx, RULE, found.id, found.name, None).await.map(Some);
    }
    Ok(None)
}

async fn known(cx: &Cx, kind: &str, id: Id, name: String, file: Option<Id>) -> Result<TransferGround> {
    let file = match file {
        // Its row tells what it was, also when the bytes are gone.
        Some(file) => kernel::file::Entity::find_by_id(file).one(cx.read()).await?,
        None => None,
    };
    Ok(TransferGround {
        kind: kind.to_owned(),
        file_name: file.as_ref().map(|file| file.name.clone()),
        file_digest: file.map(|file| hex::encode(file.digest)),
        decisions: decisions(cx, kind, id).await?,
        ..blank(id, name)
    })
}

/// The ground with the papers behind its batch. Who audits the member alone hears how many there are.
async fn evidenced(cx: &Cx, ground: TransferGround, batch: Id, union: Id) -> Result<TransferGround> {
    let conn = cx.read();
    let evidence_files = Some(evidence::count(conn, batch).await?);
    let open = evidence::may_open(cx, conn, union).await?;
    let evidence = if open { evidence::of(conn, batch).await? } else { Vec::new() };
    Ok(TransferGround { evidence_files, evidence, ..ground })
}

fn blank(id: Id, name: String) -> TransferGround {
    TransferGround {
        kind: String::new(),
        id,
        budget_id: None,
        name,
        file_name: None,
        file_digest: None,
        evidence_files: None,
        evidence: Vec::new(),
        decisions: Vec::new(),
        lines: Vec::new(),
    }
}

async fn seal(cx: &Cx, event: Id) -> Result<Option<TransferSeal>> {
    let sql = "SELECT seq, hash FROM sealed WHERE event_id = $1";
    let row = cx.read().query_one_raw(cx.app.db.statement(sql, [event.into()])).await?;
    let seal = row.map(|row| {
        let hash: Vec<u8> = row.try_get("", "hash")?;
        Ok::<_, Error>(TransferSeal { seq: row.try_get("", "seq")?, hash: hex::encode(hash) })
    });
    seal.transpose()
}
