//! Mobile numbers of mainland China: eleven digits, `1` then `3`–`9`.
//!
//! Invariants: a [`Phone`] holds exactly the eleven digits, so equal numbers are equal strings; it is printed masked.
//!
//! ```
//! use registry::person::phone::Phone;
//!
//! let phone = Phone::parse("+86 138-0000-1234")?;
//! assert_eq!(phone.as_str(), "13800001234");
//! assert_eq!(phone.masked(), "138****1234");
//! assert_eq!(format!("{phone:?}"), "Phone(138****1234)");
//! # Ok::<(), registry::person::phone::PhoneError>(())
//! ```

use std::fmt;

use thiserror::Error;

use crate::person::name::half_width;

/// The text is no mobile number of mainland China.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("手机号码不对。请填写 11 位的中国大陆手机号码，以 1 开头，例如 138 开头的号码")]
pub struct PhoneError;

impl PhoneError {
    /// The stable code of this refusal.
    pub fn code(self) -> &'static str {
        "phone.format"
    }

    /// The Chinese sentence for the user.
    pub fn message(self) -> String {
        self.to_string()
    }
}

/// A mobile number, normalised.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people write it: full-width digits, spaces, hyphens, brackets, `+86`, `0086` or `86` in front.
    pub fn parse(raw: &str) -> Result<Self, PhoneError> {
        let text: String = raw.chars().map(half_width).filter(|c| !is_filler(*c)).take(20).collect();
        let digits = match text.strip_prefix("+86").or_else(|| text.strip_prefix("0086")) {
            Some(national) => national,
            None if text.len() == 13 => text.strip_prefix("86").unwrap_or(&text),
            None => &text,
        };
        match digits.as_bytes() {
            [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit) => {
                Ok(Self(digits.to_owned()))
            }
            _ => Err(PhoneError),
        }
    }

    /// The eleven digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with the middle hidden, `138****1234`.
    pub fn masked(&self) -> String {
        mask(&self.0)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

/// Hides what tells one number from another: of a mobile number all but the first three and last four digits, of a
/// fixed line, whose area holds few numbers, all but the area code and the last two. A text of fewer than eleven
/// characters is hidden whole.
pub fn mask(number: &str) -> String {
    let length = number.chars().count();
    let (first, last) = match number.as_bytes() {
        _ if length < 11 => (0, 0),
        // 010 and 020 to 029 are the areas of three digits.
        [b'0', b'1' | b'2', ..] => (3, 2),
        [b'0', ..] => (4, 2),
        _ => (3, 4),
    };
    let shown = |index: usize| index < first || index + last >= length;
    number.chars().enumerate().map(|(index, c)| if shown(index) { c } else { '*' }).collect()
}

fn is_filler(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '-' | '‐' | '‑' | '–' | '—' | '(' | ')')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        let written = [
            "13800001234",
            " 138 0000 1234 ",
            "138-0000-1234",
            "+8613800001234",
            "+86 138 0000 1234",
            "008613800001234",
            "8613800001234",
            "１３８００００１２３４",
            "＋８６１３８００００１２３４",
            "(+86)13800001234",
            "138—0000—1234",
        ];
        for raw in written {
            assert_eq!(Phone::parse(raw).as_ref().map(Phone::as_str), Ok("13800001234"), "{raw}");
        }
        assert_eq!(Phone::parse("18612345678").unwrap().as_str(), "18612345678");
        assert_eq!(Phone::parse("8618612345678").unwrap().as_str(), "18612345678");
    }

    #[test]
    fn what_is_no_mobile_number() {
        let long = "1".repeat(10_000);
        let wrong = [
            "",
            " ",
            "1380000123",
            "138000012345",
            "12800001234",
            "11000001234",
            "23800001234",
            "0750-3500000",
            "12351",
            "+1 415 555 0100",
            "+85291234567",
            "1380000123a",
            "1380000\u{0}1234",
            "=13800001234",
            "138.0000.1234",
            "٠١٢٣٤٥٦٧٨٩١",
            "86138000012345",
            "+86+8613800001234",
            "13800001234;13900001234",
            &long,
        ];
        for raw in wrong {
            assert_eq!(Phone::parse(raw), Err(PhoneError), "{raw:?}");
        }
        assert_eq!(PhoneError.code(), "phone.format");
        assert!(PhoneError.message().contains("11 位"));
    }

    #[test]
    fn masks() {
        assert_eq!(mask("13800001234"), "138****1234");
        assert_eq!(mask("1380000"), "*******");
        assert_eq!(mask("07503500012"), "0750*****12");
        assert_eq!(mask("0750-3123456"), "0750******56");
        assert_eq!(mask("01012345678"), "010******78");
        assert_eq!(mask("0750312345"), "**********");
        assert_eq!(mask(""), "");
    }

    proptest! {
        #[test]
        fn parsing_is_stable(raw in "[+0-9 \\-]{0,20}") {
            if let Ok(phone) = Phone::parse(&raw) {
                prop_assert_eq!(phone.as_str().len(), 11);
                prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone.clone()));
                prop_assert_eq!(phone.masked().matches('*').count(), 4);
            }
        }

        #[test]
        fn every_mobile_number_is_taken(number in "1[3-9][0-9]{9}") {
            let phone = Phone::parse(&number).unwrap();
            prop_assert_eq!(phone.as_str(), number);
        }

        #[test]
        fn any_text_is_judged(raw in any::<String>()) {
            let _ = Phone::parse(&raw);
        }
    }
}
