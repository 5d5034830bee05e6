//! Duty reports.

/// What was submitted never changes, and nothing of a report does once its evaluation is no draft any more: the triggers
/// hold against every program, ours among them. An evaluation in `report_wait` is not opened by the round; the report that
/// is submitted takes it out.
pub const REPORT: &str = r"
CREATE TABLE report (
  id {uuid} PRIMARY KEY,
  evaluation_id {uuid} NOT NULL,
  organization_id {uuid} NOT NULL,
  sections {json} NOT NULL,
  version bigint NOT NULL CHECK (version >= 1),
  submitted bigint NOT NULL CHECK (submitted >= 0),
  changed_at {time} NOT NULL,
  UNIQUE (evaluation_id, organization_id),
  FOREIGN KEY (evaluation_id, organization_id) REFERENCES evaluation_union (evaluation_id, organization_id)
)
;;
CREATE INDEX report_by_organization ON report (organization_id)
;;
CREATE TABLE report_file (
  file_id {uuid} PRIMARY KEY REFERENCES file (id),
  report_id {uuid} NOT NULL REFERENCES report (id),
  kind text NOT NULL CHECK (kind IN ('picture', 'video', 'captions')),
  place bigint NOT NULL CHECK (place = 0 OR (kind = 'picture' AND place BETWEEN 1 AND 8)),
  content_type text NOT NULL,
  width bigint CHECK (width > 0),
  height bigint CHECK (height > 0),
  caption text NOT NULL CHECK (length(caption) <= 100),
  UNIQUE (report_id, kind, place),
  CHECK ((kind = 'picture') = (width IS NOT NULL AND height IS NOT NULL))
)
;;
CREATE TABLE report_submission (
  report_id {uuid} NOT NULL REFERENCES report (id),
  number bigint NOT NULL CHECK (number >= 1),
  content {json} NOT NULL,
  hash {bytes} NOT NULL CHECK (length(hash) = 32),
  submitted_by {uuid},
  submitted_at {time} NOT NULL,
  PRIMARY KEY (report_id, number)
)
;;
CREATE TABLE report_wait (
  evaluation_id {uuid} PRIMARY KEY REFERENCES evaluation (id),
  since {day} NOT NULL
)
;;
-- @sqlite
CREATE TRIGGER report_begun BEFORE INSERT ON report
WHEN (SELECT state FROM evaluation WHERE id = NEW.evaluation_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a report is fixed with its evaluation'); END
;;
-- @sqlite
CREATE TRIGGER report_fixed BEFORE UPDATE ON report
WHEN (SELECT state FROM evaluation WHERE id = OLD.evaluation_id) <> 'draft' OR
  NEW.id IS NOT OLD.id OR NEW.evaluation_id IS NOT OLD.evaluation_id OR
  NEW.organization_id IS NOT OLD.organization_id OR NEW.submitted < OLD.submitted
BEGIN SELECT RAISE(ABORT, 'a report is fixed with its evaluation'); END
;;
-- @sqlite
CREATE TRIGGER report_kept BEFORE DELETE ON report BEGIN SELECT RAISE(ABORT, 'reports are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER report_file_put BEFORE INSERT ON report_file
WHEN (SELECT e.state FROM report r JOIN evaluation e ON e.id = r.evaluation_id WHERE r.id = NEW.report_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a report is fixed with its evaluation'); END
;;
-- @sqlite
CREATE TRIGGER report_file_fixed BEFORE UPDATE ON report_file
WHEN NEW.report_id IS NOT OLD.report_id OR NEW.file_id IS NOT OLD.file_id OR
  (SELECT e.state FROM report r JOIN evaluation e ON e.id = r.evaluation_id WHERE r.id = OLD.report_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a report is fixed with its evaluation'); END
;;
-- @sqlite
CREATE TRIGGER report_file_kept BEFORE DELETE ON report_file
WHEN (SELECT e.state FROM report r JOIN evaluation e ON e.id = r.evaluation_id WHERE r.id = OLD.report_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a report is fixed with its evaluation'); END
;;
-- @sqlite
CREATE TRIGGER report_submission_new BEFORE INSERT ON report_submission
WHEN (SELECT e.state FROM report r JOIN evaluation e ON e.id = r.evaluation_id WHERE r.id = NEW.report_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a report is fixed with its evaluation'); END
;;
-- @sqlite
CREATE TRIGGER report_submission_frozen BEFORE UPDATE ON report_submission
BEGIN SELECT RAISE(ABORT, 'submissions are never changed'); END
;;
-- @sqlite
CREATE TRIGGER report_submission_kept BEFORE DELETE ON report_submission
BEGIN SELECT RAISE(ABORT, 'submissions are never deleted'); END
;;
-- @postgres
CREATE FUNCTION report_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'reports are never deleted'; END IF;
  IF TG_OP = 'UPDATE' AND (NEW.id <> OLD.id OR NEW.evaluation_id <> OLD.evaluation_id OR
    NEW.organization_id <> OLD.organization_id OR NEW.submitted < OLD.submitted) OR
    (SELECT state FROM evaluation WHERE id = NEW.evaluation_id) <> 'draft'
  THEN RAISE EXCEPTION 'a report is fixed with its evaluation'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER report_fixed BEFORE INSERT OR UPDATE OR DELETE ON report FOR EACH ROW EXECUTE FUNCTION report_fixed()
;;
-- @postgres
CREATE FUNCTION report_part_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own uuid := CASE WHEN TG_OP = 'INSERT' THEN NEW.report_id ELSE OLD.report_id END;
BEGIN
  IF (SELECT e.state FROM report r JOIN evaluation e ON e.id = r.evaluation_id WHERE r.id = own) <> 'draft'
  THEN RAISE EXCEPTION 'a report is fixed with its evaluation'; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF NEW.report_id <> own THEN RAISE EXCEPTION 'a report is fixed with its evaluation'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER report_file_fixed BEFORE INSERT OR UPDATE OR DELETE ON report_file
FOR EACH ROW EXECUTE FUNCTION report_part_fixed()
;;
-- @postgres
CREATE TRIGGER report_submission_new BEFORE INSERT ON report_submission
FOR EACH ROW EXECUTE FUNCTION report_part_fixed()
;;
-- @postgres
CREATE TRIGGER report_submission_frozen BEFORE UPDATE OR DELETE ON report_submission
FOR EACH ROW EXECUTE FUNCTION never_changed()
";
