//! Says yes to money, or returns the request with a reason.

use kernel::approval::{self, Progress, entity as approvals};
use kernel::event::Event;
use kernel::{Cx, Error, Result, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::stages::tell;
use super::{ALLOCATION, APPROVAL_AGAIN, BATCH, CORRECTION, FUNDING, RULE};
use crate::access::POINTS_APPROVE;
use crate::points::issue::{self, correction};
use crate::points::{budget, rule};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PointsApprovalKind {
    /// Money from or back to the bank.
    PointsFunding,
    /// Money from one budget to another.
    PointsAllocation,
    /// Points for many.
    IssueBatch,
    /// Points of a batch that are taken back.
    IssueCorrection,
    /// Points for an event.
    PointRule,
}

impl PointsApprovalKind {
    /// As it stands in the table of approvals.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PointsFunding => FUNDING,
            Self::PointsAllocation => ALLOCATION,
            Self::IssueBatch => BATCH,
            Self::IssueCorrection => CORRECTION,
            Self::PointRule => RULE,
        }
    }

    /// From the table.
    pub fn parse(text: &str) -> Option<Self> {
        let all =
            [Self::PointsFunding, Self::PointsAllocation, Self::IssueBatch, Self::IssueCorrection, Self::PointRule];
        all.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What to approve.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PointsApprove {
    /// What it is.
    pub kind: PointsApprovalKind,
    /// Which.
    pub subject_id: Uuid,
}

/// What to return, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PointsReturn {
    /// What it is.
    pub kind: PointsApprovalKind,
    /// Which.
    pub subject_id: Uuid,
    /// What should be mended, 2 to 200 characters.
    pub reason: String,
}

/// How far it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PointsDecided {
    /// `next` when a further level is asked, `done` when it is carried out, `returned`.
    pub progress: String,
}

/// Says yes at the present stage; at the last one it is carried out.
///
/// # Errors
/// `approval.closed`, `approval.own`, `points_approval.again`, `budget.short`, `ledger.*`, 404 outside the caller's
/// scope; the database.
pub async fn approve(cx: Cx, input: PointsApprove) -> Result<PointsDecided> {
    let tx = cx.begin().await?;
    let row = decidable(&cx, &tx, input.kind, input.subject_id).await?;
    let progress = match approval::approve(&tx, input.kind.as_str(), input.subject_id, None).await? {
        Progress::Next { node_id } => {
            tell(&tx, node_id).await?;
            "next"
        }
        Progress::Final => {
            match input.kind {
                PointsApprovalKind::PointsFunding => budget::carry_out(&tx, input.subject_id).await?,
                PointsApprovalKind::PointsAllocation => budget::carry_out_allocation(&tx, input.subject_id).await?,
                PointsApprovalKind::IssueBatch => issue::release(&tx, input.subject_id).await?,
                PointsApprovalKind::IssueCorrection => correction::release(&tx, input.subject_id).await?,
                PointsApprovalKind::PointRule => rule::turn_on(&tx, input.subject_id).await?,
            }
            "done"
        }
    };
    let event = Event::of("points.approved", input.kind.as_str(), input.subject_id).at(row.node_id);
    tx.record(event.with("stage", row.stage).with("progress", progress)).await?;
    tx.commit(PointsDecided { progress: progress.to_owned() }).await
}

/// Returns the request with a reason.
///
/// # Errors
/// `approval.closed`, `approval.own`, `approval.reason`, 404 outside the caller's scope; the database.
pub async fn send_back(cx: Cx, input: PointsReturn) -> Result<PointsDecided> {
    let tx = cx.begin().await?;
    let row = decidable(&cx, &tx, input.kind, input.subject_id).await?;
    approval::send_back(&tx, input.kind.as_str(), input.subject_id, &input.reason).await?;
    let reason = input.reason.trim();
    match input.kind {
        PointsApprovalKind::PointsFunding => budget::returned(&tx, input.subject_id).await?,
        PointsApprovalKind::PointsAllocation => budget::allocation_returned(&tx, input.subject_id).await?,
        PointsApprovalKind::IssueBatch => issue::returned(&tx, input.subject_id, reason).await?,
        PointsApprovalKind::IssueCorrection => correction::returned(&tx, input.subject_id, reason).await?,
        PointsApprovalKind::PointRule => rule::returned(&tx, input.subject_id, reason).await?,
    }
    tx.record(Event::of("points.returned", input.kind.as_str(), input.subject_id).at(row.node_id)).await?;
    tx.commit(PointsDecided { progress: "returned".to_owned() }).await
}

/// The open approval, where the caller may decide and did not before.
async fn decidable(cx: &Cx, tx: &Tx, kind: PointsApprovalKind, subject: Uuid) -> Result<approvals::Model> {
    // What the caller must not know of and what is not there are one answer.
    let latest = approval::latest(tx, kind.as_str(), subject).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(tx, POINTS_APPROVE, latest.node_id).await?;
    let row = approval::waiting(tx, kind.as_str(), subject).await?;
    let before = approval::history(tx, kind.as_str(), subject).await?;
    let me = cx.caller.account_id();
    let twice = before.iter().any(|one| one.approval_id == row.id && one.outcome == "approved" && one.decided_by == me);
    if twice && me.is_some() {
        return Err(APPROVAL_AGAIN.refusal().into());
    }
    Ok(row)
}
