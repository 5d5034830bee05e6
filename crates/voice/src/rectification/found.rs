//! What the published figures of an evaluation oblige to: every scale question whose last step reached the bar is a
//! problem.

use kernel::app::App;
use kernel::calendar::china_day;
use kernel::command::retried;
use kernel::{Cx, Error, Id, Result};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::problem::{Source, enter};
use crate::appraisal::{entity as evaluation, instrument, rules::State};
use crate::result::entity as publication;
use crate::result::tally::{AnswerFigures, Figures};

/// Evaluations that are looked through in one round.
const MANY: u64 = 200;

/// Looks through what was published since; answers how many evaluations. Each is looked through once.
///
/// # Errors
/// The database. One that cannot be looked through does not hold up the others.
pub async fn look(app: &App) -> Result<usize> {
    let seen = Query::select().column("evaluation_id").from("rectification_seen").to_owned();
    let fresh: Vec<Id> = evaluation::Entity::find()
        .select_only()
        .column(evaluation::Column::Id)
        .filter(evaluation::Column::State.eq(State::Published.as_str()))
        .filter(evaluation::Column::Id.not_in_subquery(seen))
        .order_by_asc(evaluation::Column::Id)
        .limit(MANY)
        .into_tuple()
        .all(app.db.read())
        .await?;
    let mut looked = 0;
    for id in fresh {
        match retried(async || one(app, id).await).await {
            Ok(done) => looked += usize::from(done),
            Err(error) => tracing::error!(evaluation = %id, %error, "a published evaluation was not looked through"),
        }
    }
    Ok(looked)
}

async fn one(app: &App, id: Id) -> Result<bool> {
    let tx = Cx::system(app).begin().await?;
    let claim = "INSERT INTO rectification_seen (evaluation_id, seen_on) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    if tx.execute_sql(claim, [id.into(), tx.today().into()]).await? == 0 {
        return Ok(false);
    }
    let (row, published) = both(&tx, id).await?;
    let figures: Figures = serde_json::from_str(&published.figures)?;
    let questions = instrument(&row)?.questions;
    let start = china_day(published.published_at);
    for question in questions.iter().filter(|question| figures.rectify.contains(&question.id)) {
        let share = worst(&figures, &question.id);
        let text = format!("会员对“{}”的评价达到整改线", question.text);
        let source = Source::Rating { question: question.id.clone(), share };
        enter(&tx, &row, row.organization_id, (source, &text), start).await?;
    }
    tx.commit(true).await
}

async fn both(conn: &impl ConnectionTrait, id: Id) -> Result<(evaluation::Model, publication::Model)> {
    let row = evaluation::Entity::find_by_id(id).one(conn).await?;
    let published = publication::Entity::find_by_id(id).one(conn).await?;
    row.zip(published).ok_or_else(|| Error::internal("a published evaluation without its publication"))
}

/// The share of the last step of a scale question.
fn worst(figures: &Figures, question: &str) -> u64 {
    let found = figures.questions.iter().find(|one| one.question == question);
    match found.map(|one| &one.answers) {
        Some(AnswerFigures::Scale { cells, .. }) => cells.last().map_or(0, |cell| cell.share),
        _ => 0,
    }
}
