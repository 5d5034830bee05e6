//! What was done about a problem: words, pictures and documents; and that it is said to be done.

use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::file::{self, NewFile};
use kernel::routes::{Done, Download, Upload};
use kernel::{Cx, Error, Id, Result, Tx};
use registry::member::entity as membership;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{self, ItemState};
use super::{
    RECTIFICATION_FILE, RECTIFICATION_FILES, RECTIFICATION_ITEM_STATE, case, evidence_entity as evidence,
    file_entity as files, settle,
};
use crate::appraisal::{self, entity as evaluation};
use crate::duty::{self, DutyKind};

/// What staged files of this slice are for.
const PURPOSE: &str = "rectification";
/// Bytes of a file at the most.
const MAX_BYTES: u64 = 10 << 20;
/// Files of one entry at the most.
const MAX_FILES: usize = 9;

/// A file about to be taken in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RectificationFileInput {
    /// Of which evaluation.
    pub evaluation_id: Uuid,
    /// Name of the file.
    pub name: String,
}

/// A file that can stand as evidence within a day.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RectificationFile {
    /// Which.
    pub file_id: Uuid,
    /// Name of the file.
    pub name: String,
    /// By its content.
    pub content_type: String,
}

/// Takes a picture or a PDF of at most 10 MB.
///
/// # Errors
/// `rectification.none`, `rectification.own`, `rectification.file`; `file.*`; 404 outside the caller's scope.
pub async fn upload(cx: Cx, input: RectificationFileInput, upload: Upload) -> Result<RectificationFile> {
    let case = case::must(cx.read(), input.evaluation_id).await?;
    case::must_work(&cx, cx.read(), case.organization_id).await?;
    let (id, name) = (cx.app.ids.next(), file::clean_name(&input.name));
    let stored = file::receive(&cx.app, id, upload.stream, MAX_BYTES).await?;
    let content_type = match media_type(&cx, id).await {
        Ok(content_type) => content_type.to_owned(),
        Err(fault) => {
            // What is no evidence is not kept; the sweep would find it otherwise.
            file::erase(&cx.app, id).await?;
            return Err(fault);
        }
    };
    let tx = cx.begin().await?;
    file::enter(&tx, NewFile { id, purpose: PURPOSE, name: name.clone(), stored }).await?;
    tx.commit(RectificationFile { file_id: id, name, content_type }).await
}

async fn media_type(cx: &Cx, id: Id) -> Result<&'static str> {
    file::media_type_of(&cx.app, id).await?.ok_or_else(|| RECTIFICATION_FILE.refusal().into())
}

/// What was done.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RectificationEvidence {
    /// Which attempt.
    pub item_id: Uuid,
    /// In words, 2 to 1000 characters; members read it.
    pub text: String,
    /// Files that were taken in before, at most 9.
    #[serde(default)]
    pub file_ids: Vec<Uuid>,
    /// It is done with this.
    #[serde(default)]
    pub claim: bool,
}

/// Enters what was done, and that it is done.
///
/// # Errors
/// `rectification.own`, `rectification.item_state`, `rectification.text`, `rectification.files`, `file.unknown`; 404
/// outside the caller's scope; the database.
pub async fn enter(cx: Cx, input: RectificationEvidence) -> Result<Done> {
    let text = rules::words(&input.text, 1_000, "text")?;
    if input.file_ids.len() > MAX_FILES {
        return Err(RECTIFICATION_FILES.refusal().on("file_ids").into());
    }
    let mut kept = Vec::new();
    for id in &input.file_ids {
        let row = file::find(cx.read(), *id).await?;
        kept.push((row.id, row.name, media_type(&cx, *id).await?));
    }
    let tx = cx.begin().await?;
    let (case, item) = settle::load(&tx, input.item_id).await?;
    case::must_work(&cx, &tx, case.organization_id).await?;
    if item.state != ItemState::Open.as_str() {
        return Err(RECTIFICATION_ITEM_STATE.refusal().into());
    }
    let id = tx.id();
    let insert =
        "INSERT INTO rectification_evidence (id, item_id, text, added_by, added_on) VALUES ($1, $2, $3, $4, $5)";
    let by = tx.caller().account_id();
    tx.execute_sql(insert, [id.into(), item.id.into(), text.into(), by.into(), tx.today().into()]).await?;
    keep(&tx, id, kept).await?;
    let event = Event::of("rectification.evidence_added", "rectification", case.id).at(case.organization_id);
    tx.record(event.with("item_id", item.id).with("files", input.file_ids.len())).await?;
    if input.claim {
        let claim = "UPDATE rectification_item SET state = 'claimed', claimed_on = $2 WHERE id = $1 AND state = 'open'";
        if tx.execute_sql(claim, [item.id.into(), tx.today().into()]).await? != 1 {
            return Err(Error::Contention);
        }
        duty::done(&tx, DutyKind::Item, item.id).await?;
        let event = Event::of("rectification.claimed", "rectification", case.id).at(case.organization_id);
        tx.record(event.with("item_id", item.id)).await?;
        settle::claimed(&tx, &case, &item).await?;
    }
    tx.commit(Done {}).await
}

async fn keep(tx: &Tx, evidence: Id, kept: Vec<(Id, String, &'static str)>) -> Result<()> {
    let mut rows = Vec::new();
    for (id, name, content_type) in kept {
        file::attach(tx, id, PURPOSE, None).await?;
        rows.push(vec![id.into(), evidence.into(), name.into(), content_type.into()]);
    }
    let columns = ["file_id", "evidence_id", "name", "content_type"];
    insert_rows(tx, "rectification_file", &columns, rows, "").await?;
    Ok(())
}

/// Which file.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RectificationFileOf {
    /// Which.
    pub file_id: Uuid,
}

/// Sends a file to those who voted, and to staff.
///
/// # Errors
/// `not_found`; `file.*`; the database.
pub async fn download(cx: Cx, input: RectificationFileOf) -> Result<Download> {
    let row = files::Entity::find_by_id(input.file_id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    let evidence = evidence::Entity::find_by_id(row.evidence_id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    let (case, _) = settle::load(cx.read(), evidence.item_id).await?;
    let evaluation = appraisal::load(cx.read(), case.evaluation_id).await?;
    if !inside(&cx, &evaluation).await? {
        return Err(Error::not_found());
    }
    file::download(&cx.app, row.file_id, row.name, file::known_type(&row.content_type)).await
}

/// Whether the caller voted in an evaluation, is a member of a union whose members did, or is staff over one.
///
/// # Errors
/// The database.
pub(super) async fn inside(cx: &Cx, evaluation: &evaluation::Model) -> Result<bool> {
    if appraisal::read_by_staff(cx, cx.read(), evaluation).await? {
        return Ok(true);
    }
    let Some(person) = cx.caller.person_id() else { return Ok(false) };
    if appraisal::is_elector(cx.read(), evaluation.id, person).await? {
        return Ok(true);
    }
    let unions = appraisal::unions(cx.read(), evaluation.id).await?;
    let member = membership::Entity::find()
        .filter(membership::Column::PersonId.eq(person))
        .filter(membership::Column::State.eq("active"))
        .filter(membership::Column::OrganizationId.is_in(unions));
    Ok(member.count(cx.read()).await? > 0)
}
