//! Money of the demo: a bank line behind each budget, points for the members of one union, and a rule that welcomes
//! whoever joins. It goes the way real money goes, with an approval of the system in place of a person's.

use kernel::{Error, Id, Result, Tx, approval, parameter};
use registry::member::entity as membership;
use rewards::access::POINTS_APPROVE;
use rewards::ledger;
use rewards::points::approval::{BATCH, FUNDING};
use rewards::points::bank::rules::NewLine;
use rewards::points::budget::NewBudget;
use rewards::points::issue::prepare::{Drafted, Preparing};
use rewards::points::issue::rules::BatchKind;
use rewards::points::issue::{self, NewBatch};
use rewards::points::rule::{self, NewRule};
use rewards::points::{PARAMETERS, bank, budget};

use super::people::People;
use super::unions::{TOY_FACTORY, Tree};

/// What each member of the factory gets, in cents.
const EACH: i64 = 10_000;
/// What whoever joins gets, in cents.
const WELCOME: i64 = 2_000;
/// What all who join get together at the most, in cents: the budget behind it.
const WELCOME_TOTAL: i64 = 5_000_000;
/// What a person may get in a year, so that both ways of a limit are seen: one warns who approves, the other blocks.
const LIMITS: [(&str, &str); 4] = [
    ("points.limit_cents.festival", "100000"),
    ("points.limit_blocks.festival", "0"),
    ("points.limit_cents.activity", "50000"),
    ("points.limit_blocks.activity", "1"),
];
/// Where the demo has its limits from.
const LIMITS_SOURCE: &str = "演示数据：示例市总工会《经费收支管理实施细则（示例）》，节日慰问超过每人每年 1,000 元提醒审批人，文体活动超过每人每年 500 元不发";

/// Writes budgets with money, a batch that is about to be issued, and a rule.
///
/// # Errors
/// When the database refuses.
pub async fn write(tx: &Tx, tree: &Tree, people: &People) -> Result<()> {
    limit(tx).await?;
    let city = tree.find("city_federation", "440700", None)?.id;
    let factory = tree.named(&format!("{TOY_FACTORY}工会"))?.id;
    let welcome = funded(tx, city, city, "join", ("DEMO0000000001", WELCOME_TOTAL)).await?;
    let festival = funded(tx, city, factory, "festival", ("DEMO0000000002", 5_000_000)).await?;
    greet(tx, city, welcome).await?;
    let members = people
        .memberships
        .iter()
        .filter(|row| *row.organization_id.as_ref() == factory && row.state.as_ref() == "active");
    let members: Vec<Id> = members.map(|row: &membership::ActiveModel| *row.person_id.as_ref()).collect();
    give(tx, factory, festival, &members).await
}

/// Dated limits with their source, in force from today on.
async fn limit(tx: &Tx) -> Result<()> {
    for (name, value) in LIMITS {
        let known = PARAMETERS.iter().find(|one| one.name == name);
        let known = known.ok_or_else(|| Error::internal(format!("no parameter {name}")))?;
        let new = parameter::New { division_code: "", value, from: tx.today(), source: LIMITS_SOURCE };
        parameter::set(tx, known, new).await?;
    }
    Ok(())
}

/// A budget with money from a bank line; answers its id.
async fn funded(tx: &Tx, city: Id, union: Id, purpose: &str, (number, cents): (&str, i64)) -> Result<Id> {
    let book_id = ledger::own_book(tx).await?;
    let fiscal_year = i64::from(chrono::Datelike::year(&tx.today()));
    let new = NewBudget { book_id, organization_id: union, fiscal_year, purpose: purpose.to_owned() };
    let id = budget::enter(tx, new).await?;
    let line = NewLine {
        number: number.to_owned(),
        day: tx.today(),
        amount_cents: cents,
        party: "示例市总工会财务部".to_owned(),
        note: Some("演示".to_owned()),
        row_number: None,
    };
    bank::enter(tx, book_id, None, &[line]).await?;
    let line = bank::find(tx, book_id, number).await?.ok_or_else(|| Error::internal("a bank line went missing"))?;
    let row = budget::load(tx, id).await?;
    let request = budget::enter_top_up(tx, &row, &line, "演示".to_owned()).await?;
    approve(tx, FUNDING, request, city).await?;
    budget::carry_out(tx, request).await?;
    Ok(id)
}

async fn approve(tx: &Tx, kind: &'static str, subject_id: Id, node: Id) -> Result<()> {
    approval::open(tx, approval::New { kind, subject_id, stages: &[(node, POINTS_APPROVE)], due: None }).await?;
    approval::approve(tx, kind, subject_id, Some("演示".to_owned())).await?;
    Ok(())
}

/// Whoever joins gets something, to the end of next year.
async fn greet(tx: &Tx, city: Id, budget: Id) -> Result<()> {
    let to_on = tx.today().checked_add_months(chrono::Months::new(12)).ok_or_else(|| Error::internal("no such day"))?;
    let new = NewRule {
        organization_id: city,
        budget_id: budget,
        name: "新会员见面礼".to_owned(),
        event_kind: "membership.started".to_owned(),
        amount_cents: WELCOME,
        daily_cents: Some(WELCOME),
        yearly_cents: Some(WELCOME),
        total_cents: WELCOME_TOTAL,
        from_on: tx.today(),
        to_on,
        valid_days: 365,
        state: "on",
    };
    rule::enter(tx, new).await?;
    Ok(())
}

/// A batch for these members; the job issues it as soon as the server works.
async fn give(tx: &Tx, union: Id, budget: Id, members: &[Id]) -> Result<()> {
    let until = tx.today().checked_add_months(chrono::Months::new(6)).ok_or_else(|| Error::internal("no such day"))?;
    let new = NewBatch {
        organization_id: union,
        budget_id: budget,
        kind: BatchKind::Segment,
        name: "节日慰问（演示）".to_owned(),
        each_cents: Some(EACH),
        rule: Some("true".to_owned()),
        file: None,
        expires_on: until,
    };
    let row = issue::enter(tx, new).await?;
    let id = row.id;
    let preparing = Preparing::of(tx, row).await?;
    let drafted: Vec<Drafted> =
        members.iter().map(|person| Drafted { person: *person, row_number: None, cents: EACH }).collect();
    preparing.keep(tx, &drafted).await?;
    preparing.prepared(tx).await?;
    approve(tx, BATCH, id, union).await?;
    tx.execute_sql("UPDATE issue_batch SET state = 'waiting' WHERE id = $1", [id.into()]).await?;
    issue::release(tx, id).await
}
