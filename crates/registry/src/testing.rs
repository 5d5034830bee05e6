//! A small city for tests: the same unions and people every time, all SYNTHETIC, on a database of its own.
//!
//! ```text
//! 江门市总工会 CITY
//! ├─ 江门市新就业形态劳动者行业工会 CITY_INDUSTRY
//! ├─ 蓬江区总工会 COUNTY                       county_officer, registrar
//! │  ├─ 蓬江区新就业形态劳动者行业工会 INDUSTRY
//! │  ├─ 棠下镇总工会 TOWN                      town_officer
//! │  │  ├─ 示例制造有限公司工会 UNION (6)      chair, vice_chair, member
//! │  │  └─ 示例物流有限公司工会 SMALL_UNION (2)
//! │  └─ 白沙街道工会联合会 STREET
//! │     └─ 示例商贸有限公司工会 STREET_UNION (1)
//! └─ 新会区总工会 OTHER_COUNTY                 other_county_officer
//!    └─ 会城街道工会联合会 OTHER_TOWN
//!       └─ 示例陶瓷有限公司工会 OTHER_UNION (5)
//! ```
//!
//! Every union stands since 2021-06-01. At the city sit `city_officer`, `city_deputy` and the three administrators;
//! `rider` has an account and no person. Each named one has a browser that is signed in:
//!
//! ```
//! use registry::testing::TestCity;
//!
//! kernel::both_engines! {
//!     async fn the_chair_sees_his_union(city: TestCity) {
//!         let page = city.chair().get(&format!("/api/organizations/{}", TestCity::UNION)).await.ok();
//!         assert_eq!(page["members"], 6);
//!     }
//! }
//! ```
//!
//! Derefs to [`TestApp`]; a context for calling a verb without HTTP: `city.cx(&city.who("chair")).await`.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

pub mod crowd;
mod fill;
mod members;

use kernel::access::Policy;
use kernel::app::App;
use kernel::db::Db;
use kernel::testing::{Client, Engine, Fixture, TestApp, TestDb, Who};
use kernel::{Id, Migration, Routes};

/// The city, served in-process.
pub struct TestCity {
    app: TestApp,
}

/// Somebody by name: key of the account, role and where it is granted, number of the person.
struct Named {
    key: &'static str,
    role: Option<(&'static str, Id)>,
    person: Option<u128>,
}

const NAMED: [Named; 14] = [
    Named { key: "city_officer", role: Some(("city_officer", TestCity::CITY)), person: None },
    Named { key: "city_deputy", role: Some(("city_officer", TestCity::CITY)), person: None },
    Named { key: "county_officer", role: Some(("county_officer", TestCity::COUNTY)), person: None },
    Named { key: "registrar", role: Some(("member_registrar", TestCity::COUNTY)), person: None },
    Named { key: "other_county_officer", role: Some(("county_officer", TestCity::OTHER_COUNTY)), person: None },
    Named { key: "town_officer", role: Some(("town_officer", TestCity::TOWN)), person: None },
    Named { key: "town_deputy", role: Some(("town_officer", TestCity::TOWN)), person: None },
    Named { key: "chair", role: Some(("chair", TestCity::UNION)), person: Some(1) },
    Named { key: "vice_chair", role: Some(("vice_chair", TestCity::UNION)), person: Some(2) },
    Named { key: "member", role: None, person: Some(3) },
    Named { key: "rider", role: None, person: None },
    Named { key: "system_admin", role: Some(("system_admin", TestCity::CITY)), person: None },
    Named { key: "security_admin", role: Some(("security_admin", TestCity::CITY)), person: None },
    Named { key: "audit_admin", role: Some(("audit_admin", TestCity::CITY)), person: None },
];

const UNIONS: u128 = 0x0190_0000_0000_7000_8000_0000_0001_0000;
const PERSONS: u128 = 0x0190_0000_0000_7000_8000_0000_0002_0000;
const ACCOUNTS: u128 = 0x0190_0000_0000_7000_8000_0000_0003_0000;

impl TestCity {
    /// 江门市总工会.
    pub const CITY: Id = Id::from_u128(UNIONS + 1);
    /// 蓬江区总工会.
    pub const COUNTY: Id = Id::from_u128(UNIONS + 2);
    /// 新会区总工会.
    pub const OTHER_COUNTY: Id = Id::from_u128(UNIONS + 3);
    /// 江门市新就业形态劳动者行业工会.
    pub const CITY_INDUSTRY: Id = Id::from_u128(UNIONS + 4);
    /// 蓬江区新就业形态劳动者行业工会.
    pub const INDUSTRY: Id = Id::from_u128(UNIONS + 5);
    /// 棠下镇总工会.
    pub const TOWN: Id = Id::from_u128(UNIONS + 6);
    /// 白沙街道工会联合会, in the same county.
    pub const STREET: Id = Id::from_u128(UNIONS + 7);
    /// 会城街道工会联合会, in the other county.
    pub const OTHER_TOWN: Id = Id::from_u128(UNIONS + 8);
    /// 示例制造有限公司工会, of the chair, the vice chair and the member; six members.
    pub const UNION: Id = Id::from_u128(UNIONS + 9);
    /// 示例物流有限公司工会 in the same town; two members, so the public does not find it.
    pub const SMALL_UNION: Id = Id::from_u128(UNIONS + 10);
    /// 示例商贸有限公司工会 in the street of the same county; one member.
    pub const STREET_UNION: Id = Id::from_u128(UNIONS + 11);
    /// 示例陶瓷有限公司工会 in the other county; five members.
    pub const OTHER_UNION: Id = Id::from_u128(UNIONS + 12);

    /// The tables a city needs.
    #[must_use]
    pub fn migrations() -> Vec<Migration> {
        [kernel::schema::migrations(), crate::migrations()].concat()
    }

    /// The city with the tables of a floor above, served with these routes.
    pub async fn with(engine: Engine, steps: Vec<Migration>, policy: Policy, routes: Routes) -> Self {
        Self::furnished(engine, steps, policy, routes, ("", async |_: &App| {})).await
    }

    /// The same with what `more` writes, once for all tests: its text, by which it is known, and the writing.
    pub async fn furnished(
        engine: Engine,
        steps: Vec<Migration>,
        policy: Policy,
        routes: Routes,
        more: (&str, impl AsyncFnOnce(&App)),
    ) -> Self {
        // A template belongs to the text that filled it.
        let (text, more) = more;
        let name = [include_str!("testing.rs"), include_str!("testing/fill.rs"), text].concat();
        let steps = [Self::migrations(), steps].concat();
        let fill = async move |db: &Db| {
            let app = fill::app(db);
            fill::fill(&app).await;
            more(&app).await;
        };
        let database = TestDb::filled(engine, &steps, &name, fill).await;
        Self { app: TestApp::over(database, policy, routes) }
    }

    /// An officer of the city federation.
    #[must_use]
    pub fn city_officer(&self) -> Client {
        self.signed_in("city_officer")
    }

    /// Another officer of the city federation.
    #[must_use]
    pub fn city_deputy(&self) -> Client {
        self.signed_in("city_deputy")
    }

    /// An officer of 蓬江区总工会.
    #[must_use]
    pub fn county_officer(&self) -> Client {
        self.signed_in("county_officer")
    }

    /// A registrar of members of 蓬江区总工会.
    #[must_use]
    pub fn registrar(&self) -> Client {
        self.signed_in("registrar")
    }

    /// An officer of 新会区总工会.
    #[must_use]
    pub fn other_county_officer(&self) -> Client {
        self.signed_in("other_county_officer")
    }

    /// An officer of 棠下镇总工会.
    #[must_use]
    pub fn town_officer(&self) -> Client {
        self.signed_in("town_officer")
    }

    /// Another officer of 棠下镇总工会.
    #[must_use]
    pub fn town_deputy(&self) -> Client {
        self.signed_in("town_deputy")
    }

    /// The chair of [`TestCity::UNION`], a member himself.
    #[must_use]
    pub fn chair(&self) -> Client {
        self.signed_in("chair")
    }

    /// The vice chair of [`TestCity::UNION`], a member herself.
    #[must_use]
    pub fn vice_chair(&self) -> Client {
        self.signed_in("vice_chair")
    }

    /// A member of [`TestCity::UNION`].
    #[must_use]
    pub fn member(&self) -> Client {
        self.signed_in("member")
    }

    /// Somebody with an account and no person: no member yet.
    #[must_use]
    pub fn rider(&self) -> Client {
        self.signed_in("rider")
    }

    /// The system administrator (系统管理员).
    #[must_use]
    pub fn system_admin(&self) -> Client {
        self.signed_in("system_admin")
    }

    /// The security administrator (安全管理员).
    #[must_use]
    pub fn security_admin(&self) -> Client {
        self.signed_in("security_admin")
    }

    /// The audit administrator (审计管理员).
    #[must_use]
    pub fn audit_admin(&self) -> Client {
        self.signed_in("audit_admin")
    }

    /// Somebody who is not signed in.
    #[must_use]
    pub fn stranger(&self) -> Client {
        self.app.client()
    }

    /// Every key, for tests that ask everybody.
    pub fn keys() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|named| named.key)
    }

    /// A browser signed in under a key.
    #[must_use]
    pub fn signed_in(&self, key: &str) -> Client {
        let client = self.app.client();
        client.set_token(Some(&token_of(named(key).0.key)));
        client
    }

    /// The account of a key.
    #[must_use]
    pub fn account_of(key: &str) -> Id {
        Id::from_u128(ACCOUNTS + named(key).1)
    }

    /// The person of a key; only the chair, the vice chair and the member have one.
    #[must_use]
    pub fn person_of(key: &str) -> Id {
        Id::from_u128(PERSONS + named(key).0.person.unwrap())
    }

    /// The phone that a key signs in with, of those who are no staff.
    #[must_use]
    pub fn phone_of(key: &str) -> Option<String> {
        match named(key).0 {
            Named { person: Some(number), .. } => Some(phone_number(*number)),
            Named { role: None, .. } => Some(phone_number(99)),
            _ => None,
        }
    }

    /// Somebody by key, to sign in again or to act without HTTP; the grants are there already.
    #[must_use]
    pub fn who(&self, key: &str) -> Who {
        let who = Who::new().account(Self::account_of(key));
        match named(key).0.person {
            Some(number) => who.person(Id::from_u128(PERSONS + number)),
            None => who,
        }
    }
}

fn named(key: &str) -> (&'static Named, u128) {
    (1..).zip(&NAMED).find(|(_, named)| named.key == key).map(|(number, named)| (named, number)).unwrap()
}

/// The synthetic phone of a member by number.
fn phone_number(number: u128) -> String {
    format!("199000000{number:02}")
}

fn token_of(key: &str) -> String {
    format!("test-session-of-{key}")
}

impl Fixture for TestCity {
    async fn on(engine: Engine) -> Self {
        Self::with(engine, Vec::new(), crate::access::policy(Policy::new()), crate::routes()).await
    }
}

impl std::ops::Deref for TestCity {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}
