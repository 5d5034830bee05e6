//! The id of an order: one answer for ever, in a batch, across batches, across transactions.

use kernel::Id;
use kernel::id::Ids;
use rewards::ledger::{Order, What};
use rewards::testing::RewardsCity;

use super::stage::Stage;

kernel::both_engines! {
    async fn the_same_id_is_answered_as_before(city: RewardsCity) {
        let (stage, person) = (Stage::open(&city).await, Ids::random());
        stage.issue(person, 1_000, "2027-01-31").await;
        let pay = stage.order(stage.pay_of(person, 700));
        let other = Order { what: stage.pay_of(person, 701), ..pay.clone() };
        let poor = stage.order(stage.pay_of(person, 900));

        // Thrice in a batch, once with other contents, and one that cannot be paid.
        let orders = [pay.clone(), pay.clone(), other.clone(), pay.clone(), poor.clone(), poor.clone()];
        let answers = stage.apply(&orders).await;
        let first = answers[0].clone().unwrap();
        assert!(first.fresh);
        let again = rewards::ledger::Done { fresh: false, ..first.clone() };
        assert_eq!((&answers[1], &answers[3]), (&Ok(again.clone()), &Ok(again.clone())));
        assert_eq!(answers[2], Err("ledger.key".into()));
        assert_eq!((&answers[4], &answers[5]), (&Err("ledger.short".into()), &Err("ledger.short".into())));

        // Across batches, also when there is enough by now: an id that was refused is burnt.
        stage.issue(person, 5_000, "2027-01-31").await;
        assert_eq!(stage.ask(pay.clone()).await, Ok(again));
        assert_eq!(stage.ask(other).await, Err("ledger.key".into()));
        assert_eq!(stage.ask(poor.clone()).await, Err("ledger.short".into()));
        let changed = Order { what: stage.pay_of(person, 1), ..poor };
        assert_eq!(stage.ask(changed).await, Err("ledger.key".into()));

        // Orders that leave no transfer are known by their id as well.
        let hold = stage.order(stage.hold_of(person, 50, 10));
        let held = stage.ask(hold.clone()).await.unwrap();
        city.clock.advance(chrono::TimeDelta::minutes(1));
        assert_eq!(stage.ask(hold.clone()).await.unwrap(), rewards::ledger::Done { fresh: false, ..held });
        let release = stage.order(What::Release { hold_id: hold.id });
        let freed = stage.ask(release.clone()).await.unwrap();
        assert_eq!(stage.ask(release).await.unwrap(), rewards::ledger::Done { fresh: false, ..freed });
        let used = Order { what: stage.pay_of(person, 1), ..hold };
        assert_eq!(stage.ask(used).await, Err("ledger.key".into()));
        assert_eq!(stage.wallet(person).await.balance_cents, 5_300);
        stage.sound().await;
    }

    async fn hundreds_of_issues_are_one_transaction(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        let persons: Vec<Id> = (0..700).map(|_| Ids::random()).collect();
        let issue = |person: &Id| stage.order(stage.issue_to(*person, 3_700, "2027-06-30"));
        let orders: Vec<Order> = persons.iter().map(issue).collect();
        let fresh = |answers: Vec<Result<rewards::ledger::Done, String>>| {
            answers.into_iter().filter(|answer| answer.as_ref().unwrap().fresh).count()
        };
        assert_eq!(fresh(stage.apply(&orders).await), 700);
        // The job was killed after the commit and begins again.
        assert_eq!(fresh(stage.apply(&orders).await), 0);
        let report = stage.sound().await;
        assert_eq!((report.lots, report.accounts), (700, 703));
    }
}
