//! The electorate is asked again: a poll of its own is opened, with a form that is fixed before anybody draws.

use chrono::TimeDelta;
use kernel::app::App;
use kernel::command::retried;
use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result, Tx, parameter};
use registry::organization::as_of::end_of;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Statement};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity as round;
use super::rules::{form, question};
use crate::appraisal;
use crate::ballot::{BALLOT_NO_KEY, key};
use crate::instrument::{Instrument, Question, hash};
use crate::parameters::CLOSURE_DAYS;
use crate::poll::{self, NewPoll, Purpose};
use crate::rectification::rules::ItemState;
use crate::rectification::{
    CLOSURE_ASKED, CLOSURE_NONE, case, entity, item_entity as item, measure_entity as measure, plan_entity as plan,
    problem_entity as problem, settle,
};

/// Which evaluation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ClosureAsk {
    /// The evaluation.
    pub evaluation_id: Uuid,
}

/// Asks the electorate about everything that is said to be done so far.
///
/// # Errors
/// `rectification.none`, `rectification.own`, `closure.none`, `closure.asked`; 404 outside the caller's scope; the keys;
/// the database.
pub async fn ask(cx: Cx, input: ClosureAsk) -> Result<Done> {
    key::ensure_ready(&cx.app).await?;
    let tx = cx.begin().await?;
    let case = case::must(&tx, input.evaluation_id).await?;
    case::must_work(&cx, &tx, case.organization_id).await?;
    open(&tx, &case).await?;
    tx.commit(Done {}).await
}

/// Asks by itself where everything is said to be done; answers how many rounds were opened.
///
/// # Errors
/// The database, the keys.
pub async fn due(app: &App) -> Result<usize> {
    let sql = "SELECT DISTINCT r.id FROM rectification r
        JOIN rectification_problem p ON p.rectification_id = r.id
        JOIN rectification_item i ON i.problem_id = p.id AND i.state = 'claimed'
        WHERE NOT EXISTS (SELECT 1 FROM closure_round c WHERE c.rectification_id = r.id AND c.state IN ('open', 'closing'))
          AND NOT EXISTS (SELECT 1 FROM rectification_problem q WHERE q.rectification_id = r.id AND NOT EXISTS (
            SELECT 1 FROM rectification_item j WHERE j.problem_id = q.id AND j.state IN ('claimed', 'review', 'fixed')))
        LIMIT 200";
    let rows = app.db.read().query_all_raw(app.db.statement(sql, [])).await?;
    let mut opened = 0;
    for row in rows {
        let id: Id = row.try_get("", "id")?;
        match retried(async || one(app, id).await).await {
            Ok(()) => opened += 1,
            // The chair asked in the same minute.
            Err(Error::Refusal(refusal)) => tracing::debug!(code = %refusal.code, "nobody is asked again"),
            Err(error) => tracing::error!(rectification = %id, %error, "the electorate was not asked"),
        }
    }
    Ok(opened)
}

async fn one(app: &App, id: Id) -> Result<()> {
    key::ensure_ready(app).await?;
    let tx = Cx::system(app).begin().await?;
    let case = entity::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
    open(&tx, &case).await?;
    tx.commit(()).await
}

/// Opens a round about every attempt that is claimed and may be asked about.
async fn open(tx: &Tx, case: &entity::Model) -> Result<()> {
    lock(tx, case.id).await?;
    let (running, number) = rounds(tx, case.id).await?;
    if running {
        return Err(CLOSURE_ASKED.refusal().into());
    }
    let asked = asked(tx, case.id).await?;
    if asked.is_empty() {
        return Err(CLOSURE_NONE.refusal().into());
    }
    let evaluation = appraisal::load(tx, case.evaluation_id).await?;
    let days = parameter::get_i64(tx, CLOSURE_DAYS, "", tx.today()).await?;
    let closes_at = end_of(tx.today() + TimeDelta::days(days));
    let rating = appraisal::instrument(&evaluation)?;
    let (evaluation_id, opens_on, issuer) = (case.evaluation_id, tx.today(), rating.issuer);
    let new = NewPoll { evaluation_id, purpose: Purpose::Closure, round: number, issuer, opens_on, closes_at };
    let poll = match poll::open(tx, new).await {
        // Another poll took the key that was ready: the command is run again, and a new one is made before.
        Err(Error::Refusal(refusal)) if refusal.code == BALLOT_NO_KEY.code => return Err(Error::Contention),
        opened => opened?,
    };
    let questions = (1..).zip(&asked).map(|(at, one)| question(at, &one.problem, &one.measure)).collect();
    let form = form(rating, number, questions, &poll);
    enter(tx, case, (&poll, number), &form, &asked).await
}

async fn enter(
    tx: &Tx,
    case: &entity::Model,
    (poll, round): (&poll::entity::Model, i64),
    form: &Instrument,
    asked: &[AskedAbout],
) -> Result<()> {
    let text = form.canonical()?;
    let digest = hash(&text).to_vec();
    let insert =
        "INSERT INTO closure_round (poll_id, rectification_id, round, form, form_hash, state, opened_on, closes_at)
        VALUES ($1, $2, $3, $4, $5, 'open', $6, $7) ON CONFLICT DO NOTHING";
    let values = [
        poll.id.into(),
        case.id.into(),
        round.into(),
        text.into(),
        digest.clone().into(),
        tx.today().into(),
        poll.closes_at.into(),
    ];
    if tx.execute_sql(insert, values).await? != 1 {
        return Err(CLOSURE_ASKED.refusal().into());
    }
    let row = |(question, one): (&Question, &AskedAbout)| {
        vec![poll.id.into(), one.item_id.into(), question.id.clone().into()]
    };
    let rows = form.questions.iter().zip(asked).map(row).collect();
    insert_rows(tx, "closure_question", &["poll_id", "item_id", "question"], rows, "").await?;
    for one in asked {
        if !settle::pass(tx, one.item_id, ItemState::Claimed, ItemState::Asked).await? {
            return Err(Error::Contention);
        }
    }
    let event = Event::of("closure.opened", "rectification", case.id).at(case.organization_id);
    let event = event.with("poll_id", poll.id).with("round", round).with("items", asked.len());
    tx.record(event.with("form_hash", hex::encode(digest)).with("key_hash", &form.key_hash)).await?;
    Ok(())
}

/// An attempt that is asked about.
struct AskedAbout {
    item_id: Id,
    problem: String,
    measure: String,
}

/// Attempts that are claimed and in which the electorate is still asked, in the order of their problems.
async fn asked(tx: &Tx, case: Id) -> Result<Vec<AskedAbout>> {
    let most = settle::rounds(tx).await?;
    let mut problems = problem::Entity::find().filter(problem::Column::RectificationId.eq(case)).all(tx).await?;
    problems.sort_by_key(|row| (row.added_on, row.id));
    let items = item::Entity::find()
        .filter(item::Column::ProblemId.is_in(problems.iter().map(|row| row.id)))
        .filter(item::Column::State.eq(ItemState::Claimed.as_str()))
        .filter(item::Column::Attempt.lte(most))
        .all(tx)
        .await?;
    let plans = plan::Entity::find()
        .filter(plan::Column::RectificationId.eq(case))
        .order_by_desc(plan::Column::Version)
        .all(tx)
        .await?;
    let measures =
        measure::Entity::find().filter(measure::Column::PlanId.is_in(plans.iter().map(|row| row.id))).all(tx).await?;
    // What was promised last about a problem: a later plan may be about others only.
    let promised = |problem: Id| {
        let of = |plan: &plan::Model| measures.iter().find(|row| row.plan_id == plan.id && row.problem_id == problem);
        plans.iter().find_map(of).map(|row| row.measure.clone()).unwrap_or_default()
    };
    let about = |row: &problem::Model| {
        let item = items.iter().find(|item| item.problem_id == row.id)?;
        Some(AskedAbout { item_id: item.id, problem: row.text.clone(), measure: promised(row.id) })
    };
    Ok(problems.iter().filter_map(about).collect())
}

/// One who asks at a time, on PostgreSQL; SQLite has one writer.
async fn lock(tx: &Tx, case: Id) -> Result<()> {
    let lock = if tx.app().db.is_sqlite() { "" } else { " FOR UPDATE" };
    let sql = format!("SELECT id FROM rectification WHERE id = $1{lock}");
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [case.into()]);
    tx.query_one_raw(statement).await?.ok_or_else(Error::not_found).map(|_| ())
}

/// Whether a round is running, and the number of the next one.
async fn rounds(tx: &Tx, case: Id) -> Result<(bool, i64)> {
    let all = round::Entity::find().filter(round::Column::RectificationId.eq(case));
    let running = all.clone().filter(round::Column::State.is_in(["open", "closing"])).count(tx).await?;
    let number = i64::try_from(all.count(tx).await?).map_err(Error::internal)? + 1;
    Ok((running > 0, number))
}
