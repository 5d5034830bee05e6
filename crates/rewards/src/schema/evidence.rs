//! Evidence of batches: the papers behind points that were issued.

/// What was attached is never changed and never deleted: triggers. The bytes are sealed in the file store; their digest
/// stands here and in the event. The number puts the files of a batch in order, and bounds how many there are.
pub const EVIDENCE: &str = r"
CREATE TABLE issue_evidence (
  file_id {uuid} PRIMARY KEY REFERENCES file (id),
  batch_id {uuid} NOT NULL REFERENCES issue_batch (id),
  number bigint NOT NULL CHECK (number BETWEEN 1 AND 50),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  content_type text NOT NULL CHECK (content_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')),
  bytes bigint NOT NULL CHECK (bytes > 0),
  digest {bytes} NOT NULL CHECK (length(digest) = 32),
  added_by {uuid} NOT NULL,
  added_at {time} NOT NULL,
  UNIQUE (batch_id, number)
)
;;
-- @sqlite
CREATE TRIGGER issue_evidence_frozen BEFORE UPDATE ON issue_evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END
;;
-- @sqlite
CREATE TRIGGER issue_evidence_kept BEFORE DELETE ON issue_evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END
;;
-- @postgres
CREATE TRIGGER issue_evidence_frozen BEFORE UPDATE OR DELETE ON issue_evidence FOR EACH ROW EXECUTE FUNCTION never_changed()
";
