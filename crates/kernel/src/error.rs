//! One error type for the whole house, and the catalogue of refusals.
//!
//! A *refusal* is a business "no": it has a stable code, a Chinese sentence that
//! says the next step, and an English meaning for `docs/codes.md`. A refusal may
//! commit (a counted wrong password); an *error* always rolls back.
//!
//! ```
//! kernel::refusals! {
//!     /// The box is empty.
//!     BOX_EMPTY = "box.empty", CONFLICT, "盒子是空的，请先放入物品。";
//! }
//! let refusal = BOX_EMPTY.refusal();
//! assert_eq!(refusal.code, "box.empty");
//! assert_eq!(REFUSALS.len(), 1);
//! ```

use axum::http::StatusCode;
use sea_orm::{DbErr, RuntimeErr};

/// What every fallible function of the house returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One entry of the catalogue of refusals, declared with [`refusals!`](crate::refusals).
#[derive(Debug)]
pub struct RefusalKind {
    /// Stable code, `noun.reason`; never reused with another meaning.
    pub code: &'static str,
    /// HTTP status of the answer.
    pub status: StatusCode,
    /// Chinese sentence for the person, with the next step.
    pub message: &'static str,
    /// English meaning, for the code list.
    pub meaning: &'static str,
}

impl RefusalKind {
    /// The refusal with its standard sentence.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        self.with(self.message)
    }

    /// The refusal with a sentence that names particulars (a date, a union).
    #[must_use]
    pub fn with(&self, message: impl Into<String>) -> Refusal {
        Refusal { code: self.code.into(), status: self.status, message: message.into(), field: None }
    }
}

/// A business "no" as the caller sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code.
    pub code: std::borrow::Cow<'static, str>,
    /// HTTP status.
    pub status: StatusCode,
    /// Chinese sentence with the next step.
    pub message: String,
    /// Name of the input field at fault, where there is one.
    pub field: Option<&'static str>,
}

impl Refusal {
    /// Names the input field at fault.
    #[must_use]
    pub fn on(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }
}

/// Declares refusals and collects them in `REFUSALS`; the doc comment is the
/// English meaning that the code list prints.
#[macro_export]
macro_rules! refusals {
    ($( #[doc = $doc:literal] $name:ident = $code:literal, $status:ident, $message:literal; )+) => {
        $(
            #[doc = $doc]
            pub const $name: $crate::error::RefusalKind = $crate::error::RefusalKind {
                code: $code,
                status: $crate::error::Status::$status,
                message: $message,
                meaning: $doc,
            };
        )+
        /// Every refusal declared here, for the code list.
        pub const REFUSALS: &[&$crate::error::RefusalKind] = &[$(&$name),+];
    };
}

/// Re-export for the [`refusals!`](crate::refusals) macro.
pub use axum::http::StatusCode as Status;

refusals! {
    /// Not signed in, or the session ended.
    AUTH_REQUIRED = "auth.required", UNAUTHORIZED, "请先登录；如果刚才登录过，可能是太久没有操作，请重新登录。";
    /// Signed in, but no role of the caller allows this action.
    ACCESS_DENIED = "access.denied", FORBIDDEN, "您的岗位没有这项权限；如工作需要，请联系本级安全管理员授权。";
    /// The thing does not exist, or is not the caller's to know of.
    NOT_FOUND = "not_found", NOT_FOUND, "没有找到；可能已被移动或不在您的范围内，请返回列表重新查找。";
    /// The request could not be read: wrong type, missing field, broken JSON.
    INPUT_INVALID = "input.invalid", BAD_REQUEST, "提交的内容格式不对，请检查后重新填写。";
    /// A text holds characters that are never allowed (NUL, other control characters).
    INPUT_CHARACTERS = "input.characters", UNPROCESSABLE_ENTITY, "内容里有不能使用的特殊字符，请删除后重新填写。";
    /// The request body is larger than 1 MiB.
    INPUT_TOO_LARGE = "input.too_large", PAYLOAD_TOO_LARGE, "提交的内容太大，请精简后再试。";
    /// Nothing of the request body came for too long.
    INPUT_SLOW = "input.slow", REQUEST_TIMEOUT, "网络太慢，等了很久没有收到内容，这次没有办成；请换个信号好的地方再试。";
    /// The request body ended before it was complete.
    INPUT_BROKEN = "input.broken", BAD_REQUEST, "上传到一半中断了，没有保存；请检查网络后重新上传。";
    /// A part of a file was asked for that lies beyond its end.
    INPUT_RANGE = "input.range", RANGE_NOT_SATISFIABLE, "要看的这一段超出了文件的长度，请刷新页面后再看。";
    /// A write without the application's own header (a forged cross-site request).
    REQUEST_FORGED = "request.forged", FORBIDDEN, "这次提交不是从本系统页面发出的，已被拦下；请在本系统页面里操作。";
    /// A request that must not say who it comes from carries a cookie or an authorization.
    REQUEST_NAMED = "request.named", BAD_REQUEST, "为了保密，投票时不能带登录信息，这次没有收下，也没有记录；请更新页面后再投。";
    /// The address exists, but not for this HTTP method.
    METHOD = "request.method", METHOD_NOT_ALLOWED, "这个地址不支持这种操作，请在本系统页面里操作。";
    /// The same idempotency key came with a different request.
    IDEMPOTENCY_MISMATCH = "idempotency.mismatch", CONFLICT, "这次提交和上一次的内容不一致，请刷新页面后重新提交。";
    /// Too many people changed the same thing at once; nothing was changed.
    BUSY = "system.busy", SERVICE_UNAVAILABLE, "现在办理的人较多，这次没有办成，内容没有丢，请稍后点“重试”。";
    /// The database cannot be reached or cannot store; nothing was changed.
    STORAGE = "system.storage", SERVICE_UNAVAILABLE, "系统存储暂时不可用，这次没有办成，内容没有丢，请过几分钟再试；急事请拨打 12351。";
    /// A fault of the system; it was logged under the request number.
    INTERNAL = "system.internal", INTERNAL_SERVER_ERROR, "系统出了问题，这次没有办成；请稍后再试，仍不行请把编号告诉 12351。";
}

/// Everything that can stop a verb.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A business "no"; see [`Refusal`].
    #[error("refused: {}", .0.code)]
    Refusal(Refusal),
    /// Lost a race on the database; the runner tries the whole command again.
    #[error("contention")]
    Contention,
    /// The same command was already carried out; holds its stored answer.
    #[error("replayed")]
    Replay(serde_json::Value),
    /// The database refused or is away. Only `Display` is ever logged: `Debug` of
    /// a PostgreSQL error prints the whole row.
    #[error("database: {0}")]
    Db(DbErr),
    /// The disk did not take an earlier commit, so nothing is written until the process starts anew.
    #[error("the disk did not take a commit: the writer has stopped")]
    Stopped,
    /// A fault of ours; the text goes to the log, never to the caller.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// A fault of ours, with what went wrong for the log (no personal data).
    pub fn internal(what: impl std::fmt::Display) -> Self {
        Self::Internal(what.to_string())
    }

    /// The answer for private or missing things.
    #[must_use]
    pub fn not_found() -> Self {
        NOT_FOUND.refusal().into()
    }

    /// The refusal inside, if this is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refusal(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether the database is away, full or broken; see [`is_away`].
    #[must_use]
    pub fn is_away(&self) -> bool {
        match self {
            Self::Db(error) => is_away(error),
            Self::Stopped => true,
            _ => false,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_contention(&error) {
            tracing::debug!(%error, "lost a race");
            Self::Contention
        } else {
            Self::Db(error)
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

/// The code the engine gave: SQLSTATE on PostgreSQL, the extended result code on SQLite.
#[must_use]
pub fn engine_code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner))
    | DbErr::Query(RuntimeErr::SqlxError(inner))
    | DbErr::Conn(RuntimeErr::SqlxError(inner))) = error
    else {
        return None;
    };
    inner.as_database_error().and_then(|e| e.code()).map(std::borrow::Cow::into_owned)
}

/// Serialization failure or deadlock on PostgreSQL; busy or locked on SQLite. A unique
/// violation counts as well on PostgreSQL, which reports it instead of a serialization
/// failure when two transactions insert the same key at once: the next attempt sees the
/// winner's row and refuses with its own sentence.
#[must_use]
pub fn is_contention(error: &DbErr) -> bool {
    match engine_code(error).as_deref() {
        Some("40001" | "40P01" | "23505") => true,
        Some(code) => code.parse::<u32>().is_ok_and(|n| code.len() < 5 && matches!(n & 0xff, 5 | 6)),
        None => false,
    }
}

/// The database is away, full or broken, or the connection was lost half-way: whatever was asked is not at fault, and
/// of a commit nobody knows whether it happened.
#[must_use]
pub fn is_away(error: &DbErr) -> bool {
    if let Some(code) = engine_code(error) {
        // Connection, resources, shut-down, system on PostgreSQL, and who lay idle in a transaction; disk, corruption on SQLite.
        if code == "25P03" {
            return true;
        }
        let class = if code.len() == 5 { code.get(..2) } else { None };
        return match class {
            Some(class) => matches!(class, "08" | "53" | "57" | "58"),
            None => code.parse::<u32>().is_ok_and(|n| matches!(n & 0xff, 10 | 11 | 13 | 14 | 26)),
        };
    }
    let (DbErr::Exec(RuntimeErr::SqlxError(inner))
    | DbErr::Query(RuntimeErr::SqlxError(inner))
    | DbErr::Conn(RuntimeErr::SqlxError(inner))) = error
    else {
        return matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_));
    };
    use sea_orm::sqlx::Error as E;
    matches!(**inner, E::Io(_) | E::Tls(_) | E::Protocol(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed)
}

/// Name-or-message of the violated constraint contains `name` (both engines).
#[must_use]
pub fn violates(error: &DbErr, name: &str) -> bool {
    error.sql_err().is_some() && error.to_string().contains(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_codes_are_unique_and_say_something() {
        let mut seen = std::collections::BTreeSet::new();
        for kind in REFUSALS {
            assert!(seen.insert(kind.code), "{} declared twice", kind.code);
            assert!(kind.message.ends_with('。'), "{} is not a sentence", kind.code);
            assert!(!kind.meaning.trim().is_empty());
        }
    }

    #[test]
    fn a_plain_database_error_is_not_contention() {
        assert!(!is_contention(&DbErr::Custom("x".into())));
    }
}
