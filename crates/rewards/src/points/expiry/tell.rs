//! Tells members some weeks before that points of theirs end; once for each last day.

use kernel::app::App;
use kernel::command::retried;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, notice, parameter};
use sea_orm::ConnectionTrait;

use crate::points::parameters::NOTICE_DAYS;
use crate::points::text;

/// The kind of the notice.
pub const NOTICE: &str = "points.ending";

/// People of a transaction: on `SQLite` nobody may hold the writer for longer than 20 ms.
const CHUNK: i64 = 48;

/// What somebody is told.
#[derive(Debug, Clone)]
struct Ending {
    person: Id,
    account: Option<Id>,
    expires_on: Day,
    cents: i64,
}

/// Tells who was not told yet; answers how many notices went out.
///
/// # Errors
/// What stopped it; what was told stays.
pub async fn tell(app: &App) -> Result<usize> {
    let today = app.clock.today();
    let days = parameter::get_i64(app.db.read(), NOTICE_DAYS, "", today).await?;
    let days = u64::try_from(days).map_err(Error::internal)?;
    let until = today.checked_add_days(chrono::Days::new(days)).ok_or_else(|| Error::internal("no such day"))?;
    let (mut told, mut after) = (0, (Day::default(), Id::nil()));
    loop {
        let endings = endings(app, (today, until), after).await?;
        let Some(last) = endings.last() else { return Ok(told) };
        after = (last.expires_on, last.person);
        told += retried(async || send(app, &endings).await).await?;
    }
}

async fn endings(app: &App, (today, until): (Day, Day), after: (Day, Id)) -> Result<Vec<Ending>> {
    let sql = "SELECT w.owner_id AS person_id, l.expires_on, CAST(SUM(l.left_cents) AS bigint) AS cents,
            a.id AS account_id
        FROM lot l JOIN ledger_account w ON w.id = l.account_id
            LEFT JOIN account a ON a.person_id = w.owner_id AND a.disabled_at IS NULL
        WHERE l.is_open AND l.expires_on BETWEEN $1 AND $2
            AND (l.expires_on > $3 OR (l.expires_on = $3 AND w.owner_id > $4))
            AND NOT EXISTS (SELECT 1 FROM points_expiry_told t
                WHERE t.person_id = w.owner_id AND t.expires_on = l.expires_on)
        GROUP BY w.owner_id, l.expires_on, a.id ORDER BY l.expires_on, w.owner_id LIMIT $5";
    let values = [today.into(), until.into(), after.0.into(), after.1.into(), CHUNK.into()];
    let rows = app.db.read().query_all_raw(app.db.statement(sql, values)).await?;
    let ending = |row: &sea_orm::QueryResult| {
        Ok(Ending {
            person: row.try_get("", "person_id")?,
            account: row.try_get("", "account_id")?,
            expires_on: row.try_get("", "expires_on")?,
            cents: row.try_get("", "cents")?,
        })
    };
    rows.iter().map(ending).collect()
}

async fn send(app: &App, endings: &[Ending]) -> Result<usize> {
    let tx = Cx::system(app).begin_bulk().await?;
    let mut told = 0;
    for ending in endings {
        let claim = "INSERT INTO points_expiry_told (person_id, expires_on, told_on) VALUES ($1, $2, $3)
            ON CONFLICT DO NOTHING";
        let values = [ending.person.into(), ending.expires_on.into(), tx.today().into()];
        if tx.execute_sql(claim, values).await? != 1 {
            continue;
        }
        let Some(account_id) = ending.account else { continue };
        let new = notice::New {
            account_id,
            kind: NOTICE,
            title: "有积分快到期了".into(),
            body: format!("您有 {} 元积分用到 {} 为止，请在那之前使用。", text::yuan(ending.cents), ending.expires_on),
            link: Some("/wallet".into()),
            event_id: None,
        };
        told += usize::from(notice::send(&tx, new).await?);
    }
    tx.commit(told).await
}
