//! What a dispute decided: a refund that the shop owes.

/// What was decided is never changed: triggers. Refunds of the payment count from what had gone back, or was decided to,
/// before: so that two decisions about one payment add up.
pub const DISPUTE_REFUND: &str = r"
CREATE TABLE dispute_refund (
  dispute_id {uuid} PRIMARY KEY REFERENCES dispute (id),
  payment_id {uuid} NOT NULL REFERENCES transfer (id),
  from_cents bigint NOT NULL CHECK (from_cents >= 0),
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  due_on {day} NOT NULL,
  derivation {json} NOT NULL,
  decided_at {time} NOT NULL
)
;;
CREATE UNIQUE INDEX dispute_refund_of_payment ON dispute_refund (payment_id, from_cents)
;;
CREATE INDEX dispute_refund_by_day ON dispute_refund (due_on)
;;
-- @sqlite
CREATE TRIGGER dispute_refund_frozen BEFORE UPDATE ON dispute_refund
BEGIN SELECT RAISE(ABORT, 'what a dispute decided is never changed'); END
;;
-- @sqlite
CREATE TRIGGER dispute_refund_kept BEFORE DELETE ON dispute_refund
BEGIN SELECT RAISE(ABORT, 'what a dispute decided is never deleted'); END
;;
-- @postgres
CREATE TRIGGER dispute_refund_frozen BEFORE UPDATE OR DELETE ON dispute_refund FOR EACH ROW EXECUTE FUNCTION never_changed()
";
