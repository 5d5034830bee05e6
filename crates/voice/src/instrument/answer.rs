//! What a ballot says: the answers to an instrument's questions, in one canonical form, so that the phone, the server
//! and whoever recounts write the same bytes.
//!
//! The canonical form is JSON without spaces, an object sorted by question id. A scale or a choice is the index of the
//! step or option, from 0; several choices are ascending indexes; a ranking is indexes, the most important first; a
//! number is a whole number; a text is NFC, without spaces at its ends. What was left out is absent.

use std::collections::BTreeMap;

use kernel::{Error, Refusal, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::{Question, QuestionKind};

kernel::refusals! {
    /// The ballot holds no answer at all.
    ANSWER_NONE = "answer.none", UNPROCESSABLE_ENTITY, "还没有填写任何一项，请至少填写一项后再提交。";
    /// An answer belongs to no question of the instrument.
    ANSWER_UNKNOWN = "answer.unknown", UNPROCESSABLE_ENTITY, "有的题目不在这张测评表里，请刷新页面后重新填写。";
    /// A question that must be answered was left out.
    ANSWER_MISSING = "answer.missing", UNPROCESSABLE_ENTITY, "还有必填的题目没有填写，请补上后再提交。";
    /// An answer has the wrong form, or lies outside what can be chosen.
    ANSWER_WRONG = "answer.wrong", UNPROCESSABLE_ENTITY, "有的题目填写不符合要求，请对照说明改正后再提交。";
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// A step, an option or a number.
    One(i64),
    /// Options: ascending for a choice, in their order for a ranking.
    Many(Vec<i64>),
    /// Words.
    Words(String),
}

/// Checked answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(BTreeMap<String, Answer>);

impl Answers {
    /// The bytes that are committed to and counted.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        // A map of texts, integers and lists of integers always is JSON.
        serde_json::to_vec(&self.0).unwrap_or_default()
    }

    /// Reads canonical bytes that were checked before.
    ///
    /// # Errors
    /// When they are not answers.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes).map(Self).map_err(Error::internal)
    }

    /// The answer to a question, unless it was left out.
    #[must_use]
    pub fn get(&self, question: &str) -> Option<&Answer> {
        self.0.get(question)
    }

    /// Every answer by question id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.0.iter().map(|(id, answer)| (id.as_str(), answer))
    }
}

/// Checks what came in against the questions and brings it into canonical form.
///
/// # Errors
/// `answer.none`, `answer.unknown`, `answer.missing`, `answer.wrong`; the sentence names the question.
pub fn parse(questions: &[Question], raw: &Value) -> Result<Answers, Refusal> {
    let raw = raw.as_object().ok_or_else(|| ANSWER_WRONG.refusal())?;
    if let Some(unknown) = raw.keys().find(|id| !questions.iter().any(|question| question.id == **id)) {
        let shown: String = unknown.chars().take(12).collect();
        return Err(ANSWER_UNKNOWN.with(format!("题目“{shown}”不在这张测评表里，请刷新页面后重新填写。")));
    }
    let mut answers = BTreeMap::new();
    for question in questions {
        let given = raw.get(&question.id).filter(|value| !is_empty(value));
        match given.map(|value| read(&question.kind, value)) {
            Some(Some(answer)) => {
                answers.insert(question.id.clone(), answer);
            }
            Some(None) => return Err(ANSWER_WRONG.with(wrong(question))),
            None if question.required => {
                return Err(ANSWER_MISSING.with(format!("“{}”还没有填写，请补上后再提交。", question.text)));
            }
            None => {}
        }
    }
    if answers.is_empty() { Err(ANSWER_NONE.refusal()) } else { Ok(Answers(answers)) }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn read(kind: &QuestionKind, value: &Value) -> Option<Answer> {
    match kind {
        QuestionKind::Scale { steps } => index(value, steps.len()).map(Answer::One),
        QuestionKind::Single { options } => index(value, options.len()).map(Answer::One),
        QuestionKind::Multiple { options, least, most } => {
            let mut chosen = indexes(value, options.len())?;
            chosen.sort_unstable();
            let count = u32::try_from(chosen.len()).ok()?;
            (*least..=*most).contains(&count).then_some(Answer::Many(chosen))
        }
        QuestionKind::Ranking { options, places } => {
            let ranked = indexes(value, options.len())?;
            (u32::try_from(ranked.len()).ok()? == *places).then_some(Answer::Many(ranked))
        }
        QuestionKind::Number { least, most, .. } => {
            value.as_i64().filter(|number| (*least..=*most).contains(number)).map(Answer::One)
        }
        QuestionKind::Text { most_chars } => {
            let text: String = value.as_str()?.nfc().collect::<String>().trim().to_owned();
            let fits = u32::try_from(text.chars().count()).is_ok_and(|count| count <= *most_chars);
            (fits && !text.chars().any(is_control)).then_some(Answer::Words(text))
        }
    }
}

fn is_control(c: char) -> bool {
    c.is_control() && c != '\n'
}

fn index(value: &Value, of: usize) -> Option<i64> {
    let chosen = value.as_i64()?;
    usize::try_from(chosen).is_ok_and(|index| index < of).then_some(chosen)
}

/// Distinct indexes in the order given.
fn indexes(value: &Value, of: usize) -> Option<Vec<i64>> {
    let items = value.as_array().filter(|items| items.len() <= of)?;
    let chosen: Vec<i64> = items.iter().map(|item| index(item, of)).collect::<Option<_>>()?;
    let distinct: std::collections::BTreeSet<i64> = chosen.iter().copied().collect();
    (distinct.len() == chosen.len()).then_some(chosen)
}

fn wrong(question: &Question) -> String {
    let text = &question.text;
    match &question.kind {
        QuestionKind::Scale { .. } | QuestionKind::Single { .. } => format!("“{text}”请从列出的选项里选一项。"),
        QuestionKind::Multiple { least, most, .. } => format!("“{text}”请选 {least} 到 {most} 项，不要重复。"),
        QuestionKind::Ranking { places, .. } => format!("“{text}”请按重要程度排出 {places} 项，不要重复。"),
        QuestionKind::Number { least, most, unit } => format!("“{text}”请填 {least} 到 {most} 之间的整数（{unit}）。"),
        QuestionKind::Text { most_chars } => {
            format!("“{text}”请控制在 {most_chars} 字以内，不要使用特殊控制字符。")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Step;
    use super::*;

    fn question(id: &str, kind: QuestionKind) -> Question {
        Question { id: id.into(), text: id.into(), help: None, weight: 1, required: false, kind }
    }

    fn questions() -> Vec<Question> {
        let options = || vec!["甲".to_owned(), "乙".to_owned(), "丙".to_owned()];
        let step = |label: &str, score| Step { label: label.into(), score };
        vec![
            question("q1", QuestionKind::Scale { steps: vec![step("满意", 100), step("不满意", 0)] }),
            question("q2", QuestionKind::Single { options: options() }),
            question("q3", QuestionKind::Multiple { options: options(), least: 1, most: 2 }),
            question("q4", QuestionKind::Ranking { options: options(), places: 2 }),
            question("q5", QuestionKind::Number { least: -5, most: 500, unit: "元".into() }),
            question("q6", QuestionKind::Text { most_chars: 6 }),
        ]
    }

    #[test]
    fn good_answers_have_one_form() {
        let raw = json!({ "q6": " 食堂\n好 ", "q5": -5, "q4": [2, 0], "q3": [2, 0], "q2": 0, "q1": 1 });
        let answers = parse(&questions(), &raw).unwrap();
        let text = String::from_utf8(answers.canonical()).unwrap();
        assert_eq!(text, r#"{"q1":1,"q2":0,"q3":[0,2],"q4":[2,0],"q5":-5,"q6":"食堂\n好"}"#);
        assert_eq!(Answers::read(&answers.canonical()).unwrap(), answers);
    }

    #[test]
    fn what_is_wrong_names_the_question() {
        let cases = [
            (json!({}), "answer.none"),
            (json!({ "q1": null, "q3": [] }), "answer.none"),
            (json!([]), "answer.wrong"),
            (json!({ "q9": 0 }), "answer.unknown"),
            (json!({ "q1": 2 }), "answer.wrong"),
            (json!({ "q1": -1 }), "answer.wrong"),
            (json!({ "q1": 0.5 }), "answer.wrong"),
            (json!({ "q1": "0" }), "answer.wrong"),
            (json!({ "q3": [0, 0] }), "answer.wrong"),
            (json!({ "q3": [0, 1, 2] }), "answer.wrong"),
            (json!({ "q4": [0] }), "answer.wrong"),
            (json!({ "q5": 501 }), "answer.wrong"),
            (json!({ "q6": "一二三四五六七" }), "answer.wrong"),
            (json!({ "q6": "a\u{0}b" }), "answer.wrong"),
        ];
        for (raw, code) in cases {
            assert_eq!(parse(&questions(), &raw).unwrap_err().code, code, "{raw}");
        }
        let mut questions = questions();
        questions[0].required = true;
        assert_eq!(parse(&questions, &json!({ "q2": 1 })).unwrap_err().code, "answer.missing");
    }
}
