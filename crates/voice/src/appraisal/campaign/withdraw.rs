//! Gives up what a campaign has not opened yet; what is open is carried through.
//!
//! The command marks the campaign, and from that moment nothing of it is opened any more ([`is_withdrawn`]). Its drafts,
//! of a whole city perhaps, are then withdrawn a few at a time by a job; what a killed process left is found by the next
//! round, since a draft of a marked campaign is all that there is to remember.

use kernel::app::App;
use kernel::command::retried;
use kernel::event::Event;
use kernel::job::{self, New};
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;

use super::CampaignInput;
use crate::access::CAMPAIGN_START;
use crate::appraisal::rules::State;
use crate::appraisal::{CAMPAIGN_STATE, campaign_entity as campaign, entity, plan};
use crate::duty::{self, DutyKind};

/// The job that withdraws the drafts of a campaign that was given up.
pub const GIVE_UP: &str = "campaign.give_up";
/// Drafts of one transaction: on `SQLite` nobody may hold the writer for longer than 20 ms.
const CHUNK: u64 = 40;

/// What is given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct CampaignWithdrawn {
    /// So many drafts; they are withdrawn in the background.
    pub drafts: i64,
}

/// Gives a campaign up: none of its drafts opens any more; they are withdrawn, and their unions' years are free again.
///
/// # Errors
/// `campaign.state` when it was given up before, 404 outside the caller's scope; the database.
pub async fn withdraw(cx: Cx, input: CampaignInput) -> Result<CampaignWithdrawn> {
    let row = campaign::Entity::find_by_id(input.campaign_id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(cx.read(), CAMPAIGN_START, row.organization_id).await?;
    let tx = cx.begin().await?;
    // Whoever is still writing drafts stops at the fence.
    let sql = "UPDATE campaign SET state = 'withdrawn', version = version + 1 WHERE id = $1 AND state <> 'withdrawn'";
    if tx.execute_sql(sql, [row.id.into()]).await? != 1 {
        return Err(CAMPAIGN_STATE.refusal().into());
    }
    tx.record(Event::of("campaign.withdrawn", "campaign", row.id).at(row.organization_id)).await?;
    job::enqueue(&tx, New::of(GIVE_UP, row.id)?).await?;
    let drafts = i64::try_from(drafts(row.id).count(&tx).await?).unwrap_or(i64::MAX);
    tx.commit(CampaignWithdrawn { drafts }).await
}

/// Withdraws what is left of a campaign that was given up; carried out twice, or by two at once, it withdraws each draft
/// once.
///
/// # Errors
/// The database; what was withdrawn stays.
pub async fn give_up(app: &App, id: Id) -> Result<()> {
    while retried(async || chunk(app, id).await).await? {}
    Ok(())
}

/// Withdraws what processes that died have left.
///
/// # Errors
/// The database. One campaign that cannot be given up does not hold up the others.
pub async fn give_up_rest(app: &App) -> Result<()> {
    let left = entity::Entity::find()
        .select_only()
        .column(entity::Column::CampaignId)
        .filter(entity::Column::State.eq(State::Draft.as_str()))
        .filter(entity::Column::CampaignId.in_subquery(withdrawn()))
        .distinct();
    for id in left.into_tuple::<Id>().all(app.db.read()).await? {
        if let Err(error) = give_up(app, id).await {
            tracing::error!(campaign = %id, %error, "a campaign was not given up");
        }
    }
    Ok(())
}

/// Campaigns that were given up.
pub fn withdrawn() -> SelectStatement {
    Query::select()
        .column(campaign::Column::Id)
        .from(campaign::Entity)
        .and_where(campaign::Column::State.eq("withdrawn"))
        .to_owned()
}

/// Whether the campaign of an evaluation was given up, so that it opens no more.
///
/// # Errors
/// The database.
pub async fn is_withdrawn(conn: &impl ConnectionTrait, row: &entity::Model) -> Result<bool> {
    let Some(id) = row.campaign_id else { return Ok(false) };
    let given_up = campaign::Entity::find_by_id(id).filter(campaign::Column::State.eq("withdrawn"));
    Ok(given_up.count(conn).await? > 0)
}

fn drafts(campaign: Id) -> sea_orm::Select<entity::Entity> {
    entity::Entity::find()
        .filter(entity::Column::CampaignId.eq(campaign))
        .filter(entity::Column::State.eq(State::Draft.as_str()))
}

/// Withdraws a few; `false` when none is left.
async fn chunk(app: &App, id: Id) -> Result<bool> {
    let mut tx = Cx::system(app).begin_bulk().await?;
    let few = drafts(id).order_by_asc(entity::Column::Id).limit(CHUNK).all(&tx).await?;
    if few.is_empty() {
        return Ok(false);
    }
    tx.caused_by(id);
    for draft in &few {
        one(&tx, draft).await?;
    }
    tx.commit(true).await
}

async fn one(tx: &Tx, draft: &entity::Model) -> Result<()> {
    let sql = "UPDATE evaluation SET state = 'withdrawn', version = version + 1 WHERE id = $1 AND state = 'draft'";
    if tx.execute_sql(sql, [draft.id.into()]).await? != 1 {
        return Ok(());
    }
    plan::give_back(tx, draft.id).await?;
    duty::cancel(tx, DutyKind::Report, draft.id).await?;
    let event = Event::of("evaluation.withdrawn", "evaluation", draft.id).at(draft.organization_id);
    tx.record(event.with("campaign_id", draft.campaign_id)).await?;
    Ok(())
}
