//! An import as lists and its page show it.

use std::collections::BTreeSet;

use kernel::time::Time;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::columns::Columns;
use super::fields::fields;
use super::preview;
use super::sequence::{ImportPhones, Summary};
use super::words::{ImportKind, ImportState, Part, Phase};
use super::{entity as import, file_entity, find};
use crate::organization::entity as organization;
use crate::organization::rules::OrganizationKind;
use crate::staff::{accounts_named, organizations_named};

/// An import in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportRow {
    /// Which.
    pub id: Uuid,
    /// What is imported.
    pub kind: ImportKind,
    /// The union at and below which the rows belong.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// How far it is.
    pub state: ImportState,
    /// Names of the files.
    pub file_names: Vec<String>,
    /// Rows of all files, once they were counted.
    pub rows_total: Option<i64>,
    /// Rows judged in the present phase.
    pub position: i64,
    /// Of these: written, or to be written.
    pub added: i64,
    /// Of these: there already.
    pub unchanged: i64,
    /// Of these: not taken.
    pub rejected: i64,
    /// When it was made.
    pub created_at: Time,
    /// When the last row was written, or it was stopped.
    pub finished_at: Option<Time>,
    /// Who made it.
    pub account_name: Option<String>,
}

/// What can be done with an import now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportMay {
    /// Check it.
    pub check: bool,
    /// Run it.
    pub run: bool,
    /// Stop it.
    pub cancel: bool,
    /// Go on.
    pub resume: bool,
    /// Adjust its columns.
    pub adjust: bool,
}

/// How many rows were rejected first for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CodeCount {
    /// Stable code.
    pub code: String,
    /// Chinese sentence.
    pub message: String,
    /// Rows whose first fault it is.
    pub rows: i64,
}

/// How many rows of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartCount {
    /// Which part.
    pub part: Part,
    /// Written, or to be written.
    pub added: i64,
    /// There already.
    pub unchanged: i64,
    /// Not taken.
    pub rejected: i64,
    /// Phones of people who are known: entered, or not taken.
    pub phones: ImportPhones,
}

/// A field and its column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldColumn {
    /// Stable name.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// A row without it is rejected.
    pub required: bool,
    /// Its column, from 0.
    pub column: Option<usize>,
}

/// A file of an import.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportFile {
    /// Number, from 1.
    pub number: i64,
    /// What its rows are.
    pub part: Part,
    /// Name of the file.
    pub name: String,
    /// Its size.
    pub bytes: i64,
    /// Names of its sheets; none once the file was deleted.
    pub sheets: Vec<String>,
    /// Which sheet, from 0.
    pub sheet: i64,
    /// Row of the header.
    pub header_row: i64,
    /// Headings.
    pub header: Vec<String>,
    /// The fields of the part.
    pub fields: Vec<FieldColumn>,
    /// First rows of data, numbers masked.
    pub sample: Vec<Vec<String>>,
    /// Labels of required fields without a column.
    pub missing: Vec<String>,
}

/// An import with everything its page shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportPage {
    /// As in the list.
    #[serde(flatten)]
    pub row: ImportRow,
    /// When the check ended.
    pub checked_at: Option<Time>,
    /// When the run was started.
    pub started_at: Option<Time>,
    /// What stopped it, or holds it up, with the next step.
    pub trouble: Option<String>,
    /// What can be done now.
    pub may: ImportMay,
    /// Its files.
    pub files: Vec<ImportFile>,
    /// Rejected rows of the phase by their first fault, most first.
    pub by_code: Vec<CodeCount>,
    /// Which phase the counts are of.
    pub phase: Phase,
    /// Counts by part.
    pub parts: Vec<PartCount>,
}

/// The phase whose counts an import shows.
#[must_use]
pub fn phase(row: &import::Model) -> Phase {
    if row.started_at.is_some() { Phase::Run } else { Phase::Check }
}

/// What can be done in a state, by whoever may do anything with it.
#[must_use]
pub fn may(state: ImportState, begun: bool, complete: bool) -> ImportMay {
    use ImportState::{Cancelled, Checked, Checking, Draft, Failed, Running};
    ImportMay {
        check: complete && matches!(state, Draft | Checked),
        run: state == Checked,
        cancel: matches!(state, Draft | Checking | Checked | Running),
        resume: state == Failed || (state == Cancelled && begun),
        adjust: matches!(state, Draft | Checked),
    }
}

/// Imports as rows of a list.
///
/// # Errors
/// The database.
pub async fn rows(conn: &impl ConnectionTrait, imports: Vec<import::Model>) -> Result<Vec<ImportRow>> {
    let unions = organizations_named(conn, imports.iter().map(|row| row.organization_id).collect()).await?;
    let accounts: BTreeSet<Id> = imports.iter().filter_map(|row| row.account_id).collect();
    let accounts = accounts_named(conn, accounts).await?;
    let mut rows = Vec::with_capacity(imports.len());
    for row in imports {
        let files = find::files(conn, row.id).await?;
        rows.push(ImportRow {
            kind: row.kind()?,
            state: row.state()?,
            id: row.id,
            organization_name: unions.get(&row.organization_id).cloned().unwrap_or_default(),
            organization_id: row.organization_id,
            file_names: files.into_iter().map(|file| file.name).collect(),
            rows_total: row.rows_total,
            position: row.position,
            added: row.added,
            unchanged: row.unchanged,
            rejected: row.rejected,
            created_at: row.created_at,
            finished_at: row.finished_at,
            account_name: row.account_id.and_then(|id| accounts.get(&id)?.shown()),
        });
    }
    Ok(rows)
}

/// An import with everything its page shows.
///
/// # Errors
/// The database.
pub async fn page(cx: &Cx, conn: &impl ConnectionTrait, import: import::Model) -> Result<ImportPage> {
    let stored = find::files(conn, import.id).await?;
    let home = takes_members(conn, import.organization_id).await?;
    let mut files = Vec::with_capacity(stored.len());
    for row in &stored {
        files.push(file(cx, conn, row, home).await?);
    }
    let complete = files.iter().all(|file| file.missing.is_empty());
    let allowed = cx.caller.may(conn, import.permission()?, import.organization_id).await?;
    let may = may(import.state()?, import.started_at.is_some(), complete);
    let summary: Summary = import.summary.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
    let parts: BTreeSet<Part> = files.iter().map(|file| file.part).collect();
    let parts = parts.into_iter().map(|part| {
        let tally = summary.0.get(&part).cloned().unwrap_or_default();
        PartCount {
            part,
            added: tally.added,
            unchanged: tally.unchanged,
            rejected: tally.rejected,
            phones: tally.phones,
        }
    });
    let row = rows(conn, vec![import.clone()]).await?.pop().ok_or_else(Error::not_found)?;
    Ok(ImportPage {
        by_code: by_code(conn, &import).await?,
        phase: phase(&import),
        checked_at: import.checked_at,
        started_at: import.started_at,
        trouble: import.trouble,
        may: if allowed { may } else { ImportMay::default() },
        files,
        parts: parts.collect(),
        row,
    })
}

async fn file(cx: &Cx, conn: &impl ConnectionTrait, row: &file_entity::Model, home: bool) -> Result<ImportFile> {
    let part = Part::parse(&row.part).ok_or_else(|| Error::internal("a file of an unknown part"))?;
    let columns: Columns = serde_json::from_str(&row.columns)?;
    let kept = kernel::file::Entity::find_by_id(row.file_id).one(conn).await?;
    let preview = preview::of(&cx.app, row)?;
    let field = |field: &super::fields::Field| FieldColumn {
        name: field.name.to_owned(),
        label: field.label.to_owned(),
        required: field.required,
        column: columns.get(field.name),
    };
    Ok(ImportFile {
        number: row.number,
        part,
        name: row.name.clone(),
        bytes: kept.map(|file| file.bytes).unwrap_or_default(),
        sheets: preview.sheets,
        sheet: row.sheet,
        header_row: row.header_row,
        header: preview.header,
        fields: fields(part).iter().map(field).collect(),
        sample: preview.sample,
        missing: missing(part, &columns, home),
    })
}

/// Labels of the fields that need a column and have none; `home`: rows that name no union have one.
#[must_use]
pub fn missing(part: Part, columns: &Columns, home: bool) -> Vec<String> {
    let required = fields(part).iter().filter(|field| field.required && columns.get(field.name).is_none());
    let mut missing: Vec<String> = required.map(|field| field.label.to_owned()).collect();
    let placed = home || columns.get("organization").is_some() || columns.get("employer").is_some();
    if part == Part::Members && !placed {
        missing.push("所属工会".to_owned());
    }
    missing
}

/// Whether rows that name no union can belong to the import's own.
///
/// # Errors
/// The database.
pub async fn takes_members(conn: &impl ConnectionTrait, union: Id) -> Result<bool> {
    let row = organization::Entity::find_by_id(union).one(conn).await?;
    Ok(row.and_then(|row| OrganizationKind::parse(&row.kind)).is_some_and(OrganizationKind::takes_members))
}

/// Rejected rows of the phase by their first fault.
async fn by_code(conn: &impl ConnectionTrait, import: &import::Model) -> Result<Vec<CodeCount>> {
    if import.state()? == ImportState::Draft {
        return Ok(Vec::new());
    }
    let sql = "SELECT code, CAST(count(*) AS bigint) AS n FROM import_fault WHERE import_id = $1 AND phase = $2
        GROUP BY code ORDER BY n DESC, code";
    let values = [import.id.into(), phase(import).as_str().into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let known = crate::refusals();
    let rows = conn.query_all_raw(statement).await?;
    let counts = rows.iter().map(|row| {
        let code: String = row.try_get("", "code")?;
        let message = known.iter().find(|kind| kind.code == code).map_or("", |kind| kind.message);
        Ok(CodeCount { message: message.to_owned(), code, rows: row.try_get("", "n")? })
    });
    counts.collect()
}

/// Undoes a check: nothing is counted any more.
///
/// # Errors
/// The database.
pub async fn back_to_draft(tx: &Tx, row: &mut import::Model) -> Result<()> {
    begin(tx, row, ImportState::Draft).await
}

/// Puts an import at its first row, in a state.
///
/// # Errors
/// The database.
pub async fn begin(tx: &Tx, row: &mut import::Model, state: ImportState) -> Result<()> {
    let running = state == ImportState::Running;
    let total = if running { row.rows_total } else { None };
    let sql = "UPDATE import SET state = $2, rows_total = $3, position = 0, added = 0, unchanged = 0, rejected = 0,
        summary = NULL, trouble = NULL, failures = 0, checked_at = $4, started_at = $5, version = version + 1
        WHERE id = $1";
    let checked_at = row.checked_at.filter(|_| running);
    let started_at = running.then(|| tx.now());
    let values = [row.id.into(), state.as_str().into(), total.into(), checked_at.into(), started_at.into()];
    tx.execute_sql(sql, values).await?;
    *row = import::Entity::find_by_id(row.id).one(tx).await?.ok_or_else(Error::not_found)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_done_follows_the_state() {
        let can = |state, begun| may(state, begun, true);
        assert!(can(ImportState::Draft, false).check && !can(ImportState::Draft, false).run);
        assert!(!may(ImportState::Draft, false, false).check, "a required column is missing");
        let checked = can(ImportState::Checked, false);
        assert!(checked.run && checked.check && checked.adjust && checked.cancel && !checked.resume);
        assert_eq!(can(ImportState::Running, true), ImportMay { cancel: true, ..ImportMay::default() });
        assert!(can(ImportState::Cancelled, true).resume && !can(ImportState::Cancelled, false).resume);
        assert!(can(ImportState::Failed, false).resume);
        assert_eq!(can(ImportState::Done, true), ImportMay::default());
    }

    #[test]
    fn a_roster_needs_a_union_from_somewhere() {
        let columns = |header: &[&str]| {
            Columns::recognise(Part::Members, &header.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(missing(Part::Members, &columns(&["姓名", "手机"]), false), ["证件号码", "所属工会"]);
        assert!(missing(Part::Members, &columns(&["姓名", "身份证号"]), true).is_empty());
        assert!(missing(Part::Members, &columns(&["姓名", "身份证号", "单位"]), false).is_empty());
        assert_eq!(missing(Part::Unions, &Columns::default(), true), ["工会名称", "工会类型", "上级工会"]);
    }
}
