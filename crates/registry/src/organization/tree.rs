//! The tree down to the towns, with what stands below each, as of any day.
//!
//! One pass: the placements of the day, the members of each union, and for each union its figures added to
//! everything above it. `unions` counts established unions below, without the union itself; `members` counts its own
//! and those of everything below.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use kernel::time::{Day, Time};
use kernel::{Cx, Error, Id, Result, node};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
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

/// The unions of the tree, and these: base unions are most of all, and only counted.
async fn rows(conn: &impl ConnectionTrait, also: BTreeSet<Id>) -> Result<Vec<Row>> {
    use entity::Column::{CreatedAt, DissolvedOn, DivisionCode, EstablishedOn, Id, Kind, Name, State};
    let columns = [Id, Kind, DivisionCode, Name, State, EstablishedOn, DissolvedOn, CreatedAt];
    let kinds = OrganizationKind::ALL.into_iter().filter(|kind| kind.in_tree()).map(OrganizationKind::as_str);
    let shown = Condition::any().add(Kind.is_in(kinds)).add(Id.is_in(also));
    Ok(entity::Entity::find().select_only().columns(columns).filter(shown).into_tuple().all(conn).await?)
}

/// All unions that are established on a day: the same rule as [`Life::on`].
async fn established(conn: &impl ConnectionTrait, day: Day) -> Result<Vec<Id>> {
    use entity::Column::{DissolvedOn, EstablishedOn, Id};
    let open = Condition::any().add(DissolvedOn.is_null()).add(DissolvedOn.gt(day));
    let rows = entity::Entity::find().select_only().column(Id).filter(EstablishedOn.lte(day)).filter(open);
    Ok(rows.into_tuple().all(conn).await?)
}

impl Forest {
    async fn on(conn: &impl ConnectionTrait, day: Day, roots: &[Id]) -> Result<Self> {
        let parents = node::placements(conn, day).await?.into_iter().collect();
        let (unions, members) = (HashMap::new(), HashMap::new());
        let mut forest = Self { plants: BTreeMap::new(), parents, unions, members };
        let mut former = as_of::former_names(conn, day).await?;
        let also = roots.iter().flat_map(|root| forest.path(*root)).collect();
        for (id, kind, division_code, name, state, established_on, dissolved_on, created_at) in rows(conn, also).await?
        {
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
        forest.add_up(&established(conn, day).await?, &count::on(conn, None, day).await?);
        Ok(forest)
    }

    fn add_up(&mut self, established: &[Id], members: &HashMap<Id, i64>) {
        for id in established {
            for above in self.path(*id).into_iter().skip(1) {
                *self.unions.entry(above).or_default() += 1;
            }
        }
        for (id, own) in members {
            for above in self.path(*id) {
                *self.members.entry(above).or_default() += own;
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
