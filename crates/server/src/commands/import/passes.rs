//! A pass over the rows in this process, with a line that says how far it is.

use std::io::IsTerminal;
use std::time::Duration;

use kernel::{Cx, Error, Id};
use registry::import::words::Phase;
use registry::import::{entity as import, finish, jobs};
use sea_orm::EntityTrait;

use super::told;
use crate::fault::Fault;
use crate::say;

/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_secs(1);
/// Between two lines where no terminal shows one line over the other.
const LINES: u32 = 30;
/// Before a pass that stopped is taken up again.
const AGAIN: Duration = Duration::from_secs(3);

/// Carries a pass out to its end, also over a database that is away for a moment. Where a
/// server has taken the pass over, waits for it instead.
///
/// # Errors
/// When the pass was given up or cancelled; the database.
pub async fn finish(cx: &Cx, id: Id, phase: Phase) -> Result<import::Model, Fault> {
    let progress = tokio::spawn(progress(cx.clone(), id, phase));
    let outcome = carry(cx, id, phase).await;
    progress.abort();
    if std::io::stderr().is_terminal() {
        say::progress("\r\x1b[K");
    }
    let row = outcome?;
    if matches!(row.state.as_str(), "failed" | "cancelled") {
        let trouble = row.trouble.unwrap_or_else(|| "这次导入被取消了。".to_owned());
        let english = format!("The import stopped at row {} ({}); what was written stays.", row.position, row.state);
        return Err(Fault::new(trouble, english)
            .next("处理后重新运行同一条命令，已导入的行不会重复 / run the same command again"));
    }
    Ok(row)
}

async fn carry(cx: &Cx, id: Id, phase: Phase) -> Result<import::Model, Fault> {
    loop {
        let passed = match jobs::pass(&cx.app, id, phase).await {
            Ok(_) => Ok(()),
            Err(fault) => finish::failed(&cx.app, id, phase, fault).await,
        };
        if let Err(error) = passed {
            tracing::warn!(%error, "a pass stopped and is taken up again");
            tokio::time::sleep(AGAIN).await;
            continue;
        }
        // Still in the phase: a server has it.
        loop {
            let row = load(cx, id).await.map_err(told)?;
            if row.state != phase.state().as_str() {
                return Ok(row);
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

async fn load(cx: &Cx, id: Id) -> kernel::Result<import::Model> {
    import::Entity::find_by_id(id).one(cx.read()).await?.ok_or_else(Error::not_found)
}

/// Says how far it is, until stopped.
async fn progress(cx: Cx, id: Id, phase: Phase) {
    let word = if phase == Phase::Check { "检查 / checking" } else { "写入 / writing" };
    let terminal = std::io::stderr().is_terminal();
    for second in 1_u32.. {
        tokio::time::sleep(LOOK).await;
        let Ok(row) = load(&cx, id).await else { continue };
        let of = row.rows_total.map(|total| format!(" / {total}")).unwrap_or_default();
        let line = format!("{word}: {}{of} 行 rows, 没通过 rejected {}", row.position, row.rejected);
        if terminal {
            say::progress(format_args!("\r\x1b[K{line}"));
        } else if second % LINES == 0 {
            say::aside(line);
        }
    }
}
