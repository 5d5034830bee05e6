//! Empty tables that tell how to fill them.

use kernel::routes::Download;
use kernel::{Cx, Result};
use registry::import::words::SheetFormat;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::points::table::template as empty;

/// As which file.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankTemplateInput {
    /// The format.
    pub format: SheetFormat,
}

/// Hands out an empty table for lines of the bank.
///
/// # Errors
/// When it cannot be written.
pub async fn template(_: Cx, input: BankTemplateInput) -> Result<Download> {
    empty("银行流水模板", input.format.into(), &["流水号", "日期", "收入", "对方户名", "摘要", "支出", "余额"]).await
}
