//! One evaluation, for an elector or for staff.

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{EvaluationRow, shaped};
use super::plan::Plan;
use super::rules::State;
use super::withdraw::EvaluationInput;
use super::{entity, find, is_elector, level, load};
use crate::access::{EVALUATION_READ, EVALUATION_START};
use crate::instrument::{Instrument, Question, SubjectKind, Thresholds};
use crate::poll::{Purpose, counts, draw_entity as draw, entity as poll};
use crate::scheme::{DaysOpen, find as schemes};

/// An evaluation with everything that the caller may know of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EvaluationPage {
    /// As in the list.
    pub evaluation: EvaluationRow,
    /// One sentence for members.
    pub about: String,
    /// What it rests on.
    pub basis: String,
    /// What is asked.
    pub questions: Vec<Question>,
    /// When a result says something.
    pub thresholds: Thresholds,
    /// Who may answer, in CEL.
    pub rule: String,
    /// The rated unions' chairs and vice chairs may not.
    pub without_rated: bool,
    /// Members may leave opinions.
    pub opinions: bool,
    /// A report must be there before it is opened.
    pub report_required: bool,
    /// How many days it may be open.
    pub days_open: DaysOpen,
    /// What was frozen at the opening.
    pub instrument: Option<Instrument>,
    /// Its canonical bytes, as they were hashed.
    pub instrument_text: Option<String>,
    /// SHA-256 of them, hexadecimal.
    pub instrument_hash: Option<String>,
    /// Its boxes with their keys.
    pub polls: Vec<PollRow>,
    /// What it is to the caller as an elector; absent when he is none.
    pub mine: Option<MyPart>,
    /// How many have drawn a ballot: to those above only.
    pub drawn: Option<i64>,
    /// What the caller may do.
    pub may: EvaluationMay,
}

/// A box of an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PollRow {
    /// Which.
    pub id: Uuid,
    /// `rating`, `opinion`, `closure`.
    pub purpose: String,
    /// 0, or the round of asking again.
    pub round: i64,
    /// `blind_rsa`, `separated`.
    pub issuer: String,
    /// The key that signs tokens, hexadecimal (SPKI in DER for `blind_rsa`).
    pub public_key: String,
    /// SHA-256 of it, hexadecimal.
    pub key_hash: String,
    /// `open`, `closed`.
    pub state: String,
    /// The moment after which nothing is taken.
    pub closes_at: DateTime<Utc>,
}

/// An evaluation as an elector has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct MyPart {
    /// He has drawn his ballot; whether he cast it, nobody knows.
    pub drawn: bool,
    /// He has drawn his sheet for opinions.
    pub opinion_drawn: bool,
}

/// What the caller may do with it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct EvaluationMay {
    /// Change, open or withdraw the draft.
    pub work: bool,
    /// Say who may vote.
    pub rule: bool,
}

/// Shows an evaluation.
///
/// # Errors
/// 404 for everybody who neither votes in it nor runs it; the database.
pub async fn one(cx: Cx, input: EvaluationInput) -> Result<EvaluationPage> {
    let row = load(cx.read(), input.evaluation_id).await?;
    let mine = match cx.caller.person_id() {
        Some(person) if is_elector(cx.read(), row.id, person).await? => Some(part(&cx, row.id, person).await?),
        _ => None,
    };
    let state = State::parse(&row.state)?;
    let staff = find::read_by_staff(&cx, cx.read(), &row).await?;
    // While it is being frozen it is not there for electors yet.
    if !(staff || (mine.is_some() && state.was_opened())) {
        return Err(Error::not_found());
    }
    let scheme = schemes::version(cx.read(), &row.scheme_code, row.scheme_version).await?.document;
    let plan = Plan::read(&row.plan)?;
    let drawn = if staff && state.was_opened() { drawn_for(&cx, &row, &plan, scheme.subject).await? } else { None };
    let may = may(&cx, &row, state, plan.joint, scheme.subject).await?;
    Ok(EvaluationPage {
        about: scheme.about,
        basis: scheme.basis,
        questions: scheme.questions,
        thresholds: scheme.thresholds,
        rule: plan.rule,
        without_rated: scheme.without_rated,
        opinions: scheme.opinions,
        report_required: scheme.report_required,
        days_open: scheme.days_open,
        instrument: row.instrument.as_deref().map(Instrument::read).transpose()?,
        instrument_text: row.instrument.clone(),
        instrument_hash: row.instrument_hash.as_deref().map(hex::encode),
        polls: if state.was_opened() { polls(cx.read(), row.id).await? } else { Vec::new() },
        mine,
        drawn,
        may,
        evaluation: shaped(cx.read(), vec![row]).await?.pop().ok_or_else(Error::not_found)?,
    })
}

/// The boxes of an evaluation, in order of their opening.
///
/// # Errors
/// The database.
pub(super) async fn polls(conn: &impl ConnectionTrait, evaluation: Id) -> Result<Vec<PollRow>> {
    let rows = poll::Entity::find().filter(poll::Column::EvaluationId.eq(evaluation)).order_by_asc(poll::Column::Id);
    let shape = |row: poll::Model| PollRow {
        id: row.id,
        purpose: row.purpose,
        round: row.round,
        issuer: row.issuer,
        public_key: hex::encode(row.public_key),
        key_hash: hex::encode(row.key_hash),
        state: row.state,
        closes_at: row.closes_at,
    };
    Ok(rows.all(conn).await?.into_iter().map(shape).collect())
}

/// What somebody has drawn in an evaluation.
async fn part(cx: &Cx, evaluation: Id, person: Id) -> Result<MyPart> {
    let rows =
        poll::Entity::find().filter(poll::Column::EvaluationId.eq(evaluation)).filter(poll::Column::Round.eq(0_i64));
    let mut part = MyPart { drawn: false, opinion_drawn: false };
    for row in rows.all(cx.read()).await? {
        let drawn = draw::Entity::find_by_id((row.id, person)).one(cx.read()).await?.is_some();
        part.drawn |= drawn && row.purpose == Purpose::Rating.as_str();
        part.opinion_drawn |= drawn && row.purpose == Purpose::Opinion.as_str();
    }
    Ok(part)
}

/// Whether whoever runs it from this union is himself rated in it.
fn rates_itself(subject: SubjectKind, joint: bool) -> bool {
    !joint && matches!(subject, SubjectKind::Chair | SubjectKind::Union)
}

/// How many have drawn a ballot, for a caller who is not rated himself.
async fn drawn_for(cx: &Cx, row: &entity::Model, plan: &Plan, subject: SubjectKind) -> Result<Option<i64>> {
    let sees = if rates_itself(subject, plan.joint) {
        level::stands_above(&cx.caller, cx.read(), EVALUATION_READ, row.organization_id, cx.today()).await?
    } else {
        cx.caller.may(cx.read(), EVALUATION_READ, row.organization_id).await?
    };
    if !sees {
        return Ok(None);
    }
    let rating = poll::Entity::find()
        .filter(poll::Column::EvaluationId.eq(row.id))
        .filter(poll::Column::Purpose.eq(Purpose::Rating.as_str()))
        .one(cx.read())
        .await?;
    let Some(rating) = rating else { return Ok(None) };
    let drawn = counts(cx.read(), rating.id).await?.drawn;
    Ok(Some(i64::try_from(drawn).unwrap_or(i64::MAX)))
}

async fn may(cx: &Cx, row: &entity::Model, state: State, joint: bool, subject: SubjectKind) -> Result<EvaluationMay> {
    let draft = state == State::Draft;
    let work = draft && cx.caller.may(cx.read(), EVALUATION_START, row.organization_id).await?;
    let rule = work && super::adjust::may_rule(cx, cx.read(), row, subject, joint).await?;
    Ok(EvaluationMay { work, rule })
}
