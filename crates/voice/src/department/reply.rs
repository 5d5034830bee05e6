//! Enters what a department says to its published result.

use chrono::NaiveDate;
use kernel::calendar::china_day;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{REPLY_DAY, REPLY_FORM, REPLY_REPLACED, REPLY_STATE, link_entity as link, reply_entity as reply};
use crate::access::CAMPAIGN_START;
use crate::appraisal::rules::State;
use crate::appraisal::{self, entity as evaluation};
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// The department filed it itself, through its link.
    pub through_link: bool,
}

/// A reply about to be written.
#[derive(Debug, Clone)]
pub(super) struct NewReply {
    pub said: String,
    pub signed_by: String,
    pub replaces: Option<Id>,
    /// Through which link it came.
    pub link_id: Option<Id>,
}

impl NewReply {
    /// What was typed, clean; a first reply, entered by hand.
    ///
    /// # Errors
    /// `department_reply.form`.
    pub(super) fn checked(said: &str, signed_by: &str) -> Result<Self> {
        let (said, signed_by) = (said.trim().to_owned(), signed_by.trim().to_owned());
        let plain = |text: &str| !text.chars().any(|c| c.is_control() && c != '\n');
        if !(2..=3000).contains(&said.chars().count()) || !plain(&said) {
            return Err(REPLY_FORM.refusal().on("said").into());
        }
        if !(2..=100).contains(&signed_by.chars().count()) || !plain(&signed_by) {
            return Err(REPLY_FORM.refusal().on("signed_by").into());
        }
        Ok(Self { said, signed_by, replaces: None, link_id: None })
    }
}

/// Enters a reply; everybody can read it at once.
///
/// # Errors
/// `department_reply.*`, 404 outside the caller's scope; the database.
pub async fn enter(cx: Cx, input: DepartmentReplyEnter) -> Result<DepartmentReply> {
    let new = NewReply { replaces: input.replaces, ..NewReply::checked(&input.said, &input.signed_by)? };
    let tx = cx.begin().await?;
    let row = appraisal::load(&tx, input.evaluation_id).await?;
    cx.caller.must(&tx, CAMPAIGN_START, row.organization_id).await?;
    let (row, out) = answerable(&tx, row.id).await?;
    let replied_on = input.replied_on.unwrap_or_else(|| tx.today());
    if replied_on < china_day(out.published_at) || replied_on > tx.today() {
        return Err(REPLY_DAY.refusal().on("replied_on").into());
    }
    if let Some(earlier) = input.replaces {
        let earlier = reply::Entity::find_by_id(earlier).one(&tx).await?;
        earlier.filter(|earlier| earlier.evaluation_id == row.id).ok_or_else(|| REPLY_REPLACED.refusal())?;
    }
    let made = put(&tx, &row, new, replied_on).await?;
    tx.commit(made).await
}

/// An evaluation of a department whose result is out.
///
/// # Errors
/// `department_reply.state`, `not_found`; the database.
pub(super) async fn answerable(conn: &impl ConnectionTrait, id: Id) -> Result<(evaluation::Model, publication::Model)> {
    let row = appraisal::load(conn, id).await?;
    let fits = row.state == State::Published.as_str() && row.subject_kind == SubjectKind::Department.as_str();
    let out = publication::Entity::find_by_id(row.id).one(conn).await?.filter(|_| fits);
    let out = out.ok_or_else(|| REPLY_STATE.refusal())?;
    Ok((row, out))
}

/// Writes a reply, in the caller's transaction.
///
/// # Errors
/// `department_reply.replaced`; the database.
pub(super) async fn put(tx: &Tx, row: &evaluation::Model, new: NewReply, replied_on: Day) -> Result<DepartmentReply> {
    let id = tx.id();
    let written = reply::ActiveModel {
        id: Set(id),
        evaluation_id: Set(row.id),
        said: Set(new.said),
        signed_by: Set(new.signed_by),
        replied_on: Set(replied_on),
        replaces: Set(new.replaces),
        entered_by: Set(tx.caller().account_id()),
        entered_on: Set(tx.today()),
    };
    let insert = reply::Entity::insert(written).on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(tx).await? != 1 {
        return Err(REPLY_REPLACED.refusal().into());
    }
    let event = Event::of("department.replied", "evaluation", row.id).at(row.organization_id);
    let event = event.with("reply_id", id).with("department_id", row.subject_id);
    tx.record(event.with("link_id", new.link_id)).await?;
    let made = reply::Entity::find_by_id(id).one(tx).await?.ok_or_else(Error::not_found)?;
    Ok(shaped(made, false))
}

/// The reply that counts, if there is one.
///
/// # Errors
/// The database.
pub(super) async fn latest(conn: &impl ConnectionTrait, evaluation: Id) -> Result<Option<Id>> {
    Ok(replies(conn, evaluation).await?.first().map(|reply| reply.id))
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
    let through = link::Column::ReplyId.is_in(rows.iter().map(|row| row.id));
    let through: Vec<Option<Id>> =
        link::Entity::find().filter(through).all(conn).await?.into_iter().map(|link| link.reply_id).collect();
    let mut chain = Vec::with_capacity(rows.len());
    while let Some(row) = next.and_then(|id| rows.iter().find(|row| row.id == id)) {
        next = row.replaces;
        chain.push(shaped(row.clone(), through.contains(&Some(row.id))));
    }
    Ok(chain)
}

fn shaped(row: reply::Model, through_link: bool) -> DepartmentReply {
    DepartmentReply {
        through_link,
        id: row.id,
        said: row.said,
        signed_by: row.signed_by,
        replied_on: row.replied_on,
        entered_on: row.entered_on,
    }
}
