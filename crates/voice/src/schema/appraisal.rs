//! Schemes, campaigns, evaluations and their electorates.

/// An instrument and what was fixed with it never change once the evaluation is open, and nothing is published before it
/// has closed: the triggers hold against every program, ours among them. In a draft `opens_on` and `closes_at` are the
/// days that are planned.
pub const APPRAISAL: &str = r"
CREATE TABLE scheme (
  code text NOT NULL CHECK (length(code) BETWEEN 2 AND 40),
  version bigint NOT NULL CHECK (version >= 1),
  title text NOT NULL CHECK (length(title) BETWEEN 2 AND 100),
  document {json} NOT NULL,
  added_by {uuid},
  added_at {time} NOT NULL,
  PRIMARY KEY (code, version)
)
;;
CREATE TABLE department (
  id {uuid} PRIMARY KEY,
  name text NOT NULL CHECK (length(name) BETWEEN 2 AND 100),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  synthetic boolean NOT NULL,
  added_at {time} NOT NULL,
  ended_on {day}
)
;;
CREATE UNIQUE INDEX department_once ON department (organization_id, name) WHERE ended_on IS NULL
;;
CREATE TABLE campaign (
  id {uuid} PRIMARY KEY,
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  scheme_code text NOT NULL,
  scheme_version bigint NOT NULL,
  title text NOT NULL CHECK (length(title) BETWEEN 2 AND 100),
  year bigint NOT NULL CHECK (year BETWEEN 2019 AND 2100),
  plan {json} NOT NULL,
  state text NOT NULL CHECK (state IN ('preparing', 'running', 'withdrawn')),
  started_by {uuid},
  started_at {time} NOT NULL,
  version bigint NOT NULL,
  FOREIGN KEY (scheme_code, scheme_version) REFERENCES scheme (code, version)
)
;;
CREATE INDEX campaign_by_organization ON campaign (organization_id, id)
;;
CREATE TABLE evaluation (
  id {uuid} PRIMARY KEY,
  campaign_id {uuid} REFERENCES campaign (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  scheme_code text NOT NULL,
  scheme_version bigint NOT NULL,
  subject_kind text NOT NULL CHECK (subject_kind IN ('chair', 'union', 'department', 'survey', 'fund')),
  subject_id {uuid},
  title text NOT NULL CHECK (length(title) BETWEEN 2 AND 100),
  year bigint NOT NULL CHECK (year BETWEEN 2019 AND 2100),
  plan {json} NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'freezing', 'open', 'closing', 'published', 'too_few', 'withdrawn')),
  instrument {json},
  instrument_hash {bytes} CHECK (length(instrument_hash) = 32),
  electorate bigint CHECK (electorate >= 0),
  opens_on {day},
  closes_at {time},
  cursor {uuid},
  created_by {uuid},
  created_at {time} NOT NULL,
  opened_at {time},
  closed_at {time},
  version bigint NOT NULL,
  FOREIGN KEY (scheme_code, scheme_version) REFERENCES scheme (code, version),
  CHECK (state IN ('draft', 'freezing', 'withdrawn') OR
         (instrument IS NOT NULL AND instrument_hash IS NOT NULL AND electorate IS NOT NULL AND closes_at IS NOT NULL))
)
;;
CREATE INDEX evaluation_by_organization ON evaluation (organization_id, id)
;;
CREATE INDEX evaluation_by_campaign ON evaluation (campaign_id, id)
;;
CREATE INDEX evaluation_to_open ON evaluation (opens_on) WHERE state = 'draft' AND opens_on IS NOT NULL
;;
CREATE INDEX evaluation_to_close ON evaluation (closes_at) WHERE state IN ('open', 'closing')
;;
-- The unions whose members answer: one, or the small ones of a town together.
CREATE TABLE evaluation_union (
  evaluation_id {uuid} NOT NULL REFERENCES evaluation (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  PRIMARY KEY (evaluation_id, organization_id)
)
;;
CREATE INDEX evaluation_union_by_organization ON evaluation_union (organization_id, evaluation_id)
;;
-- Under a yearly scheme a union has one evaluation of a subject in a year; the subject is the union itself or a
-- department. Claimed before the evaluation is written, given back when a draft is withdrawn.
CREATE TABLE evaluation_year (
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  scheme_code text NOT NULL,
  year bigint NOT NULL,
  subject_id {uuid} NOT NULL,
  evaluation_id {uuid} NOT NULL,
  PRIMARY KEY (organization_id, scheme_code, year, subject_id)
)
;;
CREATE INDEX evaluation_year_by_evaluation ON evaluation_year (evaluation_id)
;;
-- What a campaign came to in each union that it asked.
CREATE TABLE campaign_union (
  campaign_id {uuid} NOT NULL REFERENCES campaign (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  outcome text NOT NULL CHECK (outcome IN ('alone', 'joint', 'too_few', 'already', 'no_chair')),
  evaluation_id {uuid} REFERENCES evaluation (id),
  PRIMARY KEY (campaign_id, organization_id),
  CHECK ((outcome IN ('alone', 'joint')) = (evaluation_id IS NOT NULL))
)
;;
CREATE TABLE elector (
  evaluation_id {uuid} NOT NULL REFERENCES evaluation (id),
  person_id {uuid} NOT NULL REFERENCES person (id),
  organization_id {uuid} NOT NULL,
  PRIMARY KEY (evaluation_id, person_id)
)
;;
CREATE INDEX elector_by_person ON elector (person_id)
;;
-- @sqlite
CREATE TRIGGER evaluation_frozen BEFORE UPDATE ON evaluation
WHEN OLD.state NOT IN ('draft', 'freezing') AND (
  NEW.instrument IS NOT OLD.instrument OR NEW.instrument_hash IS NOT OLD.instrument_hash OR
  NEW.electorate IS NOT OLD.electorate OR NEW.subject_id IS NOT OLD.subject_id OR
  NEW.organization_id IS NOT OLD.organization_id OR NEW.year IS NOT OLD.year OR NEW.opens_on IS NOT OLD.opens_on OR
  NEW.closes_at IS NOT OLD.closes_at OR NEW.subject_kind IS NOT OLD.subject_kind OR NEW.title IS NOT OLD.title OR
  NEW.plan IS NOT OLD.plan OR NEW.scheme_code IS NOT OLD.scheme_code OR
  NEW.scheme_version IS NOT OLD.scheme_version OR NEW.opened_at IS NOT OLD.opened_at OR
  (NEW.state <> OLD.state AND NOT (OLD.state = 'open' AND NEW.state = 'closing') AND
   NOT (OLD.state = 'closing' AND NEW.state IN ('published', 'too_few'))))
BEGIN SELECT RAISE(ABORT, 'an open evaluation is never changed'); END
;;
-- @sqlite
CREATE TRIGGER evaluation_kept BEFORE DELETE ON evaluation
BEGIN SELECT RAISE(ABORT, 'evaluations are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER elector_frozen BEFORE INSERT ON elector
WHEN (SELECT state FROM evaluation WHERE id = NEW.evaluation_id) <> 'freezing'
BEGIN SELECT RAISE(ABORT, 'an electorate is frozen once'); END
;;
-- @sqlite
CREATE TRIGGER elector_kept BEFORE UPDATE ON elector BEGIN SELECT RAISE(ABORT, 'electors are never changed'); END
;;
-- @sqlite
CREATE TRIGGER elector_stays BEFORE DELETE ON elector
WHEN (SELECT state FROM evaluation WHERE id = OLD.evaluation_id) <> 'freezing'
BEGIN SELECT RAISE(ABORT, 'electors are never removed'); END
;;
-- @postgres
CREATE FUNCTION evaluation_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'evaluations are never deleted'; END IF;
  IF OLD.state NOT IN ('draft', 'freezing') AND (
    NEW.instrument IS DISTINCT FROM OLD.instrument OR NEW.instrument_hash IS DISTINCT FROM OLD.instrument_hash OR
    NEW.electorate IS DISTINCT FROM OLD.electorate OR NEW.subject_id IS DISTINCT FROM OLD.subject_id OR
    NEW.organization_id IS DISTINCT FROM OLD.organization_id OR NEW.year IS DISTINCT FROM OLD.year OR
    NEW.opens_on IS DISTINCT FROM OLD.opens_on OR NEW.closes_at IS DISTINCT FROM OLD.closes_at OR
    NEW.subject_kind IS DISTINCT FROM OLD.subject_kind OR NEW.title IS DISTINCT FROM OLD.title OR
    NEW.plan IS DISTINCT FROM OLD.plan OR NEW.scheme_code IS DISTINCT FROM OLD.scheme_code OR
    NEW.scheme_version IS DISTINCT FROM OLD.scheme_version OR NEW.opened_at IS DISTINCT FROM OLD.opened_at OR
    (NEW.state <> OLD.state AND NOT (OLD.state = 'open' AND NEW.state = 'closing') AND
     NOT (OLD.state = 'closing' AND NEW.state IN ('published', 'too_few'))))
  THEN RAISE EXCEPTION 'an open evaluation is never changed'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER evaluation_frozen BEFORE UPDATE OR DELETE ON evaluation
FOR EACH ROW EXECUTE FUNCTION evaluation_frozen()
;;
-- @postgres
CREATE FUNCTION elector_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT 1 FROM inserted n JOIN evaluation e ON e.id = n.evaluation_id WHERE e.state <> 'freezing')
  THEN RAISE EXCEPTION 'an electorate is frozen once'; END IF;
  RETURN NULL;
END $$
;;
-- @postgres
CREATE TRIGGER elector_frozen AFTER INSERT ON elector REFERENCING NEW TABLE AS inserted
FOR EACH STATEMENT EXECUTE FUNCTION elector_frozen()
;;
-- @postgres
CREATE TRIGGER elector_kept BEFORE UPDATE ON elector FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE FUNCTION elector_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT 1 FROM removed r JOIN evaluation e ON e.id = r.evaluation_id WHERE e.state <> 'freezing')
  THEN RAISE EXCEPTION 'electors are never removed'; END IF;
  RETURN NULL;
END $$
;;
-- @postgres
CREATE TRIGGER elector_stays AFTER DELETE ON elector REFERENCING OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION elector_stays()
";
