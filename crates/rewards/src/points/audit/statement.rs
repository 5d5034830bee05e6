//! A month of a union's budgets.

use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::month::{Month, Sums};
use super::sums::of_account;
use crate::access::POINTS_READ;
use crate::points::budget::entity as budget;
use crate::points::purpose;

/// Which month of which union.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct UnionStatementInput {
    /// The union.
    pub organization_id: Uuid,
    /// `2026-11`.
    pub month: String,
}

/// A month of a union.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnionStatement {
    /// `2026-11`.
    pub month: String,
    /// By budget.
    pub budgets: Vec<BudgetMonth>,
}

/// A month of a budget.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BudgetMonth {
    /// The budget.
    pub budget_id: Uuid,
    /// Its year.
    pub fiscal_year: i64,
    /// What it is for.
    pub purpose_label: String,
    /// What moved.
    pub sums: Sums,
}

/// Tells a month of a union's budgets.
///
/// # Errors
/// `points_month.form`, 404 outside the caller's scope; the database.
pub async fn statement(cx: Cx, input: UnionStatementInput) -> Result<UnionStatement> {
    told(&cx, &input).await
}

/// The month as it is shown and sent.
pub(super) async fn told(cx: &Cx, input: &UnionStatementInput) -> Result<UnionStatement> {
    let month = Month::parse(&input.month)?;
    cx.caller.must(cx.read(), POINTS_READ, input.organization_id).await?;
    let rows = budget::Entity::find()
        .filter(budget::Column::OrganizationId.eq(input.organization_id))
        .order_by_asc(budget::Column::FiscalYear)
        .order_by_asc(budget::Column::Purpose);
    let mut budgets = Vec::new();
    for row in rows.all(cx.read()).await? {
        budgets.push(BudgetMonth {
            budget_id: row.account_id,
            fiscal_year: row.fiscal_year,
            purpose_label: purpose::label(cx.read(), &row.purpose).await?,
            sums: of_account(cx.read(), row.account_id, month).await?,
        });
    }
    Ok(UnionStatement { month: month.to_string(), budgets })
}
