//! Ends a code: by the officer who lost the slip, by wrong guesses, by use.

use chrono::{DateTime, Utc};
use kernel::event::Event;
use kernel::routes::Done;
use kernel::time::Time;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CODE_NONE, hand_over_entity as hand_over};
use crate::access::MEMBER_HAND_OVER;
use crate::member::entity as membership;

/// Of whose record.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct HandOverEnd {
    /// Id of the membership.
    pub id: Uuid,
}

/// A code that can still be used; what it is, nobody can look up.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OpenCode {
    /// When it was handed out.
    pub issued_at: DateTime<Utc>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// Ends the open code.
///
/// # Errors
/// `not_found`, `handover.none`.
pub async fn end(cx: Cx, input: HandOverEnd) -> Result<Done> {
    let tx = cx.begin().await?;
    let row = membership::Entity::find_by_id(input.id).one(&tx).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(&tx, MEMBER_HAND_OVER, row.organization_id).await?;
    let open = open_row(&tx, row.person_id, tx.now()).await?.ok_or_else(|| CODE_NONE.refusal())?;
    close(&tx, &open, "ended").await?;
    tx.commit(Done {}).await
}

/// The person's open code, if there is one.
///
/// # Errors
/// The database.
pub async fn open_code(conn: &impl ConnectionTrait, person: Id, now: Time) -> Result<Option<OpenCode>> {
    let open = open_row(conn, person, now).await?;
    Ok(open.map(|open| OpenCode { issued_at: open.issued_at, expires_at: open.expires_at }))
}

async fn open_row(conn: &impl ConnectionTrait, person: Id, now: Time) -> Result<Option<hand_over::Model>> {
    let rows = hand_over::Entity::find()
        .filter(hand_over::Column::PersonId.eq(person))
        .filter(hand_over::Column::EndedAt.is_null())
        .filter(hand_over::Column::ExpiresAt.gt(now));
    Ok(rows.one(conn).await?)
}

/// Closes a code for good and forgets its digest. One that ran out before somebody looked is recorded as that.
///
/// # Errors
/// The database.
pub(super) async fn close(tx: &Tx, open: &hand_over::Model, outcome: &'static str) -> Result<()> {
    let outcome = if open.expires_at <= tx.now() { "expired" } else { outcome };
    let close = "UPDATE hand_over SET ended_at = $2, outcome = $3, code_digest = NULL
        WHERE id = $1 AND ended_at IS NULL";
    tx.execute_sql(close, [open.id.into(), tx.now().into(), outcome.into()]).await?;
    let membership = membership::Entity::find_by_id(open.membership_id).one(tx).await?;
    let event = Event::of("handover.ended", "membership", open.membership_id)
        .with("hand_over_id", open.id)
        .with("outcome", outcome);
    let placed = match membership {
        Some(row) => event.at(row.organization_id),
        None => event,
    };
    tx.record(placed).await?;
    Ok(())
}
