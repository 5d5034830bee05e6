//! What merchants are owed, and how it is paid to them.

/// A day of a book ends at a number of its transfers, so that nothing ever falls behind the line; statements and what was
/// paid out are never changed: triggers. A merchant has one settlement under way a book, and an item one payment and one
/// return, each with the transfer that carried it: unique indexes, the second wall against paying twice. Whoever releases
/// or corrects is not the one who made or proposed: CHECKs.
pub const SETTLEMENT: &str = r"
-- Where a day of a book ends: in numbers of its transfers, so that nothing ever falls behind the line.
CREATE TABLE settlement_cut (
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  day {day} NOT NULL,
  after_seq bigint NOT NULL CHECK (after_seq >= 0),
  through_seq bigint NOT NULL CHECK (through_seq > after_seq),
  made_at {time} NOT NULL,
  PRIMARY KEY (book_id, day)
)
;;
CREATE UNIQUE INDEX settlement_cut_after ON settlement_cut (book_id, after_seq)
;;
-- What a merchant took on a day (T+1): the sum of its lines, and a digest of both.
CREATE TABLE merchant_statement (
  id {uuid} PRIMARY KEY,
  merchant_id {uuid} NOT NULL REFERENCES merchant (id),
  book_id {uuid} NOT NULL,
  day {day} NOT NULL,
  payments bigint NOT NULL CHECK (payments >= 0),
  paid_cents bigint NOT NULL CHECK (paid_cents >= 0),
  refunds bigint NOT NULL CHECK (refunds >= 0),
  refunded_cents bigint NOT NULL CHECK (refunded_cents >= 0),
  net_cents bigint NOT NULL,
  digest {bytes} NOT NULL,
  FOREIGN KEY (book_id, day) REFERENCES settlement_cut (book_id, day),
  UNIQUE (merchant_id, book_id, day),
  CHECK (net_cents = paid_cents - refunded_cents)
)
;;
CREATE INDEX merchant_statement_by_day ON merchant_statement (day, merchant_id)
;;
-- Of a statement: by shop and by the union whose points were spent.
CREATE TABLE merchant_statement_line (
  statement_id {uuid} NOT NULL REFERENCES merchant_statement (id),
  number bigint NOT NULL CHECK (number >= 1),
  -- Names as they were: a statement never changes.
  shop_id {uuid},
  shop_name text,
  issuer_id {uuid},
  issuer_name text,
  payments bigint NOT NULL CHECK (payments >= 0),
  paid_cents bigint NOT NULL CHECK (paid_cents >= 0),
  refunds bigint NOT NULL CHECK (refunds >= 0),
  refunded_cents bigint NOT NULL CHECK (refunded_cents >= 0),
  PRIMARY KEY (statement_id, number)
)
;;
-- Merchants paid together.
CREATE TABLE settlement (
  id {uuid} PRIMARY KEY,
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  number text NOT NULL UNIQUE,
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  through {day} NOT NULL,
  state text NOT NULL CHECK (state IN ('locked', 'checked', 'approved', 'sent', 'closed', 'dropped')),
  items bigint NOT NULL CHECK (items >= 1),
  total_cents bigint NOT NULL CHECK (total_cents > 0),
  digest {bytes} NOT NULL,
  made_by {uuid} NOT NULL,
  made_at {time} NOT NULL,
  checked_by {uuid},
  checked_at {time},
  approved_by {uuid},
  approved_at {time},
  sent_by {uuid},
  sent_at {time},
  closed_at {time},
  dropped_by {uuid},
  reason text CHECK (length(reason) BETWEEN 2 AND 200),
  version bigint NOT NULL,
  CHECK (approved_by <> made_by AND approved_by <> checked_by),
  CHECK (state IN ('locked', 'dropped') OR checked_by IS NOT NULL),
  CHECK (state IN ('locked', 'checked', 'dropped') OR approved_by IS NOT NULL),
  CHECK ((state IN ('sent', 'closed')) = (sent_at IS NOT NULL)),
  CHECK ((state = 'dropped') = (dropped_by IS NOT NULL))
)
;;
CREATE TABLE settlement_item (
  id {uuid} PRIMARY KEY,
  settlement_id {uuid} NOT NULL REFERENCES settlement (id),
  number bigint NOT NULL CHECK (number >= 1),
  -- What the bank repeats: by it a line of its statement is found.
  reference text NOT NULL UNIQUE,
  merchant_id {uuid} NOT NULL REFERENCES merchant (id),
  book_id {uuid} NOT NULL,
  account_id {uuid} NOT NULL REFERENCES ledger_account (id),
  bank_id {uuid} NOT NULL REFERENCES merchant_bank (id),
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  -- Made with the item: the payment can be asked of the ledger again and again, and is made once.
  pay_transfer_id {uuid} NOT NULL UNIQUE,
  return_transfer_id {uuid} NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('open', 'paid', 'rejected', 'returned', 'released')),
  UNIQUE (settlement_id, number),
  UNIQUE (settlement_id, merchant_id)
)
;;
-- Never settled twice: what a merchant is owed is under way once a book.
CREATE UNIQUE INDEX settlement_item_open ON settlement_item (merchant_id, book_id) WHERE state = 'open'
;;
-- What left the bank for an item, and came back.
CREATE TABLE settlement_payout (
  transfer_id {uuid} PRIMARY KEY,
  item_id {uuid} NOT NULL REFERENCES settlement_item (id),
  merchant_id {uuid} NOT NULL REFERENCES merchant (id),
  book_id {uuid} NOT NULL,
  kind text NOT NULL CHECK (kind IN ('paid', 'extra', 'returned')),
  cents bigint NOT NULL CHECK (cents <> 0 AND (cents < 0) = (kind = 'returned')),
  at {time} NOT NULL
)
;;
CREATE UNIQUE INDEX settlement_payout_once ON settlement_payout (item_id, kind) WHERE kind <> 'extra'
;;
CREATE INDEX settlement_payout_by_merchant ON settlement_payout (merchant_id, book_id)
;;
-- A statement of the bank, as it was uploaded; the same one again changes nothing.
CREATE TABLE bank_statement (
  id {uuid} PRIMARY KEY,
  settlement_id {uuid} NOT NULL REFERENCES settlement (id),
  name text NOT NULL,
  digest {bytes} NOT NULL,
  lines bigint NOT NULL CHECK (lines >= 1),
  matched bigint NOT NULL CHECK (matched >= 0),
  uploaded_by {uuid},
  uploaded_at {time} NOT NULL,
  UNIQUE (settlement_id, digest)
)
;;
CREATE TABLE bank_statement_line (
  statement_id {uuid} NOT NULL REFERENCES bank_statement (id),
  number bigint NOT NULL CHECK (number >= 1),
  reference text NOT NULL,
  tail text NOT NULL,
  cents bigint NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('paid', 'rejected', 'returned', 'unclear')),
  booked_on {day},
  serial text NOT NULL,
  said text NOT NULL,
  class text NOT NULL CHECK (class IN
    ('matched', 'repeated', 'rejected', 'amount', 'duplicate', 'unknown', 'returned', 'day')),
  item_id {uuid} REFERENCES settlement_item (id),
  PRIMARY KEY (statement_id, number)
)
;;
-- What the bank says otherwise than the settlement: to be done by somebody, and corrected by two.
CREATE TABLE settlement_difference (
  id {uuid} PRIMARY KEY,
  settlement_id {uuid} NOT NULL REFERENCES settlement (id),
  statement_id {uuid} NOT NULL REFERENCES bank_statement (id),
  -- 0: no line, the item is missing.
  line bigint NOT NULL CHECK (line >= 0),
  item_id {uuid} REFERENCES settlement_item (id),
  class text NOT NULL CHECK (class IN ('rejected', 'amount', 'duplicate', 'unknown', 'missing', 'returned', 'day')),
  expected_cents bigint,
  actual_cents bigint,
  state text NOT NULL CHECK (state IN ('open', 'proposed', 'done')),
  action text CHECK (action IN ('pay', 'pay_again', 'release', 'close')),
  reason text CHECK (length(reason) BETWEEN 2 AND 200),
  reference text CHECK (length(reference) BETWEEN 2 AND 60),
  proposed_by {uuid},
  proposed_at {time},
  decided_by {uuid},
  decided_at {time},
  refused text CHECK (length(refused) BETWEEN 2 AND 200),
  CHECK (decided_by <> proposed_by),
  CHECK (state <> 'proposed' OR (proposed_by IS NOT NULL AND action IS NOT NULL AND reason IS NOT NULL)),
  CHECK (state <> 'done' OR (decided_by IS NOT NULL AND action IS NOT NULL AND reason IS NOT NULL)),
  UNIQUE (statement_id, line, item_id)
)
;;
CREATE INDEX settlement_difference_of ON settlement_difference (settlement_id, state)
;;
-- @sqlite
CREATE TRIGGER settlement_cut_frozen BEFORE UPDATE ON settlement_cut
BEGIN SELECT RAISE(ABORT, 'what was written there is never changed'); END
;;
-- @sqlite
CREATE TRIGGER settlement_cut_kept BEFORE DELETE ON settlement_cut
BEGIN SELECT RAISE(ABORT, 'what was written there is never deleted'); END
;;
-- @postgres
CREATE TRIGGER settlement_cut_frozen BEFORE UPDATE OR DELETE ON settlement_cut FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER merchant_statement_frozen BEFORE UPDATE ON merchant_statement
BEGIN SELECT RAISE(ABORT, 'what was written there is never changed'); END
;;
-- @sqlite
CREATE TRIGGER merchant_statement_kept BEFORE DELETE ON merchant_statement
BEGIN SELECT RAISE(ABORT, 'what was written there is never deleted'); END
;;
-- @postgres
CREATE TRIGGER merchant_statement_frozen BEFORE UPDATE OR DELETE ON merchant_statement FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER merchant_statement_line_frozen BEFORE UPDATE ON merchant_statement_line
BEGIN SELECT RAISE(ABORT, 'what was written there is never changed'); END
;;
-- @sqlite
CREATE TRIGGER merchant_statement_line_kept BEFORE DELETE ON merchant_statement_line
BEGIN SELECT RAISE(ABORT, 'what was written there is never deleted'); END
;;
-- @postgres
CREATE TRIGGER merchant_statement_line_frozen BEFORE UPDATE OR DELETE ON merchant_statement_line FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER settlement_payout_frozen BEFORE UPDATE ON settlement_payout
BEGIN SELECT RAISE(ABORT, 'what was written there is never changed'); END
;;
-- @sqlite
CREATE TRIGGER settlement_payout_kept BEFORE DELETE ON settlement_payout
BEGIN SELECT RAISE(ABORT, 'what was written there is never deleted'); END
;;
-- @postgres
CREATE TRIGGER settlement_payout_frozen BEFORE UPDATE OR DELETE ON settlement_payout FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER bank_statement_frozen BEFORE UPDATE ON bank_statement
BEGIN SELECT RAISE(ABORT, 'what was written there is never changed'); END
;;
-- @sqlite
CREATE TRIGGER bank_statement_kept BEFORE DELETE ON bank_statement
BEGIN SELECT RAISE(ABORT, 'what was written there is never deleted'); END
;;
-- @postgres
CREATE TRIGGER bank_statement_frozen BEFORE UPDATE OR DELETE ON bank_statement FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER bank_statement_line_frozen BEFORE UPDATE ON bank_statement_line
BEGIN SELECT RAISE(ABORT, 'what was written there is never changed'); END
;;
-- @sqlite
CREATE TRIGGER bank_statement_line_kept BEFORE DELETE ON bank_statement_line
BEGIN SELECT RAISE(ABORT, 'what was written there is never deleted'); END
;;
-- @postgres
CREATE TRIGGER bank_statement_line_frozen BEFORE UPDATE OR DELETE ON bank_statement_line FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER settlement_item_frozen BEFORE UPDATE ON settlement_item
WHEN NEW.id IS NOT OLD.id OR NEW.settlement_id IS NOT OLD.settlement_id OR NEW.merchant_id IS NOT OLD.merchant_id OR
  NEW.account_id IS NOT OLD.account_id OR NEW.bank_id IS NOT OLD.bank_id OR NEW.reference IS NOT OLD.reference OR
  NEW.amount_cents IS NOT OLD.amount_cents OR NEW.pay_transfer_id IS NOT OLD.pay_transfer_id OR
  NEW.return_transfer_id IS NOT OLD.return_transfer_id OR OLD.state IN ('rejected', 'returned', 'released')
BEGIN SELECT RAISE(ABORT, 'an item of a settlement only changes its state'); END
;;
-- @sqlite
CREATE TRIGGER settlement_item_kept BEFORE DELETE ON settlement_item
BEGIN SELECT RAISE(ABORT, 'items of settlements are never deleted'); END
;;
-- @postgres
CREATE FUNCTION settlement_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'items of settlements are never deleted'; END IF;
  IF NEW.id <> OLD.id OR NEW.settlement_id <> OLD.settlement_id OR NEW.merchant_id <> OLD.merchant_id OR
    NEW.account_id <> OLD.account_id OR NEW.bank_id <> OLD.bank_id OR NEW.reference <> OLD.reference OR
    NEW.amount_cents <> OLD.amount_cents OR NEW.pay_transfer_id <> OLD.pay_transfer_id OR
    NEW.return_transfer_id <> OLD.return_transfer_id OR OLD.state IN ('rejected', 'returned', 'released')
  THEN RAISE EXCEPTION 'an item of a settlement only changes its state'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER settlement_item_guard BEFORE UPDATE OR DELETE ON settlement_item
FOR EACH ROW EXECUTE FUNCTION settlement_item_guard()
";
