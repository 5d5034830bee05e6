//! Reminders, and what paper needs beside its sheets.

/// A round of reminding is a row, three of them at the most; who was told stands in her own inbox and nowhere else
/// (`notice_once` lets a round reach an account once). A sheet is entered by two different people, never more sheets than
/// members took paper, and what is entered or void never changes: the triggers hold against every program.
pub const CHANNELS: &str = r"
CREATE TABLE reminder_round (
  evaluation_id {uuid} NOT NULL REFERENCES evaluation (id),
  kind text NOT NULL CHECK (kind IN ('opening', 'middle', 'last')),
  due_at {time} NOT NULL,
  state text NOT NULL CHECK (state IN ('planned', 'running', 'done', 'dropped')),
  event_id {uuid},
  cursor {uuid},
  version bigint NOT NULL,
  seen bigint NOT NULL CHECK (seen >= 0),
  reached bigint NOT NULL CHECK (reached BETWEEN 0 AND seen),
  PRIMARY KEY (evaluation_id, kind),
  CHECK ((state IN ('running', 'done')) = (event_id IS NOT NULL))
)
;;
CREATE INDEX reminder_round_due ON reminder_round (due_at) WHERE state IN ('planned', 'running')
;;
ALTER TABLE paper_sheet ADD COLUMN typed_hash {bytes}
;;
ALTER TABLE paper_sheet ADD COLUMN second_by {uuid}
;;
ALTER TABLE paper_sheet ADD COLUMN second_entry {bytes}
;;
ALTER TABLE paper_sheet ADD COLUMN label text
;;
CREATE UNIQUE INDEX paper_sheet_typed_once ON paper_sheet (poll_id, typed_hash) WHERE typed_hash IS NOT NULL
;;
CREATE INDEX paper_sheet_by_state ON paper_sheet (poll_id, state)
;;
CREATE INDEX draw_on_paper ON draw (poll_id) WHERE channel = 'paper'
;;
-- Who entered that a member takes paper; never which sheet.
CREATE TABLE paper_draw (
  poll_id {uuid} NOT NULL,
  person_id {uuid} NOT NULL,
  handed_by {uuid} NOT NULL,
  PRIMARY KEY (poll_id, person_id),
  FOREIGN KEY (poll_id, person_id) REFERENCES draw (poll_id, person_id)
)
;;
-- @sqlite
CREATE TRIGGER paper_sheet_final BEFORE UPDATE ON paper_sheet WHEN OLD.state IN ('entered', 'void')
BEGIN SELECT RAISE(ABORT, 'a sheet that was entered or is void never changes'); END
;;
-- @sqlite
CREATE TRIGGER paper_sheet_kept BEFORE DELETE ON paper_sheet
BEGIN SELECT RAISE(ABORT, 'sheets are never removed'); END
;;
-- @sqlite
CREATE TRIGGER paper_sheet_two BEFORE UPDATE ON paper_sheet WHEN NEW.state = 'entered' AND (
  OLD.state NOT IN ('first_entry', 'disputed') OR NEW.first_by IS NULL OR NEW.second_by IS NULL OR
  NEW.first_by = NEW.second_by OR NEW.first_entry IS NOT NULL OR NEW.second_entry IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a sheet is entered by two people'); END
;;
-- @sqlite
CREATE TRIGGER paper_sheet_counted BEFORE UPDATE ON paper_sheet WHEN NEW.state = 'entered' AND
  (SELECT count(*) FROM paper_sheet WHERE poll_id = NEW.poll_id AND state = 'entered') >=
  (SELECT count(*) FROM draw WHERE poll_id = NEW.poll_id AND channel = 'paper')
BEGIN SELECT RAISE(ABORT, 'more sheets than members who took paper'); END
;;
-- @postgres
CREATE FUNCTION paper_sheet_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'sheets are never removed'; END IF;
  IF OLD.state IN ('entered', 'void') THEN RAISE EXCEPTION 'a sheet that was entered or is void never changes'; END IF;
  IF NEW.state = 'entered' THEN
    IF OLD.state NOT IN ('first_entry', 'disputed') OR NEW.first_by IS NULL OR NEW.second_by IS NULL OR
       NEW.first_by = NEW.second_by OR NEW.first_entry IS NOT NULL OR NEW.second_entry IS NOT NULL
    THEN RAISE EXCEPTION 'a sheet is entered by two people'; END IF;
    IF (SELECT count(*) FROM paper_sheet WHERE poll_id = NEW.poll_id AND state = 'entered') >=
       (SELECT count(*) FROM draw WHERE poll_id = NEW.poll_id AND channel = 'paper')
    THEN RAISE EXCEPTION 'more sheets than members who took paper'; END IF;
  END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER paper_sheet_guard BEFORE UPDATE OR DELETE ON paper_sheet
FOR EACH ROW EXECUTE FUNCTION paper_sheet_guard()
";
