//! Bodies: what comes in piece by piece, and what goes out as a file.

use std::io;
use std::ops::Range;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, stream};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::range::{Wanted, wanted};
use crate::error::{Error, INPUT_BROKEN, INPUT_RANGE, INPUT_SLOW, INPUT_TOO_LARGE, Result};

/// How long the rest of a refused body is taken.
const LINGER: Duration = Duration::from_secs(30);

/// A body that a verb takes as it comes.
pub struct Upload {
    /// The bytes. Ends with an error when the client hangs up or falls silent.
    pub stream: BoxStream<'static, Result<Bytes>>,
    /// How many there will be, where the client says so.
    pub length: Option<u64>,
}

/// A file that a verb sends.
pub struct Download {
    /// What the file is to be called at the other end; Chinese is fine.
    pub name: String,
    /// Its media type.
    pub content_type: &'static str,
    /// How many bytes, where known.
    pub bytes: Option<u64>,
    /// Shown in its place in a page, rather than kept as a file.
    pub shown: bool,
    /// The bytes.
    pub body: Content,
}

/// The bytes of a file on their way out.
pub enum Content {
    /// From the first to the last, as they come.
    Stream(Outgoing),
    /// From any place: of these a part can be asked for.
    Anywhere(Anywhere),
}

/// Bytes on their way out. An error ends them, so that what breaks off does not look whole.
pub type Outgoing = BoxStream<'static, io::Result<Bytes>>;

/// A content that never changes and opens anywhere.
pub struct Anywhere {
    /// Names it: another content has another tag. Letters, digits and hyphens.
    pub tag: String,
    /// Opens the bytes of a range.
    pub open: Box<dyn FnOnce(Range<u64>) -> Outgoing + Send>,
}

impl From<Outgoing> for Content {
    fn from(stream: Outgoing) -> Self {
        Self::Stream(stream)
    }
}

/// The pieces of a body, refused when nothing comes for as long as `patience`.
pub(super) fn incoming(body: Body, patience: Duration) -> BoxStream<'static, Result<Bytes>> {
    stream::unfold(Rest(Some(body.into_data_stream())), move |mut rest| async move {
        let mut pieces = rest.0.take()?;
        let refusal = match timeout(patience, pieces.next()).await {
            Ok(Some(Ok(piece))) => return Some((Ok(piece), Rest(Some(pieces)))),
            Ok(Some(Err(error))) => {
                tracing::debug!(%error, "a body broke off");
                INPUT_BROKEN.refusal()
            }
            Err(_) => INPUT_SLOW.refusal(),
            Ok(None) => return None,
        };
        Some((Err(refusal.into()), rest))
    })
    .boxed()
}

/// A body that may not have been read to its end. What a refused client still sends is taken and thrown away for a
/// while: it would otherwise lose the connection in the middle of sending, and with it the refusal.
struct Rest(Option<BodyDataStream>);

impl Drop for Rest {
    fn drop(&mut self) {
        if let (Some(mut rest), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(timeout(LINGER, async move { while let Some(Ok(_)) = rest.next().await {} }));
        }
    }
}

/// A whole body of at most `max` bytes.
pub(super) async fn gather(pieces: impl Stream<Item = Result<Bytes>> + Send, max: usize) -> Result<Bytes> {
    let mut pieces = std::pin::pin!(pieces);
    let mut whole = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if whole.len() + piece.len() > max {
            return Err(INPUT_TOO_LARGE.refusal().into());
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

impl Download {
    /// All of its bytes, for whoever takes them without a request.
    #[must_use]
    pub fn whole(self) -> Outgoing {
        match self.body {
            Content::Stream(stream) => stream,
            Content::Anywhere(content) => (content.open)(0..self.bytes.unwrap_or_default()),
        }
    }

    /// The answer to a request: the whole, or the part that its headers ask for.
    pub(super) fn answer(self, asked: &HeaderMap) -> Result<Response> {
        let Self { name, content_type, bytes, shown, body } = self;
        let mut response = match (body, bytes) {
            (Content::Anywhere(content), Some(bytes)) => part(content, bytes, asked)?,
            (Content::Anywhere(_), None) => return Err(Error::internal("a content of no known length has no parts")),
            (Content::Stream(stream), bytes) => sent(stream, bytes),
        };
        if response.status().is_success() {
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            headers.insert(header::CONTENT_DISPOSITION, disposition(&name, shown));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            // A reverse proxy hands it on as it comes, rather than keep it all.
            headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
        }
        Ok(response)
    }
}

fn part(content: Anywhere, bytes: u64, asked: &HeaderMap) -> Result<Response> {
    let Anywhere { tag, open } = content;
    let tag = HeaderValue::from_str(&format!("\"{tag}\"")).map_err(Error::internal)?;
    // A part is of use only beside other parts of the same content.
    let same = asked.get(header::IF_RANGE).is_none_or(|known| known == tag);
    let range = asked.get(header::RANGE).filter(|_| same).and_then(|range| range.to_str().ok());
    let mut response = match wanted(range, bytes) {
        Wanted::Whole => sent(open(0..bytes), Some(bytes)),
        Wanted::Part(part) => {
            let (said, length) = (format!("bytes {}-{}/{bytes}", part.start, part.end - 1), part.end - part.start);
            let mut response = sent(open(part), Some(length));
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            content_range(&mut response, &said)?;
            response
        }
        Wanted::Nothing => {
            let mut response = Error::from(INPUT_RANGE.refusal()).into_response();
            content_range(&mut response, &format!("bytes */{bytes}"))?;
            return Ok(response);
        }
    };
    response.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

fn content_range(response: &mut Response, said: &str) -> Result<()> {
    let said = HeaderValue::from_str(said).map_err(Error::internal)?;
    response.headers_mut().insert(header::CONTENT_RANGE, said);
    Ok(())
}

fn sent(stream: Outgoing, bytes: Option<u64>) -> Response {
    let body = stream.inspect(|piece| {
        if let Err(error) = piece {
            tracing::error!(%error, "a download broke off");
        }
    });
    let mut response = Body::from_stream(body).into_response();
    if let Some(bytes) = bytes {
        response.headers_mut().insert(header::CONTENT_LENGTH, bytes.into());
    }
    response
}

/// `attachment` or `inline`, with the name twice (RFC 6266): in ASCII for what is old, and as it is (RFC 8187).
fn disposition(name: &str, shown: bool) -> HeaderValue {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | '/' | ';');
    let ascii: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        // The attr-char of RFC 8187.
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    let kind = if shown { "inline" } else { "attachment" };
    let text = format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_twice() {
        let text = |name| disposition(name, false).to_str().unwrap().to_owned();
        assert_eq!(
            text("花名册 1.xlsx"),
            "attachment; filename=\"____1.xlsx\"; filename*=UTF-8''%E8%8A%B1%E5%90%8D%E5%86%8C%201.xlsx"
        );
        assert_eq!(text("a\"b\r\n;c"), "attachment; filename=\"a_b___c\"; filename*=UTF-8''a%22b%0D%0A%3Bc");
        assert_eq!(disposition("a.mp4", true), "inline; filename=\"a.mp4\"; filename*=UTF-8''a.mp4");
    }

    #[tokio::test]
    async fn a_silent_body_is_refused() {
        let first = stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"a"))]);
        let body = Body::from_stream(first.chain(stream::pending()));
        let mut pieces = incoming(body, Duration::from_millis(20));
        assert_eq!(pieces.next().await.unwrap().unwrap(), "a");
        let error = pieces.next().await.unwrap().unwrap_err();
        assert_eq!(error.refusal().unwrap().code, "input.slow");
        assert!(pieces.next().await.is_none());
    }
}
