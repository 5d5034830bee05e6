//! The files of a draft.

use kernel::{Cx, Error, Id, Result, Tx, file};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult, Statement};

use super::content::{Content, ReportFile};
use super::{entity, submission_entity as submission};

/// What stored files of reports are for.
pub const PURPOSE: &str = "report";

/// What a file is to a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of the pictures.
    Picture,
    /// The video.
    Video,
    /// Its captions.
    Captions,
}

impl Kind {
    /// The stable English name, as in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Video => "video",
            Self::Captions => "captions",
        }
    }
}

/// Media types in which files of reports are sent.
const MEDIA: [&str; 6] =
    ["image/jpeg", "image/png", "image/webp", "video/mp4", "video/webm", "text/vtt; charset=utf-8"];
/// The media type of captions.
pub const CAPTIONS: &str = "text/vtt; charset=utf-8";

/// The media type of a name in the database.
pub fn media(name: &str) -> Result<&'static str> {
    let known = MEDIA.into_iter().find(|known| *known == name);
    known.ok_or_else(|| Error::internal(format!("no media type of a report: {name}")))
}

/// The files of a draft, by what they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    pub pictures: Vec<ReportFile>,
    pub video: Option<ReportFile>,
    pub captions: Option<ReportFile>,
}

impl Files {
    pub async fn of(conn: &impl ConnectionTrait, report: Id) -> Result<Self> {
        let sql = "SELECT r.file_id, r.kind, r.content_type, r.width, r.height, r.caption, f.bytes, f.digest
            FROM report_file r JOIN file f ON f.id = r.file_id WHERE r.report_id = $1 ORDER BY r.place, r.file_id";
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [report.into()]);
        let mut files = Self::default();
        for row in conn.query_all_raw(statement).await? {
            let (kind, file) = (row.try_get::<String>("", "kind")?, read(&row)?);
            match kind.as_str() {
                "picture" => files.pictures.push(file),
                "video" => files.video = Some(file),
                _ => files.captions = Some(file),
            }
        }
        Ok(files)
    }

    pub fn find(&self, id: Id) -> Option<&ReportFile> {
        self.pictures.iter().chain(&self.video).chain(&self.captions).find(|file| file.file_id == id)
    }
}

fn read(row: &QueryResult) -> Result<ReportFile> {
    Ok(ReportFile {
        file_id: row.try_get("", "file_id")?,
        content_type: row.try_get("", "content_type")?,
        bytes: row.try_get("", "bytes")?,
        digest: hex::encode(row.try_get::<Vec<u8>>("", "digest")?),
        width: row.try_get("", "width")?,
        height: row.try_get("", "height")?,
        caption: row.try_get("", "caption")?,
    })
}

/// A file about to belong to a draft; its bytes are stored.
#[derive(Debug, Clone, Copy)]
pub struct NewFile {
    pub id: Id,
    pub kind: Kind,
    pub place: i64,
    pub content_type: &'static str,
    pub size: Option<(u32, u32)>,
    pub stored: file::Stored,
}

/// Enters a file with its name; the place must be free.
pub async fn put(tx: &Tx, report: Id, new: NewFile, name: &str) -> Result<()> {
    file::enter(tx, file::NewFile { id: new.id, purpose: PURPOSE, name: name.to_owned(), stored: new.stored }).await?;
    file::attach(tx, new.id, PURPOSE, None).await?;
    let insert = "INSERT INTO report_file (file_id, report_id, kind, place, content_type, width, height, caption)
        VALUES ($1, $2, $3, $4, $5, $6, $7, '') ON CONFLICT DO NOTHING";
    let values = [
        new.id.into(),
        report.into(),
        new.kind.as_str().into(),
        new.place.into(),
        new.content_type.into(),
        new.size.map(|(width, _)| i64::from(width)).into(),
        new.size.map(|(_, height)| i64::from(height)).into(),
    ];
    // Somebody was faster: tried again, it finds another place.
    if tx.execute_sql(insert, values).await? == 1 { Ok(()) } else { Err(Error::Contention) }
}

/// Takes a file out of a draft. Its bytes go with it, unless a submission holds them.
pub async fn take_out(tx: &Tx, report: &entity::Model, id: Id) -> Result<()> {
    tx.execute_sql("DELETE FROM report_file WHERE report_id = $1 AND file_id = $2", [report.id.into(), id.into()])
        .await?;
    let submissions = submission::Entity::find().filter(submission::Column::ReportId.eq(report.id)).all(tx).await?;
    for submission in submissions {
        if Content::read(&submission.content)?.files().any(|file| file.file_id == id) {
            return Ok(());
        }
    }
    file::drop_file(tx, id).await
}

/// What was stored for a command that then failed: it is removed, and the failure handed on.
pub async fn or_erased<T>(cx: &Cx, id: Id, outcome: Result<T>) -> Result<T> {
    // Where the database is away nobody knows whether the commit happened; what it left is swept.
    if outcome.as_ref().is_err_and(|error| error.refusal().is_some() || matches!(error, Error::Contention)) {
        file::erase(&cx.app, id).await?;
    }
    outcome
}
