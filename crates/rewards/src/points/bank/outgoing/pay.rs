//! Matches a line of money that went out to the request to return money that it paid.

use kernel::event::Event;
use kernel::{Cx, Error, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{BankOutgoingRow, shaped};
use super::{BANK_OUTGOING_FITS, entity};
use crate::points::budget::{self, funding_entity as funding};

/// Which line paid which request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankOutgoingMatch {
    /// The line.
    pub outgoing_id: Uuid,
    /// The request to return money.
    pub funding_id: Uuid,
}

/// Matches a line: the money has gone back. Nothing moves in the ledger, where it left on approval.
///
/// # Errors
/// `bank_outgoing.fits`, 404 for a line or request that is not there; the database.
pub async fn pay(cx: Cx, input: BankOutgoingMatch) -> Result<BankOutgoingRow> {
    let tx = cx.begin().await?;
    let row = entity::Entity::find_by_id(input.outgoing_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let asked = funding::Entity::find_by_id(input.funding_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let budget = budget::load(&tx, asked.budget_id).await?;
    let approved = asked.kind == "give_back" && asked.state == "done";
    if !approved || budget.book_id != row.book_id || asked.amount_cents != row.amount_cents {
        return Err(BANK_OUTGOING_FITS.refusal().on("funding_id").into());
    }
    let sql = "INSERT INTO points_funding_paid (funding_id, outgoing_id, matched_by, matched_at)
        VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let values = [asked.id.into(), row.id.into(), cx.caller.account_id().into(), tx.now().into()];
    if tx.execute_sql(sql, values).await? != 1 {
        return Err(BANK_OUTGOING_FITS.refusal().on("funding_id").into());
    }
    let event = Event::of("budget.given_back_paid", "points_budget", budget.account_id).at(budget.organization_id);
    let event = event.with("funding_id", asked.id).with("outgoing_id", row.id);
    tx.record(event.with("amount_cents", row.amount_cents)).await?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}
