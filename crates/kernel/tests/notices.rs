//! Notices and text messages.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::TimeDelta;
use kernel::id::Ids;
use kernel::job::{self, Jobs};
use kernel::notice::{self, New, SmsError, SmsPort};
use kernel::page::PageInput;
use kernel::testing::TestApp;
use kernel::{Id, both_engines};
use sea_orm::ConnectionTrait;

#[derive(Default)]
struct Operator {
    taken: Mutex<Vec<(String, String)>>,
    away: Mutex<bool>,
}

#[async_trait]
impl SmsPort for Operator {
    async fn deliver(&self, _id: Id, phone: &str, text: &str) -> Result<(), SmsError> {
        if *self.away.lock().unwrap() {
            return Err(SmsError::Away("no line".into()));
        }
        self.taken.lock().unwrap().push((phone.to_owned(), text.to_owned()));
        Ok(())
    }
}

fn about(account_id: Id, event_id: Option<Id>) -> New {
    New {
        account_id,
        kind: "box.opened",
        title: "盒子打开了".into(),
        body: "请查看。".into(),
        link: Some("/box".into()),
        event_id,
    }
}

async fn texts(test: &TestApp, filter: &str) -> i64 {
    let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM sms WHERE {filter}");
    let row = test.db.read().query_one_raw(test.db.statement(&sql, [])).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

both_engines! {
    async fn inbox(test: TestApp) {
        let (mine, other) = (Ids::random(), Ids::random());
        let event = Ids::random();
        let tx = test.system().begin().await.unwrap();
        assert!(notice::send(&tx, about(mine, Some(event))).await.unwrap());
        assert!(!notice::send(&tx, about(mine, Some(event))).await.unwrap(), "one notice per event");
        assert!(notice::send(&tx, about(other, Some(event))).await.unwrap());
        for _ in 0..3 {
            assert!(notice::send(&tx, about(mine, None)).await.unwrap());
        }
        tx.commit(()).await.unwrap();

        let read = test.db.read();
        assert_eq!(notice::unread(read, mine).await.unwrap(), 4);
        let first = notice::list(read, mine, &PageInput::new(None, Some(3))).await.unwrap();
        let rest = notice::list(read, mine, &PageInput::new(first.next.clone(), Some(3))).await.unwrap();
        assert_eq!((first.items.len(), rest.items.len(), rest.next.clone()), (3, 1, None));
        assert!(first.items[0].id > rest.items[0].id, "newest first");

        let tx = test.system().begin().await.unwrap();
        let foreign = notice::mark_read(&tx, other, first.items[0].id).await.unwrap_err();
        assert_eq!(foreign.refusal().unwrap().code, "not_found");
        notice::mark_read(&tx, mine, first.items[0].id).await.unwrap();
        notice::mark_read(&tx, mine, first.items[0].id).await.unwrap();
        assert_eq!(notice::mark_all_read(&tx, mine).await.unwrap(), 3);
        tx.commit(()).await.unwrap();
        assert_eq!(notice::unread(read, mine).await.unwrap(), 0);
        assert_eq!(notice::unread(read, other).await.unwrap(), 1);
    }

    async fn texts_are_sealed_delivered_and_forgotten(test: TestApp) {
        let operator = Arc::new(Operator::default());
        let jobs = notice::deliver_sms(Jobs::new(), operator.clone());
        let tx = test.system().begin().await.unwrap();
        notice::sms(&tx, "13800000000", "验证码 123456").await.unwrap();
        drop(tx);
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 0, "rolled back, not sent");

        let tx = test.system().begin().await.unwrap();
        notice::sms(&tx, "13800000000", "验证码 123456").await.unwrap();
        tx.commit(()).await.unwrap();
        assert_eq!(texts(&test, "state = 'waiting' AND phone_sealed IS NOT NULL").await, 1);
        *operator.away.lock().unwrap() = true;
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 1);
        *operator.away.lock().unwrap() = false;
        test.clock.advance(TimeDelta::minutes(1));
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 1);
        assert_eq!(*operator.taken.lock().unwrap(), [("13800000000".to_owned(), "验证码 123456".to_owned())]);
        assert_eq!(texts(&test, "state = 'sent' AND phone_sealed IS NULL AND text_sealed IS NULL").await, 1);
    }

    async fn a_stale_text_is_not_sent(test: TestApp) {
        let operator = Arc::new(Operator::default());
        let jobs = notice::deliver_sms(Jobs::new(), operator.clone());
        let tx = test.system().begin().await.unwrap();
        let until = tx.now() + TimeDelta::minutes(5);
        notice::sms_until(&tx, "13800000000", "验证码 123456", until).await.unwrap();
        tx.commit(()).await.unwrap();
        test.clock.advance(TimeDelta::minutes(5));
        assert_eq!(job::work_off(&test, &jobs).await.unwrap(), 1);
        assert!(operator.taken.lock().unwrap().is_empty());
        assert_eq!(texts(&test, "state = 'failed' AND phone_sealed IS NULL").await, 1);
    }
}
