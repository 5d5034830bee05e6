//! The votes: casting, issuing, counting, publishing, freezing, and a workplace behind one address.
//!
//! What is not measured is written in bulk ([`booth`]) or signed beforehand ([`tokens`]); what is measured goes through the
//! real server, the real job and the real verifier.

mod booth;
mod cast;
mod city;
mod crowd;
mod freeze;
mod issue;
mod many;
mod tokens;

use super::report::Figure;
use super::stage::{Engine, Stage};
use super::{Bench, import};
use crate::fault::Fault;
use tokens::Tokens;

/// How much of everything.
pub struct Size {
    /// Tokens for casting: no more can be cast in one round than there are.
    cast: usize,
    /// Ballots of a city-wide vote.
    city: usize,
    /// Results that are published at once.
    results: usize,
    /// Ballots of each.
    ballots: usize,
    /// Members behind one address.
    crowd: usize,
}

impl Size {
    fn of(bench: &Bench) -> Self {
        if bench.smoke {
            Self { cast: 60, city: 1_100, results: 3, ballots: 6, crowd: 4 }
        } else {
            Self { cast: 60_000, city: 650_000, results: 5_900, ballots: 98, crowd: 2_000 }
        }
    }
}

/// What every engine gets: the same signed tokens.
pub struct Voice {
    size: Size,
    tokens: Tokens,
}

impl Voice {
    /// Signs as many tokens as will be needed; `None` when nothing needs them.
    pub async fn prepare(bench: &Bench) -> Result<Option<Self>, Fault> {
        let size = Size::of(bench);
        let needed = [
            ("cast", size.cast),
            ("issue", 1),
            ("recount", size.city),
            ("publish", size.results * size.ballots),
            ("crowd", 1),
        ];
        let most = needed.iter().filter(|(name, _)| bench.wants(name)).map(|(_, number)| *number).max();
        let Some(most) = most else { return Ok(None) };
        Ok(Some(Self { size, tokens: Tokens::sign(most).await? }))
    }

    /// Measures everything that was asked for but the freezing, which needs a roster.
    pub async fn measure(&self, bench: &Bench, engine: &Engine, figures: &mut Vec<Figure>) -> Result<(), Fault> {
        if bench.wants("issue") {
            figures.push(issue::measure(&self.tokens, bench.round()).await?);
        }
        if bench.wants("cast") {
            let stage = Stage::open(engine, bench, "cast").await?;
            figures.push(cast::measure(&stage, &self.tokens, self.size.cast, bench.round()).await?);
            stage.close().await?;
        }
        if bench.wants("crowd") {
            let stage = Stage::open(engine, bench, "crowd").await?;
            figures.push(crowd::measure(&stage, self.size.crowd).await?);
            stage.close().await?;
        }
        self.results(bench, engine, figures).await
    }

    /// Measures counting and publishing, without the jobs beside it: one of them would publish as well.
    async fn results(&self, bench: &Bench, engine: &Engine, figures: &mut Vec<Figure>) -> Result<(), Fault> {
        if bench.wants("recount") {
            let stage = Stage::open(engine, bench, "city").await?.quiet().await;
            figures.extend(city::measure(&stage, &self.tokens, self.size.city, &bench.work).await?);
            stage.close().await?;
        }
        if bench.wants("publish") {
            let stage = Stage::open(engine, bench, "results").await?.quiet().await;
            figures.push(many::measure(&stage, &self.tokens, self.size.results, self.size.ballots).await?);
            stage.close().await?;
        }
        Ok(())
    }
}

/// Freezes everybody of an imported roster.
pub async fn freeze(stage: &Stage, members: i64) -> Result<Figure, Fault> {
    freeze::measure(stage, members).await
}

/// The same where nothing else of the import is measured: one roster goes in for it.
pub async fn freeze_alone(bench: &Bench, engine: &Engine, files: &import::Files) -> Result<Figure, Fault> {
    let (stage, members) = import::filled(bench, engine, files).await?;
    let figure = freeze(&stage, members).await?;
    stage.close().await?;
    Ok(figure)
}
