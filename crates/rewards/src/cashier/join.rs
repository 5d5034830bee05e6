//! Somebody becomes a cashier by a one-time code.

use kernel::event::Event;
use kernel::parameter;
use kernel::{Cx, Id, Result, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::begin::{NewCashier, enter};
use super::invite::digest;
use super::rules::{CashierRole, code, one_more_guess};
use super::{CASHIER_CODE, CASHIER_CODE_LOCKED, CASHIER_TWICE, invitation_entity as entity};
use crate::merchant::parameters::INVITATION_TRIES;

/// A code, as it was typed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CashierJoin {
    /// Twelve digits.
    pub code: String,
}

/// Where somebody works now.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CashierJoined {
    /// His work.
    pub cashier_id: Uuid,
    /// For whom.
    pub merchant_id: Uuid,
    /// In which shop; in all unless told.
    pub shop_id: Option<Uuid>,
    /// As what.
    pub role: CashierRole,
}

/// Becomes a cashier. Wrong codes are counted by account, so that nobody can feel them out.
///
/// # Errors
/// `cashier.code`, `cashier.code_locked`, `cashier.twice`; the database.
pub async fn join(cx: Cx, input: CashierJoin) -> Result<CashierJoined> {
    let account = cx.caller.account()?;
    let tx = cx.begin().await?;
    let most = parameter::get_i64(&tx, INVITATION_TRIES, "", tx.today()).await?;
    let guesses = guesses(&tx, account).await?;
    if one_more_guess(guesses, tx.now()).0 > most {
        return Err(CASHIER_CODE_LOCKED.refusal().into());
    }
    let Some(row) = good(&tx, &input.code).await? else {
        count(&tx, account, guesses).await?;
        return tx.refuse(CASHIER_CODE.refusal().on("code")).await;
    };
    let sql = "UPDATE cashier_invitation SET used_at = $2, used_by = $3 WHERE id = $1 AND used_at IS NULL
        AND dropped_at IS NULL";
    if tx.execute_sql(sql, [row.id.into(), tx.now().into(), account.into()]).await? != 1 {
        return Err(CASHIER_CODE.refusal().on("code").into());
    }
    let role = CashierRole::parse(&row.role).ok_or_else(|| kernel::Error::internal("an unknown role"))?;
    let new = NewCashier {
        merchant_id: row.merchant_id,
        shop_id: row.shop_id,
        account_id: account,
        role,
        label: row.label,
        invited_by: Some(row.invited_by),
    };
    let cashier_id = enter(&tx, new).await?.ok_or_else(|| CASHIER_TWICE.refusal())?;
    let joined = CashierJoined { cashier_id, merchant_id: row.merchant_id, shop_id: row.shop_id, role };
    tx.commit(joined).await
}

async fn good(tx: &Tx, raw: &str) -> Result<Option<entity::Model>> {
    let Some(code) = code(raw) else { return Ok(None) };
    let row = entity::Entity::find().filter(entity::Column::CodeDigest.eq(digest(tx, &code))).one(tx).await?;
    Ok(row.filter(|row| row.used_at.is_none() && row.dropped_at.is_none() && tx.now() < row.expires_at))
}

async fn guesses(tx: &Tx, account: Id) -> Result<Option<(i64, kernel::time::Time)>> {
    let sql = "SELECT count, since FROM cashier_guess WHERE account_id = $1";
    let row = tx.query_one_raw(tx.app().db.statement(sql, [account.into()])).await?;
    Ok(row.map(|row| Ok::<_, sea_orm::DbErr>((row.try_get("", "count")?, row.try_get("", "since")?))).transpose()?)
}

async fn count(tx: &Tx, account: Id, before: Option<(i64, kernel::time::Time)>) -> Result<()> {
    let (count, since) = one_more_guess(before, tx.now());
    let sql = "INSERT INTO cashier_guess (account_id, count, since) VALUES ($1, $2, $3)
        ON CONFLICT (account_id) DO UPDATE SET count = excluded.count, since = excluded.since";
    tx.execute_sql(sql, [account.into(), count.into(), since.into()]).await?;
    tx.record(Event::of("cashier.code_wrong", "account", account).with("count", count)).await?;
    Ok(())
}
