//! What a rule made of events: figures, and row by row without a name.

use chrono::NaiveDate;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Error, Result};
use sea_orm::{ConnectionTrait, EntityTrait, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity;
use super::list::{PointRuleRow, shaped};
use crate::access::{POINTS_ISSUE, POINTS_READ};
use crate::points::approval::{RULE, may_decide};
use crate::points::issue::one::{MoneyDecision, decisions};
use crate::points::issue::report::{UseReport, of_subject};

/// Which rule.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PointRuleInput {
    /// Its id.
    pub rule_id: Uuid,
}

/// A rule with what it gave.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PointRulePage {
    /// As in the list.
    pub rule: PointRuleRow,
    /// What became of its points.
    pub report: UseReport,
    /// Events by what came of them.
    pub outcomes: Vec<GrantCount>,
    /// Who decided, oldest first.
    pub decisions: Vec<MoneyDecision>,
    /// The caller may end it.
    pub may_issue: bool,
    /// The caller may say yes or no now.
    pub may_approve: bool,
}

/// So many events had this outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GrantCount {
    /// `given`, `daily_cap`, `yearly_cap`, `limit`, `total`, `budget`, `nobody`, `ledger`.
    pub outcome: String,
    /// How many.
    pub events: i64,
}

/// Which grants.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct GrantsInput {
    /// The rule.
    pub rule_id: Uuid,
    /// With this outcome alone.
    #[serde(default)]
    pub outcome: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// What a rule made of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GrantRow {
    /// The event.
    pub event_id: Uuid,
    /// Its day.
    pub day: NaiveDate,
    /// What it gave, in cents.
    pub amount_cents: i64,
    /// `given`, or why not.
    pub outcome: String,
}

/// Shows a rule.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn one(cx: Cx, input: PointRuleInput) -> Result<PointRulePage> {
    let row = held(&cx, input.rule_id).await?;
    let sql = "SELECT COALESCE(cause, outcome) AS outcome, CAST(COUNT(*) AS bigint) AS events FROM point_grant
        WHERE rule_id = $1 GROUP BY COALESCE(cause, outcome) ORDER BY 1";
    let counts = cx.read().query_all_raw(cx.app.db.statement(sql, [row.id.into()])).await?;
    let counts = counts
        .iter()
        .map(|row| Ok(GrantCount { outcome: row.try_get("", "outcome")?, events: row.try_get("", "events")? }));
    Ok(PointRulePage {
        report: of_subject(cx.read(), row.id).await?,
        outcomes: counts.collect::<Result<_>>()?,
        decisions: decisions(&cx, RULE, row.id).await?,
        may_issue: cx.caller.may(cx.read(), POINTS_ISSUE, row.organization_id).await?,
        may_approve: may_decide(&cx, RULE, row.id).await?,
        rule: shaped(cx.read(), vec![row]).await?.pop().ok_or_else(Error::not_found)?,
    })
}

/// Lists what a rule made of events, the latest first.
///
/// # Errors
/// `input.invalid` for a bad cursor, 404 outside the caller's scope; the database.
pub async fn grants(cx: Cx, input: GrantsInput) -> Result<Page<GrantRow>> {
    let row = held(&cx, input.rule_id).await?;
    let page = PageInput::new(input.after, input.limit);
    let before = page.after_id()?.unwrap_or(Uuid::max());
    let limit = i64::try_from(page.fetch()).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![row.id.into(), before.into(), limit.into()];
    let only = input.outcome.map(|outcome| {
        values.push(outcome.into());
        "AND COALESCE(cause, outcome) = $4"
    });
    let sql = format!(
        "SELECT event_id, day, amount_cents, COALESCE(cause, outcome) AS outcome FROM point_grant
        WHERE rule_id = $1 AND event_id < $2 {} ORDER BY event_id DESC LIMIT $3",
        only.unwrap_or_default()
    );
    let rows = cx.read().query_all_raw(cx.app.db.statement(&sql, values)).await?;
    let items = rows.iter().map(|row| {
        Ok(GrantRow {
            event_id: row.try_get("", "event_id")?,
            day: row.try_get("", "day")?,
            amount_cents: row.try_get("", "amount_cents")?,
            outcome: row.try_get("", "outcome")?,
        })
    });
    Ok(Page::cut(items.collect::<Result<Vec<_>>>()?, &page, |row| row.event_id.to_string()))
}

async fn held(cx: &Cx, id: Uuid) -> Result<entity::Model> {
    let row = entity::Entity::find_by_id(id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(cx.read(), POINTS_READ, row.organization_id).await?;
    Ok(row)
}
