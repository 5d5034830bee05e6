//! What a cell says: the text as a person sees it in the spreadsheet, and what is
//! wrong with it.

use calamine::{DataRef, ExcelDateTime};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::CELL_CHARACTERS;

/// Characters looked at: composing shortens a text, but never to a quarter.
const SCANNED: usize = 4 * CELL_CHARACTERS;
/// Stands where a character was that nobody sees.
const HIDDEN: char = '\u{FFFD}';

/// A cell as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// Trimmed text in composed form (NFC); dates as `YYYY-MM-DD`, whole numbers without `.0`.
    pub text: String,
    /// What is wrong with it; the text is then not to be relied on.
    pub flaw: Option<Flaw>,
}

/// What is wrong with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// Longer than [`CELL_CHARACTERS`]; the text was cut.
    TooLong,
    /// Held control or direction characters, which now show as `�`.
    Control,
    /// A number of more than 15 digits: the spreadsheet program lost the last ones.
    Rounded,
    /// An error value such as `#N/A`.
    Error,
}

impl Cell {
    /// Nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.flaw.is_none()
    }

    /// A cell of a text file.
    pub(super) fn of_csv(raw: &str) -> Self {
        let mut cell = Self::of_text(unwrapped(raw));
        if cell.flaw.is_none() {
            cell.flaw = (is_rounded(&cell.text).then_some(Flaw::Rounded))
                .or_else(|| is_error(&cell.text).then_some(Flaw::Error));
        }
        cell
    }

    /// A text.
    pub(super) fn of_text(raw: &str) -> Self {
        let trimmed = raw.trim_matches(is_margin);
        if trimmed.len() <= CELL_CHARACTERS && trimmed.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
            return Self { text: trimmed.to_owned(), flaw: None };
        }
        let (text, hidden) = visible(trimmed);
        let text = if needs_composing(&text) { text.nfc().collect() } else { text };
        let cut = text.char_indices().nth(CELL_CHARACTERS).map(|(at, _)| at);
        let flaw = if cut.is_some() || trimmed.chars().nth(SCANNED).is_some() {
            Some(Flaw::TooLong)
        } else {
            hidden.then_some(Flaw::Control)
        };
        Self { text: text[..cut.unwrap_or(text.len())].to_owned(), flaw }
    }

    /// A cell of a workbook; formulas come as their last result.
    pub(super) fn of_value(value: &DataRef<'_>) -> Self {
        match value {
            DataRef::Empty => Self::default(),
            DataRef::String(text) => Self::of_text(text),
            DataRef::SharedString(text) => Self::of_text(text),
            DataRef::Int(number) => Self::of_text(&number.to_string()),
            DataRef::Float(number) => Self::of_number(*number),
            DataRef::Bool(yes) => Self { text: if *yes { "TRUE" } else { "FALSE" }.into(), flaw: None },
            DataRef::DateTime(moment) => Self::of_moment(moment),
            DataRef::DateTimeIso(text) => Self::of_text(text.get(..10).unwrap_or(text)),
            DataRef::DurationIso(text) => Self::of_text(text),
            DataRef::Error(error) => Self { text: error.to_string(), flaw: Some(Flaw::Error) },
        }
    }

    fn of_number(number: f64) -> Self {
        // Spreadsheets keep 15 digits: 440703199001011234 comes back as …1200.
        if number.fract() == 0.0 {
            let flaw = (number.abs() >= 1e15).then_some(Flaw::Rounded);
            let text = if number.abs() < 1e21 { format!("{number:.0}") } else { number.to_string() };
            return Self { text, flaw };
        }
        // As shown: 0.1 + 0.2 is 0.3 there.
        let shown = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
        Self { text: shown.to_string(), flaw: None }
    }

    fn of_moment(moment: &ExcelDateTime) -> Self {
        let serial = moment.as_f64();
        if !(0.0..2_958_466.0).contains(&serial) {
            return Self::of_number(serial);
        }
        let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
        let text = if moment.is_duration() || serial < 1.0 {
            format!("{hour:02}:{minute:02}:{second:02}")
        } else {
            format!("{year:04}-{month:02}-{day:02}")
        };
        Self { text, flaw: None }
    }
}

/// White space, and the invisible characters that copying brings along.
fn is_margin(c: char) -> bool {
    c.is_whitespace() || is_void(c)
}

/// Invisible and without any meaning: zero-width space, word joiner, soft hyphen, byte order mark.
fn is_void(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// Control characters, and those that turn the direction of what follows.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// The text without what cannot be seen, and whether that was more than a line break.
fn visible(text: &str) -> (String, bool) {
    let mut hidden = false;
    let mut out = String::with_capacity(text.len().min(SCANNED));
    for c in text.chars().take(SCANNED) {
        match c {
            '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c if is_void(c) => {}
            c if is_hidden(c) => {
                hidden = true;
                out.push(HIDDEN);
            }
            c => out.push(c),
        }
    }
    (out, hidden)
}

/// Cheap test first: plain Chinese and Latin text is composed already.
fn needs_composing(text: &str) -> bool {
    let plain = |c: char| matches!(c, '\0'..='\u{2FF}' | '\u{2000}'..='\u{20FF}' | '\u{3000}'..='\u{302F}' | '\u{3400}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}' | HIDDEN);
    !text.chars().all(plain) && !is_nfc(text)
}

/// `="0123"`, and the apostrophe that stops a spreadsheet from computing, as they are meant.
fn unwrapped(raw: &str) -> &str {
    let text = raw.trim();
    let formula = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    if let Some(inner) = formula.filter(|inner| !inner.contains('"')) {
        return inner;
    }
    let guarded = |rest: &&str| rest.starts_with(|c: char| c.is_ascii_digit() || super::writer::is_formula_start(c));
    raw.strip_prefix('\'').filter(guarded).unwrap_or(raw)
}

/// `4.40703E+17`: what a spreadsheet program writes for an 18-digit number.
fn is_rounded(text: &str) -> bool {
    let Some((number, exponent)) = text.split_once("E+").or_else(|| text.split_once("e+")) else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, rest) = number.split_once('.').unwrap_or((number, "0"));
    whole.len() == 1 && digits(whole) && digits(rest) && (1..=3).contains(&exponent.len()) && digits(exponent)
}

fn is_error(text: &str) -> bool {
    matches!(text, "#N/A" | "#REF!" | "#VALUE!" | "#NAME?" | "#DIV/0!" | "#NULL!" | "#NUM!")
}
