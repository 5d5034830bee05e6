//! A browser of the tests: keeps the cookie and sends what the pages send.

use std::sync::{Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use serde_json::Value;
use tower::ServiceExt;

use crate::session::COOKIE;

/// One browser; talks to the router without a socket.
pub struct Client {
    router: axum::Router,
    cookie: Mutex<Option<String>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body as JSON; text that is no JSON as a string.
    pub body: Value,
}

impl Client {
    /// A browser without a cookie.
    #[must_use]
    pub fn new(router: axum::Router) -> Self {
        Self { router, cookie: Mutex::default() }
    }

    /// Gives it the cookie of a session.
    pub fn set_token(&self, token: Option<&str>) {
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = token.map(str::to_owned);
    }

    /// The token in its cookie.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Submits.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_with(path, body, &[]).await
    }

    /// Submits under an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        self.post_with(path, body, &[("idempotency-key", key)]).await
    }

    /// Submits with further headers.
    pub async fn post_with(&self, path: &str, body: Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post(path).header("x-zhigong", "1").header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Sends any request, with the cookie.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        if let Some(token) = self.token() {
            request.headers_mut().insert(header::COOKIE, format!("{COOKIE}={token}").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        self.keep_cookie(&parts.headers);
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    fn keep_cookie(&self, headers: &HeaderMap) {
        for value in headers.get_all(header::SET_COOKIE) {
            let pair = value.to_str().unwrap().split(';').next().unwrap_or_default();
            if let Some((COOKIE, token)) = pair.split_once('=') {
                self.set_token(Some(token).filter(|token| !token.is_empty()));
            }
        }
    }
}

impl Answer {
    /// The code of a refusal; empty when there is none.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The body of a success; a refusal fails the test and shows itself.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    /// Demands a refusal with this status and code.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.body);
    }
}
