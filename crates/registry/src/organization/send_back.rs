//! The level above returns a founding with a reason; a new proposal may follow.

use kernel::approval;
use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{FOUNDING, approve, notify, record};

/// A no to a founding.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReturnFoundingInput {
    /// Which union.
    pub id: Uuid,
    /// What is to be put right, 2 to 200 characters.
    pub reason: String,
}

/// Returns the proposal; its name, code and employer are free again.
///
/// # Errors
/// `organization.reason`, `approval.closed`, `approval.own`, `founding.elsewhere`; the database.
pub async fn send_back(cx: Cx, input: ReturnFoundingInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let union = record::visible(&cx, &tx, input.id).await?;
    let reason = record::clean_reason(&input.reason)?;
    approve::must_decide(&cx, &tx, &union).await?;
    approval::send_back(&tx, FOUNDING, union.id, &reason).await?;
    let sql = "UPDATE organization SET state = 'refused', dissolved_on = $2 WHERE id = $1";
    tx.execute_sql(sql, [union.id.into(), tx.today().into()]).await?;
    record::touch(&tx, &union).await?;
    record::uncover(&tx, union.id).await?;
    let event = Event::of("organization.returned", "organization", union.id);
    let body = format!("{}的建会申请被退回：{reason}。请按理由补正后重新提出申请。", union.name);
    let event_id = record::record(&tx, event, Some(reason)).await?;
    notify::proposer(&tx, &union, ("organization.returned", event_id), ("建会申请被退回", body)).await?;
    tx.commit(Done {}).await
}
