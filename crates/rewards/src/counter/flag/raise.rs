//! Looks at what was paid since the last look, and at the ten minutes before it: what lies close together is seen wherever the
//! look falls between.

use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveTime, TimeDelta};
use kernel::app::App;
use kernel::event::Event;
use kernel::time::{Day, Time};
use kernel::{Cx, Id, Result, Tx};
use sea_orm::{ConnectionTrait, QueryResult, Value};

use super::rules::{Paid, SPAN, windows};
use crate::counter::parameters::{self, FLAG_PAIR, FLAG_PERSON, FLAG_REFUNDS, FLAG_SHOP, Values};

/// What was paid since the last look.
struct Look {
    after: i64,
    until: i64,
    from: Time,
    to: Time,
    today: Day,
}

/// A flag about to be raised.
struct Raised {
    kind: &'static str,
    person_id: Option<Id>,
    shop_id: Option<Id>,
    from: Time,
    to: Time,
    times: i64,
    cents: i64,
}

/// Whose payments lie close together.
#[derive(Clone, Copy)]
enum Whose {
    Person,
    Shop,
}

impl Whose {
    fn kind(self) -> &'static str {
        match self {
            Self::Person => "person_often",
            Self::Shop => "shop_burst",
        }
    }

    fn column(self) -> &'static str {
        match self {
            Self::Person => "person_id",
            Self::Shop => "shop_id",
        }
    }

    fn named(self, id: Id) -> (Option<Id>, Option<Id>) {
        match self {
            Self::Person => (Some(id), None),
            Self::Shop => (None, Some(id)),
        }
    }
}

/// A member, a shop, or both, as a flag says it.
fn subject((person, shop): (Option<Id>, Option<Id>)) -> String {
    let text = |id: Option<Id>| id.map(|id| id.to_string()).unwrap_or_default();
    format!("{}|{}", text(person), text(shop))
}

/// Raises what must be raised; each once, by whichever server looks.
///
/// # Errors
/// The database.
pub async fn round(app: &App) -> Result<()> {
    let tx = Cx::system(app).begin_bulk().await?;
    let Some(look) = begin(&tx).await? else { return tx.commit(()).await };
    let values = parameters::values(&tx, look.today).await?;
    for raised in found(&tx, &look, &values).await? {
        raise(&tx, &look, raised).await?;
    }
    tx.commit(()).await
}

/// Takes the mark and moves it on; none when nothing was paid. Whoever else looks waits for the row.
async fn begin(tx: &Tx) -> Result<Option<Look>> {
    let first = "INSERT INTO flag_mark (id, seq, at) VALUES (1, 0, $1) ON CONFLICT DO NOTHING";
    tx.execute_sql(first, [(tx.now() - SPAN).into()]).await?;
    tx.execute_sql("UPDATE flag_mark SET seq = seq WHERE id = 1", []).await?;
    let sql = "SELECT m.seq AS seq_before, m.at AS since, g.seq AS seq_now
        FROM flag_mark m JOIN counter_gate g ON g.id = m.id";
    let Some(row) = tx.query_one_raw(tx.app().db.statement(sql, [])).await? else { return Ok(None) };
    let (after, until, from): (i64, i64, Time) =
        (row.try_get("", "seq_before")?, row.try_get("", "seq_now")?, row.try_get("", "since")?);
    if until <= after || tx.now() <= from {
        return Ok(None);
    }
    let update = "UPDATE flag_mark SET seq = $1, at = $2 WHERE id = 1";
    tx.execute_sql(update, [until.into(), tx.now().into()]).await?;
    Ok(Some(Look { after, until, from, to: tx.now(), today: tx.today() }))
}

async fn found(tx: &Tx, look: &Look, values: &Values) -> Result<Vec<Raised>> {
    let since = begun(tx, look).await?;
    let mut found = close(tx, look, since, Whose::Person, values.get(FLAG_PERSON)?).await?;
    found.extend(close(tx, look, since, Whose::Shop, values.get(FLAG_SHOP)?).await?);
    found.extend(of_day(tx, look, values).await?);
    Ok(found)
}

/// The last step that is too long ago to lie close to anything that is new.
async fn begun(tx: &Tx, look: &Look) -> Result<i64> {
    let sql = "SELECT seq FROM payment_step WHERE seq <= $1 AND at <= $2 ORDER BY seq DESC LIMIT 1";
    let values = [look.after.into(), (look.from - SPAN).into()];
    let row = tx.query_one_raw(tx.app().db.statement(sql, values)).await?;
    Ok(row.map(|row| row.try_get("", "seq")).transpose()?.unwrap_or_default())
}

/// Payments that lie within ten minutes, wherever these begin. What was flagged counts no more.
async fn close(tx: &Tx, look: &Look, since: i64, whose: Whose, least: i64) -> Result<Vec<Raised>> {
    let column = whose.column();
    let sql = format!(
        "SELECT t.{column} AS owner_id, t.at, t.points_cents FROM payment_step t
        JOIN (SELECT {column} FROM payment_step WHERE seq > $1 AND seq <= $2 AND kind = 'paid'
            GROUP BY {column} HAVING count(*) >= $3) many ON many.{column} = t.{column}
        WHERE t.seq > $1 AND t.seq <= $2 AND t.kind = 'paid' ORDER BY t.seq"
    );
    let values = [since.into(), look.until.into(), least.into()];
    let flagged = flagged(tx, look, whose).await?;
    let mut paid: BTreeMap<Id, Vec<Paid>> = BTreeMap::new();
    for row in tx.query_all_raw(tx.app().db.statement(&sql, values)).await? {
        let (owner, at): (Id, Time) = (row.try_get("", "owner_id")?, row.try_get("", "at")?);
        if flagged.get(&subject(whose.named(owner))).is_none_or(|until| at >= *until) {
            paid.entry(owner).or_default().push(Paid { at, cents: row.try_get("", "points_cents")? });
        }
    }
    let mut found = Vec::new();
    for (owner, mut paid) in paid {
        paid.sort_unstable_by_key(|one| one.at);
        let (person_id, shop_id) = whose.named(owner);
        found.extend(windows(&paid, least).into_iter().map(|window| Raised {
            kind: whose.kind(),
            person_id,
            shop_id,
            from: window.from,
            to: window.from + SPAN,
            times: window.times,
            cents: window.cents,
        }));
    }
    Ok(found)
}

/// By subject: until when payments stand in a flag already.
async fn flagged(tx: &Tx, look: &Look, whose: Whose) -> Result<HashMap<String, Time>> {
    let sql = "SELECT subject, to_at FROM spend_flag WHERE kind = $1 AND to_at > $2";
    let values = [whose.kind().into(), (look.from - SPAN).into()];
    let mut until: HashMap<String, Time> = HashMap::new();
    for row in tx.query_all_raw(tx.app().db.statement(sql, values)).await? {
        let (subject, to): (String, Time) = (row.try_get("", "subject")?, row.try_get("", "to_at")?);
        until.entry(subject).and_modify(|known| *known = to.max(*known)).or_insert(to);
    }
    Ok(until)
}

/// What is much for one day, in shops where something happened.
async fn of_day(tx: &Tx, look: &Look, values: &Values) -> Result<Vec<Raised>> {
    let pairs = "SELECT shop_id, person_id, CAST(count(*) AS bigint) AS times, CAST(sum(points_cents) AS bigint) AS cents
        FROM payment_step WHERE kind = 'paid' AND day = $4 AND shop_id IN
        (SELECT shop_id FROM payment_step WHERE seq > $1 AND seq <= $2) GROUP BY shop_id, person_id HAVING count(*) >= $3";
    let refunds = pairs
        .replace("shop_id, person_id, CAST(count", "shop_id, NULL AS person_id, CAST(count")
        .replace("kind = 'paid'", "kind = 'refunded'")
        .replace("BY shop_id, person_id", "BY shop_id");
    let mut found = Vec::new();
    for (kind, parameter, sql) in [("pair_often", FLAG_PAIR, pairs), ("refunds_many", FLAG_REFUNDS, &*refunds)] {
        let least = values.get(parameter)?;
        let asked: [Value; 4] = [look.after.into(), look.until.into(), least.into(), look.today.into()];
        for row in tx.query_all_raw(tx.app().db.statement(sql, asked)).await? {
            found.push(raised(&row, look, kind)?);
        }
    }
    Ok(found)
}

fn raised(row: &QueryResult, look: &Look, kind: &'static str) -> Result<Raised> {
    // A column that is nothing has no type on either engine; it is not read.
    let person_id = if kind == "pair_often" { row.try_get("", "person_id")? } else { None };
    Ok(Raised {
        kind,
        person_id,
        shop_id: row.try_get("", "shop_id")?,
        from: look.today.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(8),
        to: look.to,
        times: row.try_get("", "times")?,
        cents: row.try_get("", "cents")?,
    })
}

async fn raise(tx: &Tx, look: &Look, one: Raised) -> Result<()> {
    let id = tx.id();
    let insert = "INSERT INTO spend_flag
        (id, kind, person_id, shop_id, subject, from_at, to_at, times, cents, raised_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    let values: [Value; 10] = [
        id.into(),
        one.kind.into(),
        one.person_id.into(),
        one.shop_id.into(),
        subject((one.person_id, one.shop_id)).into(),
        one.from.into(),
        one.to.into(),
        one.times.into(),
        one.cents.into(),
        look.to.into(),
    ];
    if tx.execute_sql(insert, values).await? == 1 {
        tx.record(Event::of("spend_flag.raised", "spend_flag", id).with("kind", one.kind)).await?;
    }
    Ok(())
}
