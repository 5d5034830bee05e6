//! Opens an approval at the levels that a sum asks for.

use kernel::{Id, Result, Tx, approval, node, notice, parameter};
use registry::organization::entity as organization;
use registry::staff::holders;
use sea_orm::EntityTrait;

use super::APPROVAL_NOBODY;
use super::rules::{Step, Thresholds, ladder};
use crate::access::POINTS_APPROVE;
use crate::points::parameters::{APPROVE_ABOVE, APPROVE_CITY};

/// Opens an approval of so much money at a union, and tells those who are asked first.
///
/// # Errors
/// `points_approval.nobody`; the database.
pub async fn open(tx: &Tx, kind: &'static str, subject_id: Id, union: Id, cents: i64) -> Result<()> {
    let me = tx.caller().account_id();
    let code = organization::Entity::find_by_id(union).one(tx).await?.map(|row| row.division_code).unwrap_or_default();
    let thresholds = Thresholds {
        above: parameter::get_i64(tx, APPROVE_ABOVE, &code, tx.today()).await?,
        city: parameter::get_i64(tx, APPROVE_CITY, &code, tx.today()).await?,
    };
    let mut path = Vec::new();
    for node in node::path(tx, union, tx.today()).await? {
        let others = holders(tx, node, POINTS_APPROVE).await?;
        path.push(Step { node, somebody: others.iter().any(|account| Some(*account) != me) });
    }
    let stages: Vec<(Id, _)> =
        ladder(&path, cents, thresholds).into_iter().map(|node| (node, POINTS_APPROVE)).collect();
    let Some((first, _)) = stages.first().copied() else {
        return Err(APPROVAL_NOBODY.refusal().into());
    };
    approval::open(tx, approval::New { kind, subject_id, stages: &stages, due: None }).await?;
    tell(tx, first).await
}

/// Opens an approval at one node alone, whoever is there.
///
/// # Errors
/// `points_approval.nobody`; the database.
pub async fn open_at(tx: &Tx, kind: &'static str, subject_id: Id, node: Id) -> Result<()> {
    let me = tx.caller().account_id();
    if holders(tx, node, POINTS_APPROVE).await?.iter().all(|account| Some(*account) == me) {
        return Err(APPROVAL_NOBODY.refusal().into());
    }
    approval::open(tx, approval::New { kind, subject_id, stages: &[(node, POINTS_APPROVE)], due: None }).await?;
    tell(tx, node).await
}

/// Tells those who may approve at a node that something waits there.
///
/// # Errors
/// The database.
pub async fn tell(tx: &Tx, node: Id) -> Result<()> {
    let me = tx.caller().account_id();
    for account_id in holders(tx, node, POINTS_APPROVE).await? {
        if Some(account_id) == me {
            continue;
        }
        let new = notice::New {
            account_id,
            kind: "points.waiting",
            title: "有一笔积分经费等您审批".into(),
            body: "请打开“积分审批”，核对金额、用途和依据后办理。".into(),
            link: Some("/points/approvals".into()),
            event_id: None,
        };
        notice::send(tx, new).await?;
    }
    Ok(())
}
