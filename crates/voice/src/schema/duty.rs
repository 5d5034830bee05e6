//! What a union must do by a day.

/// A duty is never deleted and never back-dated: its last day only moves later, each time with a row of
/// `duty_extension` that says from when to when and why; it is done once, and not on a day before the level above was
/// told that it was not. The triggers hold against every program, ours among them.
pub const DUTY: &str = r"
CREATE TABLE duty (
  id {uuid} PRIMARY KEY,
  evaluation_id {uuid} NOT NULL REFERENCES evaluation (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  kind text NOT NULL CHECK (kind IN ('report', 'answer', 'plan', 'item', 'review')),
  subject_id {uuid} NOT NULL,
  begun_on {day} NOT NULL,
  due_on {day} NOT NULL,
  derivation {json} NOT NULL,
  rule {json},
  extensions bigint NOT NULL CHECK (extensions >= 0),
  told_level bigint NOT NULL CHECK (told_level BETWEEN 0 AND 3),
  done_on {day} CHECK (done_on >= begun_on),
  UNIQUE (kind, subject_id)
)
;;
CREATE INDEX duty_by_organization ON duty (organization_id, due_on, id)
;;
CREATE INDEX duty_by_evaluation ON duty (evaluation_id)
;;
CREATE INDEX duty_open ON duty (told_level, due_on) WHERE done_on IS NULL
;;
-- Why a last day moved: granted by the level above, or because the table of holidays changed.
CREATE TABLE duty_extension (
  duty_id {uuid} NOT NULL REFERENCES duty (id),
  number bigint NOT NULL CHECK (number >= 1),
  cause text NOT NULL CHECK (cause IN ('granted', 'calendar')),
  from_on {day} NOT NULL,
  to_on {day} NOT NULL CHECK (to_on > from_on),
  reason text CHECK (length(reason) BETWEEN 2 AND 200),
  granted_by {uuid},
  changed_on {day} NOT NULL,
  event_id {uuid} NOT NULL,
  PRIMARY KEY (duty_id, number),
  CHECK ((cause = 'granted') = (reason IS NOT NULL)),
  CHECK (cause <> 'granted' OR to_on >= changed_on)
)
;;
-- Which level above was told that a duty is overdue: once for each last day.
CREATE TABLE duty_told (
  duty_id {uuid} NOT NULL REFERENCES duty (id),
  extensions bigint NOT NULL,
  level bigint NOT NULL CHECK (level BETWEEN 1 AND 3),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  told_on {day} NOT NULL,
  PRIMARY KEY (duty_id, extensions, level)
)
;;
-- @sqlite
CREATE TRIGGER duty_kept BEFORE DELETE ON duty BEGIN SELECT RAISE(ABORT, 'duties are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER duty_frozen BEFORE UPDATE ON duty
WHEN NEW.id IS NOT OLD.id OR NEW.evaluation_id IS NOT OLD.evaluation_id OR
  NEW.organization_id IS NOT OLD.organization_id OR NEW.kind IS NOT OLD.kind OR
  NEW.subject_id IS NOT OLD.subject_id OR NEW.begun_on IS NOT OLD.begun_on OR
  (OLD.done_on IS NOT NULL AND (NEW.done_on IS NOT OLD.done_on OR NEW.due_on IS NOT OLD.due_on)) OR
  (NEW.done_on IS NOT OLD.done_on AND EXISTS (
    SELECT 1 FROM duty_told t WHERE t.duty_id = OLD.id AND t.told_on > NEW.done_on)) OR
  (NEW.due_on IS OLD.due_on AND NEW.extensions IS NOT OLD.extensions) OR
  (NEW.due_on IS NOT OLD.due_on AND NOT (NEW.extensions = OLD.extensions + 1 AND EXISTS (
    SELECT 1 FROM duty_extension e WHERE e.duty_id = OLD.id AND e.number = NEW.extensions AND
      e.from_on = OLD.due_on AND e.to_on = NEW.due_on))) OR
  (NEW.told_level < OLD.told_level AND NEW.extensions IS OLD.extensions)
BEGIN SELECT RAISE(ABORT, 'duties are never back-dated'); END
;;
-- @sqlite
CREATE TRIGGER duty_extension_frozen BEFORE UPDATE ON duty_extension
BEGIN SELECT RAISE(ABORT, 'extensions are never changed'); END
;;
-- @sqlite
CREATE TRIGGER duty_extension_kept BEFORE DELETE ON duty_extension
BEGIN SELECT RAISE(ABORT, 'extensions are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER duty_told_frozen BEFORE UPDATE ON duty_told BEGIN SELECT RAISE(ABORT, 'what was told stays'); END
;;
-- @sqlite
CREATE TRIGGER duty_told_kept BEFORE DELETE ON duty_told BEGIN SELECT RAISE(ABORT, 'what was told stays'); END
;;
-- @postgres
CREATE FUNCTION duty_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'duties are never deleted'; END IF;
  IF NEW.id <> OLD.id OR NEW.evaluation_id <> OLD.evaluation_id OR NEW.organization_id <> OLD.organization_id OR
    NEW.kind <> OLD.kind OR NEW.subject_id <> OLD.subject_id OR NEW.begun_on <> OLD.begun_on OR
    (OLD.done_on IS NOT NULL AND (NEW.done_on IS DISTINCT FROM OLD.done_on OR NEW.due_on <> OLD.due_on)) OR
    (NEW.done_on IS DISTINCT FROM OLD.done_on AND EXISTS (
      SELECT 1 FROM duty_told t WHERE t.duty_id = OLD.id AND t.told_on > NEW.done_on)) OR
    (NEW.due_on = OLD.due_on AND NEW.extensions <> OLD.extensions) OR
    (NEW.due_on <> OLD.due_on AND NOT (NEW.extensions = OLD.extensions + 1 AND EXISTS (
      SELECT 1 FROM duty_extension e WHERE e.duty_id = OLD.id AND e.number = NEW.extensions AND
        e.from_on = OLD.due_on AND e.to_on = NEW.due_on))) OR
    (NEW.told_level < OLD.told_level AND NEW.extensions = OLD.extensions)
  THEN RAISE EXCEPTION 'duties are never back-dated'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER duty_frozen BEFORE UPDATE OR DELETE ON duty FOR EACH ROW EXECUTE FUNCTION duty_frozen()
;;
-- @postgres
CREATE TRIGGER duty_extension_frozen BEFORE UPDATE OR DELETE ON duty_extension
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER duty_told_frozen BEFORE UPDATE OR DELETE ON duty_told FOR EACH ROW EXECUTE FUNCTION never_changed()
";
