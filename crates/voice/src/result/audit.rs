//! The audit committee of the level above opens whole ballots against what was published.
//!
//! Neither the box nor the file is ever in memory: ballots are added up one by one ([`Opening`]), and the file is read once
//! from its beginning to its end beside what they come to (`compare`).
//!
//! Whole ballots are shown to nobody, on no page: what leaves this verb is whether everything fits, and who looked is an
//! event. Who may do it is an officer of the city or the county over the union, never the union itself.

use kernel::app::App;
use kernel::crypto::verify_signature;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::AUDIT_REASON;
use super::compare::{self, Compared};
use super::file;
use super::line::{Contents, Counted};
use super::publish::rating;
use super::show::published;
use crate::access::EVALUATION_AUDIT;
use crate::appraisal::entity as evaluation;
use crate::ballot::commitment::Commitment;
use crate::instrument::Instrument;
use crate::poll::{self, Opened};

/// The event that somebody looked.
pub(super) const AUDITED: &str = "evaluation.audited";

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// The published file is not the one that was signed.
    File,
    /// A ballot does not open its commitment: salt or answers were changed.
    Commitment,
    /// The ballots are not those whose commitments were published: one was dropped or added.
    Ballots,
    /// The answers of the ballots are not the published column of this question.
    Column(String),
    /// The published figures are not those of the ballots.
    Figures,
}

impl Mismatch {
    /// A stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Commitment => "commitment",
            Self::Ballots => "ballots",
            Self::Column(_) => "column",
            Self::Figures => "figures",
        }
    }
}

/// Whole ballots, added up one by one as they are opened. Pure.
pub struct Opening<'a> {
    instrument: &'a Instrument,
    key_hash: &'a [u8; 32],
    contents: Contents,
}

impl<'a> Opening<'a> {
    /// Before the first one.
    #[must_use]
    pub fn new(instrument: &'a Instrument, key_hash: &'a [u8; 32]) -> Self {
        Self { instrument, key_hash, contents: Contents::none(instrument) }
    }

    /// Adds a ballot.
    ///
    /// # Errors
    /// [`Mismatch::Commitment`] when it does not open its commitment, [`Mismatch::Figures`] when it does not fit.
    pub fn add(&mut self, ballot: &Opened) -> Result<(), Mismatch> {
        let opened = Commitment::of(self.key_hash, &ballot.salt, &ballot.answers.canonical());
        if opened.0 != ballot.commitment {
            return Err(Mismatch::Commitment);
        }
        self.contents.add(self.instrument, ballot).map_err(|_| Mismatch::Figures)
    }

    /// What they come to.
    ///
    /// # Errors
    /// [`Mismatch::Ballots`] when one stands twice.
    pub fn counted(self, electorate: u64) -> Result<Counted, Mismatch> {
        self.contents.counted(self.instrument, electorate).map_err(|_| Mismatch::Ballots)
    }
}

/// Which evaluation, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AuditInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// 2 to 200 characters.
    pub reason: String,
}

/// What came of opening the ballots.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Audited {
    /// Ballots opened.
    pub ballots: u64,
    /// Whether everything fits.
    pub fits: bool,
    /// What does not: `file`, `commitment`, `ballots`, `column`, `figures`.
    pub mismatch: Option<String>,
    /// The question of a column that does not fit.
    pub question: Option<String>,
    /// SHA-256 of the published file's first line, hexadecimal.
    pub hash: String,
}

/// Opens the ballots of a published evaluation and compares them with what was published.
///
/// # Errors
/// `audit.reason`, `result.early`, `result.too_few`, `not_found` outside the caller's reach; the database, the file store.
pub async fn audit(cx: Cx, input: AuditInput) -> Result<Audited> {
    let reason = input.reason.trim().to_owned();
    if !(2..=200).contains(&reason.chars().count()) {
        return Err(AUDIT_REASON.refusal().on("reason").into());
    }
    let (row, out) = published(cx.read(), input.evaluation_id).await?;
    must_stand_above(&cx, &row).await?;
    let box_of = rating(cx.read(), row.id).await?;
    let instrument = Instrument::read(row.instrument.as_deref().unwrap_or_default())?;
    let key_hash: [u8; 32] = box_of.key_hash.as_slice().try_into().map_err(Error::internal)?;
    let electorate = u64::try_from(row.electorate.unwrap_or_default()).map_err(Error::internal)?;
    let (ballots, counted) = opened(&cx, box_of.id, Opening::new(&instrument, &key_hash), electorate).await?;
    let compared = compared(&cx.app, out.file_id, counted).await?;
    let signed = compared.hash == out.hash.as_slice()
        && verify_signature(&out.public_key, &file::signed(&compared.hash), &out.signature);
    let found = if signed { compared.found } else { Err(Mismatch::File) };
    let audited = Audited {
        ballots,
        fits: found.is_ok(),
        mismatch: found.as_ref().err().map(|mismatch| mismatch.code().to_owned()),
        question: found.err().and_then(|mismatch| if let Mismatch::Column(id) = mismatch { Some(id) } else { None }),
        hash: hex::encode(out.hash),
    };
    let tx = cx.begin().await?;
    let event = Event::of(AUDITED, "evaluation", row.id).at(row.organization_id);
    let event = event.with("fits", audited.fits).with("mismatch", &audited.mismatch);
    let event = tx.record(event.with("question", &audited.question)).await?;
    let insert = "INSERT INTO audit_reason (event_id, evaluation_id, reason) VALUES ($1, $2, $3)";
    tx.execute_sql(insert, [event.into(), row.id.into(), reason.into()]).await?;
    tx.commit(audited).await
}

/// The level above: a county does not audit its own, and only the city has nobody over it.
///
/// # Errors
/// `not_found` outside the caller's reach; the database.
pub(super) async fn must_stand_above(cx: &Cx, row: &evaluation::Model) -> Result<()> {
    let above = kernel::node::parent(cx.read(), row.organization_id, cx.today()).await?;
    cx.caller.must(cx.read(), EVALUATION_AUDIT, above.unwrap_or(row.organization_id)).await
}

/// Opens the ballots of a box, none of them held; how many there were, and what they come to.
async fn opened(
    cx: &Cx,
    poll: Id,
    mut opening: Opening<'_>,
    electorate: u64,
) -> Result<(u64, Result<Counted, Mismatch>)> {
    let (mut ballots, mut wrong) = (0, None);
    let add = |ballot: &Opened| {
        ballots += 1;
        if wrong.is_none() {
            wrong = opening.add(ballot).err();
        }
        Ok(())
    };
    // A changed envelope does not open at all: that, too, is a finding and not a fault of the machine.
    let whole = poll::each(cx.read(), cx.app.keys.as_ref(), poll, add).await;
    Ok(match (whole, wrong) {
        (Err(_), _) => (0, Err(Mismatch::Commitment)),
        (Ok(()), Some(mismatch)) => (ballots, Err(mismatch)),
        (Ok(()), None) => (ballots, opening.counted(electorate)),
    })
}

/// Holds what the ballots come to against the published file, in a thread of its own.
async fn compared(app: &App, file: Id, counted: Result<Counted, Mismatch>) -> Result<Compared> {
    let app = app.clone();
    let read = tokio::task::spawn_blocking(move || {
        let source = kernel::file::source(&app, file)?;
        compare::compare(source, counted).map_err(kernel::file::cause)
    });
    read.await.map_err(Error::internal)?
}
