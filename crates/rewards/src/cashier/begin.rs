//! The first manager of a merchant: whoever applied for it.

use kernel::event::Event;
use kernel::{Id, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::entity;
use super::rules::CashierRole;

/// What a cashier begins with.
pub(super) struct NewCashier {
    pub merchant_id: Id,
    pub shop_id: Option<Id>,
    pub account_id: Id,
    pub role: CashierRole,
    pub label: String,
    pub invited_by: Option<Id>,
}

/// Makes an account the first manager of a merchant; asked again it changes nothing.
///
/// # Errors
/// The database.
pub async fn begin(tx: &Tx, merchant_id: Id, account_id: Id) -> Result<()> {
    let role = CashierRole::Manager;
    let new = NewCashier { merchant_id, shop_id: None, account_id, role, label: "店长".to_owned(), invited_by: None };
    enter(tx, new).await?;
    Ok(())
}

/// Enters a cashier; `None` when the account works for the merchant already.
pub(super) async fn enter(tx: &Tx, new: NewCashier) -> Result<Option<Id>> {
    let id = tx.id();
    let row = entity::ActiveModel {
        id: Set(id),
        merchant_id: Set(new.merchant_id),
        shop_id: Set(new.shop_id),
        account_id: Set(new.account_id),
        role: Set(new.role.as_str().to_owned()),
        label: Set(new.label),
        pin_hash: Set(None),
        pin_failures: Set(0_i64),
        pin_locked_until: Set(None),
        state: Set("active".to_owned()),
        invited_by: Set(new.invited_by),
        began_at: Set(tx.now()),
        ended_at: Set(None),
    };
    let claimed = entity::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if claimed.exec_without_returning(tx).await? != 1 {
        return Ok(None);
    }
    let event = Event::of("cashier.begun", "merchant", new.merchant_id).with("cashier_id", id);
    tx.record(event.with("role", new.role).with("shop_id", new.shop_id)).await?;
    Ok(Some(id))
}
