//! A dispute, for those whose it is.

use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::entity;
use super::open::{payment, side_of};
use super::rules::DisputeSide;
use crate::merchant::access::MERCHANT_READ;

/// A dispute with the side on which the caller stands.
///
/// # Errors
/// 404 for everybody else; the database.
pub async fn seen(cx: &Cx, conn: &impl ConnectionTrait, id: Id) -> Result<(entity::Model, DisputeSide)> {
    let row = entity::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)?;
    let payment = payment(conn, row.payment_id).await?;
    match side_of(cx, conn, &payment).await {
        // A merchant's own question is not the member's to read.
        Ok(DisputeSide::Member) if row.side == "merchant" => Err(Error::not_found()),
        Ok(side) => Ok((row, side)),
        Err(Error::Refusal(_)) => {
            cx.caller.must(conn, MERCHANT_READ, row.organization_id).await.map_err(|error| match error {
                Error::Refusal(_) => Error::not_found(),
                other => other,
            })?;
            Ok((row, DisputeSide::Union))
        }
        Err(other) => Err(other),
    }
}
