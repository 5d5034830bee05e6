//! What is said in a dispute: written once, told to the other side.

use kernel::{Id, Result, Tx, notice};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::entity;
use super::rules::DisputeSide;
use super::word_entity as word;
use crate::cashier::entity as cashier;

/// Adds what somebody says.
///
/// # Errors
/// The database.
pub async fn add(tx: &Tx, dispute: Id, side: DisputeSide, said: String) -> Result<()> {
    let last: Option<Option<i64>> = word::Entity::find()
        .select_only()
        .column_as(Expr::cust("CAST(max(number) AS bigint)"), "last")
        .filter(word::Column::DisputeId.eq(dispute))
        .into_tuple()
        .one(tx)
        .await?;
    let row = word::ActiveModel {
        dispute_id: Set(dispute),
        number: Set(last.flatten().unwrap_or_default() + 1),
        side: Set(side.as_str().to_owned()),
        said: Set(said),
        by_id: Set(tx.caller().account()?),
        at: Set(tx.now()),
    };
    word::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Tells everybody but the one who spoke: the member, the managers, of a merchant's dispute both its own.
///
/// # Errors
/// The database.
pub async fn tell(tx: &Tx, row: &entity::Model, side: DisputeSide, title: &str, event: Id) -> Result<()> {
    let mut accounts: Vec<(Id, &'static str)> = Vec::new();
    if side != DisputeSide::Merchant {
        let managers = cashier::Entity::find()
            .filter(cashier::Column::MerchantId.eq(row.merchant_id))
            .filter(cashier::Column::Role.eq("manager"))
            .filter(cashier::Column::State.eq("active"))
            .all(tx)
            .await?;
        let here = managers.into_iter().filter(|one| one.shop_id.is_none() || one.shop_id == row.shop_id);
        accounts.extend(here.map(|one| (one.account_id, "/shop/disputes")));
    }
    if side != DisputeSide::Member && row.side == "member" {
        accounts.push((row.opened_by, "/disputes"));
    }
    for (account_id, page) in accounts {
        let new = notice::New {
            account_id,
            kind: "dispute.changed",
            title: title.to_owned(),
            body: "请打开争议查看，并在期限以内办理。".to_owned(),
            link: Some(format!("{page}/{}", row.id)),
            event_id: Some(event),
        };
        notice::send(tx, new).await?;
    }
    Ok(())
}
