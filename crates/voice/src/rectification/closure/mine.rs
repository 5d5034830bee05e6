//! The rounds in which somebody may answer now.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Cx, Id, Result};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity as round;
use crate::appraisal::elector_entity as elector;
use crate::appraisal::rules::last_day;
use crate::instrument::Instrument;
use crate::poll::draw_entity as draw;
use crate::poll::entity as poll;

/// A round of asking again that is open for the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenClosure {
    /// Of which evaluation.
    pub evaluation_id: Uuid,
    /// As it stands on the page.
    pub title: String,
    /// Which round, from 1.
    pub round: i64,
    /// So many items are asked about.
    pub items: usize,
    /// Last day.
    pub closes_on: NaiveDate,
    /// The moment after which no ballot is taken.
    pub closes_at: DateTime<Utc>,
    /// The box.
    pub poll_id: Uuid,
    /// `blind_rsa`, `separated`.
    pub issuer: String,
    /// The key that signs tokens, hexadecimal.
    pub public_key: String,
    /// What is asked: the canonical bytes of its instrument, as they were hashed.
    pub form_text: String,
    /// SHA-256 of them, hexadecimal.
    pub form_hash: String,
    /// He has drawn his ballot; whether he cast it, nobody knows.
    pub drawn: bool,
}

/// Rounds that are open for somebody: of one evaluation, or all.
///
/// # Errors
/// The database.
pub async fn open_for(cx: &Cx, person: Id, evaluation: Option<Id>) -> Result<Vec<OpenClosure>> {
    let his = Query::select()
        .column(elector::Column::EvaluationId)
        .from(elector::Entity)
        .and_where(elector::Column::PersonId.eq(person))
        .to_owned();
    let of = evaluation.map(|id| poll::Column::EvaluationId.eq(id));
    let boxes = poll::Entity::find()
        .filter(poll::Column::Purpose.eq("closure"))
        .filter(poll::Column::State.eq("open"))
        .filter(poll::Column::ClosesAt.gt(cx.now()))
        .filter(poll::Column::EvaluationId.in_subquery(his))
        .filter(Condition::all().add_option(of))
        .order_by_asc(poll::Column::ClosesAt)
        .order_by_asc(poll::Column::Id)
        .all(cx.read())
        .await?;
    let mut open = Vec::new();
    for one in boxes {
        let Some(row) = round::Entity::find_by_id(one.id).one(cx.read()).await? else { continue };
        let form = Instrument::read(&row.form)?;
        open.push(OpenClosure {
            evaluation_id: one.evaluation_id,
            title: form.title,
            round: row.round,
            items: form.questions.len(),
            closes_on: last_day(one.closes_at),
            closes_at: one.closes_at,
            poll_id: one.id,
            issuer: one.issuer,
            public_key: hex::encode(one.public_key),
            form_hash: hex::encode(&row.form_hash),
            form_text: row.form,
            drawn: draw::Entity::find_by_id((one.id, person)).one(cx.read()).await?.is_some(),
        });
    }
    Ok(open)
}
