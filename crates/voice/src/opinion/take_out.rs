//! Takes opinions out of the box of a published evaluation.
//!
//! What is in the box can be gone through as often as it takes: the id of an opinion is worked out from its ballot with
//! a key, so that a process killed at any moment, or two at once, make the same rows and never one twice. The row of
//! `opinion_box` comes last, in one transaction with the duty, the event and the notice; nobody sees anything before.

use std::collections::{BTreeSet, HashMap};

use kernel::app::App;
use kernel::command::retried;
use kernel::crypto::{KeyProvider, blind_index};
use kernel::db::{insert_rows, rows_of_keys};
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, Tx, calendar, notice, parameter};
use registry::staff::holders;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Value};

use super::form::{self, Said};
use super::{code, entity};
use crate::access::OPINION_ANSWER;
use crate::appraisal::entity as evaluation;
use crate::duty::{self, DutyKind, NewDuty};
use crate::parameters::OPINION_ANSWER_DAYS;
use crate::poll::{self, Opened, Purpose, entity as boxes};

/// Evaluations of one round.
const MANY: u64 = 200;
/// Ballots that are opened at a time.
const OPENED: u64 = 500;
/// Rows of one transaction: on `SQLite` nobody may hold the writer for longer than 20 ms.
const CHUNK: usize = 100;

/// Takes out what was published and is not out yet. One box that cannot be opened does not hold up the others.
///
/// # Errors
/// The database.
pub async fn round(app: &App) -> Result<()> {
    let sql =
        "SELECT e.id FROM evaluation e JOIN poll p ON p.evaluation_id = e.id AND p.purpose = 'opinion' AND p.round = 0
        WHERE e.state = 'published' AND NOT EXISTS (SELECT 1 FROM opinion_box b WHERE b.evaluation_id = e.id)
        ORDER BY e.id LIMIT $1";
    let many = i64::try_from(MANY).map_err(Error::internal)?;
    for row in app.db.read().query_all_raw(app.db.statement(sql, [many.into()])).await? {
        let id: Id = row.try_get("", "id")?;
        if let Err(error) = take_out(app, id).await {
            tracing::error!(evaluation = %id, %error, "opinions were not taken out");
        }
    }
    Ok(())
}

/// A box while it is taken out.
struct OpinionBox<'a> {
    app: &'a App,
    evaluation: evaluation::Model,
    poll: boxes::Model,
}

/// What was in it.
#[derive(Default)]
struct Found {
    ballots: i64,
    opinions: i64,
    pressed: i64,
}

/// Takes the opinions of one evaluation out; asked again, or cut off, it changes nothing that it should not. `false`
/// when nothing was to be done: not published, no box, or done before.
///
/// # Errors
/// When a ballot was changed; contention; the database.
pub async fn take_out(app: &App, evaluation_id: Id) -> Result<bool> {
    let Some(whole) = OpinionBox::load(app, evaluation_id).await? else { return Ok(false) };
    let (mut found, mut after) = (Found::default(), Id::nil());
    loop {
        let (ballots, next) = poll::portion(app.db.read(), app.keys.as_ref(), whole.poll.id, after, OPENED).await?;
        let Some(next) = next else { break };
        after = next;
        let rows = found.count(app.keys.as_ref(), &ballots)?;
        for part in rows.chunks(CHUNK) {
            if !retried(async || whole.keep(part).await).await? {
                return Ok(false);
            }
        }
    }
    retried(async || whole.finish(&found).await).await
}

/// An opinion on its way into the table.
struct Row {
    id: Id,
    text: String,
    code_index: Option<[u8; 32]>,
}

impl Found {
    /// Counts sheets; answers the opinions among them in the order of their ids.
    fn count(&mut self, keys: &dyn KeyProvider, ballots: &[Opened]) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        for ballot in ballots {
            let Said { words, code, pressed } = form::said(&ballot.answers);
            self.ballots += 1;
            self.pressed += i64::from(pressed);
            let Some(text) = words else { continue };
            self.opinions += 1;
            let code_index = code.map(|code| code::index(keys, &code));
            rows.push(Row { id: id_of(keys, &ballot.commitment)?, text, code_index });
        }
        rows.sort_by_key(|row| row.id);
        Ok(rows)
    }
}

/// The id of an opinion: nobody can tell it from a random one without the key.
fn id_of(keys: &dyn KeyProvider, commitment: &[u8; 32]) -> Result<Id> {
    let digest = blind_index(keys, "opinion.id", &hex::encode(commitment));
    let (bytes, _) = digest.split_first_chunk::<16>().ok_or_else(|| Error::internal("a short digest"))?;
    Ok(uuid::Builder::from_random_bytes(*bytes).into_uuid())
}

impl<'a> OpinionBox<'a> {
    async fn load(app: &'a App, evaluation_id: Id) -> Result<Option<Self>> {
        use boxes::Column;
        let conn = app.db.read();
        let row = evaluation::Entity::find_by_id(evaluation_id).one(conn).await?.ok_or_else(Error::not_found)?;
        if row.state != "published" || super::box_entity::Entity::find_by_id(evaluation_id).one(conn).await?.is_some() {
            return Ok(None);
        }
        let poll = boxes::Entity::find()
            .filter(Column::EvaluationId.eq(evaluation_id))
            .filter(Column::Purpose.eq(Purpose::Opinion.as_str()))
            .filter(Column::Round.eq(0_i64))
            .one(conn)
            .await?;
        let Some(poll) = poll else { return Ok(None) };
        let waiting = poll::queue_entity::Entity::find().filter(poll::queue_entity::Column::PollId.eq(poll.id));
        if poll.state != "closed" || waiting.count(conn).await? > 0 {
            return Err(Error::internal("a published evaluation with a box that is not shuffled"));
        }
        Ok(Some(Self { app, evaluation: row, poll }))
    }

    /// The fence: whoever comes second waits here, and finds out that it was done.
    async fn begin(&self) -> Result<Option<Tx>> {
        let tx = Cx::system(self.app).begin_bulk().await?;
        let lock = if self.app.db.is_sqlite() { "" } else { " FOR NO KEY UPDATE" };
        let sql = format!("SELECT id FROM poll WHERE id = $1{lock}");
        tx.query_one_raw(self.app.db.statement(&sql, [self.poll.id.into()])).await?;
        let done = super::box_entity::Entity::find_by_id(self.evaluation.id).one(&tx).await?;
        Ok(done.is_none().then_some(tx))
    }

    /// Writes a chunk; `false` when everything is out.
    async fn keep(&self, rows: &[Row]) -> Result<bool> {
        let Some(tx) = self.begin().await? else { return Ok(false) };
        let taken = taken(&tx, rows).await?;
        let mut here = BTreeSet::new();
        let values = rows.iter().map(|row| -> Vec<Value> {
            // Two sheets with one code: the first keeps it, since a code leads to one opinion.
            let free = |index: &[u8; 32]| taken.get(index).is_none_or(|id| *id == row.id) && here.insert(*index);
            let index = row.code_index.filter(free).map(|index| index.to_vec());
            vec![row.id.into(), self.evaluation.id.into(), row.text.clone().into(), index.into(), "open".into()]
        });
        let columns = ["id", "evaluation_id", "text", "code_index", "state"];
        insert_rows(&tx, "opinion", &columns, values.collect(), "ON CONFLICT (id) DO NOTHING").await?;
        tx.commit(true).await
    }

    async fn finish(&self, found: &Found) -> Result<bool> {
        let Some(tx) = self.begin().await? else { return Ok(false) };
        let (id, union) = (self.evaluation.id, self.evaluation.organization_id);
        let rows = entity::Entity::find().filter(entity::Column::EvaluationId.eq(id)).count(&tx).await?;
        if i64::try_from(rows).map_err(Error::internal)? != found.opinions {
            return Err(Error::internal("opinions were lost on their way out of the box"));
        }
        let insert = "INSERT INTO opinion_box (evaluation_id, organization_id, ballots, destroyed, opinions, pressed)
            VALUES ($1, $2, $3, $4, $5, $6)";
        let destroyed = self.poll.destroyed.unwrap_or_default();
        let numbers = [found.ballots, destroyed, found.opinions, found.pressed].map(Value::from);
        tx.execute_sql(insert, [Value::from(id), Value::from(union)].into_iter().chain(numbers)).await?;
        let event = Event::of("opinions.taken_out", "evaluation", id).at(union).with("ballots", found.ballots);
        let event = tx.record(event.with("opinions", found.opinions).with("destroyed", destroyed)).await?;
        if found.opinions > 0 {
            let days = parameter::get_i64(&tx, OPINION_ANSWER_DAYS, "", tx.today()).await?;
            let days = u32::try_from(days).map_err(Error::internal)?;
            let due = calendar::load(&tx).await?.due_after_working_days(tx.today(), days);
            self.tell(&tx, event, found.opinions, due.day).await?;
            let kind = DutyKind::Answer;
            duty::begin(&tx, NewDuty { evaluation_id: id, organization_id: union, kind, subject_id: id, due }).await?;
        }
        tx.commit(true).await
    }

    async fn tell(&self, tx: &Tx, event: Id, opinions: i64, due_on: kernel::time::Day) -> Result<()> {
        for account_id in holders(tx, self.evaluation.organization_id, OPINION_ANSWER).await? {
            let new = notice::New {
                account_id,
                kind: "opinion.waits",
                title: format!("收到 {opinions} 条评议意见，请答复"),
                body: format!("“{}”收到会员意见 {opinions} 条，请在 {due_on} 前逐条答复。", self.evaluation.title),
                link: Some(format!("/chair/evaluations/{}/opinions", self.evaluation.id)),
                event_id: Some(event),
            };
            notice::send(tx, new).await?;
        }
        Ok(())
    }
}

/// Which of these codes lead to an opinion already.
async fn taken(tx: &Tx, rows: &[Row]) -> Result<HashMap<[u8; 32], Id>> {
    let keys: BTreeSet<[u8; 32]> = rows.iter().filter_map(|row| row.code_index).collect();
    let keys = keys.into_iter().map(|key| key.to_vec().into()).collect();
    let mut taken = HashMap::new();
    for row in rows_of_keys(tx, "SELECT id, code_index FROM opinion WHERE code_index IN", keys).await? {
        let index: Vec<u8> = row.try_get("", "code_index")?;
        taken.insert(index.as_slice().try_into().map_err(Error::internal)?, row.try_get("", "id")?);
    }
    Ok(taken)
}
