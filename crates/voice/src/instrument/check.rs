//! What a list of questions must be before anybody is asked.

use std::collections::BTreeSet;

use kernel::Refusal;

use super::{Question, QuestionKind, Thresholds};

kernel::refusals! {
    /// The questions of a scheme or an evaluation do not fit together.
    QUESTIONS_WRONG = "instrument.questions", UNPROCESSABLE_ENTITY, "测评表的题目设置有问题，请按提示修改后再保存。";
    /// Quorum or the bar for rectification lies outside 0 to 100.
    THRESHOLDS_WRONG = "instrument.thresholds", UNPROCESSABLE_ENTITY, "最低参评比例和整改线请填 0 到 100 之间的整数。";
}

/// Most questions of one instrument: more is not answered on a phone.
pub const MOST_QUESTIONS: usize = 40;

/// Checks a list of questions.
///
/// # Errors
/// `instrument.questions`; the sentence names the question and what to change.
pub fn questions(questions: &[Question]) -> Result<(), Refusal> {
    let no = |text: String| Err(QUESTIONS_WRONG.with(text).on("questions"));
    if questions.is_empty() || questions.len() > MOST_QUESTIONS {
        return no(format!("测评表要有 1 到 {MOST_QUESTIONS} 道题，请增减后再保存。"));
    }
    let mut seen = BTreeSet::new();
    for (place, question) in questions.iter().enumerate() {
        let which = place + 1;
        if !is_id(&question.id) || !seen.insert(&question.id) {
            return no(format!("第 {which} 题的编号不对或重复，编号应是 q1 到 q99，请修改。"));
        }
        if !(2..=100).contains(&question.text.trim().chars().count()) {
            return no(format!("第 {which} 题的题目请控制在 2 到 100 字。"));
        }
        if let Some(fault) = kind_fault(&question.kind) {
            return no(format!("第 {which} 题{fault}，请修改。"));
        }
        if question.weight > 1000 {
            return no(format!("第 {which} 题的权重请填 0 到 1000。"));
        }
    }
    Ok(())
}

/// Checks the question of a breakdown: everybody is in one group, there is something to be shown of it, and whoever answers
/// reads beside the question what his answer is used for.
///
/// # Errors
/// `instrument.questions`.
pub fn breakdown(questions: &[Question], id: &str) -> Result<(), Refusal> {
    let single = |one: &Question| one.id == id && one.required && matches!(one.kind, QuestionKind::Single { .. });
    let told = |one: &Question| one.help.as_ref().is_some_and(|help| help.contains("分组"));
    let scale = |one: &Question| matches!(one.kind, QuestionKind::Scale { .. });
    if questions.iter().any(|one| single(one) && told(one)) && questions.iter().any(scale) {
        return Ok(());
    }
    let text =
        "分组的题目要是一道必填的单选题，并在题目说明里写明结果会按这一题分组公布；另外至少有一道量表题。请修改。";
    Err(QUESTIONS_WRONG.with(text).on("breakdown"))
}

/// Checks quorum and bar.
///
/// # Errors
/// `instrument.thresholds`.
pub fn thresholds(thresholds: Thresholds) -> Result<(), Refusal> {
    let fits = thresholds.quorum_percent <= 100 && thresholds.rectify_percent <= 100;
    if fits { Ok(()) } else { Err(THRESHOLDS_WRONG.refusal().on("thresholds")) }
}

fn is_id(id: &str) -> bool {
    let digits = id.strip_prefix('q').unwrap_or_default();
    matches!(digits.len(), 1 | 2) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
}

fn kind_fault(kind: &QuestionKind) -> Option<String> {
    let labels = |labels: &[String], most: usize| {
        let distinct: BTreeSet<&str> = labels.iter().map(|label| label.trim()).collect();
        let fits = distinct.iter().all(|label| (1..=60).contains(&label.chars().count()));
        let right = (2..=most).contains(&labels.len()) && distinct.len() == labels.len() && fits;
        (!right).then(|| format!("要有 2 到 {most} 个不重复的选项，每个不超过 60 字"))
    };
    let many = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    match kind {
        QuestionKind::Scale { steps } => {
            let names: Vec<String> = steps.iter().map(|step| step.label.clone()).collect();
            labels(&names, 10).or_else(|| {
                let falling = steps.windows(2).all(|pair| pair[0].score > pair[1].score);
                let right = falling && steps.iter().all(|step| step.score <= 100);
                (!right).then(|| "的档次要从好到差排列，分值 0 到 100 且逐档降低".to_owned())
            })
        }
        QuestionKind::Single { options } => labels(options, 40),
        QuestionKind::Multiple { options, least, most } => labels(options, 40).or_else(|| {
            let right = *least >= 1 && least <= most && *most <= many(options.len());
            (!right).then(|| "的最少、最多选择项数不对".to_owned())
        }),
        QuestionKind::Ranking { options, places } => labels(options, 20).or_else(|| {
            let right = *places >= 1 && *places <= many(options.len());
            (!right).then(|| "要排出的项数不对".to_owned())
        }),
        QuestionKind::Number { least, most, unit } => {
            let bound = 1_000_000_000_000;
            let right = least < most && *least >= -bound && *most <= bound && unit.chars().count() <= 10;
            (!right).then(|| "的最小值要小于最大值，单位不超过 10 字".to_owned())
        }
        QuestionKind::Text { most_chars } => {
            (!(1..=1000).contains(most_chars)).then(|| "的字数上限请填 1 到 1000".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Step;
    use super::*;

    fn scale(scores: &[u32]) -> QuestionKind {
        let step = |(place, score): (usize, &u32)| Step { label: format!("第{place}档"), score: *score };
        QuestionKind::Scale { steps: scores.iter().enumerate().map(step).collect() }
    }

    fn one(id: &str, kind: QuestionKind) -> Question {
        Question { id: id.into(), text: "维护权益".into(), help: None, weight: 1, required: true, kind }
    }

    #[test]
    fn kinds_are_checked() {
        let options = |n: usize| (0..n).map(|n| format!("选项{n}")).collect::<Vec<_>>();
        let cases = [
            (scale(&[100, 60, 0]), true),
            (scale(&[100]), false),
            (scale(&[60, 100]), false),
            (scale(&[101, 0]), false),
            (QuestionKind::Single { options: options(2) }, true),
            (QuestionKind::Single { options: vec!["甲".into(), "甲".into()] }, false),
            (QuestionKind::Multiple { options: options(3), least: 1, most: 3 }, true),
            (QuestionKind::Multiple { options: options(3), least: 2, most: 1 }, false),
            (QuestionKind::Multiple { options: options(3), least: 1, most: 4 }, false),
            (QuestionKind::Ranking { options: options(3), places: 3 }, true),
            (QuestionKind::Ranking { options: options(3), places: 4 }, false),
            (QuestionKind::Number { least: 0, most: 10, unit: "元".into() }, true),
            (QuestionKind::Number { least: 10, most: 10, unit: "元".into() }, false),
            (QuestionKind::Text { most_chars: 200 }, true),
            (QuestionKind::Text { most_chars: 0 }, false),
        ];
        for (kind, right) in cases {
            assert_eq!(questions(&[one("q1", kind.clone())]).is_ok(), right, "{kind:?}");
        }
    }

    #[test]
    fn a_breakdown_is_by_one_choice_of_everybody() {
        let options = || vec!["办过事".to_owned(), "没有".to_owned()];
        let mut asked = vec![one("q1", QuestionKind::Single { options: options() }), one("q2", scale(&[100, 0]))];
        assert!(breakdown(&asked, "q1").is_err(), "nobody is told");
        asked[0].help = Some("公布结果时按这一题分组。".into());
        assert!(breakdown(&asked, "q1").is_ok());
        assert!(breakdown(&asked, "q2").is_err() && breakdown(&asked, "q3").is_err());
        assert!(breakdown(&asked[..1], "q1").is_err(), "nothing to show of the groups");
        asked[0].required = false;
        assert!(breakdown(&asked, "q1").is_err());
        asked[0].required = true;
        asked[0].kind = QuestionKind::Multiple { options: options(), least: 1, most: 2 };
        assert!(breakdown(&asked, "q1").is_err());
    }

    #[test]
    fn ids_are_unique_and_well_formed() {
        let with = |ids: &[&str]| ids.iter().map(|id| one(id, scale(&[100, 0]))).collect::<Vec<_>>();
        assert!(questions(&with(&["q1", "q2", "q40"])).is_ok());
        for ids in [&["q1", "q1"][..], &["q0"], &["q100"], &["x1"], &["q"], &[]] {
            assert!(questions(&with(ids)).is_err(), "{ids:?}");
        }
        assert!(thresholds(Thresholds { quorum_percent: 101, rectify_percent: 0 }).is_err());
    }
}
