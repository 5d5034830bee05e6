//! Indexes as they are asked.

/// A payment's subject is the payment, whose id it has: to find its transfer that way wrote a page more for each, and by
/// shop nobody asked. The first lot of a wallet is found without a look at the others.
pub const INDEXES: &str = r"
DROP INDEX transfer_by_shop
;;
DROP INDEX transfer_by_subject
;;
CREATE INDEX transfer_by_subject ON transfer (subject_id, seq) WHERE kind = 'issue' AND subject_id IS NOT NULL
;;
-- @postgres
DROP INDEX lot_to_spend
;;
-- @postgres
CREATE INDEX lot_to_spend ON lot (account_id, expires_on, seq, id) WHERE is_open
";
