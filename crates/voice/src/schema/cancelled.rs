//! Duties that nobody owes any more, and drafts of campaigns that were given up.

/// A duty ends in one of two ways, once: it is done, or it is cancelled because what it was about was given up. What is
/// cancelled stays and says on which day; nothing of it changes after that. The triggers of the first step are written
/// anew with the second end in them.
pub const CANCELLED: &str = r"
ALTER TABLE duty ADD COLUMN cancelled_on {day} CHECK (cancelled_on IS NULL OR (cancelled_on >= begun_on AND done_on IS NULL))
;;
DROP INDEX duty_open
;;
CREATE INDEX duty_open ON duty (told_level, due_on) WHERE done_on IS NULL AND cancelled_on IS NULL
;;
-- What is left to be withdrawn of a campaign that was given up.
CREATE INDEX evaluation_draft_of_campaign ON evaluation (campaign_id, id) WHERE state = 'draft' AND campaign_id IS NOT NULL
;;
-- @sqlite
DROP TRIGGER duty_frozen
;;
-- @sqlite
CREATE TRIGGER duty_frozen BEFORE UPDATE ON duty
WHEN NEW.id IS NOT OLD.id OR NEW.evaluation_id IS NOT OLD.evaluation_id OR
  NEW.organization_id IS NOT OLD.organization_id OR NEW.kind IS NOT OLD.kind OR
  NEW.subject_id IS NOT OLD.subject_id OR NEW.begun_on IS NOT OLD.begun_on OR
  ((OLD.done_on IS NOT NULL OR OLD.cancelled_on IS NOT NULL) AND (NEW.done_on IS NOT OLD.done_on OR
    NEW.cancelled_on IS NOT OLD.cancelled_on OR NEW.due_on IS NOT OLD.due_on)) OR
  ((NEW.done_on IS NOT OLD.done_on OR NEW.cancelled_on IS NOT OLD.cancelled_on) AND EXISTS (
    SELECT 1 FROM duty_told t WHERE t.duty_id = OLD.id AND t.told_on > COALESCE(NEW.done_on, NEW.cancelled_on))) OR
  (NEW.due_on IS OLD.due_on AND NEW.extensions IS NOT OLD.extensions) OR
  (NEW.due_on IS NOT OLD.due_on AND NOT (NEW.extensions = OLD.extensions + 1 AND EXISTS (
    SELECT 1 FROM duty_extension e WHERE e.duty_id = OLD.id AND e.number = NEW.extensions AND
      e.from_on = OLD.due_on AND e.to_on = NEW.due_on))) OR
  (NEW.told_level < OLD.told_level AND NEW.extensions IS OLD.extensions)
BEGIN SELECT RAISE(ABORT, 'duties are never back-dated'); END
;;
-- @postgres
CREATE OR REPLACE FUNCTION duty_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'duties are never deleted'; END IF;
  IF NEW.id <> OLD.id OR NEW.evaluation_id <> OLD.evaluation_id OR NEW.organization_id <> OLD.organization_id OR
    NEW.kind <> OLD.kind OR NEW.subject_id <> OLD.subject_id OR NEW.begun_on <> OLD.begun_on OR
    ((OLD.done_on IS NOT NULL OR OLD.cancelled_on IS NOT NULL) AND (NEW.done_on IS DISTINCT FROM OLD.done_on OR
      NEW.cancelled_on IS DISTINCT FROM OLD.cancelled_on OR NEW.due_on <> OLD.due_on)) OR
    ((NEW.done_on IS DISTINCT FROM OLD.done_on OR NEW.cancelled_on IS DISTINCT FROM OLD.cancelled_on) AND EXISTS (
      SELECT 1 FROM duty_told t WHERE t.duty_id = OLD.id AND t.told_on > COALESCE(NEW.done_on, NEW.cancelled_on))) OR
    (NEW.due_on = OLD.due_on AND NEW.extensions <> OLD.extensions) OR
    (NEW.due_on <> OLD.due_on AND NOT (NEW.extensions = OLD.extensions + 1 AND EXISTS (
      SELECT 1 FROM duty_extension e WHERE e.duty_id = OLD.id AND e.number = NEW.extensions AND
        e.from_on = OLD.due_on AND e.to_on = NEW.due_on))) OR
    (NEW.told_level < OLD.told_level AND NEW.extensions = OLD.extensions)
  THEN RAISE EXCEPTION 'duties are never back-dated'; END IF;
  RETURN NEW;
END $$
";
