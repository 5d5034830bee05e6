//! Publishes a result: counts, gates, writes the file and the row.

use std::io::Write;

use kernel::app::App;
use kernel::command::retried;
use kernel::event::Event;
use kernel::file::{NewFile, Stored};
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::file::{self, BallotBox, Publication, Sealed};
use super::{PURPOSE, RESULT_EARLY, gate};
use crate::appraisal::entity as evaluation;
use crate::instrument::Instrument;
use crate::poll::{self, entity as box_of, queue_entity as queue, sheet_entity as sheet, spent_entity as spent};

/// How an evaluation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The result is out.
    Published,
    /// Fewer than five ballots: nothing is ever told.
    TooFew,
}

/// Publishes the result of an evaluation whose vote is closed and whose last ballots are shuffled in. Asked again, it
/// changes nothing and gives the same answer. A process killed at any moment leaves the evaluation as it was, with at the
/// most a file that nothing keeps and that is swept.
///
/// # Errors
/// `result.early` before that; when the ballots do not fit their instrument or do not add up; the database, the file store.
pub async fn publish(app: &App, evaluation_id: Id) -> Result<Outcome> {
    let conn = app.db.read();
    let row = evaluation::Entity::find_by_id(evaluation_id).one(conn).await?.ok_or_else(Error::not_found)?;
    match row.state.as_str() {
        "published" => return Ok(Outcome::Published),
        "too_few" => return Ok(Outcome::TooFew),
        "closing" => {}
        _ => return Err(RESULT_EARLY.refusal().into()),
    }
    let rating = rating(conn, evaluation_id).await?;
    let waiting = queue::Entity::find().filter(queue::Column::PollId.eq(rating.id)).count(conn).await?;
    if rating.state != "closed" || waiting > 0 {
        return Err(RESULT_EARLY.refusal().into());
    }
    let ballots = poll::ballots(conn, app.keys.as_ref(), rating.id).await?;
    if !gate::may_publish(ballots.len() as u64) {
        return retried(async || end(app, &row, None).await).await;
    }
    let text = row.instrument.clone().ok_or_else(|| Error::internal("a closed evaluation without instrument"))?;
    let instrument = Instrument::read(&text)?;
    let tokens = tokens(conn, rating.id).await?;
    let of = BallotBox {
        poll_id: rating.id,
        instrument: &text,
        public_key: &rating.public_key,
        electorate: count(row.electorate)?,
        drawn: poll::counts(conn, rating.id).await?.drawn,
        paper: sheets(conn, rating.id).await?,
        destroyed: count(rating.destroyed)?,
        tokens: &tokens,
        ballots: &ballots,
    };
    let (publication, tree) = file::written(&instrument, &of).map_err(Error::internal)?;
    let sealed = file::sealed(&publication, app.keys.as_ref()).map_err(Error::internal)?;
    let out = Out { publication, root: tree.root(), file: store(app, sealed).await? };
    retried(async || end(app, &row, Some(&out)).await).await
}

/// A publication whose bytes are stored.
struct Out {
    publication: Publication,
    root: [u8; 32],
    file: Kept,
}

/// A file whose bytes are stored.
pub(crate) struct Kept {
    pub id: Id,
    pub stored: Stored,
    pub hash: [u8; 32],
    signature: [u8; 64],
}

/// The box of the ratings.
pub(super) async fn rating(conn: &impl ConnectionTrait, evaluation: Id) -> Result<box_of::Model> {
    use box_of::Column;
    let rating = box_of::Entity::find()
        .filter(Column::EvaluationId.eq(evaluation))
        .filter(Column::Purpose.eq("rating"))
        .filter(Column::Round.eq(0));
    rating.one(conn).await?.ok_or_else(|| RESULT_EARLY.refusal().into())
}

/// Message and signature of each token that came back.
///
/// # Errors
/// The database.
pub(crate) async fn tokens(conn: &impl ConnectionTrait, poll: Id) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let rows = spent::Entity::find().filter(spent::Column::PollId.eq(poll)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.token, row.signature)).collect())
}

async fn sheets(conn: &impl ConnectionTrait, poll: Id) -> Result<u64> {
    use sheet::Column;
    let entered = sheet::Entity::find().filter(Column::PollId.eq(poll)).filter(Column::State.eq("entered"));
    Ok(entered.count(conn).await?)
}

fn count(number: Option<i64>) -> Result<u64> {
    u64::try_from(number.unwrap_or_default()).map_err(Error::internal)
}

/// Stores a publication; a file that nothing keeps is swept.
///
/// # Errors
/// The file store.
pub(crate) async fn store(app: &App, sealed: Sealed) -> Result<Kept> {
    let (id, app) = (app.ids.next(), app.clone());
    let Sealed { bytes, hash, signature } = sealed;
    let written = tokio::task::spawn_blocking(move || {
        let mut sink = kernel::file::sink(&app, id)?;
        sink.write_all(&bytes).map_err(kernel::file::cause)?;
        sink.finish()
    });
    let stored = written.await.map_err(Error::internal)??;
    Ok(Kept { id, stored, hash, signature })
}

/// The last step of an evaluation, in one transaction; whoever comes second finds it done.
async fn end(app: &App, row: &evaluation::Model, out: Option<&Out>) -> Result<Outcome> {
    let tx = Cx::system(app).begin().await?;
    let outcome = if out.is_some() { Outcome::Published } else { Outcome::TooFew };
    let state = if out.is_some() { "published" } else { "too_few" };
    let update = "UPDATE evaluation SET state = $2, version = version + 1 WHERE id = $1 AND state = 'closing'";
    if tx.execute_sql(update, [row.id.into(), state.into()]).await? == 0 {
        return Ok(outcome);
    }
    let event = match out {
        Some(out) => {
            insert(&tx, row, out).await?;
            Event::of("evaluation.published", "evaluation", row.id)
                .with("hash", hex::encode(out.file.hash))
                .with("merkle_root", &out.publication.merkle_root)
                .with("ballots", out.publication.figures.ballots)
        }
        None => Event::of("evaluation.too_few", "evaluation", row.id),
    };
    tx.record(event.at(row.organization_id)).await?;
    tx.commit(()).await?;
    Ok(outcome)
}

async fn insert(tx: &kernel::Tx, row: &evaluation::Model, out: &Out) -> Result<()> {
    let name = format!("{}.jsonl", row.title);
    let stored = out.file.stored;
    kernel::file::enter(tx, NewFile { id: out.file.id, purpose: PURPOSE, name, stored }).await?;
    kernel::file::attach(tx, out.file.id, PURPOSE, None).await?;
    let insert = "INSERT INTO publication (evaluation_id, poll_id, ballots, figures, hash, merkle_root, signature,
        public_key, file_id, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let ballots = i64::try_from(out.publication.figures.ballots).map_err(Error::internal)?;
    let values = [
        row.id.into(),
        out.publication.poll_id.into(),
        ballots.into(),
        serde_json::to_string(&out.publication.figures)?.into(),
        out.file.hash.to_vec().into(),
        out.root.to_vec().into(),
        out.file.signature.to_vec().into(),
        tx.app().keys.public_key().to_vec().into(),
        out.file.id.into(),
        tx.now().into(),
    ];
    tx.execute_sql(insert, values).await?;
    Ok(())
}
