//! Exports: a list of members taken out as a file, masked, with a reason, marked.
//!
//! Invariants:
//! * the rows of the file are those of the member list under the same filter, in the same order, masked the same way;
//! * each row carries the export's number (导出编号), and the file says who took it and when: a leaked sample names
//!   its exporter;
//! * an export, its file and each time it is taken are events; the file is its exporter's alone and is gone after some
//!   days ([`EXPORT_KEEP`](crate::parameters::EXPORT_KEEP)).
//!
//! The file is written by a job, page by page, in constant memory ([`mod@write`]). A job that is carried out again writes a
//! fresh file, and only the first that is finished counts.
//!
//! ```
//! use registry::export::rules::mark;
//!
//! let day = kernel::time::Day::from_ymd_opt(2026, 11, 23).ok_or("no such day")?;
//! assert_eq!(mark(day, [0, 1, 2, 3, 4, 30]), "DC20261123-23456Z");
//! # Ok::<(), &str>(())
//! ```

mod ask;
pub mod entity;
mod list;
mod round;
pub mod rules;
mod take;
pub mod write;

use kernel::Routes;
use kernel::app::App;
use kernel::job::{Every, Jobs};

use crate::access::MEMBER_EXPORT;

pub use round::round;

/// What the file of an export is for.
const PURPOSE: &str = "export";
/// The job that writes a file.
const WRITE: &str = "export.write";

kernel::refusals! {
    /// The account asked for too many exports today.
    EXPORT_MANY = "export.too_many", TOO_MANY_REQUESTS, "今天导出的次数已经用完，请明天再导出；急需的请联系上级工会。";
    /// The import named in the filter is not one of this union.
    EXPORT_IMPORT = "export.import", UNPROCESSABLE_ENTITY, "没有找到这次导入，请从导入记录里重新选择。";
    /// The state asked for is none of a membership.
    EXPORT_STATE = "export.state", UNPROCESSABLE_ENTITY, "会籍状态不对，请从列表里重新选择。";
    /// The file is still being written, or could not be.
    EXPORT_NOT_READY = "export.not_ready", CONFLICT, "文件还没有写好，请稍后再下载；长时间没有写好的，请重新导出。";
    /// The file has expired.
    EXPORT_EXPIRED = "export.expired", GONE, "文件已经过期删除，请重新导出。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("export")
        .post("/api/exports", "Asks for a list of members as a file, masked, with a reason")
        .requires(MEMBER_EXPORT)
        .runs(ask::ask)
        .get("/api/exports", "Lists the caller's own exports, newest first")
        .requires(MEMBER_EXPORT)
        .runs(list::list)
        .get("/api/exports/{id}", "Shows one of the caller's exports")
        .requires(MEMBER_EXPORT)
        .runs(list::one)
        .download("/api/exports/{id}/file", "Takes the file of one of the caller's exports, logged each time")
        .requires(MEMBER_EXPORT)
        .sends(take::take)
}

/// Adds the writing of files and the round that ends them.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.on(WRITE, |app: App, id: kernel::Id| async move { write::carry(&app, id).await }).every(
        "export.round",
        Every::Minutes(30),
        |app: App| async move { round(&app).await },
    )
}
