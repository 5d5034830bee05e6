//! Role grants in force.

use kernel::access::grant::{Column, Entity, Model};
use kernel::page::{Page, PageInput};
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::{accounts_named, organizations_named};
use super::rules::last_day;
use crate::access::ROLE_READ;

/// Which grants are wanted.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct RoleGrantList {
    /// Only those on this node.
    pub node_id: Option<Id>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Rows wanted.
    pub limit: Option<u64>,
}

/// A role somebody holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleGrantRow {
    /// The grant.
    pub id: Id,
    /// Who holds it.
    pub account_id: Id,
    /// Name of the holder, else the login.
    pub person_name: String,
    /// Login of a staff account.
    pub login: Option<String>,
    /// Stable name of the role.
    pub role: String,
    /// What people call the role.
    pub role_label: String,
    /// Where it is held; it flows down from here.
    pub node_id: Id,
    /// Name of the union there.
    pub node_name: String,
    /// First day.
    pub from: Day,
    /// Last day; absent without an end.
    pub to: Option<Day>,
    /// Name of who granted it; absent for the first administrators.
    pub granted_by: Option<String>,
}

/// Lists grants that hold today within the caller's scope, newest first.
///
/// # Errors
/// A spoilt cursor; the database.
pub async fn list(cx: Cx, input: RoleGrantList) -> Result<Page<RoleGrantRow>> {
    let page = PageInput::new(input.after, input.limit);
    let mut find = Entity::find()
        .filter(Column::RevokedAt.is_null())
        .filter(Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gt(cx.today())))
        .filter(cx.caller.scope(ROLE_READ).covers(Column::NodeId))
        .order_by_desc(Column::Id)
        .limit(page.fetch());
    if let Some(node) = input.node_id {
        find = find.filter(Column::NodeId.eq(node));
    }
    if let Some(after) = page.after_id()? {
        find = find.filter(Column::Id.lt(after));
    }
    let rows = Page::cut(find.all(cx.read()).await?, &page, |row| row.id.to_string());
    shown(&cx, rows).await
}

async fn shown(cx: &Cx, page: Page<Model>) -> Result<Page<RoleGrantRow>> {
    let involved = page.items.iter().flat_map(|row| [Some(row.account_id), row.granted_by]).flatten();
    let accounts = accounts_named(cx.read(), involved.collect()).await?;
    let nodes = organizations_named(cx.read(), page.items.iter().map(|row| row.node_id).collect()).await?;
    Ok(page.map(|row| {
        let holder = accounts.get(&row.account_id).cloned().unwrap_or_default();
        let label = cx.app.policy.find(&row.role).map(|role| role.label.to_owned());
        RoleGrantRow {
            id: row.id,
            account_id: row.account_id,
            person_name: holder.shown().unwrap_or_default(),
            login: holder.login,
            role_label: label.unwrap_or_else(|| row.role.clone()),
            role: row.role,
            node_id: row.node_id,
            node_name: nodes.get(&row.node_id).cloned().unwrap_or_default(),
            from: row.valid_from,
            to: last_day(row.valid_to),
            granted_by: row.granted_by.and_then(|id| accounts.get(&id)?.shown()),
        }
    }))
}
