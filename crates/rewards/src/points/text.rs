//! What people type about money, as it is kept. Pure.

use kernel::Refusal;
use kernel::money::Cents;

/// Most cents of one amount: a trillion yuan is no union's money.
const MOST_CENTS: i64 = 100_000_000_000_000;

kernel::refusals! {
    /// A text or number of a budget, batch or rule cannot be taken.
    POINTS_FORM = "points.form", UNPROCESSABLE_ENTITY, "有的内容填写不对，请按提示改正后再提交。";
}

/// A text without its outer spaces, of so many characters.
pub fn line(raw: &str, field: &'static str, label: &str, least: usize, most: usize) -> Result<String, Refusal> {
    let text = raw.trim();
    let fits = (least..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(POINTS_FORM.with(format!("“{label}”请用 {least} 到 {most} 个字写明。")).on(field))
    }
}

/// An amount above nothing.
pub fn amount(cents: i64, field: &'static str) -> Result<i64, Refusal> {
    if (1..=MOST_CENTS).contains(&cents) {
        Ok(cents)
    } else {
        Err(POINTS_FORM.with("金额请填大于零的数，单位元，最多两位小数。").on(field))
    }
}

/// A pattern for names that begin so; what LIKE reads as more than itself stands for itself (`ESCAPE '\'`).
pub fn begins(typed: Option<String>) -> Option<String> {
    let typed = typed.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())?;
    Some(format!("{}%", typed.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")))
}

/// An amount as people read it.
pub fn yuan(cents: i64) -> String {
    Cents(cents).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_amounts() {
        assert_eq!(line(" 端午慰问 ", "name", "名称", 2, 60).as_deref(), Ok("端午慰问"));
        assert_eq!(line("端", "name", "名称", 2, 60).unwrap_err().code, "points.form");
        assert!(line("端午\u{0}", "name", "名称", 2, 60).is_err());
        for (cents, good) in [(1, true), (0, false), (-1, false), (MOST_CENTS, true), (MOST_CENTS + 1, false)] {
            assert_eq!(amount(cents, "amount_cents").is_ok(), good, "{cents}");
        }
        assert_eq!(yuan(2_000), "20.00");
        assert_eq!(begins(Some(" 陈_ ".to_owned())).as_deref(), Some("陈\\_%"));
        assert_eq!(begins(Some("  ".to_owned())), None);
    }
}
