//! The account's messages.

use kernel::notice::{self, Notice};
use kernel::page::{Page, PageInput};
use kernel::routes::{Done, Nothing};
use kernel::{Cx, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Which message.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReadNoticeInput {
    /// From the path.
    pub id: Uuid,
}

/// How many were marked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NoticesRead {
    /// Messages that were unread before.
    pub read: u64,
}

/// Lists the caller's messages, newest first.
///
/// # Errors
/// The database.
pub async fn notices(cx: Cx, input: PageInput) -> Result<Page<Notice>> {
    notice::list(cx.read(), cx.caller.account()?, &input).await
}

/// Marks one message as read; again is no harm.
///
/// # Errors
/// 404 for a message that is not the caller's; the database.
pub async fn read_notice(cx: Cx, input: ReadNoticeInput) -> Result<Done> {
    let tx = cx.begin().await?;
    notice::mark_read(&tx, cx.caller.account()?, input.id).await?;
    tx.commit(Done {}).await
}

/// Marks every message as read.
///
/// # Errors
/// The database.
pub async fn read_all_notices(cx: Cx, _: Nothing) -> Result<NoticesRead> {
    let tx = cx.begin().await?;
    let read = notice::mark_all_read(&tx, cx.caller.account()?).await?;
    tx.commit(NoticesRead { read }).await
}
