//! What a line of the bank must be, and by what it is known again. Pure.

use std::collections::BTreeMap;

use kernel::Refusal;
use kernel::crypto::digest::sm3;
use kernel::time::Day;

use super::BANK_LINE_FORM;
use crate::points::table::{self, Fault, Line, Wanted};
use crate::points::text;

/// Columns of a bank's file. Some banks give no number; what goes out stands in a column of its own, or with a minus.
pub const COLUMNS: [Wanted; 7] = [
    Wanted { names: &["流水号", "交易流水号", "凭证号", "交易编号", "银行流水号"], needed: false },
    Wanted { names: &["日期", "交易日期", "入账日期", "记账日期"], needed: true },
    Wanted { names: &["金额", "收入金额", "贷方发生额", "贷方金额", "收入"], needed: true },
    Wanted { names: &["付款人", "付款单位", "对方户名", "对方名称", "付款方"], needed: true },
    Wanted { names: &["摘要", "备注", "附言", "用途"], needed: false },
    Wanted { names: &["支出金额", "借方发生额", "借方金额", "支出"], needed: false },
    Wanted { names: &["余额", "账户余额", "当前余额", "本次余额", "交易后余额"], needed: false },
];

/// Whether money came in or went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Into the account.
    In,
    /// Out of it.
    Out,
}

/// A line about to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// The bank's number; of a line that has none what [`number`] makes of it.
    pub number: String,
    /// The bank's day.
    pub day: Day,
    /// How much came in, or went out.
    pub amount_cents: i64,
    /// Who paid, or was paid.
    pub party: String,
    /// What for, as the bank says.
    pub note: Option<String>,
    /// The row of the file.
    pub row_number: Option<i64>,
}

/// What the bank says was there after a row of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stood {
    /// The row.
    pub row_number: i64,
    /// The bank's day.
    pub day: Day,
    /// What the row moved; below zero went out.
    pub moved_cents: i64,
    /// What was there afterwards.
    pub balance_cents: i64,
}

/// What a row of a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Money that came in or went out; none of a row that moves nothing.
    pub line: Option<(Way, NewLine)>,
    /// What was there afterwards, where the file tells it.
    pub stood: Option<Stood>,
}

/// A line as somebody types it.
///
/// # Errors
/// `bank_line.form`, `points.form`.
pub fn typed(way: Way, new: NewLine, today: Day) -> Result<NewLine, Refusal> {
    let number = text::line(&new.number, "number", "流水号", 4, 60)?;
    Ok(NewLine { number, ..unnumbered(way, new, today)? })
}

fn unnumbered(way: Way, new: NewLine, today: Day) -> Result<NewLine, Refusal> {
    let party = match way {
        Way::In => text::line(&new.party, "payer", "付款人", 2, 100)?,
        // A fee goes to nobody whom the bank names.
        Way::Out => text::line(&new.party, "payee", "收款人", 0, 100)?,
    };
    let note = new.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    let note = note.map(|note| text::line(note, "note", "摘要", 1, 200)).transpose()?;
    let amount_cents = text::amount(new.amount_cents, "amount_cents")?;
    within(new.day, today)?;
    Ok(NewLine { number: String::new(), amount_cents, party, note, ..new })
}

/// A day of which a bank can say something now.
///
/// # Errors
/// `bank_line.form`.
pub fn within(day: Day, today: Day) -> Result<(), Refusal> {
    if day > today || day < Day::from_ymd_opt(2019, 1, 1).unwrap_or_default() {
        return Err(BANK_LINE_FORM.with("日期不能晚于今天，也不能早于 2019 年，请核对银行流水。").on("day"));
    }
    Ok(())
}

/// Lines without a number of the bank get one that follows from what they say: day, amount, whom, and which of the equal
/// ones of their file they are. The same file again says the same, and two equal lines of a file are two. A file holds
/// whole days; otherwise equal lines of two files would be taken for one.
pub fn number(lines: &mut [(Way, NewLine)]) {
    let mut equal: BTreeMap<(bool, Day, i64, String), u64> = BTreeMap::new();
    for (way, line) in lines.iter_mut().filter(|(_, line)| line.number.is_empty()) {
        let which = equal.entry((*way == Way::In, line.day, line.amount_cents, line.party.clone())).or_default();
        *which += 1;
        let party: String = hex::encode(sm3(line.party.as_bytes())).chars().take(12).collect();
        line.number = format!("无流水号-{}-{}-{party}-{which}", line.day.format("%Y%m%d"), line.amount_cents);
    }
}

/// What a row of a file says; its line may be without a number still.
///
/// # Errors
/// What is wrong with the row.
pub fn read(line: &Line, today: Day) -> Result<Seen, Fault> {
    let fault = |message: &str| Fault { number: line.number, code: BANK_LINE_FORM.code, message: message.to_owned() };
    if line.cells.iter().any(|cell| cell.flaw.is_some()) {
        return Err(fault("有的单元格读不准（数字太长或含特殊字符），请把整列设为文本后重新导出。"));
    }
    let cents = |column: usize| match line.text(column).trim() {
        "" | "-" => Some(0),
        said => table::cents(said),
    };
    let amounts = cents(2).zip(cents(5).and_then(i64::checked_abs));
    let (came, went) = amounts.ok_or_else(|| fault("金额看不懂，请只写数字，例如 1234.50。"))?;
    let moved_cents = match (came, went) {
        (came, 0) => came,
        (0, went) => -went,
        _ => return Err(fault("这一行既有收入又有支出，请拆成两行后再上传。")),
    };
    let stands = line.text(6).trim();
    if moved_cents == 0 && stands.is_empty() {
        return Ok(Seen { line: None, stood: None });
    }
    let day = table::day(line.text(1)).ok_or_else(|| fault("日期看不懂，请写成 2026-11-03 的样子。"))?;
    let stood = if stands.is_empty() {
        None
    } else {
        let balance_cents = table::cents(stands).ok_or_else(|| fault("余额看不懂，请只写数字，例如 1234.50。"))?;
        Some(Stood { row_number: line.number, day, moved_cents, balance_cents })
    };
    if moved_cents == 0 {
        return Ok(Seen { line: None, stood });
    }
    let way = if moved_cents > 0 { Way::In } else { Way::Out };
    let new = NewLine {
        number: line.text(0).trim().to_owned(),
        day,
        amount_cents: moved_cents.checked_abs().ok_or_else(|| fault("金额太大，请核对。"))?,
        party: line.text(3).to_owned(),
        note: Some(line.text(4).to_owned()),
        row_number: Some(line.number),
    };
    let new = if new.number.is_empty() { unnumbered(way, new, today) } else { typed(way, new, today) };
    Ok(Seen { line: Some((way, new.map_err(|refusal| fault(&refusal.message))?)), stood })
}

#[cfg(test)]
mod tests {
    use kernel::sheet::{Cell, Flaw};

    use super::*;

    fn line(texts: [&str; 7]) -> Line {
        let cell = |text: &str| Cell { text: text.to_owned(), flaw: None };
        Line { number: 3, cells: texts.map(cell).to_vec() }
    }

    fn came(number: &str, day: &str, amount: &str, payer: &str) -> Line {
        line([number, day, amount, payer, "", "", ""])
    }

    fn entry(line: &Line) -> (Way, NewLine) {
        read(line, today()).unwrap().line.unwrap()
    }

    fn today() -> Day {
        Day::from_ymd_opt(2026, 11, 23).unwrap()
    }

    #[test]
    fn lines_of_a_bank() {
        let good = came("LS2026110300017", "2026/11/3", "1,000.50", "示例制造有限公司工会");
        let (way, new) = entry(&good);
        assert_eq!((way, new.amount_cents, &new.note, new.row_number), (Way::In, 100_050, &None, Some(3)));
        for nothing in ["", "0", "-", "0.00"] {
            let seen = read(&came("LS1234", "2026-11-03", nothing, "示例工会"), today());
            assert_eq!(seen, Ok(Seen { line: None, stood: None }), "{nothing}");
        }
        let wrong = [
            came("LS", "2026-11-03", "5", "示例工会"),
            came("LS1234", "2026-11-24", "5", "示例工会"),
            came("LS1234", "明天", "5", "示例工会"),
            came("LS1234", "2026-11-03", "五元", "示例工会"),
            came("LS1234", "2026-11-03", "5", ""),
            line(["LS1234", "2026-11-03", "5", "示例工会", "", "5", ""]),
            line(["LS1234", "2026-11-03", "5", "示例工会", "", "", "很多"]),
        ];
        for line in &wrong {
            assert_eq!(read(line, today()).unwrap_err().code, "bank_line.form", "{line:?}");
        }
        let mut rounded = good;
        rounded.cells[0].flaw = Some(Flaw::Rounded);
        assert!(read(&rounded, today()).is_err());
    }

    #[test]
    fn what_goes_out_has_a_minus_or_a_column_of_its_own() {
        for (amount, out) in [("-20", ""), ("", "20"), ("0.00", "-20.00"), ("-", "20")] {
            let (way, new) = entry(&line(["LS1234", "2026-11-03", amount, "", "手续费", out, "980"]));
            assert_eq!((way, new.amount_cents, new.party.as_str()), (Way::Out, 2_000, ""), "{amount} {out}");
        }
        let seen = read(&line(["", "2026-11-03", "", "", "承前", "", "1,000"]), today()).unwrap();
        let stood = seen.stood.unwrap();
        assert_eq!((seen.line, stood.moved_cents, stood.balance_cents), (None, 0, 100_000));
    }

    #[test]
    fn lines_without_a_number_get_one() {
        let mut lines: Vec<(Way, NewLine)> =
            ["示例工会甲", "示例工会乙", "示例工会甲"].map(|payer| entry(&came("", "2026-11-03", "5", payer))).to_vec();
        lines.insert(1, entry(&came("LS2026110300017", "2026-11-03", "5", "示例工会甲")));
        lines.push(entry(&came("", "2026-11-03", "-5", "示例工会甲")));
        number(&mut lines);
        let numbers: Vec<&str> = lines.iter().map(|(_, line)| line.number.as_str()).collect();
        assert_eq!(numbers[1], "LS2026110300017");
        assert!(numbers[0].starts_with("无流水号-20261103-500-") && numbers[0].ends_with("-1"), "{numbers:?}");
        assert_eq!(numbers[3], format!("{}2", numbers[0].strip_suffix('1').unwrap()));
        assert!(numbers[2].ends_with("-1") && numbers[2] != numbers[0] && numbers[0].chars().count() <= 60);
        assert_eq!(numbers[4], numbers[0], "what went out is numbered by itself");
    }
}
