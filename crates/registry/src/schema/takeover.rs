//! Tables of taking over an imported record: one-time codes, and who guessed wrongly how often.

/// A code is kept as a keyed digest, and only while it is good. `takeover_try` counts the guesses of an account on a
/// day, `takeover_record` those at a record since its last code.
pub(super) const TAKEOVER: &str = r"
CREATE TABLE hand_over (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL REFERENCES person (id),
  membership_id {uuid} NOT NULL REFERENCES membership (id),
  code_digest {bytes} CHECK (length(code_digest) = 32),
  issued_by {uuid},
  issued_at {time} NOT NULL,
  expires_at {time} NOT NULL,
  wrong bigint NOT NULL CHECK (wrong >= 0),
  ended_at {time},
  outcome text CHECK (outcome IN ('used', 'burned', 'ended', 'replaced', 'expired', 'needless')),
  CHECK ((ended_at IS NULL) = (code_digest IS NOT NULL)),
  CHECK ((ended_at IS NULL) = (outcome IS NULL))
)
;;
CREATE UNIQUE INDEX hand_over_one_open ON hand_over (person_id) WHERE ended_at IS NULL
;;
CREATE UNIQUE INDEX hand_over_one_code ON hand_over (code_digest) WHERE code_digest IS NOT NULL
;;
CREATE TABLE takeover_try (
  account_id {uuid} PRIMARY KEY REFERENCES account (id),
  day {day} NOT NULL,
  wrong bigint NOT NULL CHECK (wrong >= 1)
)
;;
CREATE TABLE takeover_record (
  person_id {uuid} PRIMARY KEY REFERENCES person (id),
  wrong bigint NOT NULL CHECK (wrong >= 1)
)
";
