//! Gathers words and numbers out of the box of a published evaluation, apart from every other answer.
//!
//! Whoever does it holds the row of `gathering` by a number of his own: a second worker, or one after a killed process,
//! takes it over, forgets what was half done and begins anew. Nothing of it is seen before it is done.

use std::collections::BTreeMap;

use kernel::app::App;
use kernel::command::retried;
use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::id::Ids;
use kernel::{Cx, Error, Id, Result, notice};
use rand::seq::SliceRandom;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::rules::{self, Spread};
use crate::appraisal::{self, entity as evaluation};
use crate::instrument::answer::Answer;
use crate::instrument::{Instrument, QuestionKind};
use crate::poll::{self, entity as box_of};

/// Evaluations of one round; the rest follows a minute later.
const MANY: u64 = 500;
/// Words of one transaction.
const CHUNK: usize = 512;

/// Gathers what was published and is not gathered yet.
///
/// # Errors
/// The database. One that cannot be gathered does not hold up the others.
pub async fn round(app: &App) -> Result<()> {
    let sql = format!(
        "SELECT e.id FROM evaluation e WHERE e.state = 'published' AND NOT EXISTS
            (SELECT 1 FROM gathering g WHERE g.evaluation_id = e.id AND g.done) ORDER BY e.id LIMIT {MANY}"
    );
    for row in app.db.read().query_all_raw(app.db.statement(&sql, [])).await? {
        let id: Id = row.try_get("", "id")?;
        if let Err(error) = one(app, id).await {
            tracing::error!(evaluation = %id, %error, "the words of an evaluation were not gathered");
        }
    }
    Ok(())
}

/// What was found in a box.
#[derive(Default)]
struct Found {
    words: Vec<(String, String)>,
    numbers: BTreeMap<String, BTreeMap<i64, u64>>,
}

async fn one(app: &App, id: Id) -> Result<()> {
    let row = appraisal::load(app.db.read(), id).await?;
    let instrument = appraisal::instrument(&row)?;
    let worker = Ids::random();
    if !retried(async || take(app, id, worker).await).await? {
        return Ok(());
    }
    let mut found = found(app, &row, &instrument).await?;
    // In the order of nothing: neither that of the box nor that of the questions beside each other.
    found.words.shuffle(&mut rand::rng());
    for part in found.words.chunks(CHUNK) {
        if !retried(async || keep(app, id, worker, part).await).await? {
            return Ok(());
        }
    }
    let spread = |(question, numbers): (&String, &BTreeMap<i64, u64>)| Spread {
        question: question.clone(),
        bins: rules::bins(numbers),
    };
    let spreads: Vec<Spread> = found.numbers.iter().map(spread).collect();
    retried(async || done(app, &row, worker, &spreads, found.words.len()).await).await
}

/// Takes it over; `false` when it is done.
async fn take(app: &App, id: Id, worker: Id) -> Result<bool> {
    let tx = Cx::system(app).begin_bulk().await?;
    let sql = "INSERT INTO gathering (evaluation_id, worker, done, spreads) VALUES ($1, $2, false, '[]')
        ON CONFLICT (evaluation_id) DO UPDATE SET worker = excluded.worker WHERE NOT gathering.done";
    if tx.execute_sql(sql, [id.into(), worker.into()]).await? != 1 {
        return Ok(false);
    }
    tx.execute_sql("DELETE FROM words WHERE evaluation_id = $1", [id.into()]).await?;
    tx.commit(true).await
}

async fn found(app: &App, row: &evaluation::Model, instrument: &Instrument) -> Result<Found> {
    let mut found = Found::default();
    let wanted: Vec<(String, bool)> = instrument
        .questions
        .iter()
        .filter_map(|question| match question.kind {
            QuestionKind::Text { .. } => Some((question.id.clone(), true)),
            QuestionKind::Number { .. } => Some((question.id.clone(), false)),
            _ => None,
        })
        .collect();
    if wanted.is_empty() {
        return Ok(found);
    }
    let rating = box_of::Entity::find()
        .filter(box_of::Column::EvaluationId.eq(row.id))
        .filter(box_of::Column::Purpose.eq("rating"))
        .filter(box_of::Column::Round.eq(0_i64));
    let rating = rating.one(app.db.read()).await?.ok_or_else(Error::not_found)?;
    poll::each(app.db.read(), app.keys.as_ref(), rating.id, |ballot| {
        for (question, words) in &wanted {
            match ballot.answers.get(question) {
                Some(Answer::Words(said)) if *words => found.words.push((question.clone(), said.clone())),
                Some(Answer::One(number)) if !*words => {
                    *found.numbers.entry(question.clone()).or_default().entry(*number).or_default() += 1;
                }
                _ => {}
            }
        }
        Ok(())
    })
    .await?;
    Ok(found)
}

/// Enters some words; `false` when another has taken over.
async fn keep(app: &App, id: Id, worker: Id, part: &[(String, String)]) -> Result<bool> {
    let tx = Cx::system(app).begin_bulk().await?;
    let fence = "UPDATE gathering SET worker = worker WHERE evaluation_id = $1 AND worker = $2 AND NOT done";
    if tx.execute_sql(fence, [id.into(), worker.into()]).await? != 1 {
        return Ok(false);
    }
    let mut rows: Vec<(Id, &(String, String))> = part.iter().map(|words| (Ids::random(), words)).collect();
    rows.sort_by_key(|(id, _)| *id);
    let row = |(words_id, (question, said)): (Id, &(String, String))| {
        vec![words_id.into(), id.into(), question.clone().into(), said.clone().into(), "waiting".into()]
    };
    let columns = ["id", "evaluation_id", "question", "said", "state"];
    insert_rows(&tx, "words", &columns, rows.into_iter().map(row).collect(), "").await?;
    tx.commit(true).await
}

async fn done(app: &App, row: &evaluation::Model, worker: Id, spreads: &[Spread], words: usize) -> Result<()> {
    let tx = Cx::system(app).begin().await?;
    let sql = "UPDATE gathering SET done = true, spreads = $3 WHERE evaluation_id = $1 AND worker = $2 AND NOT done";
    let values = [row.id.into(), worker.into(), serde_json::to_string(spreads)?.into()];
    if tx.execute_sql(sql, values).await? != 1 || words == 0 {
        return tx.commit(()).await;
    }
    let event = Event::of("consultation.gathered", "evaluation", row.id).at(row.organization_id);
    let event = tx.record(event.with("words", words)).await?;
    if let Some(account_id) = row.created_by {
        let new = notice::New {
            account_id,
            kind: "consultation.gathered",
            title: "有文字意见等待审核".to_owned(),
            body: format!("“{}”收到 {words} 条文字意见，审核后才会公开。", row.title),
            link: Some(format!("/evaluations/{}", row.id)),
            event_id: Some(event),
        };
        notice::send(&tx, new).await?;
    }
    tx.commit(()).await
}
