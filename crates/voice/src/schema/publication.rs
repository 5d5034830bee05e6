//! What was published of an evaluation.

/// One result of an evaluation, once, from five ballots up, and never another one: the triggers hold against every
/// program. The file is kept by `file_id`; `hash` is that of its first line, `signature` the platform's SM2 over it.
pub const PUBLICATION: &str = r"
CREATE TABLE publication (
  evaluation_id {uuid} PRIMARY KEY REFERENCES evaluation (id),
  poll_id {uuid} NOT NULL UNIQUE REFERENCES poll (id),
  ballots bigint NOT NULL CHECK (ballots >= 5),
  figures {json} NOT NULL,
  hash {bytes} NOT NULL CHECK (length(hash) = 32),
  merkle_root {bytes} NOT NULL CHECK (length(merkle_root) = 32),
  signature {bytes} NOT NULL CHECK (length(signature) = 64),
  public_key {bytes} NOT NULL CHECK (length(public_key) = 65),
  file_id {uuid} NOT NULL UNIQUE REFERENCES file (id),
  published_at {time} NOT NULL
)
;;
-- @sqlite
CREATE TRIGGER publication_frozen BEFORE UPDATE ON publication
BEGIN SELECT RAISE(ABORT, 'rows of publication are never changed'); END
;;
-- @sqlite
CREATE TRIGGER publication_kept BEFORE DELETE ON publication
BEGIN SELECT RAISE(ABORT, 'rows of publication are never changed'); END
;;
-- @postgres
CREATE TRIGGER publication_frozen BEFORE UPDATE OR DELETE ON publication
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- Why ballots were opened; free text stands beside the event, never in it.
CREATE TABLE audit_reason (
  event_id {uuid} PRIMARY KEY,
  evaluation_id {uuid} NOT NULL REFERENCES evaluation (id),
  reason text NOT NULL CHECK (length(reason) BETWEEN 2 AND 200)
)
";
