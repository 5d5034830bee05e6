//! Makes a point rule; another person approves it before it begins.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, Tx, parameter};
use registry::organization::record;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity;
use super::list::{PointRuleRow, shaped};
use super::rules::{Shape, check, most};
use crate::access::POINTS_ISSUE;
use crate::ledger;
use crate::points::approval::{self, RULE};
use crate::points::parameters::VALID_DAYS;
use crate::points::{budget, text};

/// What happens gives points.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PointRuleCreate {
    /// The budget that it draws on; its union is the one whose members it is for.
    pub budget_id: Uuid,
    /// What members read: 新会员见面礼.
    pub name: String,
    /// The kind of event, from the list.
    pub event_kind: String,
    /// What one event gives, in cents.
    pub amount_cents: i64,
    /// What a person gets on a day at the most.
    #[serde(default)]
    pub daily_cents: Option<i64>,
    /// What a person gets in a year at the most.
    #[serde(default)]
    pub yearly_cents: Option<i64>,
    /// What it gives altogether at the most, in cents.
    pub total_cents: i64,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub to_on: NaiveDate,
    /// For so many days the points are good; as usual unless told.
    #[serde(default)]
    pub valid_days: Option<i64>,
}

/// A rule about to be entered, checked.
#[derive(Debug, Clone)]
pub struct NewRule {
    /// The union whose members it is for.
    pub organization_id: Id,
    /// The budget that it draws on.
    pub budget_id: Id,
    /// What members read.
    pub name: String,
    /// The kind of event.
    pub event_kind: String,
    /// What one event gives.
    pub amount_cents: i64,
    /// A day at the most.
    pub daily_cents: Option<i64>,
    /// A year at the most.
    pub yearly_cents: Option<i64>,
    /// Altogether at the most.
    pub total_cents: i64,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub to_on: NaiveDate,
    /// For so many days the points are good.
    pub valid_days: i64,
    /// `waiting` for its approval, or `on`.
    pub state: &'static str,
}

/// Makes a rule.
///
/// # Errors
/// `points.form`, `point_rule.*`, `points_approval.nobody`, 404 outside the caller's scope; the database.
pub async fn create(cx: Cx, input: PointRuleCreate) -> Result<PointRuleRow> {
    let name = text::line(&input.name, "name", "名称", 2, 60)?;
    let amount_cents = text::amount(input.amount_cents, "amount_cents")?;
    let tx = cx.begin().await?;
    let budget = budget::load(&tx, input.budget_id).await?;
    cx.caller.must(&tx, POINTS_ISSUE, budget.organization_id).await?;
    let union = record::load(&tx, budget.organization_id).await?;
    record::must_be_established(&union)?;
    let usual = parameter::get_i64(&tx, VALID_DAYS, &union.division_code, tx.today()).await?;
    let new = NewRule {
        organization_id: union.id,
        budget_id: budget.account_id,
        name,
        event_kind: input.event_kind,
        amount_cents,
        daily_cents: input.daily_cents,
        yearly_cents: input.yearly_cents,
        total_cents: text::amount(input.total_cents, "total_cents")?,
        from_on: input.from_on,
        to_on: input.to_on,
        valid_days: input.valid_days.unwrap_or(usual),
        state: "waiting",
    };
    let row = enter(&tx, new).await?;
    // Asked are those who approve everything that it may cost: its total, or what is left of the budget if that is less.
    let free = ledger::balance(&tx, budget.account_id).await?.available_cents.saturating_sub(budget.reserved_cents);
    approval::open(&tx, RULE, row.id, union.id, most(input.total_cents, free)).await?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}

/// Enters a rule.
///
/// # Errors
/// `point_rule.*`; the database.
pub async fn enter(tx: &Tx, new: NewRule) -> Result<entity::Model> {
    let shape = Shape {
        event_kind: &new.event_kind,
        amount_cents: new.amount_cents,
        daily_cents: new.daily_cents,
        yearly_cents: new.yearly_cents,
        total_cents: new.total_cents,
        from_on: new.from_on,
        to_on: new.to_on,
        valid_days: new.valid_days,
    };
    check(shape, tx.today())?;
    let id = tx.id();
    let row = entity::ActiveModel {
        id: Set(id),
        organization_id: Set(new.organization_id),
        budget_id: Set(new.budget_id),
        name: Set(new.name),
        event_kind: Set(new.event_kind),
        amount_cents: Set(new.amount_cents),
        daily_cents: Set(new.daily_cents),
        yearly_cents: Set(new.yearly_cents),
        from_on: Set(new.from_on),
        to_on: Set(new.to_on),
        valid_days: Set(new.valid_days),
        state: Set(new.state.to_owned()),
        made_by: Set(tx.caller().account_id()),
        made_at: Set(tx.now()),
        ended_at: Set(None),
        return_reason: Set(None),
        given_cents: Set(0),
        total_cents: Set(Some(new.total_cents)),
    };
    entity::Entity::insert(row).exec_without_returning(tx).await?;
    let row = entity::Entity::find_by_id(id).one(tx).await?.ok_or_else(Error::not_found)?;
    let event = Event::of("point_rule.created", "point_rule", row.id).at(row.organization_id);
    let event = event.with("event_kind", &row.event_kind).with("amount_cents", row.amount_cents);
    tx.record(event.with("total_cents", new.total_cents)).await?;
    Ok(row)
}
