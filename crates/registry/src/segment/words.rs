//! The words of a rule against what the fields hold. Pure.

use kernel::Refusal;
use kernel::time::Day;

use super::SEGMENT_VALUE;
use super::fields::{Field, Kind};
use super::rules::place;

/// A text written in a rule, and where.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Without the quotes.
    pub text: String,
    /// Character of the rule, from 0.
    pub at: usize,
}

/// Lets a word pass that a field can hold: a comparison with any other is always false, and nobody would notice.
///
/// # Errors
/// `segment.value`, with the position and what can be written.
pub(super) fn allowed(rule: &str, field: Field, word: &Word) -> Result<(), Refusal> {
    let (text, said) = (word.text.as_str(), short(&word.text));
    let fault = match field.kind() {
        Kind::Choice | Kind::Choices if !field.values().iter().any(|(value, _)| *value == text) => unknown(field, text),
        Kind::Day if !is_day(text) => format!("“{said}”不是日期，请写成 2026-11-23 的样子"),
        Kind::Code if !is_code(field, text) => {
            let digits = match field {
                Field::County => "6 位",
                Field::Town => "9 位",
                _ => "6 位或 9 位",
            };
            format!("“{said}”不是{}的代码，请写 {digits}区划代码", field.label())
        }
        Kind::Id if !(is_id(text) || text.is_empty() && field == Field::EmployerId) => {
            format!("“{said}”不是{}的编号，请从列表里复制编号", field.label())
        }
        _ => return Ok(()),
    };
    Err(refusal(rule, word, &fault))
}

/// Lets the beginning of a division's code pass.
///
/// # Errors
/// `segment.value`.
pub(super) fn begins_code(rule: &str, word: &Word) -> Result<(), Refusal> {
    let good = (2..=9).contains(&word.text.len()) && digits(&word.text);
    let fault = || format!("“{}”不是区划代码的开头，请写 2 到 9 位数字", short(&word.text));
    if good { Ok(()) } else { Err(refusal(rule, word, &fault())) }
}

/// The beginning of what was written, for a message: no control characters, no page of text.
pub(super) fn short(text: &str) -> String {
    const SHOWN: usize = 24;
    let mut shown: String = text.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    if text.chars().count() > SHOWN {
        shown.push('…');
    }
    shown
}

/// The known word that a typo means: at most a third of its letters differ.
pub(super) fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |word: &str| strsim::damerau_levenshtein(&written.to_lowercase(), &word.to_lowercase());
    let (far, near) = known.map(|word| (distance(word), word)).min()?;
    (far * 3 <= near.chars().count().max(6)).then_some(near)
}

fn unknown(field: Field, text: &str) -> String {
    let (label, values, said) = (field.label(), field.values(), short(text));
    let meant = values.iter().find(|(_, label)| *label == text).map(|(value, _)| *value);
    if let Some(near) = meant.or_else(|| nearest(text, values.iter().map(|(value, _)| *value))) {
        return format!("{label}没有“{said}”这一项，您是不是想写“{near}”？请改正");
    }
    let list: Vec<String> = values.iter().map(|(value, label)| format!("{value}（{label}）")).collect();
    format!("{label}没有“{said}”这一项，请从这些里选：{}", list.join("、"))
}

fn is_day(text: &str) -> bool {
    // Compared as text, so 2026-1-2 would stand after 2026-11-23.
    text.parse::<Day>().is_ok_and(|day| day.to_string() == text)
}

fn is_code(field: Field, text: &str) -> bool {
    let length = match field {
        Field::County => text.len() == 6,
        Field::Town => text.len() == 9,
        _ => matches!(text.len(), 6 | 9),
    };
    length && digits(text)
}

fn is_id(text: &str) -> bool {
    text.parse::<kernel::Id>().is_ok_and(|id| id.to_string() == text)
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn refusal(rule: &str, word: &Word, why: &str) -> Refusal {
    SEGMENT_VALUE.with(format!("{}：{why}。", place(rule, word.at))).on("rule")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_mean_what_is_near() {
        let names = || Field::ALL.iter().map(|field| field.name());
        for (written, meant) in [
            ("employmnt_form", Some("employment_form")),
            ("Age", Some("age")),
            ("joinedon", Some("joined_on")),
            ("is_oficer", Some("is_officer")),
            ("sxe", Some("sex")),
            ("salary", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, names()), meant, "{written}");
        }
    }
}
