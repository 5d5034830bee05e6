//! Reads what the bank says: a table with the reference, the amount and what became of each payment.

use kernel::Result;
use kernel::money::Cents;
use kernel::time::Day;

use super::SETTLEMENT_FILE;
use super::classify::{BankLine, Outcome};
use crate::merchant::rules::tail;
use crate::sheets::{SheetRow, columns};

/// Lines of a file at the most.
const MOST_LINES: usize = 5_000;
/// Headings by which the columns are known; the first three must be there.
const HEADINGS: [&[&str]; 7] = [
    &["付款编号", "企业参考号", "附言", "摘要", "用途"],
    &["金额", "交易金额", "付款金额", "金额(元)", "金额（元）"],
    &["状态", "处理结果", "交易状态", "结果"],
    &["收款账号", "对方账号", "账号"],
    &["记账日期", "交易日期", "日期"],
    &["流水号", "银行流水号", "交易流水号"],
    &["说明", "失败原因", "备注"],
];

/// The lines of a bank's file.
///
/// # Errors
/// `settlement.file`.
pub fn lines(rows: &[SheetRow]) -> Result<Vec<BankLine>> {
    let (head, places) = columns(rows, &HEADINGS).ok_or_else(|| SETTLEMENT_FILE.refusal())?;
    if let Some((names, _)) = HEADINGS.iter().zip(&places).take(3).find(|(_, place)| place.is_none()) {
        let name = names.first().copied().unwrap_or_default();
        return Err(SETTLEMENT_FILE.with(format!("银行回单里没有“{name}”这一列，请补上后再上传。")).into());
    }
    let data = rows.iter().skip(head + 1);
    let mut lines = Vec::new();
    for (number, cells) in data {
        let text = |field: usize| {
            let place = places.get(field).copied().flatten();
            place.and_then(|place| cells.get(place)).map_or("", |cell| cell.trim())
        };
        let cents = amount(text(1));
        // A last line with the sum has no reference and no state.
        if text(0).is_empty() && text(2).is_empty() {
            continue;
        }
        lines.push(BankLine {
            number: *number,
            reference: shortened(text(0)).to_uppercase(),
            // What is no amount is told as an amount that differs.
            cents: cents.unwrap_or_default(),
            outcome: outcome(text(2)),
            tail: tail(text(3)),
            booked_on: day(text(4)),
            serial: shortened(text(5)),
            said: shortened(text(6)),
        });
    }
    if lines.is_empty() || lines.len() > MOST_LINES {
        return Err(SETTLEMENT_FILE.refusal().into());
    }
    Ok(lines)
}

fn shortened(text: &str) -> String {
    text.chars().take(100).collect()
}

/// `1,234.50`, `￥1234.5`, a minus before what went out.
fn amount(text: &str) -> Option<i64> {
    let bare: String = text.chars().filter(|c| !matches!(c, ',' | '，' | '￥' | '¥' | '元' | ' ')).collect();
    bare.parse::<Cents>().ok().and_then(|cents| cents.0.checked_abs())
}

/// What a bank calls the outcome. What came back is asked for first: 退汇成功 is no success.
fn outcome(text: &str) -> Outcome {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match () {
        () if says(&["退汇", "退票", "退回"]) => Outcome::Returned,
        () if says(&["失败", "拒绝", "不成功", "未成功"]) => Outcome::Rejected,
        () if says(&["成功", "已付", "已入账"]) => Outcome::Paid,
        () => Outcome::Unclear,
    }
}

/// `2026-11-23`, `2026/11/23`, `20261123`, with a time behind it or without.
fn day(text: &str) -> Option<Day> {
    let first = text.split([' ', 'T']).next().unwrap_or_default();
    ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"].iter().find_map(|form| Day::parse_from_str(first, form).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: i64, cells: &[&str]) -> SheetRow {
        (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn a_file_is_read() {
        let rows = [
            row(1, &["示例银行批量付款回单"]),
            row(2, &["企业参考号", "收款账号", "交易金额", "交易状态", "交易日期", "备注"]),
            row(3, &["zg20261123010001", "6217000012345678", "1,234.50", "交易成功", "2026/11/24 09:00", ""]),
            row(4, &["ZG20261123010002", "6217000012345679", "￥8", "失败", "", "账号户名不符"]),
            row(5, &["", "", "1242.50", "", "", "合计"]),
        ];
        let lines = lines(&rows).unwrap();
        assert_eq!(lines.len(), 2);
        let first = &lines[0];
        assert_eq!((first.reference.as_str(), first.cents, first.tail.as_str()), ("ZG20261123010001", 123_450, "5678"));
        assert_eq!((first.outcome, first.booked_on), (Outcome::Paid, Day::from_ymd_opt(2026, 11, 24)));
        assert_eq!((lines[1].outcome, lines[1].said.as_str(), lines[1].number), (Outcome::Rejected, "账号户名不符", 4));
    }

    #[test]
    fn what_is_no_bank_file_is_refused() {
        for rows in [vec![], vec![row(1, &["姓名", "手机"])], vec![row(1, &["付款编号", "金额"]), row(2, &["a", "1"])]]
        {
            assert!(lines(&rows).is_err());
        }
        assert!(lines(&[row(1, &["付款编号", "金额", "状态"])]).is_err());
    }

    #[test]
    fn words_of_banks() {
        let cases = [
            ("交易成功", Outcome::Paid),
            ("退汇成功", Outcome::Returned),
            ("未成功", Outcome::Rejected),
            ("处理中", Outcome::Unclear),
            ("", Outcome::Unclear),
        ];
        for (text, expected) in cases {
            assert_eq!(outcome(text), expected, "{text}");
        }
        assert_eq!((amount("-8.00"), amount("八元"), amount("1.234")), (Some(800), None, None));
        assert_eq!(
            (day("20261123"), day("2026年11月23日"), day("23.11.2026")),
            (Day::from_ymd_opt(2026, 11, 23), Day::from_ymd_opt(2026, 11, 23), None)
        );
    }
}
