//! Who may do what, where.
//!
//! A *permission* is a name declared by a slice. A *role* is a label with a set of
//! permissions, gathered from all slices into the [`Policy`]. A *grant* gives a
//! role to an account on a node of the tree and flows down from it. Lists demand a
//! [`Scope`], which only a [`Caller`](crate::caller::Caller) can make, so a
//! forgotten filter does not compile.
//!
//! ```
//! use kernel::access::{Permission, Policy, Role};
//! const OPEN: Permission = Permission("box.open");
//! const KEEPER: Role = Role { name: "keeper", label: "保管员", levels: &[], exclusive: false };
//! let policy = Policy::new().role(KEEPER).allow("keeper", &[OPEN]);
//! assert!(policy.permissions("keeper").contains(&OPEN));
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sea_orm::sea_query::{
    Alias, CommonTableExpression, Condition, Expr, ExprTrait, IntoColumnRef, Query, UnionType, WithClause,
};

use crate::id::Id;
use crate::time::Day;
use crate::waiting::Source;

/// Name of something that can be allowed: `noun.verb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(pub &'static str);

/// A role that can be granted on a node.
#[derive(Debug, Clone, Copy)]
pub struct Role {
    /// Stable name.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Kinds of node on which it can be granted; empty means any.
    pub levels: &'static [&'static str],
    /// One of the three administrators (系统 / 安全 / 审计), of which an account holds at most one and nothing else.
    pub exclusive: bool,
}

/// Which role may do what, and what waits for those who may, gathered from every slice at start-up.
#[derive(Clone, Default)]
pub struct Policy {
    roles: Vec<Role>,
    allowed: BTreeMap<&'static str, Arc<BTreeSet<Permission>>>,
    sources: Vec<Source>,
}

impl Policy {
    /// Nothing is allowed to anybody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.roles.push(role);
        self
    }

    /// Allows a role more; slices to the right add to roles declared on the left.
    #[must_use]
    pub fn allow(mut self, role: &'static str, permissions: &[Permission]) -> Self {
        let entry = self.allowed.entry(role).or_default();
        Arc::make_mut(entry).extend(permissions.iter().copied());
        self
    }

    /// Adds things that wait for whoever may decide them.
    #[must_use]
    pub fn waits(mut self, source: Source) -> Self {
        self.sources.push(source);
        self
    }

    /// Everything that can wait, in order of declaration.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// All roles in order of declaration.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The role of a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Role> {
        self.roles.iter().copied().find(|role| role.name == name)
    }

    /// What a role may do; an unknown role may do nothing.
    #[must_use]
    pub fn permissions(&self, role: &str) -> Arc<BTreeSet<Permission>> {
        self.allowed.get(role).cloned().unwrap_or_default()
    }

    /// A grant of a known role; `None` for a role this program does not know.
    #[must_use]
    pub fn grant(&self, role: &str, node_id: Id) -> Option<Grant> {
        let role = self.find(role)?;
        Some(Grant { role, node_id, permissions: self.permissions(role.name) })
    }
}

/// A role held on a node.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Where; it flows down from here.
    pub node_id: Id,
    permissions: Arc<BTreeSet<Permission>>,
}

impl Grant {
    /// Whether this grant carries a permission.
    #[must_use]
    pub fn allows(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Everything this grant carries.
    #[must_use]
    pub fn permissions(&self) -> &BTreeSet<Permission> {
        &self.permissions
    }
}

/// What a caller may list; made only by [`Caller::scope`](crate::caller::Caller::scope).
#[derive(Debug, Clone)]
pub struct Scope(Reach);

#[derive(Debug, Clone)]
enum Reach {
    Everything,
    Below { roots: Vec<Id>, today: Day },
}

impl Scope {
    pub(crate) fn everything() -> Self {
        Self(Reach::Everything)
    }

    pub(crate) fn below(roots: Vec<Id>, today: Day) -> Self {
        Self(Reach::Below { roots, today })
    }

    /// Whether nothing at all is in reach.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Reach::Below { roots, .. } if roots.is_empty())
    }

    /// The topmost nodes in reach; `None` means all of them.
    #[must_use]
    pub fn roots(&self) -> Option<&[Id]> {
        match &self.0 {
            Reach::Everything => None,
            Reach::Below { roots, .. } => Some(roots),
        }
    }

    /// The filter: `column` holds a node in reach, as the tree stands today.
    pub fn covers(&self, column: impl IntoColumnRef) -> Condition {
        let Reach::Below { roots, today } = &self.0 else {
            return Condition::all();
        };
        if roots.is_empty() {
            return Condition::all().add(Expr::val(1).eq(0));
        }
        Condition::all().add(Expr::col(column).in_subquery(below(roots, *today)))
    }
}

/// `SELECT id` of all nodes at and below `roots`, as of a day.
#[must_use]
pub fn below(roots: &[Id], as_of: Day) -> sea_orm::sea_query::SelectStatement {
    let (reach, id) = (Alias::new("reach"), Alias::new("id"));
    let (placement, child, parent) = (Alias::new("placement"), Alias::new("child"), Alias::new("parent"));
    let (from, to) = (Alias::new("valid_from"), Alias::new("valid_to"));
    let start = Query::select()
        .column(id.clone())
        .from(Alias::new("node"))
        .and_where(Expr::col(id.clone()).is_in(roots.iter().copied()))
        .to_owned();
    let step = Query::select()
        .column((placement.clone(), child))
        .from(placement.clone())
        .inner_join(reach.clone(), Expr::col((placement.clone(), parent)).equals((reach.clone(), id.clone())))
        .and_where(Expr::col((placement.clone(), from)).lte(as_of))
        .cond_where(
            Condition::any()
                .add(Expr::col((placement.clone(), to.clone())).is_null())
                .add(Expr::col((placement, to)).gt(as_of)),
        )
        .to_owned();
    let cte = CommonTableExpression::new()
        .table_name(reach.clone())
        .column(id.clone())
        .query(start.clone().union(UnionType::Distinct, step).to_owned())
        .to_owned();
    let with = WithClause::new().recursive(true).cte(cte).to_owned();
    Query::select().column(id).from(reach).with_cte(with).to_owned()
}

/// Rows of grants.
pub mod grant {
    use sea_orm::entity::prelude::*;

    use crate::time::Day;

    /// A role given to an account on a node.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "role_grant")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub role: String,
        pub node_id: Uuid,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
        pub granted_by: Option<Uuid>,
        pub revoked_at: Option<DateTimeUtc>,
        pub revoked_by: Option<Uuid>,
        pub reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Model {
        /// Begun, not ended, not revoked.
        #[must_use]
        pub fn in_force(&self, today: Day) -> bool {
            self.revoked_at.is_none() && self.valid_from <= today && self.valid_to.is_none_or(|to| today < to)
        }
    }
}
