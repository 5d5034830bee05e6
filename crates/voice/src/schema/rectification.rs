//! Problems that an evaluation found, what is promised against them, and whether they were put right.

/// Nothing is deleted and nothing is written over: a new plan stands beside the former one, another attempt beside the
/// one that did not do, and the triggers hold against every program, ours among them. Who is asked again whether it was
/// put right answers in a poll like any other; here stand its questions, fixed, and what was counted, once.
pub const RECTIFICATION: &str = r"
CREATE TABLE rectification (
  id {uuid} PRIMARY KEY,
  evaluation_id {uuid} NOT NULL UNIQUE REFERENCES evaluation (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  opened_on {day} NOT NULL,
  closed_on {day} CHECK (closed_on >= opened_on)
)
;;
CREATE INDEX rectification_by_organization ON rectification (organization_id, id)
;;
-- Evaluations whose published figures were looked through.
CREATE TABLE rectification_seen (
  evaluation_id {uuid} PRIMARY KEY REFERENCES evaluation (id),
  seen_on {day} NOT NULL
)
;;
CREATE TABLE rectification_problem (
  id {uuid} PRIMARY KEY,
  rectification_id {uuid} NOT NULL REFERENCES rectification (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  source text NOT NULL CHECK (source IN ('rating', 'opinion', 'chair', 'above')),
  reference text,
  share bigint CHECK (share BETWEEN 0 AND 10000),
  text text NOT NULL CHECK (length(text) BETWEEN 2 AND 500),
  added_by {uuid},
  added_on {day} NOT NULL,
  CHECK ((source IN ('rating', 'opinion')) = (reference IS NOT NULL)),
  UNIQUE (rectification_id, source, reference)
)
;;
-- A plan as it was filed; a later version stands beside it.
CREATE TABLE rectification_plan (
  id {uuid} PRIMARY KEY,
  rectification_id {uuid} NOT NULL REFERENCES rectification (id),
  version bigint NOT NULL CHECK (version >= 1),
  filed_by {uuid},
  filed_on {day} NOT NULL,
  UNIQUE (rectification_id, version)
)
;;
CREATE TABLE rectification_measure (
  plan_id {uuid} NOT NULL REFERENCES rectification_plan (id),
  problem_id {uuid} NOT NULL REFERENCES rectification_problem (id),
  measure text NOT NULL CHECK (length(measure) BETWEEN 2 AND 500),
  owner text NOT NULL CHECK (length(owner) BETWEEN 2 AND 40),
  due_on {day} NOT NULL,
  PRIMARY KEY (plan_id, problem_id)
)
;;
-- One attempt at putting a problem right; what was not fixed is followed by another one.
CREATE TABLE rectification_item (
  id {uuid} PRIMARY KEY,
  problem_id {uuid} NOT NULL REFERENCES rectification_problem (id),
  attempt bigint NOT NULL CHECK (attempt >= 1),
  state text NOT NULL CHECK (state IN ('open', 'claimed', 'asked', 'review', 'fixed', 'not_fixed')),
  begun_on {day} NOT NULL,
  claimed_on {day} CHECK (claimed_on >= begun_on),
  settled_on {day} CHECK (settled_on >= claimed_on),
  UNIQUE (problem_id, attempt),
  CHECK ((state = 'open') = (claimed_on IS NULL)),
  CHECK ((state IN ('fixed', 'not_fixed')) = (settled_on IS NOT NULL))
)
;;
CREATE UNIQUE INDEX rectification_item_one_running ON rectification_item (problem_id) WHERE state <> 'not_fixed'
;;
CREATE INDEX rectification_item_by_state ON rectification_item (state, id) WHERE settled_on IS NULL
;;
CREATE TABLE rectification_evidence (
  id {uuid} PRIMARY KEY,
  item_id {uuid} NOT NULL REFERENCES rectification_item (id),
  text text NOT NULL CHECK (length(text) BETWEEN 2 AND 1000),
  added_by {uuid},
  added_on {day} NOT NULL
)
;;
CREATE INDEX rectification_evidence_by_item ON rectification_evidence (item_id)
;;
CREATE TABLE rectification_file (
  file_id {uuid} PRIMARY KEY REFERENCES file (id),
  evidence_id {uuid} NOT NULL REFERENCES rectification_evidence (id),
  name text NOT NULL,
  content_type text NOT NULL
)
;;
CREATE INDEX rectification_file_by_evidence ON rectification_file (evidence_id)
;;
-- What the level above found when it looked for itself.
CREATE TABLE rectification_review (
  item_id {uuid} PRIMARY KEY REFERENCES rectification_item (id),
  finding text NOT NULL CHECK (finding IN ('fixed', 'not_fixed')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 2 AND 500),
  reviewed_by {uuid},
  reviewed_on {day} NOT NULL
)
;;
-- The electorate is asked again: a poll with a form of its own, fixed with its hash before anybody draws.
CREATE TABLE closure_round (
  poll_id {uuid} PRIMARY KEY REFERENCES poll (id),
  rectification_id {uuid} NOT NULL REFERENCES rectification (id),
  round bigint NOT NULL CHECK (round >= 1),
  form {json} NOT NULL,
  form_hash {bytes} NOT NULL CHECK (length(form_hash) = 32),
  state text NOT NULL CHECK (state IN ('open', 'closing', 'counted', 'too_few')),
  ballots bigint CHECK (ballots >= 5),
  opened_on {day} NOT NULL,
  closes_at {time} NOT NULL,
  counted_on {day},
  file_id {uuid} UNIQUE REFERENCES file (id),
  hash {bytes} CHECK (length(hash) = 32),
  merkle_root {bytes} CHECK (length(merkle_root) = 32),
  UNIQUE (rectification_id, round),
  CHECK ((state = 'counted') = (ballots IS NOT NULL)),
  CHECK ((state = 'counted') = (file_id IS NOT NULL AND hash IS NOT NULL AND merkle_root IS NOT NULL)),
  CHECK ((state IN ('counted', 'too_few')) = (counted_on IS NOT NULL))
)
;;
CREATE UNIQUE INDEX closure_round_one_open ON closure_round (rectification_id) WHERE state IN ('open', 'closing')
;;
CREATE INDEX closure_round_to_close ON closure_round (closes_at) WHERE state IN ('open', 'closing')
;;
CREATE TABLE closure_question (
  poll_id {uuid} NOT NULL REFERENCES closure_round (poll_id),
  item_id {uuid} NOT NULL REFERENCES rectification_item (id),
  question text NOT NULL,
  PRIMARY KEY (poll_id, item_id),
  UNIQUE (poll_id, question)
)
;;
CREATE INDEX closure_question_by_item ON closure_question (item_id)
;;
CREATE TABLE closure_result (
  poll_id {uuid} NOT NULL REFERENCES closure_round (poll_id),
  item_id {uuid} NOT NULL REFERENCES rectification_item (id),
  fixed bigint NOT NULL CHECK (fixed >= 0),
  partly bigint NOT NULL CHECK (partly >= 0),
  not_fixed bigint NOT NULL CHECK (not_fixed >= 0),
  PRIMARY KEY (poll_id, item_id),
  CHECK (fixed + partly + not_fixed >= 5)
)
;;
-- @sqlite
CREATE TRIGGER rectification_seen_frozen BEFORE UPDATE ON rectification_seen BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @sqlite
CREATE TRIGGER rectification_seen_kept BEFORE DELETE ON rectification_seen BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE TRIGGER rectification_seen_frozen BEFORE UPDATE OR DELETE ON rectification_seen
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER rectification_problem_frozen BEFORE UPDATE ON rectification_problem BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @sqlite
CREATE TRIGGER rectification_problem_kept BEFORE DELETE ON rectification_problem BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE TRIGGER rectification_problem_frozen BEFORE UPDATE OR DELETE ON rectification_problem
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER rectification_plan_frozen BEFORE UPDATE ON rectification_plan BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @sqlite
CREATE TRIGGER rectification_plan_kept BEFORE DELETE ON rectification_plan BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE TRIGGER rectification_plan_frozen BEFORE UPDATE OR DELETE ON rectification_plan
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER rectification_measure_frozen BEFORE UPDATE ON rectification_measure BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @sqlite
CREATE TRIGGER rectification_measure_kept BEFORE DELETE ON rectification_measure BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE TRIGGER rectification_measure_frozen BEFORE UPDATE OR DELETE ON rectification_measure
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER rectification_evidence_frozen BEFORE UPDATE ON rectification_evidence BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @sqlite
CREATE TRIGGER rectification_evidence_kept BEFORE DELETE ON rectification_evidence BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE TRIGGER rectification_evidence_frozen BEFORE UPDATE OR DELETE ON rectification_evidence
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER rectification_file_frozen BEFORE UPDATE ON rectification_file BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @sqlite
CREATE TRIGGER rectification_file_kept BEFORE DELETE ON rectification_file BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE TRIGGER rectification_file_frozen BEFORE UPDATE OR DELETE ON rectification_file
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER rectification_review_frozen BEFORE UPDATE ON rectification_review BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @sqlite
CREATE TRIGGER rectification_review_kept BEFORE DELETE ON rectification_review BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE TRIGGER rectification_review_frozen BEFORE UPDATE OR DELETE ON rectification_review
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER closure_question_frozen BEFORE UPDATE ON closure_question BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @sqlite
CREATE TRIGGER closure_question_kept BEFORE DELETE ON closure_question BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE TRIGGER closure_question_frozen BEFORE UPDATE OR DELETE ON closure_question
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER closure_result_frozen BEFORE UPDATE ON closure_result BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @sqlite
CREATE TRIGGER closure_result_kept BEFORE DELETE ON closure_result BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE TRIGGER closure_result_frozen BEFORE UPDATE OR DELETE ON closure_result
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER rectification_kept BEFORE DELETE ON rectification BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE TRIGGER rectification_kept BEFORE DELETE ON rectification FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER rectification_item_kept BEFORE DELETE ON rectification_item BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE TRIGGER rectification_item_kept BEFORE DELETE ON rectification_item FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER closure_round_kept BEFORE DELETE ON closure_round BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE TRIGGER closure_round_kept BEFORE DELETE ON closure_round FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @sqlite
CREATE TRIGGER rectification_frozen BEFORE UPDATE ON rectification
WHEN NEW.id IS NOT OLD.id OR
  NEW.evaluation_id IS NOT OLD.evaluation_id OR
  NEW.organization_id IS NOT OLD.organization_id OR
  NEW.opened_on IS NOT OLD.opened_on
BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE FUNCTION rectification_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.id IS DISTINCT FROM OLD.id OR
    NEW.evaluation_id IS DISTINCT FROM OLD.evaluation_id OR
    NEW.organization_id IS DISTINCT FROM OLD.organization_id OR
    NEW.opened_on IS DISTINCT FROM OLD.opened_on
  THEN RAISE EXCEPTION 'what was filed stays'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER rectification_frozen BEFORE UPDATE ON rectification FOR EACH ROW EXECUTE FUNCTION rectification_frozen()
;;
-- @sqlite
CREATE TRIGGER rectification_item_frozen BEFORE UPDATE ON rectification_item
WHEN NEW.id IS NOT OLD.id OR
  NEW.problem_id IS NOT OLD.problem_id OR
  NEW.attempt IS NOT OLD.attempt OR
  NEW.begun_on IS NOT OLD.begun_on OR
  OLD.settled_on IS NOT NULL OR (OLD.claimed_on IS NOT NULL AND NEW.claimed_on IS NOT OLD.claimed_on) OR
  NOT ((OLD.state = 'open' AND NEW.state = 'claimed') OR (OLD.state = 'claimed' AND NEW.state IN ('asked', 'review')) OR
    (OLD.state = 'asked' AND NEW.state IN ('fixed', 'not_fixed', 'review')) OR
    (OLD.state = 'review' AND NEW.state IN ('fixed', 'not_fixed')))
BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE FUNCTION rectification_item_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.id IS DISTINCT FROM OLD.id OR
    NEW.problem_id IS DISTINCT FROM OLD.problem_id OR
    NEW.attempt IS DISTINCT FROM OLD.attempt OR
    NEW.begun_on IS DISTINCT FROM OLD.begun_on OR
    OLD.settled_on IS NOT NULL OR (OLD.claimed_on IS NOT NULL AND NEW.claimed_on IS DISTINCT FROM OLD.claimed_on) OR
  NOT ((OLD.state = 'open' AND NEW.state = 'claimed') OR (OLD.state = 'claimed' AND NEW.state IN ('asked', 'review')) OR
    (OLD.state = 'asked' AND NEW.state IN ('fixed', 'not_fixed', 'review')) OR
    (OLD.state = 'review' AND NEW.state IN ('fixed', 'not_fixed')))
  THEN RAISE EXCEPTION 'what was filed stays'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER rectification_item_frozen BEFORE UPDATE ON rectification_item FOR EACH ROW EXECUTE FUNCTION rectification_item_frozen()
;;
-- @sqlite
CREATE TRIGGER closure_round_frozen BEFORE UPDATE ON closure_round
WHEN NEW.poll_id IS NOT OLD.poll_id OR
  NEW.rectification_id IS NOT OLD.rectification_id OR
  NEW.round IS NOT OLD.round OR
  NEW.form IS NOT OLD.form OR
  NEW.form_hash IS NOT OLD.form_hash OR
  NEW.opened_on IS NOT OLD.opened_on OR
  NEW.closes_at IS NOT OLD.closes_at OR
  NOT ((OLD.state = 'open' AND NEW.state = 'closing') OR (OLD.state = 'closing' AND NEW.state IN ('counted', 'too_few')))
BEGIN SELECT RAISE(ABORT, 'what was filed stays'); END
;;
-- @postgres
CREATE FUNCTION closure_round_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.poll_id IS DISTINCT FROM OLD.poll_id OR
    NEW.rectification_id IS DISTINCT FROM OLD.rectification_id OR
    NEW.round IS DISTINCT FROM OLD.round OR
    NEW.form IS DISTINCT FROM OLD.form OR
    NEW.form_hash IS DISTINCT FROM OLD.form_hash OR
    NEW.opened_on IS DISTINCT FROM OLD.opened_on OR
    NEW.closes_at IS DISTINCT FROM OLD.closes_at OR
    NOT ((OLD.state = 'open' AND NEW.state = 'closing') OR (OLD.state = 'closing' AND NEW.state IN ('counted', 'too_few')))
  THEN RAISE EXCEPTION 'what was filed stays'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER closure_round_frozen BEFORE UPDATE ON closure_round FOR EACH ROW EXECUTE FUNCTION closure_round_frozen()
";
