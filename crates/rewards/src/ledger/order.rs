//! What may be asked of the ledger, and what it answers.

use kernel::Id;
use kernel::time::{Day, Time};

/// An order. Its id is made, and kept, by the caller before it is sent for the first time: the same order again is
/// answered as before, the id with other contents is refused as `ledger.key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// 128 bit, made by the caller; of an order that moves money it is the id of the transfer.
    pub id: Id,
    /// The book; money never leaves one.
    pub book_id: Id,
    /// Account of who acts; none for the platform itself.
    pub by: Option<Id>,
    /// What is asked.
    pub what: What,
}

/// What an order asks. Amounts are whole cents, above zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Custody → budget: money that arrived in the bank. A bank line tops up once.
    TopUp {
        /// The budget.
        budget_id: Id,
        /// How much.
        amount_cents: i64,
        /// The line of the bank's statement that it stands on.
        bank_line_id: Id,
    },
    /// Between accounts that have no lots; [`MoveKind`] says between which kinds.
    Move {
        /// The account that gives.
        from: Id,
        /// The account that gets.
        to: Id,
        /// How much.
        amount_cents: i64,
        /// What it is.
        kind: MoveKind,
        /// Why, for the auditors.
        reason: String,
        /// What it belongs to: an approval, a settlement.
        subject_id: Option<Id>,
    },
    /// Budget → wallet: opens the wallet if there is none and makes a lot, whose id is the order's.
    Issue {
        /// The budget; its owner is the issuer of the lot.
        budget_id: Id,
        /// Whose wallet.
        person_id: Id,
        /// How much.
        amount_cents: i64,
        /// Last day on which it can be spent.
        expires_on: Day,
        /// Why, for the member and the auditors.
        reason: String,
        /// The batch or rule.
        subject_id: Option<Id>,
    },
    /// Wallet → merchant (or escrow): spends lots, first-expiring first.
    Pay {
        /// Whose wallet.
        person_id: Id,
        /// Who is paid.
        merchant_account_id: Id,
        /// How much.
        amount_cents: i64,
        /// In which shop.
        shop_id: Option<Id>,
        /// For what.
        reason: String,
        /// What it belongs to: a charge at the counter, an order of the mall.
        subject_id: Option<Id>,
    },
    /// Puts an amount of a wallet aside for somebody until a moment; its lots are set aside with it and do not expire
    /// under it. The id of the hold is the order's.
    Hold {
        /// Whose wallet.
        person_id: Id,
        /// Who gets it when it is captured: merchant or escrow.
        to: Id,
        /// How much.
        amount_cents: i64,
        /// From then on it is released and not captured.
        expires_at: Time,
        /// In which shop.
        shop_id: Option<Id>,
        /// For what.
        reason: String,
        /// What it belongs to.
        subject_id: Option<Id>,
    },
    /// Turns a hold into a payment of at most what is held; the rest is free again. A hold is resolved once.
    Capture {
        /// The hold.
        hold_id: Id,
        /// How much of it.
        amount_cents: i64,
    },
    /// Frees what was held.
    Release {
        /// The hold.
        hold_id: Id,
    },
    /// Part or all of a [`What::Pay`] or [`What::Capture`] goes back to the lots it came from, newest split first.
    Refund {
        /// The transfer that is refunded.
        payment_id: Id,
        /// How much; all refunds of a payment are at most the payment.
        amount_cents: i64,
        /// Why.
        reason: String,
        /// Last day of what goes back to a lot that has expired meanwhile: it becomes a lot of its own.
        grace_until: Day,
    },
    /// What is left of a lot whose last day is before `today`, and not held, goes back to the budget it came from.
    Expire {
        /// The lot.
        lot_id: Id,
        /// The day of whoever sweeps; the ledger's own day must have come, too.
        today: Day,
    },
    /// A correction: the opposite of a top-up, a move or an issue of which nothing was spent; once.
    Reverse {
        /// The transfer that was wrong.
        transfer_id: Id,
        /// Why.
        reason: String,
    },
    /// A correction of an issue: what is left of its lot and not held goes back to its budget, whether some of it was
    /// spent or not; once. The transfer is a reversal that points to the issue, of what came back.
    TakeBack {
        /// The issue that was wrong.
        transfer_id: Id,
        /// Why, for the member and the auditors.
        reason: String,
    },
}

impl What {
    /// Whether it leaves a transfer when it is carried out.
    #[must_use]
    pub fn moves(&self) -> bool {
        !matches!(self, Self::Hold { .. } | Self::Release { .. })
    }
}

/// What a [`What::Move`] is, and between which kinds of account it may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MoveKind {
    /// Budget → budget: money for a level, a year or a purpose.
    Allocate,
    /// Budget → custody: the rest goes back to where it came from.
    Return,
    /// Merchant → custody: a settlement that was paid by the bank.
    Payout,
    /// Custody → merchant: a payment of the bank that came back.
    PayoutBack,
    /// Between merchant, escrow and budget, of which one is an escrow.
    Escrow,
    /// Between an adjustment or expiry account and any other but a wallet: for the differences that two people signed.
    Adjust,
}

impl MoveKind {
    /// As it stands in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allocate => "allocate",
            Self::Return => "return",
            Self::Payout => "payout",
            Self::PayoutBack => "payout_back",
            Self::Escrow => "escrow",
            Self::Adjust => "adjust",
        }
    }
}

/// What became of an order. The same order asked again gets the same answer, but for [`Done::fresh`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The transfer; the hold of a [`What::Hold`] or [`What::Release`].
    pub transfer_id: Id,
    /// What was moved, held or freed.
    pub amount_cents: i64,
    /// Balance of the account that gave; of a hold its balance without what is held.
    pub debit_after_cents: i64,
    /// Balance of the account that got.
    pub credit_after_cents: i64,
    /// Number of the transfer in its book; of a hold that of the transfer before it.
    pub seq: i64,
    /// The ledger's time, which never goes back.
    pub at: Time,
    /// Whether it was carried out now; otherwise it had been before.
    pub fresh: bool,
}

/// What an account is for. Its balance is what came in less what went out; over a book all balances are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccountKind {
    /// The bank account: below zero by what is out.
    Custody,
    /// Money of a union for a year and a purpose.
    Budget,
    /// A member's points.
    Wallet,
    /// What is owed to a merchant.
    Merchant,
    /// What is owed to nobody yet: orders of the mall.
    Escrow,
    /// Where a city keeps what expired, if it does not go back to the budgets.
    Expiry,
    /// Differences that were signed for.
    Adjustment,
}

impl AccountKind {
    /// As it stands in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Custody => "custody",
            Self::Budget => "budget",
            Self::Wallet => "wallet",
            Self::Merchant => "merchant",
            Self::Escrow => "escrow",
            Self::Expiry => "expiry",
            Self::Adjustment => "adjustment",
        }
    }

    /// From the table.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        const ALL: [AccountKind; 7] = [
            AccountKind::Custody,
            AccountKind::Budget,
            AccountKind::Wallet,
            AccountKind::Merchant,
            AccountKind::Escrow,
            AccountKind::Expiry,
            AccountKind::Adjustment,
        ];
        ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// An account to be opened; wallets and the custody of a book are opened by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// The book.
    pub book_id: Id,
    /// What it is for.
    pub kind: AccountKind,
    /// Union of a budget, merchant, person of a wallet.
    pub owner_id: Option<Id>,
    /// Purpose of a budget; empty elsewhere.
    pub purpose: String,
    /// Year of a budget; 0 elsewhere.
    pub fiscal_year: i64,
    /// What its balance never falls below; none for an account that may owe.
    pub floor_cents: Option<i64>,
}

/// What is in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// What came in less what went out.
    pub balance_cents: i64,
    /// What of it is held.
    pub held_cents: i64,
    /// What of it is free. Of a wallet this may include lots whose last day was yesterday.
    pub available_cents: i64,
}
