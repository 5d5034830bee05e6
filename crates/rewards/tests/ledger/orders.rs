//! What each order does, one by one.

use chrono::TimeDelta;
use kernel::id::Ids;
use registry::testing::TestCity;
use rewards::ledger::{
    AccountKind, MoveKind, OWN_BOOK, Order, What, custody_id, freeze, open_account, open_book, release_due, unfreeze,
};
use rewards::testing::RewardsCity;

use super::stage::{FUNDED, Stage, day, new_account};

kernel::both_engines! {
    async fn lots_are_spent_first_expiring_first_and_come_back_newest_first(city: RewardsCity) {
        let (stage, person) = (Stage::open(&city).await, Ids::random());
        let late = stage.issue(person, 500, "2027-12-31").await;
        let soon = stage.issue(person, 300, "2026-11-30").await;
        assert_eq!(stage.ask(stage.order(stage.issue_to(person, 1, "2026-11-22"))).await, Err("ledger.day".into()));
        let paid = stage.done(stage.pay_of(person, 400)).await;
        assert_eq!((stage.left(soon).await, stage.left(late).await), (0, 400));
        assert_eq!((paid.debit_after_cents, paid.credit_after_cents), (400, 400));

        // 150 come back: 100 to the later lot, 50 to the one that was spent first.
        stage.done(stage.refund_of(paid.transfer_id, 150)).await;
        assert_eq!((stage.left(soon).await, stage.left(late).await), (50, 500));
        let too_much = stage.order(stage.refund_of(paid.transfer_id, 251));
        assert_eq!(stage.ask(too_much).await, Err("ledger.refund".into()));

        // After the last day of the first lot, what goes back to it is a lot of its own, from the same budget.
        city.clock.advance(TimeDelta::days(20));
        stage.done(stage.refund_of(paid.transfer_id, 100)).await;
        let grace = "SELECT amount_cents AS n FROM lot WHERE grace_of = $1 AND is_open";
        assert_eq!((stage.left(soon).await, stage.number(grace, soon).await), (50, 100));

        // What expired is not spent, and goes back to the budget.
        assert_eq!(stage.ask(stage.order(stage.pay_of(person, 601))).await, Err("ledger.short".into()));
        let before = stage.balance(stage.budget).await.balance_cents;
        let today = city.clock.today();
        assert_eq!(stage.ask(stage.order(What::Expire { lot_id: late, today })).await, Err("ledger.expiry".into()));
        stage.done(What::Expire { lot_id: soon, today }).await;
        assert_eq!(stage.balance(stage.budget).await.balance_cents, before + 50);
        assert_eq!(stage.ask(stage.order(What::Expire { lot_id: soon, today })).await, Err("ledger.expiry".into()));
        assert_eq!(stage.done(stage.pay_of(person, 600)).await.debit_after_cents, 0);
        let report = stage.sound().await;
        assert_eq!((report.lots, report.transfers), (3, 8));
    }

    async fn payments_of_one_batch_go_from_lot_to_lot(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        let (one, two) = (Ids::random(), Ids::random());
        // Of one member the first lot expires tomorrow, of the other a part of it is held.
        let gone = stage.issue(one, 100, "2026-11-23").await;
        let held = stage.issue(two, 100, "2026-12-01").await;
        stage.done(stage.hold_of(two, 70, 3 * 24 * 60)).await;
        let rest = [stage.issue(one, 100, "2026-12-02").await, stage.issue(two, 100, "2026-12-02").await];
        let last = [stage.issue(one, 100, "2026-12-03").await, stage.issue(two, 100, "2026-12-03").await];
        city.clock.advance(TimeDelta::days(2));
        let orders = [(one, 60), (two, 20), (one, 80), (two, 30), (one, 61), (two, 100), (two, 81)];
        let orders: Vec<Order> =
            orders.into_iter().map(|(person, cents)| stage.order(stage.pay_of(person, cents))).collect();
        let told: Vec<Option<i64>> =
            stage.apply(&orders).await.into_iter().map(|done| done.ok().map(|done| done.debit_after_cents)).collect();
        assert_eq!(told, [Some(240), Some(280), Some(160), Some(250), None, Some(150), None]);
        assert_eq!((stage.left(gone).await, stage.left(held).await), (100, 70));
        assert_eq!((stage.left(rest[0]).await, stage.left(rest[1]).await), (0, 0));
        assert_eq!((stage.left(last[0]).await, stage.left(last[1]).await), (60, 80));
        stage.sound().await;
    }

    async fn a_hold_keeps_its_lots_until_it_is_captured_or_released(city: RewardsCity) {
        let (stage, person) = (Stage::open(&city).await, Ids::random());
        let lot = stage.issue(person, 1_000, "2026-11-24").await;
        let hold = stage.done(stage.hold_of(person, 600, 3 * 24 * 60)).await;
        assert_eq!(stage.wallet(person).await.available_cents, 400);
        assert_eq!(stage.ask(stage.order(stage.pay_of(person, 401))).await, Err("ledger.short".into()));

        // The lot's last day passes: only what is free of it expires, the hold is captured all the same.
        city.clock.advance(TimeDelta::days(2));
        let today = city.clock.today();
        assert_eq!(stage.done(What::Expire { lot_id: lot, today }).await.amount_cents, 400);
        let hold_id = hold.transfer_id;
        let over = stage.order(What::Capture { hold_id, amount_cents: 601 });
        assert_eq!(stage.ask(over).await, Err("ledger.hold_done".into()));
        stage.done(What::Capture { hold_id, amount_cents: 450 }).await;
        assert_eq!((stage.wallet(person).await.available_cents, stage.left(lot).await), (150, 150));
        assert_eq!(stage.ask(stage.order(What::Release { hold_id })).await, Err("ledger.hold_done".into()));
        assert_eq!(stage.balance(stage.merchant).await.balance_cents, 450);
        stage.sound().await;
    }

    async fn a_hold_is_released_when_its_time_is_over_and_never_before(city: RewardsCity) {
        let (stage, person) = (Stage::open(&city).await, Ids::random());
        stage.issue(person, 1_000, "2027-01-31").await;
        let hold_id = stage.done(stage.hold_of(person, 600, 15)).await.transfer_id;
        city.clock.advance(TimeDelta::minutes(15) - TimeDelta::microseconds(1));
        assert_eq!(release_due(&city.app).await.unwrap(), 0);
        city.clock.advance(TimeDelta::microseconds(1));
        let capture = stage.order(What::Capture { hold_id, amount_cents: 1 });
        assert_eq!(stage.ask(capture).await, Err("ledger.hold_done".into()));
        assert_eq!(release_due(&city.app).await.unwrap(), 1);
        assert_eq!(release_due(&city.app).await.unwrap(), 0);
        assert_eq!(stage.wallet(person).await.available_cents, 1_000);
        // The clock goes back an hour: the ledger's time does not.
        let before = stage.done(stage.pay_of(person, 1)).await.at;
        city.clock.advance(-TimeDelta::hours(1));
        assert_eq!(stage.done(stage.pay_of(person, 1)).await.at, before);
        stage.sound().await;
    }

    async fn money_comes_from_the_bank_and_mistakes_are_reversed_once(city: RewardsCity) {
        let (stage, person) = (Stage::unfunded(&city).await, Ids::random());
        let issue = stage.order(stage.issue_to(person, 100, "2027-01-31"));
        assert_eq!(stage.ask(issue).await, Err("ledger.budget".into()));
        let (budget_id, bank_line_id) = (stage.budget, Ids::random());
        let top_up = What::TopUp { budget_id, amount_cents: 1_000, bank_line_id };
        let arrived = stage.done(top_up.clone()).await;
        assert_eq!((arrived.debit_after_cents, arrived.credit_after_cents), (-1_000, 1_000));
        assert_eq!(stage.ask(stage.order(top_up)).await, Err("ledger.bank_line".into()));

        let lot = stage.issue(person, 400, "2027-01-31").await;
        let reverse = |transfer_id| What::Reverse { transfer_id, reason: "登记错误".into() };
        let short = stage.order(reverse(arrived.transfer_id));
        assert_eq!(stage.ask(short).await, Err("ledger.budget".into()));
        stage.done(reverse(lot)).await;
        assert_eq!((stage.left(lot).await, stage.wallet(person).await.balance_cents), (0, 0));
        assert_eq!(stage.ask(stage.order(reverse(lot))).await, Err("ledger.reversed".into()));
        let paid_out = stage.issue(person, 400, "2027-01-31").await;
        let payment = stage.done(stage.pay_of(person, 1)).await.transfer_id;
        for spent in [paid_out, payment] {
            assert_eq!(stage.ask(stage.order(reverse(spent))).await, Err("ledger.reversed".into()));
        }

        let shift = |from, to, amount_cents, kind| {
            What::Move { from, to, amount_cents, kind, reason: "十一月结算".into(), subject_id: None }
        };
        let (merchant, custody) = (stage.merchant, custody_id(OWN_BOOK));
        stage.done(shift(merchant, custody, 1, MoveKind::Payout)).await;
        let wrong = stage.order(shift(budget_id, merchant, 1, MoveKind::Payout));
        assert_eq!(stage.ask(wrong).await, Err("ledger.account".into()));
        let more = stage.order(shift(merchant, custody, 1, MoveKind::Payout));
        assert_eq!(stage.ask(more).await, Err("ledger.short".into()));
        for amount in [0, -5, i64::MAX] {
            let odd = stage.order(shift(budget_id, custody, amount, MoveKind::Return));
            assert_eq!(stage.ask(odd).await, Err("ledger.amount".into()));
        }
        stage.done(shift(budget_id, custody, 600, MoveKind::Return)).await;
        assert_eq!(stage.balance(custody).await.balance_cents, -399);
        stage.sound().await;
    }

    async fn what_is_left_of_a_wrong_issue_goes_back_once(city: RewardsCity) {
        let (stage, person) = (Stage::open(&city).await, Ids::random());
        let back = |transfer_id| What::TakeBack { transfer_id, reason: "多发了一份".into() };
        let lot = stage.issue(person, 400, "2027-01-31").await;
        let payment = stage.done(stage.pay_of(person, 100)).await.transfer_id;
        let hold_id = stage.done(stage.hold_of(person, 50, 10)).await.transfer_id;
        let before = stage.balance(stage.budget).await.balance_cents;
        // What is spent or held stays, the rest goes back to the budget.
        assert_eq!((stage.done(back(lot)).await.amount_cents, stage.left(lot).await), (250, 50));
        assert_eq!(stage.balance(stage.budget).await.balance_cents, before + 250);
        for again in [back(lot), What::Reverse { transfer_id: lot, reason: "多发了一份".into() }, back(payment)] {
            assert_eq!(stage.ask(stage.order(again)).await, Err("ledger.reversed".into()));
        }
        assert_eq!(stage.ask(stage.order(back(Ids::random()))).await, Err("ledger.account".into()));
        // What comes back of the payment comes back to the lot.
        stage.done(What::Release { hold_id }).await;
        stage.done(stage.refund_of(payment, 30)).await;
        assert_eq!((stage.left(lot).await, stage.wallet(person).await.available_cents), (80, 80));
        let spent = stage.issue(person, 60, "2026-12-31").await;
        stage.done(stage.pay_of(person, 60)).await;
        assert_eq!(stage.ask(stage.order(back(spent))).await, Err("ledger.spent".into()));
        let whole = stage.issue(person, 70, "2027-01-31").await;
        assert_eq!(stage.done(back(whole)).await.amount_cents, 70);
        stage.sound().await;
    }

    async fn a_frozen_account_refuses_and_books_do_not_mix(city: RewardsCity) {
        let (stage, person) = (Stage::open(&city).await, Ids::random());
        stage.issue(person, 1_000, "2027-01-31").await;
        let tx = city.system().begin().await.unwrap();
        freeze(&tx, stage.merchant, "核查异常消费").await.unwrap();
        tx.commit(()).await.unwrap();
        let refused = stage.order(stage.pay_of(person, 10));
        assert_eq!(stage.ask(refused.clone()).await, Err("ledger.frozen".into()));
        let tx = city.system().begin().await.unwrap();
        unfreeze(&tx, stage.merchant).await.unwrap();
        let book = open_book(&tx, "留江过年消费券", "示例市人民政府").await.unwrap();
        let entrusted = rewards::ledger::NewAccount {
            book_id: book,
            ..new_account(AccountKind::Budget, TestCity::CITY, "消费券", Some(0))
        };
        let entrusted = open_account(&tx, entrusted).await.unwrap();
        tx.commit(()).await.unwrap();
        // Refused once is refused for good; a new order is carried out.
        assert_eq!(stage.ask(refused).await, Err("ledger.frozen".into()));
        stage.done(stage.pay_of(person, 10)).await;

        let across = What::Move {
            from: stage.budget,
            to: entrusted,
            amount_cents: 1,
            kind: MoveKind::Allocate,
            reason: "挪用".into(),
            subject_id: None,
        };
        assert_eq!(stage.ask(stage.order(across)).await, Err("ledger.account".into()));
        let what = What::TopUp { budget_id: entrusted, amount_cents: 600, bank_line_id: Ids::random() };
        let funded = Order { book_id: book, ..stage.order(what) };
        assert_eq!(stage.ask(funded).await.unwrap().seq, 1);
        let what = What::Issue {
            budget_id: entrusted,
            person_id: person,
            amount_cents: 5,
            expires_on: day("2027-02-28"),
            reason: "留江过年".into(),
            subject_id: None,
        };
        stage.ask(Order { book_id: book, ..stage.order(what) }).await.unwrap();
        assert_eq!(stage.wallet(person).await.balance_cents, 990);
        assert_eq!(stage.balance(stage.budget).await.balance_cents, FUNDED - 1_000);
        assert_eq!(stage.sound().await.books, 2);
    }
}
