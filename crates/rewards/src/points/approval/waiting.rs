//! Money in somebody's list of things to do: what waits at his levels and he may decide. What he asked for himself, or said
//! yes to at an earlier stage, is another person's to decide and not listed.

use std::collections::BTreeMap;

use kernel::approval::{self, entity as approvals};
use kernel::page::PageInput;
use kernel::waiting::{Source, Waiting, Words};
use kernel::{Cx, Id, Result};
use registry::staff::organizations_named;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use super::list::{Said, said_of};
use crate::access::POINTS_APPROVE;
use crate::points::text::yuan;

/// What of money waits.
#[must_use]
pub fn source() -> Source {
    Source::new(&[POINTS_APPROVE], rows, count).says(words)
}

/// Whether the caller may say yes or no to something now.
///
/// # Errors
/// The database.
pub async fn may_decide(cx: &Cx, kind: &str, subject: Id) -> Result<bool> {
    let Some(row) = approval::latest(cx.read(), kind, subject).await?.filter(|row| row.state == "open") else {
        return Ok(false);
    };
    let me = cx.caller.account()?;
    if row.opened_by == Some(me) || !cx.caller.may(cx.read(), POINTS_APPROVE, row.node_id).await? {
        return Ok(false);
    }
    let before = approval::history(cx.read(), kind, subject).await?;
    Ok(!before.iter().any(|one| one.approval_id == row.id && one.outcome == "approved" && one.decided_by == Some(me)))
}

async fn rows(cx: Cx, page: PageInput) -> Result<Vec<Waiting>> {
    let mut found = waiting(&cx)?.order_by_asc(approvals::Column::Id).limit(page.fetch());
    if let Some(after) = page.after_id()? {
        found = found.filter(approvals::Column::Id.gt(after));
    }
    let rows = found.all(cx.read()).await?;
    let said = said_of(cx.read(), &rows).await?;
    let (words, today) = (shaped(&cx, &said).await?, cx.today());
    let told = |row: approvals::Model| {
        let link = said.get(&row.subject_id).map(|one| one.link.clone()).unwrap_or_default();
        Waiting::approval(row, &words, link, today)
    };
    Ok(rows.into_iter().map(told).collect())
}

async fn count(cx: Cx) -> Result<u64> {
    Ok(waiting(&cx)?.count(cx.read()).await?)
}

async fn words(cx: Cx, rows: Vec<approvals::Model>) -> Result<Words> {
    shaped(&cx, &said_of(cx.read(), &rows).await?).await
}

/// In the words of whoever decides.
async fn shaped(cx: &Cx, said: &BTreeMap<Id, Said>) -> Result<Words> {
    let unions = said.values().map(|one| one.organization).collect();
    let names = organizations_named(cx.read(), unions).await?;
    let word = |(id, one): (&Id, &Said)| {
        let union = names.get(&one.organization).map(String::as_str).unwrap_or_default();
        let people = one.people.map(|people| format!("，{people} 人")).unwrap_or_default();
        let over = one.over_limit.filter(|over| *over > 0).map(|over| format!("，其中 {over} 人会超过限额"));
        let each = if one.each { "每次 " } else { "" };
        let total = one.total_cents.map(|cents| format!("，总共最多 {} 元", yuan(cents))).unwrap_or_default();
        let detail = format!("{each}{} 元{total}{people}{}", yuan(one.amount_cents), over.unwrap_or_default());
        (*id, (format!("{union}：{}", one.name), detail))
    };
    Ok(said.iter().map(word).collect())
}

fn waiting(cx: &Cx) -> Result<Select<approvals::Entity>> {
    use approvals::{Column, decision};
    let me = cx.caller.account()?;
    let said_yes = decision::Entity::find()
        .select_only()
        .column(decision::Column::ApprovalId)
        .filter(decision::Column::DecidedBy.eq(me))
        .filter(decision::Column::Outcome.eq("approved"))
        .into_query();
    Ok(approvals::Entity::find()
        .filter(Column::State.eq("open"))
        .filter(Column::Permission.eq(POINTS_APPROVE.0))
        .filter(Column::NodeId.is_in(cx.caller.nodes_with(POINTS_APPROVE)))
        .filter(Condition::any().add(Column::OpenedBy.is_null()).add(Column::OpenedBy.ne(me)))
        .filter(Column::Id.not_in_subquery(said_yes)))
}
