//! What every grant goes through, whoever gives it: a security administrator, the first run, the demo city.

use kernel::access::{Role, grant};
use kernel::event::Event;
use kernel::{Error, Id, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{ROLE_ACCOUNT_DISABLED, ROLE_NODE_CLOSED, ROLE_TWICE, ROLE_UNKNOWN, rules};
use crate::account::entity as account;
use crate::organization::entity as organization;

/// A role about to be granted from today on.
#[derive(Debug, Clone)]
pub struct NewGrant<'a> {
    /// To whom.
    pub account_id: Id,
    /// Name of the role.
    pub role: &'a str,
    /// Where; it flows down from here.
    pub node_id: Id,
    /// Until when, this day included; `None` without an end.
    pub last_day: Option<kernel::time::Day>,
}

/// Grants a role from today on; the verb checks before that the caller may.
///
/// # Errors
/// `role.*` refusals, 404 for an unknown account or node, or the database.
pub async fn give(tx: &Tx, new: NewGrant<'_>) -> Result<Id> {
    let role = tx.app().policy.find(new.role).ok_or_else(|| ROLE_UNKNOWN.refusal().on("role"))?;
    let valid_to = rules::end_after(new.last_day, tx.today())?;
    rules::fits_level(&role, &open_node_kind(tx, new.node_id).await?)?;
    let account = account::Entity::find_by_id(new.account_id).one(tx).await?.ok_or_else(Error::not_found)?;
    if account.disabled_at.is_some() {
        return Err(ROLE_ACCOUNT_DISABLED.refusal().on("account_id").into());
    }
    rules::fits_account(&role, &account.kind)?;
    close_expired(tx, new.account_id).await?;
    rules::fits_beside(&role, &held(tx, new.account_id).await?)?;
    let id = tx.id();
    let row = grant::ActiveModel {
        id: Set(id),
        account_id: Set(new.account_id),
        role: Set(role.name.to_owned()),
        node_id: Set(new.node_id),
        valid_from: Set(tx.today()),
        valid_to: Set(valid_to),
        granted_by: Set(tx.caller().account_id()),
        revoked_at: Set(None),
        revoked_by: Set(None),
        reason: Set(None),
    };
    let unless_there = OnConflict::new().do_nothing().to_owned();
    // Two unique indexes stand behind this: once per node, and one administrator's role per account.
    if grant::Entity::insert(row).on_conflict(unless_there).exec_without_returning(tx).await? == 0 {
        return Err(ROLE_TWICE.refusal().on("role").into());
    }
    let event = Event::of("role.granted", "role_grant", id).at(new.node_id);
    tx.record(event.with("account_id", new.account_id).with("role", role.name).with("to", new.last_day)).await?;
    Ok(id)
}

/// The kind of a node on which roles may be given.
async fn open_node_kind(tx: &Tx, node: Id) -> Result<String> {
    let select = tx.app().db.statement("SELECT kind FROM node WHERE id = $1", [node.into()]);
    let row = tx.query_one_raw(select).await?.ok_or_else(Error::not_found)?;
    let closed = organization::Entity::find_by_id(node)
        .filter(organization::Column::State.is_not_in(["founding", "established"]))
        .one(tx)
        .await?;
    if closed.is_some() {
        return Err(ROLE_NODE_CLOSED.refusal().on("node_id").into());
    }
    Ok(row.try_get("", "kind")?)
}

/// Marks grants whose time is over as ended, so that they bar no new one.
async fn close_expired(tx: &Tx, account: Id) -> Result<()> {
    let update = "UPDATE role_grant SET revoked_at = $2, reason = '到期'
        WHERE account_id = $1 AND revoked_at IS NULL AND valid_to <= $3";
    tx.execute_sql(update, [account.into(), tx.now().into(), tx.today().into()]).await?;
    Ok(())
}

/// Roles that an account holds; those this program no longer knows do not count.
async fn held(tx: &Tx, account: Id) -> Result<Vec<Role>> {
    let rows = grant::Entity::find()
        .filter(grant::Column::AccountId.eq(account))
        .filter(grant::Column::RevokedAt.is_null())
        .all(tx)
        .await?;
    Ok(rows.iter().filter_map(|row| tx.app().policy.find(&row.role)).collect())
}

/// Standing holders of a role other than one account: in force, without an end, able to sign in.
pub(super) async fn others_standing(tx: &Tx, role: &str, except: Id) -> Result<i64> {
    let select = "SELECT CAST(count(*) AS bigint) AS n FROM role_grant g JOIN account a ON a.id = g.account_id
        WHERE g.role = $1 AND g.account_id <> $2 AND g.revoked_at IS NULL AND g.valid_to IS NULL
          AND g.valid_from <= $3 AND a.disabled_at IS NULL";
    let values = [role.into(), except.into(), tx.today().into()];
    let row = tx.query_one_raw(tx.app().db.statement(select, values)).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default())
}
