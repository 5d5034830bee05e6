//! Tables of exports: who took which list, why, and under which number it is marked.

pub(super) const EXPORT: &str = r"
CREATE TABLE export (
  id {uuid} PRIMARY KEY,
  mark text NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind IN ('members', 'unions')),
  account_id {uuid} NOT NULL REFERENCES account (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  filter {json} NOT NULL,
  format text NOT NULL CHECK (format IN ('xlsx', 'csv')),
  reason text,
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'ready', 'failed', 'expired')),
  rows bigint NOT NULL CHECK (rows >= 0),
  file_id {uuid} REFERENCES file (id),
  trouble text,
  created_at {time} NOT NULL,
  finished_at {time},
  expires_at {time},
  CHECK ((state = 'ready') = (file_id IS NOT NULL AND finished_at IS NOT NULL AND expires_at IS NOT NULL))
)
;;
CREATE INDEX export_by_account ON export (account_id, id)
;;
CREATE INDEX export_by_organization ON export (organization_id, id)
";
