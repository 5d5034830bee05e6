//! Applications to join in every state, so that each page has something to show: some
//! for the toy factory's chair (approve three, return one), some in the pool of the
//! town and of the industry union, one of them overdue, and some that are over.

use std::collections::BTreeMap;

use kernel::approval::entity as approval;
use kernel::calendar::Due;
use kernel::crypto::seal;
use kernel::time::{Day, Time};
use kernel::{Error, Id, Result, Tx, notice};
use registry::access::APPLICATION_DECIDE;
use registry::account::{consent, consent_entity};
use registry::member::application_entity as application;
use registry::person::vault;
use sea_orm::ActiveValue::Set;

use super::people::{Maker, People, Person};
use super::tree_rows::morning;
use super::unions::{LINES, TOUR_DISTRICT, TOUR_TOWN, TOY_FACTORY, Tree, Union};
use super::{accounts, rows};

/// Working days until an answer is due; the first value of the dated parameter.
const ANSWER_DAYS: u32 = 5;

/// An application of the plan.
struct Planned<'a> {
    union: &'a Union,
    /// Town, at the open door.
    place: &'static str,
    state: &'static str,
    days_ago: i64,
    /// Kind of work at the open door; the employer's door otherwise.
    work: Option<&'static str>,
    reason: Option<&'static str>,
}

#[derive(Default)]
struct Batch {
    accounts: Vec<registry::account::entity::ActiveModel>,
    consents: Vec<consent_entity::ActiveModel>,
    applications: Vec<application::ActiveModel>,
    approvals: Vec<approval::ActiveModel>,
    stages: Vec<approval::stage::ActiveModel>,
    decisions: Vec<approval::decision::ActiveModel>,
}

/// Writes them, and tells the chairs; answers how many.
///
/// # Errors
/// When the database refuses.
pub async fn write(
    tx: &Tx,
    maker: &mut Maker<'_>,
    (tree, people): (&Tree, &People),
    visitors: &BTreeMap<&'static str, Id>,
) -> Result<usize> {
    let mut batch = Batch::default();
    for planned in plan(tree)? {
        let joined = (planned.state == "approved").then(|| joined(people, planned.union.id)).flatten();
        let person = maker.person(planned.union.division)?;
        let decider = visitors.get("chair").copied();
        add(tx, &mut batch, &planned, (&person, joined), decider)?;
    }
    let count = batch.applications.len();
    rows::insert(tx, batch.accounts).await?;
    rows::insert(tx, batch.consents).await?;
    rows::insert(tx, batch.applications).await?;
    rows::insert(tx, batch.approvals).await?;
    rows::insert(tx, batch.stages).await?;
    rows::insert(tx, batch.decisions).await?;
    tell(tx, visitors).await?;
    Ok(count)
}

fn plan(tree: &Tree) -> Result<Vec<Planned<'_>>> {
    let factory = tree.named(&format!("{TOY_FACTORY}工会"))?;
    let industry = tree.find("industry", TOUR_DISTRICT, None)?;
    let place = tree.divisions.iter().find(|row| row.name == TOUR_TOWN).map_or("", |row| row.code);
    let town = tree.find("town_joint", place, None)?;
    let waits = |union, work, days_ago| Planned { union, place, state: "submitted", days_ago, work, reason: None };
    let over = |state, days_ago, reason| Planned { union: factory, place, state, days_ago, work: None, reason };
    Ok(vec![
        waits(factory, None, 4),
        waits(factory, None, 3),
        waits(factory, None, 2),
        waits(factory, None, 1),
        over("returned", 6, Some("姓名与证件不一致，请按身份证上的姓名填写后再提交。")),
        over("approved", 30, None),
        over("withdrawn", 20, None),
        over("expired", 90, None),
        waits(industry, Some("food_delivery"), 16),
        waits(industry, Some("courier"), 3),
        waits(industry, Some("ride_hailing"), 1),
        waits(town, Some("employer_without_union"), 4),
        waits(town, Some("domestic"), 1),
    ])
}

/// A member whose membership an approved application can point at, without an account of his own.
fn joined(people: &People, union: Id) -> Option<(Id, Id)> {
    let mut members = people.memberships.iter().filter(|row| *row.organization_id.as_ref() == union);
    members.nth(20).map(|row| (*row.person_id.as_ref(), *row.id.as_ref()))
}

fn add(
    tx: &Tx,
    batch: &mut Batch,
    planned: &Planned<'_>,
    (person, joined): (&Person, Option<(Id, Id)>),
    decider: Option<Id>,
) -> Result<()> {
    let (account, id) = (tx.id(), tx.id());
    let day = tx.today() - chrono::Duration::days(planned.days_ago);
    let at = morning(day);
    let decided_at = (planned.state != "submitted").then(|| at + chrono::Duration::days(2));
    batch.accounts.push(accounts::of_phone(tx, account, &person.phone, joined.map(|(person, _)| person))?);
    batch.consents.push(consent_entity::ActiveModel {
        id: Set(tx.id()),
        account_id: Set(account),
        purpose: Set("join".to_owned()),
        version: Set(consent::VERSION.to_owned()),
        given_at: Set(at),
        withdrawn_at: Set(None),
    });
    let mut row = application_row(tx, planned, person, (account, id), at)?;
    row.decided_at = Set(decided_at);
    row.membership_id = Set(joined.map(|(_, membership)| membership));
    batch.applications.push(row);
    approval_rows(tx, batch, planned, id, (day, decided_at, decider))
}

fn application_row(
    tx: &Tx,
    planned: &Planned<'_>,
    person: &Person,
    (account, id): (Id, Id),
    at: Time,
) -> Result<application::ActiveModel> {
    let keys = tx.app().keys.as_ref();
    let sealed = |column: &str, text: &str| {
        seal(keys, &format!("join_application.{column}:{id}"), text.as_bytes()).map_err(Error::internal)
    };
    let open = planned.work.is_some();
    let platform = LINES.iter().any(|(work, _)| planned.work == Some(*work));
    Ok(application::ActiveModel {
        id: Set(id),
        account_id: Set(account),
        door: Set(if open { "open" } else { "employer" }.to_owned()),
        organization_id: Set(planned.union.id),
        dispatch: Set(open),
        work: Set(planned.work.map(str::to_owned)),
        division_code: Set(open.then(|| planned.place.to_owned())),
        employer_name: Set((!open).then(|| TOY_FACTORY.to_owned())),
        name: Set(Some(person.name.clone())),
        id_kind: Set("resident_id".to_owned()),
        id_number_sealed: Set(Some(sealed("id_number", &person.id_number)?)),
        id_digest: Set(Some(vault::id_number_digest(keys, &person.id_number))),
        phone_sealed: Set(Some(sealed("phone", person.phone.as_str())?)),
        employment_form: Set(if platform { "platform" } else { "labour_contract" }.to_owned()),
        consent_version: Set(consent::VERSION.to_owned()),
        state: Set(planned.state.to_owned()),
        submitted_at: Set(at),
        decided_at: Set(None),
        return_reason: Set(planned.reason.map(str::to_owned)),
        membership_id: Set(None),
        synthetic: Set(true),
    })
}

fn approval_rows(
    tx: &Tx,
    batch: &mut Batch,
    planned: &Planned<'_>,
    subject_id: Id,
    (day, closed_at, decider): (Day, Option<Time>, Option<Id>),
) -> Result<()> {
    let Due { day: due, derivation, .. } = tx.app().calendar.due_after_working_days(day, ANSWER_DAYS);
    let id = tx.id();
    let state = if planned.state == "submitted" { "open" } else { planned.state };
    batch.approvals.push(approval::ActiveModel {
        id: Set(id),
        kind: Set(registry::member::APPROVAL.to_owned()),
        subject_id: Set(subject_id),
        state: Set(state.to_owned()),
        stage: Set(1),
        stages: Set(1),
        node_id: Set(planned.union.id),
        permission: Set(APPLICATION_DECIDE.0.to_owned()),
        opened_by: Set(None),
        opened_at: Set(morning(day)),
        due_on: Set(Some(due)),
        due_derivation: Set(serde_json::to_string(&derivation)?),
        closed_at: Set(closed_at),
        version: Set(1),
    });
    batch.stages.push(approval::stage::ActiveModel {
        approval_id: Set(id),
        stage: Set(1),
        node_id: Set(planned.union.id),
        permission: Set(APPLICATION_DECIDE.0.to_owned()),
    });
    if let Some(decided_at) = closed_at {
        batch.decisions.push(approval::decision::ActiveModel {
            id: Set(tx.id()),
            approval_id: Set(id),
            stage: Set(1),
            outcome: Set(state.to_owned()),
            decided_by: Set(decider.filter(|_| matches!(state, "approved" | "returned"))),
            decided_at: Set(decided_at),
            note: Set(planned.reason.map(str::to_owned)),
        });
    }
    Ok(())
}

/// What waits in the inboxes of the tour.
async fn tell(tx: &Tx, visitors: &BTreeMap<&'static str, Id>) -> Result<()> {
    let waiting = ("application.submitted", "有新的入会申请", "有职工申请入会，请在约定的日期前答复。", "/approvals");
    let welcome =
        ("membership.joined", "欢迎加入工会", "您已经是工会会员。在“我的工会”里可以看到主席和联系方式。", "/union");
    let sent = [("chair", waiting), ("industry_chair", waiting), ("member", welcome)];
    for (key, (kind, title, body, link)) in sent {
        let Some(account_id) = visitors.get(key).copied() else { continue };
        let (title, body, link) = (title.to_owned(), body.to_owned(), Some(link.to_owned()));
        notice::send(tx, notice::New { account_id, kind, title, body, link, event_id: None }).await?;
    }
    Ok(())
}
