//! Makes a grant of an event: points for whom it is about, or the reason why not.

use std::collections::BTreeMap;

use kernel::calendar::china_day;
use kernel::event::{Event, entity as events};
use kernel::time::Day;
use kernel::{Error, Id, Result, Tx, notice};
use registry::organization::record;
use sea_orm::ConnectionTrait;

use super::entity;
use super::rules::{About, Had, about, stops, year_of};
use crate::ledger::{self, Order, What};
use crate::points::limit::{self, Count};
use crate::points::{budget, key, purpose, text};

/// The kind of the notice that members get.
pub const NOTICE: &str = "points.granted";

/// Makes the grant of an event under a rule; inside the transaction that moves the consumer on.
///
/// # Errors
/// `ledger.stopped`, contention, or the database.
pub async fn give(tx: &Tx, rule: &entity::Model, event: &events::Model) -> Result<()> {
    let day = china_day(event.at);
    let Some(person_id) = person_of(tx, event).await? else {
        return note(tx, rule, event, None, day, "nobody").await;
    };
    let outcome = match stopped(tx, rule, person_id, day).await? {
        Some(why) => why,
        None => within_total(tx, rule, event, person_id, day).await?,
    };
    note(tx, rule, event, Some(person_id), day, outcome).await?;
    if outcome == "given" {
        tell(tx, rule, event, person_id).await?;
    }
    Ok(())
}

/// The person whom an event is about, if she is there.
async fn person_of(tx: &Tx, event: &events::Model) -> Result<Option<Id>> {
    let (sql, id) = match about(&event.aggregate_kind, event.aggregate_id, &event.payload) {
        Some(About::Person(id)) => ("SELECT id FROM person WHERE id = $1", id),
        Some(About::Membership(id)) => ("SELECT person_id AS id FROM membership WHERE id = $1", id),
        None => return Ok(None),
    };
    let row = tx.query_one_raw(tx.app().db.statement(sql, [id.into()])).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?)
}

/// Why nothing is given, as far as caps and limits say.
async fn stopped(tx: &Tx, rule: &entity::Model, person: Id, day: Day) -> Result<Option<&'static str>> {
    let sql = "SELECT CAST(COALESCE(SUM(amount_cents), 0) AS bigint) AS year,
            CAST(COALESCE(SUM(CASE WHEN day = $4 THEN amount_cents ELSE 0 END), 0) AS bigint) AS day
        FROM point_grant WHERE rule_id = $1 AND person_id = $2 AND year = $3";
    let values = [rule.id.into(), person.into(), year_of(day).into(), day.into()];
    let row = tx.query_one_raw(tx.app().db.statement(sql, values)).await?;
    let row = row.ok_or_else(|| Error::internal("a sum without a row"))?;
    let budget = budget::load(tx, rule.budget_id).await?;
    let union = record::load(tx, rule.organization_id).await?;
    let bound = purpose::limit(tx, &budget.purpose, &union.division_code, tx.today()).await?;
    let count = Count { purpose: budget.purpose, year: budget.fiscal_year };
    let given = limit::hold(tx, &count, &[person]).await?.remove(&person).unwrap_or_default();
    let had = Had { day: row.try_get("", "day")?, year: row.try_get("", "year")?, purpose: given };
    Ok(stops(rule.amount_cents, (rule.daily_cents, rule.yearly_cents), bound, had))
}

/// Issues what the rule gives, as far as its total goes; answers the outcome. One statement looks and claims: whoever comes
/// at the same moment waits for its end and sees what it left.
async fn within_total(
    tx: &Tx,
    rule: &entity::Model,
    event: &events::Model,
    person_id: Id,
    day: Day,
) -> Result<&'static str> {
    let claim = "UPDATE point_rule SET given_cents = given_cents + $2
        WHERE id = $1 AND (total_cents IS NULL OR given_cents + $2 <= total_cents)";
    if tx.execute_sql(claim, [rule.id.into(), rule.amount_cents.into()]).await? != 1 {
        return Ok("total");
    }
    let outcome = issue(tx, rule, event, person_id, day).await?;
    if outcome != "given" {
        let back = "UPDATE point_rule SET given_cents = given_cents - $2 WHERE id = $1";
        tx.execute_sql(back, [rule.id.into(), rule.amount_cents.into()]).await?;
    }
    Ok(outcome)
}

/// Issues what the rule gives; answers the outcome.
async fn issue(tx: &Tx, rule: &entity::Model, event: &events::Model, person_id: Id, day: Day) -> Result<&'static str> {
    if !budget::reserve(tx, rule.budget_id, rule.amount_cents).await? {
        return Ok("budget");
    }
    budget::release(tx, rule.budget_id, rule.amount_cents).await?;
    let budget = budget::load(tx, rule.budget_id).await?;
    let days = u64::try_from(rule.valid_days).map_err(Error::internal)?;
    let expires_on = day.checked_add_days(chrono::Days::new(days)).ok_or_else(|| Error::internal("no such day"))?;
    let what = What::Issue {
        budget_id: rule.budget_id,
        person_id,
        amount_cents: rule.amount_cents,
        expires_on: expires_on.max(tx.today()),
        reason: rule.name.clone(),
        subject_id: Some(rule.id),
    };
    let order = Order { id: key::of("rule", &[rule.id, event.id]), book_id: budget.book_id, by: None, what };
    let outcome =
        ledger::apply(tx, &[order]).await?.pop().ok_or_else(|| Error::internal("an order without an answer"))?;
    let Err(refusal) = outcome else {
        let count = Count { purpose: budget.purpose, year: budget.fiscal_year };
        limit::add(tx, &count, &BTreeMap::from([(person_id, rule.amount_cents)])).await?;
        return Ok("given");
    };
    if refusal.code == ledger::LEDGER_STOPPED.code {
        // The event is dealt with once the book goes on.
        return Err(refusal.into());
    }
    tracing::warn!(rule = %rule.id, code = %refusal.code, "an event gave nothing");
    Ok(if refusal.code == ledger::LEDGER_BUDGET.code { "budget" } else { "ledger" })
}

async fn note(
    tx: &Tx,
    rule: &entity::Model,
    event: &events::Model,
    person: Option<Id>,
    day: Day,
    outcome: &'static str,
) -> Result<()> {
    let amount = if outcome == "given" { rule.amount_cents } else { 0 };
    // The rule's own budget is used up: told apart from the union's by its cause.
    let (kept, cause) = if outcome == "total" { ("budget", Some("total")) } else { (outcome, None) };
    let sql = "INSERT INTO point_grant (rule_id, event_id, person_id, day, year, amount_cents, outcome, at, cause)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    let values = [
        rule.id.into(),
        event.id.into(),
        person.into(),
        day.into(),
        year_of(day).into(),
        amount.into(),
        kept.into(),
        tx.now().into(),
        cause.map(str::to_owned).into(),
    ];
    if tx.execute_sql(sql, values).await? != 1 {
        // The consumer moves on in the same transaction, so this is another one that was faster.
        return Err(Error::Contention);
    }
    let granted = Event::of("points.granted", "point_rule", rule.id).at(rule.organization_id);
    tx.record(granted.with("event_id", event.id).with("amount_cents", amount).with("outcome", outcome)).await?;
    Ok(())
}

async fn tell(tx: &Tx, rule: &entity::Model, event: &events::Model, person: Id) -> Result<()> {
    let sql = "SELECT id FROM account WHERE person_id = $1 AND disabled_at IS NULL";
    let Some(row) = tx.query_one_raw(tx.app().db.statement(sql, [person.into()])).await? else { return Ok(()) };
    let new = notice::New {
        account_id: row.try_get("", "id")?,
        kind: NOTICE,
        title: "您收到一笔积分".into(),
        body: format!("“{}”给您发放了 {} 元积分，可以在“我的积分”里查看。", rule.name, text::yuan(rule.amount_cents)),
        link: Some("/wallet".into()),
        event_id: Some(event.id),
    };
    notice::send(tx, new).await?;
    Ok(())
}
