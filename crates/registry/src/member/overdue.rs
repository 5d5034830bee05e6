//! What happens when nobody answers: the morning after the due day the level above
//! is told, once per application, and sees it in its own to-do list. Drafts past
//! their day are erased in the same round.

use kernel::access::Permission;
use kernel::app::App;
use kernel::approval::entity as approvals;
use kernel::event::Event;
use kernel::job::{Every, Jobs, New, enqueue};
use kernel::{Cx, Id, Result, node};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{APPROVAL, application_entity as application, decide, draft_entity};
use crate::access::APPLICATION_DECIDE;
use crate::staff::holders;

/// Applications told of in one transaction.
const CHUNK: u64 = 100;
/// Kind of the job that tells the level above.
const TELL: &str = "application.overdue";

/// Adds the morning round and what it causes.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.every("join.overdue", Every::daily(8, 30), |app| async move { round(&app).await })
        .on(TELL, |app: App, id: Id| async move { tell_above(&app, id).await })
}

/// Finds overdue applications and erases drafts past their day.
///
/// # Errors
/// The database.
pub async fn round(app: &App) -> Result<()> {
    let today = app.clock.today();
    let mut after = Id::nil();
    loop {
        let tx = Cx::system(app).begin().await?;
        let late = approvals::Entity::find()
            .filter(approvals::Column::Kind.eq(APPROVAL))
            .filter(approvals::Column::State.eq("open"))
            .filter(approvals::Column::DueOn.lt(today))
            .filter(approvals::Column::Id.gt(after))
            .order_by_asc(approvals::Column::Id)
            .limit(CHUNK)
            .all(&tx)
            .await?;
        for row in &late {
            enqueue(&tx, New::of(TELL, row.subject_id)?.once(format!("{TELL}:{}", row.id))).await?;
        }
        let Some(last) = late.last() else {
            draft_entity::Entity::delete_many().filter(draft_entity::Column::ExpiresOn.lt(today)).exec(&tx).await?;
            return tx.commit(()).await;
        };
        after = last.id;
        tx.commit(()).await?;
    }
}

/// Tells those who decide one level up; carried out again it changes nothing, since
/// the application may have been answered meanwhile and a notice comes once.
async fn tell_above(app: &App, id: Id) -> Result<()> {
    let tx = Cx::system(app).begin().await?;
    let row = application::Entity::find_by_id(id).one(&tx).await?;
    let Some(row) = row.filter(|row| row.state == "submitted") else {
        return Ok(());
    };
    let event = tx.record(Event::of("application.overdue", "application", id).at(row.organization_id)).await?;
    let permission: Permission = APPLICATION_DECIDE;
    if let Some(parent) = node::parent(&tx, row.organization_id, tx.today()).await? {
        for account in holders(&tx, parent, permission).await? {
            let text = ("有入会申请超过期限没有答复", "下级工会没有按期答复，请督促办理，或者直接答复。");
            decide::tell(&tx, account, TELL, text, "/approvals", event).await?;
        }
    }
    tx.commit(()).await
}
