//! How applications look on the wire, and how they are put together.

use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;

use kernel::approval::entity::Model as Approval;
use kernel::{Cx, Id, Result, approval};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::known::{self, Known};
use super::rules::Work;
use super::{APPROVAL, application_entity as application};
use crate::organization;
use crate::person::{id_number, phone, vault};

/// One step in the life of an application.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ApplicationStep {
    /// When.
    pub at: DateTime<Utc>,
    /// What happened, in Chinese.
    pub step: String,
    /// Who did it, by office.
    pub by: Option<String>,
    /// What was said with it.
    pub note: Option<String>,
}

/// An application to join, as its owner and its deciders see it; numbers masked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Application {
    /// Id.
    pub id: Uuid,
    /// `submitted`, `waiting_dispatch`, `returned`, `approved`, `withdrawn`, `expired`.
    pub state: String,
    /// `employer` or `open`.
    pub door: String,
    /// The union that is asked.
    pub organization_id: Option<Uuid>,
    /// Its name.
    pub organization_name: Option<String>,
    /// Kind of work, at the open door.
    pub work: Option<String>,
    /// Where the applicant works, at the open door.
    pub division_code: Option<String>,
    /// Name.
    pub name: String,
    /// Masked.
    pub id_number_masked: String,
    /// Masked.
    pub phone_masked: String,
    /// Employer, as told.
    pub employer_name: Option<String>,
    /// Form of employment.
    pub employment_form: String,
    /// When it was last submitted.
    pub submitted_at: DateTime<Utc>,
    /// Until when the union answers.
    pub answer_by: Option<NaiveDate>,
    /// How that day came about.
    pub derivation: Vec<String>,
    /// Not answered in time.
    pub overdue: bool,
    /// Why it was returned.
    pub return_reason: Option<String>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// What happened so far, oldest first; empty in lists.
    pub history: Vec<ApplicationStep>,
    /// What the roster knows of this ID number, for those who decide; never told to the applicant.
    pub known: Option<Known>,
    /// Invented for demonstration.
    pub synthetic: bool,
}

/// Who reads an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Whoever submitted it.
    Owner,
    /// Whoever may decide on it.
    Decider,
}

/// Puts applications together for a list: one query for names, one for clocks.
pub(super) async fn applications(
    cx: &Cx,
    conn: &impl ConnectionTrait,
    rows: Vec<application::Model>,
    reader: Reader,
) -> Result<Vec<Application>> {
    let names = organization_names(conn, rows.iter().map(|row| row.organization_id)).await?;
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let approvals = approval::entity::Entity::find()
        .filter(approval::entity::Column::Kind.eq(APPROVAL))
        .filter(approval::entity::Column::SubjectId.is_in(ids))
        .all(conn)
        .await?;
    // Ids grow with time, so the newest approval of a subject wins.
    let mut newest: BTreeMap<Id, Approval> = BTreeMap::new();
    for row in approvals {
        let known = newest.get(&row.subject_id).is_some_and(|known| known.id > row.id);
        if !known {
            newest.insert(row.subject_id, row);
        }
    }
    let mut known = match reader {
        Reader::Owner => BTreeMap::new(),
        Reader::Decider => known::of(conn, &rows).await?,
    };
    let shape_one = |row: application::Model| {
        let known = known.remove(&row.id);
        Ok(Application { known, ..shape(cx, &names, newest.get(&row.id), row)? })
    };
    rows.into_iter().map(shape_one).collect()
}

/// One application with its history.
pub(super) async fn application(
    cx: &Cx,
    conn: &impl ConnectionTrait,
    row: application::Model,
    reader: Reader,
) -> Result<Application> {
    let history = history(cx, conn, &row).await?;
    let mut shaped = applications(cx, conn, vec![row], reader).await?;
    let one = shaped.pop().ok_or_else(kernel::Error::not_found)?;
    Ok(Application { history, ..one })
}

fn shape(
    cx: &Cx,
    names: &BTreeMap<Id, String>,
    approval: Option<&Approval>,
    row: application::Model,
) -> Result<Application> {
    let pooled = row.dispatch && row.state == "submitted";
    let clock = approval.filter(|approval| approval.state == "open");
    let number = row.id_number_sealed.as_deref().map(|sealed| open(cx, "id_number", row.id, sealed)).transpose()?;
    let mobile = row.phone_sealed.as_deref().map(|sealed| open(cx, "phone", row.id, sealed)).transpose()?;
    Ok(Application {
        id: row.id,
        state: if pooled { "waiting_dispatch".to_owned() } else { row.state },
        door: row.door,
        organization_name: names.get(&row.organization_id).cloned(),
        organization_id: Some(row.organization_id),
        work: row.work,
        division_code: row.division_code,
        name: row.name.unwrap_or_else(|| "（已删除）".to_owned()),
        id_number_masked: number.map(|text| id_number::mask(&text)).unwrap_or_default(),
        phone_masked: mobile.map(|text| phone::mask(&text)).unwrap_or_default(),
        employer_name: row.employer_name,
        employment_form: row.employment_form,
        submitted_at: row.submitted_at,
        answer_by: clock.and_then(|approval| approval.due_on),
        derivation: clock.map(Approval::derivation).unwrap_or_default(),
        overdue: clock.is_some_and(|approval| approval.is_overdue(cx.today())),
        return_reason: row.return_reason,
        decided_at: row.decided_at,
        history: Vec::new(),
        known: None,
        synthetic: row.synthetic,
    })
}

/// Context under which a column of an application is sealed.
pub(super) fn context(column: &str, application: Id) -> String {
    format!("join_application.{column}:{application}")
}

/// Opens a sealed column of an application.
pub(super) fn open(cx: &Cx, column: &str, application: Id, sealed: &[u8]) -> Result<String> {
    vault::open_text(&*cx.app.keys, &context(column, application), sealed)
}

async fn history(cx: &Cx, conn: &impl ConnectionTrait, row: &application::Model) -> Result<Vec<ApplicationStep>> {
    let first = ApplicationStep { at: row.submitted_at, step: "提交申请".into(), by: None, note: None };
    let mut steps = vec![first];
    for decision in approval::history(conn, APPROVAL, row.id).await? {
        let step = match decision.outcome.as_str() {
            "approved" => "批准入会",
            "returned" => "退回补正",
            "withdrawn" => "本人撤回",
            "moved" => "转派",
            _ => "超时未答复",
        };
        let office = match decision.decided_by {
            Some(account) if account != row.account_id => office_of(cx, conn, account).await?,
            _ => None,
        };
        steps.push(ApplicationStep { at: decision.decided_at, step: step.into(), by: office, note: decision.note });
    }
    steps.sort_by_key(|step| step.at);
    Ok(steps)
}

/// The office under which an account decided: "工会主席", never a private name.
async fn office_of(cx: &Cx, conn: &impl ConnectionTrait, account: Id) -> Result<Option<String>> {
    let grant = kernel::access::grant::Entity::find()
        .filter(kernel::access::grant::Column::AccountId.eq(account))
        .one(conn)
        .await?;
    let label = grant.and_then(|grant| cx.app.policy.find(&grant.role)).map(|role| role.label.to_owned());
    Ok(label.or_else(|| Some("工会工作人员".to_owned())))
}

/// Names of unions by id.
pub(super) async fn organization_names(
    conn: &impl ConnectionTrait,
    ids: impl Iterator<Item = Id>,
) -> Result<BTreeMap<Id, String>> {
    let ids: std::collections::BTreeSet<Id> = ids.collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows =
        organization::entity::Entity::find().filter(organization::entity::Column::Id.is_in(ids)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Title and detail of waiting applications for the to-do list, by subject.
///
/// # Errors
/// The database.
pub async fn todo_rows(conn: &impl ConnectionTrait, waiting: &[Approval]) -> Result<BTreeMap<Id, (String, String)>> {
    let ids: Vec<Id> = waiting.iter().filter(|row| row.kind == APPROVAL).map(|row| row.subject_id).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = application::Entity::find().filter(application::Column::Id.is_in(ids)).all(conn).await?;
    let title = |row: &application::Model| {
        let name = row.name.as_deref().unwrap_or("（已删除）");
        if row.dispatch { format!("{name}申请入会，等待接收或转派") } else { format!("{name}申请入会") }
    };
    let detail = |row: &application::Model| match (&row.work, &row.employer_name) {
        (Some(work), _) => Work::label_of(work).to_owned(),
        (None, Some(employer)) => employer.clone(),
        (None, None) => "单位职工".to_owned(),
    };
    Ok(rows.iter().map(|row| (row.id, (title(row), detail(row)))).collect())
}
