//! Adds papers to a batch: at any time, also years after it was issued, and never to be taken away again.

use std::collections::BTreeSet;

use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, Tx, file};
use sea_orm::Value;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{IssueEvidenceList, listed};
use super::rules::{MOST_AT_ONCE, MOST_FILES, must_take};
use super::upload::must_be_evidence;
use super::{EVIDENCE_FULL, EVIDENCE_MANY, PURPOSE, count};
use crate::access::POINTS_ISSUE;
use crate::points::issue::batch::held;
use crate::points::issue::batch_entity as batch;

const COLUMNS: [&str; 9] =
    ["file_id", "batch_id", "number", "name", "content_type", "bytes", "digest", "added_by", "added_at"];

/// Which papers.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct IssueEvidenceAdd {
    /// The batch.
    pub batch_id: Uuid,
    /// Files that were taken in before, 1 to 9.
    pub file_ids: Vec<Uuid>,
}

/// A file that was looked at: its row, and what it is.
type Looked = (file::Model, &'static str);

/// Adds papers.
///
/// # Errors
/// `issue_evidence.*`, `issue.state`, `file.unknown` for a file that the caller did not take in for this; 404 outside the
/// caller's scope; the database.
pub async fn add(cx: Cx, input: IssueEvidenceAdd) -> Result<IssueEvidenceList> {
    let mut ids = input.file_ids;
    let mut seen = BTreeSet::new();
    ids.retain(|id| seen.insert(*id));
    if !(1..=MOST_AT_ONCE).contains(&ids.len()) {
        return Err(EVIDENCE_MANY.refusal().on("file_ids").into());
    }
    // Before the transaction: a file is opened to see what it is.
    held(&cx, cx.read(), POINTS_ISSUE, input.batch_id).await?;
    let mut looked: Vec<Looked> = Vec::with_capacity(ids.len());
    for id in ids {
        let row = file::find(cx.read(), id).await?;
        looked.push((row, must_be_evidence(&cx, id).await?));
    }
    let tx = cx.begin().await?;
    let row = held(&cx, &tx, POINTS_ISSUE, input.batch_id).await?;
    must_take(&row.state)?;
    keep(&tx, &row, looked).await?;
    let answer = listed(&cx, &tx, &row).await?;
    tx.commit(answer).await
}

async fn keep(tx: &Tx, row: &batch::Model, looked: Vec<Looked>) -> Result<()> {
    let (there, by, added) = (count(tx, row.id).await?, tx.caller().account()?, looked.len());
    let (mut rows, mut ids, mut digests) = (Vec::<Vec<Value>>::new(), Vec::<Id>::new(), Vec::new());
    for (number, (file, content_type)) in (there + 1..).zip(looked) {
        if number > MOST_FILES {
            return Err(EVIDENCE_FULL.refusal().on("file_ids").into());
        }
        file::attach(tx, file.id, PURPOSE, None).await?;
        ids.push(file.id);
        digests.push(hex::encode(&file.digest));
        rows.push(vec![
            file.id.into(),
            row.id.into(),
            number.into(),
            file.name.into(),
            content_type.into(),
            file.bytes.into(),
            file.digest.into(),
            by.into(),
            tx.now().into(),
        ]);
    }
    // Somebody else took these numbers at the same moment.
    if insert_rows(tx, "issue_evidence", &COLUMNS, rows, "ON CONFLICT DO NOTHING").await? != added as u64 {
        return Err(Error::Contention);
    }
    let event = Event::of("issue.evidence_added", "issue_batch", row.id).at(row.organization_id);
    tx.record(event.with("file_ids", ids).with("digests", digests)).await?;
    Ok(())
}
