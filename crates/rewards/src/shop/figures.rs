//! What the points of the unions below moved, as figures: no member, no cashier, no rank.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entity as shop;
use crate::merchant::access::SPENDING_READ;
use crate::merchant::entity as merchant;
use crate::settlement::{statement_entity as statement, statement_line_entity as line};

/// Of which days.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopFiguresInput {
    /// First day; that of this year unless told.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Last day; today unless told.
    #[serde(default)]
    pub to: Option<NaiveDate>,
}

/// What points moved.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShopFigures {
    /// First day.
    pub from: NaiveDate,
    /// Last day; the present day is not in it yet.
    pub to: NaiveDate,
    /// Merchants that take points today.
    pub merchants: i64,
    /// Shops that take points today.
    pub shops: i64,
    /// By month, in order.
    pub months: Vec<ShopFigure>,
    /// By what is sold, in the order of the names.
    pub categories: Vec<ShopFigure>,
}

/// A sum of statements: of the points that unions in the caller's scope issued.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShopFigure {
    /// `2026-11`, or what is sold.
    pub key: String,
    /// Payments; one with points of two unions counts for each.
    pub payments: i64,
    /// What was paid, in cents.
    pub paid_cents: i64,
    /// Refunds.
    pub refunds: i64,
    /// What was refunded, in cents.
    pub refunded_cents: i64,
}

/// Tells the figures from the statements of the merchants.
///
/// # Errors
/// The database.
pub async fn figures(cx: Cx, input: ShopFiguresInput) -> Result<ShopFigures> {
    let (conn, today) = (cx.read(), cx.today());
    let from = input.from.unwrap_or_else(|| Day::from_ymd_opt(today.year(), 1, 1).unwrap_or(today));
    let to = input.to.unwrap_or(today);
    let takes = merchant::Entity::find()
        .filter(merchant::Column::State.eq("active"))
        .filter(merchant::Column::ContractFrom.lte(today))
        .filter(merchant::Column::ContractTo.gt(today))
        .all(conn)
        .await?;
    let open = shop::Entity::find()
        .filter(shop::Column::State.eq("open"))
        .filter(shop::Column::MerchantId.is_in(takes.iter().map(|row| row.id)));
    let shops = i64::try_from(open.count(conn).await?).unwrap_or(i64::MAX);
    let sums = sums(&cx, from, to).await?;
    let days = statement::Entity::find()
        .filter(statement::Column::Day.gte(from))
        .filter(statement::Column::Day.lte(to))
        .all(conn)
        .await?;
    let categories: BTreeMap<Id, String> =
        merchant::Entity::find().all(conn).await?.into_iter().map(|row| (row.id, row.category)).collect();
    let (mut by_month, mut by_category) = (BTreeMap::new(), BTreeMap::new());
    for row in days {
        let Some(sum) = sums.get(&row.id) else { continue };
        add(&mut by_month, row.day.format("%Y-%m").to_string(), sum);
        add(&mut by_category, categories.get(&row.merchant_id).cloned().unwrap_or_default(), sum);
    }
    Ok(ShopFigures {
        from,
        to,
        merchants: i64::try_from(takes.len()).unwrap_or(i64::MAX),
        shops,
        months: by_month.into_values().collect(),
        categories: by_category.into_values().collect(),
    })
}

/// By statement, what the unions in the caller's scope have in it.
async fn sums(cx: &Cx, from: Day, to: Day) -> Result<BTreeMap<Id, ShopFigure>> {
    let days = Query::select()
        .column(statement::Column::Id)
        .from(statement::Entity)
        .and_where(statement::Column::Day.gte(from))
        .and_where(statement::Column::Day.lte(to))
        .to_owned();
    let sum = |column: &str| Expr::cust(format!("CAST(sum({column}) AS bigint)"));
    let rows: Vec<(Id, i64, i64, i64, i64)> = line::Entity::find()
        .select_only()
        .column(line::Column::StatementId)
        .column_as(sum("payments"), "payments")
        .column_as(sum("paid_cents"), "paid_cents")
        .column_as(sum("refunds"), "refunds")
        .column_as(sum("refunded_cents"), "refunded_cents")
        .filter(cx.caller.scope(SPENDING_READ).covers(line::Column::IssuerId))
        .filter(line::Column::StatementId.in_subquery(days))
        .group_by(line::Column::StatementId)
        .into_tuple()
        .all(cx.read())
        .await?;
    let shape = |(id, payments, paid_cents, refunds, refunded_cents)| {
        (id, ShopFigure { key: String::new(), payments, paid_cents, refunds, refunded_cents })
    };
    Ok(rows.into_iter().map(shape).collect())
}

fn add(into: &mut BTreeMap<String, ShopFigure>, key: String, sum: &ShopFigure) {
    let figure = into.entry(key.clone()).or_insert_with(|| ShopFigure { key, ..ShopFigure::default() });
    figure.payments = figure.payments.saturating_add(sum.payments);
    figure.paid_cents = figure.paid_cents.saturating_add(sum.paid_cents);
    figure.refunds = figure.refunds.saturating_add(sum.refunds);
    figure.refunded_cents = figure.refunded_cents.saturating_add(sum.refunded_cents);
}
