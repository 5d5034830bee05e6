//! What surrounds every route: the request's number, security headers, compression, and
//! an answer even where there is no route or the code panics.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};

use super::Routes;
use crate::app::App;
use crate::error::{Error, METHOD};

/// Number of a request: in the log, in its events and in the answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Only our own files run, nobody frames us. Styles may stand in the page, because the
/// component libraries place their pop-ups that way; scripts may not.
const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const DEVICES_POLICY: &str = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()";

/// Everything that is served: declared routes, probes, and `pages` for all other addresses.
/// Bodies are limited where they are read: 1 MiB of JSON; an upload by the verb that takes it.
pub fn router(app: &App, routes: Routes, pages: axum::Router<App>) -> axum::Router {
    let api = axum::Router::new()
        .merge(routes.into_router())
        .route("/api", axum::routing::any(missing))
        .route("/api/{*rest}", axum::routing::any(missing))
        .method_not_allowed_fallback(async || METHOD.refusal())
        .merge(crate::health::router());
    api.merge(pages)
        .layer(from_fn(catch_panic))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_no_file)))
        .layer(from_fn_with_state(app.clone(), mark))
        .with_state(app.clone())
}

/// Files go out as they are: with their length, and mostly packed already.
fn is_no_file(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::CONTENT_DISPOSITION)
}

/// Unknown addresses of the interface never answer with a page.
async fn missing() -> Error {
    Error::not_found()
}

async fn catch_panic(request: Request, next: Next) -> Response {
    // The future is dropped after a panic; whatever it shared is guarded by its own locks.
    let outcome = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    outcome.unwrap_or_else(|_| Error::internal("a handler panicked").into_response())
}

/// Numbers the request, never by what the client says, and sets the headers of the answer.
async fn mark(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let number = HeaderValue::from_str(&app.ids.next().simple().to_string()).ok();
    request.headers_mut().remove(REQUEST_ID);
    if let Some(number) = &number {
        request.headers_mut().insert(REQUEST_ID, number.clone());
    }
    let api = request.uri().path().starts_with("/api");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Some(number) = number {
        headers.insert(REQUEST_ID, number);
    }
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("permissions-policy"), DEVICES_POLICY);
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if app.config.secure_cookies {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if api {
        set(header::CACHE_CONTROL, "no-store");
    }
    response
}
