//! Tables of imports: what was asked for, from which files, how far it got, which rows were not taken.

/// The rows of a file themselves are never copied here: a fault holds the row's number and codes, and the error file
/// is made from the (sealed) source file again. What the wizard shows of a file (its header and first rows) is sealed and
/// goes when the file goes.
pub(super) const IMPORT: &str = r"
CREATE TABLE import (
  id {uuid} PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('register', 'roster')),
  account_id {uuid},
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  state text NOT NULL CHECK (state IN ('draft', 'checking', 'checked', 'running', 'done', 'cancelled', 'failed')),
  rows_total bigint CHECK (rows_total >= 0),
  position bigint NOT NULL CHECK (position >= 0),
  added bigint NOT NULL CHECK (added >= 0),
  unchanged bigint NOT NULL CHECK (unchanged >= 0),
  rejected bigint NOT NULL CHECK (rejected >= 0),
  summary {json},
  trouble text,
  failures bigint NOT NULL CHECK (failures >= 0),
  created_at {time} NOT NULL,
  checked_at {time},
  started_at {time},
  finished_at {time},
  version bigint NOT NULL,
  CHECK (added + unchanged + rejected = position),
  CHECK (rows_total IS NULL OR position <= rows_total),
  CHECK (state <> 'done' OR position = rows_total)
)
;;
CREATE INDEX import_by_organization ON import (organization_id, id)
;;
CREATE INDEX import_by_account ON import (account_id, id)
;;
CREATE TABLE import_file (
  import_id {uuid} NOT NULL REFERENCES import (id),
  number bigint NOT NULL CHECK (number >= 1),
  part text NOT NULL CHECK (part IN ('unions', 'employers', 'officers', 'members')),
  file_id {uuid} NOT NULL UNIQUE REFERENCES file (id),
  name text NOT NULL,
  sheet bigint NOT NULL CHECK (sheet >= 0),
  header_row bigint NOT NULL CHECK (header_row >= 1),
  columns {json} NOT NULL,
  preview_sealed {bytes},
  PRIMARY KEY (import_id, number)
)
;;
CREATE TABLE import_fault (
  import_id {uuid} NOT NULL REFERENCES import (id),
  phase text NOT NULL CHECK (phase IN ('check', 'run')),
  file_number bigint NOT NULL,
  row_number bigint NOT NULL CHECK (row_number >= 1),
  code text NOT NULL,
  faults {json} NOT NULL,
  PRIMARY KEY (import_id, phase, file_number, row_number)
)
;;
CREATE INDEX import_fault_by_code ON import_fault (import_id, phase, code, file_number, row_number)
;;
ALTER TABLE membership ADD COLUMN import_id {uuid}
;;
CREATE INDEX membership_by_import ON membership (import_id, id) WHERE import_id IS NOT NULL
;;
ALTER TABLE organization ADD COLUMN import_id {uuid}
;;
ALTER TABLE employer ADD COLUMN import_id {uuid}
;;
ALTER TABLE officer ADD COLUMN import_id {uuid}
";
