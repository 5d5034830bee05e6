//! The breaker: a book whose figures do not agree stands still, until two people open it again on a sound proof.

/// A stopped book takes no transfer: the trigger that guards closed months and shut days looks at it as well, so that it costs one look-up as
/// before. A stop is never deleted, and once the book is open again never changed; who asked does not open: a CHECK.
pub const BREAKER: &str = r"
ALTER TABLE ledger_book ADD COLUMN stopped_at {time}
;;
ALTER TABLE ledger_book ADD COLUMN stopped_reason text
;;
-- @sqlite
DROP TRIGGER transfer_in_open_day
;;
-- @sqlite
CREATE TRIGGER transfer_in_open_book BEFORE INSERT ON transfer
WHEN EXISTS (SELECT 1 FROM ledger_book b WHERE b.id = NEW.book_id
  AND (b.stopped_at IS NOT NULL OR NEW.day < b.open_from OR NEW.day <= b.shut_through))
BEGIN SELECT RAISE(ABORT, 'nothing comes into a stopped book, a closed month or a shut day'); END
;;
-- @postgres
CREATE OR REPLACE FUNCTION transfer_in_open_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT 1 FROM fresh f JOIN ledger_book b ON b.id = f.book_id
    WHERE b.stopped_at IS NOT NULL OR f.day < b.open_from OR f.day <= b.shut_through)
  THEN RAISE EXCEPTION 'nothing comes into a stopped book, a closed month or a shut day'; END IF;
  RETURN NULL;
END $$
;;
CREATE TABLE ledger_stop (
  id {uuid} PRIMARY KEY,
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  stopped_at {time} NOT NULL,
  faulty bigint NOT NULL CHECK (faulty > 0),
  found {json} NOT NULL,
  asked_by {uuid},
  asked_at {time},
  asked_reason text CHECK (length(asked_reason) BETWEEN 2 AND 200),
  proven_at {time},
  proof_rows bigint,
  proof_faulty bigint CHECK (proof_faulty >= 0),
  proof_found {json},
  reopened_by {uuid},
  reopened_at {time},
  version bigint NOT NULL CHECK (version > 0),
  CHECK ((asked_at IS NULL) = (asked_by IS NULL)),
  CHECK ((asked_at IS NULL) = (asked_reason IS NULL)),
  CHECK (proven_at IS NULL OR asked_at IS NOT NULL),
  CHECK ((proven_at IS NULL) = (proof_rows IS NULL)),
  CHECK ((proven_at IS NULL) = (proof_faulty IS NULL)),
  CHECK ((proven_at IS NULL) = (proof_found IS NULL)),
  CHECK ((reopened_at IS NULL) = (reopened_by IS NULL)),
  CHECK (reopened_at IS NULL OR (proven_at IS NOT NULL AND proof_faulty = 0 AND reopened_by <> asked_by))
)
;;
CREATE UNIQUE INDEX ledger_stop_one_open ON ledger_stop (book_id) WHERE reopened_at IS NULL
;;
-- @sqlite
CREATE TRIGGER ledger_stop_frozen BEFORE UPDATE ON ledger_stop WHEN OLD.reopened_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a stop that is over is never changed'); END
;;
-- @sqlite
CREATE TRIGGER ledger_stop_kept BEFORE DELETE ON ledger_stop
BEGIN SELECT RAISE(ABORT, 'stops are never deleted'); END
;;
-- @postgres
CREATE TRIGGER ledger_stop_frozen BEFORE UPDATE ON ledger_stop FOR EACH ROW WHEN (OLD.reopened_at IS NOT NULL)
  EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER ledger_stop_kept BEFORE DELETE ON ledger_stop FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- How far the auditor has come.
CREATE TABLE ledger_watch (
  id bigint PRIMARY KEY CHECK (id = 1),
  number bigint NOT NULL CHECK (number >= 0),
  looked_at {time} NOT NULL,
  places {json} NOT NULL
)
;;
INSERT INTO ledger_watch (id, number, looked_at, places) VALUES (1, 0, '1970-01-01T00:00:00+00:00', '{}')
";
