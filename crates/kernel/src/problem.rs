//! How an error looks on the wire: RFC 9457 `application/problem+json` with a
//! stable `code` and a Chinese `detail`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{BUSY, Error, INTERNAL, Refusal, STORAGE};

/// What a person is told who can do nothing about it: whom to tell.
const STOPPED: &str = "系统存储出了故障，为免出错已停止办理，这次没有办成，内容没有丢；请告诉系统管理员检查磁盘并重新启动系统，急事请拨打 12351。";

/// Body of every answer that is not a success.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`; the code below is the machine-readable reason.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// HTTP status phrase.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable code, listed in `docs/codes.md`.
    pub code: String,
    /// Chinese sentence with the next step.
    pub detail: String,
    /// Input field at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self {
            kind: "about:blank",
            title: refusal.status.canonical_reason().unwrap_or_default().into(),
            status: refusal.status.as_u16(),
            code: refusal.code.into_owned(),
            detail: refusal.message,
            field: refusal.field,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status;
        let mut response = (status, Json(Problem::from(self))).into_response();
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::Refusal(refusal) => refusal.into_response(),
            Self::Replay(stored) => Json(stored).into_response(),
            Self::Contention => BUSY.refusal().into_response(),
            Self::Db(error) => {
                // Display only: Debug of a PostgreSQL error prints the row.
                tracing::error!(error = %error, "database");
                STORAGE.refusal().into_response()
            }
            // The log said so when it stopped.
            Self::Stopped => STORAGE.with(STOPPED).into_response(),
            Self::Internal(what) => {
                tracing::error!(what, "internal");
                INTERNAL.refusal().into_response()
            }
        }
    }
}
