//! Random orders about a small world, the same for the same seed: most make sense, some do not.

use kernel::Id;
use kernel::time::Time;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rewards::ledger::{AccountKind, MoveKind, NewAccount, OWN_BOOK, Order, What, account_id, custody_id, open_account};
use rewards::testing::RewardsCity;

use super::stage::{day, new_account};

const PERSONS: u128 = 6;
/// The first of the accounts.
const BUDGETS: usize = 3;

pub struct World {
    pub rng: StdRng,
    accounts: Vec<Id>,
    persons: Vec<Id>,
    /// Everything that was asked, in its order.
    asked: Vec<Order>,
}

fn plan() -> Vec<NewAccount> {
    let owner = Id::from_u128;
    let mut plan: Vec<NewAccount> =
        (1..=3).map(|n| new_account(AccountKind::Budget, owner(n), "文体活动", Some(0))).collect();
    plan.extend((11..=12).map(|n| new_account(AccountKind::Merchant, owner(n), "", Some(0))));
    plan.push(new_account(AccountKind::Merchant, owner(13), "", None));
    plan.push(new_account(AccountKind::Escrow, owner(14), "", Some(0)));
    plan.push(new_account(AccountKind::Adjustment, owner(15), "", None));
    plan
}

impl World {
    /// The same world in every city that is given to it.
    pub async fn open(seed: u64, cities: &[&RewardsCity]) -> Self {
        let id = |new: &NewAccount| account_id(new.book_id, new.kind, new.owner_id, &new.purpose, new.fiscal_year);
        for city in cities {
            let tx = city.system().begin_bulk().await.unwrap();
            for new in plan() {
                open_account(&tx, new).await.unwrap();
            }
            tx.commit(()).await.unwrap();
        }
        let accounts = plan().iter().map(id).collect();
        let persons = (0..PERSONS).map(|n| Id::from_u128((0x0190 << 112) | (1_000 + n))).collect();
        Self { rng: StdRng::seed_from_u64(seed), accounts, persons, asked: Vec::new() }
    }

    fn id(&mut self) -> Id {
        let number: u128 = self.rng.random();
        // As a caller makes them: of the version that tells nothing.
        Id::from_u128(number & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62))
    }

    fn one_of(&mut self, from: &[Id]) -> Id {
        from[self.rng.random_range(0..from.len())]
    }

    fn budget(&mut self) -> Id {
        let at = self.rng.random_range(0..BUDGETS);
        self.accounts[at]
    }

    fn taker(&mut self) -> Id {
        let at = if self.rng.random_bool(0.03) { 0 } else { self.rng.random_range(3..7) };
        self.accounts[at]
    }

    /// Some account that was opened at the beginning.
    pub fn taker_or_budget(&mut self) -> Id {
        let all = self.accounts.clone();
        self.one_of(&all)
    }

    fn person(&mut self) -> Id {
        let persons = self.persons.clone();
        self.one_of(&persons)
    }

    fn cents(&mut self) -> i64 {
        match self.rng.random_range(0..60) {
            0 => 0,
            1 => -7,
            2 => i64::MAX,
            3..10 => self.rng.random_range(100..500),
            _ => self.rng.random_range(1..60),
        }
    }

    /// The id of an order that was asked before, mostly one of the last, and of some kind if there is one.
    fn earlier(&mut self, fits: impl Fn(&What) -> bool) -> Id {
        let fitting: Vec<Id> =
            self.asked.iter().rev().filter(|order| fits(&order.what)).map(|order| order.id).collect();
        match fitting.len() {
            0 => self.id(),
            many => fitting[self.rng.random_range(0..many.min(12))],
        }
    }

    /// The next order.
    pub fn next(&mut self, now: Time) -> Order {
        let roll = self.rng.random_range(0..100);
        if roll >= 96 && !self.asked.is_empty() {
            let again = self.rng.random_range(0..self.asked.len().min(40));
            let mut order = self.asked[self.asked.len() - 1 - again].clone();
            if roll >= 98 {
                order.what = self.what(50, now);
            }
            return order;
        }
        let what = self.what(roll, now);
        // Every budget has money at first, whatever the seed: without it nothing makes sense for long.
        let what = self.accounts.get(self.asked.len()).filter(|_| self.asked.len() < BUDGETS).map_or(what, |budget| {
            let bank_line_id = Id::from_u128(2_000 + self.asked.len() as u128);
            What::TopUp { budget_id: *budget, amount_cents: 1_000, bank_line_id }
        });
        let by = self.rng.random_bool(0.5).then_some(Id::from_u128(5));
        let order = Order { id: self.id(), book_id: OWN_BOOK, by, what };
        self.asked.push(order.clone());
        order
    }

    fn what(&mut self, roll: u32, now: Time) -> What {
        let amount_cents = self.cents();
        let subject_id = self.rng.random_bool(0.3).then_some(Id::from_u128(6));
        let reason = "示例".to_owned();
        match roll {
            0..6 => What::TopUp {
                budget_id: self.budget(),
                amount_cents: amount_cents.saturating_mul(10),
                bank_line_id: Id::from_u128(self.rng.random_range(0..2_000)),
            },
            6..12 => self.shift(amount_cents, reason, subject_id),
            12..30 => {
                let until = day("2026-11-22") + chrono::Days::new(self.rng.random_range(0..40));
                let (budget_id, person_id) = (self.budget(), self.person());
                What::Issue { budget_id, person_id, amount_cents, expires_on: until, reason, subject_id }
            }
            30..56 => {
                let (person_id, merchant_account_id) = (self.person(), self.taker());
                let shop_id = self.rng.random_bool(0.5).then_some(Id::from_u128(7));
                What::Pay { person_id, merchant_account_id, amount_cents, shop_id, reason, subject_id }
            }
            56..66 => {
                let expires_at = now + chrono::TimeDelta::minutes(self.rng.random_range(-5..3_000));
                let (person_id, to) = (self.person(), self.taker());
                let shop_id = self.rng.random_bool(0.5).then_some(Id::from_u128(7));
                What::Hold { person_id, to, amount_cents, expires_at, shop_id, reason, subject_id }
            }
            66..74 => What::Capture { hold_id: self.earlier(|what| matches!(what, What::Hold { .. })), amount_cents },
            74..78 => What::Release { hold_id: self.earlier(|what| matches!(what, What::Hold { .. })) },
            78..87 => {
                let paid = |what: &What| matches!(what, What::Pay { .. } | What::Capture { .. });
                let payment_id = self.earlier(paid);
                What::Refund { payment_id, amount_cents, reason, grace_until: day("2027-01-31") }
            }
            87..91 => {
                let lot_id = self.earlier(|what| matches!(what, What::Issue { .. }));
                What::Expire { lot_id, today: kernel::calendar::china_day(now) }
            }
            91..94 => What::TakeBack { transfer_id: self.earlier(|what| matches!(what, What::Issue { .. })), reason },
            _ => What::Reverse { transfer_id: self.earlier(|what| !matches!(what, What::Pay { .. })), reason },
        }
    }

    fn shift(&mut self, amount_cents: i64, reason: String, subject_id: Option<Id>) -> What {
        const KINDS: [MoveKind; 6] = [
            MoveKind::Allocate,
            MoveKind::Return,
            MoveKind::Payout,
            MoveKind::PayoutBack,
            MoveKind::Escrow,
            MoveKind::Adjust,
        ];
        let kind = KINDS[self.rng.random_range(0..KINDS.len())];
        let custody = custody_id(OWN_BOOK);
        let (merchant, any) = (self.accounts[self.rng.random_range(3..6)], self.accounts.clone());
        let (from, to) = match kind {
            MoveKind::Allocate => (self.budget(), self.budget()),
            MoveKind::Return => (self.budget(), custody),
            MoveKind::Payout => (merchant, custody),
            MoveKind::PayoutBack => (custody, merchant),
            MoveKind::Escrow => (self.accounts[6], merchant),
            MoveKind::Adjust => (self.one_of(&any), self.one_of(&any)),
        };
        What::Move { from, to, amount_cents, kind, reason, subject_id }
    }
}
