//! A wallet stands still, and is freed again, both for a reason that is written down and told to its owner.

use chrono::{DateTime, Utc};
use kernel::event::Event;
use kernel::notice;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result, Tx};
use registry::member;
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::WALLET_FREEZE;
use super::{WALLET_STATE, rules};
use crate::ledger::{self, AccountKind, NewAccount, OWN_BOOK};

/// Whose wallet.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct WalletInput {
    /// The member.
    pub person_id: Uuid,
}

/// Whose wallet, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FreezeInput {
    /// The member.
    pub person_id: Uuid,
    /// Why, for the member too.
    pub reason: String,
}

/// Whether a wallet stands still.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WalletState {
    /// It does.
    pub frozen: bool,
    /// Every time it did, newest first.
    pub items: Vec<WalletFreeze>,
}

/// A time for which a wallet stood still.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WalletFreeze {
    /// Why.
    pub reason: String,
    /// Since when.
    pub frozen_at: DateTime<Utc>,
    /// Why it was freed.
    pub end_reason: Option<String>,
    /// When.
    pub ended_at: Option<DateTime<Utc>>,
}

/// The union of a member in the caller's reach; of somebody whose membership ended the last one: he keeps his points.
async fn union_of(cx: &Cx, conn: &impl ConnectionTrait, person: Id) -> Result<Id> {
    let membership = member::last_of(conn, person).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(conn, WALLET_FREEZE, membership.organization_id).await?;
    Ok(membership.organization_id)
}

/// The freeze of a person's wallet that is not over, with its reason.
pub(super) async fn open_of(conn: &impl ConnectionTrait, person: Id) -> Result<Option<(Id, String)>> {
    let sql = "SELECT id, reason FROM wallet_freeze WHERE person_id = $1 AND ended_at IS NULL";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [person.into()]);
    let row = conn.query_one_raw(statement).await?;
    row.map(|row| Ok((row.try_get("", "id")?, row.try_get("", "reason")?))).transpose()
}

/// Tells whether a member's wallet stands still, and when it did.
///
/// # Errors
/// 404 outside the caller's reach; the database.
pub async fn show(cx: Cx, input: WalletInput) -> Result<WalletState> {
    union_of(&cx, cx.read(), input.person_id).await?;
    let sql = "SELECT reason, frozen_at, end_reason, ended_at FROM wallet_freeze WHERE person_id = $1
        ORDER BY frozen_at DESC, id DESC";
    let rows = cx.read().query_all_raw(cx.app.db.statement(sql, [input.person_id.into()])).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(WalletFreeze {
            reason: row.try_get("", "reason")?,
            frozen_at: row.try_get("", "frozen_at")?,
            end_reason: row.try_get("", "end_reason")?,
            ended_at: row.try_get("", "ended_at")?,
        });
    }
    Ok(WalletState { frozen: items.iter().any(|one| one.ended_at.is_none()), items })
}

/// Lets a member's wallet stand still.
///
/// # Errors
/// `wallet.state`, `counter.form`, 404 outside the caller's reach; contention; the database.
pub async fn freeze(cx: Cx, input: FreezeInput) -> Result<Done> {
    let reason = rules::text(&input.reason, "reason", "原因", 2, 200)?;
    let tx = cx.begin().await?;
    let union = union_of(&cx, &tx, input.person_id).await?;
    let id = tx.id();
    let insert = "INSERT INTO wallet_freeze (id, person_id, organization_id, reason, frozen_by, frozen_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let values = [
        id.into(),
        input.person_id.into(),
        union.into(),
        reason.clone().into(),
        cx.caller.account_id().into(),
        tx.now().into(),
    ];
    if tx.execute_sql(insert, values).await? != 1 {
        return Err(WALLET_STATE.refusal().into());
    }
    // Also before the first points: they must not be spent either. While the wallet of the city's own book stands still
    // nothing is paid from any other, so that one that is opened meanwhile stands still, too.
    let wallet = NewAccount {
        book_id: OWN_BOOK,
        kind: AccountKind::Wallet,
        owner_id: Some(input.person_id),
        purpose: String::new(),
        fiscal_year: 0,
        floor_cents: Some(0),
    };
    ledger::open_account(&tx, wallet).await?;
    for wallet in wallets(&tx, input.person_id).await? {
        ledger::freeze(&tx, wallet, &reason).await?;
    }
    let event = tx.record(Event::of("wallet.frozen", "wallet_freeze", id).at(union)).await?;
    let body = format!("原因：{reason}。暂停期间不能付款，积分不会减少。有疑问请联系所在工会，或者拨打 12351。");
    tell(&tx, input.person_id, ("wallet.frozen", "积分付款已暂停"), body, event).await?;
    tx.commit(Done {}).await
}

/// Frees a member's wallet.
///
/// # Errors
/// `wallet.state`, `counter.form`, 404 outside the caller's reach; contention; the database.
pub async fn unfreeze(cx: Cx, input: FreezeInput) -> Result<Done> {
    let reason = rules::text(&input.reason, "reason", "原因", 2, 200)?;
    let tx = cx.begin().await?;
    let union = union_of(&cx, &tx, input.person_id).await?;
    let Some((id, _)) = open_of(&tx, input.person_id).await? else {
        return Err(WALLET_STATE.refusal().into());
    };
    let end = "UPDATE wallet_freeze SET ended_at = $2, ended_by = $3, end_reason = $4
        WHERE id = $1 AND ended_at IS NULL";
    let values = [id.into(), tx.now().into(), cx.caller.account_id().into(), reason.into()];
    if tx.execute_sql(end, values).await? != 1 {
        return Err(WALLET_STATE.refusal().into());
    }
    for wallet in wallets(&tx, input.person_id).await? {
        ledger::unfreeze(&tx, wallet).await?;
    }
    let event = tx.record(Event::of("wallet.unfrozen", "wallet_freeze", id).at(union)).await?;
    let body = "现在可以正常付款了。".to_owned();
    tell(&tx, input.person_id, ("wallet.unfrozen", "积分付款已恢复"), body, event).await?;
    tx.commit(Done {}).await
}

/// A person's wallets in all books, in the order in which books are locked.
async fn wallets(tx: &Tx, person: Id) -> Result<Vec<Id>> {
    let sql = "SELECT id FROM ledger_account WHERE owner_id = $1 AND kind = 'wallet' ORDER BY book_id";
    let rows = tx.query_all_raw(tx.app().db.statement(sql, [person.into()])).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

async fn tell(tx: &Tx, person: Id, (kind, title): (&'static str, &str), body: String, event: Id) -> Result<()> {
    let sql = "SELECT id FROM account WHERE person_id = $1";
    for row in tx.query_all_raw(tx.app().db.statement(sql, [person.into()])).await? {
        let new = notice::New {
            account_id: row.try_get("", "id")?,
            kind,
            title: title.to_owned(),
            body: body.clone(),
            link: Some("/pay".to_owned()),
            event_id: Some(event),
        };
        notice::send(tx, new).await?;
    }
    Ok(())
}
