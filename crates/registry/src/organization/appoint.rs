//! Appointing an officer. The appointment says who leads the union; rights are granted by the security administrator.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Cx, Id, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::OfficerTitle;
use super::{
    OFFICER_CHAIR_TAKEN, OFFICER_DAY, OFFICER_PERSON, OFFICER_TWICE, entity, officer_entity as officer, record,
};
use crate::access::ORGANIZATION_CHANGE;
use crate::member::entity as membership;
use crate::person::name::clean_name;
use crate::person::phone::Phone;
use crate::person::{entity as person, index_entity as index, vault};

/// How far ahead an office may begin or end.
const MOST_DAYS_AHEAD: u64 = 366;

/// An appointment: of a member in reach by id, or of anybody by name and phone.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AppointInput {
    /// Which union.
    pub id: Uuid,
    /// A member of a union in the caller's scope.
    #[serde(default)]
    pub person_id: Option<Uuid>,
    /// Name, with `phone`.
    #[serde(default)]
    pub name: Option<String>,
    /// Mobile number, with `name`.
    #[serde(default)]
    pub phone: Option<String>,
    /// To which office.
    pub title: OfficerTitle,
    /// First day in office.
    pub from: NaiveDate,
}

/// The appointment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Appointed {
    /// Id of the office held.
    pub id: Uuid,
}

/// Appoints somebody to an office of an established union.
///
/// # Errors
/// `officer.*`, `name.*`, `phone.format`, `organization.state`; the database.
pub async fn appoint(cx: Cx, input: AppointInput) -> Result<Appointed> {
    let tx = cx.begin().await?;
    let union = record::visible(&cx, &tx, input.id).await?;
    cx.caller.must(&tx, ORGANIZATION_CHANGE, union.id).await?;
    record::must_be_established(&union)?;
    if union.established_on.is_some_and(|day| input.from < day) || input.from > latest(tx.today()) {
        return Err(OFFICER_DAY.refusal().on("from").into());
    }
    let person = find_person(&cx, &tx, &input, &union).await?;
    refuse_twice(&tx, &input, person).await?;
    let row = officer::ActiveModel {
        id: Set(tx.id()),
        organization_id: Set(union.id),
        person_id: Set(person),
        title: Set(input.title.as_str().to_owned()),
        valid_from: Set(input.from),
        valid_to: Set(None),
        recorded_by: Set(cx.caller.account_id()),
    };
    let id = *row.id.as_ref();
    let insert = officer::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(&tx).await? == 0 {
        return Err(OFFICER_CHAIR_TAKEN.refusal().on("title").into());
    }
    let event = Event::of("organization.officer_appointed", "organization", union.id).with("officer_id", id);
    record::record(&tx, event.with("title", input.title).with("from", input.from), None).await?;
    tx.commit(Appointed { id }).await
}

/// The last day that an office may be entered for.
pub(super) fn latest(today: Day) -> Day {
    today.checked_add_days(chrono::Days::new(MOST_DAYS_AHEAD)).unwrap_or(today)
}

/// The same person in the same office, or another chair whose days overlap.
async fn refuse_twice(tx: &Tx, input: &AppointInput, person: Id) -> Result<()> {
    let overlapping = officer::Entity::find()
        .filter(officer::Column::OrganizationId.eq(input.id))
        .filter(officer::Column::Title.eq(input.title.as_str()))
        .filter(Condition::any().add(officer::Column::ValidTo.is_null()).add(officer::Column::ValidTo.gt(input.from)))
        .all(tx)
        .await?;
    if overlapping.iter().any(|row| row.person_id == person) {
        return Err(OFFICER_TWICE.refusal().on("title").into());
    }
    if input.title == OfficerTitle::Chair && !overlapping.is_empty() {
        return Err(OFFICER_CHAIR_TAKEN.refusal().on("title").into());
    }
    Ok(())
}

async fn find_person(cx: &Cx, tx: &Tx, input: &AppointInput, union: &entity::Model) -> Result<Id> {
    if let Some(id) = input.person_id {
        let in_reach = membership::Entity::find()
            .filter(membership::Column::PersonId.eq(id))
            .filter(membership::Column::State.eq("active"))
            .filter(cx.caller.scope(ORGANIZATION_CHANGE).covers(membership::Column::OrganizationId));
        return if in_reach.count(tx).await? > 0 {
            Ok(id)
        } else {
            Err(OFFICER_PERSON.refusal().on("person_id").into())
        };
    }
    let (Some(name), Some(phone)) = (&input.name, &input.phone) else {
        return Err(OFFICER_PERSON.refusal().on("name").into());
    };
    let (name, phone) = (clean_name(name)?, Phone::parse(phone)?);
    let digest = vault::phone_digest(tx.app().keys.as_ref(), &phone);
    let known = person::Entity::find()
        .join_rev(JoinType::InnerJoin, index_of_person())
        .filter(index::Column::Kind.eq("phone"))
        .filter(index::Column::Digest.eq(digest.clone()))
        .filter(person::Column::Name.eq(&name))
        .order_by_asc(person::Column::Id)
        .one(tx)
        .await?;
    match known {
        Some(row) => Ok(row.id),
        None => enter_person(tx, name, &phone, digest, union.synthetic).await,
    }
}

fn index_of_person() -> sea_orm::RelationDef {
    index::Entity::belongs_to(person::Entity).from(index::Column::PersonId).to(person::Column::Id).into()
}

/// A person who is no member yet: known by name and phone alone.
async fn enter_person(tx: &Tx, name: String, phone: &Phone, digest: Vec<u8>, synthetic: bool) -> Result<Id> {
    let id = tx.id();
    let row = person::ActiveModel {
        id: Set(id),
        name: Set(Some(name)),
        sex: Set(None),
        birth: Set(None),
        id_kind: Set(None),
        id_number_sealed: Set(None),
        phone_sealed: Set(Some(vault::seal_phone(tx.app().keys.as_ref(), id, phone)?)),
        real_name: Set("none".to_owned()),
        synthetic: Set(synthetic),
        created_at: Set(tx.now()),
        erased_at: Set(None),
    };
    person::Entity::insert(row).exec_without_returning(tx).await?;
    let row = index::ActiveModel { kind: Set("phone".to_owned()), digest: Set(digest), person_id: Set(id) };
    index::Entity::insert(row).exec_without_returning(tx).await?;
    tx.record(Event::of("person.entered", "person", id).with("as", "officer")).await?;
    Ok(id)
}
