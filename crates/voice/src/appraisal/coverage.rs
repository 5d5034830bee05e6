//! Which unions were evaluated in a year and which are missing: town unions, and the unions of larger firms.
//!
//! A firm is an employer whose code begins with 9 (registered with the market regulator). Whether it is public is not in
//! the register, so state-owned firms are among them; the page says so.

use std::collections::{HashMap, HashSet};

use kernel::access::below;
use kernel::page::{Page, PageInput};
use kernel::time::Day;
use kernel::{Cx, Id, Result, parameter};
use registry::employer::entity as employer;
use registry::member::count;
use registry::organization::rules::OrganizationKind;
use registry::organization::{employer_link, entity as organization};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{self, State};
use super::{entity, union_entity};
use crate::access::EVALUATION_READ;
use crate::parameters::COVERAGE_PEOPLE;

/// Which coverage.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CoverageInput {
    /// Under this scheme; duty reports of chairs unless told.
    #[serde(default)]
    pub scheme: Option<String>,
    /// In this year; as usual unless told.
    #[serde(default)]
    pub year: Option<i32>,
    /// Of this union and everything below it; of the caller's scope unless told.
    #[serde(default)]
    pub within: Option<Uuid>,
}

/// Which rows of the coverage.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CoverageUnionsInput {
    /// Under this scheme; duty reports of chairs unless told.
    #[serde(default)]
    pub scheme: Option<String>,
    /// In this year; as usual unless told.
    #[serde(default)]
    pub year: Option<i32>,
    /// Of this union and everything below it; of the caller's scope unless told.
    #[serde(default)]
    pub within: Option<Uuid>,
    /// Of this group.
    #[serde(default)]
    pub group: Option<CoverageGroup>,
    /// Covered ones, or missing ones.
    #[serde(default)]
    pub covered: Option<bool>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoverageGroup {
    /// Unions of towns and streets.
    Town,
    /// Unions of firms with at least so many people.
    Firm,
}

/// Coverage in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Coverage {
    /// Under which scheme.
    pub scheme: String,
    /// In which year.
    pub year: i32,
    /// People from which a firm counts.
    pub firm_people: i64,
    /// Unions of towns and streets.
    pub towns: CoverageFigure,
    /// Unions of firms.
    pub firms: CoverageFigure,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CoverageFigure {
    /// All.
    pub unions: i64,
    /// With an evaluation that was opened.
    pub covered: i64,
    /// Without one.
    pub missing: i64,
}

/// A union in the coverage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CoverageUnion {
    /// Which.
    pub organization_id: Uuid,
    /// Its name.
    pub name: String,
    /// What is counted.
    pub group: CoverageGroup,
    /// Employees as declared, or members where there are more; absent for a town union.
    pub people: Option<i64>,
    /// It has an evaluation that was opened.
    pub covered: bool,
    /// Its evaluation of the year, also one that is not open yet.
    pub evaluation_id: Option<Uuid>,
    /// Where that stands.
    pub state: Option<State>,
}

/// Tells the coverage in figures.
///
/// # Errors
/// `evaluation.year`, 404 outside the caller's scope; the database.
pub async fn figures(cx: Cx, input: CoverageInput) -> Result<Coverage> {
    let asked = Asked::of(&cx, input).await?;
    let rows = rows(&cx, &asked).await?;
    let figure = |group: CoverageGroup| {
        let of = |covered: Option<bool>| {
            let fits = |row: &&CoverageUnion| row.group == group && covered.is_none_or(|wanted| row.covered == wanted);
            i64::try_from(rows.iter().filter(fits).count()).unwrap_or(i64::MAX)
        };
        CoverageFigure { unions: of(None), covered: of(Some(true)), missing: of(Some(false)) }
    };
    let (towns, firms) = (figure(CoverageGroup::Town), figure(CoverageGroup::Firm));
    Ok(Coverage { scheme: asked.scheme, year: asked.year, firm_people: asked.firm_people, towns, firms })
}

/// Lists the unions behind the figures, in order of their ids.
///
/// # Errors
/// `evaluation.year`, `input.invalid` for a foreign cursor, 404 outside the caller's scope; the database.
pub async fn unions(cx: Cx, input: CoverageUnionsInput) -> Result<Page<CoverageUnion>> {
    let page = PageInput::new(input.after, input.limit);
    let CoverageUnionsInput { scheme, year, within, group, covered, .. } = input;
    let asked = Asked::of(&cx, CoverageInput { scheme, year, within }).await?;
    let after = page.after_id()?.unwrap_or_default();
    let fits = |row: &CoverageUnion| {
        row.organization_id > after
            && group.is_none_or(|group| row.group == group)
            && covered.is_none_or(|covered| row.covered == covered)
    };
    let shown = rows(&cx, &asked).await?.into_iter().filter(fits);
    let fetch = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
    Ok(Page::cut(shown.take(fetch).collect(), &page, |row| row.organization_id.to_string()))
}

struct Asked {
    scheme: String,
    year: i32,
    /// `None` for the whole city.
    roots: Option<Vec<Id>>,
    firm_people: i64,
    today: Day,
}

impl Asked {
    async fn of(cx: &Cx, input: CoverageInput) -> Result<Self> {
        let today = cx.today();
        let roots = match input.within {
            Some(top) => {
                cx.caller.must(cx.read(), EVALUATION_READ, top).await?;
                Some(vec![top])
            }
            None => cx.caller.scope(EVALUATION_READ).roots().map(<[Id]>::to_vec),
        };
        Ok(Self {
            scheme: input.scheme.unwrap_or_else(|| "chair_report".to_owned()),
            year: rules::year(input.year, today)?,
            roots,
            firm_people: parameter::get_i64(cx.read(), COVERAGE_PEOPLE, "", today).await?,
            today,
        })
    }
}

/// Every union that counts, in order of ids: the figures are the numbers of these rows.
async fn rows(cx: &Cx, asked: &Asked) -> Result<Vec<CoverageUnion>> {
    use organization::Column;
    let kinds = [OrganizationKind::TownFederation, OrganizationKind::TownJoint, OrganizationKind::Grassroots];
    let mut unions = organization::Entity::find()
        .filter(Column::State.eq("established"))
        .filter(Column::Kind.is_in(kinds.map(OrganizationKind::as_str)))
        .order_by_asc(Column::Id);
    if let Some(roots) = &asked.roots {
        unions = unions.filter(Column::Id.in_subquery(below(roots, asked.today)));
    }
    let unions = unions.all(cx.read()).await?;
    let ids: Vec<Id> = unions.iter().map(|union| union.id).collect();
    let (firms, members) = (firms(cx.read()).await?, count::on(cx.read(), Some(&ids), asked.today).await?);
    let held = held(cx.read(), asked).await?;
    let mut rows = Vec::new();
    for union in unions {
        let people =
            members.get(&union.id).copied().unwrap_or_default().max(union.employees_declared.unwrap_or_default());
        let (group, people) = match union.kind()? {
            OrganizationKind::Grassroots if firms.contains(&union.id) && people >= asked.firm_people => {
                (CoverageGroup::Firm, Some(people))
            }
            OrganizationKind::Grassroots => continue,
            _ => (CoverageGroup::Town, None),
        };
        let evaluation = held.get(&union.id);
        rows.push(CoverageUnion {
            organization_id: union.id,
            name: union.name,
            group,
            people,
            covered: evaluation.is_some_and(|(_, state)| state.was_opened()),
            evaluation_id: evaluation.map(|(id, _)| *id),
            state: evaluation.map(|(_, state)| *state),
        });
    }
    Ok(rows)
}

/// Unions that cover an employer with a code of the market regulator.
async fn firms(conn: &impl ConnectionTrait) -> Result<HashSet<Id>> {
    let registered = Query::select()
        .column(employer::Column::Id)
        .from(employer::Entity)
        .and_where(employer::Column::Uscc.like("9%"))
        .to_owned();
    let links: Vec<Id> = employer_link::Entity::find()
        .select_only()
        .column(employer_link::Column::OrganizationId)
        .filter(employer_link::Column::ValidTo.is_null())
        .filter(employer_link::Column::EmployerId.in_subquery(registered))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(links.into_iter().collect())
}

/// The evaluation of each union in the year; one that was opened before one that was not.
async fn held(conn: &impl ConnectionTrait, asked: &Asked) -> Result<HashMap<Id, (Id, State)>> {
    let rows: Vec<(Id, String)> = entity::Entity::find()
        .select_only()
        .columns([entity::Column::Id, entity::Column::State])
        .filter(entity::Column::SchemeCode.eq(asked.scheme.as_str()))
        .filter(entity::Column::Year.eq(i64::from(asked.year)))
        .filter(entity::Column::State.ne(State::Withdrawn.as_str()))
        .into_tuple()
        .all(conn)
        .await?;
    let states: HashMap<Id, State> =
        rows.into_iter().map(|(id, state)| Ok((id, State::parse(&state)?))).collect::<Result<_>>()?;
    let of_year = Query::select()
        .column(entity::Column::Id)
        .from(entity::Entity)
        .and_where(entity::Column::SchemeCode.eq(asked.scheme.as_str()))
        .and_where(entity::Column::Year.eq(i64::from(asked.year)))
        .to_owned();
    let pairs = union_entity::Entity::find().filter(union_entity::Column::EvaluationId.in_subquery(of_year));
    let mut held: HashMap<Id, (Id, State)> = HashMap::new();
    for pair in pairs.order_by_asc(union_entity::Column::EvaluationId).all(conn).await? {
        let Some(state) = states.get(&pair.evaluation_id).copied() else { continue };
        let entry = held.entry(pair.organization_id).or_insert((pair.evaluation_id, state));
        if state.was_opened() && !entry.1.was_opened() {
            *entry = (pair.evaluation_id, state);
        }
    }
    Ok(held)
}
