//! What a document must be, how numbers are spread over bins, and what may be covered of somebody's words. Pure.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CONSULTATION_FORM;

/// Most articles of a document.
const MOST_ARTICLES: usize = 300;
/// Most characters of all articles together: a long law has a hundred thousand.
const MOST_CHARS: usize = 200_000;
/// Most bins of a spread: more are not read on a phone.
const BINS: i64 = 8;
/// Stands for a covered character.
const COVER: char = '＊';

/// A part of a document that an answer can name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DocumentArticle)]
pub struct Article {
    /// 第三条, 二、活动安排; may be empty.
    pub heading: String,
    /// What it says.
    pub text: String,
}

/// Cleans and checks articles.
pub fn articles(raw: &[Article]) -> Result<Vec<Article>, Refusal> {
    let no = |text: String| Err(CONSULTATION_FORM.with(text).on("articles"));
    if raw.len() > MOST_ARTICLES {
        return no(format!("正文最多分 {MOST_ARTICLES} 条，请合并后再保存。"));
    }
    let mut articles = Vec::with_capacity(raw.len());
    for (place, article) in raw.iter().enumerate() {
        let (heading, text) = (article.heading.trim(), article.text.trim());
        if text.is_empty() || heading.chars().count() > 60 || !is_plain(heading) || !is_plain(text) {
            return no(format!("第 {} 条的标题不超过 60 字，正文不能为空，请修改。", place + 1));
        }
        articles.push(Article { heading: heading.to_owned(), text: text.to_owned() });
    }
    if articles.iter().map(|article| article.text.chars().count()).sum::<usize>() > MOST_CHARS {
        return no("正文太长，请把全文放到附件里，这里只写要点。".to_owned());
    }
    Ok(articles)
}

/// A text of so many characters, without its outer spaces.
pub fn text(raw: &str, field: &'static str, label: &str, least: usize, most: usize) -> Result<String, Refusal> {
    let text = raw.trim();
    if (least..=most).contains(&text.chars().count()) && is_plain(text) {
        Ok(text.to_owned())
    } else {
        Err(CONSULTATION_FORM.with(format!("“{label}”请用 {least} 到 {most} 个字写明。")).on(field))
    }
}

fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && c != '\n')
}

/// What kind of file the first bytes say it is.
pub fn kind_of(first: &[u8], name: &str) -> Option<&'static str> {
    let ends = |extension: &str| name.to_lowercase().ends_with(extension);
    if first.starts_with(b"%PDF-") && ends(".pdf") {
        Some("pdf")
    } else if first.starts_with(b"PK\x03\x04") && ends(".docx") {
        Some("docx")
    } else {
        None
    }
}

/// Whether what is shown is what was said with some characters covered.
pub fn covers(said: &str, shown: &str) -> bool {
    let (mut said, mut shown) = (said.chars(), shown.chars());
    loop {
        match (said.next(), shown.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other || other == COVER => {}
            _ => return false,
        }
    }
}

/// How the numbers given to one question are spread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Spread {
    /// Which question.
    pub question: String,
    /// At most eight bins of equal width, from the smallest number to the largest.
    pub bins: Vec<Bin>,
}

/// People who gave a number between two others, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SpreadBin)]
pub struct Bin {
    /// From.
    pub from: i64,
    /// To.
    pub to: i64,
    /// People.
    pub count: u64,
}

/// Spreads numbers over bins: every number in one bin, no bin overlapping another.
pub fn bins(numbers: &BTreeMap<i64, u64>) -> Vec<Bin> {
    let (Some(least), Some(most)) = (numbers.keys().next().copied(), numbers.keys().next_back().copied()) else {
        return Vec::new();
    };
    let width = (most - least) / BINS + 1;
    let firsts: BTreeSet<i64> = (0..BINS).map(|bin| least + bin * width).filter(|first| *first <= most).collect();
    let bin = |from: &i64| {
        let to = (from + width - 1).min(most);
        Bin { from: *from, to, count: numbers.range(from..=&to).map(|(_, times)| times).sum() }
    };
    firsts.iter().map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(heading: &str, text: &str) -> Article {
        Article { heading: heading.into(), text: text.into() }
    }

    #[test]
    fn articles_are_cleaned_and_checked() {
        let good = articles(&[article(" 第一条 ", " 为了保护职工。\n "), article("", "没有标题的一条。")]).unwrap();
        assert_eq!(good, [article("第一条", "为了保护职工。"), article("", "没有标题的一条。")]);
        for bad in [article("第一条", " "), article(&"长".repeat(61), "文"), article("一", "a\u{0}")] {
            assert_eq!(articles(&[bad]).unwrap_err().code, "consultation.form");
        }
        assert!(articles(&vec![article("", "文"); MOST_ARTICLES + 1]).is_err());
        assert!(articles(&[article("", &"文".repeat(MOST_CHARS + 1))]).is_err());
    }

    #[test]
    fn a_file_is_what_its_first_bytes_and_its_name_say() {
        let cases = [
            (&b"%PDF-1.7"[..], "草案.PDF", Some("pdf")),
            (b"PK\x03\x04\x14", "草案.docx", Some("docx")),
            (b"PK\x03\x04\x14", "草案.zip", None),
            (b"%PDF-1.7", "草案.docx", None),
            (b"<html>", "草案.pdf", None),
            (b"", "草案.pdf", None),
        ];
        for (first, name, kind) in cases {
            assert_eq!(kind_of(first, name), kind, "{name}");
        }
    }

    #[test]
    fn words_are_covered_and_never_changed() {
        let said = "请找三车间张三，电话 13900000000";
        for (shown, good) in [
            (said, true),
            ("请找三车间＊＊，电话 ＊＊＊＊＊＊＊＊＊＊＊", true),
            ("请找三车间李四，电话 13900000000", false),
            ("请找三车间张三", false),
            ("请找三车间＊＊，电话 ＊＊＊＊＊＊＊＊＊＊＊！", false),
        ] {
            assert_eq!(covers(said, shown), good, "{shown}");
        }
    }

    #[test]
    fn every_number_stands_in_one_bin() {
        assert!(bins(&BTreeMap::new()).is_empty());
        assert_eq!(bins(&BTreeMap::from([(200, 7)])), [Bin { from: 200, to: 200, count: 7 }]);
        for (least, step, many) in [(0_i64, 1_i64, 3_i64), (-50, 7, 100), (0, 100, 51), (5, 3, 8)] {
            let numbers: BTreeMap<i64, u64> = (0..many).map(|n| (least + n * step, 1 + n.unsigned_abs() % 3)).collect();
            let bins = bins(&numbers);
            assert!((1..=8).contains(&bins.len()));
            assert_eq!(bins.iter().map(|bin| bin.count).sum::<u64>(), numbers.values().sum::<u64>());
            assert!(bins.windows(2).all(|pair| pair[0].to + 1 == pair[1].from), "{bins:?}");
            assert_eq!((bins[0].from, bins[bins.len() - 1].to), (least, least + (many - 1) * step));
        }
    }
}
