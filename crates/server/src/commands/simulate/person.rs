//! Invented people, each made from a number: the same number is the same person, and
//! two numbers never share an ID number or a phone.

use kernel::time::Day;
use registry::person::id_number;

use super::day;
use crate::demo::people::FIRST_SEQUENCE;
use crate::demo::{dice::Dice, names};

/// Where people of the city were registered.
const LOCAL: [&str; 7] = ["440703", "440704", "440705", "440781", "440783", "440784", "440785"];
/// Where people who moved here were registered (GB/T 2260).
const OUTSIDE: [&str; 16] = [
    "440823", "441226", "441702", "445281", "450421", "450881", "450821", "450923", "431121", "430426", "360731",
    "420683", "411326", "500234", "511621", "522401",
];
/// Days on which they were born, from 1966 on.
const BIRTHDAYS: u64 = 14_600;
/// Sequence numbers of a day and a division that members have; odd ones are men. Chairs have those
/// up to [`FIRST_SEQUENCE`], the demo city the rest.
const SEQUENCES: u64 = 900;
/// A prime above every space here: multiplying by it visits each place of a space once.
const STRIDE: u64 = 1_000_000_007;
/// Number of the chair of the first union; members have smaller ones.
const FIRST_CHAIR: u64 = 8_000_000;
/// No operator was given the segment 154 0; the demo city has the numbers from 154 0750 0001.
const FIRST_PHONE: u64 = 15_410_000_000;

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub male: bool,
    pub birth: Day,
    pub id_number: String,
    pub phone: String,
}

/// The member of a number below 7,000,000.
pub fn person(number: u64, seed: u64) -> Person {
    of(number, 0..SEQUENCES, seed)
}

/// The chair of the union at a place of the register; no member, whatever the seed.
pub fn chair(union: usize, seed: u64) -> Person {
    of(FIRST_CHAIR + union as u64, SEQUENCES..FIRST_SEQUENCE as u64, seed)
}

/// The chair who has a phone, in the register of a seed.
pub fn chair_with_phone(phone: &str, seed: u64) -> Option<Person> {
    let union = phone.parse::<u64>().ok()?.checked_sub(FIRST_PHONE + FIRST_CHAIR)?;
    Some(chair(usize::try_from(union).ok()?, seed))
}

fn of(number: u64, sequences: std::ops::Range<u64>, seed: u64) -> Person {
    // Six in ten are from here; each of the two groups counts its own people.
    let (tens, place) = (number / 10, number % 10);
    let (divisions, index) =
        if place < 6 { (&LOCAL[..], tens * 6 + place) } else { (&OUTSIDE[..], tens * 4 + place - 6) };
    let width = sequences.end - sequences.start;
    let space = divisions.len() as u64 * BIRTHDAYS * width;
    let spot = (index % space * STRIDE + seed.wrapping_mul(7919) % space) % space;
    let division = at(divisions, spot % divisions.len() as u64);
    let rest = spot / divisions.len() as u64;
    let (sequence, days) = (sequences.start + rest % width, rest / width);
    let birth = day(1966, 1, 1) + chrono::Days::new(days);
    let sequence = u16::try_from(sequence).unwrap_or_default();
    let male = sequence % 2 == 1;
    let mut dice = Dice::new(seed ^ number.wrapping_mul(0x9e37_79b9));
    Person {
        name: names::person(&mut dice, male),
        male,
        birth,
        id_number: id_number::synthetic(division, birth, sequence).unwrap_or_default(),
        phone: (FIRST_PHONE + number).to_string(),
    }
}

fn at<'a>(of: &[&'a str], place: u64) -> &'a str {
    usize::try_from(place).ok().and_then(|place| of.get(place)).copied().unwrap_or_default()
}
