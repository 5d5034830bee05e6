//! A rectification for everybody: what was found, what is promised, how it stands and what happened. Names of those who
//! see to it and the evidence are for members and staff.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Cx, Id, Result, parameter};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::closure::{OpenClosure, entity as round, open_for};
use super::history::{self, Line};
use super::rows::Rows;
use super::rules::ItemState;
use super::{case, entity, evidence, item_entity as item, problem_entity as problem};
use crate::access::RECTIFICATION_REVIEW;
use crate::appraisal::{entity as evaluation, level, names};
use crate::duty::DutyKind;
use crate::duty::list::DutyRow;
use crate::parameters::RECTIFICATION_LONGEST_DAYS;

/// Which evaluation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RectificationInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
}

/// A rectification with everything that the caller may know of it; `opened_on` is absent where nothing was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RectificationPage {
    /// Of which evaluation.
    pub evaluation_id: Uuid,
    /// As it stands on the page.
    pub title: String,
    /// Which union sees to it.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// Since when.
    pub opened_on: Option<NaiveDate>,
    /// Since when everything is put right.
    pub closed_on: Option<NaiveDate>,
    /// Until when plans are or were due, the first one first.
    pub plan_duties: Vec<DutyRow>,
    /// The version of the plan in force; 0 without one.
    pub version: i64,
    /// A promise may run so many days at the most.
    pub longest_days: i64,
    /// What was found.
    pub problems: Vec<RectificationProblem>,
    /// Every version of the plan, the first one first.
    pub plans: Vec<RectificationPlanRow>,
    /// Rounds of asking the electorate again.
    pub rounds: Vec<ClosureRound>,
    /// The round in which the caller may answer now.
    pub open: Option<OpenClosure>,
    /// What happened, the oldest first.
    pub history: Vec<Line>,
    /// What the caller may do.
    pub may: RectificationMay,
}

/// A problem and what was done about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RectificationProblem {
    /// Which.
    pub id: Uuid,
    /// `rating`, `opinion`, `chair`, `above`.
    pub source: String,
    /// What is wrong.
    pub text: String,
    /// Of those who answered, in hundredths of a per cent: for a rating.
    pub share: Option<i64>,
    /// When it was found.
    pub added_on: NaiveDate,
    /// What is promised about it now.
    pub measure: Option<String>,
    /// Who sees to it: for members and staff.
    pub owner: Option<String>,
    /// Attempts, the first one first.
    pub items: Vec<RectificationItem>,
}

/// One attempt.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RectificationItem {
    /// Which.
    pub id: Uuid,
    /// From 1.
    pub attempt: i64,
    /// Where it stands.
    pub state: ItemState,
    /// Since when.
    pub begun_on: NaiveDate,
    /// When it was said to be done.
    pub claimed_on: Option<NaiveDate>,
    /// When that was found to be so, or not.
    pub settled_on: Option<NaiveDate>,
    /// Until when it is or was due.
    pub duty: Option<DutyRow>,
    /// Until when the level above is or was to look.
    pub review_duty: Option<DutyRow>,
    /// What was done: for members and staff.
    pub evidence: Vec<RectificationEvidenceRow>,
    /// What the electorate answered, round by round.
    pub answers: Vec<ClosureAnswer>,
    /// `fixed` or `not_fixed`, as the level above found.
    pub finding: Option<String>,
    /// Why.
    pub finding_reason: Option<String>,
}

/// What was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RectificationEvidenceRow {
    /// In words.
    pub text: String,
    /// When it was entered.
    pub added_on: NaiveDate,
    /// Pictures and documents.
    pub files: Vec<RectificationEvidenceFile>,
}

/// A picture or document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RectificationEvidenceFile {
    /// Which.
    pub file_id: Uuid,
    /// Its name.
    pub name: String,
    /// By its content.
    pub content_type: String,
}

/// A version of the plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RectificationPlanRow {
    /// From 1.
    pub version: i64,
    /// When it was filed.
    pub filed_on: NaiveDate,
    /// What it promises.
    pub promises: Vec<RectificationPromiseRow>,
}

/// What a version promises about one problem.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RectificationPromiseRow {
    /// The problem.
    pub problem_id: Uuid,
    /// What will be done.
    pub measure: String,
    /// Who sees to it: for members and staff.
    pub owner: Option<String>,
    /// Until when, as it was promised then.
    pub due_on: NaiveDate,
}

/// A round of asking the electorate again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClosureRound {
    /// Its poll, under which its file and its receipts are found.
    pub poll_id: Uuid,
    /// From 1.
    pub round: i64,
    /// `open`, `closing`, `counted`, `too_few`.
    pub state: String,
    /// First day.
    pub opened_on: NaiveDate,
    /// The moment after which no ballot is taken.
    pub closes_at: DateTime<Utc>,
    /// When it was counted.
    pub counted_on: Option<NaiveDate>,
    /// Ballots, five at least.
    pub ballots: Option<i64>,
    /// Of a round that was counted: ballots left over at its close, one to four, destroyed and in no figure.
    pub destroyed: Option<i64>,
    /// SHA-256 of what is asked, hexadecimal.
    pub form_hash: String,
    /// SHA-256 of the published file's first line, hexadecimal.
    pub hash: Option<String>,
    /// Root over the commitments, hexadecimal.
    pub merkle_root: Option<String>,
}

/// What was answered about one attempt.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClosureAnswer {
    /// In which round.
    pub round: i64,
    /// Put right.
    pub fixed: i64,
    /// Partly.
    pub partly: i64,
    /// Not.
    pub not_fixed: i64,
}

/// What the caller may do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RectificationMay {
    /// File the plan, enter what was done, ask the electorate.
    pub work: bool,
    /// Add a problem.
    pub add: bool,
    /// Look for himself and enter what he found.
    pub review: bool,
    /// Sees who sees to it, and the evidence.
    pub inside: bool,
}

/// Shows the rectification of an evaluation to anybody.
///
/// # Errors
/// `rectification.early` while the evaluation is on; `not_found`; the database.
pub async fn show(cx: Cx, input: RectificationInput) -> Result<RectificationPage> {
    let conn = cx.read();
    let evaluation = case::ended(conn, input.evaluation_id).await?;
    let inside = evidence::inside(&cx, &evaluation).await?;
    let may = may(&cx, conn, &evaluation, inside).await?;
    let open = match cx.caller.person_id() {
        Some(person) => open_for(&cx, person, Some(evaluation.id)).await?.pop(),
        None => None,
    };
    let unions = names(conn, [evaluation.organization_id]).await?;
    let mut page = RectificationPage {
        evaluation_id: evaluation.id,
        title: evaluation.title,
        organization_id: evaluation.organization_id,
        organization_name: unions.get(&evaluation.organization_id).cloned().unwrap_or_default(),
        opened_on: None,
        closed_on: None,
        plan_duties: Vec::new(),
        version: 0,
        longest_days: parameter::get_i64(conn, RECTIFICATION_LONGEST_DAYS, "", cx.today()).await?,
        problems: Vec::new(),
        plans: Vec::new(),
        rounds: Vec::new(),
        open,
        history: Vec::new(),
        may,
    };
    if let Some(case) = case::find(conn, evaluation.id).await? {
        let rows = Rows::load(&cx, conn, &case).await?;
        fill(&mut page, &case, &rows)?;
    }
    Ok(page)
}

fn fill(page: &mut RectificationPage, case: &entity::Model, rows: &Rows) -> Result<()> {
    let inside = page.may.inside;
    page.opened_on = Some(case.opened_on);
    page.closed_on = case.closed_on;
    page.plan_duties = rows.duties.iter().filter(|row| row.kind == DutyKind::Plan).cloned().collect();
    page.version = rows.plans.last().map_or(0, |row| row.version);
    page.problems = rows.problems.iter().map(|row| problem_of(row, rows, inside)).collect::<Result<_>>()?;
    page.plans = rows.plans.iter().map(|row| plan_of(row, rows, inside)).collect();
    page.rounds = rows.rounds.iter().map(|row| round_of(row, rows)).collect();
    page.history = history::of(case, rows);
    Ok(())
}

async fn may(
    cx: &Cx,
    conn: &impl ConnectionTrait,
    evaluation: &evaluation::Model,
    inside: bool,
) -> Result<RectificationMay> {
    let union: Id = evaluation.organization_id;
    let above = level::stands_above(&cx.caller, conn, RECTIFICATION_REVIEW, union, cx.today()).await?;
    let work = case::may_work(cx, union);
    Ok(RectificationMay { work, add: work || above, review: above, inside })
}

fn problem_of(row: &problem::Model, rows: &Rows, inside: bool) -> Result<RectificationProblem> {
    let promised = rows.promised(row.id);
    let items = rows.items.iter().filter(|item| item.problem_id == row.id);
    Ok(RectificationProblem {
        id: row.id,
        source: row.source.clone(),
        text: row.text.clone(),
        share: row.share,
        added_on: row.added_on,
        measure: promised.map(|promise| promise.measure.clone()),
        owner: promised.filter(|_| inside).map(|promise| promise.owner.clone()),
        items: items.map(|item| item_of(item, rows, inside)).collect::<Result<_>>()?,
    })
}

fn item_of(row: &item::Model, rows: &Rows, inside: bool) -> Result<RectificationItem> {
    let review = rows.reviews.get(&row.id);
    let evidence = rows.evidence.iter().filter(|one| inside && one.item_id == row.id);
    let shown = |one: &super::evidence_entity::Model| RectificationEvidenceRow {
        text: one.text.clone(),
        added_on: one.added_on,
        files: rows.files.iter().filter(|file| file.evidence_id == one.id).map(file_of).collect(),
    };
    let answers = rows.results.iter().filter(|result| result.item_id == row.id);
    let number = |poll: Id| rows.rounds.iter().find(|round| round.poll_id == poll).map_or(0, |round| round.round);
    Ok(RectificationItem {
        id: row.id,
        attempt: row.attempt,
        state: ItemState::parse(&row.state)?,
        begun_on: row.begun_on,
        claimed_on: row.claimed_on,
        settled_on: row.settled_on,
        duty: rows.duty(DutyKind::Item, row.id).cloned(),
        review_duty: rows.duty(DutyKind::Review, row.id).cloned(),
        evidence: evidence.map(shown).collect(),
        answers: answers
            .map(|one| ClosureAnswer {
                round: number(one.poll_id),
                fixed: one.fixed,
                partly: one.partly,
                not_fixed: one.not_fixed,
            })
            .collect(),
        finding: review.map(|review| review.finding.clone()),
        finding_reason: review.map(|review| review.reason.clone()),
    })
}

fn file_of(row: &super::file_entity::Model) -> RectificationEvidenceFile {
    let super::file_entity::Model { file_id, name, content_type, .. } = row.clone();
    RectificationEvidenceFile { file_id, name, content_type }
}

fn plan_of(row: &super::plan_entity::Model, rows: &Rows, inside: bool) -> RectificationPlanRow {
    let mut promises: Vec<&super::measure_entity::Model> =
        rows.measures.iter().filter(|promise| promise.plan_id == row.id).collect();
    promises.sort_by_key(|promise| rows.number(promise.problem_id));
    let shown = |promise: &super::measure_entity::Model| RectificationPromiseRow {
        problem_id: promise.problem_id,
        measure: promise.measure.clone(),
        owner: inside.then(|| promise.owner.clone()),
        due_on: promise.due_on,
    };
    RectificationPlanRow {
        version: row.version,
        filed_on: row.filed_on,
        promises: promises.into_iter().map(shown).collect(),
    }
}

fn round_of(row: &round::Model, rows: &Rows) -> ClosureRound {
    ClosureRound {
        poll_id: row.poll_id,
        round: row.round,
        state: row.state.clone(),
        opened_on: row.opened_on,
        closes_at: row.closes_at,
        counted_on: row.counted_on,
        ballots: row.ballots,
        // Of fewer than five nothing is told, not that some came either.
        destroyed: row.ballots.and_then(|_| rows.destroyed.get(&row.poll_id).copied()),
        form_hash: hex::encode(&row.form_hash),
        hash: row.hash.as_deref().map(hex::encode),
        merkle_root: row.merkle_root.as_deref().map(hex::encode),
    }
}
