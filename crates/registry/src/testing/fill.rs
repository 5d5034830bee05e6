//! Filling the city once; every test gets a copy.

use std::sync::Arc;

use kernel::access::{Policy, grant};
use kernel::app::{App, Config, Setup};
use kernel::calendar::Calendar;
use kernel::crypto::LocalKeys;
use kernel::crypto::digest::sm3;
use kernel::crypto::passing::PassingKeys;
use kernel::db::Db;
use kernel::file::Files;
use kernel::testing::START;
use kernel::time::{Clock, Day};
use kernel::{Cx, Id, Tx, session};
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{ACCOUNTS, NAMED, Named, PERSONS, TestCity, token_of};
use crate::employer::uscc::synthetic;
use crate::employer::{self, EmployerInput};
use crate::organization::officer_entity as officer;
use crate::organization::record::{self, NewOrganization};
use crate::organization::rules::OrganizationKind::{
    self, CityFederation, CountyFederation, Grassroots, Industry, TownFederation, TownJoint,
};
use crate::person::id_number::Sex;
use crate::person::phone::Phone;
use crate::person::{entity as person, id_number, index_entity as index, vault};
use crate::{account, division, member};

/// Names of the synthetic members in order; the first three are chair, vice chair and member.
const MEMBERS: [(&str, Id); 14] = [
    ("陈示例", TestCity::UNION),
    ("林示例", TestCity::UNION),
    ("黄示例", TestCity::UNION),
    ("梁示例", TestCity::UNION),
    ("李示例", TestCity::UNION),
    ("张示例", TestCity::UNION),
    ("吴示例", TestCity::SMALL_UNION),
    ("何示例", TestCity::SMALL_UNION),
    ("谭示例", TestCity::STREET_UNION),
    ("区示例", TestCity::OTHER_UNION),
    ("冯示例", TestCity::OTHER_UNION),
    ("邓示例", TestCity::OTHER_UNION),
    ("关示例", TestCity::OTHER_UNION),
    ("余示例", TestCity::OTHER_UNION),
];

/// Union, parent, kind, name, division, and the employer of a grassroots union.
type Plan = (Id, Option<Id>, OrganizationKind, &'static str, &'static str, Option<&'static str>);

const PLAN: [Plan; 12] = [
    (TestCity::CITY, None, CityFederation, "江门市总工会", "440700", None),
    (TestCity::COUNTY, Some(TestCity::CITY), CountyFederation, "蓬江区总工会", "440703", None),
    (TestCity::OTHER_COUNTY, Some(TestCity::CITY), CountyFederation, "新会区总工会", "440705", None),
    (TestCity::CITY_INDUSTRY, Some(TestCity::CITY), Industry, "江门市新就业形态劳动者行业工会", "440700", None),
    (TestCity::INDUSTRY, Some(TestCity::COUNTY), Industry, "蓬江区新就业形态劳动者行业工会", "440703", None),
    (TestCity::TOWN, Some(TestCity::COUNTY), TownFederation, "棠下镇总工会", "440703101", None),
    (TestCity::STREET, Some(TestCity::COUNTY), TownJoint, "白沙街道工会联合会", "440703002", None),
    (TestCity::OTHER_TOWN, Some(TestCity::OTHER_COUNTY), TownJoint, "会城街道工会联合会", "440705001", None),
    (TestCity::UNION, Some(TestCity::TOWN), Grassroots, "示例制造有限公司工会", "440703101", Some("示例制造有限公司")),
    (
        TestCity::SMALL_UNION,
        Some(TestCity::TOWN),
        Grassroots,
        "示例物流有限公司工会",
        "440703101",
        Some("示例物流有限公司"),
    ),
    (
        TestCity::STREET_UNION,
        Some(TestCity::STREET),
        Grassroots,
        "示例商贸有限公司工会",
        "440703002",
        Some("示例商贸有限公司"),
    ),
    (
        TestCity::OTHER_UNION,
        Some(TestCity::OTHER_TOWN),
        Grassroots,
        "示例陶瓷有限公司工会",
        "440705001",
        Some("示例陶瓷有限公司"),
    ),
];

/// A process that fills: the clock of the tests, and their keys.
pub(super) fn app(db: &Db) -> App {
    let config = Config {
        demo: true,
        secure_cookies: false,
        base_url: "http://localhost".to_owned(),
        body_silence: Config::BODY_SILENCE,
    };
    let policy = crate::access::policy(Policy::new());
    let setup = Setup {
        calendar: Calendar::bundled().clone(),
        policy,
        config,
        files: Files::for_tests(),
        passing: PassingKeys::in_memory(),
        parameters: Vec::new(),
    };
    App::new(db.clone(), Clock::fixed_at(START), Arc::new(LocalKeys::for_tests().unwrap()), setup)
}

pub(super) async fn fill(app: &App) {
    let tx = Cx::system(app).begin().await.unwrap();
    division::seed(&tx).await.unwrap();
    kernel::parameter::seed(&tx, kernel::parameter::KERNEL).await.unwrap();
    kernel::parameter::seed(&tx, crate::parameters::PARAMETERS).await.unwrap();
    for (number, plan) in (1..).zip(PLAN) {
        enter_union(&tx, number, plan).await;
    }
    for (number, (name, union)) in (1..).zip(MEMBERS) {
        enter_member(&tx, number, name, union).await;
    }
    for (person, title) in [(1, "chair"), (2, "vice_chair")] {
        enter_officer(&tx, person, title).await;
    }
    for (number, named) in (1..).zip(&NAMED) {
        enter_account(&tx, number, named).await;
    }
    tx.commit(()).await.unwrap();
}

/// Since when every union stands.
fn established() -> Day {
    Day::from_ymd_opt(2021, 6, 1).unwrap()
}

async fn enter_union(tx: &Tx, number: u32, (id, parent, kind, name, division, employer): Plan) {
    let class = if kind.is_base() { '1' } else { '9' };
    let new = NewOrganization {
        id,
        parent,
        name: name.to_owned(),
        kind,
        uscc: Some(synthetic('8', class, &division[..6], number).unwrap()),
        division_code: division.to_owned(),
        established_on: Some(established()),
        employees_declared: kind.is_base().then_some(50),
        contact_name: Some("示例联系人".to_owned()),
        contact_phone: Some("07503500000".to_owned()),
        address: Some("示例路 1 号".to_owned()),
        synthetic: true,
    };
    record::insert(tx, new).await.unwrap();
    if let Some(name) = employer {
        let code = synthetic('9', '1', &division[..6], number).unwrap().to_string();
        let input = EmployerInput { name: name.to_owned(), uscc: Some(code) };
        let employer = employer::claim(tx, &input, division, true).await.unwrap();
        record::cover(tx, id, employer, established()).await.unwrap();
    }
}

async fn enter_member(tx: &Tx, number: u16, name: &str, union: Id) {
    let keys = tx.app().keys.as_ref();
    let id = Id::from_u128(PERSONS + u128::from(number));
    let birth = Day::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Days::new(u64::from(number));
    let number_text = id_number::synthetic("440703", birth, number).unwrap();
    let sex = id_number::parse(&number_text, tx.today()).unwrap().sex;
    let phone = Phone::parse(&super::phone_number(number.into())).unwrap();
    let row = person::ActiveModel {
        id: Set(id),
        name: Set(Some(name.to_owned())),
        sex: Set(sex.map(|sex| if sex == Sex::Male { "male" } else { "female" }.to_owned())),
        birth: Set(Some(birth)),
        id_kind: Set(Some("resident_id".to_owned())),
        id_number_sealed: Set(Some(vault::seal_id_number(keys, id, &number_text).unwrap())),
        phone_sealed: Set(Some(vault::seal_phone(keys, id, &phone).unwrap())),
        real_name: Set("declared".to_owned()),
        synthetic: Set(true),
        created_at: Set(tx.now()),
        erased_at: Set(None),
    };
    person::Entity::insert(row).exec_without_returning(tx).await.unwrap();
    let digests =
        [("id_number", vault::id_number_digest(keys, &number_text)), ("phone", vault::phone_digest(keys, &phone))];
    for (kind, digest) in digests {
        let row = index::ActiveModel { kind: Set(kind.to_owned()), digest: Set(digest), person_id: Set(id) };
        index::Entity::insert(row).exec_without_returning(tx).await.unwrap();
    }
    let row = member::entity::ActiveModel {
        id: Set(tx.id()),
        person_id: Set(id),
        organization_id: Set(union),
        employer_id: Set(None),
        state: Set("active".to_owned()),
        employment_form: Set("labour_contract".to_owned()),
        work: Set(None),
        joined_on: Set(established() + chrono::Days::new(30)),
        ended_on: Set(None),
        end_reason: Set(None),
        source: Set("demo".to_owned()),
        created_at: Set(tx.now()),
    };
    member::entity::Entity::insert(row).exec_without_returning(tx).await.unwrap();
}

async fn enter_officer(tx: &Tx, person: u128, title: &str) {
    let row = officer::ActiveModel {
        id: Set(tx.id()),
        organization_id: Set(TestCity::UNION),
        person_id: Set(Id::from_u128(PERSONS + person)),
        title: Set(title.to_owned()),
        valid_from: Set(established()),
        valid_to: Set(None),
        recorded_by: Set(None),
    };
    officer::Entity::insert(row).exec_without_returning(tx).await.unwrap();
}

/// Staff sign in with a login, everybody else with a phone; each is signed in already.
async fn enter_account(tx: &Tx, number: u128, named: &Named) {
    let id = Id::from_u128(ACCOUNTS + number);
    let person_id = named.person.map(|number| Id::from_u128(PERSONS + number));
    let staff = named.role.is_some() && named.person.is_none();
    let mut row = account::blank(id, if staff { "staff" } else { "member" }, tx.now());
    if let Some(phone) = TestCity::phone_of(named.key) {
        account::set_phone(&mut row, tx.app().keys.as_ref(), &Phone::parse(&phone).unwrap()).unwrap();
    }
    row.login = Set(staff.then(|| named.key.to_owned()));
    row.name = Set(staff.then(|| format!("示例工作人员{number}")));
    row.person_id = Set(person_id);
    row.demo_key = Set(Some(named.key.to_owned()));
    row.synthetic = Set(true);
    account::entity::Entity::insert(row).exec_without_returning(tx).await.unwrap();
    if let Some((role, node)) = named.role {
        let row = grant::ActiveModel {
            id: Set(tx.id()),
            account_id: Set(id),
            role: Set(role.to_owned()),
            node_id: Set(node),
            valid_from: Set(established()),
            valid_to: Set(None),
            granted_by: Set(None),
            revoked_at: Set(None),
            revoked_by: Set(None),
            reason: Set(None),
        };
        grant::Entity::insert(row).exec_without_returning(tx).await.unwrap();
    }
    enter_session(tx, id, person_id, named.key).await;
}

async fn enter_session(tx: &Tx, account_id: Id, person_id: Option<Id>, key: &str) {
    let row = session::ActiveModel {
        id: Set(tx.id()),
        token_hash: Set(sm3(token_of(key).as_bytes()).to_vec()),
        account_id: Set(account_id),
        person_id: Set(person_id),
        stage: Set("done".to_owned()),
        created_at: Set(tx.now()),
        last_seen_at: Set(tx.now()),
        // A year: tests move the clock by months.
        idle_minutes: Set(525_600),
        expires_at: Set(tx.now() + chrono::Duration::days(365)),
        ended_at: Set(None),
        device: Set("test".to_owned()),
    };
    session::Entity::insert(row).exec_without_returning(tx).await.unwrap();
}
