//! What a video is, by its first bytes. Pure.

/// First bytes that are looked at.
pub const HEAD: usize = 64;

/// What kind of video it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// MPEG-4.
    Mp4,
    /// WebM.
    Webm,
}

impl Kind {
    /// The kind that begins with these bytes; `None` for anything else, whatever it is called.
    ///
    /// ```
    /// use voice::report::video::Kind;
    /// assert_eq!(Kind::of(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"), Some(Kind::Mp4));
    /// assert_eq!(Kind::of(b"#!/bin/sh\nrm -rf ~\n"), None);
    /// ```
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        let head = head.get(..HEAD).unwrap_or(head);
        match head {
            // The brand of QuickTime is left out: most phones cannot play it.
            [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', b' ', b' ', ..] => None,
            [0, 0, more, length, b'f', b't', b'y', b'p', brand @ ..] => {
                let brand = brand.get(..4)?;
                let letters =
                    brand.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'-'));
                (u16::from_be_bytes([*more, *length]) >= 12 && letters).then_some(Self::Mp4)
            }
            // EBML, with WebM as its document type.
            [0x1a, 0x45, 0xdf, 0xa3, rest @ ..] => {
                rest.windows(7).any(|part| part == b"\x42\x82\x84webm").then_some(Self::Webm)
            }
            _ => None,
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
        }
    }

    /// How the name of a file of it ends.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn videos_are_known_by_their_beginning() {
        let webm = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm\x42\x87\x81\x04";
        assert_eq!(Kind::of(webm), Some(Kind::Webm));
        assert_eq!(Kind::of(b"\0\0\0 ftypisom\0\0\x02\0isomiso2avc1mp41"), Some(Kind::Mp4));
        let matroska = b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska\x42\x87\x81\x04";
        for none in [
            &b""[..],
            b"ftyp",
            b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
            b"\0\0\0\x01ftypisom",
            b"<html>ftypisom",
            b"\0\0\0\x18ftyp<scr",
            b"\x1a\x45\xdf\xa3",
            matroska,
            b"RIFF\0\0\0\0AVI LIST",
            b"#!/bin/sh",
        ] {
            assert_eq!(Kind::of(none), None, "{none:?}");
        }
    }
}
