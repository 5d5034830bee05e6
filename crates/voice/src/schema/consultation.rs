//! What stands behind a consultation and what follows from it: budget items, documents, words that were moderated,
//! answers; and the blocks of large trees.

/// Money that was spent, documents that were read, and answers that were given are never changed in silence: a budget
/// item that is closed stands still, its spending is corrected by a further entry, a document stands still once its
/// evaluation is opened, an answer is replaced by a later one. `words` are anonymous: random ids, no moment finer than
/// the day of their moderation.
pub const CONSULTATION: &str = r"
CREATE TABLE publication_block (
  evaluation_id {uuid} NOT NULL REFERENCES publication (evaluation_id),
  number bigint NOT NULL CHECK (number >= 0),
  first {bytes} NOT NULL CHECK (length(first) = 32),
  root {bytes} NOT NULL CHECK (length(root) = 32),
  PRIMARY KEY (evaluation_id, number)
)
;;
CREATE TABLE fund_item (
  id {uuid} PRIMARY KEY,
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  year bigint NOT NULL CHECK (year BETWEEN 2019 AND 2100),
  name text NOT NULL CHECK (length(name) BETWEEN 2 AND 60),
  purpose text NOT NULL CHECK (length(purpose) BETWEEN 2 AND 500),
  target text NOT NULL CHECK (length(target) BETWEEN 2 AND 200),
  target_number bigint CHECK (target_number >= 0),
  unit text CHECK (length(unit) BETWEEN 1 AND 10),
  budget_cents bigint NOT NULL CHECK (budget_cents > 0),
  state text NOT NULL CHECK (state IN ('running', 'closed')),
  outcome text CHECK (length(outcome) BETWEEN 2 AND 1000),
  outcome_number bigint CHECK (outcome_number >= 0),
  closed_on {day},
  entered_by {uuid},
  entered_at {time} NOT NULL,
  version bigint NOT NULL,
  CHECK ((target_number IS NULL) = (unit IS NULL)),
  CHECK (outcome_number IS NULL OR unit IS NOT NULL),
  CHECK ((state = 'closed') = (closed_on IS NOT NULL)),
  CHECK ((state = 'closed') = (outcome IS NOT NULL))
)
;;
CREATE UNIQUE INDEX fund_item_once ON fund_item (organization_id, year, name)
;;
-- Spending, its corrections, and notes to what was closed; in cents, corrections may be negative.
CREATE TABLE fund_entry (
  id {uuid} PRIMARY KEY,
  item_id {uuid} NOT NULL REFERENCES fund_item (id),
  kind text NOT NULL CHECK (kind IN ('spent', 'correction', 'note')),
  day {day} NOT NULL,
  cents bigint NOT NULL,
  what text NOT NULL CHECK (length(what) BETWEEN 2 AND 200),
  corrects {uuid} REFERENCES fund_entry (id),
  entered_by {uuid},
  entered_at {time} NOT NULL,
  CHECK ((kind = 'note') = (cents = 0)),
  CHECK (kind <> 'spent' OR cents > 0),
  CHECK ((kind = 'correction') = (corrects IS NOT NULL))
)
;;
CREATE INDEX fund_entry_by_item ON fund_entry (item_id, id)
;;
-- What members read before they answer.
CREATE TABLE document (
  evaluation_id {uuid} PRIMARY KEY REFERENCES evaluation (id),
  title text NOT NULL CHECK (length(title) BETWEEN 2 AND 100),
  source text NOT NULL CHECK (length(source) BETWEEN 2 AND 200),
  preface text NOT NULL CHECK (length(preface) <= 2000),
  articles {json} NOT NULL,
  version bigint NOT NULL,
  changed_by {uuid},
  changed_at {time} NOT NULL
)
;;
CREATE TABLE document_file (
  file_id {uuid} PRIMARY KEY REFERENCES file (id),
  evaluation_id {uuid} NOT NULL REFERENCES evaluation (id),
  kind text NOT NULL CHECK (kind IN ('pdf', 'docx')),
  added_at {time} NOT NULL
)
;;
CREATE INDEX document_file_by_evaluation ON document_file (evaluation_id, file_id)
;;
-- How far the words and numbers of a published evaluation are gathered; `worker` is the fence of whoever does it.
CREATE TABLE gathering (
  evaluation_id {uuid} PRIMARY KEY REFERENCES evaluation (id),
  worker {uuid} NOT NULL,
  done boolean NOT NULL,
  spreads {json} NOT NULL
)
;;
CREATE TABLE words (
  id {uuid} PRIMARY KEY,
  evaluation_id {uuid} NOT NULL REFERENCES evaluation (id),
  question text NOT NULL,
  said text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'shown', 'hidden')),
  shown text,
  reason text CHECK (reason IN ('personal', 'insult', 'unlawful', 'empty')),
  decided_on {day},
  CHECK ((state = 'waiting') = (decided_on IS NULL)),
  CHECK ((state = 'shown') = (shown IS NOT NULL)),
  CHECK ((state = 'hidden') = (reason IS NOT NULL))
)
;;
CREATE INDEX words_by_evaluation ON words (evaluation_id, question, id)
;;
-- What became of the opinions, by theme or article.
CREATE TABLE follow_up (
  id {uuid} PRIMARY KEY,
  evaluation_id {uuid} NOT NULL REFERENCES evaluation (id),
  theme text NOT NULL CHECK (length(theme) BETWEEN 2 AND 100),
  verdict text NOT NULL CHECK (verdict IN ('adopted', 'partly', 'not_adopted')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 2 AND 1000),
  replaces {uuid} UNIQUE REFERENCES follow_up (id),
  entered_by {uuid},
  entered_on {day} NOT NULL
)
;;
CREATE INDEX follow_up_by_evaluation ON follow_up (evaluation_id, id)
;;
CREATE TABLE department_reply (
  id {uuid} PRIMARY KEY,
  evaluation_id {uuid} NOT NULL REFERENCES evaluation (id),
  said text NOT NULL CHECK (length(said) BETWEEN 2 AND 3000),
  signed_by text NOT NULL CHECK (length(signed_by) BETWEEN 2 AND 100),
  replied_on {day} NOT NULL,
  replaces {uuid} UNIQUE REFERENCES department_reply (id),
  entered_by {uuid},
  entered_on {day} NOT NULL
)
;;
CREATE INDEX department_reply_by_evaluation ON department_reply (evaluation_id, id)
;;
-- One that nothing replaces: of two who answer at once for the first time one loses.
CREATE UNIQUE INDEX department_reply_first ON department_reply (evaluation_id) WHERE replaces IS NULL
;;
-- @sqlite
CREATE TRIGGER fund_item_closed BEFORE UPDATE ON fund_item WHEN OLD.state = 'closed'
BEGIN SELECT RAISE(ABORT, 'a closed budget item is never changed'); END
;;
-- @sqlite
CREATE TRIGGER fund_item_kept BEFORE DELETE ON fund_item
BEGIN SELECT RAISE(ABORT, 'budget items are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER fund_entry_running BEFORE INSERT ON fund_entry
WHEN NEW.kind = 'spent' AND (SELECT state FROM fund_item WHERE id = NEW.item_id) = 'closed'
BEGIN SELECT RAISE(ABORT, 'nothing is spent from a closed budget item'); END
;;
-- @sqlite
CREATE TRIGGER fund_entry_frozen BEFORE UPDATE ON fund_entry
BEGIN SELECT RAISE(ABORT, 'rows of fund_entry are never changed'); END
;;
-- @sqlite
CREATE TRIGGER fund_entry_kept BEFORE DELETE ON fund_entry
BEGIN SELECT RAISE(ABORT, 'rows of fund_entry are never changed'); END
;;
-- @sqlite
CREATE TRIGGER document_frozen BEFORE UPDATE ON document
WHEN (SELECT state FROM evaluation WHERE id = OLD.evaluation_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a document that was opened is never changed'); END
;;
-- @sqlite
CREATE TRIGGER document_late BEFORE INSERT ON document
WHEN (SELECT state FROM evaluation WHERE id = NEW.evaluation_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a document that was opened is never changed'); END
;;
-- @sqlite
CREATE TRIGGER document_kept BEFORE DELETE ON document
BEGIN SELECT RAISE(ABORT, 'documents are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER document_file_late BEFORE INSERT ON document_file
WHEN (SELECT state FROM evaluation WHERE id = NEW.evaluation_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a document that was opened is never changed'); END
;;
-- @sqlite
CREATE TRIGGER document_file_frozen BEFORE UPDATE ON document_file
BEGIN SELECT RAISE(ABORT, 'rows of document_file are never changed'); END
;;
-- @sqlite
CREATE TRIGGER document_file_kept BEFORE DELETE ON document_file
WHEN (SELECT state FROM evaluation WHERE id = OLD.evaluation_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a document that was opened is never changed'); END
;;
-- @sqlite
CREATE TRIGGER words_said BEFORE UPDATE ON words WHEN NEW.said <> OLD.said OR NEW.evaluation_id <> OLD.evaluation_id OR NEW.question <> OLD.question
BEGIN SELECT RAISE(ABORT, 'what was said is never changed'); END
;;
-- @sqlite
CREATE TRIGGER follow_up_frozen BEFORE UPDATE ON follow_up
BEGIN SELECT RAISE(ABORT, 'rows of follow_up are never changed'); END
;;
-- @sqlite
CREATE TRIGGER follow_up_kept BEFORE DELETE ON follow_up
BEGIN SELECT RAISE(ABORT, 'rows of follow_up are never changed'); END
;;
-- @sqlite
CREATE TRIGGER department_reply_frozen BEFORE UPDATE ON department_reply
BEGIN SELECT RAISE(ABORT, 'rows of department_reply are never changed'); END
;;
-- @sqlite
CREATE TRIGGER department_reply_kept BEFORE DELETE ON department_reply
BEGIN SELECT RAISE(ABORT, 'rows of department_reply are never changed'); END
;;
-- @sqlite
CREATE TRIGGER publication_block_frozen BEFORE UPDATE ON publication_block
BEGIN SELECT RAISE(ABORT, 'rows of publication_block are never changed'); END
;;
-- @sqlite
CREATE TRIGGER publication_block_kept BEFORE DELETE ON publication_block
BEGIN SELECT RAISE(ABORT, 'rows of publication_block are never changed'); END
;;
-- @postgres
CREATE FUNCTION fund_item_closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'budget items are never deleted'; END IF;
  IF OLD.state = 'closed' THEN RAISE EXCEPTION 'a closed budget item is never changed'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER fund_item_closed BEFORE UPDATE OR DELETE ON fund_item FOR EACH ROW EXECUTE FUNCTION fund_item_closed()
;;
-- @postgres
CREATE FUNCTION fund_entry_running() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.kind = 'spent' AND EXISTS (SELECT 1 FROM fund_item WHERE id = NEW.item_id AND state = 'closed')
  THEN RAISE EXCEPTION 'nothing is spent from a closed budget item'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER fund_entry_running BEFORE INSERT ON fund_entry FOR EACH ROW EXECUTE FUNCTION fund_entry_running()
;;
-- @postgres
CREATE TRIGGER fund_entry_frozen BEFORE UPDATE OR DELETE ON fund_entry FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE FUNCTION document_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed {uuid};
BEGIN
  IF TG_OP = 'INSERT' THEN changed := NEW.evaluation_id; ELSE changed := OLD.evaluation_id; END IF;
  IF EXISTS (SELECT 1 FROM evaluation WHERE id = changed AND state <> 'draft')
  THEN RAISE EXCEPTION 'a document that was opened is never changed'; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER document_frozen BEFORE INSERT OR UPDATE ON document FOR EACH ROW EXECUTE FUNCTION document_frozen()
;;
-- @postgres
CREATE TRIGGER document_kept BEFORE DELETE ON document FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER document_file_frozen BEFORE INSERT OR UPDATE OR DELETE ON document_file
FOR EACH ROW EXECUTE FUNCTION document_frozen()
;;
-- @postgres
CREATE FUNCTION words_said() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.said <> OLD.said OR NEW.evaluation_id <> OLD.evaluation_id OR NEW.question <> OLD.question
  THEN RAISE EXCEPTION 'what was said is never changed'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER words_said BEFORE UPDATE ON words FOR EACH ROW EXECUTE FUNCTION words_said()
;;
-- @postgres
CREATE TRIGGER follow_up_frozen BEFORE UPDATE OR DELETE ON follow_up FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER department_reply_frozen BEFORE UPDATE OR DELETE ON department_reply
FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER publication_block_frozen BEFORE UPDATE OR DELETE ON publication_block
FOR EACH ROW EXECUTE FUNCTION never_changed()
";
