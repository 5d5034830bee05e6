//! Several books at the counter, closed months in the ledger, holds with their shop, money between budgets.

/// What a payment took from entrusted books is never changed: triggers. A book is open from a day on, which only moves
/// forward, and nothing is dated before it: triggers, of `PostgreSQL` once a statement. Money between budgets stays in its
/// book, and is moved once: CHECKs and the transfer's UNIQUE.
pub const BOOKS: &str = r"
-- What a payment took from where; one without rows here took everything from the city's own book.
CREATE TABLE payment_part (
  payment_id {uuid} NOT NULL,
  position bigint NOT NULL CHECK (position >= 1),
  book_id {uuid} NOT NULL,
  transfer_id {uuid} NOT NULL UNIQUE,
  points_cents bigint NOT NULL CHECK (points_cents > 0),
  PRIMARY KEY (payment_id, position),
  UNIQUE (payment_id, book_id)
)
;;
-- @sqlite
CREATE TRIGGER payment_part_frozen BEFORE UPDATE ON payment_part
BEGIN SELECT RAISE(ABORT, 'what a payment took is never changed'); END
;;
-- @sqlite
CREATE TRIGGER payment_part_kept BEFORE DELETE ON payment_part
BEGIN SELECT RAISE(ABORT, 'what a payment took is never deleted'); END
;;
-- @postgres
CREATE TRIGGER payment_part_frozen BEFORE UPDATE OR DELETE ON payment_part FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- The day after the last closed month; every day before it is closed.
ALTER TABLE ledger_book ADD COLUMN open_from {day}
;;
-- @sqlite
UPDATE ledger_book SET open_from =
  (SELECT date(max(m.month) || '-01', '+1 month') FROM points_month m WHERE m.book_id = ledger_book.id)
;;
-- @postgres
UPDATE ledger_book SET open_from = (SELECT (to_date(max(m.month) || '-01', 'YYYY-MM-DD') + interval '1 month')::date
  FROM points_month m WHERE m.book_id = ledger_book.id)
;;
-- @sqlite
CREATE TRIGGER ledger_book_opens_forward BEFORE UPDATE OF open_from ON ledger_book
WHEN OLD.open_from IS NOT NULL AND (NEW.open_from IS NULL OR NEW.open_from < OLD.open_from)
BEGIN SELECT RAISE(ABORT, 'a closed month is never opened again'); END
;;
-- @postgres
CREATE TRIGGER ledger_book_opens_forward BEFORE UPDATE OF open_from ON ledger_book FOR EACH ROW
  WHEN (OLD.open_from IS NOT NULL AND (NEW.open_from IS NULL OR NEW.open_from < OLD.open_from))
  EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER transfer_in_open_month BEFORE INSERT ON transfer
WHEN NEW.day < (SELECT open_from FROM ledger_book WHERE id = NEW.book_id)
BEGIN SELECT RAISE(ABORT, 'nothing is dated into a closed month'); END
;;
-- @postgres
CREATE FUNCTION transfer_in_open_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT 1 FROM fresh f JOIN ledger_book b ON b.id = f.book_id WHERE f.day < b.open_from)
  THEN RAISE EXCEPTION 'nothing is dated into a closed month'; END IF;
  RETURN NULL;
END $$
;;
-- @postgres
CREATE TRIGGER transfer_in_open_month AFTER INSERT ON transfer REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION transfer_in_open_month()
;;
-- In which shop it will be spent.
ALTER TABLE ledger_hold ADD COLUMN shop_id {uuid}
;;
CREATE INDEX lot_by_grace ON lot (grace_of) WHERE grace_of IS NOT NULL
;;
-- Money about to go from one budget to another of its book, promised out of the first meanwhile.
CREATE TABLE points_allocation (
  id {uuid} PRIMARY KEY,
  from_id {uuid} NOT NULL REFERENCES points_budget (account_id),
  to_id {uuid} NOT NULL REFERENCES points_budget (account_id),
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  reason text NOT NULL CHECK (length(reason) BETWEEN 2 AND 200),
  state text NOT NULL CHECK (state IN ('waiting', 'done', 'returned')),
  asked_by {uuid},
  asked_at {time} NOT NULL,
  ended_at {time},
  transfer_id {uuid} UNIQUE,
  CHECK (from_id <> to_id),
  CHECK ((state = 'waiting') = (ended_at IS NULL)),
  CHECK ((state = 'done') = (transfer_id IS NOT NULL))
)
;;
CREATE INDEX points_allocation_by_giver ON points_allocation (from_id, id)
;;
CREATE INDEX points_allocation_by_taker ON points_allocation (to_id, id)
;;
-- @sqlite
CREATE TRIGGER points_allocation_ended BEFORE UPDATE ON points_allocation WHEN OLD.state <> 'waiting'
BEGIN SELECT RAISE(ABORT, 'an allocation that ended is never changed'); END
;;
-- @sqlite
CREATE TRIGGER points_allocation_kept BEFORE DELETE ON points_allocation
BEGIN SELECT RAISE(ABORT, 'allocations are never deleted'); END
;;
-- @postgres
CREATE TRIGGER points_allocation_ended BEFORE UPDATE ON points_allocation FOR EACH ROW WHEN (OLD.state <> 'waiting')
  EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER points_allocation_kept BEFORE DELETE ON points_allocation FOR EACH ROW EXECUTE FUNCTION never_changed()
";
