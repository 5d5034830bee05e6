//! A vote of the whole city: its publication, bounded in memory, and the recount of what was published.

use std::path::Path;
use std::time::Instant;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use voice::instrument::Instrument;
use voice::poll::ballot_entity as ballot;
use voice::result::line::Contents;
use voice::result::{self, Outcome, entity as publication};

use super::super::client::{Client, failed};
use super::super::machine;
use super::super::report::{Figure, round};
use super::super::stage::Stage;
use super::booth::{self, QUESTIONS, Vote};
use super::tokens::Tokens;
use crate::fault::Fault;

/// Publishes and recounts.
pub async fn measure(stage: &Stage, tokens: &Tokens, ballots: usize, work: &Path) -> Result<Vec<Figure>, Fault> {
    let closes_at = stage.app.clock.now() - TimeDelta::minutes(1);
    let vote = booth::open(stage, &tokens.issuer, 1, ballots, closes_at).await?.pop();
    let vote = vote.ok_or_else(|| failed("no evaluation was opened"))?;
    booth::fill(stage, &tokens.issuer, &[(vote, tokens.part(0..ballots))]).await?;
    let size = format!("{ballots} ballots × {QUESTIONS}");
    let tally = tally(stage, &vote, &size).await?;
    voice::appraisal::close::close(&stage.app, vote.evaluation).await?;
    let publishing = publish(stage, &vote, &size).await?;
    let receipt = receipt(stage, &vote).await?;
    let path = work.join("city.jsonl");
    let recounted = save(stage, &vote, &path).await.and_then(|()| recounted(&path, &size));
    let _ = std::fs::remove_file(&path);
    let (counting, whole) = recounted?;
    Ok(vec![counting, whole, tally, publishing, receipt])
}

/// Our own count over the sealed box.
async fn tally(stage: &Stage, vote: &Vote, size: &str) -> Result<Figure, Fault> {
    let row = voice::appraisal::load(stage.app.db.read(), vote.evaluation).await?;
    let instrument = Instrument::read(row.instrument.as_deref().unwrap_or_default())?;
    let started = Instant::now();
    let mut contents = Contents::none(&instrument);
    let add = |one: &voice::poll::Opened| contents.add(&instrument, one).map_err(kernel::Error::internal);
    voice::poll::each(stage.app.db.read(), stage.app.keys.as_ref(), vote.poll, add).await?;
    let ballots = contents.ballots();
    let counted = contents.counted(&instrument, ballots).map_err(failed)?;
    if counted.figures.ballots != ballots {
        return Err(failed("the tally lost a ballot"));
    }
    let took = format!("{} s", round(started.elapsed().as_secs_f64()));
    let made_of = format!("{size}, read from the database, opened, counted, sorted, tree built");
    Ok(Figure::plain("tally of a city over the sealed box", took, made_of))
}

async fn publish(stage: &Stage, vote: &Vote, size: &str) -> Result<Figure, Fault> {
    machine::forget_peak();
    let before = machine::peak_mib();
    let started = Instant::now();
    if result::publish(&stage.app, vote.evaluation).await? != Outcome::Published {
        return Err(failed("the city's vote was not published"));
    }
    let took = round(started.elapsed().as_secs_f64());
    let more = machine::peak_mib().saturating_sub(before);
    let made_of = format!("{size}: {took} s; the bench itself holds {before} MiB, most of it prepared tokens");
    let name = "memory that publishing a city's vote takes";
    Ok(Figure::plain(name, format!("{more} MiB"), made_of).held_against("< 512 MiB"))
}

/// One receipt, which must not read the whole box.
async fn receipt(stage: &Stage, vote: &Vote) -> Result<Figure, Fault> {
    let first = ballot::Entity::find().filter(ballot::Column::PollId.eq(vote.poll));
    let first = first.one(stage.app.db.read()).await.map_err(kernel::Error::from)?;
    let held = hex::encode(first.map(|row| row.commitment).unwrap_or_default());
    let mut client = Client::connect(stage.address).await?;
    let path = format!("/api/evaluations/{}/receipt?commitment={held}", vote.evaluation);
    let started = Instant::now();
    client.get_as_nobody(&path).await?;
    let took = format!("{} ms", round(started.elapsed().as_secs_f64() * 1000.0));
    Ok(Figure::plain("one receipt checked in a city's vote", took, "proof from one block of the tree, over HTTP"))
}

/// The published file, as it is downloaded.
async fn save(stage: &Stage, vote: &Vote, path: &Path) -> Result<(), Fault> {
    let file = published_file(stage, vote).await?;
    let (app, path) = (stage.app.clone(), path.to_owned());
    let copied = tokio::task::spawn_blocking(move || {
        let mut source = kernel::file::source(&app, file)?;
        let mut out = std::fs::File::create(path).map_err(kernel::file::cause)?;
        std::io::copy(&mut source, &mut out).map_err(kernel::file::cause)
    });
    copied.await.map_err(failed)??;
    Ok(())
}

/// Where the file of a publication is kept.
pub async fn published_file(stage: &Stage, vote: &Vote) -> Result<kernel::Id, Fault> {
    let row = publication::Entity::find_by_id(vote.evaluation).one(stage.app.db.read()).await;
    let row = row.map_err(kernel::Error::from)?.ok_or_else(|| failed("a result was not published"))?;
    Ok(row.file_id)
}

/// What `zhigong verify appraisal` does with the file; first the counting alone, then with every signature.
fn recounted(path: &Path, size: &str) -> Result<(Figure, Figure), Fault> {
    let open = || std::fs::File::open(path).map_err(failed);
    let started = Instant::now();
    let numbers = verifier::count_reader(open()?, None).map_err(failed)?.numbers;
    let counting = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let report = verifier::verify_reader(open()?, None).map_err(failed)?;
    let whole = started.elapsed().as_secs_f64();
    let mebibytes = open()?.metadata().map_err(failed)?.len() >> 20;
    let made_of =
        format!("{size}, by the verifier: file of {mebibytes} MiB read, seal checked, {numbers} numbers counted");
    let counting = Figure::plain("recount of a city from its file", format!("{} s", round(counting)), made_of);
    let made_of = format!("{} signatures, tree, columns, numbers, on every core", report.tokens);
    let whole = Figure::plain("the same with every token's signature", format!("{} s", round(whole)), made_of);
    Ok((counting.held_against("≤ 5 s"), whole))
}
