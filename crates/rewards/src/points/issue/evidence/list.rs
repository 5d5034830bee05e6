//! The papers behind a batch, for those who make it, approve it or audit its union.

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Id, Result};
use registry::staff::{AccountName, accounts_named};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{self, Column};
use super::rules::must_take;
use crate::access::{POINTS_APPROVE, POINTS_AUDIT, POINTS_ISSUE};
use crate::points::issue::{batch_entity as batch, load};

/// Of which batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct IssueEvidenceInput {
    /// Its id.
    pub batch_id: Uuid,
}

/// Papers behind a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueEvidenceList {
    /// In the order in which they were added.
    pub items: Vec<IssueEvidenceRow>,
    /// The caller may add more.
    pub may_add: bool,
}

/// A paper behind a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueEvidenceRow {
    /// Which file.
    pub file_id: Uuid,
    /// Its name.
    pub name: String,
    /// By its content.
    pub content_type: String,
    /// Its size.
    pub bytes: i64,
    /// SM3 of the content, in hex.
    pub digest: String,
    /// Who added it.
    pub added_by: Option<String>,
    /// When.
    pub added_at: DateTime<Utc>,
}

/// Lists the papers behind a batch.
///
/// # Errors
/// 404 for who may not open them; the database.
pub async fn list(cx: Cx, input: IssueEvidenceInput) -> Result<IssueEvidenceList> {
    let row = opened(&cx, cx.read(), input.batch_id).await?;
    listed(&cx, cx.read(), &row).await
}

/// The papers, as they are listed.
///
/// # Errors
/// The database.
pub(super) async fn listed(cx: &Cx, conn: &impl ConnectionTrait, row: &batch::Model) -> Result<IssueEvidenceList> {
    let may_add = must_take(&row.state).is_ok() && cx.caller.may(conn, POINTS_ISSUE, row.organization_id).await?;
    Ok(IssueEvidenceList { items: of(conn, row.id).await?, may_add })
}

/// The papers behind a batch, in the order in which they were added.
///
/// # Errors
/// The database.
pub async fn of(conn: &impl ConnectionTrait, batch: Id) -> Result<Vec<IssueEvidenceRow>> {
    let rows = entity::Entity::find().filter(Column::BatchId.eq(batch)).order_by_asc(Column::Number);
    let rows = rows.all(conn).await?;
    let names = accounts_named(conn, rows.iter().map(|row| row.added_by).collect()).await?;
    let shape = |row: entity::Model| IssueEvidenceRow {
        file_id: row.file_id,
        name: row.name,
        content_type: row.content_type,
        bytes: row.bytes,
        digest: hex::encode(row.digest),
        added_by: names.get(&row.added_by).and_then(AccountName::shown),
        added_at: row.added_at,
    };
    Ok(rows.into_iter().map(shape).collect())
}

/// Whether the caller makes, approves or audits what a union issues. A list of signatures names people: who reads
/// figures alone sees how many papers there are.
///
/// # Errors
/// The database.
pub async fn may_open(cx: &Cx, conn: &impl ConnectionTrait, union: Id) -> Result<bool> {
    for permission in [POINTS_AUDIT, POINTS_APPROVE, POINTS_ISSUE] {
        if cx.caller.may(conn, permission, union).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A batch whose papers the caller may open.
///
/// # Errors
/// 404 for everybody else; the database.
pub(super) async fn opened(cx: &Cx, conn: &impl ConnectionTrait, batch: Id) -> Result<batch::Model> {
    let row = load(conn, batch).await?;
    if may_open(cx, conn, row.organization_id).await? { Ok(row) } else { Err(Error::not_found()) }
}
