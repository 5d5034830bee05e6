//! Drawing and casting. A *poll* (票箱) is one key and one box: the ratings of an evaluation, its opinions, or one round
//! of asking again whether something was fixed.

/// Who drew (`draw`, by day), which tokens came back (`spent`) and what was voted (`ballot`) are three tables with
/// nothing in common but the poll. `ballot_queue` holds sealed ballots until enough can be shuffled in; it is left out
/// of backups, and the key that opens it stands in a file of its own.
pub const BALLOT: &str = r"
CREATE TABLE poll (
  id {uuid} PRIMARY KEY,
  evaluation_id {uuid} NOT NULL REFERENCES evaluation (id),
  purpose text NOT NULL CHECK (purpose IN ('rating', 'opinion', 'closure')),
  round bigint NOT NULL CHECK (round >= 0),
  issuer text NOT NULL CHECK (issuer IN ('blind_rsa', 'separated')),
  public_key {bytes} NOT NULL,
  key_hash {bytes} NOT NULL CHECK (length(key_hash) = 32),
  opens_on {day} NOT NULL,
  closes_at {time} NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'closed')),
  destroyed bigint CHECK (destroyed BETWEEN 0 AND 4),
  UNIQUE (evaluation_id, purpose, round)
)
;;
CREATE TABLE draw (
  poll_id {uuid} NOT NULL REFERENCES poll (id),
  person_id {uuid} NOT NULL,
  channel text NOT NULL CHECK (channel IN ('phone', 'kiosk', 'paper')),
  request_hash {bytes} CHECK (length(request_hash) = 32),
  drawn_on {day} NOT NULL,
  PRIMARY KEY (poll_id, person_id),
  CHECK ((channel = 'paper') = (request_hash IS NULL))
)
;;
CREATE TABLE draw_slot (
  poll_id {uuid} NOT NULL REFERENCES poll (id),
  slot {time} NOT NULL,
  draws bigint NOT NULL CHECK (draws > 0),
  PRIMARY KEY (poll_id, slot)
)
;;
CREATE TABLE spent (
  poll_id {uuid} NOT NULL REFERENCES poll (id),
  token_hash {bytes} NOT NULL CHECK (length(token_hash) = 32),
  token {bytes} NOT NULL,
  signature {bytes} NOT NULL,
  claim {uuid} NOT NULL,
  PRIMARY KEY (token_hash, poll_id)
)
;;
CREATE INDEX spent_by_poll ON spent (poll_id)
;;
CREATE TABLE ballot_queue (
  id {uuid} PRIMARY KEY,
  poll_id {uuid} NOT NULL REFERENCES poll (id),
  key_id {uuid} NOT NULL,
  sealed {bytes} NOT NULL
)
;;
CREATE INDEX ballot_queue_by_poll ON ballot_queue (poll_id)
;;
CREATE TABLE ballot (
  id {uuid} PRIMARY KEY,
  poll_id {uuid} NOT NULL REFERENCES poll (id),
  commitment {bytes} NOT NULL CHECK (length(commitment) = 32),
  sealed {bytes} NOT NULL,
  UNIQUE (commitment, poll_id)
)
;;
CREATE INDEX ballot_by_poll ON ballot (poll_id)
;;
-- One-time sheets with a code; which member got which sheet is written nowhere.
CREATE TABLE paper_sheet (
  poll_id {uuid} NOT NULL REFERENCES poll (id),
  code_hash {bytes} NOT NULL CHECK (length(code_hash) = 32),
  state text NOT NULL CHECK (state IN ('printed', 'first_entry', 'disputed', 'entered', 'void')),
  first_by {uuid},
  first_entry {bytes},
  PRIMARY KEY (poll_id, code_hash)
)
";
