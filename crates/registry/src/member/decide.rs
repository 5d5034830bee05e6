//! The chair's answer: yes, or back with a reason; one or many at once. Every row
//! is a transaction of its own, so one bad row does not hold the others, and a
//! row that the same person decided the same way before counts as done.

use kernel::event::Event;
use kernel::{Cx, Error, Id, Refusal, Result, Tx, approval, notice};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{APPROVAL, BATCH_TOO_LARGE, DISPATCH_FIRST, application_entity as application, identify, known, rules};
use crate::access::APPLICATION_DECIDE;
use crate::organization::entity as organization;
use crate::staff::holders;

/// Rows a batch takes.
const MAX_BATCH: usize = 100;

/// Which applications to approve.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ApproveInput {
    /// 1 to 100.
    pub ids: Vec<Uuid>,
}

/// Which applications to return, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReturnInput {
    /// 1 to 100.
    pub ids: Vec<Uuid>,
    /// What the applicants should mend, 2 to 200 characters.
    pub reason: String,
}

/// What became of one row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RowResult {
    /// The application.
    pub id: Uuid,
    /// Carried out.
    pub ok: bool,
    /// Code of the refusal.
    pub code: Option<String>,
    /// Chinese sentence of the refusal.
    pub message: Option<String>,
}

/// One result a row, in the order asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchResult {
    /// The rows.
    pub results: Vec<RowResult>,
}

/// Approves applications.
///
/// # Errors
/// `batch.too_large`; what a single row meets stands in its result.
pub async fn approve(cx: Cx, input: ApproveInput) -> Result<BatchResult> {
    each(&cx, input.ids, approve_one).await
}

/// Returns applications with a reason.
///
/// # Errors
/// `reason.missing`, `batch.too_large`; what a single row meets stands in its result.
pub async fn send_back(cx: Cx, input: ReturnInput) -> Result<BatchResult> {
    let reason = rules::reason(&input.reason)?;
    each(&cx, input.ids, move |cx, id| return_one(cx, id, reason.clone())).await
}

async fn each<F, Fut>(cx: &Cx, ids: Vec<Id>, verb: F) -> Result<BatchResult>
where
    F: Fn(Cx, Id) -> Fut,
    Fut: Future<Output = Result<()>>,
{
    if ids.len() > MAX_BATCH {
        return Err(BATCH_TOO_LARGE.refusal().on("ids").into());
    }
    let mut results = Vec::with_capacity(ids.len());
    for id in ids {
        let refusal = match kernel::command::retried(|| verb(cx.unclaimed(), id)).await {
            Ok(()) => None,
            Err(Error::Refusal(refusal)) => Some(refusal),
            Err(Error::Contention) => Some(kernel::error::BUSY.refusal()),
            Err(error) => return Err(error),
        };
        results.push(row_result(id, refusal));
    }
    Ok(BatchResult { results })
}

fn row_result(id: Id, refusal: Option<Refusal>) -> RowResult {
    RowResult {
        id,
        ok: refusal.is_none(),
        code: refusal.as_ref().map(|refusal| refusal.code.to_string()),
        message: refusal.map(|refusal| refusal.message),
    }
}

async fn approve_one(cx: Cx, id: Id) -> Result<()> {
    let tx = cx.begin().await?;
    let row = load(&tx, id).await?;
    if decided_before(&tx, &row, "approved").await? {
        return Ok(());
    }
    let union = organization::Entity::find_by_id(row.organization_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    if !rules::HOLDS_MEMBERS.contains(&union.kind.as_str()) {
        return Err(DISPATCH_FIRST.refusal().into());
    }
    approval::approve(&tx, APPROVAL, id, None).await?;
    let membership = identify::membership_of(&tx, &row).await?;
    let approved = application::ActiveModel {
        state: Set("approved".to_owned()),
        decided_at: Set(Some(tx.now())),
        membership_id: Set(Some(membership)),
        ..row.clone().into_active_model()
    };
    approved.update(&tx).await?;
    let event = tx.record(Event::of("application.approved", "application", id).at(row.organization_id)).await?;
    let body = format!("您已是{}的会员，可以在“我的工会”里查看工会和干部。", union.name);
    tell(&tx, row.account_id, "application.approved", ("入会已批准", &body), "/union", event).await?;
    tx.commit(()).await
}

async fn return_one(cx: Cx, id: Id, reason: String) -> Result<()> {
    let tx = cx.begin().await?;
    let row = load(&tx, id).await?;
    if decided_before(&tx, &row, "returned").await? {
        return Ok(());
    }
    let silent = known::must_stay_silent(&tx, &row).await?;
    // The applicant reads the reason; about somebody on the roster it says nothing.
    let reason = if silent { rules::NEUTRAL_REASON.to_owned() } else { reason };
    approval::send_back(&tx, APPROVAL, id, &reason).await?;
    let returned = application::ActiveModel {
        state: Set("returned".to_owned()),
        decided_at: Set(Some(tx.now())),
        return_reason: Set(Some(reason.clone())),
        ..row.clone().into_active_model()
    };
    returned.update(&tx).await?;
    let event = tx.record(Event::of("application.returned", "application", id).at(row.organization_id)).await?;
    let body = format!("原因：{reason}。改好后可以直接再次提交，不用重填。");
    tell(&tx, row.account_id, "application.returned", ("入会申请需要补正", &body), "/apply/status", event).await?;
    tx.commit(()).await
}

async fn load(tx: &Tx, id: Id) -> Result<application::Model> {
    let row = application::Entity::find_by_id(id).one(tx).await?.ok_or_else(Error::not_found)?;
    tx.caller().must(tx, APPLICATION_DECIDE, row.organization_id).await?;
    Ok(row)
}

/// A second tap on the same button: the same person already decided this way.
async fn decided_before(tx: &Tx, row: &application::Model, outcome: &str) -> Result<bool> {
    if row.state != outcome {
        return Ok(false);
    }
    let last = approval::history(tx, APPROVAL, row.id).await?.pop();
    Ok(last.is_some_and(|decision| decision.outcome == outcome && decision.decided_by == tx.caller().account_id()))
}

/// Tells those who decide at this very union that something waits.
pub(super) async fn tell_deciders(tx: &Tx, organization: Id, event: Id) -> Result<()> {
    for account in holders(tx, organization, APPLICATION_DECIDE).await? {
        let text = ("有新的入会申请", "有职工申请入会，请在约定的日期前答复。");
        tell(tx, account, "application.submitted", text, "/approvals", event).await?;
    }
    Ok(())
}

/// Puts a message into an account's inbox, once per event.
pub(super) async fn tell(
    tx: &Tx,
    account_id: Id,
    kind: &'static str,
    (title, body): (&str, &str),
    link: &str,
    event: Id,
) -> Result<()> {
    let new = notice::New {
        account_id,
        kind,
        title: title.to_owned(),
        body: body.to_owned(),
        link: Some(link.to_owned()),
        event_id: Some(event),
    };
    notice::send(tx, new).await?;
    Ok(())
}
