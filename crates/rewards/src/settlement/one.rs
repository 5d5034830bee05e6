//! One settlement with its items, who did what, and what the bank said.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Id, Result};
use registry::staff::{AccountName, accounts_named};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::difference::DifferenceAction;
use super::list::{SettlementRow, shaped};
use super::{difference_entity as difference, entity, find, item_entity as item};
use crate::merchant::access::{SETTLEMENT_APPROVE, SETTLEMENT_READ, SETTLEMENT_RUN};
use crate::merchant::bank_entity as bank;
use crate::merchant::list::named;
use crate::points::book;

/// Which settlement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SettlementInput {
    /// Its id.
    pub settlement_id: Uuid,
}

/// A settlement with everything that belongs to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SettlementPage {
    /// As in the list.
    pub settlement: SettlementRow,
    /// Who did what, in order.
    pub steps: Vec<SettlementStepRow>,
    /// What each merchant gets.
    pub items: Vec<SettlementItem>,
    /// What the bank says otherwise.
    pub differences: Vec<SettlementDifference>,
    /// Files of the bank that were uploaded.
    pub statements: Vec<BankStatementRow>,
    /// The caller makes, checks and reconciles.
    pub may_run: bool,
    /// The caller releases, and this one was neither made nor checked by himself.
    pub may_approve: bool,
}

/// A step of a settlement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettlementStepRow {
    /// `made`, `checked`, `approved`, `sent`.
    pub what: String,
    /// Who.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What one merchant gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettlementItem {
    /// Which.
    pub id: Uuid,
    /// What the bank repeats.
    pub reference: String,
    /// To whom.
    pub merchant_id: Uuid,
    /// Its name.
    pub merchant_name: String,
    /// The last four digits of its account.
    pub bank_tail: String,
    /// How much, in cents.
    pub amount_cents: i64,
    /// What was paid, less what came back.
    pub paid_cents: i64,
    /// `open`, `paid`, `rejected`, `returned`, `released`.
    pub state: String,
}

/// What the bank says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettlementDifference {
    /// Which.
    pub id: Uuid,
    /// `rejected`, `amount`, `duplicate`, `unknown`, `missing`, `returned`, `day`.
    pub class: String,
    /// Number of the bank's line; 0 of a missing one.
    pub line: i64,
    /// What the bank repeats, where it is known.
    pub reference: Option<String>,
    /// To whom.
    pub merchant_name: Option<String>,
    /// What was asked, in cents.
    pub expected_cents: Option<i64>,
    /// What the bank says, in cents.
    pub actual_cents: Option<i64>,
    /// `open`, `proposed`, `done`.
    pub state: String,
    /// What is proposed, or was done.
    pub action: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What it stands on.
    pub voucher: Option<String>,
    /// Who proposed it.
    pub proposed_by: Option<String>,
    /// The caller proposed it, and does not decide it.
    pub own: bool,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// Why an earlier proposal was refused.
    pub refused: Option<String>,
    /// What can be done about it.
    pub actions: Vec<DifferenceAction>,
}

/// A file of the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankStatementRow {
    /// Which.
    pub id: Uuid,
    /// Name of the file.
    pub name: String,
    /// Its lines.
    pub lines: i64,
    /// Of them paid by it.
    pub matched: i64,
    /// When it was uploaded.
    pub uploaded_at: DateTime<Utc>,
}

/// Shows a settlement.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn one(cx: Cx, input: SettlementInput) -> Result<SettlementPage> {
    let conn = cx.read();
    let row = find::kept(&cx, conn, SETTLEMENT_READ, input.settlement_id).await?;
    let me = cx.caller.account_id();
    let may_run = cx.caller.may(conn, SETTLEMENT_RUN, row.organization_id).await?;
    let may_approve = cx.caller.may(conn, SETTLEMENT_APPROVE, row.organization_id).await?;
    let items = find::items(conn, row.id).await?;
    let differences = find::differences(conn, row.id).await?;
    let merchants = named(conn, items.iter().map(|item| item.merchant_id)).await?;
    let people = people(conn, &row, &differences).await?;
    let shape = |one: difference::Model| difference_row(one, &items, &merchants, &people, me);
    Ok(SettlementPage {
        steps: steps(&row, &people),
        differences: differences.into_iter().map(shape).collect(),
        items: item_rows(conn, &items, &merchants).await?,
        statements: statements(conn, row.id).await?,
        may_run,
        may_approve: may_approve && Some(row.made_by) != me && (row.checked_by.is_none() || row.checked_by != me),
        settlement: shaped(row, &book::names(conn).await?),
    })
}

async fn people(
    conn: &impl ConnectionTrait,
    row: &entity::Model,
    differences: &[difference::Model],
) -> Result<BTreeMap<Id, AccountName>> {
    let own = [Some(row.made_by), row.checked_by, row.approved_by, row.sent_by];
    let others = differences.iter().flat_map(|one| [one.proposed_by, one.decided_by]);
    accounts_named(conn, own.into_iter().chain(others).flatten().collect::<BTreeSet<Id>>()).await
}

fn shown(people: &BTreeMap<Id, AccountName>, id: Option<Id>) -> Option<String> {
    id.and_then(|id| people.get(&id)).and_then(AccountName::shown)
}

fn steps(row: &entity::Model, people: &BTreeMap<Id, AccountName>) -> Vec<SettlementStepRow> {
    let steps = [
        ("made", Some(row.made_by), Some(row.made_at)),
        ("checked", row.checked_by, row.checked_at),
        ("approved", row.approved_by, row.approved_at),
        ("sent", row.sent_by, row.sent_at),
    ];
    let step = |(what, by, at): (&str, Option<Id>, Option<DateTime<Utc>>)| {
        Some(SettlementStepRow { what: what.to_owned(), by: shown(people, by), at: at? })
    };
    steps.into_iter().filter_map(step).collect()
}

async fn item_rows(
    conn: &impl ConnectionTrait,
    items: &[item::Model],
    merchants: &BTreeMap<Id, String>,
) -> Result<Vec<SettlementItem>> {
    let banks =
        bank::Entity::find().filter(bank::Column::Id.is_in(items.iter().map(|item| item.bank_id))).all(conn).await?;
    let mut rows = Vec::with_capacity(items.len());
    for item in items {
        let sql = "SELECT CAST(COALESCE(sum(cents), 0) AS bigint) AS cents FROM settlement_payout WHERE item_id = $1";
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [item.id.into()]);
        let paid = conn.query_one_raw(statement).await?;
        rows.push(SettlementItem {
            id: item.id,
            reference: item.reference.clone(),
            merchant_id: item.merchant_id,
            merchant_name: merchants.get(&item.merchant_id).cloned().unwrap_or_default(),
            bank_tail: banks.iter().find(|bank| bank.id == item.bank_id).map(|b| b.tail.clone()).unwrap_or_default(),
            amount_cents: item.amount_cents,
            paid_cents: paid.map(|row| row.try_get("", "cents")).transpose()?.unwrap_or_default(),
            state: item.state.clone(),
        });
    }
    Ok(rows)
}

fn difference_row(
    one: difference::Model,
    items: &[item::Model],
    merchants: &BTreeMap<Id, String>,
    people: &BTreeMap<Id, AccountName>,
    me: Option<Id>,
) -> SettlementDifference {
    use DifferenceAction::{Close, Pay, PayAgain, Release};
    let item = one.item_id.and_then(|id| items.iter().find(|item| item.id == id));
    let open = item.is_some_and(|item| item.state == "open");
    let fit = [Pay, PayAgain, Release, Close].into_iter().filter(|action| action.fits(&one.class, open));
    SettlementDifference {
        actions: if one.state == "open" { fit.collect() } else { Vec::new() },
        reference: item.map(|item| item.reference.clone()),
        merchant_name: item.and_then(|item| merchants.get(&item.merchant_id).cloned()),
        proposed_by: shown(people, one.proposed_by),
        own: one.proposed_by.is_some() && one.proposed_by == me,
        decided_by: if one.state == "done" { shown(people, one.decided_by) } else { None },
        id: one.id,
        class: one.class,
        line: one.line,
        expected_cents: one.expected_cents,
        actual_cents: one.actual_cents,
        state: one.state,
        action: one.action,
        reason: one.reason,
        voucher: one.reference,
        refused: one.refused,
    }
}

async fn statements(conn: &impl ConnectionTrait, settlement: Id) -> Result<Vec<BankStatementRow>> {
    let sql = "SELECT id, name, lines, matched, uploaded_at FROM bank_statement WHERE settlement_id = $1
        ORDER BY uploaded_at, id";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [settlement.into()]);
    let shape = |row: sea_orm::QueryResult| -> Result<BankStatementRow> {
        Ok(BankStatementRow {
            id: row.try_get("", "id")?,
            name: row.try_get("", "name")?,
            lines: row.try_get("", "lines")?,
            matched: row.try_get("", "matched")?,
            uploaded_at: row.try_get("", "uploaded_at")?,
        })
    };
    conn.query_all_raw(statement).await.map_err(Error::from)?.into_iter().map(shape).collect()
}
