//! Makes a batch; who gets how much is prepared by a job, or at once where members are named.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::{Cx, Id, Result, Tx, file, job, parameter};
use registry::member::entity as membership;
use registry::organization::record;
use registry::segment::Segment;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{BatchRow, shaped};
use super::prepare::{Drafted, Preparing};
use super::rules::{self, BatchKind};
use super::{BATCH_MEMBER, BATCH_PEOPLE, PREPARE, PURPOSE, batch_entity as batch, job_of, load};
use crate::access::POINTS_ISSUE;
use crate::points::parameters::VALID_DAYS;
use crate::points::{budget, text};

/// Points for many.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchCreate {
    /// The budget; its union issues.
    pub budget_id: Uuid,
    /// Where the people come from.
    pub kind: BatchKind,
    /// What it is for, as members read it: 2026 年端午节慰问.
    pub name: String,
    /// What each gets, in cents; a list says it row by row.
    #[serde(default)]
    pub each_cents: Option<i64>,
    /// Last day; as usual unless told.
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
    /// Memberships of those who are named.
    #[serde(default)]
    pub membership_ids: Vec<Uuid>,
    /// The list.
    #[serde(default)]
    pub file_id: Option<Uuid>,
    /// The rule, in CEL.
    #[serde(default)]
    pub rule: Option<String>,
}

/// Makes a batch.
///
/// # Errors
/// `points.form`, `issue.kind`, `issue.expires`, `issue.people`, `issue.member`, `segment.*`, `file.unknown`,
/// `organization.state`, 404 outside the caller's scope; the database.
pub async fn create(cx: Cx, input: BatchCreate) -> Result<BatchRow> {
    let name = text::line(&input.name, "name", "名称", 2, 60)?;
    let named = !input.membership_ids.is_empty();
    rules::suits(input.kind, input.each_cents, input.rule.is_some(), input.file_id.is_some(), named)?;
    if let Some(rule) = &input.rule {
        Segment::parse(rule)?;
    }
    let tx = cx.begin().await?;
    let budget = budget::load(&tx, input.budget_id).await?;
    cx.caller.must(&tx, POINTS_ISSUE, budget.organization_id).await?;
    let union = record::load(&tx, budget.organization_id).await?;
    record::must_be_established(&union)?;
    let usual = parameter::get_i64(&tx, VALID_DAYS, &union.division_code, tx.today()).await?;
    let file_name = match input.file_id {
        Some(file_id) => {
            file::attach(&tx, file_id, PURPOSE, None).await?;
            Some(file::find(&tx, file_id).await?.name)
        }
        None => None,
    };
    let row = batch::ActiveModel {
        id: Set(tx.id()),
        organization_id: Set(union.id),
        budget_id: Set(budget.account_id),
        kind: Set(input.kind.as_str().to_owned()),
        name: Set(name),
        each_cents: Set(input.each_cents),
        rule: Set(input.rule),
        file_id: Set(input.file_id),
        file_name: Set(file_name),
        expires_on: Set(rules::expires_on(input.expires_on, usual, tx.today())?),
        state: Set("preparing".to_owned()),
        cursor: Set(None),
        people: Set(0),
        amount_cents: Set(0),
        over_limit: Set(0),
        faults: Set(0),
        issued_people: Set(0),
        issued_cents: Set(0),
        refused_people: Set(0),
        trouble: Set(None),
        return_reason: Set(None),
        event_id: Set(None),
        made_by: Set(cx.caller.account_id()),
        made_at: Set(tx.now()),
        released_at: Set(None),
        ended_at: Set(None),
        version: Set(1),
    };
    let row = batch::Entity::insert(row).exec_with_returning(&tx).await?;
    if input.kind == BatchKind::Activity {
        name_people(&tx, &row, &input.membership_ids).await?;
    } else {
        job::enqueue(&tx, job_of(PREPARE, &row)?).await?;
    }
    let event = Event::of("issue.created", "issue_batch", row.id).at(union.id);
    tx.record(event.with("kind", input.kind).with("budget_id", budget.account_id)).await?;
    let answer = shaped(&tx, vec![load(&tx, row.id).await?]).await?.pop().ok_or_else(kernel::Error::not_found)?;
    tx.commit(answer).await
}

/// Enters members who were named one by one, and the batch is prepared.
async fn name_people(tx: &Tx, row: &batch::Model, memberships: &[Id]) -> Result<()> {
    if memberships.len() > rules::MOST_NAMED {
        return Err(BATCH_PEOPLE.refusal().on("membership_ids").into());
    }
    let below = kernel::node::subtree(tx, row.organization_id, tx.today()).await?;
    let persons: Vec<Id> = membership::Entity::find()
        .select_only()
        .column(membership::Column::PersonId)
        .filter(membership::Column::Id.is_in(memberships.iter().copied()))
        .filter(membership::Column::OrganizationId.is_in(below))
        .filter(membership::Column::State.eq("active"))
        .into_tuple()
        .all(tx)
        .await?;
    let asked: std::collections::BTreeSet<&Id> = memberships.iter().collect();
    if persons.len() != asked.len() {
        return Err(BATCH_MEMBER.refusal().on("membership_ids").into());
    }
    let each = row.each_cents.unwrap_or_default();
    let drafted: Vec<Drafted> =
        persons.into_iter().map(|person| Drafted { person, row_number: None, cents: each }).collect();
    let preparing = Preparing::of(tx, row.clone()).await?;
    preparing.keep(tx, &drafted).await?;
    preparing.prepared(tx).await
}
