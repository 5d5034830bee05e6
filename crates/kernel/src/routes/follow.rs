//! Answers that go on: server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use futures::stream::BoxStream;
use serde::Serialize;

/// What goes out, one after the other, each as JSON.
pub type Messages<T> = BoxStream<'static, T>;

/// How often something is sent when there is nothing to say: proxies cut what is silent.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// When a stream ends in any case. The page asks again, and who asks is looked at again.
const LONGEST: Duration = Duration::from_secs(600);

/// The answer of a route that goes on.
pub(super) fn answer<T: Serialize + Send + 'static>(messages: Messages<T>) -> Response {
    let events = messages.take_until(tokio::time::sleep(LONGEST)).filter_map(|message| async move {
        match serde_json::to_string(&message) {
            Ok(text) => Some(Ok::<_, Infallible>(Event::default().data(text))),
            Err(error) => {
                tracing::error!(%error, "a message cannot be JSON");
                None
            }
        }
    });
    let alive = KeepAlive::new().interval(HEARTBEAT).text("");
    let mut response = Sse::new(events).keep_alive(alive).into_response();
    // A reverse proxy hands it on as it comes.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}
