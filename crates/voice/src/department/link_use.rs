//! Whoever has a department's link reads what it is about, and files the reply. The link comes in the body: an address
//! would stand in logs.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Refusal, Result, Tx, parameter};
use registry::organization::record;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::reply::{self, DepartmentReply, NewReply};
use super::rules::LinkState;
use super::{LINK_DONE, LINK_EXPIRED, LINK_OFTEN, LINK_REVOKED, LINK_UNKNOWN, link_entity as link, link_token};
use crate::appraisal::{self, entity as evaluation};
use crate::instrument::Instrument;
use crate::parameters::DEPARTMENT_LINK_USES;

/// Who has a link.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DepartmentLinkOpen {
    /// What follows `#` in the address.
    pub token: String,
}

/// What a link is for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DepartmentLinkOpened {
    /// The evaluation; its result is public.
    pub evaluation_id: Uuid,
    /// As it stands on the page.
    pub title: String,
    /// The department.
    pub department_name: String,
    /// The union that asks.
    pub organization_name: String,
    /// Last day of the link.
    pub expires_on: NaiveDate,
    /// What the department has said so far; a new reply takes its place.
    pub replies: Vec<DepartmentReply>,
}

/// What the department says.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DepartmentLinkReply {
    /// What follows `#` in the address.
    pub token: String,
    /// What it says.
    pub said: String,
    /// Who signs it.
    pub signed_by: String,
}

/// Opens a link.
///
/// # Errors
/// `department_link.*`; the database.
pub async fn open(cx: Cx, input: DepartmentLinkOpen) -> Result<DepartmentLinkOpened> {
    let tx = cx.begin().await?;
    let (row, of) = match taken(&tx, &input.token).await? {
        Ok(found) => found,
        Err(refusal) => return tx.refuse(refusal).await,
    };
    let event = Event::of("department_link.opened", "evaluation", of.id).at(of.organization_id);
    tx.record(event.with("link_id", row.id)).await?;
    let instrument = Instrument::read(of.instrument.as_deref().unwrap_or_default())?;
    let opened = DepartmentLinkOpened {
        evaluation_id: of.id,
        title: instrument.title,
        department_name: instrument.subject.name,
        organization_name: record::load(&tx, of.organization_id).await?.name,
        expires_on: row.expires_on,
        replies: reply::replies(&tx, of.id).await?,
    };
    tx.commit(opened).await
}

/// Files the reply; the link ends with it.
///
/// # Errors
/// `department_link.*`, `department_reply.form`, `department_reply.replaced`; the database.
pub async fn file(cx: Cx, input: DepartmentLinkReply) -> Result<DepartmentReply> {
    let new = NewReply::checked(&input.said, &input.signed_by)?;
    let tx = cx.begin().await?;
    let (row, of) = match taken(&tx, &input.token).await? {
        Ok(found) => found,
        Err(refusal) => return tx.refuse(refusal).await,
    };
    let new = NewReply { replaces: row.replaces, link_id: Some(row.id), ..new };
    let made = reply::put(&tx, &of, new, tx.today()).await?;
    let used = "UPDATE department_link SET reply_id = $2 WHERE id = $1 AND revoked_on IS NULL AND reply_id IS NULL";
    if tx.execute_sql(used, [row.id.into(), made.id.into()]).await? != 1 {
        return Err(Error::Contention);
    }
    tx.commit(DepartmentReply { through_link: true, ..made }).await
}

/// The link of a token with its evaluation, counted as a use of today; or why it is none (any more).
async fn taken(tx: &Tx, token: &str) -> Result<Result<(link::Model, evaluation::Model), Refusal>> {
    let Some((id, signed)) = link_token::named(token) else { return Ok(Err(LINK_UNKNOWN.refusal())) };
    let row = link::Entity::find_by_id(id).one(tx).await?;
    let Some(row) = row.filter(|row| link_token::is_of(tx.app().keys.as_ref(), row, &signed)) else {
        return Ok(Err(LINK_UNKNOWN.refusal()));
    };
    if used(tx, row.id).await? > parameter::get_i64(tx, DEPARTMENT_LINK_USES, "", tx.today()).await? {
        return Ok(Err(LINK_OFTEN.refusal()));
    }
    let latest = reply::latest(tx, row.evaluation_id).await?;
    let ended = match row.state(latest, tx.today()) {
        LinkState::Open => return Ok(Ok((row.clone(), appraisal::load(tx, row.evaluation_id).await?))),
        LinkState::Used => LINK_DONE.refusal(),
        LinkState::Revoked => LINK_REVOKED.refusal(),
        LinkState::Expired => LINK_EXPIRED.refusal(),
    };
    Ok(Err(ended))
}

/// Counts a use of today; answers how many there are.
async fn used(tx: &Tx, id: Id) -> Result<i64> {
    let sql = "INSERT INTO department_link_day (link_id, day, uses) VALUES ($1, $2, 1)
        ON CONFLICT (link_id, day) DO UPDATE SET uses = department_link_day.uses + 1 RETURNING uses";
    let row = tx.query_one_raw(tx.app().db.statement(sql, [id.into(), tx.today().into()])).await?;
    Ok(row.ok_or_else(|| Error::internal("a use that was not counted"))?.try_get("", "uses")?)
}
