//! Blocks of the trees of large closure votes, and the problems of a union.

/// A receipt of a closure vote is proved from one block and the roots of the others, as one of the ratings is
/// (`publication_block`).
pub const CLOSURE_BLOCK: &str = r"
CREATE TABLE closure_block (
  poll_id {uuid} NOT NULL REFERENCES closure_round (poll_id),
  number bigint NOT NULL CHECK (number >= 0),
  first {bytes} NOT NULL CHECK (length(first) = 32),
  root {bytes} NOT NULL CHECK (length(root) = 32),
  PRIMARY KEY (poll_id, number)
)
;;
-- A report brings along what its union was to put right.
CREATE INDEX rectification_problem_by_organization ON rectification_problem (organization_id)
;;
-- @sqlite
CREATE TRIGGER closure_block_frozen BEFORE UPDATE ON closure_block
BEGIN SELECT RAISE(ABORT, 'rows of closure_block are never changed'); END
;;
-- @sqlite
CREATE TRIGGER closure_block_kept BEFORE DELETE ON closure_block
BEGIN SELECT RAISE(ABORT, 'rows of closure_block are never changed'); END
;;
-- @postgres
CREATE TRIGGER closure_block_frozen BEFORE UPDATE OR DELETE ON closure_block
FOR EACH ROW EXECUTE FUNCTION never_changed()
";
