//! Merchants, their shops and cashiers, and what people say about payments.

/// Whoever contracts or changes a bank account stands beside the one who entered it, and the two are different people:
/// CHECKs. A firm has one contract under way, a merchant one bank account in force; steps and words are never changed:
/// triggers.
pub const MERCHANT: &str = r"
CREATE TABLE merchant (
  id {uuid} PRIMARY KEY,
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  name text NOT NULL CHECK (length(name) BETWEEN 2 AND 60),
  uscc text NOT NULL CHECK (length(uscc) = 18),
  category text NOT NULL CHECK (category IN
    ('catering', 'grocery', 'books', 'culture', 'sports', 'travel', 'health', 'transport', 'service', 'other')),
  contact_name text NOT NULL CHECK (length(contact_name) BETWEEN 1 AND 30),
  contact_phone_sealed {bytes} NOT NULL,
  terms text CHECK (length(terms) BETWEEN 2 AND 500),
  contract_from {day},
  contract_to {day},
  state text NOT NULL CHECK (state IN ('waiting', 'returned', 'active', 'suspended', 'ended')),
  reason text CHECK (length(reason) BETWEEN 2 AND 200),
  -- The phone account that applied, and manages first.
  applicant_id {uuid},
  synthetic boolean NOT NULL,
  entered_by {uuid},
  entered_at {time} NOT NULL,
  decided_by {uuid},
  decided_at {time},
  version bigint NOT NULL,
  CHECK (contract_to > contract_from),
  CHECK (decided_by <> entered_by),
  CHECK (state IN ('waiting', 'returned') OR
    (contract_from IS NOT NULL AND contract_to IS NOT NULL AND terms IS NOT NULL AND decided_at IS NOT NULL)),
  CHECK (state IN ('waiting', 'active') OR reason IS NOT NULL)
)
;;
-- One contract under way a firm: who comes back after the end signs a new one.
CREATE UNIQUE INDEX merchant_one_open ON merchant (uscc) WHERE state <> 'ended'
;;
CREATE INDEX merchant_by_organization ON merchant (organization_id, id)
;;
-- What was decided about a merchant, step by step.
CREATE TABLE merchant_step (
  merchant_id {uuid} NOT NULL REFERENCES merchant (id),
  number bigint NOT NULL CHECK (number >= 1),
  what text NOT NULL CHECK (what IN
    ('applied', 'entered', 'changed', 'returned', 'approved', 'suspended', 'resumed', 'ended', 'extended')),
  reason text CHECK (length(reason) BETWEEN 2 AND 200),
  by_id {uuid},
  at {time} NOT NULL,
  PRIMARY KEY (merchant_id, number)
)
;;
-- Where money is paid to. The number is sealed; four digits of it are shown.
CREATE TABLE merchant_bank (
  id {uuid} PRIMARY KEY,
  merchant_id {uuid} NOT NULL REFERENCES merchant (id),
  holder text NOT NULL CHECK (length(holder) BETWEEN 2 AND 60),
  bank text NOT NULL CHECK (length(bank) BETWEEN 2 AND 60),
  number_sealed {bytes} NOT NULL,
  number_digest {bytes} NOT NULL,
  tail text NOT NULL CHECK (length(tail) = 4),
  state text NOT NULL CHECK (state IN ('waiting', 'active', 'replaced', 'refused')),
  reason text CHECK (length(reason) BETWEEN 2 AND 200),
  entered_by {uuid},
  entered_at {time} NOT NULL,
  decided_by {uuid},
  decided_at {time},
  CHECK (decided_by <> entered_by),
  CHECK ((state = 'waiting') = (decided_at IS NULL))
)
;;
CREATE UNIQUE INDEX merchant_bank_active ON merchant_bank (merchant_id) WHERE state = 'active'
;;
CREATE UNIQUE INDEX merchant_bank_waiting ON merchant_bank (merchant_id) WHERE state = 'waiting'
;;
-- The ledger's account of a merchant in each book.
CREATE TABLE merchant_account (
  merchant_id {uuid} NOT NULL REFERENCES merchant (id),
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  account_id {uuid} NOT NULL REFERENCES ledger_account (id),
  PRIMARY KEY (merchant_id, book_id)
)
;;
CREATE UNIQUE INDEX merchant_account_of ON merchant_account (account_id)
;;
CREATE TABLE shop (
  id {uuid} PRIMARY KEY,
  merchant_id {uuid} NOT NULL REFERENCES merchant (id),
  code text NOT NULL CHECK (length(code) BETWEEN 1 AND 20),
  name text NOT NULL CHECK (length(name) BETWEEN 2 AND 60),
  division_code text NOT NULL CHECK (length(division_code) IN (6, 9)),
  address text NOT NULL CHECK (length(address) BETWEEN 2 AND 120),
  -- Millionths of a degree; both or neither.
  lon_e6 bigint CHECK (lon_e6 BETWEEN 73000000 AND 136000000),
  lat_e6 bigint CHECK (lat_e6 BETWEEN 3000000 AND 54000000),
  -- Minutes after midnight; the whole day is 0 to 1440.
  opens bigint NOT NULL CHECK (opens BETWEEN 0 AND 1439),
  closes bigint NOT NULL CHECK (closes BETWEEN 1 AND 1440),
  -- Days of the week on which it is shut, 1 (Monday) to 7, in order.
  shut text NOT NULL CHECK (length(shut) <= 6),
  state text NOT NULL CHECK (state IN ('open', 'paused', 'closed')),
  reason text CHECK (length(reason) BETWEEN 2 AND 200),
  entered_at {time} NOT NULL,
  version bigint NOT NULL,
  CHECK ((lon_e6 IS NULL) = (lat_e6 IS NULL)),
  CHECK (opens < closes),
  UNIQUE (merchant_id, code)
)
;;
CREATE INDEX shop_by_division ON shop (division_code, id)
;;
CREATE INDEX shop_by_place ON shop (lat_e6, lon_e6) WHERE state = 'open'
;;
CREATE TABLE cashier (
  id {uuid} PRIMARY KEY,
  merchant_id {uuid} NOT NULL REFERENCES merchant (id),
  -- None: all shops of the merchant.
  shop_id {uuid} REFERENCES shop (id),
  account_id {uuid} NOT NULL,
  role text NOT NULL CHECK (role IN ('charge', 'refund', 'manager')),
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 20),
  pin_hash text,
  pin_failures bigint NOT NULL CHECK (pin_failures >= 0),
  pin_locked_until {time},
  state text NOT NULL CHECK (state IN ('active', 'ended')),
  invited_by {uuid},
  began_at {time} NOT NULL,
  ended_at {time},
  CHECK ((state = 'ended') = (ended_at IS NOT NULL))
)
;;
CREATE UNIQUE INDEX cashier_once ON cashier (account_id, merchant_id) WHERE state = 'active'
;;
CREATE INDEX cashier_by_merchant ON cashier (merchant_id, id)
;;
-- A one-time code by which somebody becomes a cashier; only its blind index is kept.
CREATE TABLE cashier_invitation (
  id {uuid} PRIMARY KEY,
  merchant_id {uuid} NOT NULL REFERENCES merchant (id),
  shop_id {uuid} REFERENCES shop (id),
  role text NOT NULL CHECK (role IN ('charge', 'refund', 'manager')),
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 20),
  code_digest {bytes} NOT NULL,
  invited_by {uuid} NOT NULL,
  invited_at {time} NOT NULL,
  expires_at {time} NOT NULL,
  used_at {time},
  used_by {uuid},
  dropped_at {time},
  UNIQUE (code_digest),
  CHECK ((used_at IS NULL) = (used_by IS NULL))
)
;;
CREATE INDEX cashier_invitation_by_merchant ON cashier_invitation (merchant_id, id)
;;
-- Codes that an account tried and nobody gave: so many an hour.
CREATE TABLE cashier_guess (
  account_id {uuid} PRIMARY KEY,
  count bigint NOT NULL CHECK (count >= 0),
  since {time} NOT NULL
)
;;
-- Who stands at a shared phone: one a session.
CREATE TABLE cashier_shift (
  id {uuid} PRIMARY KEY,
  cashier_id {uuid} NOT NULL REFERENCES cashier (id),
  shop_id {uuid} NOT NULL REFERENCES shop (id),
  session_id {uuid} NOT NULL,
  began_at {time} NOT NULL,
  ended_at {time}
)
;;
CREATE UNIQUE INDEX cashier_shift_open ON cashier_shift (session_id) WHERE ended_at IS NULL
;;
CREATE INDEX cashier_shift_of ON cashier_shift (cashier_id, began_at)
;;
CREATE TABLE dispute (
  id {uuid} PRIMARY KEY,
  merchant_id {uuid} NOT NULL REFERENCES merchant (id),
  shop_id {uuid},
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  payment_id {uuid} NOT NULL REFERENCES transfer (id),
  side text NOT NULL CHECK (side IN ('member', 'merchant')),
  opened_by {uuid} NOT NULL,
  opened_at {time} NOT NULL,
  ground text NOT NULL CHECK (ground IN ('amount', 'not_mine', 'goods', 'twice', 'refund', 'other')),
  state text NOT NULL CHECK (state IN ('open', 'answered', 'settled', 'withdrawn')),
  outcome text CHECK (outcome IN ('refund', 'no_change', 'explained')),
  due_on {day} NOT NULL,
  derivation {json} NOT NULL,
  settled_by {uuid},
  settled_at {time},
  version bigint NOT NULL,
  CHECK ((state IN ('settled', 'withdrawn')) = (settled_at IS NOT NULL)),
  CHECK ((state = 'settled') = (outcome IS NOT NULL))
)
;;
CREATE UNIQUE INDEX dispute_one_open ON dispute (payment_id) WHERE state IN ('open', 'answered')
;;
CREATE INDEX dispute_by_merchant ON dispute (merchant_id, id)
;;
CREATE INDEX dispute_by_organization ON dispute (organization_id, state, due_on)
;;
CREATE INDEX dispute_by_opener ON dispute (opened_by, id)
;;
-- What was said in a dispute, in order.
CREATE TABLE dispute_word (
  dispute_id {uuid} NOT NULL REFERENCES dispute (id),
  number bigint NOT NULL CHECK (number >= 1),
  side text NOT NULL CHECK (side IN ('member', 'merchant', 'union')),
  said text NOT NULL CHECK (length(said) BETWEEN 2 AND 500),
  by_id {uuid} NOT NULL,
  at {time} NOT NULL,
  PRIMARY KEY (dispute_id, number)
)
;;
-- @sqlite
CREATE TRIGGER merchant_step_frozen BEFORE UPDATE ON merchant_step
BEGIN SELECT RAISE(ABORT, 'what was written there is never changed'); END
;;
-- @sqlite
CREATE TRIGGER merchant_step_kept BEFORE DELETE ON merchant_step
BEGIN SELECT RAISE(ABORT, 'what was written there is never deleted'); END
;;
-- @postgres
CREATE TRIGGER merchant_step_frozen BEFORE UPDATE OR DELETE ON merchant_step FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER dispute_word_frozen BEFORE UPDATE ON dispute_word
BEGIN SELECT RAISE(ABORT, 'what was written there is never changed'); END
;;
-- @sqlite
CREATE TRIGGER dispute_word_kept BEFORE DELETE ON dispute_word
BEGIN SELECT RAISE(ABORT, 'what was written there is never deleted'); END
;;
-- @postgres
CREATE TRIGGER dispute_word_frozen BEFORE UPDATE OR DELETE ON dispute_word FOR EACH ROW EXECUTE FUNCTION never_changed()
";
