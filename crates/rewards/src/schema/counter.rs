//! Paying at the counter: devices that make pay codes, payments and what became of them, limits, tills.

/// Money moves in the ledger, in the same transaction: a payment has the id of its transfer. A code is used once, a payment
/// decided once and never refunded beyond what was paid: constraints. What was decided, what happened step by step, refunds
/// and uses of codes are never changed: triggers. Rows of the hot path have no foreign keys, which cost a look-up each.
pub const COUNTER: &str = r"
-- Whoever decides payments stands in one line; the number of steps so far. A step that is seen is seen in order.
CREATE TABLE counter_gate (
  id bigint PRIMARY KEY CHECK (id = 1),
  seq bigint NOT NULL CHECK (seq >= 0)
)
;;
INSERT INTO counter_gate (id, seq) VALUES (1, 0)
;;
-- A phone that makes pay codes; its secret is sealed, and gone once it is revoked.
CREATE TABLE pay_device (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL REFERENCES person (id),
  account_id {uuid} NOT NULL,
  number text NOT NULL UNIQUE CHECK (length(number) = 8),
  secret_sealed {bytes},
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
  enrolled_at {time} NOT NULL,
  good_until {time} NOT NULL,
  revoked_at {time},
  why text CHECK (why IN ('lost', 'renewed', 'crowded')),
  CHECK ((revoked_at IS NULL) = (secret_sealed IS NOT NULL)),
  CHECK ((revoked_at IS NULL) = (why IS NULL)),
  CHECK (good_until > enrolled_at)
)
;;
CREATE INDEX pay_device_by_person ON pay_device (person_id, id) WHERE revoked_at IS NULL
;;
-- Four digits for one shop and one amount; found by a blind index.
CREATE TABLE short_code (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL REFERENCES person (id),
  shop_id {uuid} NOT NULL,
  digest {bytes} NOT NULL CHECK (length(digest) = 32),
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  made_at {time} NOT NULL,
  expires_at {time} NOT NULL,
  ended_at {time},
  CHECK (expires_at > made_at)
)
;;
CREATE UNIQUE INDEX short_code_of_shop ON short_code (shop_id, digest) WHERE ended_at IS NULL
;;
CREATE UNIQUE INDEX short_code_of_person ON short_code (person_id) WHERE ended_at IS NULL
;;
-- A code is used once: of a device a step of time, of four digits step 0. The id is a hash of both.
CREATE TABLE pay_code_use (
  id {uuid} PRIMARY KEY,
  source_id {uuid} NOT NULL,
  step bigint NOT NULL CHECK (step >= 0),
  payment_id {uuid} NOT NULL
)
;;
-- Wrong codes of a cashier, a till or a shop within a window of time.
CREATE TABLE guess_window (
  kind text NOT NULL CHECK (kind IN ('code', 'short')),
  owner_id {uuid} NOT NULL,
  began_at {time} NOT NULL,
  misses bigint NOT NULL CHECK (misses > 0),
  PRIMARY KEY (kind, owner_id, began_at)
)
;;
-- The number on the sign of a shop, which a member scans or types.
CREATE TABLE pay_point (
  number text PRIMARY KEY CHECK (length(number) = 6),
  shop_id {uuid} NOT NULL UNIQUE REFERENCES shop (id)
)
;;
-- Every payment ends paid, closed (refused, with the reason) or reversed. Its id is made, and kept, by whoever asks.
CREATE TABLE payment (
  id {uuid} PRIMARY KEY,
  fingerprint {bytes} NOT NULL CHECK (length(fingerprint) = 32),
  state text NOT NULL CHECK (state IN ('paid', 'closed', 'reversed')),
  channel text NOT NULL CHECK (channel IN ('code', 'short', 'shop', 'none')),
  person_id {uuid},
  merchant_id {uuid},
  shop_id {uuid},
  cashier_id {uuid},
  till_id {uuid},
  points_cents bigint NOT NULL CHECK (points_cents >= 0),
  cash_cents bigint NOT NULL CHECK (cash_cents >= 0),
  points_back_cents bigint NOT NULL CHECK (points_back_cents BETWEEN 0 AND points_cents),
  cash_back_cents bigint NOT NULL CHECK (cash_back_cents BETWEEN 0 AND cash_cents),
  reference text CHECK (length(reference) BETWEEN 1 AND 40),
  code text,
  message text,
  status bigint,
  at {time} NOT NULL,
  day {day} NOT NULL,
  seq bigint NOT NULL UNIQUE,
  CHECK ((state = 'closed') = (code IS NOT NULL AND message IS NOT NULL AND status IS NOT NULL)),
  -- An order that never arrived and was given up has nothing but its id.
  CHECK ((channel = 'none') = (person_id IS NULL)),
  CHECK ((channel = 'none') = (shop_id IS NULL)),
  CHECK (channel = 'none' OR points_cents > 0),
  CHECK (channel <> 'none' OR (state = 'reversed' AND points_cents = 0 AND cash_cents = 0)),
  CHECK (state <> 'reversed' OR (points_back_cents = points_cents AND cash_back_cents = cash_cents))
)
;;
-- What happened, in order: the receipt, the day of a shop, and what an open page is told.
CREATE TABLE payment_step (
  seq bigint PRIMARY KEY,
  payment_id {uuid} NOT NULL,
  kind text NOT NULL CHECK (kind IN ('paid', 'closed', 'reversed', 'refunded')),
  person_id {uuid},
  shop_id {uuid},
  cashier_id {uuid},
  till_id {uuid},
  refund_id {uuid},
  points_cents bigint NOT NULL CHECK (points_cents >= 0),
  cash_cents bigint NOT NULL CHECK (cash_cents >= 0),
  at {time} NOT NULL,
  day {day} NOT NULL,
  CHECK ((kind = 'refunded') = (refund_id IS NOT NULL))
)
;;
CREATE INDEX payment_step_by_person ON payment_step (person_id, seq) WHERE person_id IS NOT NULL
;;
CREATE INDEX payment_step_by_shop ON payment_step (shop_id, day, seq) WHERE shop_id IS NOT NULL
;;
CREATE INDEX payment_step_by_payment ON payment_step (payment_id, seq)
;;
-- Points, or cash that was paid beside them, that went back; one that was refused stays refused.
CREATE TABLE refund (
  id {uuid} PRIMARY KEY,
  fingerprint {bytes} NOT NULL CHECK (length(fingerprint) = 32),
  payment_id {uuid} NOT NULL,
  state text NOT NULL CHECK (state IN ('done', 'refused')),
  points_cents bigint NOT NULL CHECK (points_cents >= 0),
  cash_cents bigint NOT NULL CHECK (cash_cents >= 0),
  reason text NOT NULL CHECK (length(reason) BETWEEN 2 AND 100),
  cashier_id {uuid},
  till_id {uuid},
  code text,
  message text,
  status bigint,
  at {time} NOT NULL,
  CHECK (points_cents + cash_cents > 0),
  CHECK ((state = 'refused') = (code IS NOT NULL AND message IS NOT NULL AND status IS NOT NULL))
)
;;
CREATE INDEX refund_by_payment ON refund (payment_id, id)
;;
-- What a person or a shop has had of a day's limit. The id is a hash of the three.
CREATE TABLE spend_day (
  id {uuid} PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('person', 'shop')),
  owner_id {uuid} NOT NULL,
  day {day} NOT NULL,
  cents bigint NOT NULL CHECK (cents >= 0),
  times bigint NOT NULL CHECK (times >= 0),
  UNIQUE (owner_id, kind, day)
)
;;
-- A till of a chain that calls by itself; it signs with a key that is told once.
CREATE TABLE till (
  id {uuid} PRIMARY KEY,
  shop_id {uuid} NOT NULL REFERENCES shop (id),
  number text NOT NULL UNIQUE CHECK (length(number) = 10),
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 30),
  refunds boolean NOT NULL,
  key_sealed {bytes},
  added_by {uuid},
  added_at {time} NOT NULL,
  revoked_by {uuid},
  revoked_at {time},
  CHECK ((revoked_at IS NULL) = (key_sealed IS NOT NULL))
)
;;
CREATE INDEX till_by_shop ON till (shop_id, id)
;;
-- What a till has said lately: nothing is heard twice. The id is a hash of till and nonce.
CREATE TABLE till_nonce (
  id {uuid} PRIMARY KEY,
  claim {uuid} NOT NULL,
  at {time} NOT NULL
)
;;
CREATE INDEX till_nonce_by_time ON till_nonce (at)
;;
-- How far payments were looked at for flags.
CREATE TABLE flag_mark (
  id bigint PRIMARY KEY CHECK (id = 1),
  seq bigint NOT NULL CHECK (seq >= 0),
  at {time} NOT NULL
)
;;
-- What an auditor should look at: a question, never a finding, and nothing is refused because of it.
CREATE TABLE spend_flag (
  id {uuid} PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('person_often', 'shop_burst', 'pair_often', 'refunds_many')),
  person_id {uuid},
  shop_id {uuid},
  subject text NOT NULL,
  from_at {time} NOT NULL,
  to_at {time} NOT NULL,
  times bigint NOT NULL CHECK (times > 0),
  cents bigint NOT NULL CHECK (cents >= 0),
  raised_at {time} NOT NULL,
  note text CHECK (length(note) BETWEEN 2 AND 300),
  seen_by {uuid},
  seen_at {time},
  UNIQUE (kind, subject, from_at),
  CHECK (to_at > from_at),
  CHECK ((seen_at IS NULL) = (note IS NULL))
)
;;
CREATE INDEX spend_flag_open ON spend_flag (id) WHERE seen_at IS NULL
;;
-- Why a wallet stands still, and until when it did.
CREATE TABLE wallet_freeze (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL REFERENCES person (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  reason text NOT NULL CHECK (length(reason) BETWEEN 2 AND 200),
  frozen_by {uuid},
  frozen_at {time} NOT NULL,
  end_reason text CHECK (length(end_reason) BETWEEN 2 AND 200),
  ended_by {uuid},
  ended_at {time},
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
)
;;
CREATE UNIQUE INDEX wallet_freeze_open ON wallet_freeze (person_id) WHERE ended_at IS NULL
;;
-- @sqlite
CREATE TRIGGER payment_decided BEFORE UPDATE ON payment
WHEN OLD.state <> 'paid' OR NEW.state = 'closed' OR NEW.id <> OLD.id OR NEW.fingerprint <> OLD.fingerprint OR
  NEW.channel <> OLD.channel OR NEW.person_id <> OLD.person_id OR NEW.shop_id <> OLD.shop_id OR
  NEW.points_cents <> OLD.points_cents OR NEW.cash_cents <> OLD.cash_cents OR
  NEW.points_back_cents < OLD.points_back_cents OR NEW.cash_back_cents < OLD.cash_back_cents OR
  NEW.at <> OLD.at OR NEW.seq <> OLD.seq
BEGIN SELECT RAISE(ABORT, 'a payment is decided once and only refunded'); END
;;
-- @sqlite
CREATE TRIGGER payment_kept BEFORE DELETE ON payment BEGIN SELECT RAISE(ABORT, 'payments are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER payment_step_frozen BEFORE UPDATE ON payment_step
BEGIN SELECT RAISE(ABORT, 'what happened is never changed'); END
;;
-- @sqlite
CREATE TRIGGER payment_step_kept BEFORE DELETE ON payment_step
BEGIN SELECT RAISE(ABORT, 'what happened is never changed'); END
;;
-- @sqlite
CREATE TRIGGER refund_frozen BEFORE UPDATE ON refund BEGIN SELECT RAISE(ABORT, 'refunds are never changed'); END
;;
-- @sqlite
CREATE TRIGGER refund_kept BEFORE DELETE ON refund BEGIN SELECT RAISE(ABORT, 'refunds are never changed'); END
;;
-- @sqlite
CREATE TRIGGER pay_code_use_frozen BEFORE UPDATE ON pay_code_use
BEGIN SELECT RAISE(ABORT, 'uses of codes are never changed'); END
;;
-- @sqlite
CREATE TRIGGER pay_code_use_kept BEFORE DELETE ON pay_code_use
BEGIN SELECT RAISE(ABORT, 'uses of codes are never changed'); END
;;
-- @sqlite
CREATE TRIGGER pay_device_revoked BEFORE UPDATE ON pay_device WHEN OLD.revoked_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a revoked device stays revoked'); END
;;
-- @postgres
CREATE FUNCTION payment_decided() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'payments are never deleted'; END IF;
  IF OLD.state <> 'paid' OR NEW.state = 'closed' OR NEW.id <> OLD.id OR NEW.fingerprint <> OLD.fingerprint OR
    NEW.channel <> OLD.channel OR NEW.person_id <> OLD.person_id OR NEW.shop_id <> OLD.shop_id OR
    NEW.points_cents <> OLD.points_cents OR NEW.cash_cents <> OLD.cash_cents OR
    NEW.points_back_cents < OLD.points_back_cents OR NEW.cash_back_cents < OLD.cash_back_cents OR
    NEW.at <> OLD.at OR NEW.seq <> OLD.seq
  THEN RAISE EXCEPTION 'a payment is decided once and only refunded'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER payment_decided BEFORE UPDATE OR DELETE ON payment FOR EACH ROW EXECUTE FUNCTION payment_decided()
;;
-- @postgres
CREATE TRIGGER payment_step_frozen BEFORE UPDATE OR DELETE ON payment_step FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER refund_frozen BEFORE UPDATE OR DELETE ON refund FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER pay_code_use_frozen BEFORE UPDATE OR DELETE ON pay_code_use FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER pay_device_revoked BEFORE UPDATE ON pay_device FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL)
  EXECUTE FUNCTION never_changed()
";
