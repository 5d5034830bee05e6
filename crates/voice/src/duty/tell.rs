//! Telling the levels above that a duty is overdue, each once: the town first, then the county, then the city.

use chrono::TimeDelta;
use kernel::app::App;
use kernel::command::retried;
use kernel::event::Event;
use kernel::{Cx, Id, Result, Tx, node, notice, parameter};
use registry::staff::holders;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::rules::{self, LEVELS};
use super::{DutyKind, End, entity, list};
use crate::access::{EVALUATION_READ, EVALUATION_START};
use crate::parameters::DUTY_ESCALATE_DAYS;

/// Duties that are looked at together.
const PAGE: u64 = 200;

/// Tells of every duty that became overdue, or was left undone longer; answers how many levels were told.
///
/// # Errors
/// The database. A duty that cannot be told of does not hold up the others.
pub async fn round(app: &App) -> Result<usize> {
    let today = app.clock.today();
    let escalate = parameter::get_i64(app.db.read(), DUTY_ESCALATE_DAYS, "", today).await?;
    let mut told = 0;
    let mut after = Id::nil();
    loop {
        let ids: Vec<Id> = entity::Entity::find()
            .select_only()
            .column(entity::Column::Id)
            .filter(list::open())
            .filter(waiting(today, escalate))
            .filter(entity::Column::Id.gt(after))
            .order_by_asc(entity::Column::Id)
            .limit(PAGE)
            .into_tuple()
            .all(app.db.read())
            .await?;
        let Some(last) = ids.last() else { return Ok(told) };
        after = *last;
        for id in ids {
            match retried(async || one(app, id, escalate).await).await {
                Ok(levels) => told += levels,
                Err(error) => tracing::error!(duty = %id, %error, "an overdue duty was not told of"),
            }
        }
    }
}

/// Open duties of which fewer levels were told than [`rules::levels_due`] says.
fn waiting(today: kernel::time::Day, escalate: i64) -> Condition {
    let level = |level: i64| {
        let late = 1 + level * escalate.max(1);
        Condition::all()
            .add(entity::Column::ToldLevel.eq(level))
            .add(entity::Column::DueOn.lte(today - TimeDelta::days(late)))
    };
    (0..LEVELS).fold(Condition::any(), |any, told| any.add(level(told)))
}

/// Tells of one duty what is due, level by level, in one transaction; a level without staff is passed over at once.
async fn one(app: &App, id: Id, escalate: i64) -> Result<usize> {
    let tx = Cx::system(app).begin().await?;
    let Some(row) = entity::Entity::find_by_id(id).one(&tx).await?.filter(|row| row.end() == End::Open) else {
        return Ok(0);
    };
    let late = rules::days_late(row.due_on, End::Open, tx.today());
    let due = rules::levels_due(late, escalate);
    if due <= row.told_level {
        return Ok(0);
    }
    let path = node::path(&tx, row.organization_id, tx.today()).await?;
    let (mut level, mut wanted, mut told) = (row.told_level, due, 0);
    while level < wanted {
        level += 1;
        let above = usize::try_from(level).ok().and_then(|at| path.get(at).copied());
        let Some(above) = above else {
            // There is nobody further up; it need not be looked at again.
            level = LEVELS;
            break;
        };
        if tell(&tx, &row, level, above, late).await? {
            told += 1;
        } else {
            wanted = (wanted + 1).min(LEVELS);
        }
    }
    let update = "UPDATE duty SET told_level = $2 WHERE id = $1 AND told_level < $2
        AND done_on IS NULL AND cancelled_on IS NULL";
    tx.execute_sql(update, [row.id.into(), level.into()]).await?;
    tx.commit(told).await
}

/// Tells a level, unless it was told of this last day before; `false` when nobody there could be told.
async fn tell(tx: &Tx, row: &entity::Model, level: i64, above: Id, late: i64) -> Result<bool> {
    let officers = holders(tx, above, EVALUATION_READ).await?;
    let claim = "INSERT INTO duty_told (duty_id, extensions, level, organization_id, told_on)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let values = [row.id.into(), row.extensions.into(), level.into(), above.into(), tx.today().into()];
    if tx.execute_sql(claim, values).await? != 1 {
        return Ok(true);
    }
    let event = Event::of("duty.overdue", "duty", row.id).at(row.organization_id).with("level", level);
    let event = tx.record(event.with("told", above).with("days_late", late)).await?;
    let label = DutyKind::parse(&row.kind)?.label();
    if level == 1 {
        for account in holders(tx, row.organization_id, EVALUATION_START).await? {
            let body = format!("“{label}”应在 {} 前办结，已经逾期，上一级工会已经知道。请尽快办理。", row.due_on);
            send(tx, account, (format!("{label}已经逾期"), body), link(row), event).await?;
        }
    }
    for account in &officers {
        let body = format!(
            "下级工会的“{label}”应在 {} 前办结，已逾期 {late} 天。请督促办理；确有困难的，可以说明理由延期。",
            row.due_on
        );
        send(tx, *account, (format!("下级{label}逾期未办"), body), "/duties".to_owned(), event).await?;
    }
    Ok(!officers.is_empty())
}

async fn send(tx: &Tx, account_id: Id, (title, body): (String, String), link: String, event: Id) -> Result<()> {
    let new = notice::New { account_id, kind: "duty.overdue", title, body, link: Some(link), event_id: Some(event) };
    notice::send(tx, new).await?;
    Ok(())
}

/// Where the union sees to a duty.
pub(super) fn link(row: &entity::Model) -> String {
    match row.kind.as_str() {
        "plan" | "item" => format!("/chair/evaluations/{}/rectification", row.evaluation_id),
        "review" => format!("/evaluations/{}/rectification", row.evaluation_id),
        _ => format!("/chair/evaluations/{}", row.evaluation_id),
    }
}
