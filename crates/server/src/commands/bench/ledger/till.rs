//! Members with points and shops that take them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kernel::app::App;
use kernel::id::Ids;
use kernel::time::Day;
use kernel::{Cx, Id};
use rewards::ledger::{AccountKind, NewAccount, OWN_BOOK, Order, What, apply, carry_out, open_account};
use tokio::task::JoinSet;

use super::super::client::failed;
use crate::fault::Fault;

/// What every member has: more than a measurement spends.
const EACH_CENTS: i64 = 50_000_000;
/// Orders of one transaction: on SQLite nobody holds the writer for longer than 20 ms.
pub const CHUNKS: (usize, usize) = (128, 512);

/// A city's counters.
pub struct Till {
    pub app: App,
    pub budget: Id,
    pub merchants: Vec<Id>,
    pub persons: Vec<Id>,
    next: AtomicUsize,
}

pub fn order(what: What) -> Order {
    Order { id: Ids::random(), book_id: OWN_BOOK, by: None, what }
}

/// Orders of one transaction on this engine.
pub fn chunk(app: &App) -> usize {
    if app.db.is_sqlite() { CHUNKS.0 } else { CHUNKS.1 }
}

fn account(kind: AccountKind, owner: Id) -> NewAccount {
    let (purpose, fiscal_year) = match kind {
        AccountKind::Budget => ("测量".to_owned(), 2026),
        _ => (String::new(), 0),
    };
    NewAccount { book_id: OWN_BOOK, kind, owner_id: Some(owner), purpose, fiscal_year, floor_cents: Some(0) }
}

impl Till {
    /// Opens the accounts and gives every member two lots.
    pub async fn open(app: &App, members: usize, merchants: usize) -> Result<Arc<Self>, Fault> {
        let persons: Vec<Id> = (0..members).map(|_| app.ids.next()).collect();
        let till = Self::bare(app, persons, merchants).await?;
        till.give(&till.persons).await?;
        Ok(Arc::new(till))
    }

    /// Gives each of these members two lots.
    pub async fn give(&self, persons: &[Id]) -> Result<(), Fault> {
        for until in [last_day(2998), last_day(2999)] {
            self.all(persons.iter().map(|person| self.issue(*person, EACH_CENTS, until))).await?;
        }
        Ok(())
    }

    /// The same without points.
    pub async fn bare(app: &App, persons: Vec<Id>, merchants: usize) -> Result<Self, Fault> {
        let tx = Cx::system(app).begin_bulk().await?;
        let budget_id = open_account(&tx, account(AccountKind::Budget, app.ids.next())).await?;
        let mut opened = Vec::with_capacity(merchants);
        for _ in 0..merchants {
            opened.push(open_account(&tx, account(AccountKind::Merchant, app.ids.next())).await?);
        }
        let amount_cents = rewards::ledger::engine::MOST_CENTS;
        let funded = order(What::TopUp { budget_id, amount_cents, bank_line_id: Ids::random() });
        for outcome in apply(&tx, &[funded]).await? {
            outcome.map_err(kernel::Error::from)?;
        }
        tx.commit(()).await?;
        let next = AtomicUsize::new(0);
        Ok(Self { app: app.clone(), budget: budget_id, merchants: opened, persons, next })
    }

    /// An order of points for a member.
    pub fn issue(&self, person_id: Id, amount_cents: i64, expires_on: Day) -> Order {
        let (budget_id, reason) = (self.budget, "测量".to_owned());
        let what = What::Issue { budget_id, person_id, amount_cents, expires_on, reason, subject_id: None };
        self.timed(what)
    }

    /// Carries out orders in transactions of [`chunk`].
    pub async fn all(&self, orders: impl Iterator<Item = Order>) -> Result<(), Fault> {
        let (mut orders, size) = (orders, chunk(&self.app));
        loop {
            let some: Vec<Order> = orders.by_ref().take(size).collect();
            if some.is_empty() {
                return Ok(());
            }
            let tx = Cx::system(&self.app).begin_bulk().await?;
            for outcome in apply(&tx, &some).await? {
                outcome.map_err(kernel::Error::from)?;
            }
            tx.commit(()).await?;
        }
    }

    /// The next payment: members in turn, in an order that looks like chance, to one of the first shops.
    pub fn payment(&self, shops: usize) -> Order {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let person_id = self.persons[number.wrapping_mul(2_654_435_761) % self.persons.len()];
        let merchant_account_id = self.merchants[number % shops.clamp(1, self.merchants.len())];
        let (amount_cents, reason) = (1, "午餐".to_owned());
        self.timed(What::Pay { person_id, merchant_account_id, amount_cents, shop_id: None, reason, subject_id: None })
    }

    /// With an id that begins with the time, as the platform's own pages make them.
    fn timed(&self, what: What) -> Order {
        Order { id: self.app.ids.next(), ..order(what) }
    }

    /// Pays once.
    pub async fn pay(&self, shops: usize) -> Result<(), Fault> {
        carry_out(&self.app, self.payment(shops)).await?;
        Ok(())
    }
}

/// Pays from so many callers for a while; answers payments a second.
pub async fn load(till: &Arc<Till>, shops: usize, callers: usize, time: Duration) -> Result<f64, Fault> {
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let till = Arc::clone(till);
        tasks.spawn(async move {
            let mut paid = 0_u32;
            while started.elapsed() < time {
                till.pay(shops).await?;
                paid += 1;
            }
            Ok::<_, Fault>(paid)
        });
    }
    let mut paid = 0;
    while let Some(done) = tasks.join_next().await {
        paid += done.map_err(failed)??;
    }
    Ok(f64::from(paid) / started.elapsed().as_secs_f64())
}

pub fn last_day(year: i32) -> Day {
    Day::from_ymd_opt(year, 12, 31).unwrap_or_default()
}
