//! One dispute with everything that was said.

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::DisputeInput;
use super::find::seen;
use super::list::{DisputeRow, shaped};
use super::refund;
use super::rules::{DisputeSide, can_settle};
use super::word_entity as word;
use crate::merchant::access::DISPUTE_DECIDE;

/// A dispute.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DisputePage {
    /// As in the list.
    pub dispute: DisputeRow,
    /// The side on which the caller stands.
    pub side: DisputeSide,
    /// How the last day came about, a sentence a line.
    pub derivation: Vec<String>,
    /// How the last day of the refund came about, a sentence a line.
    pub refund_derivation: Vec<String>,
    /// What was said, in order.
    pub words: Vec<DisputeWord>,
    /// The caller opened it, and may take it back.
    pub may_withdraw: bool,
    /// The caller may say something.
    pub may_answer: bool,
    /// The caller may decide it now.
    pub may_settle: bool,
    /// The payment, for both sides of it.
    pub payment_id: Option<Uuid>,
    /// The shop, where it was made in one.
    pub shop_id: Option<Uuid>,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisputeWord {
    /// Its number, from 1.
    pub number: i64,
    /// `member`, `merchant`, `union`; never who.
    pub side: String,
    /// What.
    pub said: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Shows a dispute to those whose it is.
///
/// # Errors
/// 404 for everybody else; the database.
pub async fn show(cx: Cx, input: DisputeInput) -> Result<DisputePage> {
    let conn = cx.read();
    let (row, side) = seen(&cx, conn, input.dispute_id).await?;
    let open = ["open", "answered"].contains(&row.state.as_str());
    let decides = side == DisputeSide::Union && cx.caller.may(conn, DISPUTE_DECIDE, row.organization_id).await?;
    let words = word::Entity::find().filter(word::Column::DisputeId.eq(row.id)).order_by_asc(word::Column::Number);
    let shape = |one: word::Model| DisputeWord { number: one.number, side: one.side, said: one.said, at: one.at };
    Ok(DisputePage {
        derivation: serde_json::from_str(&row.derivation)?,
        refund_derivation: refund::derivation(conn, row.id).await?,
        words: words.all(conn).await?.into_iter().map(shape).collect(),
        may_withdraw: open && Some(row.opened_by) == cx.caller.account_id(),
        may_answer: open && (side != DisputeSide::Union || decides),
        may_settle: open && decides && can_settle(&row.state, row.due_on, cx.today()),
        payment_id: (side != DisputeSide::Union).then_some(row.payment_id),
        shop_id: row.shop_id,
        side,
        dispute: shaped(conn, vec![row], cx.today()).await?.pop().ok_or_else(Error::not_found)?,
    })
}
