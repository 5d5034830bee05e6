//! Shows a published result.

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Id, Result, file};
use registry::organization::entity as organization;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity as publication;
use super::tally::Figures;
use super::{RESULT_EARLY, RESULT_TOO_FEW};
use crate::appraisal::entity as evaluation;
use crate::instrument::{Instrument, Question};
use crate::poll;

/// Which evaluation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ResultInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
}

/// A published result.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShownResult {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// As it stands on the page.
    pub title: String,
    /// The year that is spoken of.
    pub year: i32,
    /// Who or what was rated.
    pub subject_name: String,
    /// Whose evaluation it is.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// What was asked.
    pub questions: Vec<Question>,
    /// What came out.
    pub figures: Figures,
    /// So many of every hundred had to take part; below that the result is for information only.
    pub quorum_percent: u32,
    /// Ballots that came, but were left over at the close, one to four: too few to be shuffled in, so they were destroyed
    /// and are in no figure.
    pub destroyed: u64,
    /// How long the published file is.
    pub file_bytes: i64,
    /// SHA-256 of the published file's first line, hexadecimal.
    pub hash: String,
    /// Root over the commitments, hexadecimal.
    pub merkle_root: String,
    /// The platform's public key that signed the file, hexadecimal.
    pub public_key: String,
    /// When.
    pub published_at: DateTime<Utc>,
}

/// Shows a published result to anybody.
///
/// # Errors
/// `result.early` while the vote is on, `result.too_few`, `not_found`; the database.
pub async fn show(cx: Cx, input: ResultInput) -> Result<ShownResult> {
    let conn = cx.read();
    let (row, out) = published(conn, input.evaluation_id).await?;
    let instrument = Instrument::read(row.instrument.as_deref().unwrap_or_default())?;
    let union = organization::Entity::find_by_id(row.organization_id).one(conn).await?;
    Ok(ShownResult {
        evaluation_id: row.id,
        title: instrument.title,
        year: instrument.year,
        subject_name: instrument.subject.name,
        organization_id: row.organization_id,
        organization_name: union.map(|union| union.name).unwrap_or_default(),
        questions: instrument.questions,
        figures: serde_json::from_str(&out.figures)?,
        quorum_percent: instrument.thresholds.quorum_percent,
        destroyed: poll::destroyed(conn, out.poll_id).await?,
        file_bytes: file::find(conn, out.file_id).await?.bytes,
        hash: hex::encode(out.hash),
        merkle_root: hex::encode(out.merkle_root),
        public_key: hex::encode(out.public_key),
        published_at: out.published_at,
    })
}

/// An evaluation and what was published of it. A draft does not exist for the public.
pub(super) async fn published(conn: &impl ConnectionTrait, id: Id) -> Result<(evaluation::Model, publication::Model)> {
    let row = evaluation::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)?;
    match row.state.as_str() {
        "open" | "closing" => return Err(RESULT_EARLY.refusal().into()),
        "too_few" => return Err(RESULT_TOO_FEW.refusal().into()),
        "published" => {}
        _ => return Err(Error::not_found()),
    }
    let out = publication::Entity::find_by_id(id).one(conn).await?;
    Ok((row, out.ok_or_else(|| Error::internal("a published evaluation without its publication"))?))
}
