//! Withdraws one's own application.

use kernel::event::Event;
use kernel::{Cx, Result, approval};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

use super::shape::{self, Application, Reader};
use super::{APPROVAL, status};

/// Withdraws the caller's open application; what was typed stays for him to read.
///
/// # Errors
/// `not_found` when nothing is open; `approval.closed` when it was just decided.
pub async fn withdraw(cx: Cx, _: kernel::routes::Nothing) -> Result<Application> {
    let account = cx.caller.account()?;
    let tx = cx.begin().await?;
    let row = status::newest(&tx, account)
        .await?
        .filter(|row| matches!(row.state.as_str(), "submitted" | "returned"))
        .ok_or_else(kernel::Error::not_found)?;
    if row.state == "submitted" {
        approval::withdraw(&tx, APPROVAL, row.id).await?;
    }
    let mut change = row.clone().into_active_model();
    change.state = Set("withdrawn".to_owned());
    change.decided_at = Set(Some(tx.now()));
    let row = change.update(&tx).await?;
    tx.record(Event::of("application.withdrawn", "application", row.id).at(row.organization_id)).await?;
    let answer = shape::application(&cx, &tx, row, Reader::Owner).await?;
    tx.commit(answer).await
}
