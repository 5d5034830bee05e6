//! Why a file cannot be read or written.

use std::io;

use crate::error::{Error, Refusal, STORAGE};

crate::refusals! {
    /// Neither .xlsx nor .csv: an old .xls, a web page, a picture, another document.
    FORMAT = "sheet.format", UNPROCESSABLE_ENTITY, "这不是可以读取的表格，请在 WPS 或 Excel 里“另存为”.xlsx 后重新上传。";
    /// The file is cut off or damaged, or quotes of a text file do not close.
    DAMAGED = "sheet.damaged", UNPROCESSABLE_ENTITY, "文件不完整或已损坏，请重新打开并另存一份 .xlsx 后再上传。";
    /// The workbook is protected with a password.
    ENCRYPTED = "sheet.encrypted", UNPROCESSABLE_ENTITY, "文件设了打开密码，请在 WPS 或 Excel 里取消密码、另存后再上传。";
    /// The characters of a text file fit neither UTF-8 nor GB 18030.
    ENCODING = "sheet.encoding", UNPROCESSABLE_ENTITY, "文件里有认不出的文字编码，请另存为 .xlsx 或“CSV UTF-8”后再上传。";
    /// More columns than a sheet may have.
    TOO_WIDE = "sheet.too_wide", UNPROCESSABLE_ENTITY, "表格超过 200 列，请删去用不到的列后再上传。";
    /// More rows than a sheet may have.
    TOO_MANY_ROWS = "sheet.too_many_rows", UNPROCESSABLE_ENTITY, "表格的行数太多，请分成几个文件，每个不超过 100 万行。";
    /// No row holds anything.
    EMPTY = "sheet.empty", UNPROCESSABLE_ENTITY, "文件里没有内容，请检查选择的文件和工作表。";
    /// The file inflates to more than is reasonable.
    BOMB = "sheet.bomb", UNPROCESSABLE_ENTITY, "文件解开后过大，不能读取，请只保留需要的内容，另存为新的 .xlsx 后再上传。";
}

/// What stops reading or writing a sheet.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The file is at fault; the person is told what to do.
    #[error("refused: {}", .0.code)]
    Refused(Box<Refusal>),
    /// The storage is at fault: a disk is full, a file cannot be read.
    #[error("storage: {0}")]
    Storage(io::Error),
}

impl SheetError {
    /// The stable code of the answer.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(refusal) => &refusal.code,
            Self::Storage(_) => STORAGE.code,
        }
    }

    /// The answer to the person.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => (**refusal).clone(),
            Self::Storage(_) => STORAGE.refusal(),
        }
    }
}

impl From<Refusal> for SheetError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// The source or the target failed; a reader of ours never makes one of damaged content.
impl From<io::Error> for SheetError {
    fn from(error: io::Error) -> Self {
        Self::Storage(error)
    }
}

impl From<SheetError> for Error {
    fn from(error: SheetError) -> Self {
        if let SheetError::Storage(cause) = &error {
            tracing::error!(%cause, "a sheet could not be read or written");
        }
        error.refusal().into()
    }
}
