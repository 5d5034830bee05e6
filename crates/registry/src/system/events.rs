//! The audit trail as an auditor reads it: newest first, filtered by what, by whom and about what.
//!
//! Reading it leaves no event: events hold no personal data.

use kernel::event::entity::{self as event, sealed};
use kernel::page::{Page, PageInput};
use kernel::time::Time;
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::EVENT_FILTER;
use super::kinds::label;
use crate::access::EVENT_READ;
use crate::staff::{accounts_named, organizations_named};

/// Which events are wanted.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct EventList {
    /// Kind, e.g. `role.granted`.
    pub kind: Option<String>,
    /// Id of what it is about.
    pub aggregate_id: Option<String>,
    /// Id of the account that acted.
    pub actor: Option<String>,
    /// The `next` of the page before: events older than this number.
    pub before: Option<String>,
    /// Rows wanted.
    pub limit: Option<u64>,
}

/// A sealed event.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventRow {
    /// Number in the chain, from 1.
    pub seq: i64,
    /// The event.
    pub id: Id,
    /// Stable kind.
    pub kind: String,
    /// What people call it; the kind itself where it has no name yet.
    pub kind_label: String,
    /// When.
    pub at: Time,
    /// Who acted; absent for the system and for strangers.
    pub actor_name: Option<String>,
    /// The union it concerns.
    pub node_name: Option<String>,
    /// Noun of what it is about.
    pub aggregate_kind: String,
    /// What it is about.
    pub aggregate_id: Id,
    /// Ids, codes and amounts.
    #[schema(value_type = Object)]
    pub payload: serde_json::Value,
    /// SM3 link of the chain, hexadecimal.
    pub hash: String,
}

/// Lists sealed events within the caller's scope, newest first.
///
/// # Errors
/// `event.filter`; the database.
pub async fn events(cx: Cx, input: EventList) -> Result<Page<EventRow>> {
    let page = PageInput::new(input.before.clone(), input.limit);
    let link = sealed::Entity::belongs_to(event::Entity).from(sealed::Column::EventId).to(event::Column::Id).into();
    let mut find = sealed::Entity::find()
        .join(JoinType::InnerJoin, link)
        .select_also(event::Entity)
        .filter(wanted(&cx, &input)?)
        .order_by_desc(sealed::Column::Seq)
        .limit(page.fetch());
    if let Some(before) = number(input.before.as_deref())? {
        find = find.filter(sealed::Column::Seq.lt(before));
    }
    let rows = find.all(cx.read()).await?.into_iter().filter_map(|(seal, row)| Some((seal, row?))).collect();
    shown(&cx, Page::cut(rows, &page, |(seal, _)| seal.seq.to_string())).await
}

fn wanted(cx: &Cx, input: &EventList) -> Result<Condition> {
    use event::Column;
    // What concerns no union (a sign-in, a parameter) belongs to the whole city, as the role that reads it does.
    let within = cx.caller.scope(EVENT_READ).covers((event::Entity, Column::NodeId));
    let mut filter = Condition::all().add(Condition::any().add(Column::NodeId.is_null()).add(within));
    if let Some(kind) = text(input.kind.as_deref()) {
        filter = filter.add(Column::Kind.eq(kind));
    }
    if let Some(id) = id(input.aggregate_id.as_deref(), "aggregate_id")? {
        filter = filter.add(Column::AggregateId.eq(id));
    }
    if let Some(id) = id(input.actor.as_deref(), "actor")? {
        filter = filter.add(Column::ActorId.eq(id));
    }
    Ok(filter)
}

fn text(raw: Option<&str>) -> Option<&str> {
    raw.map(str::trim).filter(|text| !text.is_empty())
}

fn id(raw: Option<&str>, field: &'static str) -> Result<Option<Id>> {
    let parsed = text(raw).map(str::parse).transpose();
    parsed.map_err(|_| EVENT_FILTER.refusal().on(field).into())
}

fn number(raw: Option<&str>) -> Result<Option<i64>> {
    text(raw).map(str::parse).transpose().map_err(|_| EVENT_FILTER.refusal().on("before").into())
}

async fn shown(cx: &Cx, page: Page<(sealed::Model, event::Model)>) -> Result<Page<EventRow>> {
    let actors = accounts_named(cx.read(), page.items.iter().filter_map(|(_, row)| row.actor_id).collect()).await?;
    let nodes = organizations_named(cx.read(), page.items.iter().filter_map(|(_, row)| row.node_id).collect()).await?;
    let shown = page.items.into_iter().map(|(seal, row)| {
        Ok(EventRow {
            seq: seal.seq,
            id: row.id,
            kind_label: label(&row.kind).to_owned(),
            kind: row.kind,
            at: row.at,
            actor_name: row.actor_id.and_then(|id| actors.get(&id)?.shown()),
            node_name: row.node_id.and_then(|id| nodes.get(&id).cloned()),
            aggregate_kind: row.aggregate_kind,
            aggregate_id: row.aggregate_id,
            payload: serde_json::from_str(&row.payload)?,
            hash: hex(&seal.hash),
        })
    });
    Ok(Page { items: shown.collect::<Result<_>>()?, next: page.next })
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
