//! Disputes in somebody's list of things to do: those at his level that can be decided, since both sides were heard, and
//! those anywhere below him whose days are over: of the decision, or of the refund that was decided.

use kernel::page::PageInput;
use kernel::waiting::{Source, Waiting};
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::entity::{self, Column};
use super::refund;
use crate::merchant::access::DISPUTE_DECIDE;
use crate::merchant::list::named;

/// What of disputes waits.
#[must_use]
pub fn source() -> Source {
    Source::new(&[DISPUTE_DECIDE], rows, count)
}

async fn rows(cx: Cx, page: PageInput) -> Result<Vec<Waiting>> {
    let mut found = waiting(&cx).order_by_asc(Column::Id).limit(page.fetch());
    if let Some(after) = page.after_id()? {
        found = found.filter(Column::Id.gt(after));
    }
    let found = found.all(cx.read()).await?;
    let merchants = named(cx.read(), found.iter().map(|row| row.merchant_id)).await?;
    let today = cx.today();
    let refunds = refund::of(cx.read(), found.iter().map(|row| row.id), today).await?;
    let told = |row: entity::Model| {
        let merchant = merchants.get(&row.merchant_id).map(String::as_str).unwrap_or_default();
        let refund = refunds.get(&row.id);
        let heard = match row.state.as_str() {
            "settled" => "门店到期没有退款，请催办",
            "answered" => "双方都已说明",
            _ => "到期没有说明",
        };
        let due = refund.map_or(row.due_on, |refund| refund.due_on);
        Waiting {
            place: row.id,
            kind: "dispute".to_owned(),
            subject_id: row.id,
            title: format!("{merchant}的一笔支付有争议"),
            detail: heard.to_owned(),
            node_id: row.organization_id,
            since: row.opened_at,
            due: Some(due),
            overdue: due < today,
            link: format!("/disputes/{}", row.id),
        }
    };
    Ok(found.into_iter().map(told).collect())
}

async fn count(cx: Cx) -> Result<u64> {
    Ok(waiting(&cx).count(cx.read()).await?)
}

fn waiting(cx: &Cx) -> Select<entity::Entity> {
    let heard = Condition::all()
        .add(Column::State.eq("answered"))
        .add(Column::OrganizationId.is_in(cx.caller.nodes_with(DISPUTE_DECIDE)));
    let late = cx.caller.scope(DISPUTE_DECIDE).covers(Column::OrganizationId).add(Column::DueOn.lt(cx.today()));
    let due = Condition::any().add(heard).add(late);
    let open = Condition::all().add(Column::State.is_in(["open", "answered"])).add(due);
    let unpaid = cx.caller.scope(DISPUTE_DECIDE).covers(Column::OrganizationId).add(refund::waits(Some(cx.today())));
    entity::Entity::find().filter(Condition::any().add(open).add(unpaid))
}
