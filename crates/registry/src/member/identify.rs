//! Who an approved applicant is: the person known under his ID number; the one known by his name and phone alone, who
//! gets the number; or a new one. And the membership he has from now on. A record on this union's roster is handed over,
//! not made a second time.

use kernel::event::Event;
use kernel::{Error, Id, Result, Tx};
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::submit::kind_name;
use super::{
    ID_TAKEN, MEMBER_ELSEWHERE, NAME_DIFFERS, active_of, application_entity as application, entity as membership,
    known, shape,
};
use crate::account::{self, entity as account_entity};
use crate::employer;
use crate::person::complete::{self, NewNumber};
use crate::person::id_number::IdNumber;
use crate::person::phone::Phone;
use crate::person::{self, contact, id_number, vault};
use crate::takeover;

/// The membership of an approved application, with its event.
///
/// # Errors
/// `member.elsewhere`, `id.taken`, `member.name_differs`.
pub(super) async fn membership_of(tx: &Tx, row: &application::Model) -> Result<Id> {
    let digest = row.id_digest.clone().ok_or_else(|| Error::internal("application without identity"))?;
    let numbered = known::person_of(tx, &digest).await?;
    let known = if numbered.is_some() { numbered } else { completed(tx, row).await? };
    let Some(person) = known else {
        let person = create_person(tx, row, digest).await?;
        attach(tx, row, person).await?;
        return join(tx, row, person).await;
    };
    let handed_over = hand_over(tx, row, person).await?;
    match active_of(tx, person).await? {
        None => join(tx, row, person).await,
        Some(active) if active.organization_id != row.organization_id => Err(MEMBER_ELSEWHERE.refusal().into()),
        Some(active) => {
            if handed_over {
                let event = Event::of("takeover.done", "membership", active.id).at(active.organization_id);
                tx.record(event.with("by", "application").with("account_id", row.account_id)).await?;
            }
            Ok(active.id)
        }
    }
}

/// The person known by the applicant's name and phone and by no number, who has the applicant's number from now on: a
/// chair of a register, say. The phone is the one that signed in.
async fn completed(tx: &Tx, row: &application::Model) -> Result<Option<Id>> {
    let keys = &*tx.app().keys;
    let phone = vault::phone_digest(keys, &phone_of(tx, row)?);
    let found = complete::unnumbered(tx, row.name.as_deref().unwrap_or_default(), phone).await?;
    let Some(person) = found else { return Ok(None) };
    complete::enter_numbers(tx, vec![NewNumber::of(keys, person, &number_of(tx, row)?)?]).await?;
    tx.record(complete::number_entered(person).at(row.organization_id)).await?;
    Ok(Some(person))
}

/// Ties the account to a person who was known before; `false` when it held him already. The phone that signs in
/// becomes the record's phone: the deciding officer answers for it.
async fn hand_over(tx: &Tx, row: &application::Model, person: Id) -> Result<bool> {
    let account = account_entity::Entity::find_by_id(row.account_id).one(tx).await?.ok_or_else(Error::not_found)?;
    if account.person_id == Some(person) {
        return Ok(false);
    }
    let known = person::entity::Entity::find_by_id(person).one(tx).await?.ok_or_else(Error::not_found)?;
    attach(tx, row, person).await?;
    if known.name.is_some() && known.name != row.name {
        return Err(NAME_DIFFERS.refusal().into());
    }
    contact::set_phone(tx, person, &phone_of(tx, row)?).await?;
    takeover::settle(tx, person, "needless").await?;
    Ok(true)
}

async fn attach(tx: &Tx, row: &application::Model, person: Id) -> Result<()> {
    let attached = account::attach_person(tx, row.account_id, person).await?;
    if attached { Ok(()) } else { Err(ID_TAKEN.refusal().into()) }
}

fn phone_of(tx: &Tx, row: &application::Model) -> Result<Phone> {
    let sealed = row.phone_sealed.as_deref().unwrap_or_default();
    let phone = vault::open_text(&*tx.app().keys, &shape::context("phone", row.id), sealed)?;
    Ok(Phone::parse(&phone)?)
}

fn number_of(tx: &Tx, row: &application::Model) -> Result<IdNumber> {
    let sealed = row.id_number_sealed.as_deref().unwrap_or_default();
    let number = vault::open_text(&*tx.app().keys, &shape::context("id_number", row.id), sealed)?;
    Ok(id_number::parse(&number, tx.today())?)
}

async fn create_person(tx: &Tx, row: &application::Model, digest: Vec<u8>) -> Result<Id> {
    let keys = &*tx.app().keys;
    let parsed = number_of(tx, row)?;
    let phone = phone_of(tx, row)?;
    let id = tx.id();
    let sex = parsed.sex.map(|sex| if sex == id_number::Sex::Male { "male" } else { "female" });
    let new = person::entity::ActiveModel {
        id: Set(id),
        name: Set(row.name.clone()),
        sex: Set(sex.map(str::to_owned)),
        birth: Set(parsed.birth),
        id_kind: Set(Some(kind_name(parsed.kind).to_owned())),
        id_number_sealed: Set(Some(vault::seal_id_number(keys, id, &parsed.normalized)?)),
        phone_sealed: Set(Some(vault::seal_phone(keys, id, &phone)?)),
        real_name: Set("declared".to_owned()),
        synthetic: Set(row.synthetic),
        created_at: Set(tx.now()),
        erased_at: Set(None),
    };
    person::entity::Entity::insert(new).exec_without_returning(tx).await?;
    for (kind, digest) in [("id_number", digest), ("phone", vault::phone_digest(keys, &phone))] {
        let claim = "INSERT INTO person_index (kind, digest, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        if tx.execute_sql(claim, [kind.into(), digest.into(), id.into()]).await? == 0 {
            // Somebody else made this person a moment ago: look again.
            return Err(Error::Contention);
        }
    }
    Ok(id)
}

/// Claims the one active membership; the database decides who was first.
async fn join(tx: &Tx, row: &application::Model, person: Id) -> Result<Id> {
    let id = tx.id();
    let employer = employer::meant(tx, row.organization_id, row.employer_name.as_deref()).await?;
    let new = membership::ActiveModel {
        id: Set(id),
        person_id: Set(person),
        organization_id: Set(row.organization_id),
        employer_id: Set(employer),
        state: Set("active".to_owned()),
        employment_form: Set(row.employment_form.clone()),
        work: Set(row.work.clone()),
        joined_on: Set(tx.today()),
        ended_on: Set(None),
        end_reason: Set(None),
        source: Set("joined".to_owned()),
        created_at: Set(tx.now()),
    };
    match membership::Entity::insert(new).on_conflict_do_nothing().exec_without_returning(tx).await? {
        sea_orm::TryInsertResult::Inserted(1) => {}
        _ => return Err(MEMBER_ELSEWHERE.refusal().into()),
    }
    let event = Event::of("membership.started", "membership", id).at(row.organization_id).with("person", person);
    tx.record(event).await?;
    Ok(id)
}
