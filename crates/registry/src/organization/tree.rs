//! The tree down to the towns, with what stands below each, as of any day.
//!
//! One question: the placements of the day with the figures of the unions. Base unions are most of all and none of them
//! is shown, so the engine adds up those that stand side by side; what it answers is then added to everything above.
//! `unions` counts established unions below, without the union itself; `members` counts its own and those of everything
//! below.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use kernel::time::{Day, Time};
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult, QuerySelect, Statement, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{Life, OrganizationKind, OrganizationState};
use super::{as_of, entity};
use crate::access::ORGANIZATION_READ;
use crate::member::count;

/// As of which day.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct TreeInput {
    /// Today unless told.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
}

/// The tree of a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Tree {
    /// As of this day.
    pub as_of: NaiveDate,
    /// Parents before their children.
    pub items: Vec<TreeNode>,
}

/// One union of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TreeNode {
    /// Which.
    pub id: Uuid,
    /// The union above on the day.
    pub parent_id: Option<Uuid>,
    /// Its name on the day.
    pub name: String,
    /// What it is.
    pub kind: OrganizationKind,
    /// Where it is.
    pub division_code: String,
    /// Its state on the day.
    pub state: OrganizationState,
    /// Established unions below; absent above the caller's scope.
    pub unions: Option<i64>,
    /// Members of it and of everything below; absent above the caller's scope.
    pub members: Option<i64>,
}

/// The tree of the caller's scope, and what is above it by name.
///
/// # Errors
/// `organization.as_of`; the database.
pub async fn tree(cx: Cx, input: TreeInput) -> Result<Tree> {
    let as_of = as_of::day(input.as_of, cx.today())?;
    let scope = cx.caller.scope(ORGANIZATION_READ);
    let forest = Forest::on(cx.read(), as_of, scope.roots().unwrap_or_default()).await?;
    let mut items: Vec<(usize, TreeNode)> = Vec::new();
    for (id, plant) in &forest.plants {
        let path = forest.path(*id);
        let covered = scope.roots().is_none_or(|roots| path.iter().any(|node| roots.contains(node)));
        let is_root = scope.roots().is_some_and(|roots| roots.contains(id));
        let above = scope.roots().is_some_and(|roots| forest.is_above(*id, roots));
        if (covered && (plant.kind.in_tree() || is_root)) || above {
            items.push((path.len(), forest.node(*id, plant, covered)));
        }
    }
    items.sort_by(|(a, one), (b, two)| (a, &one.division_code, one.id).cmp(&(b, &two.division_code, two.id)));
    Ok(Tree { as_of, items: items.into_iter().map(|(_, node)| node).collect() })
}

/// What is there on a day: the unions that a tree may show, and the figures of all.
struct Forest {
    plants: BTreeMap<Id, Plant>,
    parents: HashMap<Id, Id>,
    unions: HashMap<Id, i64>,
    members: HashMap<Id, i64>,
}

struct Plant {
    name: String,
    kind: OrganizationKind,
    division_code: String,
    state: OrganizationState,
}

/// What is shown of a union.
type Row = (Id, String, String, String, String, Option<Day>, Option<Day>, Time);

/// What is shown of these unions.
async fn rows(conn: &impl ConnectionTrait, of: Vec<Id>) -> Result<Vec<Row>> {
    use entity::Column::{CreatedAt, DissolvedOn, DivisionCode, EstablishedOn, Id, Kind, Name, State};
    let columns = [Id, Kind, DivisionCode, Name, State, EstablishedOn, DissolvedOn, CreatedAt];
    Ok(entity::Entity::find().select_only().columns(columns).filter(Id.is_in(of)).into_tuple().all(conn).await?)
}

/// A union by itself, or under one parent all those that have nothing below them, with their own figures.
struct Group {
    /// Which; none for those that are told together.
    id: Option<Id>,
    /// The union above on the day.
    parent: Option<Id>,
    /// How many of them are established.
    unions: i64,
    /// Their members.
    members: i64,
}

/// Everything on a day. By themselves come the unions of the tree, those that ever had one below, and these. Who is
/// established follows the same rule as [`Life::on`].
async fn groups(conn: &impl ConnectionTrait, day: Day, also: &[Id]) -> Result<Vec<Group>> {
    let count::Parts { sql: parts, mut values } = count::all_parts(conn, day).await?;
    let mut bind = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let day = bind(day.into());
    let kinds = OrganizationKind::ALL.into_iter().filter(|kind| kind.in_tree()).map(OrganizationKind::as_str);
    let kinds = kinds.map(|kind| bind(kind.into())).collect::<Vec<_>>().join(", ");
    let also = also.iter().map(|id| bind((*id).into())).collect::<Vec<_>>().join(", ");
    // An empty list is no SQL everywhere.
    let also = if also.is_empty() { "NULL" } else { also.as_str() };
    let sql = format!(
        "SELECT CASE WHEN o.kind IN ({kinds}) OR o.id IN ({also}) OR o.id IN (SELECT parent FROM placement)
                THEN o.id END AS id, p.parent AS parent,
            CAST(sum(CASE WHEN o.established_on <= {day} AND (o.dissolved_on IS NULL OR o.dissolved_on > {day})
                THEN 1 ELSE 0 END) AS bigint) AS unions,
            CAST(sum(coalesce(own.members, 0)) AS bigint) AS members
        FROM organization o
            LEFT JOIN placement p ON p.child = o.id
                AND p.valid_from <= {day} AND (p.valid_to IS NULL OR p.valid_to > {day})
            LEFT JOIN (SELECT organization_id, CAST(sum(members) AS bigint) AS members FROM ({parts}) part
                GROUP BY organization_id) own ON own.organization_id = o.id
        GROUP BY 1, 2"
    );
    let group = |row: &QueryResult| {
        Ok(Group {
            id: row.try_get("", "id")?,
            parent: row.try_get("", "parent")?,
            unions: row.try_get("", "unions")?,
            members: row.try_get("", "members")?,
        })
    };
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    conn.query_all_raw(statement).await?.iter().map(group).collect()
}

impl Forest {
    async fn on(conn: &impl ConnectionTrait, day: Day, roots: &[Id]) -> Result<Self> {
        let groups = groups(conn, day, roots).await?;
        let parents = groups.iter().filter_map(|group| Some((group.id?, group.parent?))).collect();
        let (unions, members) = (HashMap::new(), HashMap::new());
        let mut forest = Self { plants: BTreeMap::new(), parents, unions, members };
        let mut former = as_of::former_names(conn, day).await?;
        let shown = rows(conn, groups.iter().filter_map(|group| group.id).collect()).await?;
        for (id, kind, division_code, name, state, established_on, dissolved_on, created_at) in shown {
            let state = OrganizationState::parse(&state).ok_or_else(|| Error::internal("unknown state of union"))?;
            let entered_on = kernel::calendar::china_day(created_at);
            let life = Life { entered_on, established_on, ended_on: dissolved_on, state };
            let Some(state @ (OrganizationState::Founding | OrganizationState::Established)) = life.on(day) else {
                continue;
            };
            let kind = OrganizationKind::parse(&kind).ok_or_else(|| Error::internal("unknown kind of union"))?;
            let name = former.remove(&id).unwrap_or(name);
            forest.plants.insert(id, Plant { name, kind, division_code, state });
        }
        for group in &groups {
            forest.add_up(group);
        }
        Ok(forest)
    }

    fn add_up(&mut self, group: &Group) {
        // Who stands by itself is no union below itself.
        let (at, from) = match (group.id, group.parent) {
            (Some(id), _) => (id, 1),
            (None, Some(parent)) => (parent, 0),
            (None, None) => return,
        };
        for (step, node) in self.path(at).into_iter().enumerate() {
            *self.members.entry(node).or_default() += group.members;
            if step >= from {
                *self.unions.entry(node).or_default() += group.unions;
            }
        }
    }

    /// The node itself and what is above it, nearest first.
    fn path(&self, id: Id) -> Vec<Id> {
        // Levels bound the depth; a wrong row must not make this endless.
        std::iter::successors(Some(id), |id| self.parents.get(id).copied()).take(32).collect()
    }

    fn is_above(&self, id: Id, roots: &[Id]) -> bool {
        roots.iter().any(|root| self.path(*root).into_iter().skip(1).any(|node| node == id))
    }

    fn node(&self, id: Id, plant: &Plant, covered: bool) -> TreeNode {
        let figure = |of: &HashMap<Id, i64>| covered.then(|| of.get(&id).copied().unwrap_or_default());
        TreeNode {
            id,
            parent_id: self.parents.get(&id).copied(),
            name: plant.name.clone(),
            kind: plant.kind,
            division_code: plant.division_code.clone(),
            state: plant.state,
            unions: figure(&self.unions),
            members: figure(&self.members),
        }
    }
}
