//! Changes a running budget item; what changed of its money is in the event.

use kernel::event::Event;
use kernel::{Cx, Error, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{FundRow, shaped};
use super::{FUND_CHANGED, FUND_CLOSED, entity, reach, rules};

/// What to change; what is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FundAdjust {
    /// Which.
    pub fund_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
    /// What it is for.
    #[serde(default)]
    pub purpose: Option<String>,
    /// What is to be reached.
    #[serde(default)]
    pub target: Option<String>,
    /// What may be spent, in cents.
    #[serde(default)]
    pub budget_cents: Option<i64>,
}

/// Changes a running budget item.
///
/// # Errors
/// `fund.form`, `fund.closed`, `fund.changed`, 404 outside the caller's scope; the database.
pub async fn adjust(cx: Cx, input: FundAdjust) -> Result<FundRow> {
    let purpose = input.purpose.as_deref().map(|text| rules::text(text, "purpose", "用途", 2, 500)).transpose()?;
    let target = input.target.as_deref().map(|text| rules::text(text, "target", "目标", 2, 200)).transpose()?;
    let budget_cents = input.budget_cents.map(rules::budget).transpose()?;
    let tx = cx.begin().await?;
    let row = reach::kept(&cx, &tx, input.fund_id).await?;
    if row.state == "closed" {
        return Err(FUND_CLOSED.refusal().into());
    }
    let sql = "UPDATE fund_item SET purpose = $3, target = $4, budget_cents = $5, version = version + 1
        WHERE id = $1 AND version = $2 AND state = 'running'";
    let values = [
        row.id.into(),
        input.version.into(),
        purpose.unwrap_or(row.purpose).into(),
        target.unwrap_or(row.target).into(),
        budget_cents.unwrap_or(row.budget_cents).into(),
    ];
    if tx.execute_sql(sql, values).await? != 1 {
        return Err(FUND_CHANGED.refusal().into());
    }
    let event = Event::of("fund.adjusted", "fund_item", row.id).at(row.organization_id);
    tx.record(event.with("budget_before", row.budget_cents).with("budget_cents", budget_cents)).await?;
    let row = entity::Entity::find_by_id(row.id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}
