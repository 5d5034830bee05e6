//! What can be wrong with a file.

/// The first thing that is wrong. [`Fault::code`] is the same in the browser's verifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not two lines.
    #[error("文件不完整，应当正好两行 / the file is not two lines")]
    Lines,
    /// The second line is no seal, or names another hash than that of the first line.
    #[error("内容与文件的指纹不一致，内容被改动过 / the content does not have the hash of the seal")]
    Hash,
    /// The signature over the hash is not good, or not of the expected key.
    #[error("签名不对，文件不是平台签发的或被改动过 / the signature of the seal is not good")]
    Signature,
    /// The first line does not have the form of a publication.
    #[error("文件格式不对 / the first line is no publication")]
    Form,
    /// The instrument does not have the published hash.
    #[error("测评表与公布的指纹不一致 / the instrument does not have the published hash")]
    InstrumentHash,
    /// The instrument is not one, or that of another evaluation.
    #[error("测评表读不出来，或者不是这次评议的 / the instrument is not that of this evaluation")]
    Instrument,
    /// The key of the tokens is not the one that the instrument names.
    #[error("选票密钥与测评表里公布的不一致 / the ballot key is not the one of the instrument")]
    Key,
    /// Tokens do not stand in order, or one stands twice.
    #[error("第 {0} 个选票凭证重复或次序不对 / token {0} stands twice or out of order")]
    TokenOrder(usize),
    /// A token is none, or its signature is not good.
    #[error("第 {0} 个选票凭证的签名不对 / the signature of token {0} is not good")]
    Token(usize),
    /// A commitment is none, does not stand in order, or stands twice.
    #[error("第 {0} 个选票封条重复、次序不对或写法不对 / commitment {0} stands twice or out of order")]
    Commitment(usize),
    /// The root is not that of the commitments.
    #[error("选票封条的总指纹不对 / the root is not that of the commitments")]
    Root,
    /// Tokens, sheets, ballots and electors do not add up.
    #[error("票数对不上 / tokens, sheets and ballots do not add up")]
    Sums,
    /// The columns are not those of the questions.
    #[error("题目与答案的列对不上 / the columns are not those of the questions")]
    Columns,
    /// A column has an answer that does not fit, does not stand in order, or too many or too few of them.
    #[error("“{0}”的答案有不符合题目、次序不对或数量不对的 / the column of {0} does not fit its question")]
    Column(String),
    /// The groups by the answers to this question are not what comes out, or one is told of that is too small.
    #[error(
        "按“{0}”分组的数字与重新计算的不一致，或者有人数太少、不该单独公布的组 / the groups by {0} do not fit or tell of too few"
    )]
    Groups(String),
    /// A published figure of a question is not what comes out.
    #[error("“{0}”公布的数字与重新计算的不一致 / the figures of {0} are not what comes out")]
    Figures(String),
    /// How the numbers of a question are shown to be spread is not what comes out.
    #[error("“{0}”公布的数字分布与重新计算的不一致 / the spread of {0} that is shown is not what comes out")]
    Spread(String),
    /// An overall figure is not what comes out.
    #[error("公布的总数字与重新计算的不一致 / the overall figures are not what comes out")]
    Overall,
}

impl Fault {
    /// A stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Hash => "hash",
            Self::Signature => "signature",
            Self::Form => "form",
            Self::InstrumentHash => "instrument_hash",
            Self::Instrument => "instrument",
            Self::Key => "key",
            Self::TokenOrder(_) => "token_order",
            Self::Token(_) => "token",
            Self::Commitment(_) => "commitment",
            Self::Root => "root",
            Self::Sums => "sums",
            Self::Columns => "columns",
            Self::Column(_) => "column",
            Self::Groups(_) => "groups",
            Self::Figures(_) => "figures",
            Self::Spread(_) => "spread",
            Self::Overall => "overall",
        }
    }
}

/// Why a file is not verified.
#[derive(Debug, thiserror::Error)]
pub enum Unverified {
    /// Something in it is wrong.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// It cannot be read.
    #[error("文件读不出来 / the file cannot be read: {0}")]
    Read(#[from] std::io::Error),
}
