//! How near a typed name is to the name of an employer.
//!
//! Two readings are compared and the better one counts: what is left without places and forms (so that a dropped
//! region or form costs nothing), and the whole (so that a slip inside a region or form costs little). Each is a
//! weighted edit distance that knows neighbours swapped and characters that sound alike.

use super::{Form, Part, Sound, Spelling};

/// Characters that only sound alike cost this part of a wrong one, in hundredths.
const HOMOPHONE: u32 = 20;
/// Two neighbours swapped cost this part of a wrong one, in hundredths.
const SWAP: u32 = 40;
/// What a name may gain or lose beside its characters, in thousandths.
const SAME_DISTRICT: i64 = 40;
const OTHER_DISTRICT: i64 = -150;
const SAME_TOWN: i64 = 25;
const OTHER_TOWN: i64 = -60;
/// A place that was typed and is not in the name; the employer may lie there all the same.
const PLACE_NOT_NAMED: i64 = -45;
const SAME_FORM: i64 = 15;
const OTHER_FORM: i64 = -15;
/// No form was typed and the name has another than the common one: whoever means a factory says 厂.
const RARE_FORM: i64 = -8;
/// A branch is not its head.
const OTHER_BRANCH: i64 = -45;
const SAME_TEXT: i64 = 100;
/// How much the whole adds to the core, in hundredths: between two that are equal without places and forms, the one
/// with fewer words that were not typed is nearer.
const WHOLE: i64 = 6;

/// How near the cores alone are, in thousandths: a quick first look at many names.
#[must_use]
pub fn core_likeness(typed: &Spelling, name: &Spelling) -> i64 {
    near(&Line::core(typed), &Line::core(name))
}

/// How near a typed name is to a name, in thousandths: about 1,000 for the same, below 500 for strangers.
#[must_use]
pub fn likeness(typed: &Spelling, name: &Spelling) -> i64 {
    let core = core_likeness(typed, name);
    let whole = near(&Line::whole(typed), &Line::whole(name));
    let same = if typed.text == name.text { SAME_TEXT } else { 0 };
    core.max(whole) + whole * WHOLE / 100 + same + places(typed, name) + form(typed.form, name.form)
}

fn places(typed: &Spelling, name: &Spelling) -> i64 {
    let level = |spelling: &Spelling, level: fn(&str) -> bool| -> Vec<&'static str> {
        spelling.places.iter().copied().filter(|code| level(code)).collect()
    };
    let compared = |of: fn(&str) -> bool, same: i64, other: i64| {
        let (asked, there) = (level(typed, of), level(name, of));
        match (asked.is_empty(), there.is_empty()) {
            (true, _) | (_, true) => 0,
            _ if asked.iter().any(|code| there.contains(code)) => same,
            _ => other,
        }
    };
    let district = |code: &str| code.len() == 6 && !code.ends_with("00");
    let town = |code: &str| code.len() == 9;
    let foreign = !name.places.is_empty() && typed.places.iter().any(|code| !name.places.contains(code));
    let foreign = if foreign { PLACE_NOT_NAMED } else { 0 };
    compared(district, SAME_DISTRICT, OTHER_DISTRICT) + compared(town, SAME_TOWN, OTHER_TOWN) + foreign
}

fn form(typed: Option<Form>, name: Option<Form>) -> i64 {
    let branch = |form: Option<Form>| form == Some(Form::Branch);
    match (typed, name) {
        _ if branch(typed) != branch(name) => OTHER_BRANCH,
        (Some(one), Some(two)) if one == two => SAME_FORM,
        (Some(_), Some(_)) => OTHER_FORM,
        (None, Some(form)) if form != Form::Company => RARE_FORM,
        _ => 0,
    }
}

/// Characters with their sounds and weights.
struct Line {
    text: Vec<char>,
    sounds: Vec<Sound>,
    weights: Vec<u32>,
}

impl Line {
    fn core(spelling: &Spelling) -> Self {
        Self::of(spelling, |part| matches!(part, Part::Name | Part::Trade))
    }

    fn whole(spelling: &Spelling) -> Self {
        Self::of(spelling, |_| true)
    }

    fn of(spelling: &Spelling, kept: impl Fn(Part) -> bool) -> Self {
        let places = (0..spelling.text.len()).filter(|at| kept(spelling.parts[*at]));
        let mut line = Self { text: Vec::new(), sounds: Vec::new(), weights: Vec::new() };
        for at in places {
            line.text.push(spelling.text[at]);
            line.sounds.push(spelling.sounds[at]);
            line.weights.push(spelling.parts[at].weight());
        }
        line
    }

    fn sum(&self) -> u32 {
        self.weights.iter().sum()
    }
}

/// 1,000 for the same, 0 for nothing in common.
fn near(one: &Line, two: &Line) -> i64 {
    let most = one.sum().max(two.sum());
    if most == 0 {
        return 0;
    }
    let cost = distance(one, two).min(most);
    1000 - i64::from(cost) * 1000 / i64::from(most)
}

/// Optimal string alignment with weights: a character costs the greater of what it weighs on either side.
fn distance(one: &Line, two: &Line) -> u32 {
    let width = two.text.len() + 1;
    let mut before: Vec<u32> = Vec::new();
    let mut last: Vec<u32> = std::iter::once(0)
        .chain(two.weights.iter().scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        }))
        .collect();
    for (i, c) in one.text.iter().enumerate() {
        let mut row = Vec::with_capacity(width);
        row.push(last[0] + one.weights[i]);
        for (j, d) in two.text.iter().enumerate() {
            let weight = one.weights[i].max(two.weights[j]);
            let change = match () {
                () if c == d => 0,
                () if one.sounds[i] == two.sounds[j] => weight * HOMOPHONE / 100,
                () => weight,
            };
            let mut cost = (last[j] + change).min(last[j + 1] + one.weights[i]).min(row[j] + two.weights[j]);
            let swapped = i > 0 && j > 0 && *c == two.text[j - 1] && one.text[i - 1] == *d;
            if swapped && c != d {
                let weight = weight.max(two.weights[j - 1]);
                cost = cost.min(before[j - 1] + weight * SWAP / 100);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    // What the name goes on with after all that was typed costs half: people stop typing early.
    let mut rest = 0;
    let mut best = last[width - 1];
    for (at, weight) in two.weights.iter().enumerate().rev() {
        rest += weight;
        best = best.min(last[at] + rest / 2);
    }
    best
}
