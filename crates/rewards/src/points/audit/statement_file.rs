//! A month of a union's budgets as a file.

use std::collections::BTreeSet;

use kernel::routes::Download;
use kernel::{Cx, Result};
use registry::staff::organizations_named;

use super::statement::{UnionStatementInput, told};
use super::sums::rows;
use crate::points::paper::{self, row};

/// Hands out a month of a union's budgets.
///
/// # Errors
/// `points_month.form`, 404 outside the caller's scope; the database.
pub async fn file(cx: Cx, input: UnionStatementInput) -> Result<Download> {
    let statement = told(&cx, &input).await?;
    let names = organizations_named(cx.read(), BTreeSet::from([input.organization_id])).await?;
    let union = names.get(&input.organization_id).map(String::as_str).unwrap_or_default();
    let mut paper = vec![row(&["工会", union]), row(&["月份", &statement.month])];
    for budget in &statement.budgets {
        paper.push(row(&["预算", &format!("{} 年{}", budget.fiscal_year, budget.purpose_label)]));
        paper.extend(rows(&budget.sums));
    }
    paper::sent(&format!("{union} 积分月报 {}", statement.month), paper).await
}
