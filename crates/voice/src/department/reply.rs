//! Enters what a department says to its published result.

use chrono::NaiveDate;
use kernel::calendar::china_day;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{REPLY_DAY, REPLY_FORM, REPLY_REPLACED, REPLY_STATE, reply_entity as reply};
use crate::access::CAMPAIGN_START;
use crate::appraisal;
use crate::appraisal::rules::State;
use crate::instrument::SubjectKind;
use crate::result::entity as publication;

/// A reply as it came.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DepartmentReplyEnter {
    /// The evaluation, published.
    pub evaluation_id: Uuid,
    /// What the department says.
    pub said: String,
    /// Who signed it.
    pub signed_by: String,
    /// The day on the paper; today unless told.
    #[serde(default)]
    pub replied_on: Option<NaiveDate>,
    /// The reply that this one replaces; absent for the first.
    #[serde(default)]
    pub replaces: Option<Uuid>,
}

/// A reply as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DepartmentReply {
    /// Which.
    pub id: Uuid,
    /// What the department says.
    pub said: String,
    /// Who signed it.
    pub signed_by: String,
    /// The day on the paper.
    pub replied_on: NaiveDate,
    /// When it was entered.
    pub entered_on: NaiveDate,
}

/// Enters a reply; everybody can read it at once.
///
/// # Errors
/// `department_reply.*`, 404 outside the caller's scope; the database.
pub async fn enter(cx: Cx, input: DepartmentReplyEnter) -> Result<DepartmentReply> {
    let (said, signed_by) = (input.said.trim().to_owned(), input.signed_by.trim().to_owned());
    let plain = |text: &str| !text.chars().any(|c| c.is_control() && c != '\n');
    if !(2..=3000).contains(&said.chars().count()) || !plain(&said) {
        return Err(REPLY_FORM.refusal().on("said").into());
    }
    if !(2..=100).contains(&signed_by.chars().count()) || !plain(&signed_by) {
        return Err(REPLY_FORM.refusal().on("signed_by").into());
    }
    let tx = cx.begin().await?;
    let row = appraisal::load(&tx, input.evaluation_id).await?;
    cx.caller.must(&tx, CAMPAIGN_START, row.organization_id).await?;
    let fits = row.state == State::Published.as_str() && row.subject_kind == SubjectKind::Department.as_str();
    let out = publication::Entity::find_by_id(row.id).one(&tx).await?.filter(|_| fits);
    let out = out.ok_or_else(|| REPLY_STATE.refusal())?;
    let replied_on = input.replied_on.unwrap_or_else(|| tx.today());
    if replied_on < china_day(out.published_at) || replied_on > tx.today() {
        return Err(REPLY_DAY.refusal().on("replied_on").into());
    }
    if let Some(earlier) = input.replaces {
        let earlier = reply::Entity::find_by_id(earlier).one(&tx).await?;
        earlier.filter(|earlier| earlier.evaluation_id == row.id).ok_or_else(|| REPLY_REPLACED.refusal())?;
    }
    let id = tx.id();
    let new = reply::ActiveModel {
        id: Set(id),
        evaluation_id: Set(row.id),
        said: Set(said),
        signed_by: Set(signed_by),
        replied_on: Set(replied_on),
        replaces: Set(input.replaces),
        entered_by: Set(cx.caller.account_id()),
        entered_on: Set(tx.today()),
    };
    let insert = reply::Entity::insert(new).on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(&tx).await? != 1 {
        return Err(REPLY_REPLACED.refusal().into());
    }
    let event = Event::of("department.replied", "evaluation", row.id).at(row.organization_id);
    tx.record(event.with("reply_id", id).with("department_id", row.subject_id)).await?;
    let made = reply::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
    tx.commit(shaped(made)).await
}

/// The replies to a result: the one that counts, then those that it replaced.
///
/// # Errors
/// The database.
pub async fn replies(conn: &impl ConnectionTrait, evaluation: Id) -> Result<Vec<DepartmentReply>> {
    let rows = reply::Entity::find().filter(reply::Column::EvaluationId.eq(evaluation)).order_by_asc(reply::Column::Id);
    let rows = rows.all(conn).await?;
    // From the one that nothing replaces, along what each replaced: days can be equal, the chain cannot.
    let replaced: Vec<Id> = rows.iter().filter_map(|row| row.replaces).collect();
    let mut next = rows.iter().find(|row| !replaced.contains(&row.id)).map(|row| row.id);
    let mut chain = Vec::with_capacity(rows.len());
    while let Some(row) = next.and_then(|id| rows.iter().find(|row| row.id == id)) {
        next = row.replaces;
        chain.push(shaped(row.clone()));
    }
    Ok(chain)
}

fn shaped(row: reply::Model) -> DepartmentReply {
    DepartmentReply {
        id: row.id,
        said: row.said,
        signed_by: row.signed_by,
        replied_on: row.replied_on,
        entered_on: row.entered_on,
    }
}
