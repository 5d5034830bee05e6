//! The registry's small city with the tables, routes and schemes of this floor.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::BTreeSet;

use kernel::access::Policy;
use kernel::app::App;
use kernel::command::retried;
use kernel::db::insert_rows;
use kernel::job::{Jobs, work_off};
use kernel::testing::{Engine, Fixture};
use kernel::time::Day;
use kernel::{Cx, Id};
use registry::testing::TestCity;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::poll::rules::Sizes;
use crate::poll::{flush, queue_entity as waiting};
use crate::report::rules::ReportSection;
use crate::report::save::{self, ReportSave};
use crate::report::submit::{self, ReportSubmit};

/// Keys that are ready in every test: they take a fifth of a second each, and few tests open more polls.
const KEYS: i64 = 6;
/// Everything that [`furnish`] depends on.
const FURNISHED: &str = concat!(
    include_str!("testing.rs"),
    include_str!("parameters.rs"),
    include_str!("scheme/seed.rs"),
    include_str!("ballot/key/fill.rs"),
    include_str!("ballot/key/mod.rs"),
    include_str!("../data/schemes/chair_report.json"),
    include_str!("../data/schemes/members_home.json"),
    include_str!("../data/schemes/enforcement.json"),
    include_str!("../data/schemes/budget_needs.json"),
    include_str!("../data/schemes/fund_use.json"),
    include_str!("../data/schemes/legislation.json"),
);

/// Writes what every test of the floor begins with, once: parameters, schemes, and keys that are ready.
async fn furnish(app: &App) {
    let ready = async |keys: i64| {
        let tx = Cx::system(app).begin().await.unwrap();
        kernel::parameter::seed(&tx, crate::PARAMETERS).await.unwrap();
        crate::scheme::seed(&tx).await.unwrap();
        let few = "UPDATE parameter SET value = $2 WHERE name = $1";
        let values = [crate::parameters::BALLOT_KEYS_READY.into(), keys.to_string().into()];
        tx.execute_sql(few, values).await.unwrap();
        tx.commit(()).await.unwrap();
    };
    ready(KEYS).await;
    crate::ballot::key::fill(app).await.unwrap();
    // After that no more than one is made ahead.
    ready(1).await;
}

/// [`TestCity`], in which members are heard. Derefs to it.
pub struct VoiceCity(TestCity);

impl Fixture for VoiceCity {
    async fn on(engine: Engine) -> Self {
        let routes = registry::routes().merge(crate::routes());
        let policy = crate::policy(registry::access::policy(Policy::new()));
        Self(TestCity::furnished(engine, crate::migrations(), policy, routes, (FURNISHED, furnish)).await)
    }
}

impl VoiceCity {
    /// Carries out everything that waits in the background.
    pub async fn work(&self) {
        work_off(&self.app, &crate::jobs(Jobs::new())).await.unwrap();
    }

    /// Enters an office since 2022.
    pub async fn enter_officer(&self, union: Id, person: Id, title: &str) {
        let tx = self.system().begin_bulk().await.unwrap();
        let since = Day::from_ymd_opt(2022, 1, 1).unwrap();
        let row = vec![tx.id().into(), union.into(), person.into(), title.into(), since.into()];
        let columns = ["id", "organization_id", "person_id", "title", "valid_from"];
        insert_rows(&tx, "officer", &columns, vec![row], "").await.unwrap();
        tx.commit(()).await.unwrap();
    }

    /// Submits a short duty report of every union of an evaluation, as its chair would.
    pub async fn report(&self, evaluation: Id) {
        for union in crate::appraisal::unions(self.db.read(), evaluation).await.unwrap() {
            let section = |key: &str, heading: &str, text: &str| ReportSection {
                key: key.into(),
                heading: heading.into(),
                text: text.into(),
            };
            let sections = vec![
                section("q1", "组织起来", "示例：发展会员，健全小组。"),
                section("next", "下一年的打算和承诺", "示例：把食堂的意见办好。"),
            ];
            let save = ReportSave { evaluation_id: evaluation, organization_id: union, version: 0, sections };
            let saved = retried(|| save::save(self.system(), save.clone())).await.unwrap();
            let submit = ReportSubmit { evaluation_id: evaluation, organization_id: union, version: saved.version };
            retried(|| submit::submit(self.system(), submit.clone())).await.unwrap();
        }
    }

    /// [`crate::poll::flush`] as the box of a city has it, reached with few ballots: nothing is written anew, and what
    /// waits goes in by random portions.
    pub async fn flush_as_large(&self, poll: Id, last: bool) -> usize {
        flush::within(&self.app, poll, last, Sizes { rewritten: 0, portion: 25 }).await.unwrap()
    }

    /// What [`crate::poll::flush`] must not be: each ballot goes into the box as it came. The linkage test proves that it
    /// is caught.
    pub async fn flush_one_by_one(&self, poll: Id) {
        let queued = waiting::Entity::find().filter(waiting::Column::PollId.eq(poll));
        for row in queued.all(self.db.read()).await.unwrap() {
            let tx = self.system().begin_bulk().await.unwrap();
            flush::store(&tx, poll, &mut [flush::opened(&self.app, &row).unwrap()]).await.unwrap();
            flush::remove(&tx, std::slice::from_ref(&row)).await.unwrap();
            tx.commit(()).await.unwrap();
        }
    }

    /// The persons who may vote in an evaluation.
    pub async fn electors(&self, evaluation: Id) -> BTreeSet<Id> {
        let sql = "SELECT person_id FROM elector WHERE evaluation_id = $1";
        let rows = self.db.read().query_all_raw(self.db.statement(sql, [evaluation.into()])).await.unwrap();
        rows.iter().map(|row| row.try_get("", "person_id").unwrap()).collect()
    }

    /// The members of a union.
    pub async fn members_of(&self, union: Id) -> BTreeSet<Id> {
        let sql = "SELECT person_id FROM membership WHERE organization_id = $1 AND state = 'active'";
        let rows = self.db.read().query_all_raw(self.db.statement(sql, [union.into()])).await.unwrap();
        rows.iter().map(|row| row.try_get("", "person_id").unwrap()).collect()
    }
}

impl std::ops::Deref for VoiceCity {
    type Target = TestCity;

    fn deref(&self) -> &TestCity {
        &self.0
    }
}
