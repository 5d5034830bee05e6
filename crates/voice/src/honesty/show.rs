//! What the level above should look at.

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Id, Result, node, parameter};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{self, Limits, Slot};
use crate::access::EVALUATION_AUDIT;
use crate::appraisal::load;
use crate::appraisal::rules::State;
use crate::parameters::{BURST_LEAST, BURST_SHARE};
use crate::poll::{Purpose, entity as poll};

/// Which evaluation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct HonestyInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
}

/// What to look at, from figures of the whole evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Honesty {
    /// Draws on phones and kiosks so far.
    pub draws: i64,
    /// Many drew within twenty minutes; absent when they did not.
    pub burst: Option<DrawBurst>,
    /// From so many of every hundred on it is said.
    pub share_percent: i64,
    /// Under so many it is not said.
    pub least_draws: i64,
}

/// Draws that lie close together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct DrawBurst {
    /// Beginning of the twenty minutes.
    pub from: DateTime<Utc>,
    /// So many drew in them.
    pub draws: i64,
    /// Of every hundred draws.
    pub percent: i64,
}

/// Shows what the level above should look at.
///
/// # Errors
/// 404 outside the caller's reach and before the opening; the database.
pub async fn show(cx: Cx, input: HonestyInput) -> Result<Honesty> {
    let row = load(cx.read(), input.evaluation_id).await?;
    // The level above: a county does not look at its own, and only the city has nobody over it.
    let above = node::parent(cx.read(), row.organization_id, cx.today()).await?;
    cx.caller.must(cx.read(), EVALUATION_AUDIT, above.unwrap_or(row.organization_id)).await?;
    if !State::parse(&row.state)?.was_opened() {
        return Err(Error::not_found());
    }
    let limits = Limits {
        percent: parameter::get_i64(cx.read(), BURST_SHARE, "", cx.today()).await?,
        least: parameter::get_i64(cx.read(), BURST_LEAST, "", cx.today()).await?,
    };
    let slots = slots(&cx, row.id).await?;
    let burst = rules::burst(&slots, limits);
    Ok(Honesty {
        draws: slots.iter().map(|slot| slot.draws).sum(),
        burst: burst.map(|burst| DrawBurst { from: burst.from, draws: burst.draws, percent: burst.percent }),
        share_percent: limits.percent,
        least_draws: limits.least,
    })
}

async fn slots(cx: &Cx, evaluation: Id) -> Result<Vec<Slot>> {
    let rating = poll::Entity::find()
        .filter(poll::Column::EvaluationId.eq(evaluation))
        .filter(poll::Column::Purpose.eq(Purpose::Rating.as_str()))
        .one(cx.read())
        .await?;
    let Some(rating) = rating else { return Ok(Vec::new()) };
    let sql = "SELECT slot, draws FROM draw_slot WHERE poll_id = $1 ORDER BY slot";
    let rows = cx.read().query_all_raw(cx.app.db.statement(sql, [rating.id.into()])).await?;
    rows.iter().map(|row| Ok(Slot { at: row.try_get("", "slot")?, draws: row.try_get("", "draws")? })).collect()
}
