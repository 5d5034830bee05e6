//! Hands an application from the pool (周转库) to a union that can take the worker.

use kernel::event::Event;
use kernel::{Cx, Result, approval};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::KEEPS_POOL;
use super::shape::{self, Application, Reader};
use super::{APPROVAL, application_entity as application, decide, destination};
use crate::access::{APPLICATION_DECIDE, APPLICATION_DISPATCH};
use crate::person::name::clean_text;

/// Where an application goes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DispatchInput {
    /// The application.
    pub id: Uuid,
    /// The union that is asked from now on.
    pub organization_id: Uuid,
    /// A word to it, at most 200 characters.
    #[serde(default)]
    pub note: Option<String>,
}

/// Hands an application to another union; its clock goes on, so that handing on
/// never makes a worker wait longer than promised.
///
/// # Errors
/// `not_found`, `approval.closed`, `destination.unknown`.
pub async fn dispatch(cx: Cx, input: DispatchInput) -> Result<Application> {
    let note = input.note.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let note = note.map(|text| clean_text(text, 200)).transpose()?;
    let tx = cx.begin().await?;
    let row = application::Entity::find_by_id(input.id).one(&tx).await?.ok_or_else(kernel::Error::not_found)?;
    cx.caller.must(&tx, APPLICATION_DISPATCH, row.organization_id).await?;
    let target = destination::taking_members(&tx, input.organization_id).await?;
    // Another pool anywhere in the city may be asked; a single union only by those above it.
    let pool = KEEPS_POOL.contains(&target.kind.as_str());
    if !pool {
        cx.caller.must(&tx, APPLICATION_DISPATCH, target.id).await?;
    }
    approval::hand_over(&tx, APPROVAL, row.id, (target.id, APPLICATION_DECIDE), note).await?;
    let mut change = row.clone().into_active_model();
    change.organization_id = Set(target.id);
    change.dispatch = Set(pool);
    let row = change.update(&tx).await?;
    let event = tx
        .record(Event::of("application.dispatched", "application", row.id).at(target.id).with("to", target.id))
        .await?;
    decide::tell_deciders(&tx, target.id, event).await?;
    let body = format!("您的入会申请已转到{}，由它答复。", target.name);
    let text = ("入会申请已转派", body.as_str());
    decide::tell(&tx, row.account_id, "application.dispatched", text, "/apply/status", event).await?;
    let answer = shape::application(&cx, &tx, row, Reader::Decider).await?;
    tx.commit(answer).await
}
