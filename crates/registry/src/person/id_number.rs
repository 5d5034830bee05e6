//! The number on an identity document, read by GB 11643.
//!
//! Three kinds, told apart by the number alone:
//! * 居民身份证: 18 places, or 15 (before 1999), which are upgraded to 18;
//! * 港澳台居民居住证: the same with division 810000, 820000 or 830000;
//! * 外国人永久居留身份证: since 2023-12-01 18 places beginning with 9 and the same check digit; before, three letters
//!   and twelve digits, of which only the shape can be checked.
//!
//! Invariants: the normalised number is what is sealed and indexed, so one document has one form; a number with a
//! check digit passes only when it is right, which finds every single wrong digit and every swap of neighbours; the
//! number is printed masked.
//!
//! ```
//! use chrono::NaiveDate;
//! use registry::person::id_number::{IdError, IdKind, Sex, parse};
//!
//! let today = NaiveDate::from_ymd_opt(2026, 11, 22).ok_or("date")?;
//! let id = parse("11010519491231002x", today)?; // the example in GB 11643
//! assert_eq!((id.kind, id.sex), (IdKind::ResidentId, Some(Sex::Female)));
//! assert_eq!(id.masked(), "110***********002X");
//! assert_eq!(parse("110105194912310021", today), Err(IdError::Check));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::person::name::half_width;

#[cfg(test)]
mod tests;

/// GB 11643, ISO 7064 MOD 11-2: the weights of the first 17 digits.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character by the weighted sum modulo 11.
const CHECK: &[u8; 11] = b"10X98765432";
/// GB/T 2260: the provinces whose residents have an ID card.
const PROVINCES: [&str; 31] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65",
];
/// The divisions that stand for 香港, 澳门 and 台湾 on a residence permit.
const PERMIT_DIVISIONS: [&str; 3] = ["810000", "820000", "830000"];
const EARLIEST_YEAR: i32 = 1900;

/// The kind of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdKind {
    /// 居民身份证.
    ResidentId,
    /// 港澳台居民居住证.
    HkMoTwResidencePermit,
    /// 外国人永久居留身份证.
    ForeignPermanentResident,
}

impl IdKind {
    /// The stored name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResidentId => "resident_id",
            Self::HkMoTwResidencePermit => "hk_mo_tw_residence_permit",
            Self::ForeignPermanentResident => "foreign_permanent_resident",
        }
    }
}

/// The sex a document states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
}

impl Sex {
    /// The stored name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }
}

/// Why a number is not taken; the number itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdError {
    /// Not 18 or 15 places.
    #[error("证件号码应为 18 位。请对照证件，检查有没有多填或漏填")]
    Length,
    /// A character where none of its kind may stand.
    #[error("证件号码里有不该出现的字符。请只填数字，末位可以是 X；旧版外国人永久居留证为 3 位字母加 12 位数字")]
    Characters,
    /// No such day, or before 1900.
    #[error("证件号码里的出生日期不存在。请对照证件，逐位核对第 7 至 14 位")]
    Date,
    /// The check digit does not fit.
    #[error("证件号码的末位校验不对，通常是某一位填错或两位颠倒。请对照证件逐位核对")]
    Check,
    /// No such province.
    #[error("证件号码开头的地区代码不存在。请对照证件，核对前 6 位")]
    Division,
    /// Born after today.
    #[error("证件号码里的出生日期在今天之后。请对照证件，核对第 7 至 14 位")]
    Future,
}

impl IdError {
    /// The stable code of this refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Length => "id.length",
            Self::Characters => "id.characters",
            Self::Date => "id.date",
            Self::Check => "id.check",
            Self::Division => "id.division",
            Self::Future => "id.future",
        }
    }

    /// The Chinese sentence for the user.
    pub fn message(self) -> String {
        self.to_string()
    }
}

/// A number that passed, with what it tells.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber {
    /// The kind of the document.
    pub kind: IdKind,
    /// The number in its one form: 18 places with a capital `X`, or three capitals and twelve digits.
    pub normalized: String,
    /// The day of birth, where the number tells it.
    pub birth: Option<NaiveDate>,
    /// The sex, where the number tells it.
    pub sex: Option<Sex>,
}

impl IdNumber {
    /// The number with the middle hidden.
    pub fn masked(&self) -> String {
        mask(&self.normalized)
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdNumber({:?}, {})", self.kind, self.masked())
    }
}

/// Reads a number as people write it (full-width, spaces, small x) and checks it; `today` is the day in China.
pub fn parse(raw: &str, today: NaiveDate) -> Result<IdNumber, IdError> {
    let text = normalize(raw);
    match text.chars().count() {
        15 if text.starts_with(|c: char| c.is_ascii_alphabetic()) => parse_old_permanent(text),
        15 => parse_upgraded(&text, today),
        18 => parse_18(text, today),
        _ => Err(IdError::Length),
    }
}

/// The 18 places of a number of 15: the century 19 and the check digit are put in. The date is not checked.
pub fn upgrade_15(old: &str) -> Result<String, IdError> {
    if old.chars().count() != 15 {
        return Err(IdError::Length);
    }
    let (division, rest) = old.split_at_checked(6).ok_or(IdError::Characters)?;
    let body = format!("{division}19{rest}");
    let check = check_digit(&body).ok_or(IdError::Characters)?;
    Ok(format!("{body}{check}"))
}

/// Hides all but the first three and last four characters; a text of fewer than fifteen is hidden whole.
pub fn mask(number: &str) -> String {
    let length = number.chars().count();
    let shown = |index: usize| length >= 15 && (index < 3 || index + 4 >= length);
    number.chars().enumerate().map(|(index, c)| if shown(index) { c } else { '*' }).collect()
}

/// A SYNTHETIC number with a right check digit, for demonstrations and tests: it belongs to nobody that we know of,
/// and every record made with it must be marked synthetic. `division` has six digits and `sequence` is at most 999,
/// odd for a man; `None` otherwise.
pub fn synthetic(division: &str, birth: NaiveDate, sequence: u16) -> Option<String> {
    let fits = division.len() == 6 && sequence <= 999 && (EARLIEST_YEAR..=9999).contains(&birth.year());
    let body = format!("{division}{}{sequence:03}", birth.format("%Y%m%d"));
    let check = check_digit(&body).filter(|_| fits)?;
    Some(format!("{body}{check}"))
}

fn parse_18(text: String, today: NaiveDate) -> Result<IdNumber, IdError> {
    let (body, last) = text.split_at_checked(17).ok_or(IdError::Characters)?;
    let check = check_digit(body).ok_or(IdError::Characters)?;
    if !last.bytes().all(|b| CHECK.contains(&b)) {
        return Err(IdError::Characters);
    }
    let kind = kind_of(body)?;
    let birth = body.get(6..14).and_then(day).ok_or(IdError::Date)?;
    if birth > today {
        return Err(IdError::Future);
    }
    if !last.starts_with(check) {
        return Err(IdError::Check);
    }
    let odd = body.ends_with(['1', '3', '5', '7', '9']);
    let sex = if odd { Sex::Male } else { Sex::Female };
    Ok(IdNumber { kind, birth: Some(birth), sex: Some(sex), normalized: text })
}

/// Only residents ever had 15 digits: what upgrades to another kind of document is a slip of the pen.
fn parse_upgraded(old: &str, today: NaiveDate) -> Result<IdNumber, IdError> {
    let id = parse_18(upgrade_15(old)?, today)?;
    match id.kind {
        IdKind::ResidentId => Ok(id),
        _ => Err(IdError::Division),
    }
}

/// Three letters of the country and twelve digits; the meaning of the digits was never published as a standard.
fn parse_old_permanent(text: String) -> Result<IdNumber, IdError> {
    let bytes = text.as_bytes();
    let letters = bytes.iter().take(3).all(u8::is_ascii_uppercase);
    if !letters || !bytes.iter().skip(3).all(u8::is_ascii_digit) {
        return Err(IdError::Characters);
    }
    Ok(IdNumber { kind: IdKind::ForeignPermanentResident, normalized: text, birth: None, sex: None })
}

fn kind_of(body: &str) -> Result<IdKind, IdError> {
    if body.starts_with('9') {
        return Ok(IdKind::ForeignPermanentResident);
    }
    if PERMIT_DIVISIONS.iter().any(|division| body.starts_with(division)) {
        return Ok(IdKind::HkMoTwResidencePermit);
    }
    let known = PROVINCES.iter().any(|province| body.starts_with(province));
    known.then_some(IdKind::ResidentId).ok_or(IdError::Division)
}

fn day(digits: &str) -> Option<NaiveDate> {
    let number: u32 = digits.parse().ok()?;
    let year = i32::try_from(number / 10_000).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number / 100 % 100, number % 100);
    day.filter(|day| day.year() >= EARLIEST_YEAR)
}

/// The check character of 17 digits; `None` when they are not 17 digits.
fn check_digit(body: &str) -> Option<char> {
    let digits: Option<Vec<u32>> = body.chars().map(|c| c.to_digit(10)).collect();
    let digits = digits.filter(|digits| digits.len() == WEIGHTS.len())?;
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    CHECK.get(usize::try_from(sum % 11).ok()?).copied().map(char::from)
}

/// ASCII capitals and digits without spaces; one character too many is kept, so that the length is seen to be wrong.
fn normalize(raw: &str) -> String {
    let kept = raw.chars().map(half_width).filter(|c| !matches!(c, ' ' | '\u{a0}' | '\t'));
    kept.map(|c| c.to_ascii_uppercase()).take(19).collect()
}
