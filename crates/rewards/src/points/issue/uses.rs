//! What became of the points of each activity, as a list and as a file: figures, no person.

use chrono::{DateTime, Utc};
use kernel::page::Page;
use kernel::routes::Download;
use kernel::sheet::{Format, WriterOptions};
use kernel::{Cx, Id, Result};
use registry::import::words::SheetFormat;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::batch_entity as batch;
use super::figures::of_subjects;
use super::list::{BatchRow, BatchesInput, Which, found, shaped};
use crate::points::text::yuan;
use crate::sheets::{download, written};

/// What became of the points of a batch; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchUse {
    /// The batch.
    pub id: Uuid,
    /// What it was for.
    pub name: String,
    /// The union.
    pub organization_name: String,
    /// What the budget is for.
    pub purpose_label: String,
    /// When it was approved.
    pub released_at: Option<DateTime<Utc>>,
    /// People who got something.
    pub people: i64,
    /// Was issued.
    pub issued_cents: i64,
    /// Was spent.
    pub spent_cents: i64,
    /// Members still hold.
    pub left_cents: i64,
    /// Came back because nobody spent it in time.
    pub expired_cents: i64,
    /// Was taken back by a correction.
    pub reversed_cents: i64,
    /// Papers behind it.
    pub evidence_files: i64,
}

/// As which file, and of which batches.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchUsesFileInput {
    /// The format.
    pub format: SheetFormat,
    /// Of this union alone.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// From this budget alone.
    #[serde(default)]
    pub budget_id: Option<Uuid>,
}

/// Headings of the file.
const HEADINGS: [&str; 11] = [
    "名称",
    "工会",
    "用途",
    "批准日期",
    "人数",
    "已发放（元）",
    "已使用（元）",
    "会员手里（元）",
    "到期收回（元）",
    "冲正收回（元）",
    "附件",
];

/// Lists what became of released batches in the caller's scope, the latest first.
///
/// # Errors
/// `input.invalid` for a bad cursor; the database.
pub async fn uses(cx: Cx, input: BatchesInput) -> Result<Page<BatchUse>> {
    some(&cx, input).await
}

/// Hands out the same as a file, all of it.
///
/// # Errors
/// When it cannot be written; the database.
pub async fn file(cx: Cx, input: BatchUsesFileInput) -> Result<Download> {
    let BatchUsesFileInput { format, organization_id, budget_id } = input;
    let mut rows = vec![HEADINGS.map(str::to_owned).to_vec()];
    let mut after = None;
    loop {
        let input = BatchesInput { organization_id, budget_id, without_evidence: None, after, limit: Some(100) };
        let page = some(&cx, input).await?;
        rows.extend(page.items.iter().map(cells));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let format = Format::from(format);
    let options = WriterOptions {
        sheet_name: "积分使用情况".to_owned(),
        widths: vec![30, 36, 20, 14, 10, 16, 16, 16, 16, 16, 12],
        ..WriterOptions::default()
    };
    let bytes = written(format, options, rows).await?;
    Ok(download(format!("积分使用情况 {}.{}", cx.today(), format.extension()), format, bytes))
}

async fn some(cx: &Cx, input: BatchesInput) -> Result<Page<BatchUse>> {
    let Page { items, next } = found(cx, input, Which::Released).await?;
    let ids: Vec<Id> = items.iter().map(|row: &batch::Model| row.id).collect();
    let figures = of_subjects(cx.read(), &ids).await?;
    let shape = |row: BatchRow| {
        let uses = figures.get(&row.id).copied().unwrap_or_default();
        BatchUse {
            id: row.id,
            name: row.name,
            organization_name: row.organization_name,
            purpose_label: row.purpose_label,
            released_at: row.released_at,
            people: uses.lots,
            issued_cents: uses.issued,
            spent_cents: uses.spent(),
            left_cents: uses.left,
            expired_cents: uses.expired,
            reversed_cents: uses.reversed,
            evidence_files: row.evidence_files,
        }
    };
    Ok(Page { items: shaped(cx.read(), items).await?.into_iter().map(shape).collect(), next })
}

fn cells(row: &BatchUse) -> Vec<String> {
    let day = row.released_at.map(|at| kernel::calendar::china_day(at).to_string()).unwrap_or_default();
    let mut cells = vec![row.name.clone(), row.organization_name.clone(), row.purpose_label.clone(), day];
    cells.push(row.people.to_string());
    let amounts = [row.issued_cents, row.spent_cents, row.left_cents, row.expired_cents, row.reversed_cents];
    cells.extend(amounts.map(yuan));
    cells.push(match row.evidence_files {
        0 => "无附件".to_owned(),
        files => format!("{files} 个"),
    });
    cells
}
