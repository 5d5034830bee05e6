//! The name of a unit: an employer or a union.
//!
//! Invariants: what passes holds Han characters, letters, digits and the few signs that registered names have, begins
//! with a Han character, a letter or a digit, and so can start no formula, tag or reversed line; brackets are
//! full-width, so one name has one form.
//!
//! ```
//! use registry::employer::unit_name::unit_name;
//!
//! assert_eq!(unit_name(" 示例(江门)有限公司 ", 100).as_deref(), Ok("示例（江门）有限公司"));
//! assert!(unit_name("=HYPERLINK(1)", 100).is_err());
//! ```

use crate::person::name::half_width;

/// Why a name is not taken; the name itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitNameFault {
    /// Nothing was written.
    Empty,
    /// More characters than this.
    Long(usize),
    /// A character that no such name has, or none that it begins with; its place counts from 1.
    Character(usize),
}

impl UnitNameFault {
    /// What is wrong, as the first half of a sentence; `what` is the field in Chinese.
    #[must_use]
    pub fn sentence(self, what: &str) -> String {
        match self {
            Self::Empty => format!("{what}没有填写"),
            Self::Long(most) => format!("{what}最多 {most} 个字"),
            Self::Character(place) => {
                format!("{what}的第 {place} 个字符不能使用，只用汉字、字母、数字、括号和间隔号")
            }
        }
    }
}

/// The name as it is stored, at most `max_chars` characters.
///
/// # Errors
/// What is wrong with it.
pub fn unit_name(raw: &str, max_chars: usize) -> Result<String, UnitNameFault> {
    let mut name = String::new();
    let mut chars = 0;
    let mut space = false;
    let mut last_latin = false;
    for (place, raw) in (1..).zip(raw.trim().chars()) {
        let c = unit_character(raw).ok_or(UnitNameFault::Character(place))?;
        if c == ' ' {
            space = true;
            continue;
        }
        let latin = c.is_ascii_alphanumeric();
        if name.is_empty() && !latin && !is_han(c) {
            return Err(UnitNameFault::Character(place));
        }
        // A space separates Latin words; beside a Han character or a sign it is padding.
        if std::mem::take(&mut space) && last_latin && latin {
            name.push(' ');
            chars += 1;
        }
        name.push(c);
        chars += 1;
        last_latin = latin;
        if chars > max_chars {
            return Err(UnitNameFault::Long(max_chars));
        }
    }
    if name.is_empty() { Err(UnitNameFault::Empty) } else { Ok(name) }
}

/// The stored form of a character; `None` when no name may hold it.
fn unit_character(c: char) -> Option<char> {
    match half_width(c) {
        '(' => Some('（'),
        ')' => Some('）'),
        '·' | '•' | '‧' | '・' => Some('·'),
        ' ' | '\u{a0}' => Some(' '),
        half if half.is_ascii_alphanumeric() || matches!(half, '-' | '&' | '.') => Some(half),
        _ if is_han(c) || matches!(c, '、' | '“' | '”' | '《' | '》' | '—') => Some(c),
        _ => None,
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names() {
        let taken = [
            ("示例有限公司", "示例有限公司"),
            ("  示 例　有限公司", "示例有限公司"),
            ("示例(江门)有限公司", "示例（江门）有限公司"),
            ("Ａ１ Trading  Co. 示例", "A1 Trading Co.示例"),
            ("“四通一平”物流园", "“四通一平”物流园"),
        ];
        for (raw, stored) in taken {
            let expected =
                if raw.starts_with('“') { Err(UnitNameFault::Character(1)) } else { Ok(stored.to_owned()) };
            assert_eq!(unit_name(raw, 100), expected, "{raw}");
        }
        assert_eq!(unit_name(" \u{3000}", 100), Err(UnitNameFault::Empty));
        assert_eq!(unit_name("某公司", 2), Err(UnitNameFault::Long(2)));
        assert_eq!(unit_name("某公司<b>", 100), Err(UnitNameFault::Character(4)));
        for hidden in ['\0', '\u{200b}', '\u{202e}', '\u{feff}', '\n', '\t', '😀', 'ا', '=', '"', '\'', '%'] {
            assert_eq!(unit_name(&format!("某{hidden}公司"), 100), Err(UnitNameFault::Character(2)), "{hidden:?}");
        }
    }

    proptest! {
        #[test]
        fn a_stored_name_is_stable_and_harmless(raw in "\\PC{0,60}") {
            if let Ok(name) = unit_name(&raw, 100) {
                prop_assert_eq!(unit_name(&name, 100), Ok(name.clone()));
                prop_assert!(!name.starts_with(['=', '+', '-', '@', '\'', ' ']));
                prop_assert!(!name.contains(['<', '>', '"', '\'']));
            }
        }
    }
}
