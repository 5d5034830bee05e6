//! An officer makes a link for a department, sees what became of his links, and takes one back.

use chrono::{Days, NaiveDate};
use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result, Tx, parameter};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::LinkState;
use super::{LINK_STATE, link_entity as link, link_token, reply};
use crate::access::CAMPAIGN_START;
use crate::appraisal;
use crate::parameters::DEPARTMENT_LINK_DAYS;

/// For which evaluation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DepartmentLinksInput {
    /// The evaluation, published.
    pub evaluation_id: Uuid,
}

/// Which link.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DepartmentLinkInput {
    /// Its id.
    pub link_id: Uuid,
}

/// A link that was made: it is told once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DepartmentLinkMade {
    /// Its id.
    pub id: Uuid,
    /// What follows `/department#` in the address; nobody can be shown it again.
    pub token: String,
    /// Last day.
    pub expires_on: NaiveDate,
}

/// Links of an evaluation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DepartmentLinks {
    /// The newest first.
    pub items: Vec<DepartmentLinkRow>,
}

/// A link, without what opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DepartmentLinkRow {
    /// Its id.
    pub id: Uuid,
    /// When it was made.
    pub made_on: NaiveDate,
    /// Last day.
    pub expires_on: NaiveDate,
    /// Where it stands.
    pub state: LinkState,
    /// How often it was used.
    pub uses: i64,
}

/// Makes a link for the next reply of a department; an earlier one that is still open ends.
///
/// # Errors
/// `department_reply.state`, 404 outside the caller's scope; the database.
pub async fn make(cx: Cx, input: DepartmentLinksInput) -> Result<DepartmentLinkMade> {
    // The answer to a repeated submit would keep the link: pressed twice, the first one ends.
    let tx = cx.unclaimed().begin().await?;
    let row = appraisal::load(&tx, input.evaluation_id).await?;
    cx.caller.must(&tx, CAMPAIGN_START, row.organization_id).await?;
    reply::answerable(&tx, row.id).await?;
    let earlier = "UPDATE department_link SET revoked_on = $2
        WHERE evaluation_id = $1 AND revoked_on IS NULL AND reply_id IS NULL";
    tx.execute_sql(earlier, [row.id.into(), tx.today().into()]).await?;
    let days = parameter::get_i64(&tx, DEPARTMENT_LINK_DAYS, "", tx.today()).await?;
    let days = Days::new(u64::try_from(days).map_err(Error::internal)?);
    let new = link::Model {
        id: tx.id(),
        evaluation_id: row.id,
        replaces: reply::latest(&tx, row.id).await?,
        made_by: cx.caller.account_id(),
        made_on: tx.today(),
        expires_on: tx.today() + days,
        revoked_on: None,
        reply_id: None,
    };
    let insert = "INSERT INTO department_link (id, evaluation_id, replaces, made_by, made_on, expires_on)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let values = [
        new.id.into(),
        new.evaluation_id.into(),
        new.replaces.into(),
        new.made_by.into(),
        new.made_on.into(),
        new.expires_on.into(),
    ];
    if tx.execute_sql(insert, values).await? != 1 {
        return Err(Error::Contention);
    }
    let event = Event::of("department_link.made", "evaluation", row.id).at(row.organization_id);
    tx.record(event.with("link_id", new.id).with("expires_on", new.expires_on)).await?;
    let token = link_token::token(tx.app().keys.as_ref(), &new);
    tx.commit(DepartmentLinkMade { id: new.id, token, expires_on: new.expires_on }).await
}

/// Lists the links of an evaluation.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn list(cx: Cx, input: DepartmentLinksInput) -> Result<DepartmentLinks> {
    let row = appraisal::load(cx.read(), input.evaluation_id).await?;
    cx.caller.must(cx.read(), CAMPAIGN_START, row.organization_id).await?;
    let latest = reply::latest(cx.read(), row.id).await?;
    let mut rows = link::Entity::find()
        .filter(link::Column::EvaluationId.eq(row.id))
        .order_by_desc(link::Column::Id)
        .all(cx.read())
        .await?;
    rows.sort_by_key(|one| (one.revoked_on.is_some(), std::cmp::Reverse(one.made_on)));
    let mut items = Vec::with_capacity(rows.len());
    for one in rows {
        items.push(DepartmentLinkRow {
            id: one.id,
            made_on: one.made_on,
            expires_on: one.expires_on,
            state: one.state(latest, cx.today()),
            uses: uses(cx.read(), one.id).await?,
        });
    }
    Ok(DepartmentLinks { items })
}

/// Takes a link back.
///
/// # Errors
/// `department_link.state` when it has ended before, 404 outside the caller's scope; the database.
pub async fn revoke(cx: Cx, input: DepartmentLinkInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let row = link::Entity::find_by_id(input.link_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let of = appraisal::load(&tx, row.evaluation_id).await?;
    cx.caller.must(&tx, CAMPAIGN_START, of.organization_id).await?;
    if !end(&tx, row.id).await? {
        return Err(LINK_STATE.refusal().into());
    }
    let event = Event::of("department_link.revoked", "evaluation", of.id).at(of.organization_id);
    tx.record(event.with("link_id", row.id)).await?;
    tx.commit(Done {}).await
}

async fn end(tx: &Tx, id: Id) -> Result<bool> {
    let sql = "UPDATE department_link SET revoked_on = $2 WHERE id = $1 AND revoked_on IS NULL AND reply_id IS NULL";
    Ok(tx.execute_sql(sql, [id.into(), tx.today().into()]).await? == 1)
}

async fn uses(conn: &impl ConnectionTrait, id: Id) -> Result<i64> {
    let sql = "SELECT CAST(coalesce(sum(uses), 0) AS bigint) AS uses FROM department_link_day WHERE link_id = $1";
    let statement = sea_orm::Statement::from_sql_and_values(conn.get_database_backend(), sql, [id.into()]);
    let row = conn.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| Ok(row.try_get("", "uses")?))
}
