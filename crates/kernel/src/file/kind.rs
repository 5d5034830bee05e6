//! What people attach, pictures and PDF, is known by its first bytes and not by its name.

use std::io::Read;

use tokio::task::spawn_blocking;

use super::{cause, source};
use crate::app::App;
use crate::error::{Error, Result};
use crate::id::Id;

/// Bytes by which a kind is known.
const HEAD: u64 = 16;

/// The media type by the first bytes; `None` for what is neither a picture nor a PDF.
///
/// ```
/// use kernel::file::media_type;
/// assert_eq!(media_type(b"%PDF-1.7"), Some("application/pdf"));
/// assert_eq!(media_type(b"<svg xmlns"), None);
/// ```
#[must_use]
pub fn media_type(head: &[u8]) -> Option<&'static str> {
    let webp = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    match () {
        () if head.starts_with(&[0xff, 0xd8, 0xff]) => Some("image/jpeg"),
        () if head.starts_with(b"\x89PNG\r\n\x1a\n") => Some("image/png"),
        () if webp => Some("image/webp"),
        () if head.starts_with(b"%PDF-") => Some("application/pdf"),
        () => None,
    }
}

/// The media type of a stored file; `None` for what is neither a picture nor a PDF.
///
/// # Errors
/// `file.damaged`, or the store.
pub async fn media_type_of(app: &App, id: Id) -> Result<Option<&'static str>> {
    let app = app.clone();
    let head = spawn_blocking(move || {
        let mut head = Vec::new();
        source(&app, id)?.take(HEAD).read_to_end(&mut head).map_err(cause)?;
        Ok::<_, Error>(head)
    });
    Ok(media_type(&head.await.map_err(Error::internal)??))
}

/// A media type that was written down, as one of those known here.
#[must_use]
pub fn known_type(written: &str) -> &'static str {
    match written {
        "image/jpeg" => "image/jpeg",
        "image/png" => "image/png",
        "image/webp" => "image/webp",
        _ => "application/pdf",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_attached_is_known_by_its_content() {
        let cases: [(&[u8], Option<&str>); 7] = [
            (&[0xff, 0xd8, 0xff, 0xe0], Some("image/jpeg")),
            (b"\x89PNG\r\n\x1a\n....", Some("image/png")),
            (b"RIFF\x10\x00\x00\x00WEBPVP8 ", Some("image/webp")),
            (b"%PDF-1.7", Some("application/pdf")),
            (b"RIFF\x10\x00\x00\x00AVI LIST", None),
            (b"<svg xmlns", None),
            (b"", None),
        ];
        for (head, expected) in cases {
            assert_eq!(media_type(head), expected);
            assert_eq!(expected, expected.map(known_type));
        }
    }
}
