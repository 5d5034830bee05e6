//! The pages: the member's at `/`, the staff desk's at `/desk/`, both from the
//! binary itself (feature `web`).
//!
//! * An address that a page makes up (`/join/…`) answers with its `index.html`;
//! * a missing file is missing: half a page that loads is worse than none;
//! * `/api/…` never answers with a page;
//! * `assets/` holds files with a hash in their name, kept by browsers for a year;
//!   everything else is asked for each time (304 when unchanged).

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::app::App;
use kernel::error::Error;

/// Answers everything that is no declared route: pages, their files, or 404.
pub fn router() -> axum::Router<App> {
    axum::Router::new().fallback_service(axum::Router::new().fallback(answer).with_state(pages::Pages::load()))
}

async fn answer(State(pages): State<pages::Pages>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if path == "/api" || path.starts_with("/api/") {
        return Error::not_found().into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if path == "/desk" {
        return Redirect::permanent("/desk/").into_response();
    }
    let (desk, place) = match path.strip_prefix("/desk/") {
        Some(rest) => (true, format!("/{rest}")),
        None => (false, path),
    };
    let asset = place.starts_with("/assets/");
    let file = asset || place.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let mut response = pages.get(desk, &place, file, request).await;
    let kept = if asset && response.status().is_success() { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    response
}

#[cfg(feature = "web")]
mod pages {
    use axum::Router;
    use axum::extract::Request;
    use axum::http::{StatusCode, Uri};
    use axum::response::{IntoResponse, Response};
    use tower::ServiceExt;

    /// Both sites.
    #[derive(Clone)]
    pub struct Pages {
        member: Router,
        desk: Router,
    }

    impl Pages {
        pub fn load() -> Self {
            let site = |site: memory_serve::MemoryServe| site.fallback(Some("/index.html")).into_router();
            Self { member: site(memory_serve::load!("member")), desk: site(memory_serve::load!("desk")) }
        }

        pub async fn get(&self, desk: bool, place: &str, file: bool, mut request: Request) -> Response {
            let site = if desk { self.desk.clone() } else { self.member.clone() };
            let Ok(uri) = place.parse::<Uri>() else {
                return StatusCode::NOT_FOUND.into_response();
            };
            *request.uri_mut() = uri;
            let Ok(mut response) = site.oneshot(request).await;
            // The site answers what it does not know with its index and 404.
            if response.status() == StatusCode::NOT_FOUND {
                if file {
                    return StatusCode::NOT_FOUND.into_response();
                }
                *response.status_mut() = StatusCode::OK;
            }
            response
        }
    }
}

#[cfg(not(feature = "web"))]
mod pages {
    use axum::extract::Request;
    use axum::http::StatusCode;
    use axum::response::{Html, IntoResponse, Response};

    const ABSENT: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>智工</title>\
        <h1>服务已启动，但这个程序里没有网页</h1>\
        <p>请执行 <code>make run</code>，它会先构建网页再启动；或者 <code>make web</code> 之后用 \
        <code>cargo build -p zhigong-server --features web</code> 重新编译。</p>\
        <p lang=\"en\">The server runs, but this binary was built without the pages: use <code>make run</code>.</p></html>";

    /// No pages: the binary was built without them.
    #[derive(Clone)]
    pub struct Pages;

    impl Pages {
        pub fn load() -> Self {
            Self
        }

        pub async fn get(&self, _desk: bool, _place: &str, file: bool, _request: Request) -> Response {
            if file { StatusCode::NOT_FOUND.into_response() } else { Html(ABSENT).into_response() }
        }
    }
}
