//! Unions as rows: below a parent, by name, kind and state, as of a day.

use chrono::NaiveDate;
use kernel::access::below;
use kernel::page::{Page, PageInput};
use kernel::time::Day;
use kernel::{Cx, Id, Result, node};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{OrganizationKind, OrganizationState};
use super::{as_of, entity, join_search};
use crate::access::ORGANIZATION_READ;
use crate::division::Divisions;
use crate::member::count;

/// Which unions.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OrganizationsInput {
    /// Directly under this union.
    #[serde(default)]
    pub parent_id: Option<Uuid>,
    /// Anywhere below this union: the rows behind `unions` of the tree.
    #[serde(default)]
    pub within: Option<Uuid>,
    /// Of this kind.
    #[serde(default)]
    pub kind: Option<OrganizationKind>,
    /// Whose name is this, or begins with it.
    #[serde(default)]
    pub q: Option<String>,
    /// In this state on the day; founding and established ones unless told.
    #[serde(default)]
    pub state: Option<OrganizationState>,
    /// Added by this import.
    #[serde(default)]
    pub import_id: Option<Uuid>,
    /// As of which day; today unless told.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// One union in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrganizationRow {
    /// Which.
    pub id: Uuid,
    /// Its name on the day.
    pub name: String,
    /// What it is.
    pub kind: OrganizationKind,
    /// Its state on the day.
    pub state: OrganizationState,
    /// Its own code.
    pub uscc: Option<String>,
    /// Its town or district.
    pub town_name: Option<String>,
    /// Its own active members on the day.
    pub members: i64,
    /// Its chair on the day.
    pub chair_name: Option<String>,
}

/// Lists unions in the caller's scope, in order of their ids.
///
/// # Errors
/// `organization.as_of`, `input.invalid` for a foreign cursor; the database.
pub async fn list(cx: Cx, input: OrganizationsInput) -> Result<Page<OrganizationRow>> {
    let day = as_of::day(input.as_of, cx.today())?;
    let page = PageInput::new(input.after.clone(), input.limit);
    let mut rows = entity::Entity::find()
        .filter(reach(&cx, input.within, day).await?)
        .filter(there(input.state, day))
        .order_by_asc(entity::Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(entity::Column::Id.gt(after));
    }
    let rows = narrowed(rows, &input, day).all(cx.read()).await?;
    let page = Page::cut(rows, &page, |row| row.id.to_string());
    let shown = described(&cx, &page.items, day).await?;
    Ok(Page { items: shown, next: page.next })
}

/// What lay in the caller's reach on that day, and at or below the union asked for: figures of a past day follow the
/// tree of that day.
async fn reach(cx: &Cx, within: Option<Id>, day: Day) -> Result<Condition> {
    let scope = cx.caller.scope(ORGANIZATION_READ);
    let mut reach = Condition::all();
    for tops in scope.roots().into_iter().chain(within.as_ref().map(std::slice::from_ref)) {
        // Below the city federation is everything: nothing to go through.
        if !node::all_below(cx.read(), tops, day).await? {
            reach = reach.add(entity::Column::Id.in_subquery(below(tops, day)));
        }
    }
    Ok(reach)
}

fn narrowed(mut rows: Select<entity::Entity>, input: &OrganizationsInput, day: Day) -> Select<entity::Entity> {
    if let Some(parent) = input.parent_id {
        rows = rows.filter(entity::Column::Id.in_subquery(children(parent, day)));
    }
    if let Some(top) = input.within {
        rows = rows.filter(entity::Column::Id.ne(top));
    }
    if let Some(kind) = input.kind {
        rows = rows.filter(entity::Column::Kind.eq(kind.as_str()));
    }
    if let Some(import) = input.import_id {
        rows = rows.filter(Expr::col("import_id").eq(import));
    }
    if let Some(name) = input.q.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        rows = rows.filter(entity::Column::Name.gte(name)).filter(entity::Column::Name.lt(join_search::after(name)));
    }
    rows
}

fn children(parent: Id, day: Day) -> sea_orm::sea_query::SelectStatement {
    let in_force = Condition::any().add(Expr::col("valid_to").is_null()).add(Expr::col("valid_to").gt(day));
    Query::select()
        .column("child")
        .from("placement")
        .and_where(Expr::col("parent").eq(parent))
        .and_where(Expr::col("valid_from").lte(day))
        .cond_where(in_force)
        .to_owned()
}

/// The same rules as [`super::rules::Life::on`], as a filter.
fn there(state: Option<OrganizationState>, day: Day) -> Condition {
    use entity::Column::{CreatedAt, DissolvedOn, EstablishedOn, State};
    let open = || Condition::any().add(DissolvedOn.is_null()).add(DissolvedOn.gt(day));
    let ended = |state: &str| Condition::all().add(DissolvedOn.lte(day)).add(State.eq(state));
    let established = || Condition::all().add(EstablishedOn.lte(day)).add(open());
    let founding = || {
        let not_yet = Condition::any().add(EstablishedOn.is_null()).add(EstablishedOn.gt(day));
        Condition::all().add(CreatedAt.lt(as_of::end_of(day))).add(not_yet).add(open())
    };
    match state {
        Some(OrganizationState::Founding) => founding(),
        Some(OrganizationState::Established) => established(),
        Some(OrganizationState::Refused) => ended("refused"),
        Some(OrganizationState::Dissolved) => ended("dissolved"),
        None => Condition::any().add(founding()).add(established()),
    }
}

/// Rows with what stands in other tables, one query for each.
async fn described(cx: &Cx, rows: &[entity::Model], day: Day) -> Result<Vec<OrganizationRow>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut members = count::on(cx.read(), Some(&ids), day).await?;
    let mut chairs = as_of::chairs(cx.read(), &ids, day).await?;
    let mut former = as_of::former_names(cx.read(), day).await?;
    let divisions = Divisions::on(cx.read(), day).await?;
    let described = rows.iter().map(|row| {
        Ok(OrganizationRow {
            id: row.id,
            name: former.remove(&row.id).unwrap_or_else(|| row.name.clone()),
            kind: row.kind()?,
            state: row.state_on(day).unwrap_or(OrganizationState::Founding),
            uscc: row.uscc.clone(),
            town_name: divisions.name(&row.division_code).map(str::to_owned),
            members: members.remove(&row.id).unwrap_or_default(),
            chair_name: chairs.remove(&row.id),
        })
    });
    described.collect()
}
