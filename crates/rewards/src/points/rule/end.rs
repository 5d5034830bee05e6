//! Ends a rule; what it gave stays given.

use kernel::event::Event;
use kernel::{Cx, Error, Result, approval};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity;
use super::list::{PointRuleRow, shaped};
use super::turn_on::moved;
use crate::access::POINTS_ISSUE;
use crate::points::approval::RULE;

/// Which rule.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PointRuleEnd {
    /// Its id.
    pub rule_id: Uuid,
}

/// Ends a rule, or takes back one that waits.
///
/// # Errors
/// `point_rule.state`, 404 outside the caller's scope; the database.
pub async fn end(cx: Cx, input: PointRuleEnd) -> Result<PointRuleRow> {
    let tx = cx.begin().await?;
    let row = entity::Entity::find_by_id(input.rule_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(&tx, POINTS_ISSUE, row.organization_id).await?;
    if row.state == "waiting" {
        approval::withdraw(&tx, RULE, row.id).await?;
    }
    let sql = "UPDATE point_rule SET state = 'ended', ended_at = $2 WHERE id = $1 AND state IN ('waiting', 'on')";
    moved(tx.execute_sql(sql, [row.id.into(), tx.now().into()]).await?)?;
    tx.record(Event::of("point_rule.ended", "point_rule", row.id).at(row.organization_id)).await?;
    let row = entity::Entity::find_by_id(row.id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}
