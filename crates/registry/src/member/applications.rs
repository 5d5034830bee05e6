//! Applications within the caller's scope.

use kernel::page::{Page, PageInput};
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::application_entity as application;
use super::shape::{self, Application, Reader};
use crate::access::{APPLICATION_DECIDE, APPLICATION_DISPATCH, APPLICATION_READ};

/// Which applications.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ApplicationsInput {
    /// `waiting` (for anybody's answer), `submitted`, `waiting_dispatch`, `returned`, `approved`, `withdrawn`, `expired`; all unless told.
    #[serde(default)]
    pub state: Option<String>,
    /// Of one union only.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// Which application.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ApplicationInput {
    /// Its id.
    pub id: Uuid,
}

/// One application and what the caller may do with it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApplicationDetail {
    /// The application.
    #[serde(flatten)]
    pub application: Application,
    /// Permissions that the caller holds where it waits.
    pub permissions: Vec<String>,
}

/// Lists applications within the caller's scope, oldest first.
///
/// # Errors
/// The database.
pub async fn list(cx: Cx, input: ApplicationsInput) -> Result<Page<Application>> {
    let page = PageInput::new(input.after, input.limit);
    let mut rows = application::Entity::find()
        .filter(cx.caller.scope(APPLICATION_READ).covers(application::Column::OrganizationId))
        .order_by_asc(application::Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(application::Column::Id.gt(after));
    }
    if let Some(organization) = input.organization_id {
        rows = rows.filter(application::Column::OrganizationId.eq(organization));
    }
    rows = match input.state.as_deref() {
        None => rows,
        Some("waiting") => rows.filter(application::Column::State.eq("submitted")),
        Some("waiting_dispatch") => {
            rows.filter(application::Column::State.eq("submitted")).filter(application::Column::Dispatch.eq(true))
        }
        Some("submitted") => {
            rows.filter(application::Column::State.eq("submitted")).filter(application::Column::Dispatch.eq(false))
        }
        Some(state) => rows.filter(application::Column::State.eq(state)),
    };
    let found = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    let next = found.next;
    Ok(Page { items: shape::applications(&cx, cx.read(), found.items, Reader::Decider).await?, next })
}

/// Shows one application; outside the caller's scope it does not exist.
///
/// # Errors
/// `not_found`.
pub async fn one(cx: Cx, input: ApplicationInput) -> Result<ApplicationDetail> {
    let row = application::Entity::find_by_id(input.id).one(cx.read()).await?.ok_or_else(kernel::Error::not_found)?;
    cx.caller.must(cx.read(), APPLICATION_READ, row.organization_id).await?;
    let mut permissions = Vec::new();
    for permission in [APPLICATION_DECIDE, APPLICATION_DISPATCH] {
        if cx.caller.may(cx.read(), permission, row.organization_id).await? {
            permissions.push(permission.0.to_owned());
        }
    }
    Ok(ApplicationDetail { application: shape::application(&cx, cx.read(), row, Reader::Decider).await?, permissions })
}
