//! What a scheme must be before evaluations follow it. Pure: no database, no clock.

use kernel::Refusal;
use registry::segment::Segment;

use super::{SCHEME_CODE, SCHEME_WRONG, SchemeDocument};
use crate::instrument::{SubjectKind, check as instrument};

/// Most characters of an evaluation's title, as its table takes it.
pub const TITLE_CHARS: usize = 100;
/// An evaluation that is open longer than a year is none of a year.
const MOST_DAYS: u32 = 366;

/// Checks a code.
///
/// # Errors
/// `scheme.code`.
pub fn code(raw: &str) -> Result<String, Refusal> {
    let code = raw.trim();
    let first = code.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let plain = code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let fits = first && plain && (2..=40).contains(&code.len());
    if fits { Ok(code.to_owned()) } else { Err(SCHEME_CODE.refusal().on("code")) }
}

/// Checks a document.
///
/// # Errors
/// `scheme.wrong` with what to change, `instrument.*`, `segment.*`.
pub fn check(document: &SchemeDocument) -> Result<(), Refusal> {
    let wrong = |field: &'static str, text: &str| Err(SCHEME_WRONG.with(text).on(field));
    let chars = |text: &str| text.trim().chars().count();
    if !(2..=50).contains(&chars(&document.title)) {
        return wrong("title", "方案名称请控制在 2 到 50 字。");
    }
    for (field, text) in [("about", &document.about), ("basis", &document.basis)] {
        if !(2..=200).contains(&chars(text)) {
            return wrong(field, "请写明方案说明和依据，各 2 到 200 字。");
        }
    }
    let pattern = &document.title_pattern;
    if !(2..=60).contains(&chars(pattern)) || !pattern.contains("{year}") {
        return wrong(
            "title_pattern",
            "评议标题的格式请控制在 2 到 60 字，并写上 {year}，可以用 {subject} 和 {union}。",
        );
    }
    let rated = matches!(document.subject, SubjectKind::Chair | SubjectKind::Union | SubjectKind::Department);
    if rated && !pattern.contains("{subject}") {
        return wrong("title_pattern", "评议标题的格式里要写上 {subject}，让会员知道评的是谁。");
    }
    if document.subject == SubjectKind::Chair && !document.without_rated {
        return wrong("without_rated", "评议主席时，主席和副主席不能参加测评，请勾选“被评议人不参评”。");
    }
    let days = document.days_open;
    if days.least < 1 || days.least > days.usual || days.usual > days.most || days.most > MOST_DAYS {
        return wrong("days_open", "开放天数要至少 1 天，最少不多于通常，通常不多于最多，最多 366 天。");
    }
    instrument::questions(&document.questions)?;
    if let Some(question) = &document.breakdown {
        // Whoever is rated stands over those who rate, in every other kind: see docs/ballot-secrecy.md.
        if document.subject != SubjectKind::Department {
            return wrong("breakdown", "只有执法部门评议可以按一道题分组公布；评议主席、工会等不分组，请去掉分组。");
        }
        instrument::breakdown(&document.questions, question)?;
    }
    instrument::thresholds(document.thresholds)?;
    Segment::parse(&document.electorate).map_err(|refusal| refusal.on("electorate"))?;
    Ok(())
}

/// The title of an evaluation, cut to what its table takes.
///
/// ```
/// use voice::scheme::rules::title;
///
/// assert_eq!(title("{subject}{year}年度述职测评", "示例工会主席", "示例工会", 2026), "示例工会主席2026年度述职测评");
/// ```
#[must_use]
pub fn title(pattern: &str, subject: &str, union: &str, year: i32) -> String {
    let text = pattern.replace("{year}", &year.to_string()).replace("{union}", union).replace("{subject}", subject);
    text.chars().take(TITLE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::super::bundled;
    use super::*;

    fn report() -> SchemeDocument {
        bundled().unwrap().into_iter().find(|(code, _)| *code == "chair_report").unwrap().1
    }

    #[test]
    fn what_comes_with_the_program_is_right() {
        let bundled = bundled().unwrap();
        assert_eq!(bundled.len(), 6);
        for (name, document) in bundled {
            assert_eq!(check(&document), Ok(()), "{name}");
            assert_eq!(code(name).unwrap(), name);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        type Spoil = fn(&mut SchemeDocument);
        let cases: [(Spoil, &str, &str); 13] = [
            (|d| d.title = "评".into(), "scheme.wrong", "title"),
            (|d| d.about.clear(), "scheme.wrong", "about"),
            (|d| d.basis.clear(), "scheme.wrong", "basis"),
            (|d| d.title_pattern = "{subject}述职测评".into(), "scheme.wrong", "title_pattern"),
            (|d| d.title_pattern = "{year}年述职测评".into(), "scheme.wrong", "title_pattern"),
            (|d| d.without_rated = false, "scheme.wrong", "without_rated"),
            (|d| d.days_open.least = 0, "scheme.wrong", "days_open"),
            (|d| d.days_open.usual = d.days_open.most + 1, "scheme.wrong", "days_open"),
            (|d| d.days_open.most = 367, "scheme.wrong", "days_open"),
            (|d| d.questions.clear(), "instrument.questions", "questions"),
            (|d| d.breakdown = Some("q1".into()), "scheme.wrong", "breakdown"),
            (|d| d.thresholds.quorum_percent = 101, "instrument.thresholds", "thresholds"),
            (|d| d.electorate = "wrok == 1".into(), "segment.field", "electorate"),
        ];
        for (spoil, code, field) in cases {
            let mut document = report();
            spoil(&mut document);
            let refusal = check(&document).unwrap_err();
            assert_eq!((&*refusal.code, refusal.field), (code, Some(field)));
        }
    }

    #[test]
    fn codes_are_plain() {
        for bad in ["", "a", "1a", "A_b", "测评", "a-b", &"a".repeat(41)] {
            assert!(code(bad).is_err(), "{bad}");
        }
        assert_eq!(code(" dormitory_2026 ").unwrap(), "dormitory_2026");
        assert_eq!(title("{year}", "", "", 2026), "2026");
        assert_eq!(title("{subject}{year}", &"长".repeat(200), "", 2026).chars().count(), TITLE_CHARS);
    }
}
