//! Settlements in somebody's list of things to do: to check, to release, to send to the bank, and what the bank says
//! otherwise. What he made, checked or proposed is another person's to decide and not listed.

use std::collections::BTreeMap;

use kernel::money::Cents;
use kernel::page::PageInput;
use kernel::waiting::{Source, Waiting};
use kernel::{Cx, Id, Result};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use super::{difference_entity as difference, entity};
use crate::merchant::access::{SETTLEMENT_APPROVE, SETTLEMENT_RUN};

/// What of settlements waits.
#[must_use]
pub fn source() -> Source {
    Source::new(&[SETTLEMENT_RUN, SETTLEMENT_APPROVE], rows, count)
}

async fn rows(cx: Cx, page: PageInput) -> Result<Vec<Waiting>> {
    let mut rows = settlement_rows(&cx, &page).await?;
    rows.extend(difference_rows(&cx, &page).await?);
    Ok(rows)
}

async fn count(cx: Cx) -> Result<u64> {
    Ok(settlements(&cx)?.count(cx.read()).await? + differences(&cx)?.count(cx.read()).await?)
}

async fn settlement_rows(cx: &Cx, page: &PageInput) -> Result<Vec<Waiting>> {
    let mut found = settlements(cx)?.order_by_asc(entity::Column::Id).limit(page.fetch());
    if let Some(after) = page.after_id()? {
        found = found.filter(entity::Column::Id.gt(after));
    }
    let told = |row: entity::Model| {
        let (what, since) = match row.state.as_str() {
            "locked" => ("等和账本核对", Some(row.made_at)),
            "checked" => ("等另一位同志批准", row.checked_at),
            _ => ("等送银行付款", row.approved_at),
        };
        Waiting {
            place: row.id,
            kind: "settlement".to_owned(),
            subject_id: row.id,
            title: format!("结算 {}：{what}", row.number),
            detail: format!("{} 家商户，{} 元", row.items, Cents(row.total_cents)),
            node_id: row.organization_id,
            since: since.unwrap_or(row.made_at),
            due: None,
            overdue: false,
            link: format!("/settlements/{}", row.id),
        }
    };
    Ok(found.all(cx.read()).await?.into_iter().map(told).collect())
}

async fn difference_rows(cx: &Cx, page: &PageInput) -> Result<Vec<Waiting>> {
    let mut found = differences(cx)?.order_by_asc(difference::Column::Id).limit(page.fetch());
    if let Some(after) = page.after_id()? {
        found = found.filter(difference::Column::Id.gt(after));
    }
    let found = found.all(cx.read()).await?;
    let ids = found.iter().map(|row| row.settlement_id);
    let of = entity::Entity::find().filter(entity::Column::Id.is_in(ids)).all(cx.read()).await?;
    let of: BTreeMap<Id, entity::Model> = of.into_iter().map(|row| (row.id, row)).collect();
    let told = |row: difference::Model| {
        let settlement = of.get(&row.settlement_id)?;
        let proposed = row.state == "proposed";
        let what = if proposed { "差异的处理等批准" } else { "有一条差异要处理" };
        Some(Waiting {
            place: row.id,
            kind: "settlement_difference".to_owned(),
            subject_id: row.id,
            title: format!("结算 {}：{what}", settlement.number),
            detail: format!("{} 元", Cents(row.actual_cents.or(row.expected_cents).unwrap_or_default())),
            node_id: settlement.organization_id,
            since: row.proposed_at.filter(|_| proposed).or(settlement.sent_at).unwrap_or(settlement.made_at),
            due: None,
            overdue: false,
            link: format!("/settlements/{}", settlement.id),
        })
    };
    Ok(found.into_iter().filter_map(told).collect())
}

fn settlements(cx: &Cx) -> Result<Select<entity::Entity>> {
    use entity::Column;
    let me = cx.caller.account()?;
    let runs = Condition::all()
        .add(Column::State.is_in(["locked", "approved"]))
        .add(Column::OrganizationId.is_in(cx.caller.nodes_with(SETTLEMENT_RUN)));
    let releases = Condition::all()
        .add(Column::State.eq("checked"))
        .add(Column::OrganizationId.is_in(cx.caller.nodes_with(SETTLEMENT_APPROVE)))
        .add(Column::MadeBy.ne(me))
        .add(Column::CheckedBy.ne(me));
    Ok(entity::Entity::find().filter(Condition::any().add(runs).add(releases)))
}

fn differences(cx: &Cx) -> Result<Select<difference::Entity>> {
    use difference::Column;
    let me = cx.caller.account()?;
    let of = |nodes: Vec<Id>| {
        entity::Entity::find()
            .select_only()
            .column(entity::Column::Id)
            .filter(entity::Column::OrganizationId.is_in(nodes))
            .into_query()
    };
    let open = Condition::all()
        .add(Column::State.eq("open"))
        .add(Column::SettlementId.in_subquery(of(cx.caller.nodes_with(SETTLEMENT_RUN))));
    let proposed = Condition::all()
        .add(Column::State.eq("proposed"))
        .add(Column::ProposedBy.ne(me))
        .add(Column::SettlementId.in_subquery(of(cx.caller.nodes_with(SETTLEMENT_APPROVE))));
    Ok(difference::Entity::find().filter(Condition::any().add(open).add(proposed)))
}
