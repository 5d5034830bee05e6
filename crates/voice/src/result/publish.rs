//! Publishes a result: counts, gates, writes the file and the row. The box is read twice and never held: once to count
//! it, once for the tokens on their way into the file.

use kernel::app::App;
use kernel::command::retried;
use kernel::event::Event;
use kernel::file::{NewFile, Stored};
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use tokio::sync::mpsc;

use super::block::{self, Of};
use super::file::{self, FileError};
use super::line::{Contents, Counted, Head, Line};
use super::tokens::{self, Signed};
use super::{PURPOSE, RESULT_EARLY, gate};
use crate::appraisal::entity as evaluation;
use crate::instrument::Instrument;
use crate::poll::{self, entity as box_of, queue_entity as queue, sheet_entity as sheet};

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
    let text = row.instrument.clone().ok_or_else(|| Error::internal("a closed evaluation without instrument"))?;
    let instrument = Instrument::read(&text)?;
    let mut contents = Contents::none(&instrument);
    let add = |ballot: &poll::Opened| contents.add(&instrument, ballot).map_err(Error::internal);
    poll::each(conn, app.keys.as_ref(), rating.id, add).await?;
    if !gate::may_publish(contents.ballots()) {
        return retried(async || end(app, &row, None).await).await;
    }
    let electorate = count(row.electorate)?;
    let counted = contents.counted(&instrument, electorate).map_err(Error::internal)?;
    let of = Closed { text, electorate, instrument, rating };
    let out = write(app, of, counted).await?;
    retried(async || end(app, &row, Some(&out)).await).await
}

/// What is known of a box beside what it holds.
pub(crate) struct Closed {
    pub text: String,
    pub electorate: u64,
    pub instrument: Instrument,
    pub rating: box_of::Model,
}

/// A publication whose bytes are stored.
pub(crate) struct Out {
    poll_id: Id,
    pub counted: Counted,
    pub file: Kept,
}

/// Its file.
pub(crate) struct Kept {
    pub id: Id,
    pub stored: Stored,
    pub hash: [u8; 32],
    signature: [u8; 64],
}

/// Writes the file: a thread hashes, seals and stores what this task reads from the tables.
///
/// # Errors
/// When tokens and ballots do not add up; the database, the file store.
pub(crate) async fn write(app: &App, of: Closed, counted: Counted) -> Result<Out> {
    let conn = app.db.read();
    let poll = of.rating.id;
    let messages = tokens::messages(conn, poll).await?;
    let (drawn, paper) = (poll::counts(conn, poll).await?.drawn, sheets(conn, poll).await?);
    let destroyed = count(of.rating.destroyed)?;
    let (id, awaited) = (app.ids.next(), messages.len() as u64);
    let (sender, portions) = mpsc::channel(2);
    let for_thread = app.clone();
    let thread = tokio::task::spawn_blocking(move || {
        let head = Head {
            poll_id: poll,
            evaluation_id: of.instrument.evaluation_id,
            instrument: &of.text,
            public_key: &of.rating.public_key,
            electorate: of.electorate,
            drawn,
            tokens: awaited,
            paper,
            destroyed,
        };
        store(&for_thread, id, &head, counted, portions)
    });
    for portion in messages.chunks(tokens::PORTION) {
        // A closed channel is a thread that failed: it says why.
        if sender.send(tokens::signed(conn, poll, portion).await?).await.is_err() {
            break;
        }
    }
    drop(sender);
    let (counted, file) = thread.await.map_err(Error::internal)??;
    Ok(Out { poll_id: poll, counted, file })
}

/// Blocking. A channel that closes before all tokens came leaves no file.
fn store(
    app: &App,
    id: Id,
    head: &Head<'_>,
    counted: Counted,
    mut portions: mpsc::Receiver<Vec<Signed>>,
) -> Result<(Counted, Kept)> {
    let mut line = Line::begin(kernel::file::sink(app, id)?, head, &counted).map_err(cause)?;
    while let Some(portion) = portions.blocking_recv() {
        for (message, signature) in portion {
            line.token(&message, &signature).map_err(cause)?;
        }
    }
    let (mut sink, hash) = line.end(&counted).map_err(cause)?;
    let (seal, signature) = file::seal(&hash, app.keys.as_ref()).map_err(cause)?;
    std::io::Write::write_all(&mut sink, &seal).map_err(kernel::file::cause)?;
    let stored = sink.finish()?;
    Ok((counted, Kept { id, stored, hash, signature }))
}

fn cause(error: FileError) -> Error {
    match error {
        FileError::Store(error) => kernel::file::cause(error),
        other => Error::internal(other),
    }
}

/// The box of the ratings.
pub(super) async fn rating(conn: &impl ConnectionTrait, evaluation: Id) -> Result<box_of::Model> {
    use box_of::Column;
    let rating = box_of::Entity::find()
        .filter(Column::EvaluationId.eq(evaluation))
        .filter(Column::Purpose.eq("rating"))
        // As wide as in `poll::open`: PostgreSQL keeps one statement for both, with the type that came first.
        .filter(Column::Round.eq(0_i64));
    rating.one(conn).await?.ok_or_else(|| RESULT_EARLY.refusal().into())
}

async fn sheets(conn: &impl ConnectionTrait, poll: Id) -> Result<u64> {
    use sheet::Column;
    let entered = sheet::Entity::find().filter(Column::PollId.eq(poll)).filter(Column::State.eq("entered"));
    Ok(entered.count(conn).await?)
}

fn count(number: Option<i64>) -> Result<u64> {
    u64::try_from(number.unwrap_or_default()).map_err(Error::internal)
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
                .with("merkle_root", hex::encode(out.counted.tree.root()))
                .with("ballots", out.counted.figures.ballots)
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
    let ballots = i64::try_from(out.counted.figures.ballots).map_err(Error::internal)?;
    let values = [
        row.id.into(),
        out.poll_id.into(),
        ballots.into(),
        serde_json::to_string(&out.counted.figures)?.into(),
        out.file.hash.to_vec().into(),
        out.counted.tree.root().to_vec().into(),
        out.file.signature.to_vec().into(),
        tx.app().keys.public_key().to_vec().into(),
        out.file.id.into(),
        tx.now().into(),
    ];
    tx.execute_sql(insert, values).await?;
    block::keep(tx, Of::Evaluation(row.id), &out.counted.tree).await
}
