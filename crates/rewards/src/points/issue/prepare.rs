//! Prepares a batch: who gets how much, from a list or a rule, chunk by chunk.
//!
//! Invariants:
//! * a chunk is one short transaction behind a fence: lines, faults, counts and `cursor` are committed together or not at
//!   all; of two workers one stops;
//! * people of a rule come in order of their memberships, so a preparation that was cut off goes on where it was; a list
//!   is begun again, since it depends on its file alone.

use kernel::app::App;
use kernel::command::retried;
use kernel::db::insert_rows;
use kernel::{Cx, Error, Id, Result, Tx};
use registry::segment::{People, Segment};
use sea_orm::{ConnectionTrait, Value};

use super::batch::{load, moved};
use super::{BATCH_NOBODY, BATCH_STATE, batch_entity as batch, read};
use crate::points::budget;
use crate::points::limit::{self, Count};
use crate::points::purpose::{self, Limit};
use crate::points::table::Fault;

/// Lines of a chunk: on `SQLite` nobody may hold the writer for longer than 20 ms.
const CHUNK: usize = 256;

/// Somebody who shall get points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drafted {
    /// Who.
    pub person: Id,
    /// The row of the list.
    pub row_number: Option<i64>,
    /// How much, in cents.
    pub cents: i64,
}

/// A preparation in the hands of one worker.
pub struct Preparing {
    row: batch::Model,
    count: Count,
    limit: Option<Limit>,
}

/// Carries a preparation out, from wherever it stands; carried out twice it changes nothing.
///
/// # Errors
/// What stopped it; what was kept stays.
pub async fn carry(app: &App, id: Id) -> Result<()> {
    let Some(preparing) = take(app, id).await? else { return Ok(()) };
    let whole = match preparing.row.kind.as_str() {
        "list" => from_list(app, &preparing).await,
        _ => from_rule(app, &preparing).await,
    };
    match whole {
        Ok(true) => match retried(async || preparing.end(app).await).await {
            // Another worker took it over.
            Err(Error::Refusal(refusal)) if refusal.code == BATCH_STATE.code => Ok(()),
            ended => ended,
        },
        Ok(false) => Ok(()),
        Err(Error::Refusal(refusal)) => retried(async || preparing.failed(app, &refusal.message).await).await,
        Err(error) => Err(error),
    }
}

/// Takes a preparation over; `None` when there is none (any more).
///
/// # Errors
/// The database.
pub async fn take(app: &App, id: Id) -> Result<Option<Preparing>> {
    let tx = Cx::system(app).begin_bulk().await?;
    let sql = "UPDATE issue_batch SET version = version + 1 WHERE id = $1 AND state = 'preparing'";
    if tx.execute_sql(sql, [id.into()]).await? != 1 {
        return Ok(None);
    }
    let row = load(&tx, id).await?;
    tx.commit(()).await?;
    Preparing::of(app.db.read(), row).await.map(Some)
}

async fn from_rule(app: &App, preparing: &Preparing) -> Result<bool> {
    let row = &preparing.row;
    let segment = Segment::parse(row.rule.as_deref().unwrap_or_default())?;
    let (each, day) = (row.each_cents.unwrap_or_default(), app.clock.today());
    let mut people = People::below(app.db.read(), &segment, Some(&[row.organization_id]), day, &[]).await?;
    let mut cursor = row.cursor;
    loop {
        let chunk = people.next(app.db.read(), cursor, CHUNK).await?;
        let last = chunk.electors.last().map(|one| one.membership_id);
        let drafted: Vec<Drafted> =
            chunk.electors.iter().map(|one| Drafted { person: one.person_id, row_number: None, cents: each }).collect();
        cursor = chunk.next.or(last).or(cursor);
        if !retried(async || preparing.chunk(app, &drafted, &[], cursor).await).await? {
            return Ok(false);
        }
        if chunk.next.is_none() {
            return Ok(true);
        }
    }
}

async fn from_list(app: &App, preparing: &Preparing) -> Result<bool> {
    preparing.forget(app).await?;
    let mut list = read::List::open(app, &preparing.row).await?;
    while let Some(judged) = list.next(app, CHUNK).await? {
        if !retried(async || preparing.chunk(app, &judged.drafted, &judged.faults, None).await).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Preparing {
    /// A batch with the limits of its purpose.
    ///
    /// # Errors
    /// The database.
    pub async fn of(conn: &impl ConnectionTrait, row: batch::Model) -> Result<Self> {
        let budget = budget::load(conn, row.budget_id).await?;
        let limit = limit_of(conn, &row, &budget.purpose).await?;
        Ok(Self { row, count: Count { purpose: budget.purpose, year: budget.fiscal_year }, limit })
    }

    /// One transaction; `false` when the fence is closed.
    async fn chunk(&self, app: &App, drafted: &[Drafted], faults: &[Fault], cursor: Option<Id>) -> Result<bool> {
        let tx = Cx::system(app).begin_bulk().await?;
        let fence = "UPDATE issue_batch SET cursor = $3, faults = faults + $4
            WHERE id = $1 AND version = $2 AND state = 'preparing'";
        let count = i64::try_from(faults.len()).map_err(Error::internal)?;
        let values = [self.row.id.into(), self.row.version.into(), cursor.into(), count.into()];
        if tx.execute_sql(fence, values).await? != 1 {
            return Ok(false);
        }
        let rows = faults.iter().map(|fault| {
            vec![self.row.id.into(), fault.number.into(), fault.code.into(), fault.message.as_str().into()]
        });
        insert_rows(&tx, "issue_fault", &["batch_id", "row_number", "code", "message"], rows.collect(), "").await?;
        self.keep(&tx, drafted).await?;
        tx.commit(true).await
    }

    /// Enters people and counts them. Who would get more than a limit that blocks is refused at once.
    ///
    /// # Errors
    /// Somebody who is in it already; the database.
    pub async fn keep(&self, tx: &Tx, drafted: &[Drafted]) -> Result<()> {
        if drafted.is_empty() {
            return Ok(());
        }
        let persons: Vec<Id> = drafted.iter().map(|one| one.person).collect();
        let had = limit::given(tx, &self.count, &persons).await?;
        let (mut over, mut refused, mut cents) = (0_i64, 0_i64, 0_i64);
        let mut rows: Vec<Vec<Value>> = Vec::with_capacity(drafted.len());
        for one in drafted {
            let above = limit::is_over(self.limit, had.get(&one.person).copied().unwrap_or_default(), one.cents);
            let blocked = above && self.limit.is_some_and(|limit| limit.blocks);
            over += i64::from(above);
            refused += i64::from(blocked);
            if !blocked {
                cents = cents.checked_add(one.cents).ok_or_else(|| Error::internal("a batch beyond all measure"))?;
            }
            rows.push(vec![
                self.row.id.into(),
                one.person.into(),
                one.row_number.into(),
                one.cents.into(),
                above.into(),
                if blocked { "refused" } else { "waiting" }.into(),
                blocked.then(|| "limit".to_owned()).into(),
            ]);
        }
        let columns = ["batch_id", "person_id", "row_number", "amount_cents", "over_limit", "state", "code"];
        insert_rows(tx, "issue_line", &columns, rows, "").await?;
        let sql = "UPDATE issue_batch SET people = people + $2, amount_cents = amount_cents + $3,
            over_limit = over_limit + $4, refused_people = refused_people + $5 WHERE id = $1";
        let people = i64::try_from(drafted.len()).map_err(Error::internal)?;
        tx.execute_sql(sql, [self.row.id.into(), people.into(), cents.into(), over.into(), refused.into()]).await?;
        Ok(())
    }

    /// Ends the preparation.
    ///
    /// # Errors
    /// The database.
    pub async fn prepared(&self, tx: &Tx) -> Result<()> {
        let sql = "UPDATE issue_batch SET version = version + 1, cursor = NULL,
            state = CASE WHEN amount_cents > 0 THEN 'prepared' ELSE 'failed' END,
            trouble = CASE WHEN amount_cents > 0 THEN NULL ELSE $3 END
            WHERE id = $1 AND version = $2 AND state = 'preparing'";
        let nobody = BATCH_NOBODY.message;
        moved(tx.execute_sql(sql, [self.row.id.into(), self.row.version.into(), nobody.into()]).await?)
    }

    async fn end(&self, app: &App) -> Result<()> {
        let tx = Cx::system(app).begin_bulk().await?;
        self.prepared(&tx).await?;
        tx.commit(()).await
    }

    /// Ends a preparation that cannot be carried out, with what the person should do.
    async fn failed(&self, app: &App, why: &str) -> Result<()> {
        let tx = Cx::system(app).begin_bulk().await?;
        let sql = "UPDATE issue_batch SET version = version + 1, state = 'failed', trouble = $3
            WHERE id = $1 AND version = $2 AND state = 'preparing'";
        tx.execute_sql(sql, [self.row.id.into(), self.row.version.into(), why.into()]).await?;
        tx.commit(()).await
    }

    /// Takes away what an earlier run kept, some rows at a time.
    async fn forget(&self, app: &App) -> Result<()> {
        let zero = "UPDATE issue_batch SET people = 0, amount_cents = 0, over_limit = 0, faults = 0, refused_people = 0
            WHERE id = $1 AND version = $2 AND state = 'preparing'";
        for (table, key) in [("issue_line", "person_id"), ("issue_fault", "row_number")] {
            let some = format!(
                "DELETE FROM {table} WHERE batch_id = $1
                AND {key} IN (SELECT {key} FROM {table} WHERE batch_id = $1 ORDER BY {key} LIMIT 500)"
            );
            loop {
                let tx = Cx::system(app).begin_bulk().await?;
                let removed = tx.execute_sql(&some, [self.row.id.into()]).await?;
                tx.commit(()).await?;
                if removed == 0 {
                    break;
                }
            }
        }
        let tx = Cx::system(app).begin_bulk().await?;
        tx.execute_sql(zero, [self.row.id.into(), self.row.version.into()]).await?;
        tx.commit(()).await
    }
}

/// The limit of a batch's purpose where its union is.
///
/// # Errors
/// The database.
pub async fn limit_of(conn: &impl ConnectionTrait, row: &batch::Model, code: &str) -> Result<Option<Limit>> {
    let union = registry::organization::record::load(conn, row.organization_id).await?;
    purpose::limit(conn, code, &union.division_code, kernel::calendar::china_day(row.made_at)).await
}
