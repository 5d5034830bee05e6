//! A person's mandates, given and received.

use kernel::time::{Day, Time};
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Column, Entity, MandateScope, must_keep};
use crate::staff::rules::last_day;
use crate::staff::{accounts_named, persons_named};

/// A person has a handful; this many are shown.
const MOST: u64 = 200;

/// Whose mandates.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MandateList {
    /// The person.
    pub id: Id,
}

/// Authority of one person to act for another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MandateRow {
    /// The mandate.
    pub id: Id,
    /// For whom.
    pub principal_person_id: Id,
    /// Name of the principal.
    pub principal_name: Option<String>,
    /// Who may act.
    pub agent_person_id: Id,
    /// Name of the agent.
    pub agent_name: Option<String>,
    /// What may be done; absent for a scope this program does not know.
    pub scope: Option<MandateScope>,
    /// What people call it.
    pub scope_label: String,
    /// What it rests on.
    pub basis: String,
    /// First day.
    pub from: Day,
    /// Last day; absent without an end.
    pub to: Option<Day>,
    /// Holds today.
    pub in_force: bool,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// Name of who recorded it.
    pub recorded_by: Option<String>,
}

/// Mandates of a person, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Mandates {
    /// Given by the person; received ones too when the person asks himself.
    pub items: Vec<MandateRow>,
}

/// Lists a person's mandates.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn mandates(cx: Cx, input: MandateList) -> Result<Mandates> {
    must_keep(&cx, cx.read(), input.id).await?;
    let mut wanted = Condition::any().add(Column::PrincipalId.eq(input.id));
    if cx.caller.person_id() == Some(input.id) {
        wanted = wanted.add(Column::AgentId.eq(input.id));
    }
    let find = Entity::find().filter(wanted).order_by_desc(Column::Id).limit(MOST);
    let rows = find.all(cx.read()).await?;
    let persons =
        persons_named(cx.read(), rows.iter().flat_map(|row| [row.principal_id, row.agent_id]).collect()).await?;
    let recorders = accounts_named(cx.read(), rows.iter().filter_map(|row| row.recorded_by).collect()).await?;
    let items = rows.into_iter().map(|row| {
        let scope = MandateScope::of_name(&row.scope);
        let begun = row.valid_from <= cx.today() && row.valid_to.is_none_or(|end| cx.today() < end);
        MandateRow {
            id: row.id,
            principal_person_id: row.principal_id,
            principal_name: persons.get(&row.principal_id).cloned(),
            agent_person_id: row.agent_id,
            agent_name: persons.get(&row.agent_id).cloned(),
            scope,
            scope_label: scope.map_or(row.scope, |scope| scope.label().to_owned()),
            basis: row.basis,
            from: row.valid_from,
            to: last_day(row.valid_to),
            in_force: row.revoked_at.is_none() && begun,
            revoked_at: row.revoked_at,
            recorded_by: row.recorded_by.and_then(|id| recorders.get(&id)?.shown()),
        }
    });
    Ok(Mandates { items: items.collect() })
}
