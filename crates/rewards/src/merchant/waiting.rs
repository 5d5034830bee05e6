//! Merchants in somebody's list of things to do: applications, and bank accounts that another person entered. Wherever they
//! wait in his scope: a union with one officer has nobody else to say yes.

use kernel::page::PageInput;
use kernel::waiting::{Source, Waiting};
use kernel::{Cx, Result};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use super::access::MERCHANT_APPROVE;
use super::{bank_entity as bank, entity};

/// What of merchants waits.
#[must_use]
pub fn source() -> Source {
    Source::new(&[MERCHANT_APPROVE], rows, count)
}

async fn rows(cx: Cx, page: PageInput) -> Result<Vec<Waiting>> {
    let mut rows = firm_rows(&cx, &page).await?;
    rows.extend(bank_rows(&cx, &page).await?);
    Ok(rows)
}

async fn count(cx: Cx) -> Result<u64> {
    Ok(firms(&cx)?.count(cx.read()).await? + banks(&cx)?.count(cx.read()).await?)
}

async fn firm_rows(cx: &Cx, page: &PageInput) -> Result<Vec<Waiting>> {
    let mut found = firms(cx)?.order_by_asc(entity::Column::Id).limit(page.fetch());
    if let Some(after) = page.after_id()? {
        found = found.filter(entity::Column::Id.gt(after));
    }
    let told = |row: entity::Model| {
        let what = if row.applicant_id.is_some() { "申请成为商户" } else { "登记为商户" };
        Waiting {
            place: row.id,
            kind: "merchant".to_owned(),
            subject_id: row.id,
            title: format!("{}{what}", row.name),
            detail: "核对资料、合同和收款账户".to_owned(),
            node_id: row.organization_id,
            since: row.entered_at,
            due: None,
            overdue: false,
            link: format!("/merchants/{}", row.id),
        }
    };
    Ok(found.all(cx.read()).await?.into_iter().map(told).collect())
}

async fn bank_rows(cx: &Cx, page: &PageInput) -> Result<Vec<Waiting>> {
    let mut found = banks(cx)?.order_by_asc(bank::Column::Id).limit(page.fetch());
    if let Some(after) = page.after_id()? {
        found = found.filter(bank::Column::Id.gt(after));
    }
    let found = found.all(cx.read()).await?;
    let ids = found.iter().map(|row| row.merchant_id);
    let firms = entity::Entity::find().filter(entity::Column::Id.is_in(ids)).all(cx.read()).await?;
    let told = |row: bank::Model| {
        let firm = firms.iter().find(|firm| firm.id == row.merchant_id)?;
        Some(Waiting {
            place: row.id,
            kind: "merchant_bank".to_owned(),
            subject_id: row.id,
            title: format!("{}更换收款账户", firm.name),
            detail: format!("新账户尾号 {}，{}", row.tail, row.bank),
            node_id: firm.organization_id,
            since: row.entered_at,
            due: None,
            overdue: false,
            link: format!("/merchants/{}", firm.id),
        })
    };
    Ok(found.into_iter().filter_map(told).collect())
}

fn firms(cx: &Cx) -> Result<Select<entity::Entity>> {
    use entity::Column;
    let me = cx.caller.account()?;
    Ok(entity::Entity::find()
        .filter(Column::State.eq("waiting"))
        .filter(cx.caller.scope(MERCHANT_APPROVE).covers(Column::OrganizationId))
        .filter(Condition::any().add(Column::EnteredBy.is_null()).add(Column::EnteredBy.ne(me))))
}

/// The first account of a merchant is decided with the merchant.
fn banks(cx: &Cx) -> Result<Select<bank::Entity>> {
    use bank::Column;
    let me = cx.caller.account()?;
    let firms = entity::Entity::find()
        .select_only()
        .column(entity::Column::Id)
        .filter(entity::Column::State.is_in(["active", "suspended"]))
        .filter(cx.caller.scope(MERCHANT_APPROVE).covers(entity::Column::OrganizationId))
        .into_query();
    Ok(bank::Entity::find()
        .filter(Column::State.eq("waiting"))
        .filter(Column::MerchantId.in_subquery(firms))
        .filter(Condition::any().add(Column::EnteredBy.is_null()).add(Column::EnteredBy.ne(me))))
}
