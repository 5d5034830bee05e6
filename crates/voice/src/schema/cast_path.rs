//! Rows of the hot path without a look-up each.

/// Whoever casts has locked the poll in the same transaction, and a poll is never deleted: its row is there. `PostgreSQL`
/// would look for it once more for each ballot, and lock it once more.
pub const CAST_PATH: &str = r"
-- @postgres
ALTER TABLE spent DROP CONSTRAINT spent_poll_id_fkey
;;
-- @postgres
ALTER TABLE ballot_queue DROP CONSTRAINT ballot_queue_poll_id_fkey
";
