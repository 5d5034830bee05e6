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
//!
//! A body larger than a command's, a file, goes through [`Routes::upload`]: the verb takes it as it comes and is run
//! once, since the body cannot be read again; its own small transaction goes through
//! [`retried`](crate::command::retried). A file goes out through [`Routes::download`]; of one that opens anywhere
//! ([`Content::Anywhere`], every file of [`file::download`](crate::file::download)) a part can be asked for by `Range`,
//! as a video player does. No body may fall silent for longer than
//! [`Config::body_silence`](crate::app::Config::body_silence).
//!
//! What a page that stands open is told goes out through [`Routes::stream`], as server-sent events.
//!
//! ```
//! use kernel::command::retried;
//! use kernel::file::{self, NewFile};
//! use kernel::routes::{Done, Download, Routes, Upload};
//! use kernel::{Cx, Id, Result};
//!
//! #[derive(Clone, serde::Deserialize, utoipa::ToSchema)]
//! pub struct KeepInput { pub name: String }
//! #[derive(Clone, serde::Deserialize, utoipa::ToSchema)]
//! pub struct TakeInput { pub id: uuid::Uuid }
//!
//! pub async fn keep(cx: Cx, input: KeepInput, upload: Upload) -> Result<Done> {
//!     let id = cx.app.ids.next();
//!     let stored = file::receive(&cx.app, id, upload.stream, 20 << 20).await?;
//!     retried(async || {
//!         let tx = cx.begin().await?;
//!         file::enter(&tx, NewFile { id, purpose: "box", name: input.name.clone(), stored }).await?;
//!         tx.commit(Done {}).await
//!     }).await
//! }
//!
//! pub async fn take(cx: Cx, input: TakeInput) -> Result<Download> {
//!     let row = file::find(cx.read(), input.id).await?;
//!     file::download(&cx.app, row.id, row.name, "application/octet-stream").await
//! }
//!
//! let routes = Routes::new("box")
//!     .upload("/api/boxes", "Keeps a file").signed_in().receives(keep)
//!     .download("/api/boxes/{id}", "Takes a file").signed_in().sends(take);
//! assert_eq!(routes.table()[0].method, "POST");
//! ```

mod body;
mod document;
mod follow;
mod input;
mod range;
mod serve;
mod shell;

use std::future::Future;
use std::marker::PhantomData;

use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use body::{Anywhere, Content, Download, Outgoing, Upload};
pub use document::document;
pub use follow::Messages;
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
    /// Anybody, and nobody in particular: a request that says who it comes from (a cookie, an authorization) is
    /// refused, and neither its number, its device nor its moment is logged. For secret ballots.
    Anonymous,
    /// Any signed-in account.
    SignedIn,
    /// Accounts with a grant that carries this permission; the verb checks the object.
    Requires(Permission),
}

impl std::fmt::Display for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::Anonymous => "anonymous",
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

/// What stands in a route's declaration before its verb: JSON in and out.
pub struct Json;
/// A file comes in, JSON goes out.
pub struct FileIn;
/// A file goes out.
pub struct FileOut;
/// Messages go out, one after the other, for as long as the page stands open.
pub struct MessagesOut;

/// A route that still lacks its guard; `K` is what its verb takes and gives.
pub struct Unguarded<K> {
    routes: Routes,
    method: Method,
    path: &'static str,
    summary: &'static str,
    kind: PhantomData<K>,
}

/// A route that still lacks its handler.
pub struct Guarded<K> {
    declared: Unguarded<K>,
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
    pub fn get(self, path: &'static str, summary: &'static str) -> Unguarded<Json> {
        self.declare(Method::Get, path, summary)
    }

    /// A command: input from path and JSON body.
    #[must_use]
    pub fn post(self, path: &'static str, summary: &'static str) -> Unguarded<Json> {
        self.declare(Method::Post, path, summary)
    }

    /// A command that takes a file: input from path and query string, the file as the body of a POST.
    #[must_use]
    pub fn upload(self, path: &'static str, summary: &'static str) -> Unguarded<FileIn> {
        self.declare(Method::Post, path, summary)
    }

    /// A query that answers with a file: input from path and query string.
    #[must_use]
    pub fn download(self, path: &'static str, summary: &'static str) -> Unguarded<FileOut> {
        self.declare(Method::Get, path, summary)
    }

    /// A query whose answer goes on: input from path and query string, server-sent events out. It ends after some minutes
    /// and is asked again.
    #[must_use]
    pub fn stream(self, path: &'static str, summary: &'static str) -> Unguarded<MessagesOut> {
        self.declare(Method::Get, path, summary)
    }

    fn declare<K>(self, method: Method, path: &'static str, summary: &'static str) -> Unguarded<K> {
        Unguarded { routes: self, method, path, summary, kind: PhantomData }
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

impl<K> Unguarded<K> {
    /// Anybody may call.
    #[must_use]
    pub fn public(self) -> Guarded<K> {
        Guarded { declared: self, guard: Guard::Public }
    }

    /// Anybody may call who does not say who he is; see [`Guard::Anonymous`].
    #[must_use]
    pub fn anonymous(self) -> Guarded<K> {
        Guarded { declared: self, guard: Guard::Anonymous }
    }

    /// Any signed-in account may call.
    #[must_use]
    pub fn signed_in(self) -> Guarded<K> {
        Guarded { declared: self, guard: Guard::SignedIn }
    }

    /// Only accounts holding this permission somewhere may call.
    #[must_use]
    pub fn requires(self, permission: Permission) -> Guarded<K> {
        Guarded { declared: self, guard: Guard::Requires(permission) }
    }
}

impl<K> Guarded<K> {
    /// Writes the route into table, document and router.
    fn register<F, Fut>(self, operation: impl FnOnce(&mut document::Parts, &'static str, &Route), answer: F) -> Routes
    where
        F: Fn(serve::Asked) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Response>> + Send + 'static,
    {
        let Self { declared: Unguarded { mut routes, method, path, summary, kind: _ }, guard } = self;
        let (filter, name) = match method {
            Method::Get => (MethodFilter::GET, "GET"),
            Method::Post => (MethodFilter::POST, "POST"),
        };
        let route = Route { method: name, path, summary, guard };
        operation(&mut routes.document, routes.tag, &route);
        routes.table.push(route);
        let endpoint = serve::Endpoint { path, guard, write: method == Method::Post };
        let handler = move |State(app): State<App>, request: Request| {
            let (endpoint, answer) = (endpoint.clone(), answer.clone());
            async move { serve::serve(app, endpoint, request, answer).await }
        };
        routes.router = routes.router.route(path, on(filter, handler));
        routes
    }
}

impl Guarded<Json> {
    /// Ties the verb to the route.
    #[must_use]
    pub fn runs<I, O, F, Fut>(self, verb: F) -> Routes
    where
        I: DeserializeOwned + ToSchema + Clone + Send + Sync + 'static,
        O: Serialize + ToSchema + Send + 'static,
        F: Fn(Cx, I) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<O>> + Send + 'static,
    {
        let name = std::any::type_name::<F>();
        self.register(
            |document, tag, route| document.add::<I, O>(tag, route, name),
            move |asked| serve::run(asked, verb.clone()),
        )
    }
}

impl Guarded<FileIn> {
    /// Ties the verb to the route; it is run once.
    #[must_use]
    pub fn receives<I, O, F, Fut>(self, verb: F) -> Routes
    where
        I: DeserializeOwned + ToSchema + Send + 'static,
        O: Serialize + ToSchema + Send + 'static,
        F: Fn(Cx, I, Upload) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<O>> + Send + 'static,
    {
        let name = std::any::type_name::<F>();
        self.register(
            |document, tag, route| document.add_upload::<I, O>(tag, route, name),
            move |asked| serve::receive(asked, verb.clone()),
        )
    }
}

impl Guarded<FileOut> {
    /// Ties the verb to the route.
    #[must_use]
    pub fn sends<I, F, Fut>(self, verb: F) -> Routes
    where
        I: DeserializeOwned + ToSchema + Clone + Send + Sync + 'static,
        F: Fn(Cx, I) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Download>> + Send + 'static,
    {
        let name = std::any::type_name::<F>();
        self.register(
            |document, tag, route| document.add_download::<I>(tag, route, name),
            move |asked| serve::send(asked, verb.clone()),
        )
    }
}

impl Guarded<MessagesOut> {
    /// Ties the verb to the route. What it waits for rings a bell of [`Live`](crate::live::Live).
    #[must_use]
    pub fn follows<I, T, F, Fut>(self, verb: F) -> Routes
    where
        I: DeserializeOwned + ToSchema + Send + 'static,
        T: Serialize + ToSchema + Send + 'static,
        F: Fn(Cx, I) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Messages<T>>> + Send + 'static,
    {
        let name = std::any::type_name::<F>();
        self.register(
            |document, tag, route| document.add_stream::<I, T>(tag, route, name),
            move |asked| serve::follow(asked, verb.clone()),
        )
    }
}
