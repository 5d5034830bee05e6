//! Gives up what a campaign has not opened yet; what is open is carried through.

use kernel::event::Event;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;

use super::CampaignInput;
use crate::access::CAMPAIGN_START;
use crate::appraisal::{CAMPAIGN_STATE, campaign_entity as campaign, entity, plan};
use crate::duty::{self, DutyKind};

/// What was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct CampaignWithdrawn {
    /// So many drafts.
    pub drafts: i64,
}

/// Gives a campaign up: its drafts are withdrawn and their unions' years are free again.
///
/// # Errors
/// `campaign.state` when it was given up before, 404 outside the caller's scope; the database.
pub async fn withdraw(cx: Cx, input: CampaignInput) -> Result<CampaignWithdrawn> {
    let row = campaign::Entity::find_by_id(input.campaign_id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(cx.read(), CAMPAIGN_START, row.organization_id).await?;
    // First the campaign itself: whoever is still writing drafts stops at the fence.
    let tx = cx.begin().await?;
    let sql = "UPDATE campaign SET state = 'withdrawn', version = version + 1 WHERE id = $1 AND state <> 'withdrawn'";
    if tx.execute_sql(sql, [row.id.into()]).await? != 1 {
        return Err(CAMPAIGN_STATE.refusal().into());
    }
    tx.record(Event::of("campaign.withdrawn", "campaign", row.id).at(row.organization_id)).await?;
    let drafts = entity::Entity::find()
        .filter(entity::Column::CampaignId.eq(row.id))
        .filter(entity::Column::State.eq("draft"))
        .all(&tx)
        .await?;
    let sql =
        "UPDATE evaluation SET state = 'withdrawn', version = version + 1 WHERE campaign_id = $1 AND state = 'draft'";
    tx.execute_sql(sql, [row.id.into()]).await?;
    let ids: Vec<Id> = drafts.iter().map(|draft| draft.id).collect();
    for draft in &ids {
        plan::give_back(&tx, *draft).await?;
        // Nothing is owed any more: nobody above is to hear that it is late.
        duty::done(&tx, DutyKind::Report, *draft).await?;
    }
    let event = |draft: &entity::Model| {
        let event = Event::of("evaluation.withdrawn", "evaluation", draft.id).at(draft.organization_id);
        event.with("campaign_id", row.id)
    };
    tx.record_many(drafts.iter().map(event).collect()).await?;
    let drafts = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    tx.commit(CampaignWithdrawn { drafts }).await
}
