//! What members said in words, what was answered, and what they said to that.

/// An opinion has a random id, no member and no moment; neither has what its author says later. Nothing can be deleted:
/// an answer is superseded by a newer one, and a text that was hidden is still there. An opinion is merged into another
/// one at most once, and never into one that is merged itself. The triggers hold against every program, ours among them.
pub const OPINION: &str = r"
-- What came out of the box of an evaluation's opinions. Its row is there once all of them are.
CREATE TABLE opinion_box (
  evaluation_id {uuid} PRIMARY KEY REFERENCES evaluation (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  ballots bigint NOT NULL CHECK (ballots = 0 OR ballots >= 5),
  destroyed bigint NOT NULL CHECK (destroyed BETWEEN 0 AND 4),
  opinions bigint NOT NULL CHECK (opinions BETWEEN 0 AND ballots),
  pressed bigint NOT NULL CHECK (pressed BETWEEN 0 AND ballots)
)
;;
CREATE INDEX opinion_box_by_organization ON opinion_box (organization_id, evaluation_id)
;;
CREATE TABLE opinion (
  id {uuid} PRIMARY KEY,
  evaluation_id {uuid} NOT NULL REFERENCES evaluation (id),
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 500),
  code_index {bytes} CHECK (length(code_index) = 32),
  state text NOT NULL CHECK (state IN ('open', 'answered', 'refused', 'merged')),
  merged_into {uuid} REFERENCES opinion (id),
  CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
  CHECK (merged_into <> id)
)
;;
CREATE INDEX opinion_by_evaluation ON opinion (evaluation_id, id)
;;
CREATE INDEX opinion_open ON opinion (evaluation_id) WHERE state = 'open'
;;
CREATE INDEX opinion_merged ON opinion (merged_into) WHERE merged_into IS NOT NULL
;;
CREATE UNIQUE INDEX opinion_code ON opinion (code_index) WHERE code_index IS NOT NULL
;;
-- What was done with an opinion, one row after the other; the last one counts, the others stay readable.
CREATE TABLE opinion_answer (
  id {uuid} PRIMARY KEY,
  opinion_id {uuid} NOT NULL REFERENCES opinion (id),
  number bigint NOT NULL CHECK (number >= 1),
  kind text NOT NULL CHECK (kind IN ('answered', 'refused', 'merged')),
  text text CHECK (length(text) BETWEEN 2 AND 1000),
  answered_by {uuid} NOT NULL,
  answered_at {time} NOT NULL,
  UNIQUE (opinion_id, number),
  CHECK ((kind = 'merged') = (text IS NULL))
)
;;
-- Whether members may read the text of an opinion: proposed once by who answers, decided once by the level above.
CREATE TABLE opinion_hiding (
  opinion_id {uuid} PRIMARY KEY REFERENCES opinion (id),
  fault text NOT NULL CHECK (fault IN ('insult', 'person', 'privacy')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 2 AND 200),
  proposed_by {uuid} NOT NULL,
  proposed_at {time} NOT NULL,
  state text NOT NULL CHECK (state IN ('proposed', 'hidden', 'shown')),
  decided_by {uuid},
  decided_at {time},
  decision text CHECK (length(decision) BETWEEN 2 AND 200),
  CHECK ((state = 'proposed') = (decided_by IS NULL) AND (state = 'proposed') = (decided_at IS NULL)),
  CHECK (decided_by <> proposed_by)
)
;;
CREATE INDEX opinion_hiding_proposed ON opinion_hiding (opinion_id) WHERE state = 'proposed'
;;
-- What authors said to an answer: words, or how satisfied they are. It waits until the next shuffle, by day.
CREATE TABLE opinion_echo_waiting (
  id {uuid} PRIMARY KEY,
  opinion_id {uuid} NOT NULL REFERENCES opinion (id),
  place bigint CHECK (place BETWEEN 1 AND 3),
  text text CHECK (length(text) BETWEEN 1 AND 300),
  answer_id {uuid} REFERENCES opinion_answer (id),
  grade bigint CHECK (grade BETWEEN 0 AND 2),
  visible_on {day} NOT NULL,
  CHECK ((place IS NULL) = (text IS NULL) AND (answer_id IS NULL) = (grade IS NULL)),
  CHECK ((place IS NULL) <> (answer_id IS NULL))
)
;;
CREATE UNIQUE INDEX opinion_echo_waiting_place ON opinion_echo_waiting (opinion_id, place) WHERE place IS NOT NULL
;;
CREATE UNIQUE INDEX opinion_echo_waiting_grade ON opinion_echo_waiting (opinion_id, answer_id) WHERE answer_id IS NOT NULL
;;
CREATE INDEX opinion_echo_waiting_due ON opinion_echo_waiting (visible_on)
;;
CREATE TABLE opinion_echo (
  id {uuid} PRIMARY KEY,
  opinion_id {uuid} NOT NULL REFERENCES opinion (id),
  place bigint CHECK (place BETWEEN 1 AND 3),
  text text CHECK (length(text) BETWEEN 1 AND 300),
  answer_id {uuid} REFERENCES opinion_answer (id),
  grade bigint CHECK (grade BETWEEN 0 AND 2),
  CHECK ((place IS NULL) = (text IS NULL) AND (answer_id IS NULL) = (grade IS NULL)),
  CHECK ((place IS NULL) <> (answer_id IS NULL))
)
;;
CREATE UNIQUE INDEX opinion_echo_place ON opinion_echo (opinion_id, place) WHERE place IS NOT NULL
;;
CREATE UNIQUE INDEX opinion_echo_grade ON opinion_echo (opinion_id, answer_id) WHERE answer_id IS NOT NULL
;;
CREATE INDEX opinion_echo_by_answer ON opinion_echo (answer_id) WHERE answer_id IS NOT NULL
;;
-- @sqlite
CREATE TRIGGER opinion_box_frozen BEFORE UPDATE ON opinion_box
BEGIN SELECT RAISE(ABORT, 'a box of opinions is opened once'); END
;;
-- @sqlite
CREATE TRIGGER opinion_box_kept BEFORE DELETE ON opinion_box
BEGIN SELECT RAISE(ABORT, 'a box of opinions is opened once'); END
;;
-- @sqlite
CREATE TRIGGER opinion_entered BEFORE INSERT ON opinion
WHEN NEW.state <> 'open' OR EXISTS (SELECT 1 FROM opinion_box b WHERE b.evaluation_id = NEW.evaluation_id)
  OR NOT EXISTS (SELECT 1 FROM evaluation e WHERE e.id = NEW.evaluation_id AND e.state = 'published')
BEGIN SELECT RAISE(ABORT, 'opinions come out of the box of a published evaluation, once'); END
;;
-- @sqlite
CREATE TRIGGER opinion_frozen BEFORE UPDATE ON opinion
WHEN NEW.id IS NOT OLD.id OR NEW.evaluation_id IS NOT OLD.evaluation_id OR NEW.text IS NOT OLD.text
  OR NEW.code_index IS NOT OLD.code_index OR OLD.state = 'merged' OR NEW.state = 'open'
  OR (NEW.state = 'merged' AND (OLD.state <> 'open'
    OR NOT EXISTS (SELECT 1 FROM opinion o WHERE o.id = NEW.merged_into AND o.state <> 'merged' AND o.evaluation_id = NEW.evaluation_id)
    OR EXISTS (SELECT 1 FROM opinion o WHERE o.merged_into = NEW.id)))
BEGIN SELECT RAISE(ABORT, 'an opinion is never changed, and merged once into one that stands by itself'); END
;;
-- @sqlite
CREATE TRIGGER opinion_kept BEFORE DELETE ON opinion BEGIN SELECT RAISE(ABORT, 'opinions are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER opinion_answer_frozen BEFORE UPDATE ON opinion_answer
BEGIN SELECT RAISE(ABORT, 'an answer is superseded, never changed'); END
;;
-- @sqlite
CREATE TRIGGER opinion_answer_kept BEFORE DELETE ON opinion_answer
BEGIN SELECT RAISE(ABORT, 'an answer is superseded, never deleted'); END
;;
-- @sqlite
CREATE TRIGGER opinion_hiding_frozen BEFORE UPDATE ON opinion_hiding
WHEN OLD.state <> 'proposed' OR NEW.state = 'proposed' OR NEW.opinion_id IS NOT OLD.opinion_id OR NEW.fault IS NOT OLD.fault
  OR NEW.reason IS NOT OLD.reason OR NEW.proposed_by IS NOT OLD.proposed_by OR NEW.proposed_at IS NOT OLD.proposed_at
BEGIN SELECT RAISE(ABORT, 'a proposal to hide is decided once'); END
;;
-- @sqlite
CREATE TRIGGER opinion_hiding_kept BEFORE DELETE ON opinion_hiding
BEGIN SELECT RAISE(ABORT, 'a proposal to hide is kept'); END
;;
-- @sqlite
CREATE TRIGGER opinion_echo_frozen BEFORE UPDATE ON opinion_echo
BEGIN SELECT RAISE(ABORT, 'what an author said is never changed'); END
;;
-- @sqlite
CREATE TRIGGER opinion_echo_kept BEFORE DELETE ON opinion_echo
BEGIN SELECT RAISE(ABORT, 'what an author said is never deleted'); END
;;
-- @postgres
CREATE TRIGGER opinion_box_frozen BEFORE UPDATE OR DELETE ON opinion_box
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE FUNCTION opinion_entered() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.state <> 'open' OR EXISTS (SELECT 1 FROM opinion_box b WHERE b.evaluation_id = NEW.evaluation_id)
    OR NOT EXISTS (SELECT 1 FROM evaluation e WHERE e.id = NEW.evaluation_id AND e.state = 'published')
  THEN RAISE EXCEPTION 'opinions come out of the box of a published evaluation, once'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER opinion_entered BEFORE INSERT ON opinion FOR EACH ROW EXECUTE FUNCTION opinion_entered()
;;
-- @postgres
CREATE FUNCTION opinion_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.id IS DISTINCT FROM OLD.id OR NEW.evaluation_id IS DISTINCT FROM OLD.evaluation_id
    OR NEW.text IS DISTINCT FROM OLD.text OR NEW.code_index IS DISTINCT FROM OLD.code_index
    OR OLD.state = 'merged' OR NEW.state = 'open'
    OR (NEW.state = 'merged' AND (OLD.state <> 'open'
      OR NOT EXISTS (SELECT 1 FROM opinion o WHERE o.id = NEW.merged_into AND o.state <> 'merged' AND o.evaluation_id = NEW.evaluation_id)
      OR EXISTS (SELECT 1 FROM opinion o WHERE o.merged_into = NEW.id)))
  THEN RAISE EXCEPTION 'an opinion is never changed, and merged once into one that stands by itself'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER opinion_frozen BEFORE UPDATE ON opinion FOR EACH ROW EXECUTE FUNCTION opinion_frozen()
;;
-- @postgres
CREATE TRIGGER opinion_kept BEFORE DELETE ON opinion FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER opinion_answer_frozen BEFORE UPDATE OR DELETE ON opinion_answer
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE FUNCTION opinion_hiding_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF OLD.state <> 'proposed' OR NEW.state = 'proposed' OR NEW.opinion_id IS DISTINCT FROM OLD.opinion_id
    OR NEW.fault IS DISTINCT FROM OLD.fault OR NEW.reason IS DISTINCT FROM OLD.reason
    OR NEW.proposed_by IS DISTINCT FROM OLD.proposed_by OR NEW.proposed_at IS DISTINCT FROM OLD.proposed_at
  THEN RAISE EXCEPTION 'a proposal to hide is decided once'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER opinion_hiding_frozen BEFORE UPDATE ON opinion_hiding
FOR EACH ROW EXECUTE FUNCTION opinion_hiding_frozen()
;;
-- @postgres
CREATE TRIGGER opinion_hiding_kept BEFORE DELETE ON opinion_hiding FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER opinion_echo_frozen BEFORE UPDATE OR DELETE ON opinion_echo
FOR EACH ROW EXECUTE FUNCTION never_changed()
";
