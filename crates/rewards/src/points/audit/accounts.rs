//! Accounts of the ledger as rows; wallets are found from their transfers alone.

use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use registry::staff::organizations_named;
use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::reach::{self, Account};
use crate::access::POINTS_AUDIT;
use crate::points::{book, budget, purpose};

/// Which accounts.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct LedgerAccountsInput {
    /// Budgets of this union.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// An account; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerAccountRow {
    /// Which.
    pub id: Uuid,
    /// The book.
    pub book_name: String,
    /// `custody`, `budget`, `wallet`, `merchant`, `escrow`, `expiry`, `adjustment`.
    pub kind: String,
    /// What people call it; a wallet has the end of its number.
    pub label: String,
    /// What is there.
    pub balance_cents: i64,
    /// What of it is held.
    pub held_cents: i64,
    /// Why it is frozen.
    pub frozen_reason: Option<String>,
}

/// Lists the accounts that the caller audits: budgets in his scope, and of the city all but the wallets.
///
/// # Errors
/// `input.invalid` for a bad cursor, 404 outside the caller's scope; the database.
pub async fn accounts(cx: Cx, input: LedgerAccountsInput) -> Result<Page<LedgerAccountRow>> {
    let conn = cx.read();
    let page = PageInput::new(input.after, input.limit);
    let after: Id = page.after_id()?.unwrap_or_default();
    let limit = i64::try_from(page.fetch()).unwrap_or(i64::MAX);
    let ids = match input.organization_id {
        Some(union) => {
            cx.caller.must(conn, POINTS_AUDIT, union).await?;
            let sql = "SELECT id FROM ledger_account WHERE owner_id = $1 AND kind = 'budget' AND id > $2
                ORDER BY id LIMIT $3";
            some(&cx, sql, vec![union.into(), after.into(), limit.into()]).await?
        }
        None if cx.caller.may(conn, POINTS_AUDIT, reach::root(conn).await?).await? => {
            let sql = "SELECT id FROM ledger_account WHERE kind <> 'wallet' AND id > $1 ORDER BY id LIMIT $2";
            some(&cx, sql, vec![after.into(), limit.into()]).await?
        }
        None => in_scope(&cx, after, page.fetch()).await?,
    };
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.push(shaped(&cx, &reach::load(conn, id).await?).await?);
    }
    Ok(Page::cut(rows, &page, |row| row.id.to_string()))
}

async fn some(cx: &Cx, sql: &str, values: Vec<Value>) -> Result<Vec<Id>> {
    let rows = cx.read().query_all_raw(cx.app.db.statement(sql, values)).await?;
    let id = |row: &QueryResult| Ok(row.try_get("", "id")?);
    rows.iter().map(id).collect()
}

async fn in_scope(cx: &Cx, after: Id, limit: u64) -> Result<Vec<Id>> {
    use budget::entity::{Column, Entity};
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
    let rows = Entity::find()
        .select_only()
        .column(Column::AccountId)
        .filter(cx.caller.scope(POINTS_AUDIT).covers(Column::OrganizationId))
        .filter(Column::AccountId.gt(after))
        .order_by_asc(Column::AccountId)
        .limit(limit);
    Ok(rows.into_tuple().all(cx.read()).await?)
}

/// A row with its names.
///
/// # Errors
/// The database.
pub async fn shaped(cx: &Cx, account: &Account) -> Result<LedgerAccountRow> {
    Ok(LedgerAccountRow {
        id: account.id,
        book_name: book::names(cx.read()).await?.remove(&account.book_id).unwrap_or_default(),
        kind: account.kind.clone(),
        label: label(cx, account).await?,
        balance_cents: account.balance_cents,
        held_cents: account.held_cents,
        frozen_reason: account.frozen_reason.clone(),
    })
}

/// What an account is called.
///
/// # Errors
/// The database.
pub async fn label(cx: &Cx, account: &Account) -> Result<String> {
    // The last digits tell two apart and name nobody.
    let id = account.id.simple().to_string();
    let tail = id.get(26..).unwrap_or_default();
    Ok(match account.kind.as_str() {
        "custody" => "银行专户".to_owned(),
        "budget" => {
            let owner = account.owner_id.unwrap_or_default();
            let name = organizations_named(cx.read(), [owner].into()).await?.remove(&owner).unwrap_or_default();
            let purpose = purpose::label(cx.read(), &account.purpose).await?;
            format!("{name}，{} 年{purpose}", account.fiscal_year)
        }
        "wallet" => format!("会员钱包（尾号 {tail}）"),
        "merchant" => format!("商户应付（尾号 {tail}）"),
        "escrow" => "待结订单".to_owned(),
        "expiry" => "到期收回".to_owned(),
        _ => "差额调整".to_owned(),
    })
}
