//! Rows as the engine sees them.

use kernel::Id;
use kernel::error::Refusal;
use kernel::time::{Day, Time};

use crate::ledger::kind::TransferKind;
use crate::ledger::order::{AccountKind, Done};

/// A book: the number of its last transfer, its time, which never goes back, the first day that is not closed, and whether
/// it stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    pub id: Id,
    pub seq: i64,
    pub at: Time,
    pub open_from: Option<Day>,
    pub stopped: bool,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: Id,
    pub book_id: Id,
    pub kind: AccountKind,
    pub owner_id: Option<Id>,
    pub purpose: String,
    pub fiscal_year: i64,
    pub balance_cents: i64,
    pub held_cents: i64,
    pub floor_cents: Option<i64>,
    pub seq: i64,
    pub frozen: bool,
}

impl Account {
    /// One that is opened by the order itself: a wallet, or the custody of a book.
    #[must_use]
    pub fn opened(id: Id, book_id: Id, kind: AccountKind, owner_id: Option<Id>) -> Self {
        let floor_cents = (kind == AccountKind::Wallet).then_some(0);
        let (purpose, fiscal_year) = (String::new(), 0);
        let (balance_cents, held_cents, seq, frozen) = (0, 0, 0, false);
        Self { id, book_id, kind, owner_id, purpose, fiscal_year, balance_cents, held_cents, floor_cents, seq, frozen }
    }

    /// Whether it can give so much and stay above its floor.
    #[must_use]
    pub fn affords(&self, amount_cents: i64) -> bool {
        let Some(floor) = self.floor_cents else { return true };
        let rest = i128::from(self.balance_cents) - i128::from(self.held_cents) - i128::from(amount_cents);
        rest >= i128::from(floor)
    }
}

/// Points of one issue in a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    pub id: Id,
    pub book_id: Id,
    pub account_id: Id,
    pub issuer_id: Id,
    pub budget_id: Id,
    pub transfer_id: Id,
    pub grace_of: Option<Id>,
    pub amount_cents: i64,
    pub left_cents: i64,
    pub held_cents: i64,
    /// Went back to its budget because nobody spent it in time.
    pub expired_cents: i64,
    /// Went back to its budget by the reversal of its issue.
    pub reversed_cents: i64,
    pub expires_on: Day,
    pub seq: i64,
}

impl Lot {
    /// Its place in the order in which lots are spent.
    #[must_use]
    pub fn place(&self) -> (Day, i64, Id) {
        (self.expires_on, self.seq, self.id)
    }

    /// What can be spent of it or held.
    #[must_use]
    pub fn free_cents(&self) -> i64 {
        self.left_cents - self.held_cents
    }
}

/// As much of an open lot as a payment asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spendable {
    pub id: Id,
    pub account_id: Id,
    pub left_cents: i64,
    pub held_cents: i64,
    pub expires_on: Day,
    pub seq: i64,
}

/// Without where it came from.
impl From<Spendable> for Lot {
    fn from(of: Spendable) -> Self {
        let nowhere = Id::nil();
        Self {
            id: of.id,
            book_id: nowhere,
            account_id: of.account_id,
            issuer_id: nowhere,
            budget_id: nowhere,
            transfer_id: nowhere,
            grace_of: None,
            amount_cents: of.left_cents,
            left_cents: of.left_cents,
            held_cents: of.held_cents,
            expired_cents: 0,
            reversed_cents: 0,
            expires_on: of.expires_on,
            seq: of.seq,
        }
    }
}

/// What became of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldState {
    Held,
    Captured,
    Released,
}

impl HoldState {
    /// As it stands in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Captured => "captured",
            Self::Released => "released",
        }
    }

    /// From the table.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Held, Self::Captured, Self::Released].into_iter().find(|state| state.as_str() == text)
    }
}

/// An amount put aside, and of which lots, in the order in which they are spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub id: Id,
    pub book_id: Id,
    pub account_id: Id,
    pub to_id: Id,
    pub amount_cents: i64,
    pub state: HoldState,
    pub captured_cents: i64,
    pub expires_at: Time,
    pub shop_id: Option<Id>,
    pub reason: String,
    pub subject_id: Option<Id>,
    pub actor_id: Option<Id>,
    pub held_at: Time,
    pub resolved_at: Option<Time>,
    pub resolved_by: Option<Id>,
    pub pins: Vec<(Id, i64)>,
}

/// A transfer that an order refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    pub book_id: Id,
    pub kind: TransferKind,
    pub debit_id: Id,
    pub credit_id: Id,
    pub amount_cents: i64,
    pub subject_id: Option<Id>,
    pub shop_id: Option<Id>,
    /// What it took from which lots, in the order in which they were spent.
    pub uses: Vec<(Id, i64)>,
    pub refunded_cents: i64,
    pub reversed: bool,
}

/// A transfer about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub id: Id,
    pub fingerprint: [u8; 32],
    pub book_id: Id,
    pub seq: i64,
    pub kind: TransferKind,
    pub debit_id: Id,
    pub credit_id: Id,
    pub amount_cents: i64,
    pub debit_after_cents: i64,
    pub credit_after_cents: i64,
    pub reason: String,
    pub subject_id: Option<Id>,
    pub shop_id: Option<Id>,
    pub actor_id: Option<Id>,
    pub reverses_id: Option<Id>,
    pub hold_id: Option<Id>,
    pub bank_line_id: Option<Id>,
    /// The union whose budget gives or gets, for the place of the event.
    pub node_id: Option<Id>,
    pub at: Time,
}

/// What a transfer did to a lot: less than zero is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    pub transfer_id: Id,
    pub lot_id: Id,
    pub amount_cents: i64,
}

/// The answer to an order that left no transfer: a refusal, a hold or a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burnt {
    pub id: Id,
    pub fingerprint: [u8; 32],
    pub at: Time,
    pub answer: Result<Done, Refusal>,
}

/// An order that was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub fingerprint: [u8; 32],
    pub answer: Result<Done, Refusal>,
}
