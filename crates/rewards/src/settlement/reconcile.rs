//! Reconciles a file of the bank with a settlement: what agrees is paid, what does not is a difference with a to-do.

use kernel::command::retried;
use kernel::crypto::digest::sm3;
use kernel::event::Event;
use kernel::parameter;
use kernel::routes::Upload;
use kernel::{Cx, Error, Id, Result, Tx, calendar, file};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::classify::{BankLine, Class, Classified, Days, Expected, Outcome, classify};
use super::{SETTLEMENT_FILE_TWICE, SETTLEMENT_STATE, bank_read, effect, entity, find, item_entity as item};
use crate::merchant::access::SETTLEMENT_RUN;
use crate::merchant::bank_entity as bank;
use crate::merchant::parameters::BANK_EARLY_DAYS;
use crate::sheets::{gathered, rows};

/// Of which settlement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankStatementInput {
    /// The settlement.
    pub settlement_id: Uuid,
    /// Name of the file.
    pub name: String,
}

/// What a file of the bank said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reconciled {
    /// Lines of the file.
    pub lines: i64,
    /// Of them paid now.
    pub matched: i64,
    /// Of them told by an earlier file.
    pub repeated: i64,
    /// Differences that were found.
    pub differences: i64,
    /// Nothing is open any more.
    pub closed: bool,
}

/// Reconciles a file of the bank. The very same file again changes nothing, and whatever was paid stays paid once.
///
/// # Errors
/// `settlement.file`, `settlement.file_twice`, `settlement.state`, `file.*`, `sheet.*`, `ledger.*`, 404 outside the
/// caller's scope; the database.
pub async fn reconcile(cx: Cx, input: BankStatementInput, upload: Upload) -> Result<Reconciled> {
    let raw = gathered(upload).await?;
    let row = find::kept(&cx, cx.read(), SETTLEMENT_RUN, input.settlement_id).await?;
    let digest = sm3(&raw);
    let name = file::clean_name(&input.name);
    let lines = bank_read::lines(&rows(raw, name.clone()).await?)?;
    // Payments go on meanwhile: row locks and the ids of the transfers keep this apart from them, not a snapshot.
    retried(async || carry_out(cx.begin_bulk().await?, row.id, &name, &digest, &lines).await).await
}

async fn carry_out(tx: Tx, id: Id, name: &str, digest: &[u8; 32], lines: &[BankLine]) -> Result<Reconciled> {
    // The lock: two who upload at once stand in one line.
    let sql = "UPDATE settlement SET version = version + 1 WHERE id = $1 AND state IN ('sent', 'closed')";
    if tx.execute_sql(sql, [id.into()]).await? != 1 {
        return Err(SETTLEMENT_STATE.refusal().into());
    }
    let row = entity::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let items = find::items(&tx, id).await?;
    let expected = expected(&tx, &items).await?;
    let early = parameter::get_i64(&tx, BANK_EARLY_DAYS, "", tx.today()).await?;
    let sent = row.sent_at.map_or_else(|| tx.today(), calendar::china_day);
    let from = sent - chrono::Duration::days(early);
    let all = classify(lines, &expected, Days { from, to: tx.today() });
    let statement = enter(&tx, &row, name, digest, (lines, &all)).await?;
    let mut answer = Reconciled { lines: count(lines.len())?, ..Reconciled::default() };
    for one in &all {
        answer.matched += i64::from(one.class == Class::Matched);
        answer.repeated += i64::from(one.class == Class::Repeated);
        let line = one.line.and_then(|place| lines.get(place));
        take_effect(&tx, &row, one).await?;
        answer.differences += i64::from(differ(&tx, &row, statement, one, line, &items).await?);
    }
    answer.closed = effect::close_if_done(&tx, id).await?;
    let event = Event::of("settlement.reconciled", "settlement", id).at(row.organization_id);
    let event = event.with("lines", answer.lines).with("matched", answer.matched);
    tx.record(event.with("differences", answer.differences).with("closed", answer.closed)).await?;
    tx.commit(answer).await
}

fn count(many: usize) -> Result<i64> {
    i64::try_from(many).map_err(Error::internal)
}

/// The items with what earlier files told of them.
async fn expected(conn: &impl ConnectionTrait, items: &[item::Model]) -> Result<Vec<Expected>> {
    let banks =
        bank::Entity::find().filter(bank::Column::Id.is_in(items.iter().map(|item| item.bank_id))).all(conn).await?;
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let sql = "SELECT outcome, booked_on, serial FROM bank_statement_line
            WHERE item_id = $1 AND class IN ('matched', 'rejected', 'returned', 'duplicate', 'amount', 'day')";
        let statement = sea_orm::Statement::from_sql_and_values(conn.get_database_backend(), sql, [item.id.into()]);
        let mut known = Vec::new();
        for row in conn.query_all_raw(statement).await? {
            let outcome: String = row.try_get("", "outcome")?;
            let outcome = match outcome.as_str() {
                "paid" => Outcome::Paid,
                "rejected" => Outcome::Rejected,
                _ => Outcome::Returned,
            };
            known.push((outcome, row.try_get("", "booked_on")?, row.try_get("", "serial")?));
        }
        all.push(Expected {
            id: item.id,
            reference: item.reference.clone(),
            cents: item.amount_cents,
            tail: banks.iter().find(|bank| bank.id == item.bank_id).map(|bank| bank.tail.clone()).unwrap_or_default(),
            state: item.state.clone(),
            known,
        });
    }
    Ok(all)
}

/// Writes the file with its lines, once.
async fn enter(
    tx: &Tx,
    row: &entity::Model,
    name: &str,
    digest: &[u8; 32],
    (lines, all): (&[BankLine], &[Classified]),
) -> Result<Id> {
    let id = tx.id();
    let matched = all.iter().filter(|one| one.class == Class::Matched).count();
    let sql = "INSERT INTO bank_statement (id, settlement_id, name, digest, lines, matched, uploaded_by, uploaded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let values = [
        id.into(),
        row.id.into(),
        name.into(),
        digest.to_vec().into(),
        count(lines.len())?.into(),
        count(matched)?.into(),
        tx.caller().account_id().into(),
        tx.now().into(),
    ];
    if tx.execute_sql(sql, values).await? != 1 {
        return Err(SETTLEMENT_FILE_TWICE.refusal().into());
    }
    let mut rows = Vec::with_capacity(lines.len());
    for one in all {
        let Some(line) = one.line.and_then(|place| lines.get(place)) else { continue };
        rows.push(vec![
            id.into(),
            line.number.into(),
            line.reference.clone().into(),
            line.tail.clone().into(),
            line.cents.into(),
            line.outcome.as_str().into(),
            line.booked_on.into(),
            line.serial.clone().into(),
            line.said.clone().into(),
            one.class.as_str().into(),
            one.item.into(),
        ]);
    }
    kernel::db::insert_rows(tx, "bank_statement_line", &LINE_COLUMNS, rows, "").await?;
    Ok(id)
}

const LINE_COLUMNS: [&str; 11] = [
    "statement_id",
    "number",
    "reference",
    "tail",
    "cents",
    "outcome",
    "booked_on",
    "serial",
    "said",
    "class",
    "item_id",
];

/// What agrees is paid; what the bank refused or gave back is owed again.
async fn take_effect(tx: &Tx, row: &entity::Model, one: &Classified) -> Result<()> {
    let Some(item) = one.item else { return Ok(()) };
    // As it stands now: a line before may have changed it.
    let item = item::Entity::find_by_id(item).one(tx).await?.ok_or_else(Error::not_found)?;
    match one.class {
        Class::Matched => {
            effect::pay(tx, &item, &row.number, item.amount_cents).await?;
            settle_missing(tx, item.id).await
        }
        Class::Rejected => {
            effect::give_up(tx, &item, "rejected").await?;
            settle_missing(tx, item.id).await
        }
        Class::Returned => {
            effect::come_back(tx, &item, &row.number).await?;
            settle_missing(tx, item.id).await
        }
        _ => Ok(()),
    }
}

/// A line that an earlier file lacked is there now.
async fn settle_missing(tx: &Tx, item: Id) -> Result<()> {
    let Some(by) = tx.caller().account_id() else { return Ok(()) };
    let sql = "UPDATE settlement_difference SET state = 'done', action = 'close', reason = $2, proposed_by = NULL,
        proposed_at = NULL, decided_by = $3, decided_at = $4
        WHERE item_id = $1 AND class = 'missing' AND state <> 'done'";
    tx.execute_sql(sql, [item.into(), "后来的银行回单里有这一笔".into(), by.into(), tx.now().into()]).await?;
    Ok(())
}

/// Enters a difference; `false` when there is none, or the same one is open already.
async fn differ(
    tx: &Tx,
    row: &entity::Model,
    statement: Id,
    one: &Classified,
    line: Option<&BankLine>,
    items: &[item::Model],
) -> Result<bool> {
    if matches!(one.class, Class::Matched | Class::Repeated) {
        return Ok(false);
    }
    let expected = one.item.and_then(|id| items.iter().find(|item| item.id == id)).map(|item| item.amount_cents);
    let sql = "INSERT INTO settlement_difference
        (id, settlement_id, statement_id, line, item_id, class, expected_cents, actual_cents, state)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'open'
        WHERE $6 <> 'missing' OR NOT EXISTS (SELECT 1 FROM settlement_difference
            WHERE item_id = $5 AND class = 'missing' AND state <> 'done')";
    let values = [
        tx.id().into(),
        row.id.into(),
        statement.into(),
        line.map_or(0_i64, |line| line.number).into(),
        one.item.into(),
        one.class.as_str().into(),
        expected.into(),
        line.map(|line| line.cents).into(),
    ];
    Ok(tx.execute_sql(sql, values).await? == 1)
}
