//! Closes a budget item with what came of it.

use kernel::event::Event;
use kernel::{Cx, Error, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{FundRow, shaped};
use super::{FUND_CHANGED, FUND_CLOSED, FUND_FORM, entity, reach, rules};

/// What came of it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FundClose {
    /// Which item.
    pub fund_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
    /// What was reached.
    pub outcome: String,
    /// So many of the target's unit, where the target is a number.
    #[serde(default)]
    pub outcome_number: Option<i64>,
}

/// Closes a budget item: from here on it stands still, and members can be asked about it.
///
/// # Errors
/// `fund.form`, `fund.closed`, `fund.changed`, 404 outside the caller's scope; the database.
pub async fn close(cx: Cx, input: FundClose) -> Result<FundRow> {
    let outcome = rules::text(&input.outcome, "outcome", "实施结果", 2, 1000)?;
    let tx = cx.begin().await?;
    let row = reach::kept(&cx, &tx, input.fund_id).await?;
    if row.state == "closed" {
        return Err(FUND_CLOSED.refusal().into());
    }
    let fits = row.unit.is_some() == input.outcome_number.is_some() && input.outcome_number.is_none_or(|n| n >= 0);
    if !fits {
        let sentence = match &row.unit {
            Some(unit) => format!("目标有数量，请填写实际完成了多少{unit}。"),
            None => "目标没有数量，实际数量请留空，写在实施结果里。".to_owned(),
        };
        return Err(FUND_FORM.with(sentence).on("outcome_number").into());
    }
    let sql = "UPDATE fund_item SET state = 'closed', outcome = $3, outcome_number = $4, closed_on = $5,
        version = version + 1 WHERE id = $1 AND version = $2 AND state = 'running'";
    let values = [row.id.into(), input.version.into(), outcome.into(), input.outcome_number.into(), tx.today().into()];
    if tx.execute_sql(sql, values).await? != 1 {
        return Err(FUND_CHANGED.refusal().into());
    }
    tx.record(Event::of("fund.closed", "fund_item", row.id).at(row.organization_id)).await?;
    let row = entity::Entity::find_by_id(row.id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}
