//! One form for what people type: half width, capitals, simplified characters, no separators.
//!
//! The traditional characters are those whose simplified form GB 2312 has; source and licence: `data/README.md`.

use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::ToPinyin;

use crate::person::name::half_width;

static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let text: Vec<char> = include_str!("../../../data/traditional.txt").chars().filter(|c| *c != '\n').collect();
    text.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
});

/// Letters, digits and Han characters of a text in one form; everything else is a separator and falls out.
#[must_use]
pub fn fold(raw: &str) -> Vec<char> {
    let kept = raw.chars().map(half_width).filter(|c| c.is_alphanumeric());
    kept.map(|c| simplified(c).to_ascii_uppercase()).collect()
}

/// The simplified form of a character, or the character itself.
fn simplified(c: char) -> char {
    if c.is_ascii() { c } else { SIMPLIFIED.get(&c).copied().unwrap_or(c) }
}

/// How a character sounds, without its tone; a letter or digit sounds like itself.
#[must_use]
pub fn sound(c: char) -> Sound {
    c.to_pinyin().map_or(Sound::Itself(c), |syllable| Sound::Syllable(syllable.plain()))
}

/// A syllable or a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sound {
    /// Of a Han character.
    Syllable(&'static str),
    /// Anything without a reading.
    Itself(char),
}

impl Sound {
    /// Appends it in small letters.
    pub fn push_to(self, text: &mut String) {
        match self {
            Self::Syllable(syllable) => text.push_str(syllable),
            Self::Itself(c) => text.push(c.to_ascii_lowercase()),
        }
    }

    /// Its first letter.
    #[must_use]
    pub fn initial(self) -> char {
        match self {
            Self::Syllable(syllable) => syllable.chars().next().unwrap_or(' '),
            Self::Itself(c) => c.to_ascii_lowercase(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form() {
        let cases = [
            ("江門市蓬江區明輝五金製品有限公司", "江门市蓬江区明辉五金制品有限公司"),
            (" ＡＢＣ 示例（江门）·厂 ", "ABC示例江门厂"),
            ("abc-示例.(江门)", "ABC示例江门"),
            ("廣東電業發展", "广东电业发展"),
            ("", ""),
        ];
        for (raw, folded) in cases {
            assert_eq!(fold(raw).into_iter().collect::<String>(), folded, "{raw}");
        }
        assert_eq!(fold("\u{0}\u{202e}<=>'\"%_"), Vec::<char>::new());
        assert!(SIMPLIFIED.len() > 2500);
    }

    #[test]
    fn sounds() {
        assert_eq!(sound('辉'), sound('晖'));
        assert_eq!(sound('A'), Sound::Itself('A'));
        let mut text = String::new();
        "明辉A".chars().for_each(|c| sound(c).push_to(&mut text));
        assert_eq!(text, "minghuia");
        assert_eq!(sound('江').initial(), 'j');
    }
}
