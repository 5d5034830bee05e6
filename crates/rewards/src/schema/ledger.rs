//! The ledger. Balances stand beside their history: `zhigong verify ledger` computes every one of them again.

/// A *transfer* takes an amount out of its debit account and puts it into its credit account; what is written is never
/// changed. Rows of the hot path have no foreign keys, which cost a look-up each; `verify` finds what hangs in the air.
/// An account's id is a hash of book, kind, owner, purpose and year, so that who opens it twice opens it once.
pub const LEDGER: &str = r"
CREATE TABLE ledger_book (
  id {uuid} PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('own', 'entrusted')),
  name text NOT NULL CHECK (length(name) > 0),
  funder text,
  seq bigint NOT NULL CHECK (seq >= 0),
  at {time} NOT NULL,
  CHECK ((kind = 'entrusted') = (funder IS NOT NULL))
)
;;
CREATE UNIQUE INDEX ledger_book_one_own ON ledger_book (kind) WHERE kind = 'own'
;;
-- @sqlite
INSERT INTO ledger_book (id, kind, name, seq, at)
  VALUES (x'0190000000007000800000000000b001', 'own', '市总工会自有账套', 0, '1970-01-01T00:00:00+00:00')
;;
-- @postgres
INSERT INTO ledger_book (id, kind, name, seq, at)
  VALUES ('01900000-0000-7000-8000-00000000b001', 'own', '市总工会自有账套', 0, '1970-01-01T00:00:00+00:00')
;;
CREATE TABLE ledger_account (
  id {uuid} PRIMARY KEY,
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  kind text NOT NULL
    CHECK (kind IN ('custody', 'budget', 'wallet', 'merchant', 'escrow', 'expiry', 'adjustment')),
  owner_id {uuid},
  purpose text NOT NULL,
  fiscal_year bigint NOT NULL CHECK (fiscal_year = 0 OR fiscal_year BETWEEN 2000 AND 2999),
  balance_cents bigint NOT NULL,
  held_cents bigint NOT NULL CHECK (held_cents >= 0),
  floor_cents bigint,
  seq bigint NOT NULL CHECK (seq >= 0),
  frozen_reason text CHECK (length(frozen_reason) > 0),
  CHECK (floor_cents IS NULL OR balance_cents - held_cents >= floor_cents),
  UNIQUE (owner_id, kind, book_id, purpose, fiscal_year)
)
;;
CREATE TABLE transfer (
  id {uuid} PRIMARY KEY,
  fingerprint {bytes} NOT NULL CHECK (length(fingerprint) = 32),
  book_id {uuid} NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  kind text NOT NULL CHECK (kind IN ('top_up', 'allocate', 'return', 'payout', 'payout_back', 'escrow', 'adjust',
    'issue', 'pay', 'capture', 'refund', 'expire', 'reverse')),
  debit_id {uuid} NOT NULL,
  credit_id {uuid} NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  debit_after_cents bigint NOT NULL,
  credit_after_cents bigint NOT NULL,
  reason text NOT NULL,
  subject_id {uuid},
  shop_id {uuid},
  actor_id {uuid},
  reverses_id {uuid},
  hold_id {uuid},
  bank_line_id {uuid},
  event_id {uuid} NOT NULL,
  at {time} NOT NULL,
  day {day} NOT NULL,
  CHECK (debit_id <> credit_id),
  CHECK ((kind = 'capture') = (hold_id IS NOT NULL)),
  CHECK ((kind = 'top_up') = (bank_line_id IS NOT NULL)),
  CHECK ((kind IN ('refund', 'reverse')) = (reverses_id IS NOT NULL)),
  UNIQUE (book_id, seq)
)
;;
CREATE INDEX transfer_by_debit ON transfer (debit_id, seq)
;;
CREATE INDEX transfer_by_credit ON transfer (credit_id, seq)
;;
CREATE INDEX transfer_by_subject ON transfer (subject_id, seq) WHERE subject_id IS NOT NULL
;;
CREATE INDEX transfer_by_shop ON transfer (shop_id, day) WHERE shop_id IS NOT NULL
;;
CREATE INDEX transfer_by_reversed ON transfer (reverses_id) WHERE reverses_id IS NOT NULL
;;
CREATE UNIQUE INDEX transfer_reversed_once ON transfer (reverses_id) WHERE kind = 'reverse'
;;
CREATE UNIQUE INDEX transfer_captured_once ON transfer (hold_id) WHERE hold_id IS NOT NULL
;;
CREATE UNIQUE INDEX transfer_bank_line_once ON transfer (bank_line_id) WHERE bank_line_id IS NOT NULL
;;
CREATE TABLE ledger_hold (
  id {uuid} PRIMARY KEY,
  book_id {uuid} NOT NULL,
  account_id {uuid} NOT NULL,
  to_id {uuid} NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  state text NOT NULL CHECK (state IN ('held', 'captured', 'released')),
  captured_cents bigint NOT NULL CHECK (captured_cents BETWEEN 0 AND amount_cents),
  expires_at {time} NOT NULL,
  reason text NOT NULL,
  subject_id {uuid},
  actor_id {uuid},
  event_id {uuid} NOT NULL,
  held_at {time} NOT NULL,
  resolved_at {time},
  resolved_by {uuid} UNIQUE,
  CHECK ((state = 'captured') = (captured_cents > 0)),
  CHECK ((state = 'held') = (resolved_at IS NULL)),
  CHECK ((state = 'held') = (resolved_by IS NULL))
)
;;
CREATE INDEX ledger_hold_open ON ledger_hold (expires_at, id) WHERE state = 'held'
;;
CREATE INDEX ledger_hold_by_account ON ledger_hold (account_id, id)
;;
CREATE TABLE lot (
  id {uuid} PRIMARY KEY,
  book_id {uuid} NOT NULL,
  account_id {uuid} NOT NULL,
  issuer_id {uuid} NOT NULL,
  budget_id {uuid} NOT NULL,
  transfer_id {uuid} NOT NULL,
  grace_of {uuid},
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  left_cents bigint NOT NULL CHECK (left_cents BETWEEN 0 AND amount_cents),
  held_cents bigint NOT NULL CHECK (held_cents BETWEEN 0 AND left_cents),
  is_open boolean NOT NULL,
  expires_on {day} NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  CHECK (is_open = (left_cents > 0))
)
;;
CREATE INDEX lot_to_spend ON lot (account_id, expires_on, seq) WHERE is_open
;;
CREATE INDEX lot_to_expire ON lot (expires_on, id) WHERE is_open
;;
CREATE INDEX lot_by_budget ON lot (budget_id, id)
;;
CREATE INDEX lot_by_transfer ON lot (transfer_id)
;;
CREATE TABLE lot_use (
  transfer_id {uuid} NOT NULL,
  lot_id {uuid} NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents <> 0),
  PRIMARY KEY (transfer_id, lot_id)
)
;;
CREATE INDEX lot_use_by_lot ON lot_use (lot_id, transfer_id)
;;
CREATE TABLE lot_hold (
  hold_id {uuid} NOT NULL,
  lot_id {uuid} NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  PRIMARY KEY (hold_id, lot_id)
)
;;
CREATE TABLE burnt_key (
  id {uuid} PRIMARY KEY,
  fingerprint {bytes} NOT NULL CHECK (length(fingerprint) = 32),
  code text,
  message text,
  subject_id {uuid},
  amount_cents bigint NOT NULL,
  debit_after_cents bigint NOT NULL,
  credit_after_cents bigint NOT NULL,
  seq bigint NOT NULL,
  at {time} NOT NULL,
  CHECK ((code IS NULL) = (message IS NULL)),
  CHECK ((code IS NULL) = (subject_id IS NOT NULL))
)
;;
-- @sqlite
CREATE TRIGGER transfer_frozen BEFORE UPDATE ON transfer BEGIN SELECT RAISE(ABORT, 'transfers are never changed'); END
;;
-- @sqlite
CREATE TRIGGER transfer_kept BEFORE DELETE ON transfer BEGIN SELECT RAISE(ABORT, 'transfers are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER lot_use_frozen BEFORE UPDATE ON lot_use BEGIN SELECT RAISE(ABORT, 'uses of lots are never changed'); END
;;
-- @sqlite
CREATE TRIGGER lot_use_kept BEFORE DELETE ON lot_use BEGIN SELECT RAISE(ABORT, 'uses of lots are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER lot_hold_frozen BEFORE UPDATE ON lot_hold BEGIN SELECT RAISE(ABORT, 'holds of lots are never changed'); END
;;
-- @sqlite
CREATE TRIGGER lot_hold_kept BEFORE DELETE ON lot_hold BEGIN SELECT RAISE(ABORT, 'holds of lots are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER burnt_key_frozen BEFORE UPDATE ON burnt_key BEGIN SELECT RAISE(ABORT, 'answers are never changed'); END
;;
-- @sqlite
CREATE TRIGGER burnt_key_kept BEFORE DELETE ON burnt_key BEGIN SELECT RAISE(ABORT, 'answers are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER ledger_hold_resolved BEFORE UPDATE ON ledger_hold WHEN OLD.state <> 'held'
BEGIN SELECT RAISE(ABORT, 'a hold is resolved once'); END
;;
-- @sqlite
CREATE TRIGGER ledger_hold_kept BEFORE DELETE ON ledger_hold BEGIN SELECT RAISE(ABORT, 'holds are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER lot_kept BEFORE DELETE ON lot BEGIN SELECT RAISE(ABORT, 'lots are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER ledger_account_kept BEFORE DELETE ON ledger_account
BEGIN SELECT RAISE(ABORT, 'accounts are never deleted'); END
;;
-- @postgres
CREATE TRIGGER transfer_frozen BEFORE UPDATE OR DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER lot_use_frozen BEFORE UPDATE OR DELETE ON lot_use FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER lot_hold_frozen BEFORE UPDATE OR DELETE ON lot_hold FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER burnt_key_frozen BEFORE UPDATE OR DELETE ON burnt_key FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER ledger_hold_resolved BEFORE UPDATE ON ledger_hold FOR EACH ROW WHEN (OLD.state <> 'held')
  EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER ledger_hold_kept BEFORE DELETE ON ledger_hold FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER lot_kept BEFORE DELETE ON lot FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER ledger_account_kept BEFORE DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
ALTER TABLE ledger_account SET (fillfactor = 70)
;;
-- @postgres
ALTER TABLE lot SET (fillfactor = 70)
";
