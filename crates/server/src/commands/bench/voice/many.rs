//! Publishing the results of a campaign: thousands of evaluations that end in the same minute.

use std::io::Read;
use std::time::Instant;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use voice::appraisal::entity as evaluation;

use super::super::client::failed;
use super::super::report::{Figure, round};
use super::super::stage::Stage;
use super::booth::{self, Vote};
use super::city::published_file;
use super::tokens::{Token, Tokens};
use crate::fault::Fault;

/// Rounds in which everything must be published.
const MOST_ROUNDS: usize = 3;

/// Ends all of them and lets the round do what it does every minute: close, shuffle, count, write, sign, publish.
pub async fn measure(stage: &Stage, tokens: &Tokens, results: usize, ballots: usize) -> Result<Figure, Fault> {
    let closes_at = stage.app.clock.now() - TimeDelta::minutes(1);
    let votes = booth::open(stage, &tokens.issuer, results, ballots, closes_at).await?;
    let part = |n: usize| tokens.part(n * ballots..(n + 1) * ballots);
    let boxes: Vec<(Vote, &[Token])> = votes.iter().enumerate().map(|(n, vote)| (*vote, part(n))).collect();
    booth::fill(stage, &tokens.issuer, &boxes).await?;
    let (started, mut rounds) = (Instant::now(), 0);
    // What lost its races in one round is finished in the next, a minute later; the minute is not counted.
    loop {
        voice::appraisal::round::round(&stage.app).await?;
        rounds += 1;
        let closing = evaluation::Entity::find().filter(evaluation::Column::State.eq("closing"));
        let left = closing.count(stage.app.db.read()).await.map_err(kernel::Error::from)?;
        if left == 0 || rounds == MOST_ROUNDS {
            break;
        }
    }
    let took = started.elapsed().as_secs_f64();
    for vote in &votes {
        published_file(stage, vote).await?;
    }
    recounted(stage, votes.first()).await?;
    let made_of = format!(
        "{results} evaluations × {ballots} ballots × {}, {rounds} round(s); the first file recounted",
        booth::QUESTIONS
    );
    let shown = format!("{} s", round(took));
    Ok(Figure::plain("results of a campaign published", shown, made_of).held_against("≤ 300 s"))
}

/// The verifier agrees with what was published.
async fn recounted(stage: &Stage, vote: Option<&Vote>) -> Result<(), Fault> {
    let vote = vote.ok_or_else(|| failed("there are no results"))?;
    let (app, file) = (stage.app.clone(), published_file(stage, vote).await?);
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        kernel::file::source(&app, file)?.read_to_end(&mut bytes).map_err(kernel::file::cause)?;
        Ok::<_, kernel::Error>(bytes)
    });
    verifier::verify(&read.await.map_err(failed)??, None).map_err(failed)?;
    Ok(())
}
