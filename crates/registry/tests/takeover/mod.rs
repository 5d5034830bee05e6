//! Taking over an imported record: on both engines, over HTTP.

mod code;
mod joining;
mod phone;
mod silence;

use kernel::Id;
use kernel::testing::{Client, Who};
use registry::account;
use registry::person::id_number;
use registry::person::phone::Phone;
use registry::testing::TestCity;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::account::{count, execute};

pub const BY_PHONE: &str = "/api/takeover/phone";
pub const BY_CODE: &str = "/api/takeover/code";

/// Members of the city's roster who have no account, by number: union of 4 to 6 is `UNION`, 9 is alone in the street.
pub const NAMES: [(u16, &str); 4] = [(4, "梁示例"), (5, "李示例"), (6, "张示例"), (9, "谭示例")];

/// Somebody signed in with a phone, without a person.
pub async fn holder(city: &TestCity, phone: &str) -> (Id, Client) {
    let id = city.app.ids.next();
    let mut row = account::blank(id, "member", city.clock.now());
    account::set_phone(&mut row, &*city.app.keys, &Phone::parse(phone).unwrap()).unwrap();
    row.synthetic = Set(true);
    let tx = city.app.db.begin().await.unwrap();
    account::entity::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    kernel::db::commit(tx).await.unwrap();
    (id, city.client_of(&Who::new().account(id)).await)
}

/// The phone that the roster has for a member.
pub fn roster_phone(number: u16) -> String {
    format!("199000000{number:02}")
}

/// The ID number that the roster has for a member.
pub fn id_of(number: u16) -> String {
    let birth = "1990-01-01".parse::<chrono::NaiveDate>().unwrap() + chrono::Days::new(number.into());
    id_number::synthetic("440703", birth, number).unwrap()
}

pub fn person(number: u16) -> Id {
    Id::from_u128(TestCity::person_of("chair").as_u128() - 1 + u128::from(number))
}

pub fn name_of(number: u16) -> &'static str {
    NAMES.iter().find(|(one, _)| *one == number).unwrap().1
}

/// What a member types, rightly.
pub fn right(number: u16) -> Value {
    let id = id_of(number);
    json!({
        "name": name_of(number), "id_tail": id[12..].to_lowercase(),
        "consent_version": registry::account::consent::VERSION,
    })
}

/// The same with some field changed.
pub fn with(mut body: Value, field: &str, value: impl Into<Value>) -> Value {
    body[field] = value.into();
    body
}

/// The membership of a member of the roster.
pub async fn membership_of(city: &TestCity, number: u16) -> String {
    use registry::member::entity as membership;
    let row = membership::Entity::find().filter(membership::Column::PersonId.eq(person(number)));
    row.one(city.app.db.read()).await.unwrap().unwrap().id.to_string()
}

/// A code that the chair hands out.
pub async fn code_of(city: &TestCity, number: u16) -> String {
    let path = format!("/api/members/{}/hand-over", membership_of(city, number).await);
    let handed = city.chair().post(&path, json!({ "seen_id": true })).await.ok();
    handed["code"].as_str().unwrap().to_owned()
}

/// How many accounts hold a person.
pub async fn holders(city: &TestCity, number: u16) -> i64 {
    crate::account::number(
        city,
        "SELECT CAST(count(*) AS bigint) AS n FROM account WHERE person_id = $1",
        [person(number).into()],
    )
    .await
}

/// How many events of a kind there are.
pub async fn events(city: &TestCity, kind: &str) -> i64 {
    count(city, &format!("event WHERE kind = '{kind}'")).await
}

/// Gives a member of the roster another phone.
pub async fn move_phone(city: &TestCity, number: u16, phone: &str) {
    let digest = registry::person::vault::phone_digest(&*city.app.keys, &Phone::parse(phone).unwrap());
    let update = "UPDATE person_index SET digest = $2 WHERE kind = 'phone' AND person_id = $1";
    execute(city, update, [person(number).into(), digest.into()]).await;
}
