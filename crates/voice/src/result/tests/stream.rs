//! A file that is larger than what the verifier holds at a time.

use std::io::{Cursor, Read, Seek, SeekFrom};

use kernel::crypto::KeyProvider;
use serde_json::{Value, json};
use verifier::verify;

use super::{Sample, keys, resealed};

/// A disk that hands out a few bytes at a time, and remembers how many it was asked for at once.
struct Slow {
    file: Cursor<Vec<u8>>,
    most: usize,
    turn: usize,
}

impl Read for Slow {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.most = self.most.max(into.len());
        self.turn += 1;
        let few = (1 + self.turn * 7_919 % 3_001).min(into.len());
        self.file.read(&mut into[..few])
    }
}

impl Seek for Slow {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

#[test]
fn a_larger_file_is_read_piece_by_piece_with_the_same_outcome() {
    // More tokens than are held at a time.
    let sample = Sample::of(33, 1_100);
    let good = sample.file();
    let slow = |bytes: &[u8]| {
        let mut disk = Slow { file: Cursor::new(bytes.to_vec()), most: 0, turn: 0 };
        let outcome = verifier::verify_reader(&mut disk, Some(&keys().public_key()));
        assert!(disk.most <= 1 << 16, "{} bytes at once", disk.most);
        outcome
    };
    let report = slow(&good).unwrap();
    assert_eq!(report, verify(&good, None).unwrap());
    assert_eq!(report, verifier::count_reader(Cursor::new(&good), None).unwrap());
    assert_eq!((report.ballots, report.tokens), (1_100, sample.tokens.len() as u64));
    // A fault is named where it is, near the end as well as at the beginning.
    let whole = serde_json::to_value(sample.publication()).unwrap();
    let bent = |pointer: &str, change: &dyn Fn(&mut Value)| {
        let mut copy = whole.clone();
        change(copy.pointer_mut(pointer).unwrap());
        resealed(&copy)
    };
    let turned = |text: &Value| {
        let text = text.as_str().unwrap();
        let sign = if text.as_bytes()[9] == b'0' { "1" } else { "0" };
        json!(format!("{}{sign}{}", &text[..9], &text[10..]))
    };
    let last = sample.tokens.len() - 1;
    let cases = [
        (bent(&format!("/tokens/{last}/1"), &|one| *one = turned(one)), verifier::Fault::Token(last + 1)),
        (bent("/tokens/0/1", &|one| *one = turned(one)), verifier::Fault::Token(1)),
        (bent("/tokens", &|all| all.as_array_mut().unwrap().swap(1_050, 1_051)), verifier::Fault::TokenOrder(1_052)),
        (bent("/commitments", &|all| all.as_array_mut().unwrap().swap(7, 8)), verifier::Fault::Commitment(9)),
        (bent("/commitments", &|all| drop(all.as_array_mut().unwrap().pop())), verifier::Fault::Root),
        (bent("/cast", &|one| *one = json!(one.as_u64().unwrap() - 1)), verifier::Fault::Sums),
        (bent("/columns", &|all| drop(all.as_array_mut().unwrap().pop())), verifier::Fault::Columns),
        (
            bent("/columns/0/answers", &|all| all.as_array_mut().unwrap().push(json!(0))),
            verifier::Fault::Column("q1".into()),
        ),
        (bent("/figures/ballots", &|one| *one = json!(1_099)), verifier::Fault::Overall),
        (bent("/format", &|one| *one = json!(2)), verifier::Fault::Form),
    ];
    for (bytes, expected) in cases {
        let found = slow(&bytes).map_err(|unverified| unverified.to_string());
        assert_eq!(found.unwrap_err(), expected.to_string());
        assert_eq!(verify(&bytes, None), Err(expected));
    }
    // A file that ends too early, and one that is none.
    assert!(slow(&good[..good.len() / 2]).is_err() && slow(b"\n{}\n").is_err());
}
