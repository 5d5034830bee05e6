//! Enters a budget item.

use kernel::event::Event;
use kernel::{Cx, Error, Result};
use registry::organization::record;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{FundRow, shaped};
use super::{FUND_TWICE, entity, rules};
use crate::access::FUND_KEEP;
use crate::appraisal::rules as years;

/// What money is to be spent for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FundCreate {
    /// The union whose money it is.
    pub organization_id: Uuid,
    /// The year of the budget; as usual unless told.
    #[serde(default)]
    pub year: Option<i32>,
    /// What people call it: 高温送清凉.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// What is to be reached.
    pub target: String,
    /// So many of `unit`, where it can be counted.
    #[serde(default)]
    pub target_number: Option<i64>,
    /// 人次, 场, 套.
    #[serde(default)]
    pub unit: Option<String>,
    /// What may be spent, in cents.
    pub budget_cents: i64,
}

/// Enters a budget item.
///
/// # Errors
/// `fund.form`, `fund.twice`, `evaluation.year`, `organization.state`, 404 outside the caller's scope; the database.
pub async fn create(cx: Cx, input: FundCreate) -> Result<FundRow> {
    let name = rules::text(&input.name, "name", "项目名称", 2, 60)?;
    let purpose = rules::text(&input.purpose, "purpose", "用途", 2, 500)?;
    let target = rules::text(&input.target, "target", "目标", 2, 200)?;
    let measure = rules::measure(input.target_number, input.unit.as_deref())?;
    let budget_cents = rules::budget(input.budget_cents)?;
    let tx = cx.begin().await?;
    let union = record::load(&tx, input.organization_id).await?;
    cx.caller.must(&tx, FUND_KEEP, union.id).await?;
    record::must_be_established(&union)?;
    let year = years::year(input.year, tx.today())?;
    let id = tx.id();
    let row = entity::ActiveModel {
        id: Set(id),
        organization_id: Set(union.id),
        year: Set(year.into()),
        name: Set(name),
        purpose: Set(purpose),
        target: Set(target),
        target_number: Set(measure.as_ref().map(|(number, _)| *number)),
        unit: Set(measure.map(|(_, unit)| unit)),
        budget_cents: Set(budget_cents),
        state: Set("running".to_owned()),
        outcome: Set(None),
        outcome_number: Set(None),
        closed_on: Set(None),
        entered_by: Set(cx.caller.account_id()),
        entered_at: Set(tx.now()),
        version: Set(1),
    };
    let insert = entity::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(&tx).await? != 1 {
        return Err(FUND_TWICE.refusal().on("name").into());
    }
    let event = Event::of("fund.entered", "fund_item", id).at(union.id);
    tx.record(event.with("year", year).with("budget_cents", budget_cents)).await?;
    let row = entity::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}
