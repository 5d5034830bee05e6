//! The page of one union: what it is, who leads it, who belongs, what happened, what this caller may do.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::access::Permission;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, approval, node};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{OfficerTitle, OrganizationKind, OrganizationState};
use super::{FOUNDING, as_of, entity, history, officer_entity as officer, record};
use crate::access::{ORGANIZATION_APPROVE, ORGANIZATION_CHANGE, ORGANIZATION_FOUND, ORGANIZATION_KEEP};
use crate::division::Divisions;
use crate::employer::{self, EmployerRow};
use crate::member::count;

/// Which union, as of which day.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OrganizationInput {
    /// Which.
    pub id: Uuid,
    /// Today unless told.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
}

/// A union.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Organization {
    /// Which.
    pub id: Uuid,
    /// Its name on the day.
    pub name: String,
    /// What it is.
    pub kind: OrganizationKind,
    /// What people call that.
    pub kind_label: String,
    /// Its state on the day.
    pub state: OrganizationState,
    /// Its own code.
    pub uscc: Option<String>,
    /// Where it is.
    pub division_code: String,
    /// What that place is called.
    pub division_name: String,
    /// The union above.
    pub parent_id: Option<Uuid>,
    /// Its name.
    pub parent_name: Option<String>,
    /// From the city federation down to this union.
    pub path: Vec<PathStep>,
    /// Whose workers it stands for.
    pub employers: Vec<EmployerRow>,
    /// How many work there, as declared.
    pub employees_declared: Option<i64>,
    /// Since when it is established.
    pub established_on: Option<NaiveDate>,
    /// First day of the committee's term.
    pub term_from: Option<NaiveDate>,
    /// First day after it.
    pub term_to: Option<NaiveDate>,
    /// Who to ask for.
    pub contact_name: Option<String>,
    /// Where to ring, masked.
    pub contact_phone_masked: Option<String>,
    /// Where to go.
    pub address: Option<String>,
    /// Its own active members on the day.
    pub members: i64,
    /// Who leads it or led it; in order of office.
    pub officers: Vec<Officer>,
    /// What happened, newest first.
    pub history: Vec<HistoryLine>,
    /// What this caller may do now: `approve` `return` `found` `rename` `contact` `officers` `move` `dissolve`
    /// `join_link`.
    pub may: Vec<String>,
}

/// A union on the way down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PathStep {
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrganizationKind,
}

/// An office held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Officer {
    /// Which.
    pub id: Uuid,
    /// By whom.
    pub person_name: String,
    /// The office.
    pub title: OfficerTitle,
    /// What people call it.
    pub title_label: String,
    /// First day in office.
    pub from: NaiveDate,
    /// First day out of it.
    pub to: Option<NaiveDate>,
}

/// A line of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryLine {
    /// When.
    pub at: DateTime<Utc>,
    /// What, in a Chinese sentence.
    pub text: String,
    /// By whom, where that is known.
    pub by: Option<String>,
}

/// Shows a union in the caller's scope.
///
/// # Errors
/// `not_found` also before the union was there; `organization.as_of`; the database.
pub async fn page(cx: Cx, input: OrganizationInput) -> Result<Organization> {
    let union = record::visible(&cx, cx.read(), input.id).await?;
    let day = as_of::day(input.as_of, cx.today())?;
    let may = if day == cx.today() { may(&cx, &union).await? } else { Vec::new() };
    let history = history::of(cx.read(), union.id).await?;
    Ok(Organization { may, history, ..describe(&cx, union, day).await? })
}

/// A union as of a day, without its history and what may be done.
///
/// # Errors
/// `not_found` before it was there; the database.
pub(super) async fn describe(cx: &Cx, union: entity::Model, day: Day) -> Result<Organization> {
    let state = union.state_on(day).ok_or_else(Error::not_found)?;
    let path = path(cx, union.id, day).await?;
    let above = path.iter().rev().nth(1).cloned();
    let name = path.last().map_or_else(|| union.name.clone(), |own| own.name.clone());
    let divisions = Divisions::on(cx.read(), day).await?;
    let kind = union.kind()?;
    Ok(Organization {
        id: union.id,
        name,
        kind,
        kind_label: kind.label().to_owned(),
        state,
        uscc: union.uscc.clone(),
        division_name: divisions.name(&union.division_code).unwrap_or_default().to_owned(),
        parent_id: above.as_ref().map(|step| step.id),
        parent_name: above.map(|step| step.name),
        path,
        employers: employer::of_union(cx.read(), union.id, day).await?,
        employees_declared: union.employees_declared,
        established_on: union.established_on,
        term_from: union.term_from,
        term_to: union.term_to,
        contact_phone_masked: record::masked_phone(cx, &union)?,
        members: count::on(cx.read(), Some(&[union.id]), day).await?.remove(&union.id).unwrap_or_default(),
        officers: officers(cx, union.id, day).await?,
        division_code: union.division_code,
        contact_name: union.contact_name,
        address: union.address,
        history: Vec::new(),
        may: Vec::new(),
    })
}

/// From the city federation down to the union, as of a day.
///
/// # Errors
/// The database.
pub(super) async fn path(cx: &Cx, id: Id, day: Day) -> Result<Vec<PathStep>> {
    let ids = node::path(cx.read(), id, day).await?;
    let rows = entity::Entity::find().filter(entity::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await?;
    let mut former = as_of::former_names(cx.read(), day).await?;
    let mut steps = Vec::new();
    for id in ids.into_iter().rev() {
        if let Some(row) = rows.iter().find(|row| row.id == id) {
            let name = former.remove(&id).unwrap_or_else(|| row.name.clone());
            steps.push(PathStep { id, name, kind: row.kind()? });
        }
    }
    Ok(steps)
}

/// Who held an office by that day; asked for today, also who will.
async fn officers(cx: &Cx, organization: Id, day: Day) -> Result<Vec<Officer>> {
    let mut rows = officer::Entity::find().filter(officer::Column::OrganizationId.eq(organization));
    if day < cx.today() {
        rows = rows.filter(officer::Column::ValidFrom.lte(day));
    }
    let rows = rows.all(cx.read()).await?;
    let names = as_of::person_names(cx.read(), rows.iter().map(|row| row.person_id)).await?;
    let mut officers: Vec<Officer> = Vec::new();
    for row in rows {
        let title = OfficerTitle::parse(&row.title).ok_or_else(|| Error::internal("unknown office"))?;
        officers.push(Officer {
            id: row.id,
            person_name: names.get(&row.person_id).cloned().unwrap_or_else(|| "（资料已删除）".to_owned()),
            title,
            title_label: title.label().to_owned(),
            from: row.valid_from,
            to: row.valid_to.filter(|to| *to <= day || day == cx.today()),
        });
    }
    officers.sort_by_key(|officer| (officer.title, officer.from, officer.id));
    Ok(officers)
}

/// What the caller may do to the union in its present state.
async fn may(cx: &Cx, union: &entity::Model) -> Result<Vec<String>> {
    let path = node::path(cx.read(), union.id, cx.today()).await?;
    let reaches = |permission: Permission, path: &[Id]| {
        let scope = cx.caller.scope(permission);
        scope.roots().is_none_or(|roots| roots.iter().any(|root| path.contains(root)))
    };
    let above = path.get(1..).unwrap_or_default();
    let mut may = Vec::new();
    if union.state == "founding" {
        let waiting = approval::waiting(cx.read(), FOUNDING, union.id).await.ok();
        let asked = waiting.filter(|row| row.opened_by.is_none() || row.opened_by != cx.caller.account_id());
        if let Some(asked) = asked
            && cx.caller.may(cx.read(), ORGANIZATION_APPROVE, asked.node_id).await?
        {
            may.extend(["approve", "return"]);
        }
    }
    if union.state == "established" {
        let kind = union.kind()?;
        let candidates = [
            ("found", !kind.is_base() && reaches(ORGANIZATION_FOUND, &path)),
            ("rename", reaches(ORGANIZATION_CHANGE, &path)),
            ("contact", reaches(ORGANIZATION_KEEP, &path)),
            ("officers", reaches(ORGANIZATION_CHANGE, &path)),
            ("move", !above.is_empty() && reaches(ORGANIZATION_CHANGE, above)),
            ("dissolve", !above.is_empty() && reaches(ORGANIZATION_CHANGE, above)),
            ("join_link", kind.takes_members() && reaches(ORGANIZATION_KEEP, &path)),
        ];
        may.extend(candidates.into_iter().filter(|(_, allowed)| *allowed).map(|(verb, _)| verb));
    }
    Ok(may.into_iter().map(str::to_owned).collect())
}
