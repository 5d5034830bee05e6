//! Approval by stages: something waits at a node for somebody with a permission
//! there; each stage says yes, or returns it with a reason, or hands it to another
//! node. A thing has one open approval of a kind (a database constraint), and
//! nobody decides on what he opened himself.
//!
//! ```no_run
//! # use kernel::{Id, Result, Tx, access::Permission, approval::{self, New, Progress}};
//! # const APPROVE: Permission = Permission("founding.approve");
//! # async fn example(tx: Tx, subject_id: Id, town: Id, county: Id) -> Result<()> {
//! let due = Some(tx.app().calendar.due_after_working_days(tx.today(), 5));
//! let stages = &[(town, APPROVE), (county, APPROVE)];
//! approval::open(&tx, New { kind: "founding", subject_id, stages, due }).await?;
//! match approval::approve(&tx, "founding", subject_id, None).await? {
//!     Progress::Next { node_id, .. } => { /* the county is asked now */ }
//!     Progress::Final => { /* carry it out */ }
//! }
//! # Ok(()) }
//! ```
//!
//! Batches are a loop of single decisions in the verb, a transaction each, so one
//! bad row does not hold the others.

pub mod entity;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::access::{Permission, Scope};
use crate::calendar::Due;
use crate::command::Tx;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::page::PageInput;
use crate::time::Day;
use entity::{decision, stage};

crate::refusals! {
    /// Somebody decided on it before, or it was withdrawn.
    APPROVAL_CLOSED = "approval.closed", CONFLICT, "这件事已经有人办过了，请刷新列表查看结果。";
    /// The person who opened it may not decide on it.
    APPROVAL_OWN = "approval.own", FORBIDDEN, "不能审批自己提交的事项，请由另一位有权限的同志办理。";
    /// It was returned without a reason.
    APPROVAL_REASON = "approval.reason", UNPROCESSABLE_ENTITY, "请写明退回原因（2 到 200 字），让对方知道怎样补正。";
}

/// An approval about to be opened.
pub struct New<'a> {
    /// What kind of thing waits, e.g. `founding`.
    pub kind: &'static str,
    /// Which thing.
    pub subject_id: Id,
    /// Who is asked, in order: node and permission there. At least one.
    pub stages: &'a [(Id, Permission)],
    /// Until when, with its derivation.
    pub due: Option<Due>,
}

/// How far an approval is after a yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The next stage is asked.
    Next {
        /// Where it waits now.
        node_id: Id,
    },
    /// All stages said yes; the verb carries the thing out.
    Final,
}

/// Opens an approval at its first stage.
///
/// # Errors
/// [`Error::Internal`] without a stage; the database (a second open one included).
pub async fn open(tx: &Tx, new: New<'_>) -> Result<Id> {
    let (node_id, permission) = *new.stages.first().ok_or_else(|| Error::internal("approval without a stage"))?;
    let id = tx.id();
    let derivation = new.due.as_ref().map(|due| due.derivation.clone()).unwrap_or_default();
    let row = entity::ActiveModel {
        id: Set(id),
        kind: Set(new.kind.to_owned()),
        subject_id: Set(new.subject_id),
        state: Set("open".to_owned()),
        stage: Set(1),
        stages: Set(i64::try_from(new.stages.len()).map_err(Error::internal)?),
        node_id: Set(node_id),
        permission: Set(permission.0.to_owned()),
        opened_by: Set(tx.caller().account_id()),
        opened_at: Set(tx.now()),
        due_on: Set(new.due.map(|due| due.day)),
        due_derivation: Set(serde_json::to_string(&derivation)?),
        closed_at: Set(None),
        version: Set(1),
    };
    entity::Entity::insert(row).exec_without_returning(tx).await?;
    for (number, (node, permission)) in (1..).zip(new.stages) {
        let row = stage::ActiveModel {
            approval_id: Set(id),
            stage: Set(number),
            node_id: Set(*node),
            permission: Set(permission.0.to_owned()),
        };
        stage::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(id)
}

/// The open approval of a thing.
///
/// # Errors
/// [`APPROVAL_CLOSED`] when none is open; the database.
pub async fn waiting(conn: &impl ConnectionTrait, kind: &str, subject_id: Id) -> Result<entity::Model> {
    latest(conn, kind, subject_id)
        .await?
        .filter(|row| row.state == "open")
        .ok_or_else(|| APPROVAL_CLOSED.refusal().into())
}

/// The newest approval of a thing, open or not.
///
/// # Errors
/// The database.
pub async fn latest(conn: &impl ConnectionTrait, kind: &str, subject_id: Id) -> Result<Option<entity::Model>> {
    let rows = entity::Entity::find()
        .filter(entity::Column::SubjectId.eq(subject_id))
        .filter(entity::Column::Kind.eq(kind))
        .order_by_desc(entity::Column::Id);
    Ok(rows.one(conn).await?)
}

/// Says yes at the present stage.
///
/// # Errors
/// [`APPROVAL_CLOSED`], [`APPROVAL_OWN`], or the database. The verb checks the
/// caller's permission at the approval's node before.
pub async fn approve(tx: &Tx, kind: &str, subject_id: Id, note: Option<String>) -> Result<Progress> {
    let row = decidable(tx, kind, subject_id).await?;
    decide(tx, &row, "approved", note).await?;
    let next = stage::Entity::find_by_id((row.id, row.stage + 1)).one(tx).await?;
    let Some(next) = next else {
        close(tx, &row, "approved").await?;
        return Ok(Progress::Final);
    };
    let sql = "UPDATE approval SET stage = stage + 1, node_id = $3, permission = $4, version = version + 1
        WHERE id = $1 AND version = $2 AND state = 'open'";
    let values = [row.id.into(), row.version.into(), next.node_id.into(), next.permission.into()];
    changed(tx.execute_sql(sql, values).await?)?;
    Ok(Progress::Next { node_id: next.node_id })
}

/// Returns the thing with a reason.
///
/// # Errors
/// [`APPROVAL_REASON`], [`APPROVAL_CLOSED`], [`APPROVAL_OWN`], or the database.
pub async fn send_back(tx: &Tx, kind: &str, subject_id: Id, reason: &str) -> Result<()> {
    let reason = reason.trim();
    if !(2..=200).contains(&reason.chars().count()) {
        return Err(APPROVAL_REASON.refusal().on("reason").into());
    }
    let row = decidable(tx, kind, subject_id).await?;
    decide(tx, &row, "returned", Some(reason.to_owned())).await?;
    close(tx, &row, "returned").await
}

/// Takes the thing back; the verb checks that the caller opened it.
///
/// # Errors
/// [`APPROVAL_CLOSED`], or the database.
pub async fn withdraw(tx: &Tx, kind: &str, subject_id: Id) -> Result<()> {
    let row = waiting(tx, kind, subject_id).await?;
    decide(tx, &row, "withdrawn", None).await?;
    close(tx, &row, "withdrawn").await
}

/// Hands the present stage to another node, with the same or another permission.
///
/// # Errors
/// [`APPROVAL_CLOSED`], or the database.
pub async fn hand_over(tx: &Tx, kind: &str, subject_id: Id, to: (Id, Permission), note: Option<String>) -> Result<()> {
    let row = waiting(tx, kind, subject_id).await?;
    decide(tx, &row, "moved", note).await?;
    let sql = "UPDATE approval SET node_id = $3, permission = $4, version = version + 1
        WHERE id = $1 AND version = $2 AND state = 'open'";
    changed(tx.execute_sql(sql, [row.id.into(), row.version.into(), to.0.into(), to.1.0.into()]).await?)
}

/// What waits for somebody under a permission, oldest first: at the given nodes,
/// and what is overdue anywhere in his scope.
///
/// # Errors
/// The database.
pub async fn inbox(
    conn: &impl ConnectionTrait,
    permission: Permission,
    nodes: &[Id],
    overdue: (&Scope, Day),
    page: &PageInput,
) -> Result<Vec<entity::Model>> {
    let mut rows = waiting_for(permission, nodes, overdue).order_by_asc(entity::Column::Id).limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(entity::Column::Id.gt(after));
    }
    Ok(rows.all(conn).await?)
}

/// How many rows [`inbox`] has in all.
///
/// # Errors
/// The database.
pub async fn count(
    conn: &impl ConnectionTrait,
    permission: Permission,
    nodes: &[Id],
    overdue: (&Scope, Day),
) -> Result<u64> {
    Ok(waiting_for(permission, nodes, overdue).count(conn).await?)
}

fn waiting_for(permission: Permission, nodes: &[Id], overdue: (&Scope, Day)) -> Select<entity::Entity> {
    let late = overdue.0.covers(entity::Column::NodeId).add(entity::Column::DueOn.lt(overdue.1));
    entity::Entity::find()
        .filter(entity::Column::State.eq("open"))
        .filter(entity::Column::Permission.eq(permission.0))
        .filter(Condition::any().add(entity::Column::NodeId.is_in(nodes.iter().copied())).add(late))
}

/// What was decided on a thing, oldest first.
///
/// # Errors
/// The database.
pub async fn history(conn: &impl ConnectionTrait, kind: &str, subject_id: Id) -> Result<Vec<decision::Model>> {
    let approvals = entity::Entity::find()
        .filter(entity::Column::SubjectId.eq(subject_id))
        .filter(entity::Column::Kind.eq(kind))
        .all(conn)
        .await?;
    let ids: Vec<Id> = approvals.into_iter().map(|row| row.id).collect();
    let rows =
        decision::Entity::find().filter(decision::Column::ApprovalId.is_in(ids)).order_by_asc(decision::Column::Id);
    Ok(rows.all(conn).await?)
}

async fn decidable(tx: &Tx, kind: &str, subject_id: Id) -> Result<entity::Model> {
    let row = waiting(tx, kind, subject_id).await?;
    if row.opened_by.is_some() && row.opened_by == tx.caller().account_id() {
        return Err(APPROVAL_OWN.refusal().into());
    }
    Ok(row)
}

async fn decide(tx: &Tx, row: &entity::Model, outcome: &str, note: Option<String>) -> Result<()> {
    let decision = decision::ActiveModel {
        id: Set(tx.id()),
        approval_id: Set(row.id),
        stage: Set(row.stage),
        outcome: Set(outcome.to_owned()),
        decided_by: Set(tx.caller().account_id()),
        decided_at: Set(tx.now()),
        note: Set(note),
    };
    decision::Entity::insert(decision).exec_without_returning(tx).await?;
    Ok(())
}

async fn close(tx: &Tx, row: &entity::Model, state: &str) -> Result<()> {
    let sql = "UPDATE approval SET state = $3, closed_at = $4, version = version + 1
        WHERE id = $1 AND version = $2 AND state = 'open'";
    changed(tx.execute_sql(sql, [row.id.into(), row.version.into(), state.into(), tx.now().into()]).await?)
}

fn changed(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(Error::Contention) }
}
