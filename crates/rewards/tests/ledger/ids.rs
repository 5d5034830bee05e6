//! The id of an order: one answer for ever, in a batch, across batches, across transactions, across processes.

use std::collections::HashMap;

use futures::future::join_all;
use kernel::Id;
use kernel::db::Db;
use kernel::id::Ids;
use kernel::testing::{TestApp, long, seeds};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rewards::ledger::{Done, Order, What, carry_out};
use rewards::testing::RewardsCity;

use super::stage::{Stage, code};

/// How often something is asked, and how often in a batch.
fn operations() -> usize {
    if long() { 1_000_000 } else { 600 }
}
const BATCH: usize = 100;
/// What everybody has, and more than anybody has.
const RICH: i64 = 20_000_000;
const TOO_MUCH: i64 = 30_000_000;

/// What callers know: kept outside of what is tested.
#[derive(Default)]
struct Callers {
    people: Vec<Id>,
    ids: Vec<Id>,
    /// What was asked under an id for the first time, and what was told.
    told: HashMap<Id, (Order, Result<Done, String>)>,
    carried_out: usize,
}

impl Callers {
    fn known(&self, dice: &mut SmallRng) -> &Order {
        &self.told[&self.ids[dice.random_range(0..self.ids.len())]].0
    }

    /// Something new, or something of this batch or of one before again, or an id of before with another amount.
    fn next(&self, stage: &Stage<'_>, batch: &[Order], dice: &mut SmallRng) -> Order {
        let person = self.people[dice.random_range(0..self.people.len())];
        match dice.random_range(0..10) {
            0..2 if !batch.is_empty() => batch[dice.random_range(0..batch.len())].clone(),
            2..4 if !self.ids.is_empty() => self.known(dice).clone(),
            4 if !self.ids.is_empty() => Order { what: stage.pay_of(person, 100), ..self.known(dice).clone() },
            5 => stage.order(stage.pay_of(person, TOO_MUCH)),
            _ => stage.order(stage.pay_of(person, dice.random_range(1..100))),
        }
    }

    /// Holds answers against those of before.
    fn hear(&mut self, asked: &[Order], answers: Vec<Result<Done, String>>) {
        assert_eq!(asked.len(), answers.len());
        for (order, answer) in asked.iter().zip(answers) {
            self.carried_out += usize::from(answer.as_ref().is_ok_and(|done| done.fresh));
            let answer = answer.map(|done| Done { fresh: false, ..done });
            match self.told.get(&order.id) {
                Some((first, before)) if first == order => assert_eq!(before, &answer, "{order:?}"),
                Some(_) => assert_eq!(answer, Err("ledger.key".to_owned()), "{order:?}"),
                None => {
                    self.told.insert(order.id, (order.clone(), answer));
                    self.ids.push(order.id);
                }
            }
        }
    }
}

/// Asks all of it at once of a process that has just begun, and ends it.
async fn after_a_restart(city: &RewardsCity, asked: &[Order]) -> Vec<Result<Done, String>> {
    let app = TestApp::open(Db::connect(city.database().url()).await.unwrap());
    let answers = join_all(asked.iter().map(|order| carry_out(&app, order.clone()))).await;
    app.db.clone().close().await.unwrap();
    answers.into_iter().map(|answer| answer.map_err(|error| code(&error))).collect()
}

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

    async fn an_id_is_one_payment_wherever_it_comes_again(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        let mut callers = Callers { people: (0..20).map(|_| Ids::random()).collect(), ..Callers::default() };
        let issue = |person: &Id| stage.order(stage.issue_to(*person, RICH, "2999-12-31"));
        stage.all(&callers.people.iter().map(issue).collect::<Vec<_>>()).await;
        let mut dice = SmallRng::seed_from_u64(seeds().end);
        for batch in 0..operations() / BATCH {
            let mut asked: Vec<Order> = Vec::with_capacity(BATCH);
            for _ in 0..BATCH {
                let order = callers.next(&stage, &asked, &mut dice);
                asked.push(order);
            }
            let answers = if batch % 5 < 4 { stage.apply(&asked).await } else { after_a_restart(&city, &asked).await };
            callers.hear(&asked, answers);
        }
        let paid: Vec<&Done> = callers.told.values().filter_map(|(_, answer)| answer.as_ref().ok()).collect();
        assert!(paid.len() > operations() / 4, "only {} were paid", paid.len());
        assert_eq!(paid.len(), callers.carried_out, "one was carried out twice, or said to be");
        let there = stage.number("SELECT CAST(count(*) AS bigint) AS n FROM transfer WHERE credit_id = $1", stage.merchant).await;
        assert_eq!(usize::try_from(there).unwrap(), paid.len());
        let cents: i64 = paid.iter().map(|done| done.amount_cents).sum();
        assert_eq!(stage.balance(stage.merchant).await.balance_cents, cents);
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
