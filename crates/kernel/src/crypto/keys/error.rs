//! What can go wrong with keys, each with a stable code and a Chinese sentence for the operator.
//!
//! Nothing of a key is ever part of an error.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why keys cannot be had or used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file system refused.
    #[error("密钥文件 {path} 无法读写：{source}。请检查目录是否存在、磁盘是否已满、运行账户有无权限", path = path.display())]
    Io {
        /// The key file, or the file beside it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Readable by more than its owner.
    #[error("密钥文件 {path} 的权限是 {mode:03o}，其他用户可以读到。请执行 chmod 600 {path} 后重新启动", path = path.display())]
    Permissions {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not the JSON that is expected.
    #[error("密钥文件 {path} 已损坏：{what}。请从备份恢复该文件，不要删除或重新生成，否则已加密的数据将无法打开", path = path.display())]
    Damaged {
        /// The key file.
        path: PathBuf,
        /// Which part.
        what: &'static str,
    },
    /// Written by another version of the program.
    #[error("密钥文件 {path} 的版本是 {found}，本程序不认识。请升级程序，或从备份恢复相符的文件", path = path.display())]
    Version {
        /// The key file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// A key that is zero, regular, repeated, published or meant for tests.
    #[error("密钥 {0} 太弱或是公开的示例密钥，已拒绝使用。请换用随机生成的密钥文件")]
    Weak(&'static str),
    /// No data key has this id.
    #[error("找不到编号为 {0} 的数据密钥。请把最新的密钥文件复制到本机后重新启动")]
    UnknownId(u32),
    /// The operating system gave no random bytes.
    #[error("操作系统未能提供随机数。请检查系统后重试")]
    Random,
    /// A passing key is gone, as it should be, or its folder is not the one it was made in.
    #[error("临时密钥已经销毁，用它加密的内容无法再打开。如果不是按期销毁，请检查各服务器的临时密钥目录是否为同一个")]
    Forgotten,
    /// The signature could not be made.
    #[error("签名失败。请检查签名密钥或密码设备后重试")]
    Signing,
}

impl KeyError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "keys.io",
            Self::Permissions { .. } => "keys.permissions",
            Self::Damaged { .. } => "keys.damaged",
            Self::Version { .. } => "keys.version",
            Self::Weak(_) => "keys.weak",
            Self::UnknownId(_) => "keys.unknown_id",
            Self::Random => "keys.random",
            Self::Forgotten => "keys.forgotten",
            Self::Signing => "keys.signing",
        }
    }

    /// The Chinese sentence for the operator.
    pub fn message(&self) -> String {
        self.to_string()
    }
}
