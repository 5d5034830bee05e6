//! Opens a budget.

use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, Tx};
use registry::organization::record;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{BudgetRow, shaped};
use super::{BUDGET_PURPOSE, BUDGET_TWICE, entity, rules};
use crate::access::BUDGET_KEEP;
use crate::ledger::{self, AccountKind, NewAccount};
use crate::points::{book, purpose};

/// What money is for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BudgetOpen {
    /// The union whose money it is.
    pub organization_id: Uuid,
    /// The year; this one unless told.
    #[serde(default)]
    pub fiscal_year: Option<i64>,
    /// A purpose from the list.
    pub purpose: String,
    /// The book; the city's own unless told.
    #[serde(default)]
    pub book_id: Option<Uuid>,
}

/// A budget about to be entered.
#[derive(Debug, Clone)]
pub struct NewBudget {
    /// The book.
    pub book_id: Id,
    /// The union.
    pub organization_id: Id,
    /// The year.
    pub fiscal_year: i64,
    /// The purpose.
    pub purpose: String,
}

/// Opens a budget.
///
/// # Errors
/// `budget.twice`, `budget.year`, `budget.purpose`, `book.unknown`, `organization.state`, 404 outside the caller's
/// scope; the database.
pub async fn open(cx: Cx, input: BudgetOpen) -> Result<BudgetRow> {
    let tx = cx.begin().await?;
    let union = record::load(&tx, input.organization_id).await?;
    cx.caller.must(&tx, BUDGET_KEEP, union.id).await?;
    record::must_be_established(&union)?;
    let book_id = match input.book_id {
        Some(id) => book::load(&tx, id).await?.id,
        None => ledger::own_book(&tx).await?,
    };
    let new = NewBudget {
        book_id,
        organization_id: union.id,
        fiscal_year: rules::year(input.fiscal_year, tx.today())?,
        purpose: input.purpose,
    };
    let id = enter(&tx, new).await?;
    let row = super::load(&tx, id).await?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}

/// Enters a budget with its account of the ledger; answers its id.
///
/// # Errors
/// `budget.twice`, `budget.purpose`; the database.
pub async fn enter(tx: &Tx, new: NewBudget) -> Result<Id> {
    let NewBudget { book_id, organization_id, fiscal_year, purpose } = new;
    if !purpose::CODES.contains(&purpose.as_str()) {
        return Err(BUDGET_PURPOSE.refusal().on("purpose").into());
    }
    let account = NewAccount {
        book_id,
        kind: AccountKind::Budget,
        owner_id: Some(organization_id),
        purpose: purpose.clone(),
        fiscal_year,
        floor_cents: Some(0),
    };
    let id = ledger::open_account(tx, account).await?;
    let row = entity::ActiveModel {
        account_id: Set(id),
        book_id: Set(book_id),
        organization_id: Set(organization_id),
        fiscal_year: Set(fiscal_year),
        purpose: Set(purpose.clone()),
        reserved_cents: Set(0),
        opened_by: Set(tx.caller().account_id()),
        opened_at: Set(tx.now()),
    };
    let insert = entity::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(tx).await? != 1 {
        return Err(BUDGET_TWICE.refusal().on("purpose").into());
    }
    let event = Event::of("budget.opened", "points_budget", id).at(organization_id);
    tx.record(event.with("fiscal_year", fiscal_year).with("purpose", purpose)).await?;
    Ok(id)
}
