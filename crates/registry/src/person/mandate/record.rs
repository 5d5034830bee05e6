//! Somebody is given authority to act for a person.

use kernel::event::Event;
use kernel::time::Day;
use kernel::{Cx, Id, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Entity, MANDATE_AGENT, MANDATE_BASIS, MANDATE_DATES, MANDATE_OWN, MANDATE_SELF, MANDATE_TWICE};
use super::{MandateScope, must_keep};
use crate::person::name::clean_text;
use crate::person::{entity as person, mandate_entity};

const BASIS_CHARS: std::ops::RangeInclusive<usize> = 2..=200;

/// Authority to be recorded, from today on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MandateRecord {
    /// The principal: for whom.
    pub id: Id,
    /// Who may act.
    pub agent_person_id: Id,
    /// What may be done.
    pub scope: MandateScope,
    /// What it rests on, 2 to 200 characters.
    pub basis: String,
    /// Last day; without an end unless given.
    #[serde(default)]
    pub valid_to: Option<Day>,
}

/// What was recorded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MandateRecorded {
    /// The mandate.
    pub id: Id,
}

/// Records that one person may act for another.
///
/// # Errors
/// `mandate.*` refusals; 404 outside the caller's scope; the database.
pub async fn record_mandate(cx: Cx, input: MandateRecord) -> Result<MandateRecorded> {
    let MandateRecord { id: principal, agent_person_id: agent, scope, .. } = input;
    if principal == agent {
        return Err(MANDATE_SELF.refusal().on("agent_person_id").into());
    }
    let basis =
        clean_text(&input.basis, *BASIS_CHARS.end()).ok().filter(|text| text.chars().count() >= *BASIS_CHARS.start());
    let basis = basis.ok_or_else(|| MANDATE_BASIS.refusal().on("basis"))?;
    let tx = cx.begin().await?;
    must_keep(&cx, &tx, principal).await?;
    if cx.caller.person_id() == Some(agent) {
        return Err(MANDATE_OWN.refusal().on("agent_person_id").into());
    }
    let valid_to = end_after(input.valid_to, tx.today())?;
    must_be_known(&tx, agent).await?;
    close_expired(&tx, principal, agent, scope).await?;
    let id = tx.id();
    let row = mandate_entity::ActiveModel {
        id: Set(id),
        principal_id: Set(principal),
        agent_id: Set(agent),
        scope: Set(scope.name().to_owned()),
        basis: Set(basis),
        valid_from: Set(tx.today()),
        valid_to: Set(valid_to),
        recorded_by: Set(cx.caller.account_id()),
        revoked_at: Set(None),
    };
    let unless_there = OnConflict::new().do_nothing().to_owned();
    if Entity::insert(row).on_conflict(unless_there).exec_without_returning(&tx).await? == 0 {
        return Err(MANDATE_TWICE.refusal().into());
    }
    let event = Event::of("mandate.recorded", "mandate", id).with("principal_id", principal);
    tx.record(event.with("agent_id", agent).with("scope", scope).with("to", input.valid_to)).await?;
    tx.commit(MandateRecorded { id }).await
}

fn end_after(last: Option<Day>, today: Day) -> Result<Option<Day>> {
    let Some(last) = last else {
        return Ok(None);
    };
    let end = last.succ_opt().filter(|_| last >= today);
    Ok(Some(end.ok_or_else(|| MANDATE_DATES.refusal().on("valid_to"))?))
}

async fn must_be_known(tx: &Tx, agent: Id) -> Result<()> {
    let found = person::Entity::find_by_id(agent).filter(person::Column::ErasedAt.is_null()).one(tx).await?;
    found.map(|_| ()).ok_or_else(|| MANDATE_AGENT.refusal().on("agent_person_id").into())
}

/// Marks a mandate whose time is over as ended, so that it bars no new one.
async fn close_expired(tx: &Tx, principal: Id, agent: Id, scope: MandateScope) -> Result<()> {
    let update = "UPDATE mandate SET revoked_at = $4
        WHERE principal_id = $1 AND agent_id = $2 AND scope = $3 AND revoked_at IS NULL AND valid_to <= $5";
    let values = [principal.into(), agent.into(), scope.name().into(), tx.now().into(), tx.today().into()];
    tx.execute_sql(update, values).await?;
    Ok(())
}
