//! What is asked in a box of opinions: the same in every evaluation. `web/shared/ballot/opinion.json` is the same list.
//!
//! Everybody is asked to send a sheet, also a blank one, so that whoever wrote something hides among all who voted: the
//! sheets of a box are alike in form and length, and each carries the hash of a code, which stands for nothing on a
//! blank one.

use crate::instrument::answer::{Answer, Answers};
use crate::instrument::{Question, QuestionKind};

/// The opinion in words; absent on a blank sheet.
pub const WORDS: &str = "q1";
/// What stands for the author's four words: [`Code::stretched`](crate::ballot::words::Code::stretched), hexadecimal.
pub const CODE: &str = "q2";
/// The button 有人要求或盯着我怎么打分.
pub const PRESSED: &str = "q3";

/// Most characters of an opinion.
pub const MOST_CHARS: u32 = 500;
/// Bytes of the longest sheet with everything that is sealed beside it, so that every sheet is sealed as long as this.
pub const LEAST_BYTES: usize = 2_304;

/// The questions.
#[must_use]
pub fn questions() -> Vec<Question> {
    let question = |id: &str, text: &str, required, kind| Question {
        id: id.to_owned(),
        text: text.to_owned(),
        help: None,
        weight: 0,
        required,
        kind,
    };
    let pressed =
        QuestionKind::Multiple { options: vec!["有人要求或盯着我怎么打分".to_owned()], least: 1, most: 1 };
    vec![
        question(WORDS, "还想说点什么吗", false, QuestionKind::Text { most_chars: MOST_CHARS }),
        question(CODE, "四词码的凭据", true, QuestionKind::Text { most_chars: 64 }),
        question(PRESSED, "打分时有没有人干预", false, pressed),
    ]
}

/// A sheet, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The opinion, unless the sheet is blank.
    pub words: Option<String>,
    /// What stands for the author's code; absent when what was sent is none, so that nobody can come back to it.
    pub code: Option<[u8; 32]>,
    /// Somebody told the author how to rate, or looked on.
    pub pressed: bool,
}

/// Reads a sheet that was checked when it was cast.
#[must_use]
pub fn said(answers: &Answers) -> Said {
    let words = |id: &str| match answers.get(id) {
        Some(Answer::Words(words)) => Some(words.clone()),
        _ => None,
    };
    Said {
        words: words(WORDS),
        code: words(CODE).as_deref().and_then(read_code),
        pressed: answers.get(PRESSED).is_some(),
    }
}

/// What stands for a code, as it is sent: 64 small hexadecimal signs.
#[must_use]
pub fn read_code(text: &str) -> Option<[u8; 32]> {
    let bytes: [u8; 32] = hex::decode(text).ok()?.try_into().ok()?;
    (hex::encode(bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ballot::commitment::Commitment;
    use crate::instrument::answer;

    #[test]
    fn the_browser_asks_the_same() {
        let site: Vec<Question> =
            serde_json::from_str(include_str!("../../../../web/shared/ballot/opinion.json")).unwrap();
        assert_eq!(site, questions());
    }

    #[test]
    fn a_sheet_is_read() {
        let code = "0f".repeat(32);
        let parsed = answer::parse(&questions(), &json!({ "q1": " 食堂\n太贵 ", "q2": code, "q3": [0] })).unwrap();
        assert_eq!(said(&parsed), Said { words: Some("食堂\n太贵".into()), code: Some([15; 32]), pressed: true });
        let blank = answer::parse(&questions(), &json!({ "q1": " \n ", "q2": code })).unwrap();
        assert_eq!(said(&blank), Said { words: None, code: Some([15; 32]), pressed: false });
        for odd in ["", "x", &"0F".repeat(32), &"0f".repeat(31)] {
            assert_eq!(read_code(odd), None, "{odd}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let code = "0f".repeat(32);
        let cases = [
            (json!({ "q1": "食堂太贵" }), "answer.missing"),
            (json!({ "q1": "字".repeat(501), "q2": code }), "answer.wrong"),
            (json!({ "q2": code, "q3": [1] }), "answer.wrong"),
            (json!({ "q2": code, "q4": "x" }), "answer.unknown"),
        ];
        for (raw, code) in cases {
            assert_eq!(answer::parse(&questions(), &raw).unwrap_err().code, code, "{raw}");
        }
    }

    #[test]
    fn the_longest_sheet_is_as_long_as_every_other() {
        // Four bytes a character is the most that UTF-8 has; what JSON escapes is shorter.
        for sign in ["𠀀", "\"", "\\", "\n字"] {
            let words = sign.repeat(500 / sign.chars().count());
            let parsed = answer::parse(&questions(), &json!({ "q1": words, "q2": "f".repeat(64), "q3": [0] })).unwrap();
            let longest = parsed.canonical();
            let payload = crate::poll::payload(&Commitment([0; 32]), &[0; 32], &longest, LEAST_BYTES);
            assert_eq!(payload.len(), LEAST_BYTES, "{sign}");
        }
    }
}
