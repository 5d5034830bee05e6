//! A month of the caller's own points as a file.

use kernel::routes::Download;
use kernel::{Cx, Result};

use super::statement::{WalletStatementInput, told};
use crate::points::audit::sums::rows;
use crate::points::paper::{self, row};

/// Hands out a month of the caller's own points. Whose they are does not stand in it: who has the file knows.
///
/// # Errors
/// `points_month.form`, `book.unknown`, 404 for an account that is nobody's yet; the database.
pub async fn file(cx: Cx, input: WalletStatementInput) -> Result<Download> {
    let (book, sums) = told(&cx, &input).await?;
    let mut paper = vec![row(&["账套", &book]), row(&["月份", &sums.month])];
    paper.extend(rows(&sums));
    paper::sent(&format!("我的积分 {}", sums.month), paper).await
}
