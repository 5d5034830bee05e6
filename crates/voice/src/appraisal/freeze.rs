//! Copies the electorate of an evaluation out of the register, chunk by chunk, and opens it.
//!
//! Invariants:
//! * a chunk is one short transaction: electors and `cursor` are committed together or not at all, so a process killed at
//!   any moment goes on where it was and ends with the same electorate;
//! * the *fence* comes first: the evaluation must still be freezing and of the version that this worker made when it took
//!   it over; of two workers one stops;
//! * the day of the electorate is the day on which the freezing began, however long it takes;
//! * the evaluation is open with its instrument, its hash and its count at once, or not yet.

use kernel::app::App;
use kernel::command::retried;
use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result};
use registry::segment::{Elector, Electors, People, Segment};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::plan::Plan;
use super::{elector_entity as elector, entity, load, rated, rules, unions};
use crate::ballot::{BALLOT_NO_KEY, key};
use crate::consultation;
use crate::instrument::{ElectorateRule, FORMAT, Instrument, IssuerKind, Subject, hash};
use crate::poll::{self, NewPoll, Purpose};
use crate::scheme::{Scheme, find as schemes};

/// The job that freezes an electorate.
pub const FREEZE: &str = "evaluation.freeze";

/// Electors of a chunk: on `SQLite` nobody may hold the writer for longer than 20 ms.
const CHUNK: usize = 1_024;

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many were copied, and there may be more.
    Copied(usize),
    /// Everybody is there.
    Whole,
    /// Another worker has it.
    Stopped,
}

/// A freezing in the hands of one worker.
pub struct Freezing {
    app: App,
    row: entity::Model,
    scheme: Scheme,
    plan: Plan,
    unions: Vec<Id>,
    people: People,
    ended: bool,
}

/// Carries a freezing out, from wherever it stands; carried out twice it changes nothing.
///
/// # Errors
/// What stopped it; what was copied stays.
pub async fn carry(app: &App, id: Id) -> Result<()> {
    let Some(mut freezing) = Freezing::take(app, id).await? else { return Ok(()) };
    loop {
        match freezing.step().await? {
            Step::Copied(_) => {}
            Step::Stopped => return Ok(()),
            Step::Whole => return freezing.finish().await,
        }
    }
}

impl Freezing {
    /// Takes a freezing over; `None` when there is none (any more).
    ///
    /// # Errors
    /// The database.
    pub async fn take(app: &App, id: Id) -> Result<Option<Self>> {
        let tx = Cx::system(app).begin_bulk().await?;
        let sql = "UPDATE evaluation SET version = version + 1 WHERE id = $1 AND state = 'freezing'";
        if tx.execute_sql(sql, [id.into()]).await? != 1 {
            return Ok(None);
        }
        let row = load(&tx, id).await?;
        tx.commit(()).await?;
        let conn = app.db.read();
        let scheme = schemes::version(conn, &row.scheme_code, row.scheme_version).await?;
        let (plan, unions) = (Plan::read(&row.plan)?, unions(conn, id).await?);
        let day = row.opens_on.ok_or_else(|| Error::internal("a freezing without a day"))?;
        let left_out = rated::left_out(conn, &scheme.document, &row, &unions, day).await?;
        let segment = Segment::parse(&plan.rule)?;
        let people = People::below(conn, &segment, Some(&unions), day, &left_out).await?;
        Ok(Some(Self { app: app.clone(), row, scheme, plan, unions, people, ended: false }))
    }

    /// Copies the next electors.
    ///
    /// # Errors
    /// The database; what was copied before stays.
    pub async fn step(&mut self) -> Result<Step> {
        if self.ended {
            return Ok(Step::Whole);
        }
        let chunk = self.people.next(self.app.db.read(), self.row.cursor, CHUNK).await?;
        // After the last chunk as well: a process killed before the end asks for what comes after it, which is nobody.
        let last = chunk.electors.last().map(|elector| elector.membership_id);
        let cursor = chunk.next.or(last).or(self.row.cursor);
        if !retried(async || self.keep(&chunk, cursor).await).await? {
            return Ok(Step::Stopped);
        }
        (self.row.cursor, self.ended) = (cursor, chunk.next.is_none());
        Ok(Step::Copied(chunk.electors.len()))
    }

    /// Writes a chunk; `false` when the fence is closed.
    async fn keep(&self, chunk: &Electors, cursor: Option<Id>) -> Result<bool> {
        let tx = Cx::system(&self.app).begin_bulk().await?;
        let fence = "UPDATE evaluation SET cursor = $3 WHERE id = $1 AND version = $2 AND state = 'freezing'";
        if tx.execute_sql(fence, [self.row.id.into(), self.row.version.into(), cursor.into()]).await? != 1 {
            return Ok(false);
        }
        let row = |one: &Elector| vec![self.row.id.into(), one.person_id.into(), one.organization_id.into()];
        let rows = chunk.electors.iter().map(row).collect();
        let columns = ["evaluation_id", "person_id", "organization_id"];
        insert_rows(&tx, "elector", &columns, rows, "ON CONFLICT DO NOTHING").await?;
        tx.commit(true).await
    }

    /// Opens the evaluation, or makes it a draft again when too few were found.
    ///
    /// # Errors
    /// The database, or the keys; asked again it goes on.
    pub async fn finish(self) -> Result<()> {
        let mine = elector::Entity::find().filter(elector::Column::EvaluationId.eq(self.row.id));
        let electors = i64::try_from(mine.count(self.app.db.read()).await?).unwrap_or(i64::MAX);
        if electors < rules::FEWEST_ELECTORS {
            return retried(async || self.too_small(electors).await).await;
        }
        let rating = self.poll(Purpose::Rating).await?;
        let opinion = if self.scheme.document.opinions { Some(self.poll(Purpose::Opinion).await?) } else { None };
        let mut instrument = self.instrument(&rating, opinion.as_ref())?;
        // It stands still since the freezing began.
        instrument.document_hash = consultation::document_hash(self.app.db.read(), self.row.id).await?;
        retried(async || self.opened(&instrument, electors).await).await
    }

    /// Opens one of its polls, in a transaction of its own: the key must be ready, and making one takes time.
    async fn poll(&self, purpose: Purpose) -> Result<poll::entity::Model> {
        let issuer = self.scheme.document.issuer;
        let (opens_on, closes_at) = (self.row.opens_on.unwrap_or_default(), self.row.closes_at.unwrap_or_default());
        let new = NewPoll { evaluation_id: self.row.id, purpose, round: 0, issuer, opens_on, closes_at };
        retried(async || {
            if issuer == IssuerKind::BlindRsa {
                key::ensure_ready(&self.app).await?;
            }
            let tx = Cx::system(&self.app).begin().await?;
            match poll::open(&tx, new).await {
                // Another evaluation took the key that was ready.
                Err(Error::Refusal(refusal)) if refusal.code == BALLOT_NO_KEY.code => Err(Error::Contention),
                opened => {
                    let poll = opened?;
                    tx.commit(()).await?;
                    Ok(poll)
                }
            }
        })
        .await
    }

    fn instrument(&self, rating: &poll::entity::Model, opinion: Option<&poll::entity::Model>) -> Result<Instrument> {
        let document = &self.scheme.document;
        let unfit = |_| Error::internal("a number that fits no instrument");
        Ok(Instrument {
            format: FORMAT,
            evaluation_id: self.row.id,
            scheme: self.scheme.code.clone(),
            scheme_version: self.scheme.version.try_into().map_err(unfit)?,
            title: self.row.title.clone(),
            year: self.row.year.try_into().map_err(unfit)?,
            subject: Subject { kind: document.subject, id: self.row.subject_id, name: self.plan.subject_name.clone() },
            questions: document.questions.clone(),
            electorate: ElectorateRule {
                rule: self.plan.rule.clone(),
                unions: self.unions.clone(),
                without_rated: document.without_rated,
            },
            thresholds: document.thresholds,
            opinions: document.opinions,
            opens_on: rating.opens_on,
            closes_at: rating.closes_at,
            issuer: document.issuer,
            key_hash: hex::encode(&rating.key_hash),
            opinion_key_hash: opinion.map(|poll| hex::encode(&poll.key_hash)),
            document_hash: None,
            breakdown: document.breakdown.clone(),
        })
    }

    async fn opened(&self, instrument: &Instrument, electors: i64) -> Result<()> {
        let text = instrument.canonical()?;
        let digest = hash(&text);
        let tx = Cx::system(&self.app).begin().await?;
        let sql = "UPDATE evaluation SET state = 'open', instrument = $3, instrument_hash = $4, electorate = $5,
            opened_at = $6, cursor = NULL, version = version + 1 WHERE id = $1 AND version = $2 AND state = 'freezing'";
        let values = [
            self.row.id.into(),
            self.row.version.into(),
            text.into(),
            digest.to_vec().into(),
            electors.into(),
            tx.now().into(),
        ];
        if tx.execute_sql(sql, values).await? != 1 {
            return Ok(());
        }
        let event = Event::of("evaluation.opened", "evaluation", self.row.id).at(self.row.organization_id);
        let event = event.with("instrument_hash", hex::encode(digest)).with("key_hash", &instrument.key_hash);
        tx.record(event.with("electorate", electors)).await?;
        tx.commit(()).await
    }

    /// Between the look at its size and the freezing it became too small.
    async fn too_small(&self, electors: i64) -> Result<()> {
        let tx = Cx::system(&self.app).begin().await?;
        let forget = "DELETE FROM elector WHERE evaluation_id = $1";
        tx.execute_sql(forget, [self.row.id.into()]).await?;
        let sql = "UPDATE evaluation SET state = 'draft', opens_on = NULL, cursor = NULL, version = version + 1
            WHERE id = $1 AND version = $2 AND state = 'freezing'";
        if tx.execute_sql(sql, [self.row.id.into(), self.row.version.into()]).await? != 1 {
            return Ok(());
        }
        let event = Event::of("evaluation.too_small", "evaluation", self.row.id).at(self.row.organization_id);
        tx.record(event.with("electors", electors)).await?;
        tx.commit(()).await
    }
}
