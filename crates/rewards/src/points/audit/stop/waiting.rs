//! Books that stand still in somebody's list of things to do. Who asked waits for the proof and for another person, unless
//! the proof was not sound.

use kernel::page::PageInput;
use kernel::waiting::{Source, Waiting};
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::entity::{self, Column};
use crate::access::POINTS_CLOSE;
use crate::points::audit::reach;
use crate::points::book;

/// What of stopped books waits.
#[must_use]
pub fn source() -> Source {
    Source::new(&[POINTS_CLOSE], rows, count)
}

async fn rows(cx: Cx, page: PageInput) -> Result<Vec<Waiting>> {
    let root = reach::root(cx.read()).await?;
    if !cx.caller.may(cx.read(), POINTS_CLOSE, root).await? {
        return Ok(Vec::new());
    }
    let mut found = waiting(&cx)?.order_by_asc(Column::Id).limit(page.fetch());
    if let Some(after) = page.after_id()? {
        found = found.filter(Column::Id.gt(after));
    }
    let names = book::names(cx.read()).await?;
    let told = |row: entity::Model| {
        let turn = match (row.asked_at, row.proof_faulty) {
            (Some(_), Some(0)) => "全部账目核对相符，等您复核后恢复".to_owned(),
            (Some(_), None) => "正在核对全部账目，核对完等您复核".to_owned(),
            (_, Some(faulty)) => format!("全部账目核对还有 {faulty} 处不符，改正后重新申请恢复"),
            (None, None) => format!("自动核对发现 {} 处不符，改正后申请恢复", row.faulty),
        };
        let name = names.get(&row.book_id).map(String::as_str).unwrap_or_default();
        Waiting {
            place: row.id,
            kind: "ledger_stop".to_owned(),
            subject_id: row.id,
            title: format!("{name}已停止记账"),
            detail: turn,
            node_id: root,
            since: row.stopped_at,
            due: None,
            overdue: false,
            link: "/points/proof".to_owned(),
        }
    };
    Ok(found.all(cx.read()).await?.into_iter().map(told).collect())
}

async fn count(cx: Cx) -> Result<u64> {
    if !cx.caller.may(cx.read(), POINTS_CLOSE, reach::root(cx.read()).await?).await? {
        return Ok(0);
    }
    Ok(waiting(&cx)?.count(cx.read()).await?)
}

fn waiting(cx: &Cx) -> Result<Select<entity::Entity>> {
    let me = cx.caller.account()?;
    let mine =
        Condition::any().add(Column::AskedBy.is_null()).add(Column::AskedBy.ne(me)).add(Column::ProofFaulty.gt(0_i64));
    Ok(entity::Entity::find().filter(Column::ReopenedAt.is_null()).filter(mine))
}
