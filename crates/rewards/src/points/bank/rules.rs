//! What a line of the bank must be, and by what it is known again. Pure.

use std::collections::BTreeMap;

use kernel::Refusal;
use kernel::crypto::digest::sm3;
use kernel::time::Day;

use super::BANK_LINE_FORM;
use crate::points::table::{self, Fault, Line, Wanted};
use crate::points::text;

/// Columns of a bank's file; what goes out of the account is left out. Some banks give no number.
pub const COLUMNS: [Wanted; 5] = [
    Wanted { names: &["流水号", "交易流水号", "凭证号", "交易编号", "银行流水号"], needed: false },
    Wanted { names: &["日期", "交易日期", "入账日期", "记账日期"], needed: true },
    Wanted { names: &["金额", "收入金额", "贷方发生额", "贷方金额", "收入"], needed: true },
    Wanted { names: &["付款人", "付款单位", "对方户名", "对方名称", "付款方"], needed: true },
    Wanted { names: &["摘要", "备注", "附言", "用途"], needed: false },
];

/// A line about to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// The bank's number; of a line that has none what [`number`] makes of it.
    pub number: String,
    /// The bank's day.
    pub day: Day,
    /// How much came in.
    pub amount_cents: i64,
    /// Who paid.
    pub payer: String,
    /// What for, as the bank says.
    pub note: Option<String>,
    /// The row of the file.
    pub row_number: Option<i64>,
}

/// A line as somebody types it.
///
/// # Errors
/// `bank_line.form`, `points.form`.
pub fn typed(
    number: &str,
    day: Day,
    amount_cents: i64,
    payer: &str,
    note: Option<&str>,
    today: Day,
) -> Result<NewLine, Refusal> {
    let number = text::line(number, "number", "流水号", 4, 60)?;
    Ok(NewLine { number, ..unnumbered(day, amount_cents, payer, note, today)? })
}

fn unnumbered(day: Day, amount_cents: i64, payer: &str, note: Option<&str>, today: Day) -> Result<NewLine, Refusal> {
    let payer = text::line(payer, "payer", "付款人", 2, 100)?;
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    let note = note.map(|note| text::line(note, "note", "摘要", 1, 200)).transpose()?;
    let amount_cents = text::amount(amount_cents, "amount_cents")?;
    if day > today || day < Day::from_ymd_opt(2019, 1, 1).unwrap_or_default() {
        return Err(BANK_LINE_FORM.with("日期不能晚于今天，也不能早于 2019 年，请核对银行流水。").on("day"));
    }
    Ok(NewLine { number: String::new(), day, amount_cents, payer, note, row_number: None })
}

/// Lines without a number of the bank get one that follows from what they say: day, amount, payer, and which of the equal
/// ones of their file they are. The same file again says the same, and two equal lines of a file are two. A file holds
/// whole days; otherwise equal lines of two files would be taken for one.
pub fn number(lines: &mut [NewLine]) {
    let mut equal: BTreeMap<(Day, i64, String), u64> = BTreeMap::new();
    for line in lines.iter_mut().filter(|line| line.number.is_empty()) {
        let which = equal.entry((line.day, line.amount_cents, line.payer.clone())).or_default();
        *which += 1;
        let payer: String = hex::encode(sm3(line.payer.as_bytes())).chars().take(12).collect();
        line.number = format!("无流水号-{}-{}-{payer}-{which}", line.day.format("%Y%m%d"), line.amount_cents);
    }
}

/// A line of a file, which may be without a number still; `None` for one that brings nothing in.
///
/// # Errors
/// What is wrong with the row.
pub fn read(line: &Line, today: Day) -> Result<Option<NewLine>, Fault> {
    let fault = |message: String| Fault { number: line.number, code: BANK_LINE_FORM.code, message };
    if line.cells.iter().any(|cell| cell.flaw.is_some()) {
        return Err(fault("有的单元格读不准（数字太长或含特殊字符），请把整列设为文本后重新导出。".into()));
    }
    if line.text(2).is_empty() {
        return Ok(None);
    }
    let amount = table::cents(line.text(2)).ok_or_else(|| fault("金额看不懂，请只写数字，例如 1234.50。".into()))?;
    if amount <= 0 {
        return Ok(None);
    }
    let day = table::day(line.text(1)).ok_or_else(|| fault("日期看不懂，请写成 2026-11-03 的样子。".into()))?;
    let new = match line.text(0).trim() {
        "" => unnumbered(day, amount, line.text(3), Some(line.text(4)), today),
        number => typed(number, day, amount, line.text(3), Some(line.text(4)), today),
    };
    let new = new.map_err(|refusal| fault(refusal.message))?;
    Ok(Some(NewLine { row_number: Some(line.number), ..new }))
}

#[cfg(test)]
mod tests {
    use kernel::sheet::{Cell, Flaw};

    use super::*;

    fn line(texts: [&str; 5]) -> Line {
        let cell = |text: &str| Cell { text: text.to_owned(), flaw: None };
        Line { number: 3, cells: texts.map(cell).to_vec() }
    }

    #[test]
    fn lines_of_a_bank() {
        let today = Day::from_ymd_opt(2026, 11, 23).unwrap();
        let good = line(["LS2026110300017", "2026/11/3", "1,000.50", "示例制造有限公司工会", ""]);
        let new = read(&good, today).unwrap().unwrap();
        assert_eq!((new.amount_cents, &new.note, new.row_number), (100_050, &None, Some(3)));
        for out in ["", "-20", "0"] {
            assert_eq!(read(&line(["LS1234", "2026-11-03", out, "示例工会", ""]), today), Ok(None), "{out}");
        }
        let wrong = [
            ["LS", "2026-11-03", "5", "示例工会", ""],
            ["LS1234", "2026-11-24", "5", "示例工会", ""],
            ["LS1234", "明天", "5", "示例工会", ""],
            ["LS1234", "2026-11-03", "五元", "示例工会", ""],
            ["LS1234", "2026-11-03", "5", "", ""],
        ];
        for texts in wrong {
            assert_eq!(read(&line(texts), today).unwrap_err().code, "bank_line.form", "{texts:?}");
        }
        let mut lines: Vec<NewLine> = ["示例工会甲", "示例工会乙", "示例工会甲"]
            .map(|payer| read(&line(["", "2026-11-03", "5", payer, ""]), today).unwrap().unwrap())
            .to_vec();
        lines.insert(1, new);
        number(&mut lines);
        let numbers: Vec<&str> = lines.iter().map(|line| line.number.as_str()).collect();
        assert_eq!(numbers[1], "LS2026110300017");
        assert!(numbers[0].starts_with("无流水号-20261103-500-") && numbers[0].ends_with("-1"), "{numbers:?}");
        assert_eq!(numbers[3], format!("{}2", numbers[0].strip_suffix('1').unwrap()));
        assert!(numbers[2].ends_with("-1") && numbers[2] != numbers[0] && numbers[0].chars().count() <= 60);
        let mut rounded = good;
        rounded.cells[0].flaw = Some(Flaw::Rounded);
        assert!(read(&rounded, today).is_err());
    }
}
