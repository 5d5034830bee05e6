//! Shows somebody his own application and draft.

use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;

use super::draft::Draft;
use super::shape::{self, Application, Reader};
use super::{application_entity as application, draft};

/// Where joining stands for the caller.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JoinStatus {
    /// The newest application.
    pub application: Option<Application>,
    /// What was kept before submitting.
    pub draft: Option<Draft>,
}

/// Shows the caller's application and draft.
///
/// # Errors
/// The database.
pub async fn status(cx: Cx, _: kernel::routes::Nothing) -> Result<JoinStatus> {
    let account = cx.caller.account()?;
    let application = match newest(cx.read(), account).await? {
        Some(row) => Some(shape::application(&cx, cx.read(), row, Reader::Owner).await?),
        None => None,
    };
    Ok(JoinStatus { application, draft: draft::load(&cx, account).await? })
}

/// The account's newest application.
pub(super) async fn newest(conn: &impl ConnectionTrait, account: Id) -> Result<Option<application::Model>> {
    let rows = application::Entity::find()
        .filter(application::Column::AccountId.eq(account))
        .order_by_desc(application::Column::Id);
    Ok(rows.one(conn).await?)
}
