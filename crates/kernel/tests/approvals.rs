//! Approval: one decision per stage, never one's own, returned with a reason.

use kernel::access::{Permission, Policy, Role};
use kernel::approval::{self, New, Progress};
use kernel::command::retried;
use kernel::id::Ids;
use kernel::page::PageInput;
use kernel::testing::{Engine, Fixture, TestApp, Who};
use kernel::{Cx, Id, Result, Routes, both_engines, node, schema};

const DECIDE: Permission = Permission("founding.decide");
const OTHER: Permission = Permission("founding.other");
const OFFICER: Role = Role { name: "officer", label: "干部", levels: &[], exclusive: false };

struct House {
    test: TestApp,
    town: Id,
    county: Id,
    author: Cx,
    subject: Id,
}

impl Fixture for House {
    async fn on(engine: Engine) -> Self {
        let policy = Policy::new().role(OFFICER).allow("officer", &[DECIDE]);
        let test = TestApp::new(engine, &schema::migrations(), policy, Routes::new("test")).await;
        let tx = test.system().begin().await.unwrap();
        let (county, town) = (tx.id(), tx.id());
        node::create(&tx, county, "county_federation", None, tx.today()).await.unwrap();
        node::create(&tx, town, "town_federation", Some(county), tx.today()).await.unwrap();
        tx.commit(()).await.unwrap();
        let author = test.cx(&Who::new().role("officer", town)).await;
        let house = Self { test, town, county, author, subject: Ids::random() };
        house.open().await.unwrap();
        house
    }
}

impl House {
    async fn open(&self) -> Result<Id> {
        let tx = self.author.begin().await?;
        let stages = [(self.town, DECIDE), (self.county, DECIDE)];
        let due = self.test.calendar.due_after_working_days(tx.today(), 5);
        let new = New { kind: "founding", subject_id: self.subject, stages: &stages, due: Some(due) };
        let id = approval::open(&tx, new).await?;
        tx.commit(id).await
    }

    /// How many approvals an inbox shows; the number beside it must say the same.
    async fn waits(&self, cx: &Cx, permission: Permission) -> usize {
        let (nodes, scope, page) =
            (cx.caller.nodes_with(permission), cx.caller.scope(permission), PageInput::default());
        let rows = approval::inbox(cx.read(), permission, &nodes, (&scope, cx.today()), &page).await.unwrap();
        let counted = approval::count(cx.read(), permission, &nodes, (&scope, cx.today())).await.unwrap();
        assert_eq!(counted, rows.len() as u64);
        rows.len()
    }

    async fn officer(&self, node: Id) -> Cx {
        self.test.cx(&Who::new().role("officer", node)).await
    }

    async fn approve(&self, cx: &Cx) -> Result<bool> {
        retried(async || {
            let tx = cx.begin().await?;
            let progress = approval::approve(&tx, "founding", self.subject, None).await?;
            tx.commit(progress == Progress::Final).await
        })
        .await
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    outcome.unwrap_err().refusal().unwrap().code.to_string()
}

both_engines! {
    async fn passes_its_stages(house: House) {
        let (town, county) = (house.officer(house.town).await, house.officer(house.county).await);
        assert_eq!((house.waits(&town, DECIDE).await, house.waits(&county, DECIDE).await), (1, 0));
        assert_eq!(house.waits(&town, OTHER).await, 0);
        assert!(!house.approve(&town).await.unwrap());
        assert_eq!((house.waits(&town, DECIDE).await, house.waits(&county, DECIDE).await), (0, 1), "it moved up");
        let row = approval::waiting(house.test.db.read(), "founding", house.subject).await.unwrap();
        assert_eq!((row.node_id, row.stage), (house.county, 2));
        assert!(!row.derivation().is_empty());
        assert!(house.approve(&county).await.unwrap());
        assert_eq!(code(house.approve(&county).await), "approval.closed");
        assert_eq!(approval::history(house.test.db.read(), "founding", house.subject).await.unwrap().len(), 2);
    }

    async fn what_is_overdue_is_seen_above(house: House) {
        let county = house.officer(house.county).await;
        house.test.clock.advance(chrono::TimeDelta::days(6));
        assert_eq!(house.waits(&county, DECIDE).await, 0, "five working days end on Monday");
        house.test.clock.advance(chrono::TimeDelta::days(2));
        assert_eq!(house.waits(&county, DECIDE).await, 1);
    }

    async fn two_deciders_at_once_make_one_decision(house: House) {
        // The last stage, so that a second yes has no further stage to fall on.
        house.approve(&house.officer(house.town).await).await.unwrap();
        let (one, two) = (house.officer(house.county).await, house.officer(house.county).await);
        let (a, b) = tokio::join!(house.approve(&one), house.approve(&two));
        let (won, lost) = if a.is_ok() { (a, b) } else { (b, a) };
        assert!(won.unwrap());
        assert_eq!(code(lost), "approval.closed");
        assert_eq!(approval::history(house.test.db.read(), "founding", house.subject).await.unwrap().len(), 2);
    }

    async fn nobody_decides_on_his_own(house: House) {
        assert_eq!(code(house.approve(&house.author).await), "approval.own");
        let tx = house.author.begin().await.unwrap();
        assert_eq!(code(approval::send_back(&tx, "founding", house.subject, "材料不全").await), "approval.own");
        drop(tx);
        let tx = house.author.begin().await.unwrap();
        approval::withdraw(&tx, "founding", house.subject).await.unwrap();
        tx.commit(()).await.unwrap();
        assert_eq!(code(house.approve(&house.officer(house.town).await).await), "approval.closed");
        house.open().await.unwrap();
    }

    async fn returned_with_a_reason(house: House) {
        let town = house.officer(house.town).await;
        let tx = town.begin().await.unwrap();
        assert_eq!(code(approval::send_back(&tx, "founding", house.subject, " ").await), "approval.reason");
        approval::send_back(&tx, "founding", house.subject, "材料不全").await.unwrap();
        tx.commit(()).await.unwrap();
        let latest = approval::latest(house.test.db.read(), "founding", house.subject).await.unwrap().unwrap();
        assert_eq!(latest.state, "returned");
    }

    async fn handed_over_and_open_once(house: House) {
        assert!(house.open().await.is_err(), "a second open one breaks a constraint");
        let town = house.officer(house.town).await;
        let tx = town.begin().await.unwrap();
        approval::hand_over(&tx, "founding", house.subject, (house.county, OTHER), None).await.unwrap();
        tx.commit(()).await.unwrap();
        let row = approval::waiting(house.test.db.read(), "founding", house.subject).await.unwrap();
        assert_eq!((row.node_id, row.permission.as_str(), row.stage), (house.county, OTHER.0, 1));
    }
}
