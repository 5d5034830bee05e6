//! Submits an application to join, or a returned one again.

use kernel::event::Event;
use kernel::{Cx, Id, Refusal, Result, Tx, approval};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{Door, EmploymentForm, Work, required};
use super::shape::{self, Application, Reader};
use super::{
    APPLICATION_OPEN, APPLICATION_PHONE, APPROVAL, MEMBER_ALREADY, active_of, application_entity as application,
    destination, draft_entity, status,
};
use crate::access::APPLICATION_DECIDE;
use crate::account::{self, consent, entity as account_entity};
use crate::organization::{entity as organization, join_link_entity as join_link};
use crate::person::id_number::{self, IdKind, IdNumber};
use crate::person::name::{clean_name, clean_text};
use crate::person::vault;

/// A filled form.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct JoinAnswers {
    /// Through which door.
    pub door: Door,
    /// The employer's union, when it was found by name.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// The code of the link or QR.
    #[serde(default)]
    pub link_code: Option<String>,
    /// Kind of work, at the open door.
    #[serde(default)]
    pub work: Option<Work>,
    /// Town or street, at the open door.
    #[serde(default)]
    pub division_code: Option<String>,
    /// Employer, as the person calls it.
    #[serde(default)]
    pub employer_name: Option<String>,
    /// Name as on the ID.
    pub name: String,
    /// Kind of ID.
    pub id_kind: IdKind,
    /// ID number.
    pub id_number: String,
    /// Form of employment.
    pub employment_form: EmploymentForm,
    /// Version of the consent text that was shown.
    pub consent_version: String,
}

/// Answers that passed every rule that needs no database.
struct Checked {
    name: String,
    id: IdNumber,
    employer_name: Option<String>,
}

/// Submits an application to join. Whether the roster knows the ID number is never told here: a stranger could feel
/// it out. Those who decide see it ([`super::known`]).
///
/// # Errors
/// `id.*`, `name.*`, `answer.missing`, `consent.version`, `destination.unknown`,
/// `member.already` for the caller's own membership, `application.open`.
pub async fn submit(cx: Cx, input: JoinAnswers) -> Result<Application> {
    let checked = check(&cx, &input)?;
    let tx = cx.begin().await?;
    let account = load_account(&tx).await?;
    if let Some(own) = account.person_id
        && active_of(&tx, own).await?.is_some()
    {
        return Err(MEMBER_ALREADY.refusal().into());
    }
    let (union, pooled) = target(&tx, &input).await?;
    let id = write(&tx, &account, &input, &checked, (&union, pooled)).await?;
    let due = destination::answer_due(&cx, &tx, &union.division_code).await?;
    let stages = [(union.id, APPLICATION_DECIDE)];
    approval::open(&tx, approval::New { kind: APPROVAL, subject_id: id, stages: &stages, due: Some(due) }).await?;
    consent::give(&tx, account.id, "join", &input.consent_version).await?;
    draft_entity::Entity::delete_by_id(account.id).exec(&tx).await?;
    let event = tx
        .record(
            Event::of("application.submitted", "application", id)
                .at(union.id)
                .with("door", input.door)
                .with("work", input.work)
                .with("dispatch", pooled),
        )
        .await?;
    super::decide::tell_deciders(&tx, union.id, event).await?;
    let row = status::newest(&tx, account.id).await?.ok_or_else(kernel::Error::not_found)?;
    let answer = shape::application(&cx, &tx, row, Reader::Owner).await?;
    tx.commit(answer).await
}

fn check(cx: &Cx, input: &JoinAnswers) -> Result<Checked> {
    let name = clean_name(&input.name)?;
    let id = id_number::parse(&input.id_number, cx.today())?;
    if id.kind != input.id_kind {
        return Err(id_number::IdError::Check.into());
    }
    consent::check(&input.consent_version)?;
    let employer = input.employer_name.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let employer_name = employer
        .map(|text| clean_text(text, 100).map_err(|fault| Refusal::from(fault).on("employer_name")))
        .transpose()?;
    Ok(Checked { name, id, employer_name })
}

async fn load_account(tx: &Tx) -> Result<account_entity::Model> {
    let id = tx.caller().account()?;
    let row = account_entity::Entity::find_by_id(id).one(tx).await?.ok_or_else(kernel::Error::not_found)?;
    if row.phone_sealed.is_none() {
        return Err(APPLICATION_PHONE.refusal().into());
    }
    Ok(row)
}

/// The union that is asked, and whether the application waits in its pool.
async fn target(tx: &Tx, input: &JoinAnswers) -> Result<(organization::Model, bool)> {
    if input.door == Door::Open {
        let work = required(input.work, "work")?;
        let division = required(input.division_code.as_deref(), "division_code")?;
        return Ok((destination::find(tx, work, division, tx.today()).await?, true));
    }
    let by_link = match &input.link_code {
        Some(code) => {
            let row = join_link::Entity::find_by_id(code.trim().to_uppercase()).one(tx).await?;
            row.filter(|row| row.ended_at.is_none()).map(|row| row.organization_id)
        }
        None => None,
    };
    let id = required(by_link.or(input.organization_id), "organization_id")?;
    Ok((destination::taking_members(tx, id).await?, false))
}

/// Writes the application: a returned one is taken up again, else a new row.
async fn write(
    tx: &Tx,
    account: &account_entity::Model,
    input: &JoinAnswers,
    checked: &Checked,
    (union, pooled): (&organization::Model, bool),
) -> Result<Id> {
    let keys = &*tx.app().keys;
    let returned = status::newest(tx, account.id).await?.filter(|row| row.state == "returned");
    let id = returned.as_ref().map_or_else(|| tx.id(), |row| row.id);
    let phone = account::vault::open_phone(keys, account.id, account.phone_sealed.as_deref().unwrap_or_default())?;
    let row = application::ActiveModel {
        id: Set(id),
        account_id: Set(account.id),
        door: Set(input.door.as_str().to_owned()),
        organization_id: Set(union.id),
        dispatch: Set(pooled),
        work: Set(input.work.filter(|_| pooled).map(|work| work.as_str().to_owned())),
        division_code: Set(input.division_code.clone().filter(|_| pooled)),
        employer_name: Set(checked.employer_name.clone()),
        name: Set(Some(checked.name.clone())),
        id_kind: Set(kind_name(checked.id.kind).to_owned()),
        id_number_sealed: Set(Some(vault::seal_text(keys, &shape::context("id_number", id), &checked.id.normalized)?)),
        id_digest: Set(Some(vault::id_number_digest(keys, &checked.id.normalized))),
        phone_sealed: Set(Some(vault::seal_text(keys, &shape::context("phone", id), &phone)?)),
        employment_form: Set(input.employment_form.as_str().to_owned()),
        consent_version: Set(input.consent_version.clone()),
        state: Set("submitted".to_owned()),
        submitted_at: Set(tx.now()),
        decided_at: Set(None),
        return_reason: Set(None),
        membership_id: Set(None),
        synthetic: Set(account.synthetic),
    };
    if identity_waits(tx, &row, id).await? {
        return Err(APPLICATION_OPEN.refusal().into());
    }
    if returned.is_some() {
        application::Entity::update(row).exec(tx).await?;
        return Ok(id);
    }
    let insert = application::Entity::insert(row).on_conflict_do_nothing();
    match insert.exec_without_returning(tx).await? {
        sea_orm::TryInsertResult::Inserted(1) => Ok(id),
        _ => Err(APPLICATION_OPEN.refusal().into()),
    }
}

/// Whether another application with this ID number waits for an answer.
async fn identity_waits(tx: &Tx, row: &application::ActiveModel, id: Id) -> Result<bool> {
    let waiting = application::Entity::find()
        .filter(application::Column::IdDigest.eq(row.id_digest.clone().unwrap()))
        .filter(application::Column::State.eq("submitted"))
        .filter(application::Column::Id.ne(id))
        .count(tx)
        .await?;
    Ok(waiting > 0)
}

/// The stored name of a kind of ID.
pub(super) fn kind_name(kind: IdKind) -> &'static str {
    match kind {
        IdKind::ResidentId => "resident_id",
        IdKind::HkMoTwResidencePermit => "hk_mo_tw_residence_permit",
        IdKind::ForeignPermanentResident => "foreign_permanent_resident",
    }
}
