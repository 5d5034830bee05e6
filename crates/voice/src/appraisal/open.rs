//! Opens a draft: from here on nothing of it can be changed, and the electorate is copied in the background.

use kernel::event::Event;
use kernel::job::{self, New};
use kernel::time::Day;
use kernel::{Cx, Error, Result, Tx};
use registry::organization::record;
use registry::segment::Segment;
use sea_orm::ConnectionTrait;

use super::campaign::is_withdrawn;
use super::freeze::FREEZE;
use super::list::{EvaluationRow, shaped};
use super::plan::Plan;
use super::withdraw::EvaluationInput;
use super::{
    EVALUATION_CHAIR_CHANGED, EVALUATION_STATE, EVALUATION_TOO_SMALL, entity, find, load, rated, rules, size, unions,
};
use crate::instrument::SubjectKind;
use crate::report::wait;
use crate::scheme::{Scheme, find as schemes};

/// Freezes the electorate of a draft and opens it.
///
/// # Errors
/// `evaluation.state`, `evaluation.too_small`, `evaluation.days`, `evaluation.chair_changed`, `report.required`,
/// `organization.state`, 404 outside the caller's scope; the database.
pub async fn open(cx: Cx, input: EvaluationInput) -> Result<EvaluationRow> {
    // People are counted before the transaction: it must be short.
    let row = find::draft(&cx, cx.read(), input.evaluation_id).await?;
    let scheme = schemes::version(cx.read(), &row.scheme_code, row.scheme_version).await?;
    large_enough(&cx, &scheme, &row).await?;
    let tx = cx.begin().await?;
    let row = find::draft(&cx, &tx, input.evaluation_id).await?;
    let closes_at = row.closes_at.ok_or_else(|| Error::internal("a draft without a last day"))?;
    rules::closing(tx.today(), Some(rules::last_day(closes_at)), scheme.document.days_open)?;
    ready(&tx, &scheme, &row, tx.today()).await?;
    start(&tx, &row).await?;
    let row = load(&tx, row.id).await?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}

/// What must hold before an evaluation may be opened, whoever opens it: a person, or the round on the day of a campaign.
///
/// # Errors
/// `evaluation.chair_changed`, `organization.state`, and last of all `report.required`; the database.
pub(super) async fn ready(conn: &impl ConnectionTrait, scheme: &Scheme, row: &entity::Model, today: Day) -> Result<()> {
    record::must_be_established(&record::load(conn, row.organization_id).await?)?;
    if scheme.document.subject == SubjectKind::Chair && row.subject_id.is_some() {
        let chairs = rated::chairs(conn, &[row.organization_id], today).await?;
        if chairs.get(&row.organization_id).copied() != row.subject_id {
            return Err(EVALUATION_CHAIR_CHANGED.refusal().into());
        }
    }
    wait::must_be_there(conn, &scheme.document, row).await
}

/// Lets the freezing begin: today is the day of the electorate.
///
/// # Errors
/// `evaluation.state` when somebody else was faster, or its campaign was given up; the database.
pub(super) async fn start(tx: &Tx, row: &entity::Model) -> Result<()> {
    if is_withdrawn(tx, row).await? {
        return Err(EVALUATION_STATE.refusal().into());
    }
    let sql = "UPDATE evaluation SET state = 'freezing', opens_on = $3, cursor = NULL, version = version + 1
        WHERE id = $1 AND version = $2 AND state = 'draft'";
    if tx.execute_sql(sql, [row.id.into(), row.version.into(), tx.today().into()]).await? != 1 {
        return Err(EVALUATION_STATE.refusal().into());
    }
    tx.record(Event::of("evaluation.freezing", "evaluation", row.id).at(row.organization_id)).await?;
    job::enqueue(tx, New::of(FREEZE, row.id)?).await?;
    Ok(())
}

async fn large_enough(cx: &Cx, scheme: &Scheme, row: &entity::Model) -> Result<()> {
    let segment = Segment::parse(&Plan::read(&row.plan)?.rule)?;
    let unions = unions(cx.read(), row.id).await?;
    let left_out = rated::left_out(cx.read(), &scheme.document, row, &unions, cx.today()).await?;
    let enough = rules::FEWEST_ELECTORS;
    if size::at_least(cx.read(), &segment, &unions, cx.today(), &left_out, enough).await? {
        Ok(())
    } else {
        Err(EVALUATION_TOO_SMALL.refusal().into())
    }
}
