//! What the bank says beside what came in: what went out of its account, and what was there when a day ended.

/// What the bank said is never changed: triggers. A balance is put right by a new one that names the old one, of the same
/// book and day; a balance has one follower, and a day of a book one balance of a number: unique keys. What was typed counts
/// once another person has looked at it, which is written once: a CHECK and a trigger. Money that went back is paid by
/// one line of the bank, and that line pays it alone and to the fen: keys and a trigger.
pub const BANK: &str = r"
-- Money that went out at the bank.
CREATE TABLE bank_outgoing (
  id {uuid} PRIMARY KEY,
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  number text NOT NULL CHECK (length(number) BETWEEN 4 AND 60),
  day {day} NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  -- Of a fee the bank names nobody.
  payee text NOT NULL CHECK (length(payee) <= 100),
  note text CHECK (length(note) <= 200),
  file_id {uuid} REFERENCES file (id),
  row_number bigint CHECK (row_number > 0),
  entered_by {uuid},
  entered_at {time} NOT NULL,
  CHECK ((file_id IS NULL) = (row_number IS NULL)),
  UNIQUE (book_id, number)
)
;;
CREATE INDEX bank_outgoing_by_day ON bank_outgoing (book_id, day, id)
;;
-- What was at the bank when a day ended.
CREATE TABLE bank_balance (
  id {uuid} PRIMARY KEY,
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  day {day} NOT NULL,
  -- 1 for the first of a day; one that puts it right has the next one.
  number bigint NOT NULL CHECK (number >= 1),
  balance_cents bigint NOT NULL CHECK (balance_cents >= 0),
  replaces_id {uuid} UNIQUE,
  reason text CHECK (length(reason) BETWEEN 2 AND 200),
  file_id {uuid} REFERENCES file (id),
  row_number bigint CHECK (row_number > 0),
  entered_by {uuid},
  entered_at {time} NOT NULL,
  checked_by {uuid},
  checked_at {time},
  CHECK (replaces_id <> id),
  CHECK ((number = 1) = (replaces_id IS NULL)),
  CHECK ((replaces_id IS NULL) = (reason IS NULL)),
  CHECK ((file_id IS NULL) = (row_number IS NULL)),
  -- What a file of the bank says needs nobody to look at it, and puts nothing right by itself.
  CHECK (file_id IS NULL OR (replaces_id IS NULL AND checked_at IS NULL)),
  CHECK ((checked_by IS NULL) = (checked_at IS NULL)),
  CHECK (checked_by <> entered_by),
  UNIQUE (book_id, day, number),
  UNIQUE (id, book_id, day),
  FOREIGN KEY (replaces_id, book_id, day) REFERENCES bank_balance (id, book_id, day)
)
;;
-- A payment to a merchant that came back is money that came in, too.
CREATE INDEX bank_statement_line_returned ON bank_statement_line (cents) WHERE class = 'returned'
;;
-- Which line of the bank paid what went back to whoever had given it.
CREATE TABLE points_funding_paid (
  funding_id {uuid} PRIMARY KEY REFERENCES points_funding (id),
  outgoing_id {uuid} NOT NULL UNIQUE REFERENCES bank_outgoing (id),
  matched_by {uuid},
  matched_at {time} NOT NULL
)
;;
-- @sqlite
CREATE TRIGGER bank_outgoing_frozen BEFORE UPDATE ON bank_outgoing
BEGIN SELECT RAISE(ABORT, 'what the bank said is never changed'); END
;;
-- @sqlite
CREATE TRIGGER bank_outgoing_kept BEFORE DELETE ON bank_outgoing
BEGIN SELECT RAISE(ABORT, 'what the bank said is never deleted'); END
;;
-- @sqlite
CREATE TRIGGER bank_balance_frozen BEFORE UPDATE ON bank_balance
WHEN OLD.checked_at IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.book_id IS NOT OLD.book_id OR NEW.day IS NOT OLD.day OR
  NEW.number IS NOT OLD.number OR NEW.balance_cents IS NOT OLD.balance_cents OR NEW.replaces_id IS NOT OLD.replaces_id OR NEW.reason IS NOT OLD.reason OR
  NEW.file_id IS NOT OLD.file_id OR NEW.row_number IS NOT OLD.row_number OR NEW.entered_by IS NOT OLD.entered_by OR
  NEW.entered_at IS NOT OLD.entered_at
BEGIN SELECT RAISE(ABORT, 'a balance is only looked at, once'); END
;;
-- @sqlite
CREATE TRIGGER bank_balance_kept BEFORE DELETE ON bank_balance
BEGIN SELECT RAISE(ABORT, 'what the bank said is never deleted'); END
;;
-- @sqlite
CREATE TRIGGER points_funding_paid_fits BEFORE INSERT ON points_funding_paid
WHEN NOT EXISTS (SELECT 1 FROM points_funding f JOIN points_budget b ON b.account_id = f.budget_id
    JOIN bank_outgoing o ON o.book_id = b.book_id AND o.amount_cents = f.amount_cents
  WHERE f.id = NEW.funding_id AND o.id = NEW.outgoing_id AND f.kind = 'give_back' AND f.state = 'done')
BEGIN SELECT RAISE(ABORT, 'a line of the bank pays what goes back from its book, to the fen'); END
;;
-- @sqlite
CREATE TRIGGER points_funding_paid_frozen BEFORE UPDATE ON points_funding_paid
BEGIN SELECT RAISE(ABORT, 'what was paid stays paid'); END
;;
-- @sqlite
CREATE TRIGGER points_funding_paid_kept BEFORE DELETE ON points_funding_paid
BEGIN SELECT RAISE(ABORT, 'what was paid stays paid'); END
;;
-- @postgres
CREATE TRIGGER bank_outgoing_frozen BEFORE UPDATE OR DELETE ON bank_outgoing FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE FUNCTION bank_balance_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'what the bank said is never deleted'; END IF;
  IF OLD.checked_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.book_id <> OLD.book_id OR NEW.day <> OLD.day OR
    NEW.number <> OLD.number OR NEW.balance_cents <> OLD.balance_cents OR NEW.replaces_id IS DISTINCT FROM OLD.replaces_id OR
    NEW.reason IS DISTINCT FROM OLD.reason OR NEW.file_id IS DISTINCT FROM OLD.file_id OR
    NEW.row_number IS DISTINCT FROM OLD.row_number OR NEW.entered_by IS DISTINCT FROM OLD.entered_by OR
    NEW.entered_at <> OLD.entered_at
  THEN RAISE EXCEPTION 'a balance is only looked at, once'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER bank_balance_frozen BEFORE UPDATE OR DELETE ON bank_balance
  FOR EACH ROW EXECUTE FUNCTION bank_balance_frozen()
;;
-- @postgres
CREATE FUNCTION points_funding_paid_fits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM points_funding f JOIN points_budget b ON b.account_id = f.budget_id
      JOIN bank_outgoing o ON o.book_id = b.book_id AND o.amount_cents = f.amount_cents
    WHERE f.id = NEW.funding_id AND o.id = NEW.outgoing_id AND f.kind = 'give_back' AND f.state = 'done')
  THEN RAISE EXCEPTION 'a line of the bank pays what goes back from its book, to the fen'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER points_funding_paid_fits BEFORE INSERT ON points_funding_paid
  FOR EACH ROW EXECUTE FUNCTION points_funding_paid_fits()
;;
-- @postgres
CREATE TRIGGER points_funding_paid_frozen BEFORE UPDATE OR DELETE ON points_funding_paid
  FOR EACH ROW EXECUTE FUNCTION never_changed()
";
