//! JSON as it comes: value after value, none held longer than it takes to look at it.
//!
//! Half a gigabyte of short values in known places: a reader that looks at every byte by itself takes longer than all the
//! counting. This one finds the end of a value, holds its bytes, and leaves what they mean to `serde_json`.

use std::io::{BufRead, BufReader, Read};

use memchr::memchr2;
use serde::Deserialize;

use crate::{Fault, Unverified};

/// Bytes that are read at a time.
const PIECE: usize = 1 << 16;
/// Bytes of one value: an instrument or the figures are far below, everything else is short.
const LONGEST: usize = 1 << 24;

/// A file of JSON, and the value that was read last.
pub(crate) struct Json<R> {
    from: BufReader<R>,
    value: Vec<u8>,
}

/// Where in a value its next byte stands.
#[derive(Default)]
struct Place {
    /// Lists and objects that are open.
    depth: u32,
    in_text: bool,
    /// After a backslash.
    escaped: bool,
}

impl<R: Read> Json<R> {
    pub(crate) fn over(from: R) -> Self {
        Self { from: BufReader::with_capacity(PIECE, from), value: Vec::new() }
    }

    /// What it reads from.
    pub(crate) fn into_inner(self) -> R {
        self.from.into_inner()
    }

    /// The next value, which must be one of these.
    ///
    /// # Errors
    /// [`Fault::Form`]; what stops the reading.
    pub(crate) fn read<'v, T: Deserialize<'v>>(&'v mut self) -> Result<T, Unverified> {
        self.hold()?;
        serde_json::from_slice(&self.value).map_err(|_| Fault::Form.into())
    }

    /// The first field of an object, which must have this name: up to its value.
    pub(crate) fn first(&mut self, name: &str) -> Result<(), Unverified> {
        self.sign(b'{')?;
        self.name(name)
    }

    /// The next one.
    pub(crate) fn next(&mut self, name: &str) -> Result<(), Unverified> {
        self.sign(b',')?;
        self.name(name)
    }

    /// The value of the next field.
    pub(crate) fn field<'v, T: Deserialize<'v>>(&'v mut self, name: &str) -> Result<T, Unverified> {
        self.next(name)?;
        self.read()
    }

    /// The end of an object.
    pub(crate) fn end(&mut self) -> Result<(), Unverified> {
        self.sign(b'}')
    }

    /// Every item of a list, one after the other: each is read by `item`.
    pub(crate) fn list(&mut self, mut item: impl FnMut(&mut Self) -> Result<(), Unverified>) -> Result<(), Unverified> {
        self.sign(b'[')?;
        if self.peek()? == Some(b']') {
            return self.sign(b']');
        }
        loop {
            item(self)?;
            match self.peek()? {
                Some(b',') => self.from.consume(1),
                _ => return self.sign(b']'),
            }
        }
    }

    /// Nothing follows.
    pub(crate) fn finish(&mut self) -> Result<(), Unverified> {
        if self.peek()?.is_none() { Ok(()) } else { Err(Fault::Form.into()) }
    }

    fn name(&mut self, name: &str) -> Result<(), Unverified> {
        let named: String = self.read()?;
        if named != name {
            return Err(Fault::Form.into());
        }
        self.sign(b':')
    }

    fn sign(&mut self, sign: u8) -> Result<(), Unverified> {
        if self.peek()? != Some(sign) {
            return Err(Fault::Form.into());
        }
        self.from.consume(1);
        Ok(())
    }

    /// The next byte that is not blank; it stays where it is.
    fn peek(&mut self) -> Result<Option<u8>, Unverified> {
        loop {
            let piece = self.from.fill_buf()?;
            let Some(first) = piece.first().copied() else { return Ok(None) };
            if !is_blank(first) {
                return Ok(Some(first));
            }
            let blanks = piece.iter().take_while(|byte| is_blank(**byte)).count();
            self.from.consume(blanks);
        }
    }

    /// Holds the bytes of the next value.
    fn hold(&mut self) -> Result<(), Unverified> {
        self.value.clear();
        self.peek()?;
        let mut place = Place::default();
        loop {
            let piece = self.from.fill_buf()?;
            if piece.is_empty() {
                return Err(Fault::Form.into());
            }
            let (taken, ended) = place.step(piece);
            let (part, _) = piece.split_at(taken);
            self.value.extend_from_slice(part);
            self.from.consume(taken);
            match self.value.len() {
                ..=LONGEST if ended => return Ok(()),
                ..=LONGEST => {}
                _ => return Err(Fault::Form.into()),
            }
        }
    }
}

impl Place {
    /// How many bytes of a piece belong to the value, and whether it ends with them.
    fn step(&mut self, piece: &[u8]) -> (usize, bool) {
        let mut rest = piece;
        while let [byte, after @ ..] = rest {
            let taken = piece.len() - rest.len();
            if self.in_text {
                if std::mem::take(&mut self.escaped) {
                    rest = after;
                    continue;
                }
                let Some(at) = memchr2(b'"', b'\\', rest) else { break };
                let (until, from) = rest.split_at(at);
                rest = from.split_at(1).1;
                self.escaped = from.first() == Some(&b'\\');
                self.in_text = self.escaped;
                if !self.in_text && self.depth == 0 {
                    return (taken + until.len() + 1, true);
                }
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'[' | b'{' => self.depth += 1,
                // After a number or a word.
                b']' | b'}' | b',' | b':' if self.depth == 0 => return (taken, true),
                b']' | b'}' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (taken + 1, true);
                    }
                }
                _ if self.depth == 0 && is_blank(*byte) => return (taken, true),
                _ => {}
            }
            rest = after;
        }
        (piece.len(), false)
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that hands out so many bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let number = self.1.min(self.0.len()).min(into.len());
            let (now, later) = self.0.split_at(number);
            into[..number].copy_from_slice(now);
            self.0 = later;
            Ok(number)
        }
    }

    type Read3 = (u64, Vec<(String, String)>, Vec<Vec<i64>>);

    fn whole(text: &[u8], piece: usize) -> Result<Read3, Unverified> {
        let mut json = Json::over(Slow(text, piece));
        json.first("one")?;
        let one = json.read()?;
        json.next("pairs")?;
        let (mut pairs, mut lists) = (Vec::new(), Vec::new());
        json.list(|json| {
            pairs.push(json.read()?);
            Ok(())
        })?;
        json.next("lists")?;
        json.list(|json| {
            let mut list = Vec::new();
            json.list(|json| {
                list.push(json.read()?);
                Ok(())
            })?;
            lists.push(list);
            Ok(())
        })?;
        json.end()?;
        json.finish()?;
        Ok((one, pairs, lists))
    }

    #[test]
    fn it_reads_what_is_there_in_pieces_of_any_size() {
        let text = r#" {"one" : 12 ,"pairs":[["a\"]","\\"] , ["二}",""]],"lists":[[],[1, -2 ],[3]]} "#;
        let pairs = [("a\"]", "\\"), ("二}", "")].map(|(one, two)| (one.to_owned(), two.to_owned())).to_vec();
        for piece in 1..text.len() {
            let read = whole(text.as_bytes(), piece).unwrap();
            assert_eq!(read, (12, pairs.clone(), vec![vec![], vec![1, -2], vec![3]]), "{piece}");
        }
    }

    #[test]
    fn what_is_cut_off_or_changed_is_no_form() {
        let text = r#"{"one":12,"pairs":[["a","b"]],"lists":[[1]]}"#;
        assert!(whole(text.as_bytes(), 7).is_ok());
        for end in 0..text.len() {
            let cut = whole(&text.as_bytes()[..end], 7);
            assert!(matches!(cut, Err(Unverified::Fault(Fault::Form))), "{end}: {cut:?}");
        }
        for (old, new) in [
            ("12", "-12"),
            ("12", "\"12\""),
            ("12", "[12"),
            ("\"one\"", "\"two\""),
            (",\"pairs\"", "\"pairs\""),
            ("[1]]", "[1,]]"),
            ("[1]]", "[1]],"),
            ("[1]]}", "[1]],\"more\":1}"),
            ("[1]]}", "[1]]}}"),
            ("[1]]}", "[1]]} x"),
            ("[1]", "1"),
            ("\"b\"]", "\"b\",\"c\"]"),
        ] {
            let changed = whole(text.replacen(old, new, 1).as_bytes(), 7);
            assert!(matches!(changed, Err(Unverified::Fault(Fault::Form))), "{old} {new}: {changed:?}");
        }
    }

    #[test]
    fn a_value_without_an_end_is_not_held() {
        let mut json = Json::over(std::io::repeat(b'['));
        assert!(matches!(json.read::<u64>(), Err(Unverified::Fault(Fault::Form))));
    }
}
