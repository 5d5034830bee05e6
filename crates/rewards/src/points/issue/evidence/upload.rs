//! Takes a paper in; it is evidence once it is added to the batch.

use kernel::file::{self, NewFile};
use kernel::routes::Upload;
use kernel::{Cx, Id, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::kind::kind_of;
use super::rules::{MAX_BYTES, fitting_name, must_take};
use super::{EVIDENCE_KIND, PURPOSE};
use crate::access::POINTS_ISSUE;
use crate::points::issue::batch::held;

/// A paper about to be taken in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct IssueEvidenceFileInput {
    /// For which batch.
    pub batch_id: Uuid,
    /// Name of the file.
    pub name: String,
}

/// A paper that can be added within a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueEvidenceFile {
    /// Which.
    pub file_id: Uuid,
    /// Its name, as it will be downloaded.
    pub name: String,
    /// By its content.
    pub content_type: String,
    /// Its size.
    pub bytes: u64,
}

/// Takes a picture, PDF or workbook of at most 10 MB.
///
/// # Errors
/// `issue_evidence.kind`, `issue.state`, `file.*`, 404 outside the caller's scope; the database.
pub async fn upload(cx: Cx, input: IssueEvidenceFileInput, upload: Upload) -> Result<IssueEvidenceFile> {
    let batch = held(&cx, cx.read(), POINTS_ISSUE, input.batch_id).await?;
    must_take(&batch.state)?;
    let id = cx.app.ids.next();
    let stored = file::receive(&cx.app, id, upload.stream, MAX_BYTES).await?;
    let content_type = match must_be_evidence(&cx, id).await {
        Ok(content_type) => content_type,
        Err(fault) => {
            // What is no evidence is not kept; the sweep would find it otherwise.
            file::erase(&cx.app, id).await?;
            return Err(fault);
        }
    };
    let name = fitting_name(&file::clean_name(&input.name), content_type);
    let tx = cx.begin().await?;
    file::enter(&tx, NewFile { id, purpose: PURPOSE, name: name.clone(), stored }).await?;
    let content_type = content_type.to_owned();
    tx.commit(IssueEvidenceFile { file_id: id, name, content_type, bytes: stored.bytes }).await
}

/// What a stored file is.
///
/// # Errors
/// `issue_evidence.kind` for what can be no evidence; `file.*`.
pub(super) async fn must_be_evidence(cx: &Cx, id: Id) -> Result<&'static str> {
    kind_of(&cx.app, id).await?.ok_or_else(|| EVIDENCE_KIND.refusal().on("file_ids").into())
}
