//! The golden matrix: every route against everybody who could call it, as the guards and the policy have it. It is
//! committed as `docs/access-matrix.md`, so a route or a permission cannot change without somebody reading the change.
//!
//! ```
//! use kernel::access::Policy;
//! use registry::access::{matrix, policy};
//! let routes = registry::routes();
//! let text = matrix(routes.table(), &policy(Policy::new()));
//! assert!(text.contains("| GET /api/events | event.read |"));
//! ```

use std::fmt::Write;

use kernel::access::Policy;
use kernel::routes::{Guard, Route};

/// Who stands before a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    /// Not signed in.
    Stranger,
    /// Signed in, without any role.
    Account,
    /// Signed in, with this role.
    Role(&'static str),
}

impl Visitor {
    /// Everybody, in the order of the columns.
    #[must_use]
    pub fn all(policy: &Policy) -> Vec<Self> {
        let roles = policy.roles().iter().map(|role| Self::Role(role.name));
        [Self::Stranger, Self::Account].into_iter().chain(roles).collect()
    }

    /// Heading of the column.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::Account => "signed_in",
            Self::Role(name) => name,
        }
    }

    /// Whether the guard lets this visitor reach the verb; the verb still checks the object.
    #[must_use]
    pub fn passes(self, guard: Guard, policy: &Policy) -> bool {
        match (guard, self) {
            (Guard::Public | Guard::Anonymous, _) => true,
            (Guard::SignedIn, _) => self != Self::Stranger,
            (Guard::Requires(permission), Self::Role(role)) => policy.permissions(role).contains(&permission),
            (Guard::Requires(_), _) => false,
        }
    }
}

/// Routes against visitors as a Markdown table, sorted by path.
#[must_use]
pub fn matrix(table: &[Route], policy: &Policy) -> String {
    let visitors = Visitor::all(policy);
    let mut routes: Vec<&Route> = table.iter().collect();
    routes.sort_by_key(|route| (route.path, route.method));
    let mut text = String::from(
        "# Access matrix\n\nGenerated from the routes and the policy; do not edit. ✓ reaches the verb, which still \
         checks the object: a union out of reach answers 404.\n\n",
    );
    let names: Vec<&str> = visitors.iter().map(|visitor| visitor.name()).collect();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "| route | guard | {} |", names.join(" | "));
    let _ = writeln!(text, "|---|---|{}", ":-:|".repeat(visitors.len()));
    for route in routes {
        let passes = |visitor: &Visitor| if visitor.passes(route.guard, policy) { "✓" } else { "–" };
        let cells: Vec<&str> = visitors.iter().map(passes).collect();
        let _ = writeln!(text, "| {} {} | {} | {} |", route.method, route.path, route.guard, cells.join(" | "));
    }
    text
}

#[cfg(test)]
mod tests {
    use kernel::access::{Permission, Role};

    use super::*;

    const OPEN: Permission = Permission("box.open");

    fn route(method: &'static str, path: &'static str, guard: Guard) -> Route {
        Route { method, path, summary: "", guard }
    }

    #[test]
    fn each_guard_has_its_row() {
        let role = |name| Role { name, label: "", levels: &[], exclusive: false };
        let policy = Policy::new().role(role("keeper")).role(role("guest")).allow("keeper", &[OPEN]);
        let table = [
            route("POST", "/api/b", Guard::Requires(OPEN)),
            route("GET", "/api/b", Guard::SignedIn),
            route("GET", "/api/a", Guard::Public),
        ];
        let text = matrix(&table, &policy);
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(
            rows,
            [
                "| route | guard | stranger | signed_in | keeper | guest |",
                "|---|---|:-:|:-:|:-:|:-:|",
                "| GET /api/a | public | ✓ | ✓ | ✓ | ✓ |",
                "| GET /api/b | signed_in | – | ✓ | ✓ | ✓ |",
                "| POST /api/b | box.open | – | – | ✓ | – |",
            ]
        );
    }
}
