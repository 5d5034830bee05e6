//! Days of a book that are over, each under one root.

/// A day is shut before it is sealed: from then on nothing is dated into it (triggers, of `PostgreSQL` once a statement),
/// and a book's last shut day only moves forward. What was sealed is never changed, and a day that is not shut cannot be
/// sealed: triggers.
pub const DAY: &str = r"
-- The last day into which nothing is dated any more.
ALTER TABLE ledger_book ADD COLUMN shut_through {day}
;;
-- So many transfers of a day, in the order of their numbers: what must be read to prove one of a large day.
CREATE TABLE ledger_day_block (
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  day {day} NOT NULL,
  number bigint NOT NULL CHECK (number >= 0),
  transfers bigint NOT NULL CHECK (transfers BETWEEN 1 AND 1024),
  root {bytes} NOT NULL CHECK (length(root) = 32),
  PRIMARY KEY (book_id, day, number)
)
;;
CREATE TABLE ledger_day (
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  day {day} NOT NULL,
  first_seq bigint NOT NULL CHECK (first_seq >= 1),
  transfers bigint NOT NULL CHECK (transfers >= 0),
  root {bytes} NOT NULL CHECK (length(root) = 32),
  signature {bytes} NOT NULL CHECK (length(signature) = 64),
  public_key {bytes} NOT NULL CHECK (length(public_key) = 65),
  event_id {uuid} NOT NULL,
  sealed_at {time} NOT NULL,
  PRIMARY KEY (book_id, day)
)
;;
CREATE INDEX ledger_day_newest ON ledger_day (day, book_id)
;;
-- @sqlite
CREATE TRIGGER ledger_book_shuts_forward BEFORE UPDATE OF shut_through ON ledger_book
WHEN OLD.shut_through IS NOT NULL AND (NEW.shut_through IS NULL OR NEW.shut_through < OLD.shut_through)
BEGIN SELECT RAISE(ABORT, 'a day that is shut is never opened again'); END
;;
-- @postgres
CREATE TRIGGER ledger_book_shuts_forward BEFORE UPDATE OF shut_through ON ledger_book FOR EACH ROW
  WHEN (OLD.shut_through IS NOT NULL AND (NEW.shut_through IS NULL OR NEW.shut_through < OLD.shut_through))
  EXECUTE FUNCTION never_changed()
;;
-- @sqlite
-- One look at the book for both: what keeps out of closed months keeps out of shut days.
DROP TRIGGER transfer_in_open_month
;;
-- @sqlite
CREATE TRIGGER transfer_in_open_day BEFORE INSERT ON transfer
WHEN EXISTS (SELECT 1 FROM ledger_book b WHERE b.id = NEW.book_id
  AND (NEW.day < b.open_from OR NEW.day <= b.shut_through))
BEGIN SELECT RAISE(ABORT, 'nothing is dated into a closed month or a shut day'); END
;;
-- @postgres
CREATE OR REPLACE FUNCTION transfer_in_open_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT 1 FROM fresh f JOIN ledger_book b ON b.id = f.book_id
    WHERE f.day < b.open_from OR f.day <= b.shut_through)
  THEN RAISE EXCEPTION 'nothing is dated into a closed month or a shut day'; END IF;
  RETURN NULL;
END $$
;;
-- @sqlite
CREATE TRIGGER ledger_day_shut_before BEFORE INSERT ON ledger_day
WHEN NOT EXISTS (SELECT 1 FROM ledger_book b WHERE b.id = NEW.book_id AND b.shut_through >= NEW.day)
BEGIN SELECT RAISE(ABORT, 'a day is shut before it is sealed'); END
;;
-- @sqlite
CREATE TRIGGER ledger_day_frozen BEFORE UPDATE ON ledger_day
BEGIN SELECT RAISE(ABORT, 'a day that is sealed is never changed'); END
;;
-- @sqlite
CREATE TRIGGER ledger_day_kept BEFORE DELETE ON ledger_day
BEGIN SELECT RAISE(ABORT, 'a day that is sealed is never deleted'); END
;;
-- @sqlite
CREATE TRIGGER ledger_day_block_frozen BEFORE UPDATE ON ledger_day_block
BEGIN SELECT RAISE(ABORT, 'blocks of a day are never changed'); END
;;
-- @sqlite
CREATE TRIGGER ledger_day_block_kept BEFORE DELETE ON ledger_day_block
BEGIN SELECT RAISE(ABORT, 'blocks of a day are never deleted'); END
;;
-- @postgres
CREATE FUNCTION ledger_day_shut_before() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM ledger_book b WHERE b.id = NEW.book_id AND b.shut_through >= NEW.day)
  THEN RAISE EXCEPTION 'a day is shut before it is sealed'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER ledger_day_shut_before BEFORE INSERT ON ledger_day FOR EACH ROW EXECUTE FUNCTION ledger_day_shut_before()
;;
-- @postgres
CREATE TRIGGER ledger_day_frozen BEFORE UPDATE OR DELETE ON ledger_day FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER ledger_day_block_frozen BEFORE UPDATE OR DELETE ON ledger_day_block FOR EACH ROW
  EXECUTE FUNCTION never_changed()
";
