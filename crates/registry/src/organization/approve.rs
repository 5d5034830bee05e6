//! The level above says yes; after the last yes the union is established.

use kernel::approval::{self, Progress};
use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Refusal, Result, Tx};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{FOUNDING, FOUNDING_ELSEWHERE, entity, notify, record};
use crate::access::ORGANIZATION_APPROVE;
use crate::person::name::clean_text;

/// A yes to a founding.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ApproveFoundingInput {
    /// Which union.
    pub id: Uuid,
    /// A word to the file.
    #[serde(default)]
    pub note: Option<String>,
    /// Length of the first term, 3 or 5 years; the longest the law allows unless told. Counts at the last stage.
    #[serde(default)]
    pub term_years: Option<u32>,
}

/// Says yes at the stage that waits.
///
/// # Errors
/// `approval.closed`, `approval.own`, `founding.elsewhere`, `organization.term`; the database.
pub async fn approve(cx: Cx, input: ApproveFoundingInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let union = record::visible(&cx, &tx, input.id).await?;
    must_decide(&cx, &tx, &union).await?;
    let note = input.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    let note = note.map(|note| clean_text(note, 200)).transpose().map_err(|fault| Refusal::from(fault).on("note"))?;
    match approval::approve(&tx, FOUNDING, union.id, note).await? {
        Progress::Next { node_id } => {
            let event = Event::of("organization.stage_approved", "organization", union.id).with("next_id", node_id);
            record::record(&tx, event, None).await?;
        }
        Progress::Final => establish(&tx, &union, input.term_years).await?,
    }
    tx.commit(Done {}).await
}

/// The caller may decide at the node that is asked now.
pub(super) async fn must_decide(cx: &Cx, tx: &Tx, union: &entity::Model) -> Result<()> {
    let waiting = approval::waiting(tx, FOUNDING, union.id).await?;
    if cx.caller.may(tx, ORGANIZATION_APPROVE, waiting.node_id).await? {
        return Ok(());
    }
    let asked = record::load(tx, waiting.node_id).await?;
    let sentence = format!("这件建会申请现在由“{}”审批，请等待对方办理。", asked.name);
    Err(FOUNDING_ELSEWHERE.with(sentence).into())
}

async fn establish(tx: &Tx, union: &entity::Model, term_years: Option<u32>) -> Result<()> {
    let today = tx.today();
    let (from, to) = record::term_of(union.kind()?, today, term_years)?;
    let sql = "UPDATE organization SET state = 'established', established_on = $2, term_from = $3, term_to = $4
        WHERE id = $1";
    tx.execute_sql(sql, [union.id.into(), today.into(), from.into(), to.into()]).await?;
    record::touch(tx, union).await?;
    if union.kind()?.takes_members() {
        record::open_link(tx, union.id).await?;
    }
    let event = Event::of("organization.established", "organization", union.id).with("on", today);
    let event_id = record::record(tx, event, None).await?;
    let body = format!("{}已批准成立，可以登记工会班子、打印入会二维码、发展会员了。", union.name);
    notify::proposer(tx, union, ("organization.established", event_id), ("建会申请已批准", body)).await
}
