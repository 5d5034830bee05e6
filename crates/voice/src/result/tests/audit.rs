//! Whole ballots against what was published, as the audit holds them.

use openssl::sha::sha256;

use super::{Sample, sample};
use crate::poll::Opened;
use crate::result::audit::{Mismatch, Opening};
use crate::result::compare::{Compared, compare};
use crate::result::file::Publication;

/// What an audit of these ballots finds in a file.
pub(super) fn audited(sample: &Sample, file: &[u8], ballots: &[Opened]) -> Result<(), Mismatch> {
    let mut opening = Opening::new(&sample.instrument, &sample.key_hash);
    let added = ballots.iter().try_for_each(|ballot| opening.add(ballot));
    let electorate = (sample.ballots.len() as u64 + sample.destroyed) * 2;
    let Compared { hash, found } = compare(file, added.and_then(|()| opening.counted(electorate))).unwrap();
    assert_eq!(hash, sha256(file.split(|byte| *byte == b'\n').next().unwrap()), "read to the end, whatever is found");
    found
}

pub(super) fn written(publication: &Publication) -> Vec<u8> {
    [serde_json::to_vec(publication).unwrap(), b"\n{}\n".to_vec()].concat()
}

#[test]
fn an_audit_finds_one_flipped_dropped_or_added_ballot() {
    for seed in 0..200 {
        let sample = Sample::of(seed, 5 + usize::try_from(seed % 9).unwrap());
        let (file, publication) = (sample.file(), sample.publication());
        let audit = |ballots: &[Opened]| audited(&sample, &file, ballots);
        assert_eq!(audit(&sample.ballots), Ok(()), "{seed}");
        let mut turned = sample.ballots.clone();
        turned.reverse();
        assert_eq!(audit(&turned), Ok(()), "{seed}: in any order");
        let other = sample::ballots(&sample.instrument, seed + 7_000, 40);
        let other = other.into_iter().find(|answers| *answers != sample.ballots[0].answers).unwrap();

        let mut flipped = sample.ballots.clone();
        flipped[0].answers = other.clone();
        assert_eq!(audit(&flipped), Err(Mismatch::Commitment), "{seed}: answers");
        flipped[0] = sample.ballot(flipped[0].salt, other.clone());
        assert_eq!(audit(&flipped), Err(Mismatch::Ballots), "{seed}: answers with a commitment of their own");
        assert_eq!(audit(&sample.ballots[1..]), Err(Mismatch::Ballots), "{seed}: dropped");
        let mut added = sample.ballots.clone();
        added.push(sample.ballot([9; 32], other));
        assert_eq!(audit(&added), Err(Mismatch::Ballots), "{seed}: added");

        let lies = |change: &dyn Fn(&mut Publication)| {
            let mut lied = publication.clone();
            change(&mut lied);
            audited(&sample, &written(&lied), &sample.ballots)
        };
        assert_eq!(lies(&|_| ()), Ok(()));
        assert_eq!(lies(&|lied| lied.figures.ballots += 1), Err(Mismatch::Figures));
        assert_eq!(lies(&|lied| drop(lied.columns[0].answers.remove(0))), Err(Mismatch::Column("q1".into())));
        let last = publication.columns.last().unwrap().question.clone();
        assert_eq!(lies(&|lied| drop(lied.columns.pop())), Err(Mismatch::Column(last)));
        assert_eq!(lies(&|lied| lied.merkle_root = "00".repeat(32)), Err(Mismatch::Ballots));
        assert_eq!(audited(&sample, b"\n", &sample.ballots), Err(Mismatch::File));
    }
}

/// What stands before the tokens, and inside a text, is no list of commitments.
#[test]
fn the_list_is_found_behind_the_tokens_and_over_the_ends_of_pieces() {
    let mut sample = Sample::of(11, 8);
    sample.instrument.title = r#"示例"],"commitments":["评议"#.into();
    sample.text = sample.instrument.canonical().unwrap();
    for more in 0..3 {
        // The line moves by a few bytes, and with it the place where a piece of it ends.
        sample.instrument.title.push_str(&"长".repeat(more * 7_000));
        sample.text = sample.instrument.canonical().unwrap();
        assert_eq!(audited(&sample, &sample.file(), &sample.ballots), Ok(()));
    }
}
