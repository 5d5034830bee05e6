//! A process for tests: fixed clock, test keys, a database of its own.

use std::sync::Arc;

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use super::{Client, Engine, Fixture, TestDb};
use crate::access::Policy;
use crate::app::{App, Config, Setup};
use crate::calendar::Calendar;
use crate::caller::Caller;
use crate::command::Cx;
use crate::crypto::LocalKeys;
use crate::crypto::passing::PassingKeys;
use crate::db::{Db, commit};
use crate::file::Files;
use crate::id::{Id, Ids};
use crate::time::Clock;
use crate::{Migration, Routes, session};

/// Where the clock stands at first: Monday, 23 November 2026, 10:00 in China.
pub const START: &str = "2026-11-23T02:00:00Z";

/// A running application over a database of its own. Derefs to [`App`].
pub struct TestApp {
    /// The application.
    pub app: App,
    /// Its clock, to be moved by the test.
    pub clock: Clock,
    router: axum::Router,
    // Last: the database goes when everything that uses it is gone.
    database: TestDb,
}

/// Who a test acts as.
#[derive(Debug, Clone, Default)]
pub struct Who {
    /// Whose account; a new one unless given.
    pub account_id: Option<Id>,
    /// The account's person.
    pub person_id: Option<Id>,
    /// Roles, and the nodes they are granted on.
    pub grants: Vec<(&'static str, Id)>,
}

impl Who {
    /// Some new account without roles.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This account.
    #[must_use]
    pub fn account(mut self, id: Id) -> Self {
        self.account_id = Some(id);
        self
    }

    /// With this person.
    #[must_use]
    pub fn person(mut self, id: Id) -> Self {
        self.person_id = Some(id);
        self
    }

    /// With a role on a node, which must exist.
    #[must_use]
    pub fn role(mut self, role: &'static str, node: Id) -> Self {
        self.grants.push((role, node));
        self
    }
}

impl TestApp {
    /// An application over a fresh database.
    pub async fn new(engine: Engine, steps: &[Migration], policy: Policy, routes: Routes) -> Self {
        Self::over(TestDb::new(engine, steps).await, policy, routes)
    }

    /// An application over a database that is already there.
    #[must_use]
    pub fn over(database: TestDb, policy: Policy, routes: Routes) -> Self {
        let clock = Clock::fixed_at(START);
        let app = app_over(Db::clone(&database), clock.clone(), policy);
        let router = crate::routes::router(&app, routes, axum::Router::new());
        Self { app, clock, router, database }
    }

    /// An application, without routes and with the clock of the machine, over a database that
    /// somebody else keeps: for a second process.
    #[must_use]
    pub fn open(db: Db) -> App {
        app_over(db, Clock::system(), Policy::new())
    }

    /// The database, to tamper with it or to open it again.
    #[must_use]
    pub fn database(&self) -> &TestDb {
        &self.database
    }

    /// The router as it is served.
    pub fn router(&self) -> axum::Router {
        self.router.clone()
    }

    /// A browser without a cookie.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(self.router())
    }

    /// A browser signed in as somebody.
    pub async fn client_of(&self, who: &Who) -> Client {
        let client = self.client();
        client.set_token(Some(&self.sign_in(who).await));
        client
    }

    /// Writes the grants and a session; answers the session's token.
    pub async fn sign_in(&self, who: &Who) -> String {
        let (tx, now) = (self.app.db.begin().await.unwrap(), self.clock.now());
        let account = who.account_id.unwrap_or_else(Ids::random);
        let grant = "INSERT INTO role_grant (id, account_id, role, node_id, valid_from) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT DO NOTHING";
        for (role, node) in &who.grants {
            let id = self.app.ids.next();
            let values = [id.into(), account.into(), (*role).into(), (*node).into(), self.clock.today().into()];
            tx.execute_raw(self.app.db.statement(grant, values)).await.unwrap();
        }
        let token = Ids::random().simple().to_string();
        let row = session::ActiveModel {
            id: Set(self.app.ids.next()),
            token_hash: Set(session::hash(&token)),
            account_id: Set(account),
            person_id: Set(who.person_id),
            stage: Set("done".to_owned()),
            created_at: Set(now),
            last_seen_at: Set(now),
            // A year: tests move the clock by months.
            idle_minutes: Set(525_600),
            expires_at: Set(now + chrono::Duration::days(365)),
            ended_at: Set(None),
            device: Set("test".to_owned()),
        };
        session::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
        commit(tx).await.unwrap();
        token
    }

    /// A signed-in caller, found the way a request finds it.
    pub async fn caller(&self, who: &Who) -> Caller {
        let token = self.sign_in(who).await;
        Caller::of_token(&self.app, &token).await.unwrap()
    }

    /// A context to call a verb with, without HTTP.
    pub async fn cx(&self, who: &Who) -> Cx {
        Cx::new(self.app.clone(), self.caller(who).await)
    }

    /// A context of background work.
    #[must_use]
    pub fn system(&self) -> Cx {
        Cx::system(&self.app)
    }
}

impl Fixture for TestApp {
    async fn on(engine: Engine) -> Self {
        Self::new(engine, &crate::schema::migrations(), Policy::new(), Routes::new("test")).await
    }
}

impl std::ops::Deref for TestApp {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

fn app_over(db: Db, clock: Clock, policy: Policy) -> App {
    let config = Config {
        demo: true,
        secure_cookies: false,
        base_url: "http://localhost".to_owned(),
        body_silence: Config::BODY_SILENCE,
    };
    let setup = Setup {
        calendar: Calendar::bundled().clone(),
        policy,
        config,
        files: Files::for_tests(),
        passing: PassingKeys::in_memory(),
        parameters: Vec::new(),
    };
    App::new(db, clock, Arc::new(LocalKeys::for_tests().unwrap()), setup)
}
