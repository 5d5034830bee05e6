//! Disputes as rows: of a phone, of a merchant, of the desk.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::page::{Page, PageInput};
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{self, Column};
use super::refund::{self, DisputeRefund};
use crate::cashier::manager_of;
use crate::merchant::access::MERCHANT_READ;
use crate::merchant::list::named;
use crate::shop::entity as shop;

/// Which page of the caller's own disputes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MyDisputesInput {
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// Of which merchant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantDisputesInput {
    /// The merchant.
    pub merchant_id: Uuid,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// Which disputes of the desk.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DeskDisputesInput {
    /// `open` (with those answered), `over`, `refund` (decided, and the refund did not go back yet).
    #[serde(default)]
    pub which: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A dispute in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisputeRow {
    /// Which.
    pub id: Uuid,
    /// Counts its changes; sent back with a decision.
    pub version: i64,
    /// The merchant that was paid.
    pub merchant_name: String,
    /// The shop.
    pub shop_name: Option<String>,
    /// What was paid, in cents.
    pub amount_cents: i64,
    /// When it was paid.
    pub paid_on: NaiveDate,
    /// `member` or `merchant`: who opened it.
    pub side: String,
    /// `amount`, `not_mine`, `goods`, `twice`, `refund`, `other`.
    pub ground: String,
    /// `open`, `answered`, `settled`, `withdrawn`.
    pub state: String,
    /// `refund`, `no_change`, `explained`.
    pub outcome: Option<String>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// The last day.
    pub due_on: NaiveDate,
    /// The last day is over, and it is not settled.
    pub overdue: bool,
    /// What was decided to be refunded, and how far it is.
    pub refund: Option<DisputeRefund>,
}

/// Lists the caller's own disputes.
///
/// # Errors
/// The database.
pub async fn mine(cx: Cx, input: MyDisputesInput) -> Result<Page<DisputeRow>> {
    let rows = entity::Entity::find().filter(Column::OpenedBy.eq(cx.caller.account()?));
    newest(&cx, rows, PageInput::new(input.after, input.limit)).await
}

/// Lists disputes about a merchant, for its manager: of one shop alone, where that is his.
///
/// # Errors
/// `cashier.role`, 404 elsewhere; the database.
pub async fn of_merchant(cx: Cx, input: MerchantDisputesInput) -> Result<Page<DisputeRow>> {
    let me = manager_of(&cx, cx.read(), input.merchant_id).await?;
    let mut rows = entity::Entity::find().filter(Column::MerchantId.eq(input.merchant_id));
    if let Some(only) = me.shop_id {
        rows = rows.filter(Column::ShopId.eq(only));
    }
    newest(&cx, rows, PageInput::new(input.after, input.limit)).await
}

/// Lists disputes in the caller's scope, the newest first.
///
/// # Errors
/// The database.
pub async fn desk(cx: Cx, input: DeskDisputesInput) -> Result<Page<DisputeRow>> {
    let mut rows = entity::Entity::find().filter(cx.caller.scope(MERCHANT_READ).covers(Column::OrganizationId));
    rows = match input.which.as_deref() {
        Some("open") => rows.filter(Column::State.is_in(["open", "answered"])),
        Some("over") => rows.filter(Column::State.is_in(["settled", "withdrawn"])),
        Some("refund") => rows.filter(refund::waits(None)),
        _ => rows,
    };
    newest(&cx, rows, PageInput::new(input.after, input.limit)).await
}

async fn newest(cx: &Cx, rows: Select<entity::Entity>, page: PageInput) -> Result<Page<DisputeRow>> {
    let mut rows = rows.order_by_desc(Column::Id).limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Condition::all().add(Column::Id.lt(after)));
    }
    let rows = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(Page { items: shaped(cx.read(), rows.items, cx.today()).await?, next: rows.next })
}

/// Rows as they are shown.
pub(super) async fn shaped(
    conn: &impl ConnectionTrait,
    rows: Vec<entity::Model>,
    today: Day,
) -> Result<Vec<DisputeRow>> {
    let merchants = named(conn, rows.iter().map(|row| row.merchant_id)).await?;
    let shops = shop::Entity::find()
        .filter(shop::Column::Id.is_in(rows.iter().filter_map(|row| row.shop_id)))
        .all(conn)
        .await?;
    let shops: BTreeMap<Id, String> = shops.into_iter().map(|row| (row.id, row.name)).collect();
    let mut refunds = refund::of(conn, rows.iter().map(|row| row.id), today).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let sql = "SELECT amount_cents, day FROM transfer WHERE id = $1";
        let statement =
            sea_orm::Statement::from_sql_and_values(conn.get_database_backend(), sql, [row.payment_id.into()]);
        let paid = conn.query_one_raw(statement).await?.ok_or_else(kernel::Error::not_found)?;
        let open = ["open", "answered"].contains(&row.state.as_str());
        items.push(DisputeRow {
            merchant_name: merchants.get(&row.merchant_id).cloned().unwrap_or_default(),
            shop_name: row.shop_id.and_then(|id| shops.get(&id).cloned()),
            amount_cents: paid.try_get("", "amount_cents")?,
            paid_on: paid.try_get("", "day")?,
            overdue: open && row.due_on < today,
            refund: refunds.remove(&row.id),
            id: row.id,
            version: row.version,
            side: row.side,
            ground: row.ground,
            state: row.state,
            outcome: row.outcome,
            opened_at: row.opened_at,
            due_on: row.due_on,
        });
    }
    Ok(items)
}
