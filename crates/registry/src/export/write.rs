//! Writes the file of an export: pages of a thousand members go through a channel of a few pages to the thread that
//! writes the sheet and seals it, so the memory does not grow with the list.

use chrono::TimeDelta;
use kernel::app::App;
use kernel::event::Event;
use kernel::file::{self, NewFile, Stored};
use kernel::sheet::{SheetWriter, WriterOptions};
use kernel::{Cx, Error, Id, Result, parameter};
use sea_orm::EntityTrait;
use tokio::sync::mpsc;

use super::entity as export;
use super::{PURPOSE, rules};
use crate::import::source::cause;
use crate::member::find::{self, Filter, Reach};
use crate::member::list;
use crate::organization::record;
use crate::parameters::EXPORT_KEEP;
use crate::staff::accounts_named;

/// Members of a page.
const PAGE: usize = 1_000;
/// Pages that may wait for the writer.
const WAITING: usize = 2;
/// Pages after which the progress is noted.
const NOTED: u64 = 10;

type Row = Vec<String>;

/// Carries the job out: a refusal ends the export, anything else is tried again.
///
/// # Errors
/// The database, a fault of the store.
pub async fn carry(app: &App, id: Id) -> Result<()> {
    let Some(row) = begun(app, id).await? else { return Ok(()) };
    match write(app, &row).await {
        Ok(()) => Ok(()),
        Err(Error::Refusal(refusal)) => note(app, id, "failed", &refusal.message).await,
        Err(fault) => {
            note(app, id, "running", "文件暂时没有写成，系统会自动再试，请稍后查看。").await?;
            Err(fault)
        }
    }
}

/// The export, from now on running; `None` when it is over.
async fn begun(app: &App, id: Id) -> Result<Option<export::Model>> {
    let tx = Cx::system(app).begin_bulk().await?;
    let sql = "UPDATE export SET state = 'running', rows = 0 WHERE id = $1 AND state IN ('waiting', 'running')";
    let mine = tx.execute_sql(sql, [id.into()]).await? == 1;
    let row = export::Entity::find_by_id(id).one(&tx).await?;
    tx.commit(()).await?;
    Ok(row.filter(|_| mine))
}

async fn note(app: &App, id: Id, state: &str, trouble: &str) -> Result<()> {
    let tx = Cx::system(app).begin_bulk().await?;
    let sql = "UPDATE export SET state = $2, trouble = $3 WHERE id = $1 AND state = 'running'";
    tx.execute_sql(sql, [id.into(), state.into(), trouble.into()]).await?;
    tx.commit(()).await
}

/// Writes the file and hands it over.
async fn write(app: &App, row: &export::Model) -> Result<()> {
    let cx = Cx::system(app);
    let union = record::load(cx.read(), row.organization_id).await?;
    let who = accounts_named(cx.read(), [row.account_id].into()).await?;
    let who = who.get(&row.account_id).and_then(|name| name.shown()).unwrap_or_default();
    let imprint = rules::imprint(&who, row.created_at, &row.mark, &union.name);
    let file_id = app.ids.next();
    let (send, receive) = mpsc::channel::<Vec<Row>>(WAITING);
    let written = {
        let (app, format) = (app.clone(), row.format()?);
        tokio::task::spawn_blocking(move || sheet(&app, file_id, format, imprint, receive))
    };
    let rows = pages(&cx, row, send).await;
    // When the writer stopped, that is why the pages could not be handed on.
    let stored = written.await.map_err(Error::internal)??;
    finish(&cx, row, file_id, stored, rows?, &union.division_code).await
}

/// Reads the list page by page; answers how many rows there were.
async fn pages(cx: &Cx, row: &export::Model, send: mpsc::Sender<Vec<Row>>) -> Result<u64> {
    let asked = row.asked()?;
    let (only, within) =
        if asked.within { (None, Some(row.organization_id)) } else { (Some(row.organization_id), None) };
    let unions = Reach { scope: None, only, within, today: cx.today() }.unions(cx.read()).await?;
    let filter = Filter { unions, state: asked.state, import_id: asked.import_id, ..Filter::default() };
    let (mut after, mut rows) = (None, 0);
    for page in 1.. {
        let found = find::members(cx.read(), &filter, after.as_deref(), PAGE).await?;
        let shaped = list::shaped(cx, found.rows).await?;
        let cells: Vec<Row> =
            (rows + 1..).zip(&shaped).map(|(number, member)| rules::cells(number, member, &row.mark)).collect();
        rows += cells.len() as u64;
        if send.send(cells).await.is_err() {
            // The writer has ended and says why.
            return Ok(rows);
        }
        if page % NOTED == 0 {
            progress(cx, row.id, rows).await?;
        }
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    Ok(rows)
}

async fn progress(cx: &Cx, id: Id, rows: u64) -> Result<()> {
    let tx = cx.begin_bulk().await?;
    let rows = i64::try_from(rows).map_err(Error::internal)?;
    tx.execute_sql("UPDATE export SET rows = $2 WHERE id = $1 AND state = 'running'", [id.into(), rows.into()]).await?;
    tx.commit(()).await
}

/// The writer's thread.
fn sheet(
    app: &App,
    file_id: Id,
    format: kernel::sheet::Format,
    imprint: String,
    mut receive: mpsc::Receiver<Vec<Row>>,
) -> Result<Stored> {
    let options = WriterOptions {
        sheet_name: "会员名单".to_owned(),
        header: Some(imprint.clone()),
        title_rows: 2,
        widths: rules::WIDTHS.to_vec(),
        ..WriterOptions::default()
    };
    let mut writer = SheetWriter::new(file::sink(app, file_id)?, format, options).map_err(cause)?;
    writer.row(&[imprint]).map_err(cause)?;
    writer.row(&rules::HEADINGS).map_err(cause)?;
    while let Some(page) = receive.blocking_recv() {
        for row in page {
            writer.row(&row).map_err(cause)?;
        }
    }
    writer.finish().map_err(cause)?.finish()
}

/// Hands the file over, unless another run was first; then the bytes of this one are swept.
async fn finish(
    cx: &Cx,
    row: &export::Model,
    file_id: Id,
    stored: Stored,
    rows: u64,
    division_code: &str,
) -> Result<()> {
    let tx = cx.begin_bulk().await?;
    let days = parameter::get_i64(&tx, EXPORT_KEEP, division_code, tx.today()).await?;
    let expires_at = tx.now() + TimeDelta::days(days);
    let delete_on = kernel::calendar::china_day(expires_at).succ_opt();
    let name = format!("{}.{}", row.mark, row.format);
    file::enter(&tx, NewFile { id: file_id, purpose: PURPOSE, name, stored }).await?;
    let rows = i64::try_from(rows).map_err(Error::internal)?;
    let sql = "UPDATE export SET state = 'ready', rows = $2, file_id = $3, finished_at = $4, expires_at = $5,
        trouble = NULL WHERE id = $1 AND state = 'running'";
    let values = [row.id.into(), rows.into(), file_id.into(), tx.now().into(), expires_at.into()];
    if tx.execute_sql(sql, values).await? == 0 {
        return Ok(());
    }
    file::attach(&tx, file_id, PURPOSE, delete_on).await?;
    let event = Event::of("export.ready", "export", row.id).at(row.organization_id);
    tx.record(event.with("mark", &row.mark).with("rows", rows)).await?;
    tx.commit(()).await
}
