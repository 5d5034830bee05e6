//! Schemes (测评方案): kinds of evaluation as data. A new kind is a new document, not new code.
//!
//! Invariants:
//! * versions are added, never changed; an evaluation names the version it follows;
//! * a document that was kept has passed [`rules::check`]: its questions, thresholds and electorate rule can be used;
//! * there is no open ballot: a document can choose the issuer, not to have none.
//!
//! The first versions come with the program (`data/schemes/`) and are written where there are none.
//!
//! ```
//! use voice::scheme::{Level, bundled};
//!
//! let report = bundled()?.into_iter().find(|(code, _)| *code == "chair_report").map(|(_, document)| document);
//! let report = report.ok_or(kernel::Error::not_found())?;
//! assert!(report.without_rated && report.yearly && report.starts == Level::Union);
//! # Ok::<(), kernel::Error>(())
//! ```

mod add;
mod document;
pub mod entity;
pub mod find;
mod list;
pub mod rules;
mod seed;

use kernel::Routes;

use crate::access::{EVALUATION_READ, SCHEME_CHANGE};

pub use document::{DaysOpen, Level, SchemeDocument};
pub use find::Scheme;
pub use seed::{bundled, seed};

kernel::refusals! {
    /// There is no scheme of this code or version.
    SCHEME_UNKNOWN = "scheme.unknown", NOT_FOUND, "没有这个测评方案，请从方案列表里选择。";
    /// The code of a new scheme is not 2 to 40 small letters, digits or underscores.
    SCHEME_CODE = "scheme.code", UNPROCESSABLE_ENTITY, "方案代码请用 2 到 40 个小写字母、数字或下划线，以字母开头。";
    /// Something in the scheme does not fit.
    SCHEME_WRONG = "scheme.wrong", UNPROCESSABLE_ENTITY, "测评方案的内容有问题，请按提示修改后再保存。";
    /// A scheme of this code is there, and a new one was meant.
    SCHEME_TAKEN = "scheme.taken", CONFLICT, "这个方案代码已经有了，请换一个代码；要修改已有的方案，请从它的页面添加新版本。";
    /// Somebody else has added a version since the page was opened.
    SCHEME_LATER = "scheme.later", CONFLICT, "这个方案刚刚有了更新的版本，请打开最新版本核对，再决定要不要保存您的修改。";
    /// The caller's level may not start evaluations under this scheme.
    SCHEME_LEVEL = "scheme.level", FORBIDDEN, "这个测评方案要由上级工会发起，请联系上级工会。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("scheme")
        .get("/api/schemes", "Lists the schemes of evaluations, each in its latest version")
        .requires(EVALUATION_READ)
        .runs(list::list)
        .get("/api/schemes/{code}", "Shows a scheme, the latest version unless told")
        .requires(EVALUATION_READ)
        .runs(list::one)
        .post("/api/schemes", "Adds a scheme, or a version of one")
        .requires(SCHEME_CHANGE)
        .runs(add::add)
}
