//! When ballots are shuffled, and in which portions; without database and clock.

use std::ops::Range;

/// Fewer than so many ballots are never shown apart from others.
pub const LEAST_SHOWN: usize = 5;
/// From where on a box is no longer written anew, and how many ballots then go in at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// A box of at most so many is written anew at each shuffle; ballots of a larger one are hidden among their batch.
    pub rewritten: usize,
    /// Ballots of one transaction: on SQLite nobody may hold the writer for long.
    pub portion: usize,
}

/// Those of every poll; only a test has smaller ones, to reach a large box with few ballots.
pub const SIZES: Sizes = Sizes { rewritten: 1_000, portion: 500 };

/// What is sealed is filled up to a multiple of so many bytes.
const FILLED: usize = 256;

/// How many bytes are sealed of a ballot of `length` bytes, in a poll whose ballots have at least `least`: its length
/// tells little, and nothing where `least` holds the longest one.
#[must_use]
pub fn filled(length: usize, least: usize) -> usize {
    length.max(least).next_multiple_of(FILLED)
}

/// What to do with what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Nothing waits, or too little.
    Wait,
    /// Destroy what waits: too few were cast to hide among.
    Destroy,
    /// Write the whole box anew, in one transaction.
    Rewrite,
    /// Add what waits, in portions.
    Add,
}

/// Decides for a box with `stored` ballots and a queue with `waiting` ones; `least` is how many make a batch before the
/// close.
#[must_use]
pub fn plan(stored: usize, waiting: usize, least: usize, last: bool, sizes: Sizes) -> Plan {
    let enough = if last { LEAST_SHOWN } else { least.max(LEAST_SHOWN) };
    match () {
        () if waiting == 0 => Plan::Wait,
        () if waiting >= enough && stored + waiting <= sizes.rewritten => Plan::Rewrite,
        () if waiting >= enough => Plan::Add,
        () if last => Plan::Destroy,
        () => Plan::Wait,
    }
}

/// Cuts `waiting` ballots into equal portions of at most so many, none much smaller than the others: a last one of three
/// would be a crowd of three.
pub fn portions(waiting: usize, portion: usize) -> impl Iterator<Item = Range<usize>> {
    let number = waiting.div_ceil(portion).max(1);
    (0..number).map(move |n| waiting * n / number..waiting * (n + 1) / number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_never_enter_the_box() {
        let cases = [
            ((0, 0, 20, false), Plan::Wait),
            ((0, 19, 20, false), Plan::Wait),
            ((0, 20, 20, false), Plan::Rewrite),
            ((0, 4, 1, false), Plan::Wait),
            ((0, 5, 1, false), Plan::Rewrite),
            ((90, 4, 1, true), Plan::Destroy),
            ((0, 4, 20, true), Plan::Destroy),
            ((0, 5, 20, true), Plan::Rewrite),
            ((90, 0, 20, true), Plan::Wait),
            ((980, 20, 20, false), Plan::Rewrite),
            ((981, 20, 20, false), Plan::Add),
            ((100_000, 5, 20, true), Plan::Add),
        ];
        for ((stored, waiting, least, last), expected) in cases {
            assert_eq!(plan(stored, waiting, least, last, SIZES), expected, "{stored} {waiting} {least} {last}");
        }
    }

    #[test]
    fn lengths_are_filled_up() {
        for (length, least, expected) in
            [(1, 0, 256), (256, 0, 256), (257, 0, 512), (9, 2_304, 2_304), (2_305, 2_304, 2_560)]
        {
            assert_eq!(filled(length, least), expected, "{length} {least}");
        }
    }

    #[test]
    fn portions_are_whole_and_about_equal() {
        for waiting in [5, 499, 500, 501, 1_003, 99_999] {
            let portions: Vec<_> = portions(waiting, SIZES.portion).collect();
            assert_eq!(portions.iter().map(Range::len).sum::<usize>(), waiting);
            let (least, most) =
                (portions.iter().map(Range::len).min().unwrap(), portions.iter().map(Range::len).max().unwrap());
            assert!(most - least <= 1 && most <= SIZES.portion && least >= waiting.min(SIZES.portion / 2), "{waiting}");
        }
    }
}
