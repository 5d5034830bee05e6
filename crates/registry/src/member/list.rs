//! The member list: within scope, masked, by keyset. An ID number or phone is
//! looked up exactly through its blind index; a name by its beginning. Which index
//! is read, and in which order the rows come, is in [`super::find`].

use chrono::NaiveDate;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::find::{self, Filter, Reach};
use super::{entity as membership, shape};
use crate::access::MEMBER_READ;
use crate::account;
use crate::person::phone::Phone;
use crate::person::{entity as person, id_number, index_entity as index, phone, vault};

/// Which members.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MembersInput {
    /// Of one union only.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// Of a union and everything below it today.
    #[serde(default)]
    pub within: Option<Uuid>,
    /// Beginning of the name.
    #[serde(default)]
    pub name: Option<String>,
    /// The whole ID number.
    #[serde(default)]
    pub id_number: Option<String>,
    /// The whole phone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// `active` unless told; `retained`, `transferred`, `left`.
    #[serde(default)]
    pub state: Option<String>,
    /// Entered by this import.
    #[serde(default)]
    pub import_id: Option<Uuid>,
    /// Entered as working for this employer.
    #[serde(default)]
    pub employer_id: Option<Uuid>,
    /// Whether an account holds the person.
    #[serde(default)]
    pub taken_over: Option<bool>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A member in a list, numbers masked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberRow {
    /// Id of the membership.
    pub membership_id: Uuid,
    /// Id of the person.
    pub person_id: Uuid,
    /// Name.
    pub name: String,
    /// `male` or `female`, where known.
    pub sex: Option<String>,
    /// Masked.
    pub id_number_masked: String,
    /// Masked.
    pub phone_masked: Option<String>,
    /// Union.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// `active`, `retained`, `transferred`, `left`.
    pub state: String,
    /// Form of employment.
    pub employment_form: String,
    /// Since when.
    pub joined_on: NaiveDate,
    /// An account holds the person: she signs in and sees her own record.
    pub taken_over: bool,
    /// Invented for demonstration.
    pub synthetic: bool,
}

/// Lists members within the caller's scope.
///
/// # Errors
/// `id.*` or `phone.format` for a number that cannot be one; `input.invalid` for a foreign cursor; the database.
pub async fn list(cx: Cx, input: MembersInput) -> Result<Page<MemberRow>> {
    let page = PageInput::new(input.after.clone(), input.limit);
    let scope = cx.caller.scope(MEMBER_READ);
    let reach = Reach { scope: Some(&scope), only: input.organization_id, within: input.within, today: cx.today() };
    let persons = persons(&cx, &input).await?;
    let unions = match &persons {
        Some(persons) => reach.unions_of(cx.read(), persons).await?,
        None => reach.unions(cx.read()).await?,
    };
    let filter = Filter {
        unions,
        state: input.state.clone().unwrap_or_else(|| "active".to_owned()),
        persons,
        name: input.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned),
        import_id: input.import_id,
        employer_id: input.employer_id,
        taken_over: input.taken_over,
    };
    let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
    let found = find::members(cx.read(), &filter, page.after.as_deref(), limit).await?;
    Ok(Page { items: shaped(&cx, found.rows).await?, next: found.next })
}

/// The persons with the ID number or the phone that was given; with both, those who have both.
async fn persons(cx: &Cx, input: &MembersInput) -> Result<Option<Vec<Id>>> {
    let keys = &*cx.app.keys;
    let mut digests = Vec::new();
    if let Some(number) = input.id_number.as_deref() {
        let number = id_number::parse(number, cx.today())?;
        digests.push(("id_number", vault::id_number_digest(keys, &number.normalized)));
    }
    if let Some(number) = input.phone.as_deref() {
        digests.push(("phone", vault::phone_digest(keys, &Phone::parse(number)?)));
    }
    let mut persons: Option<Vec<Id>> = None;
    for (kind, digest) in digests {
        let rows = index::Entity::find()
            .filter(index::Column::Kind.eq(kind))
            .filter(index::Column::Digest.eq(digest))
            .all(cx.read())
            .await?;
        let found = rows.into_iter().map(|row| row.person_id);
        persons = Some(match persons {
            None => found.collect(),
            Some(known) => found.filter(|person| known.contains(person)).collect(),
        });
    }
    Ok(persons)
}

/// Rows with their persons and unions.
pub(crate) async fn shaped(cx: &Cx, rows: Vec<membership::Model>) -> Result<Vec<MemberRow>> {
    let names = shape::organization_names(cx.read(), rows.iter().map(|row| row.organization_id)).await?;
    let ids: Vec<Id> = rows.iter().map(|row| row.person_id).collect();
    let held = account::persons_held(cx.read(), &ids).await?;
    let persons = person::Entity::find().filter(person::Column::Id.is_in(ids)).all(cx.read()).await?;
    let persons: std::collections::BTreeMap<Id, person::Model> =
        persons.into_iter().map(|person| (person.id, person)).collect();
    let shape_one = |row: membership::Model| {
        let person = persons.get(&row.person_id).ok_or_else(|| kernel::Error::internal("membership without person"))?;
        Ok(MemberRow {
            membership_id: row.id,
            person_id: row.person_id,
            name: person.name.clone().unwrap_or_else(|| "（已删除）".to_owned()),
            sex: person.sex.clone(),
            id_number_masked: masked_id(cx, person)?.unwrap_or_default(),
            phone_masked: masked_phone(cx, person)?,
            organization_name: names.get(&row.organization_id).cloned().unwrap_or_default(),
            organization_id: row.organization_id,
            state: row.state,
            employment_form: row.employment_form,
            joined_on: row.joined_on,
            taken_over: held.contains(&row.person_id),
            synthetic: person.synthetic,
        })
    };
    rows.into_iter().map(shape_one).collect()
}

fn masked_id(cx: &Cx, person: &person::Model) -> Result<Option<String>> {
    let sealed = person.id_number_sealed.as_deref();
    let number = sealed.map(|sealed| vault::open_id_number(&*cx.app.keys, person.id, sealed)).transpose()?;
    Ok(number.map(|number| id_number::mask(&number)))
}

fn masked_phone(cx: &Cx, person: &person::Model) -> Result<Option<String>> {
    let sealed = person.phone_sealed.as_deref();
    let number = sealed.map(|sealed| vault::open_phone(&*cx.app.keys, person.id, sealed)).transpose()?;
    Ok(number.map(|number| phone::mask(&number)))
}
