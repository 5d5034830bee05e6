//! Tables of the ground floor. Personal data lives in `registry`; what stands
//! here is kept by id.

use crate::Migration;

/// All kernel steps, oldest first.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    vec![
        Migration { name: "kernel_0001_event", sql: EVENT },
        Migration { name: "kernel_0002_node", sql: NODE },
        Migration { name: "kernel_0003_session", sql: SESSION },
        Migration { name: "kernel_0004_approval", sql: APPROVAL },
        Migration { name: "kernel_0005_work", sql: WORK },
        Migration { name: "kernel_0006_file", sql: FILE },
        Migration { name: "kernel_0007_upload", sql: UPLOAD },
        Migration { name: "kernel_0008_seal", sql: SEAL },
    ]
}

const EVENT: &str = r"
CREATE TABLE event (
  id {uuid} PRIMARY KEY,
  kind text NOT NULL CHECK (length(kind) BETWEEN 3 AND 80),
  aggregate_kind text NOT NULL,
  aggregate_id {uuid} NOT NULL,
  node_id {uuid},
  actor_id {uuid},
  at {time} NOT NULL,
  cause_id {uuid},
  request_id text,
  payload {json} NOT NULL
)
;;
CREATE INDEX event_by_aggregate ON event (aggregate_id, id)
;;
CREATE INDEX event_by_kind ON event (kind, id)
;;
CREATE INDEX event_by_actor ON event (actor_id, id)
;;
CREATE TABLE unsealed (event_id {uuid} PRIMARY KEY REFERENCES event (id))
;;
CREATE TABLE sealed (
  seq bigint PRIMARY KEY CHECK (seq > 0),
  event_id {uuid} NOT NULL UNIQUE REFERENCES event (id),
  hash {bytes} NOT NULL CHECK (length(hash) = 32)
)
;;
CREATE TABLE sealed_root (
  day {day} PRIMARY KEY,
  seq bigint NOT NULL,
  hash {bytes} NOT NULL,
  signature {bytes} NOT NULL,
  public_key {bytes} NOT NULL
)
;;
-- @sqlite
CREATE TRIGGER event_frozen BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
;;
-- @sqlite
CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER sealed_frozen BEFORE UPDATE ON sealed BEGIN SELECT RAISE(ABORT, 'seals are never changed'); END
;;
-- @sqlite
CREATE TRIGGER sealed_kept BEFORE DELETE ON sealed BEGIN SELECT RAISE(ABORT, 'seals are never deleted'); END
;;
-- @postgres
CREATE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$
;;
-- @postgres
CREATE TRIGGER event_frozen BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER sealed_frozen BEFORE UPDATE OR DELETE ON sealed FOR EACH ROW EXECUTE FUNCTION never_changed()
";

/// Every event costs a mark and a link: they look nothing up any more ([`crate::event::verify`] finds what hangs in the
/// air), and on `SQLite` each of them is one tree less. Who does nothing is in no index.
const SEAL: &str = r"
DROP INDEX event_by_actor
;;
CREATE INDEX event_by_actor ON event (actor_id, id) WHERE actor_id IS NOT NULL
;;
-- @postgres
ALTER TABLE unsealed DROP CONSTRAINT unsealed_event_id_fkey
;;
-- @postgres
ALTER TABLE sealed DROP CONSTRAINT sealed_event_id_fkey
;;
-- @sqlite
CREATE TABLE unsealed_lean (event_id {uuid} PRIMARY KEY NOT NULL) WITHOUT ROWID
;;
-- @sqlite
INSERT INTO unsealed_lean (event_id) SELECT event_id FROM unsealed
;;
-- @sqlite
DROP TABLE unsealed
;;
-- @sqlite
ALTER TABLE unsealed_lean RENAME TO unsealed
;;
-- @sqlite
CREATE TABLE sealed_lean (
  seq bigint PRIMARY KEY NOT NULL CHECK (seq > 0),
  event_id {uuid} NOT NULL UNIQUE,
  hash {bytes} NOT NULL CHECK (length(hash) = 32)
) WITHOUT ROWID
;;
-- @sqlite
INSERT INTO sealed_lean (seq, event_id, hash) SELECT seq, event_id, hash FROM sealed ORDER BY seq
;;
-- @sqlite
DROP TABLE sealed
;;
-- @sqlite
ALTER TABLE sealed_lean RENAME TO sealed
;;
-- @sqlite
CREATE TRIGGER sealed_frozen BEFORE UPDATE ON sealed BEGIN SELECT RAISE(ABORT, 'seals are never changed'); END
;;
-- @sqlite
CREATE TRIGGER sealed_kept BEFORE DELETE ON sealed BEGIN SELECT RAISE(ABORT, 'seals are never deleted'); END
";

const NODE: &str = r"
CREATE TABLE node (id {uuid} PRIMARY KEY, kind text NOT NULL)
;;
CREATE TABLE placement (
  id {uuid} PRIMARY KEY,
  child {uuid} NOT NULL REFERENCES node (id),
  parent {uuid} NOT NULL REFERENCES node (id),
  valid_from {day} NOT NULL,
  valid_to {day},
  CHECK (child <> parent),
  CHECK (valid_to IS NULL OR valid_to > valid_from),
  UNIQUE (child, valid_from)
)
;;
CREATE UNIQUE INDEX placement_one_open ON placement (child) WHERE valid_to IS NULL
;;
CREATE INDEX placement_by_parent ON placement (parent, child)
";

const SESSION: &str = r"
CREATE TABLE session (
  id {uuid} PRIMARY KEY,
  token_hash {bytes} NOT NULL UNIQUE,
  account_id {uuid} NOT NULL,
  person_id {uuid},
  stage text NOT NULL CHECK (stage IN ('done', 'totp', 'password', 'enrol_totp')),
  created_at {time} NOT NULL,
  last_seen_at {time} NOT NULL,
  idle_minutes bigint NOT NULL CHECK (idle_minutes > 0),
  expires_at {time} NOT NULL,
  ended_at {time},
  device text NOT NULL
)
;;
CREATE INDEX session_by_account ON session (account_id) WHERE ended_at IS NULL
;;
CREATE TABLE role_grant (
  id {uuid} PRIMARY KEY,
  account_id {uuid} NOT NULL,
  role text NOT NULL,
  node_id {uuid} NOT NULL REFERENCES node (id),
  valid_from {day} NOT NULL,
  valid_to {day},
  granted_by {uuid},
  revoked_at {time},
  revoked_by {uuid},
  reason text
)
;;
CREATE UNIQUE INDEX role_grant_once ON role_grant (account_id, role, node_id) WHERE revoked_at IS NULL
;;
CREATE UNIQUE INDEX role_grant_one_administrator ON role_grant (account_id)
  WHERE revoked_at IS NULL AND role IN ('system_admin', 'security_admin', 'audit_admin')
;;
CREATE INDEX role_grant_by_node ON role_grant (node_id) WHERE revoked_at IS NULL
;;
CREATE TABLE idempotency (
  key_hash {bytes} PRIMARY KEY,
  fingerprint {bytes} NOT NULL,
  day {day} NOT NULL,
  answer {json}
)
;;
CREATE INDEX idempotency_by_day ON idempotency (day)
";

const APPROVAL: &str = r"
CREATE TABLE approval (
  id {uuid} PRIMARY KEY,
  kind text NOT NULL,
  subject_id {uuid} NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'approved', 'returned', 'withdrawn', 'expired')),
  stage bigint NOT NULL CHECK (stage >= 1),
  stages bigint NOT NULL CHECK (stages >= stage),
  node_id {uuid} NOT NULL REFERENCES node (id),
  permission text NOT NULL,
  opened_by {uuid},
  opened_at {time} NOT NULL,
  due_on {day},
  due_derivation {json} NOT NULL,
  closed_at {time},
  version bigint NOT NULL
)
;;
CREATE UNIQUE INDEX approval_one_open ON approval (kind, subject_id) WHERE state = 'open'
;;
CREATE INDEX approval_waiting ON approval (node_id, kind, id) WHERE state = 'open'
;;
CREATE TABLE approval_stage (
  approval_id {uuid} NOT NULL REFERENCES approval (id),
  stage bigint NOT NULL,
  node_id {uuid} NOT NULL REFERENCES node (id),
  permission text NOT NULL,
  PRIMARY KEY (approval_id, stage)
)
;;
CREATE TABLE approval_decision (
  id {uuid} PRIMARY KEY,
  approval_id {uuid} NOT NULL REFERENCES approval (id),
  stage bigint NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('approved', 'returned', 'withdrawn', 'moved', 'expired')),
  decided_by {uuid},
  decided_at {time} NOT NULL,
  note text
)
;;
CREATE UNIQUE INDEX approval_decided_once ON approval_decision (approval_id, stage) WHERE outcome <> 'moved'
;;
CREATE INDEX approval_decision_by_actor ON approval_decision (decided_by, id)
";

const WORK: &str = r"
CREATE TABLE parameter (
  id {uuid} PRIMARY KEY,
  name text NOT NULL,
  division_code text NOT NULL,
  value text NOT NULL,
  valid_from {day} NOT NULL,
  valid_to {day},
  source text NOT NULL CHECK (length(source) > 0),
  CHECK (valid_to IS NULL OR valid_to > valid_from),
  UNIQUE (name, division_code, valid_from)
)
;;
CREATE UNIQUE INDEX parameter_one_open ON parameter (name, division_code) WHERE valid_to IS NULL
;;
CREATE TABLE calendar_day (
  day {day} PRIMARY KEY,
  working boolean NOT NULL,
  name text NOT NULL
)
;;
CREATE TABLE job (
  id {uuid} PRIMARY KEY,
  kind text NOT NULL,
  payload {json} NOT NULL,
  once_key text UNIQUE,
  run_at {time} NOT NULL,
  attempts bigint NOT NULL,
  lease_until {time},
  lease_token {uuid},
  state text NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
  last_error text,
  finished_at {time}
)
;;
CREATE INDEX job_due ON job (run_at) WHERE state = 'waiting'
;;
CREATE TABLE cron (
  name text PRIMARY KEY,
  every text NOT NULL,
  next_at {time} NOT NULL
)
;;
CREATE TABLE notice (
  id {uuid} PRIMARY KEY,
  account_id {uuid} NOT NULL,
  kind text NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  link text,
  event_id {uuid},
  created_at {time} NOT NULL,
  read_at {time}
)
;;
CREATE INDEX notice_by_account ON notice (account_id, id)
;;
CREATE UNIQUE INDEX notice_once ON notice (account_id, kind, event_id) WHERE event_id IS NOT NULL
;;
CREATE TABLE sms (
  id {uuid} PRIMARY KEY,
  phone_sealed {bytes},
  text_sealed {bytes},
  state text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
  created_at {time} NOT NULL,
  sent_at {time}
)
;;
CREATE TABLE feed_position (
  consumer text PRIMARY KEY,
  seq bigint NOT NULL
)
";

/// The bytes stand in the file store, sealed; a row that is not attached within a day is swept with its bytes.
const FILE: &str = r"
CREATE TABLE file (
  id {uuid} PRIMARY KEY,
  purpose text NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  digest {bytes} NOT NULL CHECK (length(digest) = 32),
  account_id {uuid},
  created_at {time} NOT NULL,
  attached_at {time},
  delete_on {day},
  deleted_at {time}
)
;;
CREATE INDEX file_staged ON file (created_at) WHERE attached_at IS NULL AND deleted_at IS NULL
;;
CREATE INDEX file_to_delete ON file (delete_on) WHERE deleted_at IS NULL
";

/// A file on its way, and its pieces; they stand in the file store, each sealed as an object of its own.
const UPLOAD: &str = r"
CREATE TABLE file_upload (
  id {uuid} PRIMARY KEY,
  purpose text NOT NULL,
  subject_id {uuid} NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  bytes bigint NOT NULL CHECK (bytes > 0),
  received bigint NOT NULL CHECK (received BETWEEN 0 AND bytes),
  account_id {uuid},
  created_at {time} NOT NULL,
  touched_at {time} NOT NULL
)
;;
CREATE INDEX file_upload_by_subject ON file_upload (subject_id)
;;
CREATE INDEX file_upload_by_touched ON file_upload (touched_at)
;;
CREATE TABLE file_piece (
  upload_id {uuid} NOT NULL REFERENCES file_upload (id),
  place bigint NOT NULL CHECK (place >= 0),
  bytes bigint NOT NULL CHECK (bytes > 0),
  object_id {uuid} NOT NULL UNIQUE,
  PRIMARY KEY (upload_id, place)
)
";
