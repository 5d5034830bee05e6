//! Columns that rows of the ledger are written with; the bench writes the same ones bare.

/// Columns of a transfer, in the order in which rows are written.
pub const TRANSFER: [&str; 20] = [
    "id",
    "fingerprint",
    "book_id",
    "seq",
    "kind",
    "debit_id",
    "credit_id",
    "amount_cents",
    "debit_after_cents",
    "credit_after_cents",
    "reason",
    "subject_id",
    "shop_id",
    "actor_id",
    "reverses_id",
    "hold_id",
    "bank_line_id",
    "event_id",
    "at",
    "day",
];

/// Columns of an account.
pub const ACCOUNT: [&str; 10] = [
    "id",
    "book_id",
    "kind",
    "owner_id",
    "purpose",
    "fiscal_year",
    "balance_cents",
    "held_cents",
    "floor_cents",
    "seq",
];

/// Columns of a lot.
pub const LOT: [&str; 15] = [
    "id",
    "book_id",
    "account_id",
    "issuer_id",
    "budget_id",
    "transfer_id",
    "grace_of",
    "amount_cents",
    "left_cents",
    "held_cents",
    "expired_cents",
    "reversed_cents",
    "is_open",
    "expires_on",
    "seq",
];
