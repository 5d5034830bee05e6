//! How people write the name of an employer, and how near one spelling is to another. Pure.
//!
//! A name is read in parts (place, trade name 字号, line of business, legal form), and each character weighs by what
//! it tells: 明辉 in 江门市蓬江区明辉五金制品有限公司 tells almost everything, 有限公司 almost nothing.
//!
//! ```
//! use registry::employer::spelling::{Spelling, likeness};
//!
//! let name = Spelling::read("江门市蓬江区明辉五金制品有限公司");
//! assert_eq!(name.core(), "明辉五金制品");
//! assert_eq!(name.places, ["440700", "440703"]);
//! let near = likeness(&Spelling::read("蓬江明晖五金"), &name);
//! let far = likeness(&Spelling::read("新会永泰五金"), &name);
//! assert!(near > far);
//! ```

mod fold;
mod likeness;
mod words;

use std::collections::BTreeSet;

pub use fold::{Sound, fold, sound};
pub use likeness::{core_likeness, likeness};
pub use words::Form;

/// Raised whenever names are read differently, so that stored keys are made anew.
pub const VERSION: i64 = 2;

/// Characters between which pairs are made: one of a trade name that lost a character still meets its line of business.
const REACH: usize = 4;
/// Characters of the core that carry pairs in the index.
const HEAD: usize = 5;
/// Characters of the trade name that are filed with their district.
const PLACED: usize = 3;
/// Characters of a name that are read; longer ones are cut.
const MOST: usize = 60;

/// What a character of a name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Of the trade name (字号), or of nothing known.
    Name,
    /// Of a line of business.
    Trade,
    /// Of a place.
    Place,
    /// Of a legal form.
    Form,
}

impl Part {
    /// What it costs to miss such a character, in hundredths.
    #[must_use]
    pub fn weight(self) -> u32 {
        match self {
            Self::Name => 100,
            Self::Trade => 35,
            Self::Place => 20,
            Self::Form => 10,
        }
    }
}

/// A name as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// Every character in one form.
    pub text: Vec<char>,
    /// What each of them belongs to.
    pub parts: Vec<Part>,
    /// How each of them sounds.
    pub sounds: Vec<Sound>,
    /// Codes of the places named, in order.
    pub places: Vec<&'static str>,
    /// The last legal form.
    pub form: Option<Form>,
}

impl Spelling {
    /// Reads a name or what was typed for one.
    #[must_use]
    pub fn read(raw: &str) -> Self {
        let mut text = fold(raw);
        text.truncate(MOST);
        let mut parts = vec![Part::Name; text.len()];
        let places = mark_places(&text, &mut parts);
        let form = mark_forms(&text, &mut parts);
        if !parts.contains(&Part::Name) {
            parts.fill(Part::Name);
        }
        mark_trades(&text, &mut parts);
        let sounds = text.iter().map(|c| sound(*c)).collect();
        Self { text, parts, sounds, places, form }
    }

    /// The whole name in one form.
    #[must_use]
    pub fn whole(&self) -> String {
        self.text.iter().collect()
    }

    /// Trade name and line of business.
    #[must_use]
    pub fn core(&self) -> String {
        self.core_places().map(|at| self.text[at]).collect()
    }

    /// How the core sounds, in one word.
    #[must_use]
    pub fn core_sound(&self) -> String {
        let mut text = String::new();
        self.core_places().for_each(|at| self.sounds[at].push_to(&mut text));
        text
    }

    /// First letters of the sounds: of the whole, without the city, without any place.
    #[must_use]
    pub fn initials(&self) -> BTreeSet<String> {
        let letters = |from: usize| self.sounds[from..].iter().map(|sound| sound.initial()).collect::<String>();
        let bare = (0..self.text.len()).filter(|at| self.parts[*at] != Part::Place);
        let bare: String = bare.map(|at| self.sounds[at].initial()).collect();
        let city: [&[char]; 2] = [&['江', '门', '市'], &['江', '门']];
        let after_city = city.iter().find(|city| self.text.starts_with(city)).map_or(0, |city| city.len());
        BTreeSet::from([letters(0), letters(after_city), bare])
    }

    /// Pairs of sounds near each other, in one order, under which a name is filed: those of the beginning of the core;
    /// and each sound of the trade name with the district of the employer.
    #[must_use]
    pub fn filed_pairs(&self) -> BTreeSet<String> {
        let head = self.head();
        let mut pairs = self.pairs(&head, true);
        pairs.extend(self.placed(&head));
        pairs
    }

    /// Pairs under which a name like this one may be filed.
    #[must_use]
    pub fn asked_pairs(&self) -> BTreeSet<String> {
        let core: Vec<usize> = self.core_places().collect();
        let mut pairs = self.pairs(&core, false);
        pairs.extend(self.placed(&self.head()));
        pairs
    }

    /// The beginning of the core; letters and digits in a row count as one character.
    fn head(&self) -> Vec<usize> {
        let mut counted = 0;
        let mut last_latin = false;
        let mut head = Vec::new();
        for at in self.core_places() {
            let latin = self.text[at].is_ascii();
            counted += usize::from(!(latin && last_latin));
            last_latin = latin;
            if counted > HEAD {
                break;
            }
            head.push(at);
        }
        head
    }

    /// Each sound at the head of the trade name with the district that the name tells: of two that share one sound, the
    /// one in the same district is more likely meant.
    fn placed(&self, head: &[usize]) -> Vec<String> {
        let mut districts = self.places.iter().filter_map(|code| code.get(..6));
        let Some(district) = districts.rfind(|code| !code.ends_with("00")) else {
            return Vec::new();
        };
        let named = head.iter().filter(|at| self.parts[**at] == Part::Name).take(PLACED);
        let pair = |at: &usize| {
            let mut text = format!("{district} ");
            self.sounds[*at].push_to(&mut text);
            text
        };
        named.map(pair).collect()
    }

    fn core_places(&self) -> impl Iterator<Item = usize> {
        let in_core = |at: &usize| matches!(self.parts[*at], Part::Name | Part::Trade);
        (0..self.text.len()).filter(in_core)
    }

    fn pairs(&self, places: &[usize], telling: bool) -> BTreeSet<String> {
        let mut pairs = BTreeSet::new();
        for (n, one) in places.iter().enumerate() {
            for two in places.iter().skip(n + 1).take(REACH - 1) {
                // Two characters of a line of business are shared by thousands and tell nobody apart.
                if telling && self.parts[*one] == Part::Trade && self.parts[*two] == Part::Trade {
                    continue;
                }
                let (a, b) = (self.sounds[*one].min(self.sounds[*two]), self.sounds[*one].max(self.sounds[*two]));
                let mut pair = String::new();
                a.push_to(&mut pair);
                pair.push(' ');
                b.push_to(&mut pair);
                pairs.insert(pair);
            }
        }
        pairs
    }
}

fn mark_places(text: &[char], parts: &mut [Part]) -> Vec<&'static str> {
    let mut codes = Vec::new();
    let (mut at, mut after_place) = (0, false);
    while at < text.len() {
        let Some(place) = words::place_at(&text[at..], after_place) else {
            (at, after_place) = (at + 1, false);
            continue;
        };
        parts[at..at + place.word.len()].fill(Part::Place);
        codes.push(place.code);
        (at, after_place) = (at + place.word.len(), true);
    }
    codes
}

/// Marks the legal forms at the end, also those before a place at the end; answers the last one.
fn mark_forms(text: &[char], parts: &mut [Part]) -> Option<Form> {
    let (mut end, mut last) = (text.len(), None);
    loop {
        if end > 0 && parts[end - 1] == Part::Place {
            end -= 1;
        } else if let Some((length, form)) = words::form_at_end(&text[..end]).filter(|(length, _)| end > *length) {
            parts[end - length..end].fill(Part::Form);
            last = last.or(Some(form));
            end -= length;
        } else {
            return last;
        }
    }
}

/// Marks lines of business from the third character of the core on: the first two are the trade name.
fn mark_trades(text: &[char], parts: &mut [Part]) {
    let mut named = 0;
    let mut at = 0;
    while at < text.len() {
        if parts[at] != Part::Name {
            at += 1;
            continue;
        }
        let room = parts[at..].iter().take_while(|part| **part == Part::Name).count();
        let trade = if named >= 2 { words::trade_at(&text[at..at + room]) } else { None };
        match trade {
            Some(length) => {
                parts[at..at + length].fill(Part::Trade);
                at += length;
            }
            None => at += 1,
        }
        named += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_names() {
        let cases: [(&str, &str, &[&str], Option<Form>); 14] = [
            ("江门市蓬江区明辉五金制品有限公司", "明辉五金制品", &["440700", "440703"], Some(Form::Company)),
            ("明辉五金制品（江门）有限公司", "明辉五金制品", &["440700"], Some(Form::Company)),
            ("明辉（江门）五金制品有限责任公司", "明辉五金制品", &["440700"], Some(Form::Company)),
            ("蓬江区棠下镇明辉五金厂", "明辉五金", &["440703", "440703101"], Some(Form::Factory)),
            ("蓬江棠下明辉五金", "明辉五金", &["440703", "440703101"], None),
            ("荷塘玻璃厂", "荷塘玻璃", &[], Some(Form::Factory)),
            ("广东某某集团有限公司江门分公司", "某某", &["44", "440700"], Some(Form::Branch)),
            ("示例商行", "示例", &[], Some(Form::Shop)),
            ("台山市人民医院", "人民医院", &["440781"], None),
            ("江门市", "江门市", &["440700"], None),
            ("有限公司", "有限公司", &[], None),
            ("ABC(Jiangmen) Co.", "ABCJIANGMENCO", &[], None),
            ("１２３ 示例", "123示例", &[], None),
            ("=?%_", "", &[], None),
        ];
        for (raw, core, places, form) in cases {
            let read = Spelling::read(raw);
            assert_eq!((read.core().as_str(), read.places.as_slice(), read.form), (core, places, form), "{raw}");
        }
    }

    #[test]
    fn what_a_name_is_filed_under() {
        let name = Spelling::read("江门市蓬江区明辉五金制品有限公司");
        assert_eq!(name.core_sound(), "minghuiwujinzhipin");
        let initials = ["jmspjqmhwjzpyxgs", "mhwjzpyxgs", "pjqmhwjzpyxgs"].map(str::to_owned);
        assert_eq!(name.initials(), BTreeSet::from(initials));
        let filed = name.filed_pairs();
        for slip in ["蓬江明晖五金", "辉明五金", "明大辉五金", "江门明辉"] {
            assert!(Spelling::read(slip).asked_pairs().intersection(&filed).next().is_some(), "{slip}");
        }
        // A line of business alone is filed by nobody who has a trade name.
        assert!(!filed.contains("jin wu"));
    }

    #[test]
    fn the_nearer_one_wins() {
        let cases = [
            ("江门市明辉五金", "江门市明辉五金厂", "江门市明辉塑料厂"),
            ("明晖五金制品", "江门市明辉五金制品有限公司", "江门市明德五金制品有限公司"),
            ("新会明辉五金", "江门市新会区明辉五金厂", "江门市蓬江区明辉五金厂"),
            ("明辉五金", "明辉五金厂", "江门市明辉五金制品有限公司分公司"),
            ("江門市明輝五金廠", "江门市明辉五金厂", "江门市明辉五金制品有限公司"),
            ("江门市明辉五厂", "江门市明辉五金厂", "江门市辉五厂"),
            ("江门辉明五金厂", "江门市明辉五金厂", "江门市永辉五金厂"),
            ("江门市明辉五金制品有公司", "江门市明辉五金制品有限公司", "江门市明辉电子有限公司"),
        ];
        for (typed, near, far) in cases {
            let near_to = |name| likeness(&Spelling::read(typed), &Spelling::read(name));
            assert!(near_to(near) > near_to(far), "{typed}: {} {}", near_to(near), near_to(far));
        }
        let exact = Spelling::read("江门市明辉五金厂");
        assert!(likeness(&exact, &exact) > 1_100);
        assert!(likeness(&Spelling::read("全然不同"), &exact) < 300);
        assert_eq!(likeness(&Spelling::read(""), &Spelling::read("")).signum(), 1);
    }
}
