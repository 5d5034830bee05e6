//! The background work of imports: a pass over the rows, and the round that looks after what is left lying.

use std::collections::BTreeSet;

use kernel::app::App;
use kernel::job::{Every, Jobs};
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::drive::{Ended, Work};
use super::register::Register;
use super::roster::Roster;
use super::source::SourceFile;
use super::words::{ImportKind, Phase};
use super::{entity as import, find, finish};

/// The kind of the job that carries a pass out.
#[must_use]
pub fn kind(phase: Phase) -> &'static str {
    match phase {
        Phase::Check => "import.check",
        Phase::Run => "import.run",
    }
}

/// Adds the passes and the round.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.on(kind(Phase::Check), |app: App, id: Id| async move { carry(app, id, Phase::Check).await })
        .on(kind(Phase::Run), |app: App, id: Id| async move { carry(app, id, Phase::Run).await })
        .every("import.round", Every::Minutes(5), |app| async move { round(&app).await })
}

/// Carries a pass out; carried out twice it changes nothing, since each chunk is fenced.
async fn carry(app: App, id: Id, phase: Phase) -> Result<()> {
    match pass(&app, id, phase).await {
        Ok(_) => Ok(()),
        Err(fault) => {
            tracing::warn!(import = %id, phase = phase.as_str(), %fault, "a pass over an import stopped");
            finish::failed(&app, id, phase, fault).await
        }
    }
}

/// Goes through the rows of an import that are left in a phase.
///
/// # Errors
/// What stopped it; what was committed stays.
pub async fn pass(app: &App, id: Id, phase: Phase) -> Result<Ended> {
    let Some(work) = Work::take(app, id, phase).await? else { return Ok(Ended::Stopped) };
    let files = find::files(app.db.read(), id).await?;
    let mut files = files.iter().map(SourceFile::of).collect::<Result<Vec<_>>>()?;
    match work.import.kind()? {
        ImportKind::Roster => {
            let file = files.pop().ok_or_else(|| Error::internal("a roster without a file"))?;
            let roster = Roster::open(&work, file).await?;
            work.drive(roster).await
        }
        ImportKind::Register => {
            let register = Register::open(&work, files).await?;
            work.drive(register).await
        }
    }
}

/// Imports whose job was given up are handed to a person; previews of files that are gone are forgotten.
///
/// # Errors
/// The database.
pub async fn round(app: &App) -> Result<()> {
    let open = import::Column::State.is_in([Phase::Check.state().as_str(), Phase::Run.state().as_str()]);
    let open = import::Entity::find().filter(open).all(app.db.read()).await?;
    let waiting = if open.is_empty() { BTreeSet::new() } else { waiting(app).await? };
    for row in open.into_iter().filter(|row| !waiting.contains(&row.id)) {
        let tx = Cx::system(app).begin_bulk().await?;
        let note = "UPDATE import SET trouble = $3 WHERE id = $1 AND version = $2 AND state IN ('checking', 'running')";
        let trouble = "办理这次导入的后台任务多次意外中断。已经导入的行都保存着，请点“继续”；还不行请告诉系统管理员。";
        if tx.execute_sql(note, [row.id.into(), row.version.into(), trouble.into()]).await? == 1 {
            finish::give_up(&tx, &row).await?;
        }
        tx.commit(()).await?;
    }
    let tx = Cx::system(app).begin_bulk().await?;
    let forget = "UPDATE import_file SET preview_sealed = NULL WHERE preview_sealed IS NOT NULL
        AND file_id IN (SELECT id FROM file WHERE deleted_at IS NOT NULL)";
    tx.execute_sql(forget, []).await?;
    tx.commit(()).await
}

/// Imports for which a job waits or is being carried out.
async fn waiting(app: &App) -> Result<BTreeSet<Id>> {
    let sql = "SELECT payload FROM job WHERE state = 'waiting' AND kind IN ($1, $2)";
    let values = [kind(Phase::Check).into(), kind(Phase::Run).into()];
    let rows = app.db.read().query_all_raw(app.db.statement(sql, values)).await?;
    let ids = rows.iter().map(|row| Ok(serde_json::from_str(&row.try_get::<String>("", "payload")?)?));
    ids.collect()
}
