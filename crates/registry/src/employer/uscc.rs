//! The unified social credit code (统一社会信用代码, GB 32100-2015) of an employer or a union.
//!
//! ```text
//! department 1 │ class 1 │ division 6 (GB/T 2260) │ body 9 (GB 11714) │ check 1
//! ```
//!
//! All twelve departments of the standard are known, with their classes; a union has department 8. Invariants: the
//! check character is right, which finds every single wrong character and every swap of neighbours; the check of the
//! nine-place body is advisory, because not every department fills it by GB 11714.
//!
//! ```
//! use registry::employer::uscc::{Uscc, synthetic};
//!
//! let union = Uscc::parse("81440700mc0000012j")?; // invented
//! assert!(union.is_union());
//! assert_eq!(union.division(), "440700");
//! assert_eq!(synthetic('8', '1', "440700", 1).as_ref(), Ok(&union));
//! assert_eq!(Uscc::parse("911100001000013428").map_err(|error| error.code()), Err("uscc.check"));
//! # Ok::<(), registry::employer::uscc::UsccError>(())
//! ```

use std::fmt;

use thiserror::Error;

use crate::person::name::half_width;

/// The 31 characters of a code: no I, O, S, V, Z, which are taken for 1, 0, 5, U, 2.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Powers of 3 modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// GB 11714: the weights of the first eight places of the body.
const BODY_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// Tables 2 and 3 of GB 32100-2015: department and its classes. Class 9 of department 9 is not in the table, but is
/// met in practice.
const DEPARTMENTS: [(char, &str, &str); 12] = [
    ('1', "机构编制", "1239"),
    ('2', "外交", "19"),
    ('3', "司法行政", "123459"),
    ('4', "文化", "19"),
    ('5', "民政", "1239"),
    ('6', "旅游", "129"),
    ('7', "宗教", "129"),
    ('8', "工会", "19"),
    ('9', "工商", "1239"),
    ('A', "中央军委改革和编制办公室", "19"),
    ('N', "农业", "1239"),
    ('Y', "其他", "1"),
];
const UNION_DEPARTMENT: char = '8';

/// Why a code is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UsccError {
    /// Not 18 characters.
    #[error("统一社会信用代码应为 18 位。请对照证照，检查有没有多填或漏填")]
    Length,
    /// A character that no code has, or a letter in the division.
    #[error(
        "统一社会信用代码里有不该出现的字符：只用数字和大写字母，不含 I、O、S、V、Z，第 3 至 8 位是数字。请对照证照核对"
    )]
    Characters,
    /// No such department in the first place.
    #[error("统一社会信用代码的第 1 位（登记管理部门）不存在。请对照证照核对；工会的代码以 8 开头")]
    Department,
    /// No such class in the second place.
    #[error("统一社会信用代码的第 2 位（机构类别）与第 1 位不相符。请对照证照核对前两位")]
    Class,
    /// The check character does not fit.
    #[error("统一社会信用代码的末位校验不对，通常是某一位填错或两位颠倒。请对照证照逐位核对")]
    Check,
}

impl UsccError {
    /// The stable code of this refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Length => "uscc.length",
            Self::Characters => "uscc.characters",
            Self::Department => "uscc.department",
            Self::Class => "uscc.class",
            Self::Check => "uscc.check",
        }
    }

    /// The Chinese sentence for the user.
    pub fn message(self) -> String {
        self.to_string()
    }
}

/// A code that passed: 18 capitals and digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uscc(String);

impl Uscc {
    /// Reads a code as people write it (full-width, small letters, spaces, hyphens) and checks it.
    pub fn parse(raw: &str) -> Result<Self, UsccError> {
        let kept = raw.chars().map(half_width).filter(|c| !matches!(c, ' ' | '\u{a0}' | '\t' | '-'));
        let text: String = kept.map(|c| c.to_ascii_uppercase()).take(19).collect();
        if text.chars().count() != 18 {
            return Err(UsccError::Length);
        }
        let (body, last) = text.split_at_checked(17).ok_or(UsccError::Characters)?;
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let check = check_character(body).ok_or(UsccError::Characters)?;
        if !body.get(2..8).is_some_and(digits) || !last.bytes().all(|b| ALPHABET.contains(&b)) {
            return Err(UsccError::Characters);
        }
        let code = Self(text);
        let (_, _, classes) = department(code.department()).ok_or(UsccError::Department)?;
        if !classes.contains(code.class()) {
            return Err(UsccError::Class);
        }
        if code.place(17) != check {
            return Err(UsccError::Check);
        }
        Ok(code)
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The registering department (登记管理部门), the first character.
    pub fn department(&self) -> char {
        self.place(0)
    }

    /// The Chinese name of the registering department.
    pub fn department_name(&self) -> &'static str {
        department(self.department()).map_or("", |(_, name, _)| name)
    }

    /// The class (机构类别), the second character; its meaning depends on the department.
    pub fn class(&self) -> char {
        self.place(1)
    }

    /// The division where the code was given, six digits of GB/T 2260.
    pub fn division(&self) -> &str {
        self.0.get(2..8).unwrap_or("")
    }

    /// The nine places of the body (主体标识码, the former organisation code).
    pub fn body(&self) -> &str {
        self.0.get(8..17).unwrap_or("")
    }

    /// Whether a union federation registered it (department 8).
    pub fn is_union(&self) -> bool {
        self.department() == UNION_DEPARTMENT
    }

    /// Whether the ninth place of the body fits GB 11714. Advisory: show a hint, never refuse.
    pub fn body_check_fits(&self) -> bool {
        let (eight, ninth) = self.body().split_at_checked(8).unwrap_or_default();
        body_check_character(eight).is_some_and(|check| ninth.starts_with(check))
    }

    fn place(&self, index: usize) -> char {
        self.0.as_bytes().get(index).copied().map_or('\0', char::from)
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A SYNTHETIC code with right check characters and a body `MC` + six digits, for demonstrations and tests; every
/// record made with it must be marked synthetic. `sequence` is at most 999,999.
pub fn synthetic(department: char, class: char, division: &str, sequence: u32) -> Result<Uscc, UsccError> {
    let eight = format!("MC{sequence:06}");
    let body_check = body_check_character(&eight).ok_or(UsccError::Length)?;
    let body = format!("{department}{class}{division}{eight}{body_check}");
    if body.chars().count() != WEIGHTS.len() {
        return Err(UsccError::Length);
    }
    let check = check_character(&body).ok_or(UsccError::Characters)?;
    Uscc::parse(&format!("{body}{check}"))
}

fn department(code: char) -> Option<(char, &'static str, &'static str)> {
    DEPARTMENTS.into_iter().find(|(department, _, _)| *department == code)
}

/// The check character of 17 characters; `None` when they are not 17 characters of the alphabet.
fn check_character(body: &str) -> Option<char> {
    if body.len() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (byte, weight) in body.bytes().zip(WEIGHTS) {
        sum += ALPHABET.iter().position(|known| *known == byte)? * weight;
    }
    let check = (ALPHABET.len() - sum % ALPHABET.len()) % ALPHABET.len();
    ALPHABET.get(check).copied().map(char::from)
}

/// The ninth place of eight by GB 11714; `None` when they are not eight digits and capitals.
fn body_check_character(eight: &str) -> Option<char> {
    if eight.len() != BODY_WEIGHTS.len() || !eight.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return None;
    }
    // A = 10 … Z = 35.
    let values = eight.chars().filter_map(|c| c.to_digit(36));
    let sum: u32 = values.zip(BODY_WEIGHTS).map(|(value, weight)| value * weight).sum();
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(raw: &str) -> &'static str {
        Uscc::parse(raw).map_or_else(UsccError::code, |_| "ok")
    }

    #[test]
    fn published_vectors() {
        for valid in ["91350100M000100Y43", "91440300708461136T", "81440700MC0000012J"] {
            assert_eq!(code(valid), "ok", "{valid}");
        }
        assert_eq!(code("911100001000013428"), "uscc.check");
    }

    #[test]
    fn weights_are_the_powers_of_three() {
        let mut power = 1;
        for weight in WEIGHTS {
            assert_eq!(weight, power);
            power = power * 3 % 31;
        }
    }

    #[test]
    fn parts() {
        let union = synthetic('8', '1', "440700", 1).unwrap();
        assert_eq!(union.as_str(), "81440700MC0000012J");
        assert_eq!((union.department(), union.class()), ('8', '1'));
        assert_eq!((union.division(), union.body()), ("440700", "MC0000012"));
        assert!(union.is_union() && union.body_check_fits());
        assert_eq!(union.department_name(), "工会");
        let firm = Uscc::parse("91440300708461136T").unwrap();
        assert!(!firm.is_union() && firm.body_check_fits());
        assert_eq!(firm.department_name(), "工商");
        let other = Uscc::parse("91350100M000100Y43").unwrap();
        assert!(other.body_check_fits());
        let wrong_body = format!("81440700MC0000013{}", check_character("81440700MC0000013").unwrap());
        assert!(!Uscc::parse(&wrong_body).unwrap().body_check_fits(), "advisory only");
    }

    #[test]
    fn every_department_and_class_of_the_standard() {
        let all = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        let allowed = [
            ("1", "1239"),
            ("2", "19"),
            ("3", "123459"),
            ("4", "19"),
            ("5", "1239"),
            ("6", "129"),
            ("7", "129"),
            ("8", "19"),
            ("9", "1239"),
            ("A", "19"),
            ("N", "1239"),
            ("Y", "1"),
        ];
        for department in all.chars() {
            let classes = allowed.iter().find(|(known, _)| known.contains(department)).map(|(_, classes)| *classes);
            for class in all.chars() {
                let found = synthetic(department, class, "440703", 42).map(|code| code.class());
                let expected = match classes {
                    None => Err(UsccError::Department),
                    Some(classes) if !classes.contains(class) => Err(UsccError::Class),
                    Some(_) => Ok(class),
                };
                assert_eq!(found, expected, "{department}{class}");
            }
        }
    }

    #[test]
    fn written_in_many_ways() {
        for raw in [
            "81440700mc0000012j",
            " 8144 0700 MC00 0001 2J ",
            "８１４４０７００ＭＣ００００01２Ｊ",
            "81-440700-MC0000012-J",
        ] {
            assert_eq!(Uscc::parse(raw).unwrap().as_str(), "81440700MC0000012J", "{raw}");
        }
    }

    #[test]
    fn refusals() {
        let cases = [
            ("", "uscc.length"),
            ("81440700MC0000012", "uscc.length"),
            ("81440700MC0000012JJ", "uscc.length"),
            ("81440700MC00000I2J", "uscc.characters"),
            ("81440700MC0000O12J", "uscc.characters"),
            ("81440700MC0000012Z", "uscc.characters"),
            ("8144070AMC0000012J", "uscc.characters"),
            ("81440700MC00000\u{0}2J", "uscc.characters"),
            ("=1440700MC0000012J", "uscc.characters"),
            ("八一四四零七零零八一四四零七零零一二", "uscc.characters"),
            ("八一四四零七", "uscc.length"),
            ("B1440700MC0000012J", "uscc.department"),
            ("82440700MC0000012J", "uscc.class"),
            ("81440700MC0000012K", "uscc.check"),
        ];
        for (raw, expected) in cases {
            assert_eq!(code(raw), expected, "{raw:?}");
        }
        assert_eq!(code(&"8".repeat(10_000)), "uscc.length");
        assert_eq!(synthetic('8', '1', "44070", 1), Err(UsccError::Length));
        assert_eq!(synthetic('8', '1', "440700", 1_000_000), Err(UsccError::Length));
        assert_eq!(synthetic('I', '1', "440700", 1), Err(UsccError::Characters));
        let all = [UsccError::Length, UsccError::Characters, UsccError::Department, UsccError::Class, UsccError::Check];
        assert!(all.iter().all(|error| error.message().contains('请')));
    }

    fn kinds() -> impl Strategy<Value = (char, char)> {
        proptest::sample::select(vec![('8', '1'), ('9', '1'), ('1', '2'), ('N', '2'), ('Y', '1')])
    }

    prop_compose! {
        fn any_code()(
            (department, class) in kinds(),
            division in 110_000u32..660_000, sequence in 0u32..1_000_000,
        ) -> Uscc {
            synthetic(department, class, &division.to_string(), sequence).unwrap()
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10_000, max_global_rejects: 100_000, ..ProptestConfig::default() })]

        #[test]
        fn a_single_wrong_character_is_found(code in any_code(), place in 0usize..18, to in 0usize..31) {
            let mut wrong = code.as_str().to_owned().into_bytes();
            wrong[place] = ALPHABET[to];
            prop_assume!(wrong != code.as_str().as_bytes());
            prop_assert!(Uscc::parse(std::str::from_utf8(&wrong).unwrap()).is_err());
        }

        #[test]
        fn a_swap_of_neighbours_is_found(code in any_code(), place in 0usize..17) {
            let mut wrong = code.as_str().to_owned().into_bytes();
            wrong.swap(place, place + 1);
            prop_assume!(wrong != code.as_str().as_bytes());
            prop_assert!(Uscc::parse(std::str::from_utf8(&wrong).unwrap()).is_err());
        }

        #[test]
        fn synthetic_codes_pass(code in any_code()) {
            prop_assert!(code.body_check_fits());
            prop_assert_eq!(Uscc::parse(code.as_str()), Ok(code));
        }

        #[test]
        fn any_text_is_judged(raw in any::<String>()) {
            let _ = Uscc::parse(&raw);
        }
    }
}
