//! Makes sheets. Their codes leave the house once, in this answer, and go to the printer.

use chrono::{DateTime, Utc};
use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::{Cx, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::code::SheetCode;
use super::{PAPER_SHEETS, find, opinion};
use crate::access::PAPER_ENTER;
use crate::appraisal;
use crate::instrument::Question;
use crate::poll::{POLL_CLOSED, lock};

/// Sheets of one print.
const MOST: u32 = 200;

/// How many.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PrintInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// 1 to 200.
    pub sheets: u32,
    /// Ballots unless told.
    #[serde(default)]
    pub of: SheetKind,
}

/// What a sheet is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SheetKind {
    /// A ballot (纸质票).
    #[default]
    Rating,
    /// A sheet for opinions (纸质意见表).
    Opinion,
}

impl SheetKind {
    /// The stable English name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rating => "rating",
            Self::Opinion => "opinion",
        }
    }
}

/// Sheets to be printed at once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PrintedSheets {
    /// What they are for.
    pub of: SheetKind,
    /// As it stands on the sheet.
    pub title: String,
    /// Whom or what it is about.
    pub subject_name: String,
    /// The moment after which nothing is entered any more.
    pub closes_at: DateTime<Utc>,
    /// What is asked.
    pub questions: Vec<Question>,
    /// One a sheet.
    pub sheets: Vec<PrintedSheet>,
}

/// A sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PrintedSheet {
    /// What its bar code says: 17 signs.
    pub code: String,
    /// What is typed where there is no scanner: 12 signs.
    pub typed: String,
}

/// Makes sheets with codes. They are in no order that says anything, and nobody can be shown them again.
///
/// # Errors
/// `paper.sheets`, `paper.no_opinions`, `poll.closed`, `evaluation.state`, 404 outside the caller's reach; the database.
pub async fn print(cx: Cx, input: PrintInput) -> Result<PrintedSheets> {
    if !(1..=MOST).contains(&input.sheets) {
        return Err(PAPER_SHEETS.refusal().on("sheets").into());
    }
    let found = find::opened(&cx, PAPER_ENTER, input.evaluation_id).await?;
    let evaluation = found.evaluation.clone();
    let poll = match input.of {
        SheetKind::Rating => found.poll,
        SheetKind::Opinion => found.opinions()?,
    };
    let codes: Vec<SheetCode> = (0..input.sheets).map(|_| SheetCode::random()).collect();
    let keys = cx.app.keys.as_ref();
    let mut rows: Vec<Vec<sea_orm::Value>> = codes
        .iter()
        .map(|code| {
            let (hash, typed) = (code.hash(poll.id).to_vec(), code.typed_hash(keys, poll.id).to_vec());
            vec![poll.id.into(), hash.into(), typed.into(), "printed".into()]
        })
        .collect();
    // The rows do not lie in the order of the printed pile.
    rand::seq::SliceRandom::shuffle(rows.as_mut_slice(), &mut rand::rng());
    // The answer to a repeated submit would keep the codes: printed twice, the sheets of one print are void in the end.
    let tx = cx.unclaimed().begin().await?;
    if !lock::open_polls(&tx, std::iter::once(poll.id)).await?.contains(&poll.id) {
        return Err(POLL_CLOSED.refusal().into());
    }
    insert_rows(&tx, "paper_sheet", &["poll_id", "code_hash", "typed_hash", "state"], rows, "").await?;
    let event = Event::of("paper.printed", "evaluation", evaluation.id).at(evaluation.organization_id);
    tx.record(event.with("sheets", input.sheets).with("of", input.of.as_str())).await?;
    tx.commit(()).await?;
    let instrument = appraisal::instrument(&evaluation)?;
    let sheet = |code: &SheetCode| PrintedSheet { code: code.scanned(), typed: code.typed() };
    Ok(PrintedSheets {
        of: input.of,
        title: instrument.title,
        subject_name: instrument.subject.name,
        closes_at: poll.closes_at,
        questions: match input.of {
            SheetKind::Rating => instrument.questions,
            SheetKind::Opinion => opinion::questions(),
        },
        sheets: codes.iter().map(sheet).collect(),
    })
}
