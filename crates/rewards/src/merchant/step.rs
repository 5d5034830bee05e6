//! Writes what was decided about a merchant: a row of its history and an event.

use kernel::event::Event;
use kernel::{Id, Result, Tx};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{entity, step_entity as step};

/// Adds a step to the history of a merchant and records its event.
///
/// # Errors
/// The database.
pub async fn write(
    tx: &Tx,
    merchant: &entity::Model,
    what: &'static str,
    kind: &'static str,
    reason: Option<String>,
) -> Result<Id> {
    let last: Option<Option<i64>> = step::Entity::find()
        .select_only()
        .column_as(Expr::cust("CAST(max(number) AS bigint)"), "last")
        .filter(step::Column::MerchantId.eq(merchant.id))
        .into_tuple()
        .one(tx)
        .await?;
    let row = step::ActiveModel {
        merchant_id: Set(merchant.id),
        number: Set(last.flatten().unwrap_or_default() + 1),
        what: Set(what.to_owned()),
        reason: Set(reason),
        by_id: Set(tx.caller().account_id()),
        at: Set(tx.now()),
    };
    step::Entity::insert(row).exec_without_returning(tx).await?;
    tx.record(Event::of(kind, "merchant", merchant.id).at(merchant.organization_id)).await
}
