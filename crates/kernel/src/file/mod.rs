//! Files: bytes in an object store, sealed; a row in the database says whose they are and how long they stay.
//!
//! * Bytes are stored first, outside any transaction ([`receive`] an upload, or write a [`Sink`]); a row follows
//!   ([`enter`]), staged; the command that needs the file keeps it ([`attach`]). What no command keeps within a day is
//!   swept, and so is what a broken write left.
//! * No byte of a content is ever stored in the open: SM4-GCM in segments of 64 KiB
//!   ([`crypto::segment`](crate::crypto::segment)), bound to the file's id, so that bytes cannot be exchanged between
//!   files, moved, changed or cut off without being noticed (`file.damaged`).
//! * A large file comes in pieces ([`upload`]), which are joined into one.
//! * A file is written once. It can be read once it is finished, from any place, by blocking code ([`Source`], in
//!   `spawn_blocking`) or piece by piece ([`stream`], [`download`]).
//!
//! ```
//! # #[tokio::main(flavor = "multi_thread")] async fn main() {
//! use std::io::{Read, Write};
//! use kernel::file;
//! # use kernel::testing::{Engine, Fixture, TestApp};
//! # let test = TestApp::on(Engine::Sqlite).await;
//! let app = test.app.clone();
//! let id = app.ids.next();
//! let text = tokio::task::spawn_blocking(move || {
//!     let mut sink = file::sink(&app, id)?;
//!     sink.write_all(b"synthetic").map_err(file::cause)?;
//!     assert_eq!(sink.finish()?.bytes, 9);
//!     let mut text = String::new();
//!     file::source(&app, id)?.read_to_string(&mut text).map_err(file::cause)?;
//!     Ok::<_, kernel::Error>(text)
//! });
//! assert_eq!(text.await.unwrap().unwrap(), "synthetic");
//! # }
//! ```

mod kind;
mod read;
mod row;
mod store;
mod sweep;
pub mod upload;
mod write;

use std::io;

pub use kind::{known_type, media_type, media_type_of};
pub use read::{Source, download, source, stream};
pub use row::{
    ActiveModel, Column, Entity, Model, NewFile, PrimaryKey, Relation, attach, clean_name, drop_file, enter, find,
};
pub use store::Files;
pub use sweep::{Swept, erase, sweep};
pub use write::{Sink, Stored, receive, sink, too_large};

use crate::error::Error;

/// The job that deletes the bytes of a file that has ended.
pub(crate) const ERASE: &str = "file.erase";

crate::refusals! {
    /// There is no such file, it has expired, or it is not the caller's.
    FILE_UNKNOWN = "file.unknown", NOT_FOUND, "没有找到这个文件，可能已经过期删除；请重新上传，或者重新生成。";
    /// The file is larger than allowed.
    FILE_TOO_LARGE = "file.too_large", PAYLOAD_TOO_LARGE, "文件太大，没有收下；请拆成几个小一些的文件，分别上传。";
    /// The file holds nothing.
    FILE_EMPTY = "file.empty", UNPROCESSABLE_ENTITY, "文件是空的，没有内容；请检查后重新选择文件。";
    /// The file store has no space left; nothing was kept.
    FILE_DISK_FULL = "file.disk_full", INSUFFICIENT_STORAGE, "服务器的存储空间满了，文件没有保存；请告诉系统管理员清理空间，然后再办一次。";
    /// An upload in pieces has ended, lay for more than a day, or is not the caller's.
    FILE_UPLOAD_UNKNOWN = "file.upload_unknown", NOT_FOUND, "这次上传已经结束，或者停了一天以上被清理了；请重新选择文件上传。";
    /// A piece of an upload is too large or too small, or goes beyond the announced size.
    FILE_UPLOAD_PIECE = "file.upload_piece", UNPROCESSABLE_ENTITY, "这一段和约定的大小对不上，没有收下；请刷新页面，重新选择同一个文件接着传。";
    /// The upload is to be finished although pieces are missing.
    FILE_UPLOAD_UNFINISHED = "file.upload_unfinished", CONFLICT, "文件还没有传完，请接着传完再提交。";
    /// The stored bytes were changed, exchanged or cut off.
    FILE_DAMAGED = "file.damaged", INTERNAL_SERVER_ERROR, "存下来的文件已经损坏，不能使用；请重新上传或者重新生成，并告诉系统管理员核查。";
}

/// An error that blocking code can hand on, with ours inside.
fn carrying(error: Error) -> io::Error {
    let full = error.refusal().is_some_and(|refusal| refusal.code == FILE_DISK_FULL.code);
    let kind = if full { io::ErrorKind::StorageFull } else { io::ErrorKind::Other };
    io::Error::new(kind, error)
}

/// What stopped a [`Sink`] or a [`Source`]: the refusal inside, `file.disk_full` for any full disk, else a fault of
/// ours.
pub fn cause(error: io::Error) -> Error {
    if store::is_full(&error) {
        return FILE_DISK_FULL.refusal().into();
    }
    let text = error.to_string();
    match error.into_inner().map(|inner| inner.downcast::<Error>()) {
        Some(Ok(ours)) => *ours,
        _ => Error::internal(text),
    }
}
