//! The one-click accounts: who a visitor can be. None has a password, so none can
//! be reached but by the button of a server started with `--demo`.

use std::collections::BTreeMap;

use kernel::access::grant;
use kernel::app::App;
use kernel::{Error, Id, Result, Tx};
use registry::account::{blank, entity as account, set_phone};
use registry::person::phone::Phone;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::people::{People, Person};
use super::shops::CASHIER_PHONE;
use super::unions::{TOUR_DISTRICT, TOUR_TOWN, TOY_FACTORY, Tree};
use super::{day, rows};

/// Phone of the rider, who is nobody's member yet.
const RIDER_PHONE: &str = "15407400001";

/// Somebody a visitor can be.
pub struct Visitor {
    pub key: String,
    pub label: String,
    /// Works on the desk; otherwise on the phone.
    pub desk: bool,
}

/// Everybody a visitor can be, in the order of the buttons.
///
/// # Errors
/// When the database is away.
pub async fn visitors(app: &App) -> Result<Vec<Visitor>> {
    let accounts = account::Entity::find().filter(account::Column::DemoKey.is_not_null());
    let accounts = accounts.order_by_asc(account::Column::Id).all(app.db.read()).await?;
    let visitor = |row: account::Model| Visitor {
        key: row.demo_key.unwrap_or_default(),
        label: row.name.unwrap_or_default(),
        desk: row.kind == "staff",
    };
    Ok(accounts.into_iter().map(visitor).collect())
}

/// Who somebody is in the demo.
struct Planned<'a> {
    key: &'static str,
    /// Shown on the button and wherever the account is named.
    name: &'static str,
    person: Option<&'a Person>,
    phone: Option<Phone>,
    roles: Vec<(&'static str, Id)>,
}

/// Writes the accounts and their roles; answers who has which id.
///
/// # Errors
/// When the database refuses.
pub async fn write(tx: &Tx, tree: &Tree, people: &People) -> Result<BTreeMap<&'static str, Id>> {
    let (mut accounts, mut grants, mut ids) = (Vec::new(), Vec::new(), BTreeMap::new());
    for visitor in planned(tree, people)? {
        let id = tx.id();
        ids.insert(visitor.key, id);
        accounts.push(row(tx, id, &visitor)?);
        let granted = visitor.roles.iter().map(|(role, node)| grant::ActiveModel {
            id: Set(tx.id()),
            account_id: Set(id),
            role: Set((*role).to_owned()),
            node_id: Set(*node),
            valid_from: Set(day(2024, 1, 1)),
            valid_to: Set(None),
            granted_by: Set(None),
            revoked_at: Set(None),
            revoked_by: Set(None),
            reason: Set(Some("演示".to_owned())),
        });
        grants.extend(granted);
    }
    rows::insert(tx, accounts).await?;
    rows::insert(tx, grants).await?;
    Ok(ids)
}

fn planned<'a>(tree: &Tree, people: &'a People) -> Result<Vec<Planned<'a>>> {
    let city = tree.find("city_federation", "440700", None)?.id;
    let county = tree.find("county_federation", TOUR_DISTRICT, None)?.id;
    let town = tree.divisions.iter().find(|row| row.name == TOUR_TOWN && row.parent_code == TOUR_DISTRICT);
    let town = town.ok_or_else(|| Error::internal("the town of the tour is missing"))?;
    let town = tree.find("town_joint", town.code, None)?.id;
    let factory = tree.named(&format!("{TOY_FACTORY}工会"))?.id;
    let industry = tree.find("industry", TOUR_DISTRICT, None)?.id;
    let desk = |key, name, roles| Planned { key, name, person: None, phone: None, roles };
    let phone = |key, name, person: Option<&'a Person>, phone, roles| Planned { key, name, person, phone, roles };
    let chair = chair_of(people, factory);
    let industry_chair = chair_of(people, industry);
    let member = member_of(people, factory);
    let of = |person: Option<&Person>| person.map(|person| person.phone.clone());
    Ok(vec![
        desk("city", "市总工会干部", vec![("city_officer", city), ("member_registrar", city)]),
        desk("finance", "市总工会财务", vec![("city_officer", city)]),
        desk("audit_director", "经审委主任", vec![("audit_director", city)]),
        desk("county", "蓬江区总工会干部", vec![("county_officer", county), ("member_registrar", county)]),
        desk("town", "棠下镇工会干部", vec![("town_officer", town)]),
        phone("chair", "玩具厂工会主席", chair, of(chair), vec![("chair", factory)]),
        phone("industry_chair", "新业态行业工会主席", industry_chair, of(industry_chair), vec![("chair", industry)]),
        phone("member", "玩具厂会员", member, of(member), vec![]),
        phone("rider", "外卖骑手（还没入会）", None, Phone::parse(RIDER_PHONE).ok(), vec![]),
        phone("cashier", "示例超市店长（收款）", None, Phone::parse(CASHIER_PHONE).ok(), vec![]),
        desk("system", "系统管理员", vec![("system_admin", city)]),
        desk("security", "安全管理员", vec![("security_admin", city)]),
        desk("audit", "审计管理员", vec![("audit_admin", city)]),
    ])
}

fn chair_of(people: &People, union: Id) -> Option<&Person> {
    let mut officers = people.officers.iter();
    let chair = officers.find(|o| *o.organization_id.as_ref() == union && o.title.as_ref() == "chair")?;
    people.persons.iter().find(|person| person.id == *chair.person_id.as_ref())
}

/// A member without an office.
fn member_of(people: &People, union: Id) -> Option<&Person> {
    let mut active =
        people.memberships.iter().filter(|m| *m.organization_id.as_ref() == union && m.state.as_ref() == "active");
    let member = active.next_back()?;
    people.persons.iter().find(|person| person.id == *member.person_id.as_ref())
}

fn row(tx: &Tx, id: Id, visitor: &Planned<'_>) -> Result<account::ActiveModel> {
    let mut row = match &visitor.phone {
        Some(phone) => of_phone(tx, id, phone, visitor.person.map(|person| person.id))?,
        None => blank(id, "staff", tx.now()),
    };
    if visitor.phone.is_none() {
        row.login = Set(Some(format!("demo-{}", visitor.key)));
        row.synthetic = Set(true);
    }
    row.name = Set(Some(visitor.name.to_owned()));
    row.demo_key = Set(Some(visitor.key.to_owned()));
    Ok(row)
}

/// The account of a phone, and of its person where that is known.
///
/// # Errors
/// When the keys cannot be had.
pub fn of_phone(tx: &Tx, id: Id, phone: &Phone, person: Option<Id>) -> Result<account::ActiveModel> {
    let mut row = blank(id, "member", tx.now());
    set_phone(&mut row, tx.app().keys.as_ref(), phone)?;
    row.person_id = Set(person);
    row.synthetic = Set(true);
    Ok(row)
}
