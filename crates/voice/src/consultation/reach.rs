//! Who may read a document, and who answers for a consultation.

use kernel::{Cx, Error, Id, Result};
use sea_orm::ConnectionTrait;

use crate::access::{CAMPAIGN_START, EVALUATION_START};
use crate::appraisal::rules::State;
use crate::appraisal::{self, entity as evaluation};
use crate::instrument::SubjectKind;

/// An evaluation whose document the caller may read: anybody once the result is out, electors while it is open, and
/// staff.
///
/// # Errors
/// `not_found` for everybody else; the database.
pub async fn readable(cx: &Cx, id: Id) -> Result<evaluation::Model> {
    let row = appraisal::load(cx.read(), id).await?;
    let state = State::parse(&row.state)?;
    if matches!(state, State::Published | State::TooFew) {
        return Ok(row);
    }
    let elector = match cx.caller.person_id() {
        Some(person) if state.was_opened() => appraisal::is_elector(cx.read(), row.id, person).await?,
        _ => false,
    };
    if elector || appraisal::read_by_staff(cx, cx.read(), &row).await? { Ok(row) } else { Err(Error::not_found()) }
}

/// A published evaluation.
///
/// # Errors
/// `not_found` for any other; the database.
pub async fn published(conn: &impl ConnectionTrait, id: Id) -> Result<evaluation::Model> {
    let row = appraisal::load(conn, id).await?;
    if row.state == State::Published.as_str() { Ok(row) } else { Err(Error::not_found()) }
}

/// Whether the caller answers for it: whoever may start it, and never somebody who is rated in it.
///
/// # Errors
/// The database.
pub async fn answers_for(cx: &Cx, conn: &impl ConnectionTrait, row: &evaluation::Model) -> Result<bool> {
    let own = [SubjectKind::Chair, SubjectKind::Union].iter().any(|kind| kind.as_str() == row.subject_kind);
    if own {
        return appraisal::stands_above(&cx.caller, conn, CAMPAIGN_START, row.organization_id, cx.today()).await;
    }
    cx.caller.may(conn, EVALUATION_START, row.organization_id).await
}

/// An evaluation for which the caller answers.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn own(cx: &Cx, conn: &impl ConnectionTrait, id: Id) -> Result<evaluation::Model> {
    let row = appraisal::load(conn, id).await?;
    if answers_for(cx, conn, &row).await? { Ok(row) } else { Err(Error::not_found()) }
}
