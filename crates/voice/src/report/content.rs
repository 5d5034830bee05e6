//! What a submitted report consists of: the text under the hash, and the digests of its files.

use kernel::{Id, Result};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::ReportSection;
use super::{entity, submission_entity as submission};

/// Form of the content, so that a later program can tell.
pub const FORMAT: u32 = 1;

/// A report as it was submitted. Its canonical bytes are its JSON, fields in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// [`FORMAT`].
    pub format: u32,
    /// Of which evaluation.
    pub evaluation_id: Id,
    /// Of which union.
    pub organization_id: Id,
    /// The how-manieth submission it is.
    pub number: i64,
    /// What it says.
    pub sections: Vec<ReportSection>,
    /// In their order.
    pub pictures: Vec<ReportFile>,
    /// The video.
    pub video: Option<ReportFile>,
    /// The captions of the video.
    pub captions: Option<ReportFile>,
}

/// A file of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportFile {
    /// Under which it is fetched.
    pub file_id: Uuid,
    /// Its media type.
    pub content_type: String,
    /// Its size.
    pub bytes: i64,
    /// SM3 of it, hexadecimal.
    pub digest: String,
    /// Pixels from left to right, of a picture.
    pub width: Option<i64>,
    /// Pixels from top to bottom, of a picture.
    pub height: Option<i64>,
    /// What a picture shows, where the chair said so.
    pub caption: String,
}

impl Content {
    /// Reads what was kept.
    ///
    /// # Errors
    /// When the text is no content.
    pub fn read(text: &str) -> Result<Self> {
        Ok(serde_json::from_str(text)?)
    }

    /// Every file of it.
    pub fn files(&self) -> impl Iterator<Item = &ReportFile> {
        self.pictures.iter().chain(&self.video).chain(&self.captions)
    }

    /// Whether it says the same as another one, however often it was submitted.
    #[must_use]
    pub fn says_as(&self, other: &Self) -> bool {
        Self { number: other.number, ..self.clone() } == *other
    }
}

/// The submission of a report that counts.
///
/// # Errors
/// The database.
pub async fn last(conn: &impl ConnectionTrait, report: &entity::Model) -> Result<Option<submission::Model>> {
    Ok(submission::Entity::find_by_id((report.id, report.submitted)).one(conn).await?)
}
