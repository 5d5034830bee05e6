//! What waits for the caller, and what he has done: approvals of every kind,
//! with the title and detail that the kind's own slice gives.
//!
//! Shown are approvals at the nodes on which the caller holds the permission (and
//! at the pools right below, which have no staff of their own), and those that are
//! overdue anywhere below him; and what the floors above this one tell
//! ([`kernel::waiting`]), each by its own rule.

use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;

use kernel::access::Permission;
use kernel::approval::{self, entity as approvals};
use kernel::page::{Page, PageInput};
use kernel::waiting::{Waiting, Words};
use kernel::{Cx, Id, Result, Routes};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{APPLICATION_DECIDE, ORGANIZATION_APPROVE};
use crate::member::rules::KEEPS_POOL;
use crate::{member, organization};

/// Permissions under which something of this floor can wait.
const WAITING: [Permission; 2] = [APPLICATION_DECIDE, ORGANIZATION_APPROVE];

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("todo")
        .get("/api/todo", "Lists what waits for the caller")
        .signed_in()
        .runs(todo)
        .get("/api/done", "Lists what the caller has decided")
        .signed_in()
        .runs(done)
}

/// Something that waits.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TodoItem {
    /// `application`, `founding`, or what another floor calls it: `issue_batch`, `settlement`, `dispute` …
    pub kind: String,
    /// The thing that waits.
    pub id: Uuid,
    /// In the words of the person who decides.
    pub title: String,
    /// One line more.
    pub detail: String,
    /// Where it waits.
    pub node_name: String,
    /// Since when.
    pub waiting_since: DateTime<Utc>,
    /// Until when.
    pub due: Option<NaiveDate>,
    /// Past that day.
    pub overdue: bool,
    /// Page on the desk.
    pub link: String,
}

/// What waits, oldest first, and how much of each kind is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TodoList {
    /// The rows.
    pub items: Vec<TodoItem>,
    /// Rows of this page by kind.
    pub counts: BTreeMap<String, u64>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// Something the caller decided.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DoneItem {
    /// As in the to-do list.
    pub kind: String,
    /// The thing.
    pub subject_id: Uuid,
    /// As in the to-do list.
    pub title: String,
    /// One line more.
    pub detail: String,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// `approved`, `returned`, `moved`.
    pub outcome: String,
}

/// Lists what waits for the caller.
///
/// # Errors
/// The database.
pub async fn todo(cx: Cx, page: PageInput) -> Result<TodoList> {
    let mut rows = own(&cx, &page).await?;
    for source in cx.app.policy.sources() {
        rows.extend(source.rows(&cx, &page).await?);
    }
    rows.sort_by_key(|row| row.place);
    let cut = Page::cut(rows, &page, |row| row.place.to_string());
    let nodes = node_names(&cx, &cut.items).await?;
    let items: Vec<TodoItem> = cut.items.into_iter().map(|row| item(&nodes, row)).collect();
    let mut counts = BTreeMap::new();
    for item in &items {
        *counts.entry(item.kind.clone()).or_default() += 1;
    }
    Ok(TodoList { items, counts, next: cut.next })
}

/// How many things wait for the caller: the rows of [`todo()`], on all its pages.
///
/// # Errors
/// The database.
pub async fn count(cx: &Cx) -> Result<u64> {
    let mut total = 0;
    for permission in WAITING {
        if cx.caller.holds(permission) {
            let scope = cx.caller.scope(permission);
            let nodes = nodes(cx, permission).await?;
            total += approval::count(cx.read(), permission, &nodes, (&scope, cx.today())).await?;
        }
    }
    for source in cx.app.policy.sources() {
        total += source.count(cx).await?;
    }
    Ok(total)
}

/// What waits of this floor.
async fn own(cx: &Cx, page: &PageInput) -> Result<Vec<Waiting>> {
    let mut rows = Vec::new();
    for permission in WAITING {
        if cx.caller.holds(permission) {
            rows.extend(waiting(cx, permission, page).await?);
        }
    }
    let words = own_words(cx, &rows).await?;
    Ok(rows.into_iter().map(|row| told(cx, &words, row)).collect())
}

async fn waiting(cx: &Cx, permission: Permission, page: &PageInput) -> Result<Vec<approvals::Model>> {
    let scope = cx.caller.scope(permission);
    let nodes = nodes(cx, permission).await?;
    approval::inbox(cx.read(), permission, &nodes, (&scope, cx.today()), page).await
}

async fn nodes(cx: &Cx, permission: Permission) -> Result<Vec<Id>> {
    let mut nodes = cx.caller.nodes_with(permission);
    nodes.extend(pools_below(cx, &nodes).await?);
    Ok(nodes)
}

/// Pools directly below: a town's joint union or an industry union has no desk of its own.
async fn pools_below(cx: &Cx, nodes: &[Id]) -> Result<Vec<Id>> {
    let mut pools = Vec::new();
    for node in nodes {
        let children = kernel::node::children(cx.read(), *node, cx.today()).await?;
        let found = organization::entity::Entity::find()
            .filter(organization::entity::Column::Id.is_in(children))
            .filter(organization::entity::Column::Kind.is_in(KEEPS_POOL.iter().copied()))
            .filter(organization::entity::Column::Kind.ne("town_federation"))
            .all(cx.read())
            .await?;
        pools.extend(found.into_iter().map(|row| row.id));
    }
    Ok(pools)
}

/// Lists what the caller has decided, newest first.
///
/// # Errors
/// The database.
pub async fn done(cx: Cx, page: PageInput) -> Result<Page<DoneItem>> {
    use approvals::decision;
    let mut rows = decision::Entity::find()
        .filter(decision::Column::DecidedBy.eq(cx.caller.account()?))
        .filter(decision::Column::Outcome.ne("withdrawn"))
        .order_by_desc(decision::Column::Id)
        .limit(page.fetch());
    if let Some(before) = page.after_id()? {
        rows = rows.filter(decision::Column::Id.lt(before));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    let ids: Vec<Id> = cut.items.iter().map(|row| row.approval_id).collect();
    let found = approvals::Entity::find().filter(approvals::Column::Id.is_in(ids)).all(cx.read()).await?;
    let words = words(&cx, &found).await?;
    let by_id: BTreeMap<Id, approvals::Model> = found.into_iter().map(|row| (row.id, row)).collect();
    let items = cut.items.into_iter().filter_map(|row| {
        let approval = by_id.get(&row.approval_id)?;
        let (title, detail) = words.get(&approval.subject_id).cloned().unwrap_or_default();
        Some(DoneItem {
            kind: approval.kind.clone(),
            subject_id: approval.subject_id,
            title,
            detail,
            decided_at: row.decided_at,
            outcome: row.outcome,
        })
    });
    Ok(Page { items: items.collect(), next: cut.next })
}

async fn words(cx: &Cx, rows: &[approvals::Model]) -> Result<Words> {
    let mut words = own_words(cx, rows).await?;
    for source in cx.app.policy.sources() {
        words.extend(source.words(cx, rows).await?);
    }
    Ok(words)
}

async fn own_words(cx: &Cx, rows: &[approvals::Model]) -> Result<Words> {
    let mut words = member::todo_rows(cx.read(), rows).await?;
    words.extend(organization::todo_rows(cx.read(), rows).await?);
    Ok(words)
}

async fn node_names(cx: &Cx, rows: &[Waiting]) -> Result<BTreeMap<Id, String>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.node_id).collect();
    let found =
        organization::entity::Entity::find().filter(organization::entity::Column::Id.is_in(ids)).all(cx.read()).await?;
    Ok(found.into_iter().map(|row| (row.id, row.name)).collect())
}

/// An approval of this floor as something that waits.
fn told(cx: &Cx, words: &Words, row: approvals::Model) -> Waiting {
    let link = match row.kind.as_str() {
        member::APPROVAL => format!("/applications/{}", row.subject_id),
        _ => format!("/unions/{}", row.subject_id),
    };
    Waiting::approval(row, words, link, cx.today())
}

fn item(nodes: &BTreeMap<Id, String>, row: Waiting) -> TodoItem {
    TodoItem {
        kind: row.kind,
        id: row.subject_id,
        title: row.title,
        detail: row.detail,
        node_name: nodes.get(&row.node_id).cloned().unwrap_or_default(),
        waiting_since: row.since,
        due: row.due,
        overdue: row.overdue,
        link: row.link,
    }
}
