//! Over several books the set-wise ledger and the plain one say the same: all parts of an order, or none.

use kernel::Id;
use kernel::combine::Outcome;
use kernel::testing::{Fixture, long, seeds};
use kernel::time::Day;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rewards::ledger::{
    AccountKind, GiveBack, Joint, NewAccount, OWN_BOOK, Order, Part, Spend, What, account_id, apply_joint, freeze,
    open_account, part_id, plain, unfreeze, wallet_id,
};
use rewards::testing::RewardsCity;

use super::same::{agree, through_both};
use super::stage::{day, is_open};

const BOOKS: [Id; 3] = [OWN_BOOK, Id::from_u128((0x0191 << 112) | 2), Id::from_u128((0x0191 << 112) | 3)];
const OWNER: Id = Id::from_u128(1);
const PERSONS: u128 = 3;

/// Batches of a seed.
fn batches() -> usize {
    if long() { 200 } else { 25 }
}

fn account(book_id: Id, kind: AccountKind) -> NewAccount {
    let budget = kind == AccountKind::Budget;
    let (purpose, fiscal_year) = if budget { ("文体活动".to_owned(), 2026) } else { (String::new(), 0) };
    NewAccount { book_id, kind, owner_id: Some(OWNER), purpose, fiscal_year, floor_cents: budget.then_some(0) }
}

fn id_of(book_id: Id, kind: AccountKind) -> Id {
    let new = account(book_id, kind);
    account_id(book_id, kind, new.owner_id, &new.purpose, new.fiscal_year)
}

struct World {
    rng: StdRng,
    /// What was paid: its books and transfers.
    paid: Vec<Vec<(Id, Id)>>,
    last: Id,
}

impl World {
    async fn open(seed: u64, cities: [&RewardsCity; 2]) -> Self {
        for city in cities {
            let tx = city.system().begin_bulk().await.unwrap();
            for (number, book) in BOOKS.into_iter().enumerate().skip(1) {
                let sql = "INSERT INTO ledger_book (id, kind, name, funder, seq, at)
                    VALUES ($1, 'entrusted', $2, '示例局', 0, $3)";
                let values = [book.into(), format!("示例专项{number}").into(), tx.now().into()];
                tx.execute_sql(sql, values).await.unwrap();
            }
            for book in BOOKS {
                open_account(&tx, account(book, AccountKind::Budget)).await.unwrap();
                open_account(&tx, account(book, AccountKind::Merchant)).await.unwrap();
            }
            tx.commit(()).await.unwrap();
        }
        let mut world = Self { rng: StdRng::seed_from_u64(seed), paid: Vec::new(), last: Id::nil() };
        world.last = world.id();
        let top_ups = BOOKS.map(|book| {
            let (budget_id, bank_line_id) = (id_of(book, AccountKind::Budget), world.id());
            let what = What::TopUp { budget_id, amount_cents: 1_000_000, bank_line_id };
            Order { id: world.id(), book_id: book, by: None, what }
        });
        assert_eq!(through_both(&top_ups, cities[0], cities[1]).await.unwrap(), 3);
        world
    }

    fn id(&mut self) -> Id {
        let number: u128 = self.rng.random();
        Id::from_u128(number & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62))
    }

    fn person(&mut self) -> Id {
        Id::from_u128((0x0190 << 112) | self.rng.random_range(1_000..1_000 + PERSONS))
    }

    /// Points of some book; ends often lie on one day.
    fn issue(&mut self, today: Day) -> Order {
        let book_id = BOOKS[self.rng.random_range(0..BOOKS.len())];
        let what = What::Issue {
            budget_id: id_of(book_id, AccountKind::Budget),
            person_id: self.person(),
            amount_cents: self.rng.random_range(1..90),
            expires_on: today + chrono::Days::new(self.rng.random_range(0..6) * 5),
            reason: "示例".to_owned(),
            subject_id: None,
        };
        Order { id: self.id(), book_id, by: None, what }
    }

    fn joint(&mut self) -> Joint {
        // Now and then the same id again: it is nobody's any more.
        let id = if self.rng.random_bool(0.05) { self.last } else { self.id() };
        self.last = id;
        if !self.paid.is_empty() && self.rng.random_bool(0.35) {
            let of = self.paid[self.rng.random_range(0..self.paid.len())].clone();
            let (amount_cents, reason) = (self.rng.random_range(0..90), "退货".to_owned());
            return Joint::GiveBack(GiveBack { id, by: None, of, amount_cents, reason, grace_until: day("2027-01-31") });
        }
        let many = self.rng.random_range(1..=BOOKS.len());
        Joint::Spend(Spend {
            id,
            by: None,
            person_id: self.person(),
            to: BOOKS[..many].iter().map(|book| (*book, id_of(*book, AccountKind::Merchant))).collect(),
            amount_cents: if self.rng.random_bool(0.03) { -5 } else { self.rng.random_range(1..110) },
            shop_id: Some(Id::from_u128(7)),
            reason: "午餐".to_owned(),
            subject_id: Some(id),
        })
    }

    /// Something stands still for a batch.
    async fn stop(&mut self, cities: [&RewardsCity; 2], frozen: Option<Id>) -> Option<Id> {
        let book = BOOKS[self.rng.random_range(0..BOOKS.len())];
        let wallet = wallet_id(book, self.person());
        let opened = is_open(cities[0], wallet).await;
        let next = match self.rng.random_range(0..8) {
            0 => Some(id_of(book, AccountKind::Merchant)),
            1 if opened => Some(wallet),
            _ => None,
        };
        for city in cities {
            let tx = city.system().begin_bulk().await.unwrap();
            if let Some(account) = frozen {
                unfreeze(&tx, account).await.unwrap();
            }
            if let Some(account) = next {
                freeze(&tx, account, "核查").await.unwrap();
            }
            tx.commit(()).await.unwrap();
        }
        next
    }
}

/// Both answers, which must be one.
async fn jointly(batch: &[Joint], [fast, slow]: [&RewardsCity; 2]) -> Vec<Outcome<Vec<Part>>> {
    let tx = fast.system().begin_bulk().await.unwrap();
    let answers = apply_joint(&tx, batch).await.unwrap();
    tx.commit(()).await.unwrap();
    let tx = slow.system().begin_bulk().await.unwrap();
    for (joint, answer) in batch.iter().zip(&answers) {
        let plain = plain::carry_out_joint(&tx, joint).await.unwrap();
        assert_eq!(answer, &plain, "{joint:?}");
    }
    tx.commit(()).await.unwrap();
    answers
}

kernel::both_engines! {
    async fn all_parts_or_none(city: RewardsCity) {
        for seed in seeds() {
            let slow = RewardsCity::on(city.database().engine()).await;
            let fast = RewardsCity::on(city.database().engine()).await;
            compare(seed, [&fast, &slow]).await;
        }
    }
}

async fn compare(seed: u64, cities: [&RewardsCity; 2]) {
    let mut world = World::open(seed, cities).await;
    let (mut split, mut gone_back, mut refused, mut frozen) = (0, 0, 0, None);
    for _ in 0..batches() {
        let issues: Vec<Order> = (0..6).map(|_| world.issue(cities[0].clock.today())).collect();
        through_both(&issues, cities[0], cities[1]).await.unwrap_or_else(|odd| panic!("seed {seed}: {odd}"));
        let many = world.rng.random_range(1..12);
        let batch: Vec<Joint> = (0..many).map(|_| world.joint()).collect();
        for (joint, answer) in batch.iter().zip(jointly(&batch, cities).await) {
            let Ok(parts) = answer else {
                refused += 1;
                continue;
            };
            let sum: i64 = parts.iter().map(|part| part.done.amount_cents).sum();
            match joint {
                Joint::Spend(spend) => {
                    assert_eq!(sum, spend.amount_cents, "seed {seed}: {joint:?}");
                    assert_eq!(parts[0].done.transfer_id, spend.id);
                    let others = parts[1..].iter();
                    assert!(others.clone().all(|part| part.done.transfer_id == part_id(spend.id, part.book_id)));
                    split += usize::from(parts.len() > 1);
                    world.paid.push(parts.iter().map(|part| (part.book_id, part.done.transfer_id)).collect());
                }
                Joint::GiveBack(back) => {
                    assert_eq!(sum, back.amount_cents, "seed {seed}: {joint:?}");
                    gone_back += usize::from(parts.len() > 1);
                }
            }
        }
        frozen = world.stop(cities, frozen).await;
        let by = chrono::TimeDelta::hours(world.rng.random_range(0..60));
        for city in cities {
            city.clock.advance(by);
        }
    }
    assert!(split > 3 && gone_back > 0 && refused > 3, "seed {seed}: {split} split, {gone_back} back, {refused} refused");
    agree(seed, cities[0], cities[1]).await;
}
