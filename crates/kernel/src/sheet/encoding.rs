//! Which encoding a text file has, and its characters.
//!
//! A byte order mark decides; otherwise what is valid UTF-8 is UTF-8, and the rest
//! is GB 18030 (which holds GBK and GB 2312). The whole stream has to fit: a byte
//! that does not is `sheet.encoding`, never a replaced character.

use std::io::{Read, SeekFrom};

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::error::ENCODING;
use super::{Bytes, HEAD, SheetError};

/// The encoding of a text; `source` is read on while all is ASCII, which fits both.
pub(super) fn of(source: &mut dyn Bytes, head: &[u8]) -> Result<&'static Encoding, SheetError> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Ok(encoding);
    }
    let mut window = head.to_vec();
    source.seek(SeekFrom::Start(window.len() as u64))?;
    while window.is_ascii() {
        window.clear();
        if (&mut *source).take(HEAD as u64).read_to_end(&mut window)? == 0 {
            return Ok(UTF_8);
        }
    }
    // The character that tells may be cut in two.
    (&mut *source).take(8).read_to_end(&mut window)?;
    if fits(UTF_8, &window) {
        return Ok(UTF_8);
    }
    if fits(GB18030, &window) { Ok(GB18030) } else { Err(ENCODING.refusal().into()) }
}

/// Whether the bytes are text of that encoding, except for a cut last character.
fn fits(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut out = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3));
    let (result, ..) = decoder.decode_to_string_without_replacement(bytes, &mut out, false);
    result == DecoderResult::InputEmpty
}

/// The first characters, for looking at them.
pub(super) fn preview(encoding: &'static Encoding, head: &[u8]) -> String {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut out = String::with_capacity(decoder.max_utf8_buffer_length(head.len()).unwrap_or(head.len() * 3));
    let _ = decoder.decode_to_string(head, &mut out, false);
    out
}

/// The characters of a stream, a piece at a time.
pub(super) struct Characters {
    source: Box<dyn Bytes>,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    ended: bool,
}

impl Characters {
    /// From where the source stands.
    pub(super) fn new(source: Box<dyn Bytes>, encoding: &'static Encoding) -> Self {
        debug_assert!([UTF_8, UTF_16LE, UTF_16BE, GB18030].contains(&encoding));
        Self { source, decoder: encoding.new_decoder_with_bom_removal(), raw: vec![0; HEAD], ended: false }
    }

    /// Replaces `text` by the next piece; empty at the end.
    pub(super) fn fill(&mut self, text: &mut String) -> Result<(), SheetError> {
        text.clear();
        while text.is_empty() && !self.ended {
            let read = match self.source.read(&mut self.raw) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            self.ended = read == 0;
            text.reserve(self.decoder.max_utf8_buffer_length(read).unwrap_or(read * 3 + 16));
            let raw = &self.raw[..read];
            let (result, ..) = self.decoder.decode_to_string_without_replacement(raw, text, self.ended);
            if result != DecoderResult::InputEmpty {
                return Err(ENCODING.refusal().into());
            }
        }
        Ok(())
    }
}
