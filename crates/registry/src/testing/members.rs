//! More members, for tests that need a number of them.

use kernel::Id;
use kernel::db::insert_rows;
use kernel::time::Day;

use super::TestCity;

impl TestCity {
    /// Enters so many invented members into a union; answers their persons.
    pub async fn enter_members(&self, union: Id, many: usize) -> Vec<Id> {
        let tx = self.system().begin_bulk().await.unwrap();
        let persons: Vec<Id> = (0..many).map(|_| tx.id()).collect();
        let since = Day::from_ymd_opt(2022, 1, 1).unwrap();
        let rows = persons
            .iter()
            .map(|person| vec![(*person).into(), "示例会员".into(), "none".into(), true.into(), tx.now().into()]);
        let columns = ["id", "name", "real_name", "synthetic", "created_at"];
        insert_rows(&tx, "person", &columns, rows.collect(), "").await.unwrap();
        let rows = persons.iter().map(|person| -> Vec<sea_orm::Value> {
            vec![
                tx.id().into(),
                (*person).into(),
                union.into(),
                "active".into(),
                "labour_contract".into(),
                since.into(),
                "demo".into(),
                tx.now().into(),
            ]
        });
        let columns =
            ["id", "person_id", "organization_id", "state", "employment_form", "joined_on", "source", "created_at"];
        insert_rows(&tx, "membership", &columns, rows.collect(), "").await.unwrap();
        tx.commit(()).await.unwrap();
        persons
    }
}
