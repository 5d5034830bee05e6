//! Which part of a file a request asks for (RFC 9110, 14). Pure.

use std::ops::Range;

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it: nothing else was asked for, or nothing that is understood here.
    Whole,
    /// These bytes, at least one.
    Part(Range<u64>),
    /// Bytes that are not there.
    Nothing,
}

/// What a `Range` header wants of so many bytes. Several parts at once are answered with the whole, as the standard
/// allows.
pub(super) fn wanted(header: Option<&str>, bytes: u64) -> Wanted {
    let Some((unit, text)) = header.and_then(|header| header.split_once('=')) else { return Wanted::Whole };
    let text = text.trim();
    if !unit.trim().eq_ignore_ascii_case("bytes") || text.contains(',') {
        return Wanted::Whole;
    }
    let Some((from, to)) = text.split_once('-') else { return Wanted::Whole };
    match (number(from), number(to)) {
        (Some(None), Some(Some(last))) => part(bytes.saturating_sub(last), bytes),
        (Some(Some(from)), Some(None)) => part(from, bytes),
        (Some(Some(from)), Some(Some(to))) if from <= to => part(from, bytes.min(to.saturating_add(1))),
        _ => Wanted::Whole,
    }
}

fn part(from: u64, end: u64) -> Wanted {
    if from < end { Wanted::Part(from..end) } else { Wanted::Nothing }
}

/// A number of digits, `Some(None)` where there are none; beyond all files what is too large to be read.
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((!text.is_empty()).then(|| text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_are_told_from_wholes() {
        let part = |from, end| Wanted::Part(from..end);
        for (header, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=99-99", part(99, 100)),
            ("bytes=0-", part(0, 100)),
            ("bytes=10-19", part(10, 20)),
            (" Bytes = 10 - 19 ", part(10, 20)),
            ("bytes=90-1000", part(90, 100)),
            ("bytes=-1", part(99, 100)),
            ("bytes=-1000", part(0, 100)),
            ("bytes=0-99999999999999999999999", part(0, 100)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=100-200", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=20-10", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=", Wanted::Whole),
            ("bytes=1", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("bytes=1-2x", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
            ("0-1", Wanted::Whole),
        ] {
            assert_eq!(wanted(Some(header), 100), expected, "{header}");
        }
        assert_eq!(wanted(None, 100), Wanted::Whole);
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
    }

    proptest! {
        #[test]
        fn a_part_is_never_empty_and_never_beyond(header in ".{0,20}|bytes=[0-9]{0,21}-[0-9]{0,21}", bytes: u64) {
            if let Wanted::Part(part) = wanted(Some(&header), bytes) {
                prop_assert!(part.start < part.end && part.end <= bytes);
            }
        }
    }
}
