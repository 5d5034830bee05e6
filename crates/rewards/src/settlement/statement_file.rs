//! A daily statement as a file: the same bytes each time it is asked for.

use kernel::money::Cents;
use kernel::routes::Download;
use kernel::sheet::{Format, WriterOptions};
use kernel::{Cx, Result};

use super::statement_show::{StatementInput, StatementPage, page, seen};
use crate::sheets::{download, written};

/// Hands out a statement.
///
/// # Errors
/// 404 for everybody who may not see it; the database.
pub async fn file(cx: Cx, input: StatementInput) -> Result<Download> {
    let row = seen(&cx, input.statement_id).await?;
    let page = page(&cx, row).await?;
    // Text and no workbook: a workbook bears the moment in which it was written.
    let bytes = written(Format::Csv, WriterOptions::default(), table(&page)).await?;
    Ok(download(format!("{} 对账单 {}.csv", page.merchant_name, page.day), Format::Csv, bytes))
}

fn table(page: &StatementPage) -> Vec<Vec<String>> {
    let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<String>>();
    let money = |cents: i64| Cents(cents).to_string();
    let mut rows = vec![texts(&["门店", "出资工会", "支付笔数", "支付金额", "退款笔数", "退款金额"])];
    for line in &page.lines {
        rows.push(vec![
            line.shop_name.clone().unwrap_or_else(|| "未指明门店".to_owned()),
            line.issuer_name.clone().unwrap_or_else(|| "其他往来".to_owned()),
            line.payments.to_string(),
            money(line.paid_cents),
            line.refunds.to_string(),
            money(line.refunded_cents),
        ]);
    }
    rows.push(vec![
        "合计".to_owned(),
        String::new(),
        page.payments.to_string(),
        money(page.paid_cents),
        page.refunds.to_string(),
        money(page.refunded_cents),
    ]);
    rows.push(texts(&["应结金额", "", "", &money(page.net_cents), "", ""]));
    rows.push(texts(&["核对码", &page.digest, "", "", "", ""]));
    rows
}
