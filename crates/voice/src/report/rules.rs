//! What a report says, and what its scheme suggests that it should; without database and clock.

use kernel::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PICTURE_CAPTION, REPORT_EMPTY, REPORT_SECTION};
use crate::instrument::{Question, QuestionKind};

/// The section that tells the year's figures.
pub const OVERVIEW: &str = "overview";
/// The section about what was promised a year ago.
pub const PROMISED: &str = "promised";
/// The section about activities, which the chair tells, and money, of which the budget items tell.
pub const ACTIVITIES: &str = "activities";
/// The section of promises for the next year.
pub const NEXT: &str = "next";

/// Sections of a report at the most.
const SECTIONS: usize = 16;
/// Characters of a section at the most.
const CHARS: usize = 5_000;

/// A headed part of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportSection {
    /// Which of the suggested ones it is; empty for one of the chair's own.
    pub key: String,
    /// Its heading.
    pub heading: String,
    /// Plain text, with line breaks.
    pub text: String,
}

/// A section that a scheme suggests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// Stands for it over the years.
    pub key: String,
    /// Its heading.
    pub heading: String,
    /// What belongs there.
    pub hint: String,
}

/// The sections that the questions of a scheme suggest: a report speaks of what is rated.
#[must_use]
pub fn suggested(questions: &[Question]) -> Vec<Suggested> {
    let section = |key: &str, heading: &str, hint: &str| Suggested {
        key: key.to_owned(),
        heading: heading.to_owned(),
        hint: hint.to_owned(),
    };
    let mut all = vec![section(OVERVIEW, "这一年的基本情况", "数字已按会籍记录填好，请核对。")];
    for question in questions.iter().take(SECTIONS - 4) {
        let rated = question.weight > 0 && matches!(question.kind, QuestionKind::Scale { .. });
        // What was promised has a section of its own, whatever the scheme calls it.
        if !rated || question.text.contains("承诺") {
            continue;
        }
        let heading = question.text.split(['：', ':']).next().unwrap_or_default().trim();
        let heading: String = heading.chars().take(40).collect();
        if heading.chars().count() >= 2 {
            let hint = question.help.clone().unwrap_or_else(|| question.text.clone());
            all.push(Suggested { key: question.id.clone(), heading, hint });
        }
    }
    all.push(section(
        ACTIVITIES,
        "活动和经费",
        "登记过的资金项目已按预算、支出和办成的事填好，请核对；活动还没有记录在平台，请自己填写。",
    ));
    all.push(section(PROMISED, "上一年承诺和整改的落实", "上一年说过的事办得怎么样，没办成的说明原因。"));
    all.push(section(NEXT, "下一年的打算和承诺", "写明办什么、什么时候办好；下一年述职时会带出来对照。"));
    all
}

/// Sections as typed.
///
/// # Errors
/// `report.section`.
pub fn sections(raw: Vec<ReportSection>) -> Result<Vec<ReportSection>, Refusal> {
    if raw.is_empty() || raw.len() > SECTIONS {
        return Err(REPORT_SECTION.refusal().on("sections"));
    }
    raw.into_iter().map(section).collect()
}

fn section(raw: ReportSection) -> Result<ReportSection, Refusal> {
    let (heading, text) = (plain(&raw.heading, false), plain(&raw.text, true));
    let name = raw.key.len() <= 20 && raw.key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !name || !(2..=40).contains(&heading.chars().count()) {
        return Err(REPORT_SECTION.refusal().on("sections"));
    }
    let over = text.chars().count().saturating_sub(CHARS);
    if over > 0 {
        let sentence = format!("“{heading}”超出 {over} 个字，每段最多 {CHARS} 个字；请缩短后再保存。");
        return Err(REPORT_SECTION.with(sentence).on("sections"));
    }
    Ok(ReportSection { key: raw.key, heading, text })
}

/// What is filled in must leave a draft that can be saved.
#[must_use]
pub fn fitting(text: &str) -> String {
    text.chars().take(CHARS).collect()
}

/// Text without what hides or turns other text; line breaks are of one kind, or spaces.
fn plain(raw: &str, lines: bool) -> String {
    let text = raw.replace("\r\n", "\n").replace('\r', "\n");
    let kept = text.chars().filter_map(|c| match c {
        '\n' if lines => Some('\n'),
        '\n' | '\t' => Some(' '),
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => None,
        c if c.is_control() => None,
        c => Some(c),
    });
    kept.collect::<String>().trim().to_owned()
}

/// What is submitted of a draft: the sections in which something stands.
///
/// # Errors
/// `report.empty` when there is nothing beside the figures.
pub fn spoken(sections: Vec<ReportSection>) -> Result<Vec<ReportSection>, Refusal> {
    let spoken: Vec<ReportSection> = sections.into_iter().filter(|section| !section.text.is_empty()).collect();
    if spoken.iter().any(|section| section.key != OVERVIEW) {
        Ok(spoken)
    } else {
        Err(REPORT_EMPTY.refusal().on("sections"))
    }
}

/// What stands below a picture, as typed.
///
/// # Errors
/// `report.caption`.
pub fn caption(raw: &str) -> Result<String, Refusal> {
    let caption = plain(raw, false);
    if caption.chars().count() <= 100 { Ok(caption) } else { Err(PICTURE_CAPTION.refusal().on("caption")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::bundled;

    fn of(key: &str, text: &str) -> ReportSection {
        ReportSection { key: key.into(), heading: "小标题".into(), text: text.into() }
    }

    #[test]
    fn the_questions_suggest_the_headings() {
        let schemes = bundled().unwrap();
        let headings = |code: &str| {
            let (_, document) = schemes.iter().find(|(one, _)| *one == code).unwrap();
            let headings: Vec<String> = suggested(&document.questions).into_iter().map(|one| one.heading).collect();
            headings
        };
        assert_eq!(
            headings("chair_report"),
            [
                "这一年的基本情况",
                "组织起来",
                "维护权益",
                "服务职工",
                "民主管理",
                "自身建设",
                "活动和经费",
                "上一年承诺和整改的落实",
                "下一年的打算和承诺"
            ]
        );
        assert_eq!(headings("members_home")[1..6], ["有事找得到", "靠得住", "说得上话", "暖人心", "看得清"]);
        for (code, document) in &schemes {
            let suggested = suggested(&document.questions);
            let raw = suggested.into_iter().map(|one| ReportSection {
                key: one.key,
                heading: one.heading,
                text: String::new(),
            });
            assert!(sections(raw.collect()).is_ok(), "{code}");
        }
    }

    #[test]
    fn texts_are_kept_as_they_are_read() {
        let hostile = of("q1", " \u{202e}<script>alert(1)</script>\r\n第二行\t\u{7}\u{feff}&amp; ");
        let kept = sections(vec![hostile]).unwrap();
        assert_eq!(kept[0].text, "<script>alert(1)</script>\n第二行 &amp;");
        assert_eq!(sections(kept.clone()).unwrap(), kept);
        let heading = |heading: &str| ReportSection { heading: heading.into(), ..of("", "") };
        assert_eq!(sections(vec![heading("两\n行")]).unwrap()[0].heading, "两 行");
        for bad in [
            heading("短"),
            heading(&"长".repeat(41)),
            heading("\u{200b}\u{200b}"),
            of("q 1", ""),
            of(&"k".repeat(21), ""),
        ] {
            assert!(sections(vec![bad.clone()]).is_err(), "{bad:?}");
        }
        assert!(sections(Vec::new()).is_err());
        assert!(sections(vec![of("", ""); 17]).is_err());
        assert!(sections(vec![of("", &"字".repeat(5_000))]).is_ok());
        let refusal = sections(vec![of("", &"字".repeat(5_003))]).unwrap_err();
        assert!(refusal.message.contains("超出 3 个字"));
    }

    #[test]
    fn figures_alone_are_no_report() {
        assert!(spoken(vec![of(OVERVIEW, "新入会 3 人"), of("q1", "")]).is_err());
        let kept = spoken(vec![of(OVERVIEW, "新入会 3 人"), of("q1", ""), of("", "办了一件事")]).unwrap();
        assert_eq!(kept.len(), 2);
        assert!(caption(&"字".repeat(100)).is_ok() && caption(&"字".repeat(101)).is_err());
        assert_eq!(caption("合影\n").unwrap(), "合影");
    }
}
