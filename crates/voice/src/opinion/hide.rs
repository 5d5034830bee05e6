//! Who answers for a union proposes that members do not read a text; whether it is hidden is decided above.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Result, Tx, notice};
use registry::staff::holders;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::OpinionFault;
use super::{OPINION_HIDING_TWICE, box_entity, reach, rules};
use crate::access::OPINION_MODERATE;

/// A proposal to hide a text.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionHide {
    /// The opinion.
    pub opinion_id: Uuid,
    /// What is wrong with it.
    pub fault: OpinionFault,
    /// Why, 2 to 200 characters; the level above reads it.
    pub reason: String,
}

/// Proposes to hide the text of an opinion from members, once. Until it is decided they do not read it; it is counted
/// and must be answered all the same.
///
/// # Errors
/// `opinion.words`, `opinion.hiding_twice`; 404 for whoever does not answer for this union; the database.
pub async fn hide(cx: Cx, input: OpinionHide) -> Result<Done> {
    let reason = rules::clean(&input.reason, 2, rules::MOST_REASON, "reason")?;
    let tx = cx.begin().await?;
    let (row, whole) = reach::answerable(&cx, &tx, input.opinion_id).await?;
    let insert = "INSERT INTO opinion_hiding (opinion_id, fault, reason, proposed_by, proposed_at, state)
        VALUES ($1, $2, $3, $4, $5, 'proposed') ON CONFLICT DO NOTHING";
    let by = cx.caller.account()?;
    let values = [row.id.into(), input.fault.as_str().into(), reason.into(), by.into(), tx.now().into()];
    if tx.execute_sql(insert, values).await? != 1 {
        return Err(OPINION_HIDING_TWICE.refusal().into());
    }
    let event = Event::of("opinion.hiding_proposed", "opinion", row.id).at(whole.organization_id);
    let event = tx.record(event.with("fault", input.fault.as_str())).await?;
    tell(&cx, &tx, &whole, event).await?;
    tx.commit(Done {}).await
}

async fn tell(cx: &Cx, tx: &Tx, whole: &box_entity::Model, event: kernel::Id) -> Result<()> {
    let above = reach::moderating(cx, tx, whole.organization_id).await?;
    for account_id in holders(tx, above, OPINION_MODERATE).await? {
        let new = notice::New {
            account_id,
            kind: "opinion.hiding_waits",
            title: "有一条评议意见提请不公开".to_owned(),
            body: "下级工会提请不公开一条意见的文字。决定以前会员看不到它，请尽快审核。".to_owned(),
            link: Some("/desk/opinions".to_owned()),
            event_id: Some(event),
        };
        notice::send(tx, new).await?;
    }
    Ok(())
}
