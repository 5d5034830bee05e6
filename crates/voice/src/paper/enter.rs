//! Enters what stands on a sheet: the second of two who agree makes it a ballot.

use kernel::crypto::{open, seal};
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::code::Given;
use super::rules::{self, Entry, Sheet, Step};
use super::show::handed_out;
use super::{PAPER_CODE, PAPER_TOO_MANY, PAPER_UNKNOWN, find};
use crate::access::PAPER_ENTER;
use crate::appraisal;
use crate::instrument::answer::{self, Answers};
use crate::poll::sheet_entity::{Column, Entity, Model};
use crate::poll::{OnPaper, POLL_CLOSED, entity as poll, lock};

/// What stands on a sheet.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EnterInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// As scanned, or the 12 signs as typed.
    pub code: String,
    /// Answers by question id; see `Answers`.
    pub answers: serde_json::Value,
}

/// What became of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SheetOutcome {
    /// Somebody else enters it again.
    FirstEntry,
    /// Two people disagree: a third one enters it.
    Disputed,
    /// It is in the box.
    Entered,
}

/// An entry that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetEntered {
    /// What became of the sheet.
    pub outcome: SheetOutcome,
    /// The last four signs of its number.
    pub label: String,
}

/// Takes an entry.
///
/// # Errors
/// `paper.code`, `paper.unknown`, `paper.same_person`, `paper.disagrees`, `paper.entered`, `paper.void`,
/// `paper.too_many`, `paper.rated`, `poll.early`, `poll.closed`, `answer.*`, 404 outside the caller's reach; contention;
/// the database.
pub async fn enter(cx: Cx, input: EnterInput) -> Result<SheetEntered> {
    let found = find::running(&cx, PAPER_ENTER, input.evaluation_id).await?;
    let given = Given::read(&input.code).ok_or_else(|| PAPER_CODE.refusal().on("code"))?;
    let questions = appraisal::instrument(&found.evaluation)?.questions;
    let answers = answer::parse(&questions, &input.answers)?;
    let mine = Entry { by: cx.caller.account()?, answers: answers.canonical() };
    take(&cx, &found.poll, &given, mine, &answers).await
}

/// Takes an entry of a sheet of any box; the second of two who agree makes it the ballot `answers`.
///
/// # Errors
/// `paper.unknown`, `paper.same_person`, `paper.disagrees`, `paper.entered`, `paper.void`, `paper.too_many`,
/// `poll.closed`; contention; the database.
pub(super) async fn take(
    cx: &Cx,
    poll: &poll::Model,
    given: &Given,
    mine: Entry,
    answers: &Answers,
) -> Result<SheetEntered> {
    // Looked at before the transaction, which must be short: a token takes a moment to sign.
    let ballot = match rules::judge(&find_sheet(cx, poll.id, given).await?, mine.by, &mine.answers)? {
        Step::Agree => Some(OnPaper::prepare(cx, poll, answers).await?),
        Step::Keep | Step::Dispute => None,
    };
    let tx = cx.begin().await?;
    if !lock::open_alone(&tx, poll.id).await? {
        return Err(POLL_CLOSED.refusal().into());
    }
    let row = load(cx, &tx, poll.id, given).await?;
    let outcome = match (rules::judge(&sheet(cx, &row)?, mine.by, &mine.answers)?, ballot) {
        (Step::Keep, _) => keep(&tx, &row, &mine).await?,
        (Step::Dispute, _) => dispute(&tx, &row, &mine, given).await?,
        (Step::Agree, Some(ballot)) => agree(&tx, &row, &mine, ballot).await?,
        // Somebody else entered it a moment ago.
        (Step::Agree, None) => return Err(Error::Contention),
    };
    tx.commit(SheetEntered { outcome, label: given.label() }).await
}

/// A sheet as it stands.
///
/// # Errors
/// `paper.unknown`; the database.
pub(super) async fn find_sheet(cx: &Cx, poll: Id, given: &Given) -> Result<Sheet> {
    sheet(cx, &load(cx, cx.read(), poll, given).await?)
}

async fn load(cx: &Cx, conn: &impl ConnectionTrait, poll: Id, given: &Given) -> Result<Model> {
    let (column, value) = given.key(cx.app.keys.as_ref(), poll);
    let column = if column == "code_hash" { Column::CodeHash } else { Column::TypedHash };
    let row = Entity::find().filter(Column::PollId.eq(poll)).filter(column.eq(value.to_vec())).one(conn).await?;
    Ok(row.ok_or_else(|| PAPER_UNKNOWN.refusal().on("code"))?)
}

/// A row as the rules see it.
fn sheet(cx: &Cx, row: &Model) -> Result<Sheet> {
    let entry = |by: Option<Id>, sealed: &Option<Vec<u8>>| -> Result<Entry> {
        let (Some(by), Some(sealed)) = (by, sealed) else { return Err(Error::internal("a sheet without its entry")) };
        let answers = open(cx.app.keys.as_ref(), &place(row), sealed).map_err(Error::internal)?;
        Ok(Entry { by, answers: answers.to_vec() })
    };
    match row.state.as_str() {
        "printed" => Ok(Sheet::Printed),
        "first_entry" => Ok(Sheet::First(entry(row.first_by, &row.first_entry)?)),
        "disputed" => {
            Ok(Sheet::Disputed(entry(row.first_by, &row.first_entry)?, entry(row.second_by, &row.second_entry)?))
        }
        "entered" => Ok(Sheet::Entered),
        _ => Ok(Sheet::Void),
    }
}

async fn keep(tx: &Tx, row: &Model, mine: &Entry) -> Result<SheetOutcome> {
    let sql = "UPDATE paper_sheet SET state = 'first_entry', first_by = $3, first_entry = $4
        WHERE poll_id = $1 AND code_hash = $2 AND state = 'printed'";
    changed(tx, sql, row, vec![mine.by.into(), sealed(tx, row, mine)?]).await?;
    Ok(SheetOutcome::FirstEntry)
}

async fn dispute(tx: &Tx, row: &Model, mine: &Entry, given: &Given) -> Result<SheetOutcome> {
    let sql = "UPDATE paper_sheet SET state = 'disputed', second_by = $3, second_entry = $4, label = $5
        WHERE poll_id = $1 AND code_hash = $2 AND state = 'first_entry'";
    changed(tx, sql, row, vec![mine.by.into(), sealed(tx, row, mine)?, given.label().into()]).await?;
    Ok(SheetOutcome::Disputed)
}

async fn agree(tx: &Tx, row: &Model, mine: &Entry, ballot: OnPaper) -> Result<SheetOutcome> {
    let entered = Entity::find().filter(Column::PollId.eq(row.poll_id)).filter(Column::State.eq("entered"));
    let entered = entered.count(tx).await?;
    if handed_out(tx, row.poll_id).await? <= i64::try_from(entered).unwrap_or(i64::MAX) {
        return Err(PAPER_TOO_MANY.refusal().into());
    }
    // The answers stand in the ballot now, and nowhere beside the code of the sheet.
    let sql = "UPDATE paper_sheet SET state = 'entered', second_by = COALESCE(second_by, $3), first_entry = NULL,
        second_entry = NULL, label = NULL WHERE poll_id = $1 AND code_hash = $2 AND state IN ('first_entry', 'disputed')";
    changed(tx, sql, row, vec![mine.by.into()]).await?;
    ballot.put_in(tx).await?;
    Ok(SheetOutcome::Entered)
}

async fn changed(tx: &Tx, sql: &str, row: &Model, more: Vec<Value>) -> Result<()> {
    let mut values: Vec<Value> = vec![row.poll_id.into(), row.code_hash.clone().into()];
    values.extend(more);
    if tx.execute_sql(sql, values).await? == 1 { Ok(()) } else { Err(Error::Contention) }
}

fn sealed(tx: &Tx, row: &Model, mine: &Entry) -> Result<Value> {
    Ok(seal(tx.app().keys.as_ref(), &place(row), &mine.answers).map_err(Error::internal)?.into())
}

fn place(row: &Model) -> String {
    format!("paper_sheet.entry:{}:{}", row.poll_id, hex::encode(&row.code_hash))
}
