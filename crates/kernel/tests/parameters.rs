//! Dated parameters and the calendar of the database.

use chrono::TimeDelta;
use kernel::calendar::{self, Calendar};
use kernel::parameter::{self, Kind, New, Parameter, name};
use kernel::testing::TestApp;
use kernel::time::Day;
use kernel::{Id, Result, both_engines};

const LINE: Parameter =
    Parameter { name: "test.line", label: "标准", unit: "分", kind: Kind::Cents, first: "100", source: "测试" };

async fn set(test: &TestApp, division_code: &str, value: &str, from: Day) -> Result<Id> {
    let tx = test.system().begin().await?;
    let id = parameter::set(&tx, &LINE, New { division_code, value, from, source: "测试文件 1 号" }).await?;
    tx.commit(id).await
}

async fn seed(test: &TestApp) -> u64 {
    let tx = test.system().begin().await.unwrap();
    let written = parameter::seed(&tx, parameter::KERNEL).await.unwrap() + parameter::seed(&tx, &[LINE]).await.unwrap();
    tx.commit(written).await.unwrap()
}

fn code(outcome: Result<Id>) -> String {
    outcome.unwrap_err().refusal().unwrap().code.to_string()
}

both_engines! {
    async fn first_values_are_written_once(test: TestApp) {
        assert_eq!(seed(&test).await, parameter::KERNEL.len() as u64 + 1);
        assert_eq!(seed(&test).await, 0);
        let day = test.clock.today();
        assert_eq!(parameter::get_i64(test.db.read(), name::LOCK_TRIES, "440703002", day).await.unwrap(), 5);
        let unknown = parameter::get_i64(test.db.read(), "test.unknown", "", day).await.unwrap_err();
        assert!(unknown.to_string().contains("test.unknown"));
        assert_eq!(parameter::get(test.db.read(), "test.unknown", "", day).await.unwrap(), None);
    }

    async fn most_specific_division_and_right_day(test: TestApp) {
        seed(&test).await;
        let today = test.clock.today();
        let later = today + TimeDelta::days(10);
        set(&test, "440700", "200", today).await.unwrap();
        set(&test, "440703", "300", today).await.unwrap();
        set(&test, "440703002", "400", today).await.unwrap();
        set(&test, "440703", "301", later).await.unwrap();
        let at = async |division: &str, day: Day| {
            parameter::get_cents(test.db.read(), LINE.name, division, day).await.unwrap().0
        };
        assert_eq!(at("440703002", today).await, 400);
        assert_eq!(at("440703101", today).await, 300);
        assert_eq!(at("440703101", later - TimeDelta::days(1)).await, 300);
        assert_eq!(at("440703101", later).await, 301);
        assert_eq!(at("440704001", later).await, 200);
        assert_eq!(at("330100", today).await, 100);
        assert_eq!(at("440703002", today - TimeDelta::days(1)).await, 100, "the past keeps its value");
        let rows = parameter::history(test.db.read(), LINE.name).await.unwrap();
        assert_eq!(rows.len(), 5);
        assert!(rows.iter().filter(|row| row.division_code == "440703").all(|row| row.valid_to.is_none_or(|to| to == later)));
    }

    async fn bad_values_are_refused(test: TestApp) {
        seed(&test).await;
        let today = test.clock.today();
        assert_eq!(code(set(&test, "", "-1", today).await), "parameter.value");
        assert_eq!(code(set(&test, "", "many", today).await), "parameter.value");
        assert_eq!(code(set(&test, "", "5", today - TimeDelta::days(1)).await), "parameter.past");
        set(&test, "", "5", today + TimeDelta::days(5)).await.unwrap();
        assert_eq!(code(set(&test, "", "6", today + TimeDelta::days(5)).await), "parameter.early");
        assert_eq!(code(set(&test, "", "6", today).await), "parameter.early");
        let tx = test.system().begin().await.unwrap();
        let bare = parameter::set(&tx, &LINE, New { division_code: "", value: "7", from: today, source: " " }).await;
        assert_eq!(code(bare), "parameter.source");
    }

    async fn two_administrators_at_once_never_overlap(test: TestApp) {
        seed(&test).await;
        let day = test.clock.today() + TimeDelta::days(1);
        let both = async |value: &'static str| kernel::command::retried(|| set(&test, "", value, day)).await;
        let (one, two) = tokio::join!(both("7"), both("8"));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
        let rows = parameter::history(test.db.read(), LINE.name).await.unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].valid_to, rows[1].valid_to), (Some(day), None));
    }

    async fn own_days_lie_over_the_bundled_ones(test: TestApp) {
        let friday: Day = "2026-11-27".parse().unwrap();
        assert!(Calendar::bundled().is_working_day(friday));
        test.database().tamper("INSERT INTO calendar_day (day, working, name) VALUES ('2026-11-27', false, '停工日')").await;
        let calendar = calendar::load(test.db.read()).await.unwrap();
        assert!(!calendar.is_working_day(friday));
        assert_eq!(calendar.name_of(friday), Some("停工日"));
        assert_eq!(calendar.known_until(), Calendar::bundled().known_until());
    }
}
