//! The report to the funder as a file.

use kernel::routes::Download;
use kernel::{Cx, Result};

use super::report::{BookReport, BookReportInput, told};
use crate::points::paper::{self, Rows, row, yuan};

/// Hands out the report.
///
/// # Errors
/// `book.unknown`, `book.period`; the database.
pub async fn file(cx: Cx, input: BookReportInput) -> Result<Download> {
    let report = told(&cx, &input).await?;
    let name = format!("{} 资金使用报告 {} 至 {}", report.book.name, report.from, report.to);
    paper::sent(&name, rows(&report)).await
}

/// The report, row by row.
#[must_use]
pub fn rows(report: &BookReport) -> Rows {
    let mut rows = vec![
        row(&["账套", &report.book.name]),
        row(&["委托单位", report.book.funder.as_deref().unwrap_or("市总工会自有资金")]),
        row(&["期间", &report.from.to_string(), &report.to.to_string()]),
    ];
    let figures = [
        ("期初预算余额（元）", report.opening_cents),
        ("期初会员手里（元）", report.opening_held_cents),
        ("到账（元）", report.funded_cents),
        ("发给会员（元）", report.issued_cents),
        ("会员已使用（元）", report.spent_cents),
        ("到期收回（元）", report.expired_cents),
        ("退回（元）", report.returned_cents),
        ("其中银行已付（元）", report.returned_paid_cents),
        ("期末会员手里（元）", report.held_by_members_cents),
        ("期末预算余额（元）", report.left_cents),
    ];
    rows.extend(figures.into_iter().map(|(label, cents)| vec![label.to_owned(), yuan(cents)]));
    let head = ["工会", "年度", "用途", "期初", "入账", "调入", "发给会员", "到期收回", "退回", "调出", "期末"];
    rows.push(row(&head));
    for one in &report.budgets {
        let amounts = [
            one.opening_cents,
            one.funded_cents,
            one.moved_in_cents,
            one.issued_cents,
            one.expired_cents,
            one.returned_cents,
            one.moved_out_cents,
            one.closing_cents,
        ];
        let mut cells = vec![one.organization_name.clone(), one.fiscal_year.to_string(), one.purpose_label.clone()];
        cells.extend(amounts.map(yuan));
        rows.push(cells);
    }
    if !report.give_backs.is_empty() {
        rows.push(row(&["退回的工会", "用途", "批准日期", "金额", "原因", "银行付款日期", "银行流水号", "收款人"]));
    }
    for one in &report.give_backs {
        let paid = one.paid.as_ref();
        rows.push(vec![
            one.organization_name.clone(),
            format!("{} 年{}", one.fiscal_year, one.purpose_label),
            one.left_on.to_string(),
            yuan(one.amount_cents),
            one.reason.clone(),
            paid.map_or_else(|| "银行还没有付".to_owned(), |line| line.day.to_string()),
            paid.map(|line| line.number.clone()).unwrap_or_default(),
            paid.map(|line| line.payee.clone()).unwrap_or_default(),
        ]);
    }
    rows
}
