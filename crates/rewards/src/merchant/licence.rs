//! The business licence (营业执照) of a firm that applies: pictures or a PDF, which those see who decide about merchants,
//! and nobody else.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::file::{self, NewFile};
use kernel::routes::{Download, Upload};
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::MERCHANT_APPROVE;
use super::{MERCHANT_LICENCE, MERCHANT_LICENCES, entity, find, licence_entity as licence};

/// What staged files of this slice are for.
const PURPOSE: &str = "merchant_licence";
/// Bytes of a file at the most.
const MAX_BYTES: u64 = 10 << 20;
/// Files of one application at the most.
const MAX_FILES: usize = 3;
/// Files of an account that no application has taken up yet: anybody who is signed in may apply.
const MAX_STAGED: u64 = 9;

/// A file about to be taken in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct LicenceFileInput {
    /// Name of the file.
    pub name: String,
}

/// A file that an application can name within a day.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LicenceFile {
    /// Which.
    pub file_id: Uuid,
    /// Name of the file.
    pub name: String,
    /// By its content.
    pub content_type: String,
}

/// A business licence, to those who decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MerchantLicence {
    /// Which file.
    pub file_id: Uuid,
    /// Its name.
    pub name: String,
    /// By its content.
    pub content_type: String,
    /// When it was attached.
    pub added_at: DateTime<Utc>,
}

/// Takes a picture or a PDF of at most 10 MB.
///
/// # Errors
/// `merchant.licence`, `merchant.licence_many`, `file.*`; the database.
pub async fn upload(cx: Cx, input: LicenceFileInput, upload: Upload) -> Result<LicenceFile> {
    let account = cx.caller.account()?;
    let staged = file::Entity::find()
        .filter(file::Column::Purpose.eq(PURPOSE))
        .filter(file::Column::AccountId.eq(account))
        .filter(file::Column::AttachedAt.is_null())
        .filter(file::Column::DeletedAt.is_null());
    if staged.count(cx.read()).await? >= MAX_STAGED {
        return Err(MERCHANT_LICENCES.refusal().into());
    }
    let (id, name) = (cx.app.ids.next(), file::clean_name(&input.name));
    let stored = file::receive(&cx.app, id, upload.stream, MAX_BYTES).await?;
    let Some(content_type) = file::media_type_of(&cx.app, id).await? else {
        // What is no licence is not kept; the sweep would find it otherwise.
        file::erase(&cx.app, id).await?;
        return Err(MERCHANT_LICENCE.refusal().into());
    };
    let tx = cx.begin().await?;
    file::enter(&tx, NewFile { id, purpose: PURPOSE, name: name.clone(), stored }).await?;
    tx.commit(LicenceFile { file_id: id, name, content_type: content_type.to_owned() }).await
}

/// A file that was looked at: its name, and what it is.
pub(super) type Looked = (Id, String, &'static str);

/// Looks at the files that an application names, outside its transaction.
///
/// # Errors
/// `merchant.licence`, `file.*`; the database.
pub(super) async fn looked(cx: &Cx, files: &[Id]) -> Result<Vec<Looked>> {
    let wanted = || MERCHANT_LICENCE.refusal().on("licence_file_ids");
    let files: BTreeSet<Id> = files.iter().copied().collect();
    if files.len() > MAX_FILES {
        return Err(wanted().into());
    }
    let mut looked = Vec::with_capacity(files.len());
    for id in files {
        let row = file::find(cx.read(), id).await?;
        let content_type = file::media_type_of(&cx.app, id).await?.ok_or_else(wanted)?;
        looked.push((id, row.name, content_type));
    }
    Ok(looked)
}

/// Keeps them with the merchant.
///
/// # Errors
/// `file.unknown` for a file that the caller did not take in for this; the database.
pub(super) async fn keep(tx: &Tx, merchant: &entity::Model, files: Vec<Looked>) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let (count, by) = (files.len(), tx.caller().account()?);
    let mut rows = Vec::with_capacity(count);
    for (id, name, content_type) in files {
        file::attach(tx, id, PURPOSE, None).await?;
        rows.push(vec![id.into(), merchant.id.into(), name.into(), content_type.into(), by.into(), tx.now().into()]);
    }
    let columns = ["file_id", "merchant_id", "name", "content_type", "added_by", "added_at"];
    insert_rows(tx, "merchant_licence", &columns, rows, "").await?;
    let event = Event::of("merchant.licence_added", "merchant", merchant.id).at(merchant.organization_id);
    tx.record(event.with("files", count)).await?;
    Ok(())
}

/// Licences of a merchant, the newest first.
///
/// # Errors
/// The database.
pub(super) async fn of(conn: &impl ConnectionTrait, merchant: Id) -> Result<Vec<MerchantLicence>> {
    let rows = licence::Entity::find()
        .filter(licence::Column::MerchantId.eq(merchant))
        .order_by_desc(licence::Column::AddedAt)
        .order_by_asc(licence::Column::FileId);
    let shape = |row: licence::Model| MerchantLicence {
        file_id: row.file_id,
        name: row.name,
        content_type: row.content_type,
        added_at: row.added_at,
    };
    Ok(rows.all(conn).await?.into_iter().map(shape).collect())
}

/// Which file.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantLicenceOf {
    /// Which.
    pub file_id: Uuid,
}

/// Sends a licence to those who decide about the merchant.
///
/// # Errors
/// 404 outside the caller's scope; `file.*`; the database.
pub async fn download(cx: Cx, input: MerchantLicenceOf) -> Result<Download> {
    let row = licence::Entity::find_by_id(input.file_id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    find::kept(&cx, cx.read(), MERCHANT_APPROVE, row.merchant_id).await?;
    file::download(&cx.app, row.file_id, row.name, file::known_type(&row.content_type)).await
}
