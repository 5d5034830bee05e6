//! What went back of a lot stands in the lot, and no index finds the uses of a lot any more.

/// A payment wrote a random page of the index; what was read by it is read from the lot, or over the transfers of the
/// wallet. The sums change when a lot expires or its issue is reversed, and by no payment. Of lots that are there they are
/// added up once, in one pass over the transfers: `CROSS JOIN` lets SQLite begin with them.
pub const LOT_BACK: &str = r"
-- Went back to the budget because nobody spent it in time.
ALTER TABLE lot ADD COLUMN expired_cents bigint NOT NULL DEFAULT 0 CHECK (expired_cents >= 0)
;;
-- Went back to the budget by the reversal of the issue.
ALTER TABLE lot ADD COLUMN reversed_cents bigint NOT NULL DEFAULT 0 CHECK (reversed_cents >= 0)
;;
UPDATE lot SET expired_cents = back.expired, reversed_cents = back.reversed FROM (
  SELECT u.lot_id,
    CAST(SUM(CASE WHEN t.kind = 'expire' THEN ABS(u.amount_cents) ELSE 0 END) AS bigint) AS expired,
    CAST(SUM(CASE WHEN t.kind = 'reverse' THEN ABS(u.amount_cents) ELSE 0 END) AS bigint) AS reversed
  FROM transfer t CROSS JOIN lot_use u
  WHERE t.kind IN ('expire', 'reverse') AND u.transfer_id = t.id GROUP BY u.lot_id
) AS back WHERE back.lot_id = lot.id
;;
DROP INDEX lot_use_by_lot
";
