//! What a batch needs to know, read once, behind the gate.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::TimeDelta;
use kernel::db::{InOrder, rows_of_keys};
use kernel::time::{Day, Time};
use kernel::{Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, FromQueryResult};

use super::Act;
use super::books::{self, Books};
use crate::counter::parameters::{self, GRACE_DAYS, REFUND_DAYS, REVERSE_MINUTES};
use crate::counter::rules::{Limits, Spent, day_id, use_id};
use crate::counter::{entity, refund_entity as refund, step_entity as step};
use crate::dispute;

/// Whose day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Owner {
    /// A member's.
    Person(Id),
    /// A shop's.
    Shop(Id),
}

impl Owner {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Shop(_) => "shop",
        }
    }

    pub(super) fn id(self) -> Id {
        match self {
            Self::Person(id) | Self::Shop(id) => id,
        }
    }

    pub(super) fn row(self, day: Day) -> Id {
        day_id(self.kind(), self.id(), day)
    }
}

/// Rows with a mark of those that are to be written.
pub(super) struct Kept<T> {
    pub(super) rows: HashMap<Id, T>,
    pub(super) new: Vec<Id>,
    pub(super) changed: BTreeSet<Id>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { rows: HashMap::new(), new: Vec::new(), changed: BTreeSet::new() }
    }
}

/// What lies on the desk while a batch is decided.
pub(super) struct Desk {
    pub(super) now: Time,
    pub(super) today: Day,
    pub(super) limits: Limits,
    pub(super) reverse_minutes: i64,
    pub(super) refund_days: i64,
    pub(super) grace_days: i64,
    /// Up to how much of a payment goes back at any time, since a dispute decided so.
    pub(super) ordered: BTreeMap<Id, i64>,
    pub(super) payments: Kept<entity::Model>,
    pub(super) refunds: Kept<refund::Model>,
    /// By the row of the use: which payment used that code.
    pub(super) uses: HashMap<Id, Id>,
    pub(super) new_uses: Vec<(Id, (Id, i64), Id)>,
    /// Books beside the city's own.
    pub(super) books: Books,
    pub(super) days: HashMap<Owner, Spent>,
    pub(super) changed_days: BTreeSet<Owner>,
    /// The rows of these days.
    pub(super) day_rows: HashMap<Owner, Id>,
    /// Days that stand in the table; nobody else enters one while the gate is held.
    pub(super) stored_days: BTreeSet<Owner>,
    pub(super) steps: Vec<step::Model>,
    pub(super) seq: i64,
}

/// Passes the gate and reads. An act makes at most one step, so as many numbers are taken as there are acts.
pub(super) async fn desk(tx: &Tx, batch: &[Act]) -> Result<Desk> {
    let many = i64::try_from(batch.len()).map_err(Error::internal)?;
    let gate = "UPDATE counter_gate SET seq = seq + $1 WHERE id = 1 RETURNING seq";
    let row = tx.query_one_raw(tx.app().db.statement(gate, [many.into()])).await?;
    let last: i64 = row.ok_or_else(|| Error::internal("the counter has no gate"))?.try_get("", "seq")?;
    let today = tx.today();
    let values = parameters::values(tx, today).await?;
    let mut desk = Desk {
        now: tx.now(),
        today,
        limits: Limits::of(&values)?,
        reverse_minutes: values.get(REVERSE_MINUTES)?,
        refund_days: values.get(REFUND_DAYS)?,
        grace_days: values.get(GRACE_DAYS)?,
        ordered: BTreeMap::new(),
        payments: Kept::default(),
        refunds: Kept::default(),
        uses: HashMap::new(),
        new_uses: Vec::new(),
        books: books::load(tx, batch).await?,
        days: HashMap::new(),
        changed_days: BTreeSet::new(),
        day_rows: HashMap::new(),
        stored_days: BTreeSet::new(),
        steps: Vec::new(),
        seq: last - many,
    };
    read(tx, batch, &mut desk).await?;
    Ok(desk)
}

async fn read(tx: &Tx, batch: &[Act], desk: &mut Desk) -> Result<()> {
    let payments = batch.iter().map(|act| match act {
        Act::Pay(pay) => pay.id,
        Act::Reverse(reverse) => reverse.payment_id,
        Act::Refund(refund) => refund.payment_id,
    });
    let rows = by_id::<entity::Model>(tx, "SELECT * FROM payment WHERE id IN", payments).await?;
    desk.payments.rows = rows.into_iter().map(|row| (row.id, row)).collect();
    let late = batch.iter().filter_map(|act| match act {
        Act::Refund(refund) => desk.payments.rows.get(&refund.payment_id).filter(|row| desk.is_late(row)),
        _ => None,
    });
    let late = distinct(late.map(|row| row.id));
    desk.ordered = dispute::refund::ordered(tx, late).await?;
    let refunds = batch.iter().filter_map(|act| match act {
        Act::Refund(refund) => Some(refund.id),
        _ => None,
    });
    let rows = by_id::<refund::Model>(tx, "SELECT * FROM refund WHERE id IN", refunds).await?;
    desk.refunds.rows = rows.into_iter().map(|row| (row.id, row)).collect();
    let sources = batch.iter().filter_map(|act| match act {
        Act::Pay(pay) => pay.source.map(|(source, step)| use_id(source, step)),
        _ => None,
    });
    for row in of_ids(tx, "SELECT id, payment_id FROM pay_code_use WHERE id IN", sources).await? {
        desk.uses.insert(row.try_get("", "id")?, row.try_get("", "payment_id")?);
    }
    days(tx, batch, desk).await
}

/// Today's days of who pays, of where it is paid, and of those of today's payments that may go back.
async fn days(tx: &Tx, batch: &[Act], desk: &mut Desk) -> Result<()> {
    let mut owners: BTreeSet<Owner> = BTreeSet::new();
    for act in batch {
        if let Act::Pay(pay) = act {
            owners.extend([Owner::Person(pay.person_id), Owner::Shop(pay.shop_id)]);
        }
    }
    for row in desk.payments.rows.values().filter(|row| row.day == desk.today) {
        owners.extend(row.person_id.map(Owner::Person).into_iter().chain(row.shop_id.map(Owner::Shop)));
    }
    desk.day_rows = owners.into_iter().map(|owner| (owner, owner.row(desk.today))).collect();
    let places: HashMap<Id, Owner> = desk.day_rows.iter().map(|(owner, row)| (*row, *owner)).collect();
    let select = "SELECT id, cents, times FROM spend_day WHERE id IN";
    for row in of_ids(tx, select, places.keys().copied()).await? {
        let mut row = InOrder::of(&row);
        if let Some(owner) = places.get(&row.next::<Id>()?) {
            let spent = Spent { cents: row.next()?, times: row.next()? };
            desk.days.insert(*owner, spent);
            desk.stored_days.insert(*owner);
        }
    }
    Ok(())
}

/// Rows by ids, which may come twice.
pub(super) async fn of_ids(tx: &Tx, select: &str, ids: impl Iterator<Item = Id>) -> Result<Vec<sea_orm::QueryResult>> {
    let keys = distinct(ids).into_iter().map(Into::into).collect();
    rows_of_keys(tx, select, keys).await
}

async fn by_id<T: FromQueryResult>(tx: &Tx, select: &str, ids: impl Iterator<Item = Id>) -> Result<Vec<T>> {
    let rows = of_ids(tx, select, ids).await?;
    Ok(rows.iter().map(|row| T::from_query_result(row, "")).collect::<std::result::Result<_, _>>()?)
}

fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> BTreeSet<T> {
    all.collect()
}

impl Desk {
    /// A payment is too old for the shop to refund it by itself.
    pub(super) fn is_late(&self, row: &entity::Model) -> bool {
        row.day + TimeDelta::days(self.refund_days) < self.today
    }

    /// The shop may refund so much of a payment today: it is not too old, or a dispute decided so.
    pub(super) fn may_refund(&self, row: &entity::Model, points_cents: i64) -> bool {
        let until = self.ordered.get(&row.id).copied().unwrap_or_default();
        !self.is_late(row) || (points_cents > 0 && row.points_back_cents.saturating_add(points_cents) <= until)
    }

    /// What somebody has had today.
    pub(super) fn spent(&self, owner: Owner) -> Spent {
        self.days.get(&owner).copied().unwrap_or_default()
    }

    /// Somebody has had this much more today.
    pub(super) fn spend(&mut self, owner: Owner, cents: i64) {
        let spent = self.spent(owner).and(cents);
        self.days.insert(owner, spent);
        self.changed_days.insert(owner);
    }

    /// What goes back on the same day may be paid again; the payment still counts as one.
    pub(super) fn give_back(&mut self, owner: Owner, cents: i64) {
        let spent = self.spent(owner);
        self.days.insert(owner, Spent { cents: (spent.cents - cents).max(0), times: spent.times });
        self.changed_days.insert(owner);
    }

    /// The next number.
    pub(super) fn number(&mut self) -> i64 {
        self.seq += 1;
        self.seq
    }
}
