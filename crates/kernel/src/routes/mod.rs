//! A verb becomes a route, declared once: method, path, who may, handler. The same
//! declaration writes the OpenAPI document and the golden access matrix, and a
//! route without a guard cannot be registered (the method that takes the handler
//! exists only behind the guard).
//!
//! ```
//! use kernel::access::Permission;
//! use kernel::routes::{Done, Routes};
//! use kernel::{Cx, Result};
//!
//! const BOX_OPEN: Permission = Permission("box.open");
//!
//! #[derive(Clone, serde::Deserialize, utoipa::ToSchema)]
//! pub struct OpenInput { pub id: uuid::Uuid, pub note: String }
//!
//! /// `id` is taken from the path, `note` from the JSON body.
//! pub async fn open(cx: Cx, input: OpenInput) -> Result<Done> { Ok(Done {}) }
//!
//! let routes = Routes::new("box")
//!     .post("/api/boxes/{id}/open", "Opens a box").requires(BOX_OPEN).runs(open);
//! assert_eq!(routes.table()[0].guard.to_string(), "box.open");
//! ```
//!
//! A write runs in a task of its own (a client that hangs up cannot cancel a
//! commit) and again, at most eight times, when it loses a race.

mod document;
mod input;
mod serve;
mod shell;

use std::future::Future;

use axum::extract::Request;
use axum::routing::{MethodFilter, on};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;

pub use document::document;
pub use shell::{REQUEST_ID, router};

use crate::access::Permission;
use crate::app::App;
use crate::command::Cx;
use crate::error::Result;

/// The answer of a verb that has nothing to say.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Done {}

/// The input of a verb that needs nothing.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Nothing {}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Anybody, signed in or not.
    Public,
    /// Any signed-in account.
    SignedIn,
    /// Accounts with a grant that carries this permission; the verb checks the object.
    Requires(Permission),
}

impl std::fmt::Display for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::SignedIn => "signed_in",
            Self::Requires(permission) => permission.0,
        })
    }
}

/// One declared route.
#[derive(Debug, Clone)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path with `{parameters}`.
    pub path: &'static str,
    /// One English sentence.
    pub summary: &'static str,
    /// Who may.
    pub guard: Guard,
}

/// The routes of a slice.
pub struct Routes {
    tag: &'static str,
    table: Vec<Route>,
    router: axum::Router<App>,
    document: document::Parts,
}

/// A route that still lacks its guard.
pub struct Unguarded {
    routes: Routes,
    method: Method,
    path: &'static str,
    summary: &'static str,
}

/// A route that still lacks its handler.
pub struct Guarded {
    declared: Unguarded,
    guard: Guard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
}

impl Routes {
    /// No routes yet; `tag` is the slice's name in the document.
    #[must_use]
    pub fn new(tag: &'static str) -> Self {
        Self { tag, table: Vec::new(), router: axum::Router::new(), document: document::Parts::default() }
    }

    /// A query: input from path and query string, changes nothing.
    #[must_use]
    pub fn get(self, path: &'static str, summary: &'static str) -> Unguarded {
        Unguarded { routes: self, method: Method::Get, path, summary }
    }

    /// A command: input from path and JSON body.
    #[must_use]
    pub fn post(self, path: &'static str, summary: &'static str) -> Unguarded {
        Unguarded { routes: self, method: Method::Post, path, summary }
    }

    /// Adds the routes of another slice.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.table.extend(other.table);
        self.router = self.router.merge(other.router);
        self.document.extend(other.document);
        self
    }

    /// Every declared route, for the access matrix.
    #[must_use]
    pub fn table(&self) -> &[Route] {
        &self.table
    }

    /// The axum router and the OpenAPI parts.
    pub fn into_router(self) -> axum::Router<App> {
        self.router
    }
}

impl Unguarded {
    /// Anybody may call.
    #[must_use]
    pub fn public(self) -> Guarded {
        Guarded { declared: self, guard: Guard::Public }
    }

    /// Any signed-in account may call.
    #[must_use]
    pub fn signed_in(self) -> Guarded {
        Guarded { declared: self, guard: Guard::SignedIn }
    }

    /// Only accounts holding this permission somewhere may call.
    #[must_use]
    pub fn requires(self, permission: Permission) -> Guarded {
        Guarded { declared: self, guard: Guard::Requires(permission) }
    }
}

impl Guarded {
    /// Ties the verb to the route.
    #[must_use]
    pub fn runs<I, O, F, Fut>(self, verb: F) -> Routes
    where
        I: DeserializeOwned + ToSchema + Clone + Send + Sync + 'static,
        O: Serialize + ToSchema + Send + 'static,
        F: Fn(Cx, I) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<O>> + Send + 'static,
    {
        let Self { declared: Unguarded { mut routes, method, path, summary }, guard } = self;
        let (filter, http, name) = match method {
            Method::Get => (MethodFilter::GET, HttpMethod::Get, "GET"),
            Method::Post => (MethodFilter::POST, HttpMethod::Post, "POST"),
        };
        let route = Route { method: name, path, summary, guard };
        let verb_name = std::any::type_name::<F>();
        routes.document.add::<I, O>(routes.tag, &route, &http, verb_name);
        routes.table.push(route);
        let endpoint = serve::Endpoint { path, guard, write: method == Method::Post };
        let handler = move |axum::extract::State(app): axum::extract::State<App>, request: Request| {
            let (endpoint, verb) = (endpoint.clone(), verb.clone());
            async move { serve::serve(app, endpoint, verb, request).await }
        };
        routes.router = routes.router.route(path, on(filter, handler));
        routes
    }
}
