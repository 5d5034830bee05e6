//! Points that were issued wrongly and are taken back.

/// A batch has one correction under way at the most: a unique index. What became of a line is never changed, and no
/// correction is deleted: triggers. That an issue is reversed once is the ledger's (`transfer_reversed_once`).
pub const CORRECTION: &str = r"
-- Points of a batch that are to be taken back: all of them, or those of named people.
CREATE TABLE issue_correction (
  id {uuid} PRIMARY KEY,
  batch_id {uuid} NOT NULL REFERENCES issue_batch (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  whole boolean NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 2 AND 100),
  people bigint NOT NULL CHECK (people > 0),
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'returned', 'withdrawn')),
  cursor {uuid},
  done_people bigint NOT NULL CHECK (done_people BETWEEN 0 AND people),
  taken_cents bigint NOT NULL CHECK (taken_cents BETWEEN 0 AND amount_cents),
  event_id {uuid},
  asked_by {uuid},
  asked_at {time} NOT NULL,
  return_reason text,
  ended_at {time},
  version bigint NOT NULL CHECK (version > 0),
  CHECK ((state IN ('waiting', 'running')) = (ended_at IS NULL)),
  CHECK ((state = 'returned') = (return_reason IS NOT NULL)),
  CHECK ((state IN ('running', 'done')) = (event_id IS NOT NULL)),
  CHECK (state <> 'done' OR done_people = people)
)
;;
CREATE UNIQUE INDEX issue_correction_one_open ON issue_correction (batch_id) WHERE state IN ('waiting', 'running')
;;
CREATE INDEX issue_correction_by_batch ON issue_correction (batch_id, id)
;;
-- What became of each line; of a correction of named people they stand here from the beginning.
CREATE TABLE issue_correction_line (
  correction_id {uuid} NOT NULL REFERENCES issue_correction (id),
  person_id {uuid} NOT NULL REFERENCES person (id),
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  state text NOT NULL CHECK (state IN ('waiting', 'whole', 'part', 'spent', 'before', 'refused')),
  taken_cents bigint NOT NULL CHECK (taken_cents BETWEEN 0 AND amount_cents),
  transfer_id {uuid} UNIQUE,
  code text,
  PRIMARY KEY (correction_id, person_id),
  CHECK ((state IN ('whole', 'part')) = (taken_cents > 0)),
  CHECK ((state = 'whole') = (taken_cents = amount_cents)),
  CHECK ((taken_cents > 0) = (transfer_id IS NOT NULL)),
  CHECK ((state = 'refused') = (code IS NOT NULL))
)
;;
-- @sqlite
CREATE TRIGGER issue_correction_ended BEFORE UPDATE ON issue_correction WHEN OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a correction that ended is never changed'); END
;;
-- @sqlite
CREATE TRIGGER issue_correction_kept BEFORE DELETE ON issue_correction
BEGIN SELECT RAISE(ABORT, 'corrections are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER issue_correction_line_frozen BEFORE UPDATE ON issue_correction_line WHEN OLD.state <> 'waiting'
BEGIN SELECT RAISE(ABORT, 'what became of a line is never changed'); END
;;
-- @sqlite
CREATE TRIGGER issue_correction_line_kept BEFORE DELETE ON issue_correction_line
BEGIN SELECT RAISE(ABORT, 'lines of a correction are never deleted'); END
;;
-- @postgres
CREATE TRIGGER issue_correction_ended BEFORE UPDATE ON issue_correction FOR EACH ROW
  WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER issue_correction_kept BEFORE DELETE ON issue_correction FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER issue_correction_line_frozen BEFORE UPDATE ON issue_correction_line FOR EACH ROW
  WHEN (OLD.state <> 'waiting') EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER issue_correction_line_kept BEFORE DELETE ON issue_correction_line FOR EACH ROW
  EXECUTE FUNCTION never_changed()
";
