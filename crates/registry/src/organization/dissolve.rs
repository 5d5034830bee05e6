//! Dissolving a union that nobody belongs to any more. Its members were transferred or keep their membership
//! (会籍保留, 工会法 art. 13) before; nothing is deleted.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Id, Result, Tx, node};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ORGANIZATION_IN_USE, ORGANIZATION_ROOT, record};
use crate::access::ORGANIZATION_CHANGE;

/// An end.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DissolveInput {
    /// Which union.
    pub id: Uuid,
    /// Why, 2 to 200 characters.
    pub reason: String,
}

/// Dissolves an established union as of today; the caller runs its parent.
///
/// # Errors
/// `organization.in_use` with the counts, `organization.root`, `organization.state`, `organization.reason`; the
/// database.
pub async fn dissolve(cx: Cx, input: DissolveInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let union = record::visible(&cx, &tx, input.id).await?;
    let parent = node::parent(&tx, union.id, tx.today()).await?.ok_or_else(|| ORGANIZATION_ROOT.refusal())?;
    cx.caller.must(&tx, ORGANIZATION_CHANGE, parent).await?;
    record::must_be_established(&union)?;
    let reason = record::clean_reason(&input.reason)?;
    refuse_in_use(&tx, union.id).await?;
    let sql = "UPDATE organization SET state = 'dissolved', dissolved_on = $2 WHERE id = $1";
    tx.execute_sql(sql, [union.id.into(), tx.today().into()]).await?;
    record::touch(&tx, &union).await?;
    record::uncover(&tx, union.id).await?;
    record::end_link(&tx, union.id).await?;
    end_offices(&tx, union.id).await?;
    let event = Event::of("organization.dissolved", "organization", union.id).with("on", tx.today());
    record::record(&tx, event, Some(reason)).await?;
    tx.commit(Done {}).await
}

async fn refuse_in_use(tx: &Tx, id: Id) -> Result<()> {
    let members =
        "SELECT CAST(count(*) AS bigint) AS n FROM membership WHERE organization_id = $1 AND state = 'active'";
    // Placements that are open or begin later: a union on its way here counts too.
    let below = "SELECT CAST(count(*) AS bigint) AS n FROM placement p JOIN organization o ON o.id = p.child
        WHERE p.parent = $1 AND p.valid_to IS NULL AND o.state IN ('founding', 'established')";
    let waiting = "SELECT CAST(count(*) AS bigint) AS n FROM join_application WHERE organization_id = $1
        AND state IN ('submitted', 'returned')";
    let (members, below, waiting) =
        (count(tx, members, id).await?, count(tx, below, id).await?, count(tx, waiting, id).await?);
    if members + below + waiting == 0 {
        return Ok(());
    }
    let counts = format!("会员 {members} 人、下级工会 {below} 个、未办结的入会申请 {waiting} 件");
    let sentence = format!("这个工会还有{counts}，请先办理转接或会籍保留，再来撤销。");
    Err(ORGANIZATION_IN_USE.with(sentence).into())
}

async fn count(tx: &Tx, sql: &str, id: Id) -> Result<i64> {
    let row = tx.query_one_raw(tx.app().db.statement(sql, [id.into()])).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default())
}

/// Offices end today; one that would begin today or later never was.
async fn end_offices(tx: &Tx, id: Id) -> Result<()> {
    let (id, today) = (sea_orm::Value::from(id), sea_orm::Value::from(tx.today()));
    let never = "DELETE FROM officer WHERE organization_id = $1 AND valid_from >= $2";
    tx.execute_sql(never, [id.clone(), today.clone()]).await?;
    let end = "UPDATE officer SET valid_to = $2 WHERE organization_id = $1 AND (valid_to IS NULL OR valid_to > $2)";
    tx.execute_sql(end, [id, today]).await?;
    Ok(())
}
