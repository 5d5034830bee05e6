//! Sends a round, chunk by chunk.
//!
//! Invariants:
//! * a chunk is one short transaction: its notices, its messages and `cursor` are committed together or not at all;
//! * the *fence* comes with them: the round must still be running and of the version that this worker made when it took
//!   it over; of two workers one stops, and what it was about to send is rolled back;
//! * who has drawn is read in the transaction that sends.

use kernel::app::App;
use kernel::command::retried;
use kernel::event::Event;
use kernel::time::Time;
use kernel::{Cx, Error, Id, Result, Tx, notice, parameter};
use registry::account::vault;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult};
use serde::{Deserialize, Serialize};

use super::entity::{self, Model};
use super::plan;
use super::rules::{Kind, Night};
use crate::appraisal::rules::last_day;
use crate::appraisal::{self, entity as evaluation};
use crate::parameters::REMINDER_SMS;
use crate::poll::{Purpose, entity as poll};

/// The job that sends a round.
pub const SEND: &str = "reminder.send";
/// The kind of its notices.
pub const NOTICE: &str = "evaluation.reminder";

/// Electors of a chunk: on `SQLite` nobody may hold the writer for longer than 20 ms.
const CHUNK: usize = 200;

/// Which round.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Which {
    /// Of which evaluation.
    pub evaluation_id: Id,
    /// Its kind.
    pub kind: String,
}

impl Which {
    /// The round of a row.
    #[must_use]
    pub fn of(row: &Model) -> Self {
        Self { evaluation_id: row.evaluation_id, kind: row.kind.clone() }
    }
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many were told, and there may be more.
    Told(usize),
    /// Everybody was looked at, or the voting is over.
    Whole,
    /// Another worker has it, or it is night.
    Stopped,
}

/// A round in the hands of one worker.
pub struct Sending {
    app: App,
    row: Model,
    event: Id,
    evaluation: evaluation::Model,
    poll: Id,
    closes_at: Time,
    night: Night,
    sms: bool,
    words: Words,
}

/// Sends a round, from wherever it stands; carried out twice it changes nothing.
///
/// # Errors
/// What stopped it; what was sent stays.
pub async fn carry(app: &App, which: &Which) -> Result<()> {
    let Some(mut sending) = Sending::take(app, which).await? else { return Ok(()) };
    loop {
        match sending.step().await? {
            Step::Told(_) => {}
            Step::Stopped => return Ok(()),
            Step::Whole => return sending.finish().await,
        }
    }
}

impl Sending {
    /// Takes a round over; `None` when it does not run (any more).
    ///
    /// # Errors
    /// The database.
    pub async fn take(app: &App, which: &Which) -> Result<Option<Self>> {
        let tx = Cx::system(app).begin_bulk().await?;
        let sql = "UPDATE reminder_round SET version = version + 1
            WHERE evaluation_id = $1 AND kind = $2 AND state = 'running'";
        if tx.execute_sql(sql, [which.evaluation_id.into(), which.kind.as_str().into()]).await? != 1 {
            return Ok(None);
        }
        let row = entity::Entity::find_by_id((which.evaluation_id, which.kind.clone())).one(&tx).await?;
        let row = row.ok_or_else(Error::not_found)?;
        tx.commit(()).await?;
        let conn = app.db.read();
        let evaluation = appraisal::load(conn, row.evaluation_id).await?;
        let rating = poll::Entity::find()
            .filter(poll::Column::EvaluationId.eq(row.evaluation_id))
            .filter(poll::Column::Purpose.eq(Purpose::Rating.as_str()))
            .one(conn)
            .await?;
        let today = app.clock.today();
        let closes_at = evaluation.closes_at.ok_or_else(|| Error::internal("an open evaluation without an end"))?;
        Ok(Some(Self {
            event: row.event_id.ok_or_else(|| Error::internal("a running round without its event"))?,
            poll: rating.ok_or_else(|| Error::internal("an open evaluation without its box"))?.id,
            night: plan::policy(conn, today).await?.night,
            sms: parameter::get_i64(conn, REMINDER_SMS, "", today).await? == 1,
            words: Words::of(&evaluation.title, Kind::parse(&row.kind)?, closes_at),
            app: app.clone(),
            closes_at,
            evaluation,
            row,
        }))
    }

    /// Looks at the next electors and tells those who have not drawn.
    ///
    /// # Errors
    /// The database; what was sent before stays.
    pub async fn step(&mut self) -> Result<Step> {
        let now = self.app.clock.now();
        if now >= self.closes_at {
            return Ok(Step::Whole);
        }
        if self.night.holds(now) {
            return Ok(Step::Stopped);
        }
        let Some(chunk) = retried(async || self.chunk().await).await? else { return Ok(Step::Stopped) };
        self.row.cursor = chunk.cursor;
        Ok(if chunk.last { Step::Whole } else { Step::Told(chunk.told) })
    }

    /// One transaction; `None` when the fence is closed.
    async fn chunk(&self) -> Result<Option<Chunk>> {
        let mut tx = Cx::system(&self.app).begin_bulk().await?;
        tx.caused_by(self.event);
        let electors = self.electors(&tx).await?;
        let cursor = electors.last().map(|one| one.person).or(self.row.cursor);
        let reached = electors.iter().filter(|one| one.drawn || one.account.is_some()).count();
        let mut told = 0;
        for one in electors.iter().filter(|one| !one.drawn) {
            told += usize::from(self.tell(&tx, one).await?);
        }
        let fence = "UPDATE reminder_round SET cursor = $4, seen = seen + $5, reached = reached + $6
            WHERE evaluation_id = $1 AND kind = $2 AND version = $3 AND state = 'running'";
        let number = |count: usize| i64::try_from(count).map_err(Error::internal);
        let values = [
            self.row.evaluation_id.into(),
            self.row.kind.as_str().into(),
            self.row.version.into(),
            cursor.into(),
            number(electors.len())?.into(),
            number(reached)?.into(),
        ];
        if tx.execute_sql(fence, values).await? != 1 {
            return Ok(None);
        }
        tx.commit(()).await?;
        Ok(Some(Chunk { cursor, told, last: electors.len() < CHUNK }))
    }

    /// The next electors, with their accounts and whether they have drawn.
    async fn electors(&self, tx: &Tx) -> Result<Vec<Elector>> {
        let sql = format!(
            "SELECT e.person_id, a.id AS account_id, a.phone_sealed, d.person_id AS drawn FROM elector e
            LEFT JOIN account a ON a.person_id = e.person_id AND a.disabled_at IS NULL
            LEFT JOIN draw d ON d.poll_id = $2 AND d.person_id = e.person_id
            WHERE e.evaluation_id = $1 AND e.person_id > $3 ORDER BY e.person_id LIMIT {CHUNK}"
        );
        let after = self.row.cursor.unwrap_or_default();
        let statement = self.app.db.statement(&sql, [self.evaluation.id.into(), self.poll.into(), after.into()]);
        tx.query_all_raw(statement).await?.iter().map(Elector::read).collect()
    }

    /// Tells one elector; `false` when she has no account or was told in this round before.
    async fn tell(&self, tx: &Tx, one: &Elector) -> Result<bool> {
        let Some(account_id) = one.account else { return Ok(false) };
        let new = notice::New {
            account_id,
            kind: NOTICE,
            title: self.words.title.clone(),
            body: self.words.body.clone(),
            link: Some(format!("/evaluations/{}", self.evaluation.id)),
            event_id: Some(self.event),
        };
        if !notice::send(tx, new).await? {
            return Ok(false);
        }
        if let Some(sealed) = one.phone_sealed.as_deref().filter(|_| self.sms) {
            let phone = vault::open_phone(self.app.keys.as_ref(), account_id, sealed)?;
            // What the operator does not take before the evening is not sent at night.
            let until = self.night.next(tx.now()).min(self.closes_at);
            notice::sms_until(tx, &phone, &self.words.message, until).await?;
        }
        Ok(true)
    }

    /// Ends a round.
    ///
    /// # Errors
    /// The database; asked again it goes on.
    pub async fn finish(self) -> Result<()> {
        retried(async || self.done().await).await
    }

    async fn done(&self) -> Result<()> {
        let mut tx = Cx::system(&self.app).begin().await?;
        tx.caused_by(self.event);
        let sql = "UPDATE reminder_round SET state = 'done'
            WHERE evaluation_id = $1 AND kind = $2 AND version = $3 AND state = 'running'";
        let values = [self.row.evaluation_id.into(), self.row.kind.as_str().into(), self.row.version.into()];
        if tx.execute_sql(sql, values).await? != 1 {
            return Ok(());
        }
        let event = Event::of("reminder.sent", "evaluation", self.evaluation.id).at(self.evaluation.organization_id);
        tx.record(event.with("round", &self.row.kind)).await?;
        tx.commit(()).await
    }
}

/// What a transaction did.
struct Chunk {
    cursor: Option<Id>,
    told: usize,
    last: bool,
}

/// An elector as a round sees her.
struct Elector {
    person: Id,
    account: Option<Id>,
    phone_sealed: Option<Vec<u8>>,
    drawn: bool,
}

impl Elector {
    fn read(row: &QueryResult) -> Result<Self> {
        Ok(Self {
            person: row.try_get("", "person_id")?,
            account: row.try_get("", "account_id")?,
            phone_sealed: row.try_get("", "phone_sealed")?,
            drawn: row.try_get::<Option<Id>>("", "drawn")?.is_some(),
        })
    }
}

/// What is said; the same to everybody.
struct Words {
    title: String,
    body: String,
    message: String,
}

impl Words {
    fn of(evaluation: &str, kind: Kind, closes_at: Time) -> Self {
        let last = last_day(closes_at).format("%-m月%-d日").to_string();
        let title = match kind {
            Kind::Opening => format!("请您参加：{evaluation}"),
            Kind::Middle => format!("您还没有领票：{evaluation}"),
            Kind::Last => format!("快截止了：{evaluation}"),
        };
        let short = "不记名，谁也看不到您选了什么。";
        let body = format!("{last}截止。打开评议页面领票、填写，几分钟就好；{short}参加不参加由您自己决定。");
        let message = format!("【智工】“{evaluation}”{last}截止，请打开智慧工会领票参加，{short}");
        Self { title, body, message }
    }
}
