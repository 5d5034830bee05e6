//! `zhigong import FILE`: the import of the desk for whoever sits at the server. The
//! same rules, the same record; the passes run in this process.
//!
//! ```text
//! zhigong import roster.xlsx --part members --dry-run --errors faults.xlsx
//! zhigong import unions.xlsx --part unions --also employers.csv:employers --also officers.xlsx:officers
//! ```
//!
//! Exit status: 0 when every row was taken, 1 when some were rejected, 2 on failure, as of every command.
//! On SQLite the data directory is held meanwhile; on PostgreSQL a server may run
//! beside it, and the two never carry out the same pass. What was written before a
//! failure stays: the same command again goes on where it stopped and adds nothing twice.

mod passes;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use bytes::Bytes;
use clap::Args;
use futures::StreamExt;
use kernel::app::Config;
use kernel::routes::Upload;
use kernel::{Cx, Error, Id};
use registry::import::create::{ImportFileInput, ImportInput, create};
use registry::import::stage::{StageInput, stage};
use registry::import::words::{Part, Phase};
use registry::import::{cancel, entity, start};
use registry::organization::entity as organization;
use registry::organization::rules::OrganizationKind;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use tokio::io::AsyncReadExt;

use crate::fault::{self, Fault};
use crate::house::{self, Place};
use crate::say;

/// Bytes read from a file at once.
const PIECE: usize = 256 * 1024;

/// What is imported.
#[derive(Args)]
#[command(after_help = fault::STATUS)]
pub struct Import {
    /// 文件（.xlsx 或 .csv）/ The file.
    file: PathBuf,
    /// 内容 / What its rows are: members, unions, employers, officers.
    #[arg(long, value_parser = part)]
    part: Part,
    /// 同一次导入的其他文件 / Another file of the same import, as FILE:PART.
    #[arg(long, value_name = "FILE:PART")]
    also: Vec<More>,
    /// 工会全称或 81 代码；不填为市总工会 / The union at and below which the rows belong; the city federation unless told.
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
    /// 只检查，不写入 / Check only, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// 把没有导入的行写到这个文件；没有这样的行就没有这个文件 / Write the rejected rows to this .xlsx or .csv; without any, there is no file.
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

/// `FILE:PART`.
#[derive(Clone)]
struct More {
    file: PathBuf,
    part: Part,
}

impl FromStr for More {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (file, name) = text.rsplit_once(':').ok_or("FILE:PART, e.g. employers.csv:employers")?;
        Ok(Self { file: file.into(), part: part(name)? })
    }
}

fn part(name: &str) -> Result<Part, String> {
    Part::parse(name).ok_or_else(|| "members, unions, employers, officers".to_owned())
}

/// Imports, and says what became of the rows.
///
/// # Errors
/// A file, a union or a database that cannot be used; a pass that was given up.
pub async fn import(import: Import) -> Result<ExitCode, Fault> {
    let sources: Vec<&Path> = import.also.iter().map(|more| &*more.file).chain([&*import.file]).collect();
    let errors = import.errors.as_deref().map(|path| report::ErrorFile::create(path, &sources)).transpose()?;
    let held = if import.place.database.is_none() { Some(import.place.hold()?) } else { None };
    let keys = Arc::new(import.place.existing_keys()?);
    let (db, _) = import.place.open().await?;
    let config =
        Config { demo: false, secure_cookies: false, base_url: String::new(), body_silence: Config::BODY_SILENCE };
    let cx = Cx::system(&house::app(&import.place, db.clone(), keys, config).await?);
    let id = enter(&cx, &import).await?;

    let row = carried_out(&cx, id, import.dry_run).await?;
    match errors {
        Some(errors) if row.rejected > 0 => errors.fill(&cx, id).await?,
        Some(errors) => errors.needless(),
        None => {}
    }
    if import.dry_run {
        cancel::cancel(cx, start::ImportId { id }).await.map_err(told)?;
        say::line("只检查，没有写入 / checked only, nothing was written");
    }
    db.close().await?;
    drop(held);
    Ok(if row.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Checks, and runs unless that is all; says the counts.
async fn carried_out(cx: &Cx, id: Id, dry_run: bool) -> Result<entity::Model, Fault> {
    start::check(cx.clone(), start::ImportId { id }).await.map_err(told)?;
    let mut row = passes::finish(cx, id, Phase::Check).await?;
    if !dry_run {
        if row.rejected > 0 {
            report::counts(cx, &row, Phase::Check).await?;
        }
        start::run(cx.clone(), start::ImportId { id }).await.map_err(told)?;
        row = passes::finish(cx, id, Phase::Run).await?;
    }
    let phase = if dry_run { Phase::Check } else { Phase::Run };
    report::counts(cx, &row, phase).await?;
    Ok(row)
}

/// Stages the files and makes the import.
async fn enter(cx: &Cx, import: &Import) -> Result<Id, Fault> {
    let organization_id = union(cx, import.organization.as_deref()).await?;
    let mut files = Vec::new();
    let more = import.also.iter().map(|more| (&more.file, more.part));
    for (path, part) in std::iter::once((&import.file, import.part)).chain(more) {
        files.push(ImportFileInput { file_id: take_in(cx, path).await?, part });
    }
    let page =
        create(cx.clone(), ImportInput { kind: import.part.kind(), organization_id, files }).await.map_err(told)?;
    if let Some(file) = page.files.iter().find(|file| !file.missing.is_empty()) {
        let missing = file.missing.join("、");
        cancel::cancel(cx.clone(), start::ImportId { id: page.row.id }).await.map_err(told)?;
        return Err(Fault::new(
            format!("“{}”里没有认出这些列：{missing}，没有导入。", file.name),
            format!("No column of {:?} was recognised as {missing}.", file.name),
        )
        .next("请按模板改表头，或在工作台的导入页面核对列 / change the headings, or adjust the columns at the desk."));
    }
    Ok(page.row.id)
}

/// The union of a name or a code; the root without one.
async fn union(cx: &Cx, wanted: Option<&str>) -> Result<Id, Fault> {
    use organization::Column;
    let all = organization::Entity::find().filter(Column::State.eq("established"));
    let (query, shown) = match wanted.map(str::trim) {
        Some(text) => {
            let named = Condition::any().add(Column::Name.eq(text)).add(Column::Uscc.eq(text.to_uppercase()));
            (all.filter(named), text)
        }
        None => (all.filter(Column::Kind.eq(OrganizationKind::CityFederation.as_str())), "市总工会"),
    };
    let found = query.all(cx.read()).await.map_err(Error::from)?;
    match found.as_slice() {
        [one] => Ok(one.id),
        [] => Err(Fault::new(
            format!("没有找到工会“{shown}”，没有导入。"),
            format!("There is no established union {shown:?}; nothing was imported."),
        )
        .next("--organization 请填工会全称或以 81 开头的 18 位代码 / the full name, or the code that begins with 81")),
        _ => Err(Fault::new(
            format!("有多个工会叫“{shown}”，没有导入。"),
            format!("Several unions are called {shown:?}; nothing was imported."),
        )
        .next("--organization 请改填以 81 开头的 18 位代码 / name it by its code")),
    }
}

/// Reads a file into the store, as an upload would.
async fn take_in(cx: &Cx, path: &Path) -> Result<Id, Fault> {
    let shown = path.display().to_string();
    let unreadable = |error: &std::io::Error| {
        Fault::new(format!("文件 {shown} 读不出来，没有导入。"), format!("{shown} cannot be read: {error}."))
    };
    let file = tokio::fs::File::open(path).await.map_err(|error| unreadable(&error))?;
    let length = file.metadata().await.map_err(|error| unreadable(&error))?.len();
    let pieces = futures::stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let mut piece = Vec::with_capacity(PIECE);
        match (&mut file).take(PIECE as u64).read_to_end(&mut piece).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(Bytes::from(piece)), Some(file))),
            Err(error) => Some((Err(Error::internal(error)), None)),
        }
    });
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let upload = Upload { stream: pieces.boxed(), length: Some(length) };
    let staged = stage(cx.clone(), StageInput { name }, upload).await;
    staged.map(|file| file.file_id).map_err(|error| told(error).next(shown))
}

/// A refusal in its own words; anything else is the database's.
fn told(error: Error) -> Fault {
    match error.refusal() {
        Some(refusal) => Fault::new(refusal.message.clone(), format!("Refused: {}.", refusal.code)),
        None => Fault::database(&error),
    }
}
