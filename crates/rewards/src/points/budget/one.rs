//! One budget, with every request to move its money.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::allocated::{AllocationRow, allocations};
use super::backs::{PaidLine, paid_line};
use super::list::{BudgetRow, shaped};
use super::{funding_entity as funding, reach};
use crate::access::{BUDGET_KEEP, POINTS_ISSUE, POINTS_READ};
use crate::points::approval::{FUNDING, may_decide};
use crate::points::expiry::Forecast;
use crate::points::expiry::forecast::of_budget;

/// Requests shown at the most.
const SHOWN: u64 = 200;

/// Which budget.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BudgetInput {
    /// Its id.
    pub budget_id: Uuid,
}

/// A budget with everything that belongs to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BudgetPage {
    /// As in the list.
    pub budget: BudgetRow,
    /// Money that came in or went back, or is about to, the latest first.
    pub fundings: Vec<FundingRow>,
    /// Money that went to other budgets or came from them, or is about to, the latest first.
    pub allocations: Vec<AllocationRow>,
    /// What comes back in the next days unless it is spent.
    pub forecast: Forecast,
    /// The caller keeps it.
    pub may_keep: bool,
    /// The caller may issue from it.
    pub may_issue: bool,
}

/// A request to move money of a budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FundingRow {
    /// Which.
    pub id: Uuid,
    /// `top_up`, `give_back`.
    pub kind: String,
    /// How much, in cents.
    pub amount_cents: i64,
    /// Why.
    pub reason: String,
    /// `waiting`, `done`, `returned`; of money that goes back `paid` when a line of the bank shows it.
    pub state: String,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// The transfer that carried it out.
    pub transfer_id: Option<Uuid>,
    /// The bank line behind a top-up.
    pub bank_line: Option<FundingLine>,
    /// The bank line that paid what went back.
    pub paid: Option<PaidLine>,
    /// The caller may say yes or no now.
    pub may_approve: bool,
}

/// The bank line behind a top-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FundingLine {
    /// Which.
    pub id: Uuid,
    /// Its number at the bank.
    pub number: String,
    /// The bank's day.
    pub day: NaiveDate,
    /// Who paid.
    pub payer: String,
}

/// Shows a budget.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn one(cx: Cx, input: BudgetInput) -> Result<BudgetPage> {
    let row = reach::held(&cx, cx.read(), POINTS_READ, input.budget_id).await?;
    let (id, union) = (row.account_id, row.organization_id);
    Ok(BudgetPage {
        fundings: fundings(&cx, id).await?,
        allocations: allocations(cx.read(), id).await?,
        forecast: of_budget(cx.read(), id, cx.today()).await?,
        may_keep: cx.caller.may(cx.read(), BUDGET_KEEP, union).await?,
        may_issue: cx.caller.may(cx.read(), POINTS_ISSUE, union).await?,
        budget: shaped(cx.read(), vec![row]).await?.pop().ok_or_else(Error::not_found)?,
    })
}

async fn fundings(cx: &Cx, budget: Id) -> Result<Vec<FundingRow>> {
    let conn = cx.read();
    let rows = funding::Entity::find()
        .filter(funding::Column::BudgetId.eq(budget))
        .order_by_desc(funding::Column::AskedAt)
        .order_by_desc(funding::Column::Id)
        .limit(SHOWN);
    let mut shaped = Vec::new();
    for row in rows.all(conn).await? {
        let may_approve = row.state == "waiting" && may_decide(cx, FUNDING, row.id).await?;
        let gone = row.kind == "give_back" && row.state == "done";
        let paid = if gone { paid_line(conn, row.id).await? } else { None };
        shaped.push(FundingRow {
            may_approve,
            id: row.id,
            kind: row.kind,
            amount_cents: row.amount_cents,
            reason: row.reason,
            state: if paid.is_some() { "paid".to_owned() } else { row.state },
            paid,
            asked_at: row.asked_at,
            transfer_id: row.transfer_id,
            bank_line: match row.bank_line_id {
                Some(line) => bank_line(conn, line).await?,
                None => None,
            },
        });
    }
    Ok(shaped)
}

/// The bank line behind a top-up, as it is shown.
///
/// # Errors
/// The database.
pub async fn bank_line(conn: &impl ConnectionTrait, id: Id) -> Result<Option<FundingLine>> {
    let sql = "SELECT id, number, day, payer FROM bank_line WHERE id = $1";
    let row = conn.query_one_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, [id.into()])).await?;
    let line = row.map(|row| {
        Ok::<_, Error>(FundingLine {
            id: row.try_get("", "id")?,
            number: row.try_get("", "number")?,
            day: row.try_get("", "day")?,
            payer: row.try_get("", "payer")?,
        })
    });
    line.transpose()
}
