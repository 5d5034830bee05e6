//! Looks at what was paid since the last look.

use chrono::{NaiveTime, TimeDelta};
use kernel::app::App;
use kernel::event::Event;
use kernel::time::{Day, Time};
use kernel::{Cx, Id, Result, Tx};
use sea_orm::{ConnectionTrait, QueryResult, Value};

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
    times: i64,
    cents: i64,
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
    tx.execute_sql(first, [(tx.now() - TimeDelta::minutes(10)).into()]).await?;
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
    let day_began = look.today.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(8);
    let since = "SELECT NULL AS shop_id, person_id, CAST(count(*) AS bigint) AS times, CAST(sum(points_cents) AS bigint) AS cents
        FROM payment_step WHERE seq > $1 AND seq <= $2 AND kind = 'paid' GROUP BY person_id HAVING count(*) >= $3";
    let shops =
        since.replace("NULL AS shop_id, person_id", "shop_id, NULL AS person_id").replace("BY person_id", "BY shop_id");
    let pairs = "SELECT shop_id, person_id, CAST(count(*) AS bigint) AS times, CAST(sum(points_cents) AS bigint) AS cents
        FROM payment_step WHERE kind = 'paid' AND day = $4 AND shop_id IN
        (SELECT shop_id FROM payment_step WHERE seq > $1 AND seq <= $2) GROUP BY shop_id, person_id HAVING count(*) >= $3";
    let refunds = pairs
        .replace("shop_id, person_id, CAST(count", "shop_id, NULL AS person_id, CAST(count")
        .replace("kind = 'paid'", "kind = 'refunded'")
        .replace("BY shop_id, person_id", "BY shop_id");
    let looks: [(&'static str, &str, &str, Time); 4] = [
        ("person_often", FLAG_PERSON, since, look.from),
        ("shop_burst", FLAG_SHOP, &shops, look.from),
        ("pair_often", FLAG_PAIR, pairs, day_began),
        ("refunds_many", FLAG_REFUNDS, &refunds, day_began),
    ];
    let mut found = Vec::new();
    for (kind, parameter, sql, from) in looks {
        let mut asked: Vec<Value> = vec![look.after.into(), look.until.into(), values.get(parameter)?.into()];
        if sql.contains("$4") {
            asked.push(look.today.into());
        }
        for row in tx.query_all_raw(tx.app().db.statement(sql, asked)).await? {
            found.push(Raised { kind, from, ..raised(&row, kind)? });
        }
    }
    Ok(found)
}

fn raised(row: &QueryResult, kind: &'static str) -> Result<Raised> {
    // A column that is nothing has no type on either engine; it is not read.
    let person = matches!(kind, "person_often" | "pair_often");
    let shop = kind != "person_often";
    Ok(Raised {
        kind,
        person_id: if person { row.try_get("", "person_id")? } else { None },
        shop_id: if shop { row.try_get("", "shop_id")? } else { None },
        from: Time::default(),
        times: row.try_get("", "times")?,
        cents: row.try_get("", "cents")?,
    })
}

async fn raise(tx: &Tx, look: &Look, one: Raised) -> Result<()> {
    let id = tx.id();
    let text = |id: Option<Id>| id.map(|id| id.to_string()).unwrap_or_default();
    let subject = format!("{}|{}", text(one.person_id), text(one.shop_id));
    let insert = "INSERT INTO spend_flag
        (id, kind, person_id, shop_id, subject, from_at, to_at, times, cents, raised_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    let values: [Value; 10] = [
        id.into(),
        one.kind.into(),
        one.person_id.into(),
        one.shop_id.into(),
        subject.into(),
        one.from.into(),
        look.to.into(),
        one.times.into(),
        one.cents.into(),
        look.to.into(),
    ];
    if tx.execute_sql(insert, values).await? == 1 {
        tx.record(Event::of("spend_flag.raised", "spend_flag", id).with("kind", one.kind)).await?;
    }
    Ok(())
}
