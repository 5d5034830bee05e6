//! Sheets for opinions on paper (纸质意见表): a pile and an urn of their own, codes of their own, and nothing that points at
//! the ballot.
//!
//! Words are not typed the same twice: the first person types what stands on the sheet, the second one reads it beside the
//! sheet and agrees, or writes what stands there instead; where the two differ, a third one agrees with one of them. A
//! sheet from paper has no four words: what it carries in their place stands for nothing, as on a blank one, so its author
//! reads the answer where all members do.

use kernel::{Cx, Result};
use rand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::code::Given;
use super::enter::{self, SheetEntered};
use super::rules::{Entry, Sheet};
use super::{PAPER_CODE, PAPER_ENTERED, PAPER_SAME_PERSON, PAPER_VOID, find};
use crate::access::PAPER_ENTER;
use crate::instrument::Question;
use crate::instrument::answer::{self, Answers};
use crate::opinion::form;

/// What stands in the place of a code while entries are compared.
const NO_CODE: [u8; 32] = [0; 32];

/// Which sheet.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionSheetInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// As scanned, or the 12 signs as typed.
    pub code: String,
}

/// What others entered of a sheet, for whoever reads it beside the sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpinionSheetSeen {
    /// Nothing yet, what the first person entered, or what two people who disagree entered.
    pub entries: Vec<OpinionSheetEntry>,
}

/// What somebody entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpinionSheetEntry {
    /// The opinion; absent on a blank sheet.
    pub words: Option<String>,
    /// 有人要求或盯着我怎么打分 is ticked.
    pub pressed: bool,
}

/// What stands on a sheet for opinions.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionSheetEnter {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// As scanned, or the 12 signs as typed.
    pub code: String,
    /// The opinion; absent or empty on a blank sheet.
    #[serde(default)]
    pub words: Option<String>,
    /// 有人要求或盯着我怎么打分 is ticked.
    #[serde(default)]
    pub pressed: bool,
}

/// What is printed on a sheet: what the browser asks, but for the code.
#[must_use]
pub fn questions() -> Vec<Question> {
    form::questions().into_iter().filter(|question| question.id != form::CODE).collect()
}

/// Shows what was entered of a sheet to somebody who has not entered it.
///
/// # Errors
/// `paper.code`, `paper.unknown`, `paper.same_person`, `paper.entered`, `paper.void`, `paper.rated`,
/// `paper.no_opinions`, `poll.early`, `poll.closed`, 404 outside the caller's reach; the database.
pub async fn look(cx: Cx, input: OpinionSheetInput) -> Result<OpinionSheetSeen> {
    let poll = find::running(&cx, PAPER_ENTER, input.evaluation_id).await?.opinions()?;
    let given = Given::read(&input.code).ok_or_else(|| PAPER_CODE.refusal().on("code"))?;
    let me = cx.caller.account()?;
    let entries = match enter::find_sheet(&cx, poll.id, &given).await? {
        Sheet::Printed => Vec::new(),
        Sheet::First(first) => vec![first],
        Sheet::Disputed(first, second) => vec![first, second],
        Sheet::Entered => return Err(PAPER_ENTERED.refusal().into()),
        Sheet::Void => return Err(PAPER_VOID.refusal().into()),
    };
    if entries.iter().any(|entry| entry.by == me) {
        return Err(PAPER_SAME_PERSON.refusal().into());
    }
    let shown = |entry: &Entry| {
        let said = form::said(&Answers::read(&entry.answers)?);
        Ok(OpinionSheetEntry { words: said.words, pressed: said.pressed })
    };
    Ok(OpinionSheetSeen { entries: entries.iter().map(shown).collect::<Result<_>>()? })
}

/// Takes an entry of a sheet for opinions.
///
/// # Errors
/// As [`enter::enter`], and `paper.no_opinions`.
pub async fn enter_opinion(cx: Cx, input: OpinionSheetEnter) -> Result<SheetEntered> {
    let poll = find::running(&cx, PAPER_ENTER, input.evaluation_id).await?.opinions()?;
    let given = Given::read(&input.code).ok_or_else(|| PAPER_CODE.refusal().on("code"))?;
    let mine = Entry { by: cx.caller.account()?, answers: answers(&input, &NO_CODE)?.canonical() };
    // Like a blank sheet it carries what no words stand for.
    let mut code = [0; 32];
    rand::rng().fill_bytes(&mut code);
    let ballot = answers(&input, &code)?;
    enter::take(&cx, &poll, &given, mine, &ballot).await
}

fn answers(input: &OpinionSheetEnter, code: &[u8; 32]) -> Result<Answers> {
    let mut raw = json!({ (form::WORDS): input.words, (form::CODE): hex::encode(code) });
    if let (true, Some(raw)) = (input.pressed, raw.as_object_mut()) {
        raw.insert(form::PRESSED.to_owned(), json!([0]));
    }
    Ok(answer::parse(&form::questions(), &raw)?)
}
