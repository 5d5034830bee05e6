//! The rows of files: staged when the bytes are there, attached by the command that needs them.

use sea_orm::entity::prelude::*;

use super::FILE_UNKNOWN;
use super::write::Stored;
use crate::command::Tx;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::job::{self, New};
use crate::time::Day;

/// Characters a name may have.
const NAME_CHARS: usize = 200;

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it was uploaded or made for.
    pub purpose: String,
    /// As the person named it.
    pub name: String,
    /// Bytes of the content.
    pub bytes: i64,
    /// SM3 of the content.
    pub digest: Vec<u8>,
    /// Whose it is; none for work in the background.
    pub account_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub attached_at: Option<DateTimeUtc>,
    /// The bytes go on this day.
    pub delete_on: Option<Date>,
    pub deleted_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A file whose bytes are stored.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Under which the bytes were stored.
    pub id: Id,
    /// What it is for.
    pub purpose: &'static str,
    /// As the person named it; see [`clean_name`].
    pub name: String,
    /// What was written.
    pub stored: Stored,
}

/// Enters a file of the caller, staged: unless it is attached within a day, it is swept with its bytes.
///
/// # Errors
/// The database.
pub async fn enter(tx: &Tx, new: NewFile) -> Result<()> {
    let insert = "INSERT INTO file (id, purpose, name, bytes, digest, account_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let bytes = i64::try_from(new.stored.bytes).map_err(Error::internal)?;
    let values = [
        new.id.into(),
        new.purpose.into(),
        clean_name(&new.name).into(),
        bytes.into(),
        new.stored.digest.to_vec().into(),
        tx.caller().account_id().into(),
        tx.now().into(),
    ];
    tx.execute_sql(insert, values).await?;
    Ok(())
}

/// Keeps a staged file of the caller, until `delete_on` where that is given.
///
/// # Errors
/// `file.unknown` when it is not there, not the caller's, not for this purpose, or attached already.
pub async fn attach(tx: &Tx, id: Id, purpose: &str, delete_on: Option<Day>) -> Result<()> {
    let update = "UPDATE file SET attached_at = $4, delete_on = $5
        WHERE id = $1 AND purpose = $2 AND account_id IS NOT DISTINCT FROM $3
            AND attached_at IS NULL AND deleted_at IS NULL";
    let account = tx.caller().account_id();
    let values = [id.into(), purpose.into(), account.into(), tx.now().into(), delete_on.into()];
    match tx.execute_sql(update, values).await? {
        1 => Ok(()),
        _ => Err(FILE_UNKNOWN.refusal().into()),
    }
}

/// Ends a file with the command: its bytes are deleted once this is committed, the row stays and says when. One that
/// has ended already stays as it is.
///
/// # Errors
/// The database.
pub async fn drop_file(tx: &Tx, id: Id) -> Result<()> {
    let update = "UPDATE file SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL";
    if tx.execute_sql(update, [id.into(), tx.now().into()]).await? == 1 {
        job::enqueue(tx, New::of(super::ERASE, id)?).await?;
    }
    Ok(())
}

/// The row of a file whose bytes are there.
///
/// # Errors
/// `file.unknown` when there is none, or it has ended.
pub async fn find(conn: &impl ConnectionTrait, id: Id) -> Result<Model> {
    let row = Entity::find_by_id(id).filter(Column::DeletedAt.is_null()).one(conn).await?;
    row.ok_or_else(|| FILE_UNKNOWN.refusal().into())
}

/// A name fit to be stored, shown and downloaded: without folders and control characters, at most 200 characters, its
/// extension kept.
///
/// ```
/// use kernel::file::clean_name;
/// assert_eq!(clean_name("C:\\表格\\花名册.xlsx"), "花名册.xlsx");
/// assert_eq!(clean_name("a\u{202e}b\0/"), "未命名");
/// assert!(clean_name(&format!("{}.csv", "长".repeat(300))).ends_with("长.csv"));
/// ```
#[must_use]
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    let kept = kept.trim();
    if kept.is_empty() {
        return "未命名".to_owned();
    }
    let extension = kept.rsplit_once('.').map(|(_, extension)| format!(".{extension}"));
    match extension {
        _ if kept.chars().count() <= NAME_CHARS => kept.to_owned(),
        Some(extension) if extension.chars().count() <= 10 => {
            let room = NAME_CHARS - extension.chars().count();
            kept.chars().take(room).chain(extension.chars()).collect()
        }
        _ => kept.chars().take(NAME_CHARS).collect(),
    }
}

/// Characters that turn or hide text, with which `fdp.exe` can be made to look like `exe.pdf`.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
