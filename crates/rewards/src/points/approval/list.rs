//! What waits for the caller: money of every kind, with what he needs to know.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use kernel::approval::{self, entity as approvals};
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use registry::staff::{accounts_named, organizations_named};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::BATCH;
use super::decide::PointsApprovalKind;
use crate::access::POINTS_APPROVE;
use crate::points::budget::allocated::names;
use crate::points::budget::{allocation_entity as allocation, funding_entity as funding};
use crate::points::issue::batch_entity as batch;
use crate::points::issue::correction::entity as correction;
use crate::points::issue::evidence;
use crate::points::rule::entity as rule;

/// Money that waits for a yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PointsWaiting {
    /// What it is.
    pub kind: PointsApprovalKind,
    /// Which.
    pub subject_id: Uuid,
    /// What people call it.
    pub name: String,
    /// The union that asks.
    pub organization_name: String,
    /// How much, in cents; of a rule how much each time.
    pub amount_cents: i64,
    /// What a rule gives altogether at the most, in cents.
    pub total_cents: Option<i64>,
    /// How many people get it.
    pub people: Option<i64>,
    /// How many of them would get more than the limit of the year.
    pub over_limit: Option<i64>,
    /// Papers behind a batch.
    pub evidence_files: Option<i64>,
    /// Who asked.
    pub asked_by: Option<String>,
    /// The caller asked himself, and may not approve.
    pub own: bool,
    /// Since when.
    pub waiting_since: DateTime<Utc>,
    /// At which level it waits.
    pub node_name: String,
    /// Which stage of how many.
    pub stage: i64,
    /// How many levels say yes.
    pub stages: i64,
}

/// What is said of a subject.
pub(super) struct Said {
    /// What people call it.
    pub name: String,
    /// The union that asks.
    pub organization: Id,
    /// How much, in cents.
    pub amount_cents: i64,
    /// That much each time, as long as a rule holds.
    pub each: bool,
    /// Altogether at the most.
    pub total_cents: Option<i64>,
    /// How many people get it.
    pub people: Option<i64>,
    /// How many of them would get more than the limit of the year.
    pub over_limit: Option<i64>,
    /// Its page on the desk.
    pub link: String,
}

/// Lists what waits at the caller's levels, oldest first.
///
/// # Errors
/// The database.
pub async fn list(cx: Cx, page: PageInput) -> Result<Page<PointsWaiting>> {
    let nodes = cx.caller.nodes_with(POINTS_APPROVE);
    let scope = cx.caller.scope(POINTS_APPROVE);
    let rows = approval::inbox(cx.read(), POINTS_APPROVE, &nodes, (&scope, cx.today()), &page).await?;
    let cut = Page::cut(rows, &page, |row| row.id.to_string());
    let words = said_of(cx.read(), &cut.items).await?;
    let mut unions: BTreeSet<Id> = words.values().map(|one| one.organization).collect();
    unions.extend(cut.items.iter().map(|row| row.node_id));
    let names = organizations_named(cx.read(), unions).await?;
    let accounts = accounts_named(cx.read(), cut.items.iter().filter_map(|row| row.opened_by).collect()).await?;
    let batches = cut.items.iter().filter(|row| row.kind == BATCH).map(|row| row.subject_id);
    let papers = evidence::counts(cx.read(), batches.collect()).await?;
    let me = cx.caller.account_id();
    let items = cut.items.iter().filter_map(|row| {
        let said = words.get(&row.subject_id)?;
        Some(PointsWaiting {
            kind: PointsApprovalKind::parse(&row.kind)?,
            subject_id: row.subject_id,
            name: said.name.clone(),
            organization_name: names.get(&said.organization).cloned().unwrap_or_default(),
            amount_cents: said.amount_cents,
            total_cents: said.total_cents,
            people: said.people,
            over_limit: said.over_limit,
            evidence_files: (row.kind == BATCH).then(|| papers.get(&row.subject_id).copied().unwrap_or(0)),
            asked_by: row.opened_by.and_then(|id| accounts.get(&id)).and_then(registry::staff::AccountName::shown),
            own: row.opened_by.is_some() && row.opened_by == me,
            waiting_since: row.opened_at,
            node_name: names.get(&row.node_id).cloned().unwrap_or_default(),
            stage: row.stage,
            stages: row.stages,
        })
    });
    Ok(Page { items: items.collect(), next: cut.next })
}

/// What is said of what the approvals are about; those of other slices are left out.
///
/// # Errors
/// The database.
pub(super) async fn said_of(conn: &impl ConnectionTrait, rows: &[approvals::Model]) -> Result<BTreeMap<Id, Said>> {
    let of = |kind: PointsApprovalKind| -> Vec<Id> {
        rows.iter().filter(|row| row.kind == kind.as_str()).map(|row| row.subject_id).collect()
    };
    let mut words = BTreeMap::new();
    let batches = of(PointsApprovalKind::IssueBatch);
    for row in batch::Entity::find().filter(batch::Column::Id.is_in(batches)).all(conn).await? {
        let said = Said {
            link: format!("/points/batches/{}", row.id),
            each: false,
            total_cents: None,
            name: row.name,
            organization: row.organization_id,
            amount_cents: row.amount_cents,
            people: Some(row.people),
            over_limit: Some(row.over_limit),
        };
        words.insert(row.id, said);
    }
    let rules = of(PointsApprovalKind::PointRule);
    for row in rule::Entity::find().filter(rule::Column::Id.is_in(rules)).all(conn).await? {
        let said = Said {
            link: format!("/points/rules/{}", row.id),
            each: true,
            total_cents: row.total_cents,
            name: row.name,
            organization: row.organization_id,
            amount_cents: row.amount_cents,
            people: None,
            over_limit: None,
        };
        words.insert(row.id, said);
    }
    let fundings = of(PointsApprovalKind::PointsFunding);
    for row in funding::Entity::find().filter(funding::Column::Id.is_in(fundings)).all(conn).await? {
        let name = if row.kind == "top_up" { "经费入账" } else { "余款退回" };
        let said = Said {
            link: format!("/points/budgets/{}", row.budget_id),
            each: false,
            total_cents: None,
            name: format!("{name}：{}", row.reason),
            organization: owner(conn, row.budget_id).await?,
            amount_cents: row.amount_cents,
            people: None,
            over_limit: None,
        };
        words.insert(row.id, said);
    }
    allocated(conn, of(PointsApprovalKind::PointsAllocation), &mut words).await?;
    corrected(conn, of(PointsApprovalKind::IssueCorrection), &mut words).await?;
    Ok(words)
}

/// Points that are asked back: of which batch, and why.
async fn corrected(conn: &impl ConnectionTrait, ids: Vec<Id>, words: &mut BTreeMap<Id, Said>) -> Result<()> {
    for row in correction::Entity::find().filter(correction::Column::Id.is_in(ids)).all(conn).await? {
        let of = batch::Entity::find_by_id(row.batch_id).one(conn).await?.ok_or_else(kernel::Error::not_found)?;
        let said = Said {
            link: format!("/points/batches/{}", row.batch_id),
            each: false,
            total_cents: None,
            name: format!("收回“{}”：{}", of.name, row.reason),
            organization: row.organization_id,
            amount_cents: row.amount_cents,
            people: Some(row.people),
            over_limit: None,
        };
        words.insert(row.id, said);
    }
    Ok(())
}

/// Money between budgets: where it goes is what who approves must know.
async fn allocated(conn: &impl ConnectionTrait, ids: Vec<Id>, words: &mut BTreeMap<Id, Said>) -> Result<()> {
    let rows = allocation::Entity::find().filter(allocation::Column::Id.is_in(ids)).all(conn).await?;
    let budgets = names(conn, rows.iter().flat_map(|row| [row.from_id, row.to_id]).collect()).await?;
    let name = |budget: Id| budgets.get(&budget).map(String::as_str).unwrap_or_default();
    for row in rows {
        let said = Said {
            link: "/points/approvals".to_owned(),
            each: false,
            total_cents: None,
            name: format!("预算调剂：从“{}”到“{}”，{}", name(row.from_id), name(row.to_id), row.reason),
            organization: owner(conn, row.from_id).await?,
            amount_cents: row.amount_cents,
            people: None,
            over_limit: None,
        };
        words.insert(row.id, said);
    }
    Ok(())
}

async fn owner(conn: &impl ConnectionTrait, budget: Id) -> Result<Id> {
    let sql = "SELECT organization_id FROM points_budget WHERE account_id = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [budget.into()]);
    let row = conn.query_one_raw(statement).await?.ok_or_else(kernel::Error::not_found)?;
    Ok(row.try_get("", "organization_id")?)
}
