//! Who asks: a stranger, someone half-way through signing in, a signed-in account
//! with its grants, or the system itself.

use sea_orm::ConnectionTrait;

use crate::access::{Grant, Permission, Scope};
use crate::app::App;
use crate::error::{ACCESS_DENIED, AUTH_REQUIRED, Error, Result};
use crate::id::Id;
use crate::time::Day;
use crate::{node, session};

/// A caller with everything that access decisions need.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    session: Option<session::Model>,
    grants: Vec<Grant>,
    system: bool,
    today: Day,
}

impl Caller {
    /// Nobody in particular.
    #[must_use]
    pub fn stranger(today: Day) -> Self {
        Self { today, ..Self::default() }
    }

    /// Background work; only code makes this, no request does.
    #[must_use]
    pub fn system() -> Self {
        Self { system: true, ..Self::default() }
    }

    /// Finds the caller of a session token.
    ///
    /// # Errors
    /// When the database is away; an unknown token is a stranger.
    pub async fn of_token(app: &App, token: &str) -> Result<Self> {
        let now = app.clock.now();
        let today = crate::calendar::china_day(now);
        let rows = app.ask(session::OfToken::new(token)).await?.unwrap_or_default();
        let Some((session, _)) = rows.first().filter(|(session, _)| session.is_open(now)) else {
            return Ok(Self::stranger(today));
        };
        let mut caller = Self { session: Some(session.clone()), today, ..Self::default() };
        if caller.account_id().is_some() {
            let given = rows.into_iter().filter_map(|(_, given)| given.filter(|row| row.in_force(today)));
            caller.grants = given.filter_map(|row| app.policy.grant(&row.role, row.node_id)).collect();
        }
        Ok(caller)
    }

    /// The account, once fully signed in.
    #[must_use]
    pub fn account_id(&self) -> Option<Id> {
        self.session.as_ref().filter(|s| s.stage == "done").map(|s| s.account_id)
    }

    /// The account.
    ///
    /// # Errors
    /// `auth.required` for a stranger.
    pub fn account(&self) -> Result<Id> {
        self.account_id().ok_or_else(|| AUTH_REQUIRED.refusal().into())
    }

    /// The account's person, once signed in and known.
    #[must_use]
    pub fn person_id(&self) -> Option<Id> {
        self.account_id().and(self.session.as_ref()).and_then(|s| s.person_id)
    }

    /// The session, also while a further factor is due.
    #[must_use]
    pub fn session(&self) -> Option<&session::Model> {
        self.session.as_ref()
    }

    /// Id of the session.
    #[must_use]
    pub fn session_id(&self) -> Option<Id> {
        self.session.as_ref().map(|s| s.id)
    }

    /// Grants in force today.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// Whether some grant carries this permission, anywhere.
    #[must_use]
    pub fn holds(&self, permission: Permission) -> bool {
        self.system || self.grants.iter().any(|grant| grant.allows(permission))
    }

    /// Nodes on which a grant carries this permission; it flows down from them.
    #[must_use]
    pub fn nodes_with(&self, permission: Permission) -> Vec<Id> {
        let holding = self.grants.iter().filter(|grant| grant.allows(permission));
        holding.map(|grant| grant.node_id).collect()
    }

    /// What this caller may list under a permission; the only way to a [`Scope`].
    #[must_use]
    pub fn scope(&self, permission: Permission) -> Scope {
        if self.system { Scope::everything() } else { Scope::below(self.nodes_with(permission), self.today) }
    }

    /// Whether the caller may do this to something at `node`.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn may(&self, conn: &impl ConnectionTrait, permission: Permission, node: Id) -> Result<bool> {
        if self.system {
            return Ok(true);
        }
        let holding = self.nodes_with(permission);
        if holding.is_empty() || holding.contains(&node) {
            return Ok(!holding.is_empty());
        }
        let path = node::path(conn, node, self.today).await?;
        Ok(path.iter().any(|ancestor| holding.contains(ancestor)))
    }

    /// Like [`Caller::may`], but the "no" is the answer: 404 outside the caller's
    /// scope (private things do not exist), 403 when no role has the permission.
    ///
    /// # Errors
    /// `access.denied`, `not_found`, `auth.required`, or the database.
    pub async fn must(&self, conn: &impl ConnectionTrait, permission: Permission, node: Id) -> Result<()> {
        if self.may(conn, permission, node).await? {
            return Ok(());
        }
        Err(self.denied(permission))
    }

    fn denied(&self, permission: Permission) -> Error {
        match () {
            () if self.account_id().is_none() => AUTH_REQUIRED.refusal().into(),
            () if self.holds(permission) => Error::not_found(),
            () => ACCESS_DENIED.refusal().into(),
        }
    }
}
