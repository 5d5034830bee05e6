//! The audit committee of the level above opens whole ballots against what was published.
//!
//! Whole ballots are shown to nobody, on no page: what leaves this verb is whether everything fits, and who looked is an
//! event. Who may do it is an officer of the city or the county over the union, never the union itself.

use std::io::Read;

use kernel::app::App;
use kernel::crypto::verify_signature;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::AUDIT_REASON;
use super::file::{self, Publication};
use super::publish::rating;
use super::show::published;
use super::tally::Counts;
use crate::access::EVALUATION_AUDIT;
use crate::ballot::commitment::Commitment;
use crate::instrument::Instrument;
use crate::instrument::answer::Answers;
use crate::poll::{self, Opened};

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

/// Compares whole ballots with a publication. Pure.
///
/// # Errors
/// The first [`Mismatch`]; one flipped, dropped or added ballot is one.
pub fn compare(
    publication: &Publication,
    instrument: &Instrument,
    key_hash: &[u8; 32],
    ballots: &[Opened],
) -> Result<(), Mismatch> {
    let opens = |one: &Opened| Commitment::of(key_hash, &one.salt, &one.answers.canonical()).0 == one.commitment;
    if !ballots.iter().all(opens) {
        return Err(Mismatch::Commitment);
    }
    let mut commitments: Vec<String> = ballots.iter().map(|one| hex::encode(one.commitment)).collect();
    commitments.sort_unstable();
    if commitments != publication.commitments {
        return Err(Mismatch::Ballots);
    }
    let answers: Vec<&Answers> = ballots.iter().map(|one| &one.answers).collect();
    let columns = file::columns(instrument, &answers);
    if columns.len() != publication.columns.len() {
        return Err(Mismatch::Figures);
    }
    if let Some((column, _)) = columns.iter().zip(&publication.columns).find(|(came, published)| came != published) {
        return Err(Mismatch::Column(column.question.clone()));
    }
    let counts = Counts::of(&instrument.questions, answers).map_err(|_| Mismatch::Figures)?;
    let figures = counts.figures(instrument, publication.electorate);
    if figures == publication.figures { Ok(()) } else { Err(Mismatch::Figures) }
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
    // The level above: a county does not audit its own, and only the city has nobody over it.
    let above = kernel::node::parent(cx.read(), row.organization_id, cx.today()).await?;
    cx.caller.must(cx.read(), EVALUATION_AUDIT, above.unwrap_or(row.organization_id)).await?;
    let box_of = rating(cx.read(), row.id).await?;
    let instrument = Instrument::read(row.instrument.as_deref().unwrap_or_default())?;
    let key_hash: [u8; 32] = box_of.key_hash.as_slice().try_into().map_err(Error::internal)?;
    let bytes = bytes(&cx.app, out.file_id).await?;
    // A changed envelope does not open at all: that, too, is a finding and not a fault of the machine.
    let ballots = poll::ballots(cx.read(), cx.app.keys.as_ref(), box_of.id).await.ok();
    let found = match (file::read(&bytes), &ballots) {
        (Ok((publication, hash)), Some(ballots)) if hash == out.hash.as_slice() => {
            let signed = verify_signature(&out.public_key, &file::signed(&hash), &out.signature);
            let signed = if signed { Ok(()) } else { Err(Mismatch::File) };
            signed.and_then(|()| compare(&publication, &instrument, &key_hash, ballots))
        }
        (_, Some(_)) => Err(Mismatch::File),
        (_, None) => Err(Mismatch::Commitment),
    };
    let audited = Audited {
        ballots: ballots.map_or(0, |ballots| ballots.len() as u64),
        fits: found.is_ok(),
        mismatch: found.as_ref().err().map(|mismatch| mismatch.code().to_owned()),
        question: found.err().and_then(|mismatch| if let Mismatch::Column(id) = mismatch { Some(id) } else { None }),
        hash: hex::encode(out.hash),
    };
    let tx = cx.begin().await?;
    let event = Event::of("evaluation.audited", "evaluation", row.id).at(row.organization_id);
    let event = tx.record(event.with("fits", audited.fits).with("mismatch", &audited.mismatch)).await?;
    let insert = "INSERT INTO audit_reason (event_id, evaluation_id, reason) VALUES ($1, $2, $3)";
    tx.execute_sql(insert, [event.into(), row.id.into(), reason.into()]).await?;
    tx.commit(audited).await
}

async fn bytes(app: &App, id: Id) -> Result<Vec<u8>> {
    let app = app.clone();
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        kernel::file::source(&app, id)?.read_to_end(&mut bytes).map_err(kernel::file::cause)?;
        Ok::<_, Error>(bytes)
    });
    read.await.map_err(Error::internal)?
}
