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

/// A batch about to be entered, checked.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// The union that issues.
    pub organization_id: Id,
    /// The budget.
    pub budget_id: Id,
    /// Where the people come from.
    pub kind: BatchKind,
    /// What it is for.
    pub name: String,
    /// What each gets.
    pub each_cents: Option<i64>,
    /// The rule, in CEL.
    pub rule: Option<String>,
    /// The list and its name.
    pub file: Option<(Id, String)>,
    /// Last day of the points.
    pub expires_on: NaiveDate,
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
    let file = match input.file_id {
        Some(file_id) => {
            file::attach(&tx, file_id, PURPOSE, None).await?;
            Some((file_id, file::find(&tx, file_id).await?.name))
        }
        None => None,
    };
    let new = NewBatch {
        organization_id: union.id,
        budget_id: budget.account_id,
        kind: input.kind,
        name,
        each_cents: input.each_cents,
        rule: input.rule,
        file,
        expires_on: rules::expires_on(input.expires_on, usual, tx.today())?,
    };
    let row = enter(&tx, new).await?;
    if input.kind == BatchKind::Activity {
        name_people(&tx, &row, &input.membership_ids).await?;
    } else {
        job::enqueue(&tx, job_of(PREPARE, &row)?).await?;
    }
    let answer = shaped(&tx, vec![load(&tx, row.id).await?]).await?.pop().ok_or_else(kernel::Error::not_found)?;
    tx.commit(answer).await
}

/// Enters a batch that is to be prepared.
///
/// # Errors
/// The database.
pub async fn enter(tx: &Tx, new: NewBatch) -> Result<batch::Model> {
    let id = tx.id();
    let row = batch::ActiveModel {
        id: Set(id),
        organization_id: Set(new.organization_id),
        budget_id: Set(new.budget_id),
        kind: Set(new.kind.as_str().to_owned()),
        name: Set(new.name),
        each_cents: Set(new.each_cents),
        rule: Set(new.rule),
        file_id: Set(new.file.as_ref().map(|(id, _)| *id)),
        file_name: Set(new.file.map(|(_, name)| name)),
        expires_on: Set(new.expires_on),
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
        made_by: Set(tx.caller().account_id()),
        made_at: Set(tx.now()),
        released_at: Set(None),
        ended_at: Set(None),
        version: Set(1),
    };
    batch::Entity::insert(row).exec_without_returning(tx).await?;
    let event = Event::of("issue.created", "issue_batch", id).at(new.organization_id);
    tx.record(event.with("kind", new.kind).with("budget_id", new.budget_id)).await?;
    load(tx, id).await
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
