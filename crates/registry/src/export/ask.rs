//! Asks for an export.

use kernel::event::Event;
use kernel::job::{self, New};
use kernel::{Cx, Error, Id, Result, Tx, parameter};
use rand::RngExt;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{self as export, Asked};
use super::list::ExportRow;
use super::{EXPORT_IMPORT, EXPORT_MANY, EXPORT_STATE, WRITE, list, rules};
use crate::access::MEMBER_EXPORT;
use crate::import::words::SheetFormat;
use crate::organization::as_of::end_of;
use crate::organization::record;
use crate::parameters::EXPORT_PER_DAY;

/// Which members, as which file, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ExportInput {
    /// The union.
    pub organization_id: Uuid,
    /// Also everything below it today.
    pub within: bool,
    /// `active` unless told; `retained`, `transferred`, `left`.
    #[serde(default)]
    pub state: Option<String>,
    /// Entered by this import.
    #[serde(default)]
    pub import_id: Option<Uuid>,
    /// As which file.
    pub format: SheetFormat,
    /// 2 to 200 characters.
    pub reason: String,
}

/// Asks for an export; the file is written in the background.
///
/// # Errors
/// `reason.missing`, `export.*`, `not_found` for a union out of reach; the database.
pub async fn ask(cx: Cx, input: ExportInput) -> Result<ExportRow> {
    let reason = crate::member::rules::reason(&input.reason)?;
    let state = input.state.clone().unwrap_or_else(|| "active".to_owned());
    if !rules::is_state(&state) {
        return Err(EXPORT_STATE.refusal().on("state").into());
    }
    let account = cx.caller.account()?;
    let tx = cx.begin().await?;
    let union = record::load(&tx, input.organization_id).await?;
    cx.caller.must(&tx, MEMBER_EXPORT, union.id).await?;
    if let Some(import) = input.import_id {
        check_import(&tx, import).await?;
    }
    check_day(&tx, account, &union.division_code).await?;
    let asked = Asked { within: input.within, state: state.clone(), import_id: input.import_id };
    let row = insert(&tx, account, &input, &asked, reason).await?;
    let event = Event::of("export.requested", "export", row.id).at(union.id).with("mark", &row.mark);
    let event = event.with("format", input.format).with("within", input.within).with("state", state);
    tx.record(event.with("import_id", input.import_id)).await?;
    job::enqueue(&tx, New::of(WRITE, row.id)?.once(format!("{WRITE}:{}", row.id))).await?;
    let answer = list::shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}

/// An import that the caller may see.
async fn check_import(tx: &Tx, import: Id) -> Result<()> {
    let row = crate::import::entity::Entity::find_by_id(import).one(tx).await?;
    let node = row.map(|row| row.organization_id).ok_or_else(|| EXPORT_IMPORT.refusal().on("import_id"))?;
    let seen = tx.caller().may(tx, crate::access::MEMBER_READ, node).await?;
    if seen { Ok(()) } else { Err(EXPORT_IMPORT.refusal().on("import_id").into()) }
}

/// Refuses when the account has had its exports of the day.
async fn check_day(tx: &Tx, account: Id, division_code: &str) -> Result<()> {
    let most = parameter::get_i64(tx, EXPORT_PER_DAY, division_code, tx.today()).await?;
    let yesterday = tx.today().pred_opt().ok_or_else(|| Error::internal("no such day"))?;
    let asked = export::Entity::find()
        .filter(export::Column::AccountId.eq(account))
        .filter(export::Column::CreatedAt.gte(end_of(yesterday)))
        .count(tx)
        .await?;
    if i64::try_from(asked).unwrap_or(i64::MAX) < most { Ok(()) } else { Err(EXPORT_MANY.refusal().into()) }
}

async fn insert(tx: &Tx, account: Id, input: &ExportInput, asked: &Asked, reason: String) -> Result<export::Model> {
    let row = export::Model {
        id: tx.id(),
        mark: rules::mark(tx.today(), chance()),
        kind: "members".to_owned(),
        account_id: account,
        organization_id: input.organization_id,
        filter: serde_json::to_string(asked)?,
        format: kernel::sheet::Format::from(input.format).extension().to_owned(),
        reason: Some(reason),
        state: "waiting".to_owned(),
        rows: 0,
        file_id: None,
        trouble: None,
        created_at: tx.now(),
        finished_at: None,
        expires_at: None,
    };
    let kept = export::ActiveModel {
        id: Set(row.id),
        mark: Set(row.mark.clone()),
        kind: Set(row.kind.clone()),
        account_id: Set(row.account_id),
        organization_id: Set(row.organization_id),
        filter: Set(row.filter.clone()),
        format: Set(row.format.clone()),
        reason: Set(row.reason.clone()),
        state: Set(row.state.clone()),
        rows: Set(0),
        file_id: Set(None),
        trouble: Set(None),
        created_at: Set(row.created_at),
        finished_at: Set(None),
        expires_at: Set(None),
    };
    let insert = export::Entity::insert(kept).on_conflict(OnConflict::new().do_nothing().to_owned());
    // Another export has this number by chance: the command is tried again with another one.
    if insert.exec_without_returning(tx).await? == 1 { Ok(row) } else { Err(Error::Contention) }
}

fn chance() -> [usize; rules::RANDOM] {
    let mut random = rand::rng();
    std::array::from_fn(|_| random.random_range(0..31))
}
